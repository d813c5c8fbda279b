"""School breaks by zone and public holidays by département, kept in our own tables.

In: what the libraries know, and what the coordinator corrects. Out: the days on which a trip does not run.
"""
