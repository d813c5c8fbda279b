"""This installation: its name, territory, desk number and switches.

In: the coordinator's settings. Out: one frozen Organisation that every room may read.
"""
