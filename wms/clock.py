"""The only place where time is read; tests stop and move it."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

_fixed: datetime | None = None


def now() -> datetime:
    """Return the current time, aware, in UTC."""
    return _fixed or datetime.now(UTC)


def today() -> date:
    """Return the current UTC date."""
    return now().date()


def seconds() -> float:
    """Return a monotonic reading in seconds, for durations and waits only."""
    return time.monotonic()


def sleep(length: float) -> None:
    """Wait so many seconds."""
    time.sleep(length)


def freeze(at: datetime | None) -> None:
    """Stop the clock at `at` (aware), or let it run again with None. For tests."""
    global _fixed
    _fixed = at


def advance(by: timedelta) -> None:
    """Move a stopped clock forward. For tests."""
    freeze(now() + by)
