"""Lotocar, the map of the house.

Ground: values, errors, clock. Then, each floor knowing only those below: db, organisation, journal,
messages beside world, staff, carpool, civic, outside, and the doors (web, jobs, cli) under the roof, app.
Two questions place a line: which noun gives the room, which act gives the file.
"""
