"""A file of orders is read whole, then applied and reviewed in steps so short that scans go on beside.

Nothing is half-imported: a file that cannot be read changes nothing, and a run that was killed goes on where it was,
because each step is written together with how far it is.
"""

from __future__ import annotations

import json
import pickle
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any, TypeVar

from sqlalchemy import func, select, update

from wms.db import Store, Tx, table_of
from wms.errors import Refusal
from wms.formats.errors import FormatError
from wms.formats.orders.reading import open_orders
from wms.formats.orders.rows import ExportOrder, Rejected
from wms.models.campaigns import Import, ImportChange
from wms.models.orders import Hold, Order
from wms.operations import differing, intake, reviewing, staging
from wms.operations.intake import Fresh, Intake, Mapper, Paper
from wms.operations.ledger import By
from wms.operations.staging import Request
from wms.queries import imports as reads
from wms.queries import rewards as maps
from wms.settings import Settings

imports, changes, orders, holds = table_of(Import), table_of(ImportChange), table_of(Order), table_of(Hold)
T = TypeVar("T")
SPOOL = 500  # orders written to disk at once
FEWEST, MOST = 50, 1000  # orders of one step
STEP_SECONDS = 0.04  # what a step may compute while scans wait


class Overtaken(Refusal):
    """Somebody else runs the same import; it is in good hands."""

    sentence = "Another run of this import goes on."


class Stopped(Refusal):
    """An import that cannot be read."""

    sentence = "{filename}: {why}"


@dataclass
class Desk:
    """Where an import writes: a store, in transactions of its own, or one transaction that is thrown away."""

    store: Store
    settings: Settings
    only: Tx | None = None
    pace: float = 0.25  # seconds of rest for each second of writing, while others may want to write
    steps: list[float] = field(default_factory=list)  # computing seconds of each; how long a disk takes is not theirs

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run one step."""
        if self.only is not None:
            return work(self.only)

        def timed(tx: Tx) -> T:
            begun = time.thread_time()
            done = work(tx)
            self.steps.append(time.thread_time() - begun)
            return done

        done = self.store.transact(timed)
        if self.store.sqlite:  # one writer at a time: whoever waits gets its turn now
            time.sleep(self.steps[-1] * self.pace)
        return done

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

    def put(self, rows: Sequence[Fresh]) -> None:
        """Write orders."""
        pickle.dump(list(rows), self.paper, protocol=5)
        self.size += len(rows)
        self.present.update(row.number for row in rows)

    def rows(self, after: int = 0) -> Iterator[Fresh]:
        """Every order but the first `after`."""
        self.paper.seek(0)
        seen = 0
        while seen < self.size:
            rows: list[Fresh] = pickle.load(self.paper)
            yield from rows[max(0, after - seen) :]
            seen += len(rows)


# --- from outside ---


def take(store: Store, settings: Settings, by: By, request: Request) -> int:
    """Take a file in, here and now, and return the id of its import; one that was left half-way is finished before.

    Raises FormatError, NotFound.
    """
    with store.read() as tx:
        left = [row.id for row in tx.all(staging.unfinished(request.campaign_id))]
    for import_id in left:
        run(store, settings, import_id)
    import_id = staging.draft(store, by, request)
    try:
        store.transact(lambda tx: staging.start(tx, import_id))
    except Refusal:
        store.transact(lambda tx: staging.discard(tx, import_id))
        raise
    run(store, settings, import_id)
    return import_id


def run(store: Store, settings: Settings, import_id: int, pace: float = 0.25) -> dict[str, Any]:
    """Read, apply and review a started import, or go on where it was left; return what came of it.

    Raises FormatError when the file cannot be read (the import then has failed and changed nothing), Overtaken.
    """
    desk = Desk(store, settings, pace=pace)
    row = desk.read(lambda tx: staging.row_of(tx, import_id))
    if row.state in staging.BUSY:
        work(desk, row)
    return desk.read(lambda tx: told(tx, import_id))


def rehearse(store: Store, settings: Settings, by: By, request: Request) -> dict[str, Any]:
    """Say what an import would do, and do nothing: all of it happens in one transaction that is thrown away."""
    import_id = staging.draft(store, by, request)

    def play(tx: Tx) -> None:
        staging.start(tx, import_id)
        work(Desk(store, settings, tx), staging.row_of(tx, import_id))
        raise Rehearsed(told(tx, import_id))

    try:
        store.transact(play)
    except Rehearsed as end:
        return end.result
    finally:
        store.transact(lambda tx: staging.discard(tx, import_id))
    raise AssertionError("a rehearsal never ends well")


class Rehearsed(Exception):
    """The end of a rehearsal; nothing of it is kept."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__("rehearsed")
        self.result = result


# --- the steps ---


