"""Stories may ask for a `hall`: a warehouse with goods to move, copied for each test."""

from __future__ import annotations

from contract import hall

__all__ = ["hall"]
