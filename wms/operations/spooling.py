"""Where an import writes, step by step, and where the orders of its file wait meanwhile: on disk, not in memory."""

from __future__ import annotations

import gc
import marshal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TypeVar

from wms.db import Store, Tx
from wms.formats.orders.fresh import Fresh
from wms.formats.orders.rows import Rejected
from wms.operations.sifting import Sifted
from wms.settings import Settings

T = TypeVar("T")
SIZE = 4  # bytes that say how long a page of the spool is


@dataclass
class Desk:
    """Where an import writes: a store, in transactions of its own, or one transaction that is thrown away."""

    store: Store
    settings: Settings
    only: Tx | None = None
    pace: float = 0.25  # seconds of rest for each second of writing, while others may want to write
    steps: list[float] = field(default_factory=list)  # computing seconds of each; how long a disk takes is not theirs
    ended: float = 0.0  # when the last one did

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run one step."""
        if self.only is not None:
            return work(self.only)

        def timed(tx: Tx) -> T:
            begun = time.thread_time()
            done = work(tx)
            self.steps.append(time.thread_time() - begun)
            return done

        self.give_way()
        done = self.store.transact(timed)
        self.ended = time.monotonic()
        return done

    def give_way(self) -> None:
        """Let others write who waited, unless there was time for it while this step was made ready."""
        if self.store.sqlite and self.steps:  # one writer at a time
            time.sleep(max(0.0, self.ended + self.steps[-1] * self.pace - time.monotonic()))

    def read(self, work: Callable[[Tx], T]) -> T:
        """Look something up."""
        if self.only is not None:
            return work(self.only)
        with self.store.read() as tx:
            return work(tx)


@dataclass
class Spool:
    """The orders of a file on disk, in a file without a name, so that a large one never fills the memory."""

    paper: IO[bytes]
    present: set[str] = field(default_factory=set)
    rejected: list[Rejected] = field(default_factory=list)
    size: int = 0

    def put(self, rows: Sequence[Fresh], ready: Mapping[str, Sifted]) -> None:
        """Write orders; those that are new were made ready."""
        new = [(found := ready.get(row.number)) and found.parts() for row in rows]
        page = marshal.dumps([(row.parts(), each) for row, each in zip(rows, new, strict=True)])
        self.paper.write(len(page).to_bytes(SIZE))
        self.paper.write(page)
        self.size += len(rows)
        self.present.update(row.number for row in rows)

    def rows(self, after: int = 0) -> Iterator[tuple[Fresh, Sifted | None]]:
        """Every order but the first `after`, and what was made ready of it."""
        self.paper.seek(0)
        seen = 0
        while seen < self.size:
            page = marshal.loads(self.paper.read(int.from_bytes(self.paper.read(SIZE))))
            for parts, each in page[max(0, after - seen) :]:
                row = Fresh(*parts)
                yield row, Sifted.of(row, each) if each else None
            seen += len(page)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the collector from looking through the whole program again and again, while rows come and go."""
    usual = gc.get_threshold()  # one of 700 new objects: an import makes as many with every tenth row
    gc.freeze()
    gc.set_threshold(50_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
