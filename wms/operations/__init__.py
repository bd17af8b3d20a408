"""Verbs: the rules of the house, each a function over one transaction."""
