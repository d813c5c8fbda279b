"""Buses, trains and on-demand transport: whom to call for a pair of communes.

In: what the coordinator writes. Out: the contacts of a journey for which there is no driver, or besides one.
"""
