"""RideRequest: what a passenger needs, in one or two legs.

In: a call or a form. Out: legs to serve, each with its own state.
"""
