"""The figures a local authority needs.

Not built yet.
"""
