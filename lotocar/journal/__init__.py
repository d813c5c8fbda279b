"""Who did what to whom, and when; rows are only ever added.

In: actor, verb, subject, plain data without names or numbers. Out: the story of a subject.
"""
