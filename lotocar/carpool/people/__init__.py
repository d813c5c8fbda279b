"""Persons, their phone lines, consents, private links and enrolments.

In: what a person or the desk says of a person. Out: one row per person, however they came.
"""
