"""Signing in and out of the team's accounts."""
