"""The timetable, and the worker that runs it: when, and which operation. Any job may run twice without harm.

APScheduler only ticks: its own store cannot be shared and forgets late jobs, so what is due is read from our
tables each time. One worker leads, by a lease in the database; the others wait and say so. A tick costs one
look when there is nothing to do.
"""
