"""The figures a local authority needs: what was asked, what became of it, and where drivers are missing.

In: requests and rides. Out: counts behind which nobody is recognised.
"""
