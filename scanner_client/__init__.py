"""Clients of the floor: they know the JSON, not the code."""
