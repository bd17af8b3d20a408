"""Stories may ask for a `hall`: a warehouse with goods to move, copied for each test."""

from __future__ import annotations

from contract import hall, postgres_master, sqlite_master

__all__ = ["hall", "postgres_master", "sqlite_master"]
