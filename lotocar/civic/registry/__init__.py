"""Proofs of carpooling for the State's registry.

In: rides recorded as done, with consent. Out: one payload per driver-passenger couple, or a reason in French.
"""
