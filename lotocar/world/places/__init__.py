"""Communes of France, former communes, and the local names the team keeps.

In: what somebody typed. Out: likely places in order, or an honest doubt.
"""
