"""Accounts of the desk and the territory, their roles, their sessions.

In: a login and a password. Out: who may do what.
"""
