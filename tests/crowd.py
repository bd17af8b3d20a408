"""A real server on a scratch database, and a crowd of people with handhelds who scan over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from contract import Hall
from sqlalchemy import select

from scanner_client.door import Door
from wms import demo, scratch
from wms.db import table_of
from wms.models.stock import StockMove

moves = table_of(StockMove)
SKUS = ("HOT", "PAIR", "KILL")


class Crowd:
    """A hall behind a server; `doors` are logged in, one per person. Bins of their own for each kind of test."""

    def __init__(self, hall: Hall, server: scratch.Server, people: list[dict[str, Any]]) -> None:
        self.hall, self.server, self.people = hall, server, people
        self.doors: list[Door] = []

    def login(self) -> None:
        """Let everybody open a session."""
        for n, person in enumerate(self.people):
            self.doors.append(Door(self.server.url))
            self.doors[-1].login(person["badge"], person["pin"], f"handheld {n}")

    def item(self, sku: str, place: str, qty: int) -> int:
        """Put a new item into a place."""
        item = self.hall.item(sku)
        self.hall.put(place, item, qty)
        return item

    def up_to_dest(self, door: Door, source: str, qty: int) -> dict[str, Any]:
        """Take units in hand with the move flow; return the screen that asks where they go."""
        answer = door.work("move")
        assert answer
        while answer["state"] != "source":
            answer = door.scan(answer, "F4")
        answer = door.scan(answer, self.hall.code(source))
        return door.scan(answer, str(qty)) if answer["state"] == "quantity" else answer

    def movements(self, item: int) -> list[Any]:
        """Return what the ledger moved of an item, deliveries left out."""
        return self.hall.rows(select(moves).where(moves.c.item_id == item, moves.c.reason == "move"))

    def failures(self) -> int:
        """Return how many answers were 5xx or never came."""
        return sum(door.http_5xx + door.retries for door in self.doors)


@contextmanager
def crowd(url: str, folder: Path, number: int) -> Iterator[Crowd]:
    """Yield a crowd of `number` people at a server that is stopped at the end."""
    hall = Hall(url)
    people = demo.hire(hall.store, hall.settings, number)
    try:
        with scratch.Server(url, folder) as server:
            yield Crowd(hall, server, people)
    finally:
        hall.store.close()
