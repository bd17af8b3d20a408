"""Pickwell: a warehouse-floor system for crowdfunding fulfilment."""

__version__ = "0.1.0"
