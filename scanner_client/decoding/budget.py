"""How long one picture may take: the thread's own CPU time, and a wall behind it for a busy machine."""

from __future__ import annotations

import time

CPU_MS, WALL_MS = 400.0, 2000.0
MARGIN_MS = 40.0  # what one more step may cost


class Budget:
    """Counts from when it is made; `left` is asked before every step."""

    def __init__(self, cpu_ms: float = CPU_MS, wall_ms: float = WALL_MS) -> None:
        self._cpu_until = time.thread_time() + cpu_ms / 1000
        self._wall_until = time.monotonic() + wall_ms / 1000

    def left(self, step_ms: float = MARGIN_MS) -> bool:
        """Return whether a step of about `step_ms` still fits."""
        step = step_ms / 1000
        return time.thread_time() + step < self._cpu_until and time.monotonic() + step < self._wall_until
