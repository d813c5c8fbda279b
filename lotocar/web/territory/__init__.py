"""The local authority's door.

Not built yet.
"""
