"""One outbox, several channels, and the inbox.

In: an address, a kind and plain values. Out: messages whose fate is always known.
It never learns what a ride is.
"""
