"""Access, erasure, retention; may empty every room.

In: a person. Out: nothing left of them but the counts.
"""
