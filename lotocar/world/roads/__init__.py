"""Distance and duration between two points, measured or estimated.

In: points. Out: seconds and metres, and whether they are exact or an estimate.
"""
