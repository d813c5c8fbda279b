"""Whole journeys in a real browser: few, and each from the first screen to the last."""
