"""Discover: which files there are, what kind each is, and what is left out and why."""
