"""Groups, who belongs, who sees whose trips.

Not built yet: opened with the communities.
"""
