"""Doors: HTTP, pages, sockets. Knows Flask; knows no rule."""