def work(desk: Desk, row: Any) -> None:
    """Read an import's file and do what is left to do."""
    with tempfile.TemporaryFile() as paper:
        spool = Spool(paper)
        try:
            read(desk, row, spool)
        except FormatError as error:
            sentence = str(error)
            desk.write(lambda tx: fail(tx, row.id, sentence))
            raise
        if row.state == "reading":
            desk.write(lambda tx: begin(tx, row.id, spool))
        apply_all(desk, row.id, spool)
    review_all(desk, row.id, spool.size)
    desk.write(lambda tx: finish(tx, row.id))


def read(desk: Desk, row: Any, spool: Spool) -> None:
    """Read a whole file into the spool. Raises FormatError."""
    data = desk.read(lambda tx: staging.content(tx, row.id))
    export = open_orders(data, row.filename, staging.folder(), staging.choice_of(row))
    batch: list[ExportOrder] = []
    for each in export:
        if isinstance(each, Rejected):
            spool.rejected.append(each)
        else:
            batch.append(each)
            if len(batch) == SPOOL:
                keep(spool, batch)
                batch = []
    keep(spool, batch)


def keep(spool: Spool, batch: Sequence[ExportOrder]) -> None:
    """Write orders to the spool, and set those aside that no label could carry."""
    good, bad = intake.sort_out(batch)
    spool.rejected += bad
    if good:
        spool.put(good)


def begin(tx: Tx, import_id: int, spool: Spool) -> None:
    """Say that a file is read: how many orders it has, and which rows are none."""
    mine = update(imports).where(imports.c.id == import_id, imports.c.state == "reading")
    if not tx.execute(mine.values(state="applying", orders=spool.size, done=0)).rowcount:
        raise Overtaken
    intake.forget_rejects(tx, import_id)
    taking = under_way(tx, import_id)
    intake.refuse(taking, spool.rejected)
    write_counts(taking)
    tx.announce("imports")


def under_way(tx: Tx, import_id: int, mapper: Mapper | None = None) -> Intake:
    """Return an import at work."""
    row = staging.row_of(tx, import_id)
    campaign = intake.campaign_of(tx, row.campaign_id)
    if mapper is None or mapper.catalogue.version != campaign.map_version:
        mapper = Mapper(maps.catalogue(tx, campaign.id))
    paper = Paper(row.filename, row.sha256)
    counts = {name: row._mapping[name] for name in ("accepted", "unchanged", "rejected")}
    return Intake(tx, By(row.operator_id), campaign, import_id, paper, row.platform, mapper, counts)


def write_counts(taking: Intake, **more: Any) -> None:
    """Write how far an import is."""
    taking.tx.execute(update(imports).where(imports.c.id == taking.import_id).values(**taking.counts, **more))


def apply_all(desk: Desk, import_id: int, spool: Spool) -> None:
    """Apply the orders of a file from where it was left, then settle who is missing in it."""
    row = desk.read(lambda tx: staging.row_of(tx, import_id))
    done, size, mapper = row.done, 4 * FEWEST, None
    source = spool.rows(after=done)
    while part := list(islice(source, size)):
        mapper = desk.write(lambda tx, d=done, p=part, m=mapper: apply(tx, import_id, d, p, m))  # type: ignore[misc]
        done += len(part)
        size = fitting(desk, size)
    if row.whole and done == spool.size:
        settle(desk, row, spool)


def fitting(desk: Desk, size: int) -> int:
    """Return how many orders the next step should have: as many as fit into its time."""
    if not desk.steps or not desk.store.sqlite:
        return MOST if desk.store.sqlite else MOST // 2
    return min(MOST, max(FEWEST, int(size * min(2.0, STEP_SECONDS / max(desk.steps[-1], 1e-4)))))


def apply(tx: Tx, import_id: int, done: int, rows: Sequence[Fresh], mapper: Mapper | None) -> Mapper:
    """Apply some orders, together with how far that brings the import; raises Overtaken when another run did it."""
    mine = update(imports).where(imports.c.id == import_id, imports.c.state == "applying", imports.c.done == done)
    if not tx.execute(mine.values(done=done + len(rows))).rowcount:
        raise Overtaken
    taking = under_way(tx, import_id, mapper)
    intake.take(taking, rows)
    write_counts(taking)
    return taking.mapper


def settle(desk: Desk, row: Any, spool: Spool) -> None:
    """Hold who is missing in the file, and let those go on who are back."""
    present = spool.present | differing.mentioned(spool.rejected)
    absent, back = desk.read(lambda tx: differing.absence(tx, row.campaign_id, present, row.platform))
    for part in differing.in_parts(absent):
        desk.write(lambda tx, part=part: differing.settle_absence(tx, row.id, part, ()))  # type: ignore[misc]
    for part in differing.in_parts(back):
        desk.write(lambda tx, part=part: differing.settle_absence(tx, row.id, (), part))  # type: ignore[misc]


