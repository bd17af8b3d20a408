"""A file of orders is read whole, then applied and reviewed in steps so short that scans go on beside.

Nothing is half-imported: a file that cannot be read changes nothing, and a run that was killed goes on where it was,
because each step is written together with how far it is.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import func, select, update

from wms.db import Store, Tx, table_of
from wms.errors import Refusal
from wms.formats.errors import FormatError
from wms.formats.orders.apart import Task
from wms.formats.orders.fresh import Fresh
from wms.models.campaigns import Import, ImportChange
from wms.models.orders import Hold, Order
from wms.operations import differing, intake, matching, reviewing, shielding, sifting, staging
from wms.operations.intake import Intake, Paper
from wms.operations.ledger import By
from wms.operations.sifting import Sieve, Sifted
from wms.operations.spooling import Desk, Spool, undisturbed
from wms.operations.staging import Request
from wms.queries import imports as reads
from wms.settings import Settings

imports, changes, orders, holds = table_of(Import), table_of(ImportChange), table_of(Order), table_of(Hold)
FEWEST, MOST = 50, 1000  # orders of one step
STEP_SECONDS = 0.06  # what a step may compute while scans wait


class Overtaken(Refusal):
    """Somebody else runs the same import; it is in good hands."""

    sentence = "Another run of this import goes on."


class Stopped(Refusal):
    """An import that cannot be read."""

    sentence = "{filename}: {why}"


@dataclass(frozen=True)
class Step:
    """Orders that are applied at once, behind so many that are `done`; `ready` are new ones, judged before."""

    done: int
    rows: Sequence[Fresh]
    ready: Mapping[str, Sifted] = field(default_factory=dict)


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
    del request  # its bytes stand in the database now
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
        with undisturbed():
            work(desk, row)
    return desk.read(lambda tx: told(tx, import_id))


def rehearse(store: Store, settings: Settings, by: By, request: Request) -> dict[str, Any]:
    """Say what an import would do, and do nothing: it happens on a copy, or in a transaction that is thrown away."""
    with store.aside() as scratch:
        import_id = staging.draft(scratch, by, request)

        def play(tx: Tx) -> None:
            staging.start(tx, import_id)
            work(Desk(scratch, settings, tx), staging.row_of(tx, import_id))
            raise Rehearsed(told(tx, import_id))

        try:
            scratch.transact(play)
        except Rehearsed as end:
            return end.result
        finally:
            scratch.transact(lambda tx: staging.discard(tx, import_id))
        raise AssertionError("a rehearsal never ends well")


class Rehearsed(Exception):
    """The end of a rehearsal; nothing of it is kept."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__("rehearsed")
        self.result = result


# --- the steps ---


def work(desk: Desk, row: Any) -> None:
    """Read an import's file and do what is left to do."""
    sieve = desk.read(lambda tx: sieve_for(tx, row, desk.settings))
    with tempfile.TemporaryFile() as paper:
        spool = Spool(paper)
        try:
            read(desk, row, sieve, spool)
        except FormatError as error:
            sentence = str(error)
            desk.write(lambda tx: fail(tx, row.id, sentence))
            raise
        if row.state == "reading":
            desk.write(lambda tx: begin(tx, row.id, spool))
        judged = apply_all(desk, row.id, sieve, spool)
    review_all(desk, row, spool.size, judged)
    desk.write(lambda tx: finish(tx, row.id))


def read(desk: Desk, row: Any, sieve: Sieve, spool: Spool) -> None:
    """Read a whole file into the spool; while it is read on beside, what is new of it is made ready.

    Raises FormatError.
    """
    task = Task(row.filename, staging.folder(), staging.choice_of(row), sizes=intake.SIZES)
    for batch in shielding.batches(desk.read(lambda tx: staging.content(tx, row.id)), task):
        spool.rejected += batch.rejected
        rows = [Fresh(*parts) for parts in batch.orders]
        if rows:
            spool.put(rows, made_ready(desk, sieve, rows))


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


def under_way(tx: Tx, import_id: int, sieve: Sieve | None = None) -> Intake:
    """Return an import at work."""
    row = staging.row_of(tx, import_id)
    sieve = sieve or sieve_for(tx, row)
    paper = Paper(row.filename, row.sha256)
    counts = {name: row._mapping[name] for name in ("accepted", "unchanged", "rejected")}
    return Intake(tx, By(row.operator_id), sieve.campaign, import_id, paper, row.platform, sieve, counts)


def sieve_for(tx: Tx, row: Any, settings: Settings | None = None) -> Sieve:
    """Return what the new orders of an import are mapped by now and, with the site's settings, judged by."""
    return sifting.sieve_of(tx, intake.campaign_of(tx, row.campaign_id), settings)


def write_counts(taking: Intake, **more: Any) -> None:
    """Write how far an import is."""
    taking.tx.execute(update(imports).where(imports.c.id == taking.import_id).values(**taking.counts, **more))


