"""The passenger's door, which is also the public front: home, search, legal pages."""
