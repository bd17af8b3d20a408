"""What changed, told after the commit: topics are collected and handed to listeners at most every 100 ms."""

from __future__ import annotations

import threading
from collections.abc import Callable

TOPICS = ("receiving", "picking", "packing", "orders", "stock", "printing", "people")


class Ticker:
    """One thread that coalesces what changed and tells it; a lost or doubled nudge is harmless, boards refetch."""

    def __init__(self, seconds: float, tell: Callable[[set[str]], None]) -> None:
        self.seconds, self.tell = seconds, tell
        self._changed: set[str] = set()
        self._guard = threading.Lock()
        self._woken = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, topics: set[str]) -> None:
        """Remember what changed; costs a scan two locks and no I/O."""
        with self._guard:
            self._changed |= topics
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)
                self._thread.start()
        self._woken.set()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._woken.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._woken.wait()
            self._stop.wait(self.seconds)
            self._woken.clear()
            with self._guard:
                topics, self._changed = self._changed, set()
            if topics:
                self.tell(topics)
