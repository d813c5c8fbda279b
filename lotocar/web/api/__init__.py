"""The door of other operators.

Not built yet.
"""
