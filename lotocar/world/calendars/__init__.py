"""School holidays, public holidays, days of service.

Not built yet: opened by the matching issue.
"""
