"""Buses and trains already running near a journey.

Not built yet: opened with the contacts of buses and on-demand lines.
"""
