"""Which trips could serve which request, at what detour.

In: a leg to serve and every departure. Out: candidates in order, each with its reasons.
"""
