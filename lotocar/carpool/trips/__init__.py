"""Trip: what a driver offers, once or every Tuesday, with an hour per day and a way back.

In: a driver's form, or the desk. Out: departures that matching may read.
"""