def review_all(desk: Desk, import_id: int, size: int) -> None:
    """Review the orders that the import touched; `done` goes on from `size` to twice as many."""
    ids = desk.read(lambda tx: touched(tx, import_id))
    for part in differing.in_parts(ids):
        desk.write(lambda tx, part=part: reviewing.prepare(tx, part))  # type: ignore[misc]
    step, at = 4 * FEWEST, 0
    while at < len(ids):
        part = ids[at : at + step]
        at += len(part)
        done = size + round(size * at / len(ids))
        desk.write(lambda tx, part=part, done=done: review(tx, desk.settings, part, (import_id, done)))  # type: ignore[misc]
        step = max(2 * FEWEST, fitting(desk, step))  # a review has costs of its own, however few it sees


def touched(tx: Tx, import_id: int) -> list[int]:
    """Return the orders that an import brought, changed, missed or found again, and that may still be reviewed."""
    brought = select(orders.c.id).where(orders.c.import_id == import_id, orders.c.state.in_(differing.OPEN))
    noted = select(changes.c.order_id).where(changes.c.import_id == import_id, changes.c.kind != "added")
    return sorted({row[0] for row in (*tx.all(brought), *tx.all(noted)) if row[0] is not None})


def review(tx: Tx, settings: Settings, ids: Sequence[int], progress: tuple[int, int]) -> None:
    """Review some orders, together with how far that brings the import."""
    import_id, done = progress
    reviewing.review_all(tx, settings, ids)
    tx.execute(update(imports).where(imports.c.id == import_id).values(done=done))


def finish(tx: Tx, import_id: int) -> None:
    """End an import: its file is not needed any more."""
    staging.forget(tx, import_id)
    tx.execute(update(imports).where(imports.c.id == import_id).values(state="done", ended_at=tx.now))
    tx.announce("orders", "imports")


def fail(tx: Tx, import_id: int, sentence: str) -> None:
    """End an import that cannot be read; nothing of it was written."""
    staging.forget(tx, import_id)
    values = {"state": "failed", "error": sentence, "ended_at": tx.now, "rows": 0}
    tx.execute(update(imports).where(imports.c.id == import_id).values(values))
    tx.announce("imports")


# --- what came of it ---


def told(tx: Tx, import_id: int) -> dict[str, Any]:
    """Return what came of an import: its rows, the holds of the orders it touched, what changed."""
    row = staging.row_of(tx, import_id)
    kinds = Counter({each.key: each.n for each in tx.all(counted(import_id, changes.c.kind))})
    applied = changes.c.applied.is_(True)
    changed = select(func.count()).where(changes.c.import_id == import_id, changes.c.kind == "changed")
    mine = orders_of(row)
    held = (
        select(holds.c.code, func.count(holds.c.order_id.distinct()).label("n"))
        .where(holds.c.order_id.in_(mine), holds.c.cleared_at.is_(None))
        .group_by(holds.c.code)
        .order_by(holds.c.code)
    )
    bad = [
        {name: each[name] for name in ("file", "line", "column", "reason")} for each in reads.rejected(tx, import_id)
    ]
    return {
        "import": import_id, "state": row.state, "profile": row.profile, "platform": row.platform,
        "confidence": row.confidence, "rows": row.rows, "accepted": row.rows - row.rejected, "rejected": bad,
        "unchanged": row.unchanged, "orders": row.orders, "done": row.done,
        "again": reads.earlier(tx, row) is not None, "asks": json.loads(row.mapping or "{}").get("asks", []),
        "held": {each.code: each.n for each in tx.all(held)},
        "changes": {
            **{kind: kinds[kind] for kind in ("added", "changed", "gone", "back")},
            "unchanged": row.orders - kinds["added"] - kinds["changed"],
            "applied": int(tx.value(changed.where(applied)) or 0),
            "waiting": int(tx.value(changed.where(~applied, changes.c.decision == "")) or 0),
        },
    }  # fmt: skip


def orders_of(row: Any) -> Any:
    """Return the orders that a file speaks of: all of its platform in the campaign; of a part, what it touched."""
    if not row.whole:
        return select(orders.c.id).where(orders.c.import_id == row.id)
    joined = select(orders.c.id).join(imports, imports.c.id == orders.c.import_id)
    return joined.where(orders.c.campaign_id == row.campaign_id, imports.c.platform.in_(("", row.platform)))


def counted(import_id: int, column: Any) -> Any:
    """Return the statement that counts an import's changes by a column."""
    return select(column.label("key"), func.count().label("n")).where(changes.c.import_id == import_id).group_by(column)
