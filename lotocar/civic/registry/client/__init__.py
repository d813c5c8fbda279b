"""The line to the registry.

In: the JSON text of a proof, or its number. Out: what the registry answered, in our own types.
"""
