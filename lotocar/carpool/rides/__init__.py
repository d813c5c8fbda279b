"""Approach (asking one driver) and Ride (what was agreed, with a date).

In: the desk's choices and the answers. Out: people who know what will happen.
"""
