"""The first day's door.

Not built yet: the first administrator is made by `./run setup`.
"""
