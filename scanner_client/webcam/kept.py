"""The lossless queue of one webcam: a scan is on the disk before it is sent, and leaves it when it is answered."""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner_client.door import Answer

TABLES = """
CREATE TABLE IF NOT EXISTS scan (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, text TEXT NOT NULL,
    profile TEXT NOT NULL, body TEXT, why TEXT, made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE IF NOT EXISTS screen (owner TEXT PRIMARY KEY, answer TEXT NOT NULL);
"""
NOWHERE: Answer = {"task": None, "turn": 0}
ROW = "SELECT seq, id, owner, text, profile, body, why FROM scan "


class QueueUnusable(RuntimeError):
    """The file cannot keep scans: another client holds it, or the disk refuses."""


@dataclass(frozen=True)
class Kept:
    """One scan on the disk. `body` is what was bound to be sent, `why` the reason for which it was set aside."""

    seq: int
    id: str
    owner: str
    text: str
    profile: str
    body: Answer | None = None
    why: str | None = None


class Queue:
    """The file. One process at a time has it; threads share it. `owner` is the badge of whoever scanned."""

    def __init__(self, path: Path) -> None:
        """Open the file or make it; raises QueueUnusable."""
        self._guard = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, timeout=1, isolation_level=None, check_same_thread=False)
            path.chmod(0o600)
            for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
                self._file.execute(f"PRAGMA {pragma}")
            self._file.executescript(TABLES)
            self._file.execute("DELETE FROM screen WHERE owner = ''")  # writes, so that the lock is ours from now on
        except (OSError, sqlite3.Error) as error:
            held = "locked" in str(error)
            why = "another webcam client uses it; give this one a --device of its own" if held else str(error)
            raise QueueUnusable(f"Scans cannot be kept in {path}: {why}.") from None

    def close(self) -> None:
        """Let the file go."""
        with self._guard:
            self._file.close()

    def _do(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._guard:
            return self._file.execute(statement, values).fetchall()

    def add(self, owner: str, text: str, profile: str, screen: Answer | None = None) -> Kept:
        """Keep a scan at the end of the queue; one made for a certain `screen` goes to no other."""
        scan = Kept(0, uuid.uuid4().hex, owner, text, profile)
        body = json.dumps(body_of(scan, screen)) if screen is not None else None
        values = (scan.id, owner, json.dumps(text), profile, body)
        self._do("INSERT INTO scan (id, owner, text, profile, body) VALUES (?, ?, ?, ?, ?)", *values)
        return scan

    def waiting(self, owner: str) -> list[Kept]:
        """Return the scans of a person that are not answered yet, the oldest first."""
        return [kept(row) for row in self._do(ROW + "WHERE owner = ? AND why IS NULL ORDER BY seq", owner)]

    def first(self, owner: str) -> Kept | None:
        """Return the oldest of them."""
        rows = self._do(ROW + "WHERE owner = ? AND why IS NULL ORDER BY seq LIMIT 1", owner)
        return kept(rows[0]) if rows else None

    def bind(self, scan: Kept, screen: Answer) -> Answer:
        """Fix once what will be sent for a scan; every time it is sent again it is the very same body."""
        if scan.body is not None:
            return scan.body
        body = body_of(scan, screen)
        self._do("UPDATE scan SET body = ? WHERE seq = ?", json.dumps(body), scan.seq)
        return body

    def settle(self, scan: Kept, answer: Answer | None) -> None:
        """Take an answered scan off the queue and keep the screen that it led to, both or neither."""
        with self._guard:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                self._file.execute("DELETE FROM scan WHERE seq = ?", (scan.seq,))
                if answer is not None:
                    self._file.execute("REPLACE INTO screen VALUES (?, ?)", (scan.owner, json.dumps(answer)))
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("END")

    def set_aside(self, scan: Kept, why: str) -> None:
        """Send a scan no more, but keep it with the reason for a person to look at."""
        self._do("UPDATE scan SET why = ? WHERE seq = ?", why, scan.seq)

    def doubles_aside(self, asked: Kept, why: str) -> None:
        """Set aside the same scans made before a question was on screen: they cannot be its confirmation."""
        same = (why, asked.owner, json.dumps(asked.text), asked.seq)
        self._do(
            "UPDATE scan SET why = ? WHERE owner = ? AND text = ? AND seq > ? AND body IS NULL AND why IS NULL", *same
        )

    def asides(self) -> list[Kept]:
        """Return what was set aside."""
        return [kept(row) for row in self._do(ROW + "WHERE why IS NOT NULL ORDER BY seq")]

    def drop_asides(self) -> None:
        """A person has seen them."""
        self._do("DELETE FROM scan WHERE why IS NOT NULL")

    def counts(self, owner: str) -> dict[str, int]:
        """Return how many scans wait for this person, for others, and how many were set aside."""
        mine, others, aside = self._do(
            "SELECT COUNT(*) FILTER (WHERE why IS NULL AND owner = ?), "
            "COUNT(*) FILTER (WHERE why IS NULL AND owner <> ?), COUNT(*) FILTER (WHERE why IS NOT NULL) FROM scan",
            *(owner, owner),
        )[0]
        return {"unsent": mine, "others": others, "aside": aside}

    def screen(self, owner: str) -> Answer:
        """Return the last screen of a person: where the next scan goes."""
        rows = self._do("SELECT answer FROM screen WHERE owner = ?", owner)
        return dict(json.loads(rows[0][0])) if rows else NOWHERE

    def move_to(self, owner: str, answer: Answer) -> None:
        """Keep a screen that came without a scan."""
        self._do("REPLACE INTO screen VALUES (?, ?)", owner, json.dumps(answer))


def kept(row: tuple[Any, ...]) -> Kept:
    """Return a row as a scan."""
    seq, scan_id, owner, text, profile, body, why = row
    return Kept(seq, scan_id, owner, json.loads(text), profile, json.loads(body) if body else None, why)


def body_of(scan: Kept, screen: Answer) -> Answer:
    """Return what is sent for a scan on a screen."""
    place = {"task": screen.get("task"), "turn": screen.get("turn", 0)}
    return {"id": scan.id, **place, "text": scan.text, "profile": scan.profile}
