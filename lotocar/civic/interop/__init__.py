"""Standard Covoiturage and GTFS, the shapes others read.

Not built yet.
"""
