"""The demonstration territory: the Lot with its real communes, and people who do not exist.

In: an empty, migrated database and the present instant. Out: 400 drivers, 1 000 legs, 350 requests in every
state, made by the rooms' own operations from one fixed seed. No number reaches anybody.
"""
