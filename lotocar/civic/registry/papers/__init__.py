"""Papers for people: the yearly statement, the joining kit, the words of consent.

In: a person, a structure. Out: what they print, tick, or agree to.
"""
