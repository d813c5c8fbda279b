"""Incentives and community challenges.

Not built yet.
"""
