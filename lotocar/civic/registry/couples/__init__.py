"""One couple of a ride: what the registry may know of it, and whether it may go.

In: rides of the database. Out: a payload, or every reason against it.
"""