def apply_all(desk: Desk, import_id: int, sieve: Sieve, spool: Spool) -> list[int]:
    """Apply the orders of a file from where it was left, then settle who is missing in it; return which orders were
    judged as they came in, by `sieve`. When that is out of date they are made ready anew, before each step: while it
    writes, others wait."""
    row = desk.read(lambda tx: staging.row_of(tx, import_id))
    done, size, judged, now = row.done, 4 * FEWEST, list[int](), sieve
    source = spool.rows(after=done)
    while part := list(islice(source, size)):
        rows = [each for each, _ in part]
        ready = {each.row.number: each for _, each in part if each} if now is sieve else made_ready(desk, now, rows)
        now, added = desk.write(partial(apply, import_id=import_id, step=Step(done, rows, ready), sieve=now))
        judged += added
        done += len(part)
        size = fitting(desk, size)
    if row.whole and done == spool.size:
        settle(desk, row, spool)
    return judged


def made_ready(desk: Desk, sieve: Sieve, part: Sequence[Fresh]) -> dict[str, Sifted]:
    """Return by number those of some orders that are new, ready to be written."""
    known = desk.read(lambda tx: differing.numbers(tx, sieve.campaign.id, [row.number for row in part]))
    return sieve.sift_all([row for row in part if row.number not in known])


def fitting(desk: Desk, size: int) -> int:
    """Return how many orders the next step should have: as many as fit into its time."""
    if not desk.steps or not desk.store.sqlite:
        return MOST if desk.store.sqlite else MOST // 2
    return min(MOST, max(FEWEST, int(size * min(2.0, STEP_SECONDS / max(desk.steps[-1], 1e-4)))))


def apply(tx: Tx, import_id: int, step: Step, sieve: Sieve) -> tuple[Sieve, list[int]]:
    """Apply some orders, together with how far that brings the import; raises Overtaken when another run did it.

    Returns what the next orders are judged by, and which new ones were judged.
    """
    mine = update(imports).where(imports.c.id == import_id, imports.c.state == "applying", imports.c.done == step.done)
    if not tx.execute(mine.values(done=step.done + len(step.rows))).rowcount:
        raise Overtaken
    now = sifting.still_good(tx, sieve)
    taking = under_way(tx, import_id, now)
    intake.take(taking, step.rows, step.ready if now is sieve else None)
    write_counts(taking)
    return now, taking.judged


def settle(desk: Desk, row: Any, spool: Spool) -> None:
    """Hold who is missing in the file, and let those go on who are back."""
    present = spool.present | differing.mentioned(spool.rejected)
    absent, back = desk.read(lambda tx: differing.absence(tx, row.campaign_id, present, row.platform))
    for part in differing.in_parts(absent):
        desk.write(lambda tx, part=part: differing.settle_absence(tx, row.id, part, ()))  # type: ignore[misc]
    for part in differing.in_parts(back):
        desk.write(lambda tx, part=part: differing.settle_absence(tx, row.id, (), part))  # type: ignore[misc]


def review_all(desk: Desk, row: Any, size: int, judged: Sequence[int]) -> None:
    """Review the orders that the import touched; `done` goes on from `size` to twice as many.

    Those that were judged as they came in need no more than a look at who else may be the same person.
    """
    near = desk.read(lambda tx: matching.sharing(tx, row.campaign_id)) if judged else set[int]()
    alone = set(judged)
    alone -= near
    ids = desk.read(lambda tx: touched(tx, row.id, alone))
    for part in differing.in_parts(ids):
        desk.write(lambda tx, part=part: reviewing.prepare(tx, part))  # type: ignore[misc]
    step, at, every = 4 * FEWEST, 0, max(1, len(ids) + len(alone))
    while at < len(ids):
        part = ids[at : at + step]
        at += len(part)
        done = size + round(size * at / every)
        desk.write(lambda tx, part=part, done=done: review(tx, desk.settings, part, (row.id, done)))  # type: ignore[misc]
        step = max(2 * FEWEST, fitting(desk, step))  # a review has costs of its own, however few it sees
    approve_all(desk, row.id, size, sorted(judged))


def approve_all(desk: Desk, import_id: int, size: int, judged: Sequence[int]) -> None:
    """Let the orders go on that were judged as they came in and that nothing holds."""
    step, at = 4 * FEWEST, 0
    while at < len(judged):
        part = judged[at : at + step]
        at += len(part)
        done = 2 * size - (len(judged) - at)
        desk.write(lambda tx, part=part, done=done: approve(tx, part, (import_id, done)))  # type: ignore[misc]
        step = fitting(desk, step)


def approve(tx: Tx, ids: Sequence[int], progress: tuple[int, int]) -> None:
    """Let judged orders go on, together with how far that brings the import."""
    import_id, done = progress
    reviewing.approve(tx, import_id, ids[0], ids[-1])
    tx.execute(update(imports).where(imports.c.id == import_id, imports.c.done < done).values(done=done))


def touched(tx: Tx, import_id: int, done: Collection[int] = ()) -> list[int]:
    """Return the orders that an import brought, changed, missed or found again, and that may still be reviewed, but
    for those that are done."""
    brought = select(orders.c.id).where(orders.c.import_id == import_id, orders.c.state.in_(differing.OPEN))
    noted = select(changes.c.order_id).where(changes.c.import_id == import_id, changes.c.kind != "added")
    found = (row[0] for each in (brought, noted) for row in tx.execute(each))
    return sorted({each for each in found if each is not None and each not in done})


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
