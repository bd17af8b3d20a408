"""The lanes to the printers: one thread each, so that order is kept and a dead printer delays no other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from wms import clock
from wms.db import Store, Unavailable
from wms.labels.printers import Outcome, Session
from wms.operations import labelling
from wms.operations import printing as work
from wms.operations.printing import Held
from wms.queries import printing as reads
from wms.settings import Settings

T = TypeVar("T")
LANES_MAX = 64  # threads; a printer beyond waits for the next free one
TIDY_SECONDS = 1.0
TELL_AGAIN_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)  # what a printer said is worth waiting for the database
log = logging.getLogger("wms.worker")


def tidy(store: Store, settings: Settings) -> None:
    """Give lost labels an end, waiting ones another printer, and the printers of silent agents their trouble."""
    fallback = timedelta(seconds=settings.printing.fallback_seconds)
    with store.read() as tx:
        stale, silent, stuck = tx.now - work.STALE, tx.now - work.SILENT_AFTER, tx.now - fallback
        lost = reads.uncared(tx, stale)
        agents = reads.agents_changed(tx, silent, work.SILENT)
        moving = bool(reads.movable(tx, stuck)) or reads.homeless(tx)
    if lost:
        store.transact(work.mark_lost)
    if agents:
        store.transact(work.mark_silent_agents)
    if moving:
        store.transact(lambda tx: labelling.move_stuck(tx, settings, stuck))


def serve(store: Store, settings: Settings, printer_id: int, stop: threading.Event) -> int:
    """Print what is due at a printer, in order, over one connection; return how many labels were tried.

    Ends when nothing is due, when the printer is in doubt, and when `stop` is set.
    """
    label = store.transact(lambda tx: work.claim(tx, settings, printer_id))
    if label is None:
        return 0
    way = work.open_way(settings, label.address)
    if isinstance(way, Outcome):
        surely(store, partial(work.settle, label=label, outcome=way))
        return 1
    try:
        return Lane(store, settings, way, stop).run(label)
    finally:
        way.close()


class Lane:
    """One printer at work."""

    def __init__(self, store: Store, settings: Settings, way: Session, stop: threading.Event) -> None:
        """Print over `way` until `stop` is set."""
        self.store, self.settings, self.way, self.stop = store, settings, way, stop

    def run(self, first: Held) -> int:
        """Print the first label and what follows it; return how many were tried."""
        label: Held | None = first
        tried, begun = 0, False
        while label is not None:
            outcome = self.way.ready() or self._print(label, begun)
            if outcome is None:  # the lease is another's
                return tried
            tried, begun = tried + 1, True
            label = self._next(label, outcome)
        return tried

    def _print(self, label: Held, begun: bool) -> Outcome | None:
        """Send one label unless its lease was lost."""
        if not begun:
            begin = partial(work.begin, settings=self.settings, job_id=label.id, fence=label.attempts)
            begun = self.store.transact(begin)
        return self.way.print(label.zpl.encode("utf-8")) if begun else None

    def _next(self, label: Held, outcome: Outcome) -> Held | None:
        """Write down what became of a label and take the next one."""
        facts: dict[str, Any] = {"settings": self.settings, "label": label, "outcome": outcome}
        return surely(self.store, partial(work.advance, **facts, more=not self.stop.is_set()))


def surely(store: Store, tell: Callable[..., T]) -> T:
    """Write down what a printer said, again and again while the database is away; raises its last error."""
    for pause in TELL_AGAIN_SECONDS:
        try:
            return store.transact(tell)
        except (DBAPIError, Unavailable) as error:
            log.warning("the outcome of a label is kept until the database is back: %s", error)
            clock.sleep(pause)
    return store.transact(tell)


def round_trip(store: Store, settings: Settings) -> int:
    """Tidy up, then print all that is due, every printer in a thread of its own; return how many labels were tried."""
    lanes = Lanes(store, settings, threading.Event())
    lanes.start_due()
    lanes.join(None)
    return sum(lanes.tried)


class Lanes:
    """A thread per printer that has labels to print, or is asked how it is; it ends when there is nothing to do."""

    def __init__(self, store: Store, settings: Settings, stop: threading.Event) -> None:
        """Work for all printers of `store` until `stop` is set."""
        self.store, self.settings, self.stop = store, settings, stop
        self.threads: dict[int, threading.Thread] = {}
        self.tried: list[int] = []
        self._looked: dict[int, float] = {}
        self._tidied = float("-inf")

    def start_due(self) -> None:
        """Start a lane for each printer with a due label and no living lane; now and then, ask those at rest."""
        at = clock.seconds()
        if careful := at - self._tidied >= TIDY_SECONDS:
            tidy(self.store, self.settings)
            self._tidied = at
        self.threads = {number: thread for number, thread in self.threads.items() if thread.is_alive()}
        with self.store.read() as tx:
            waiting = reads.due(tx)
            at_rest = reads.at_rest(tx) if careful and self.settings.printing.watch_seconds else []
        for printer_id in waiting:
            self._start(printer_id, partial(self._serve, printer_id))
        for row in at_rest:
            if at - self._looked.get(row.id, float("-inf")) >= self.settings.printing.watch_seconds:
                self._start(row.id, partial(self._look, row))

    def _start(self, printer_id: int, task: Callable[[], None]) -> None:
        """Start a thread for a printer that has none."""
        if printer_id in self.threads or len(self.threads) >= LANES_MAX:
            return
        thread = threading.Thread(target=self._guarded, args=(printer_id, task), name=f"printer {printer_id}")
        thread.daemon = True
        self.threads[printer_id] = thread
        thread.start()

    def _guarded(self, printer_id: int, task: Callable[[], None]) -> None:
        """Do the work of a lane; an error is logged, the lease ends, and a label that was begun becomes uncertain."""
        try:
            task()
        except Exception:
            log.exception("the lane of printer %s broke", printer_id)
        self._looked[printer_id] = clock.seconds()

    def _serve(self, printer_id: int) -> None:
        self.tried.append(serve(self.store, self.settings, printer_id, self.stop))

    def _look(self, row: Row[Any]) -> None:
        work.look(self.store, self.settings, row)

    def join(self, seconds: float | None) -> None:
        """Wait for the lanes to end, each at most so long."""
        for thread in self.threads.values():
            thread.join(seconds)
