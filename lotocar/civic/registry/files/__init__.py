"""Files of the registry: any period written out, and files of others read.

In: a review of couples, or bytes. Out: CSV, JSON, or what would happen to a payload.
"""
