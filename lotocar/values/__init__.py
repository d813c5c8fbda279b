"""Exact little things that are never stored by themselves, and how French says them.

In: what people type or machines send. Out: frozen values, or Invalid with a code.
Knows nothing of storage, Flask or the wall clock.
"""
