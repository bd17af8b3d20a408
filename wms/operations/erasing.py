"""People's data are erased: an order's or a campaign's, for good, in steps that scans go on beside; figures stay.

What was pledged, packed and sent, when, in how many parcels and to which country is still told afterwards; whose it
was is not. A run that was killed goes on where it was, and running it again does nothing more.
"""

from __future__ import annotations

import csv
import json
import os
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from wms.db import Store, Tx, dumps, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.models.campaigns import Campaign, Import, ImportChange
from wms.models.decisions import Decision, DecisionRow
from wms.models.orders import Order
from wms.models.printing import PrintJob
from wms.models.privacy import Erasure
from wms.operations import blotting, deciding, locking, master, staging, timeline
from wms.operations.ledger import By
from wms.queries import personal, privacy
from wms.settings import Settings

orders, campaigns, imports, erasures = map(table_of, (Order, Campaign, Import, Erasure))
changes, decisions, decision_rows, jobs = map(table_of, (ImportChange, Decision, DecisionRow, PrintJob))
GONE = ("shipped", "cancelled")
OPEN = ("held", "clean")
PART = 50  # orders of one step: some 25 ms of computing
PACE = 0.25  # seconds of rest for each second of writing, while others may want to write


class StillOpen(Refusal):
    """Who waits for a parcel cannot be forgotten."""

    sentence = "Open orders need their address: {orders}, first {number}."


class OnTheWay(Refusal):
    """What the floor works on cannot be cancelled."""

    sentence = "Orders are on the floor: {orders}, first {number}."


class PartOfAnother(Refusal):
    """What was merged is still sent, with the order that it was merged into."""

    sentence = "Order {number} was merged into {into}, which is open."


class ImportRuns(Refusal):
    """A file that is being read would bring back what is erased."""

    sentence = "{filename} is being imported. Let it end first."


class NotErased(Refusal):
    """Nobody has to let it come back."""

    sentence = "Order {number} is not erased."


class Sent(Refusal):
    """What has left needs no address any more."""

    sentence = "Order {number} was sent. It needs no address."


@dataclass(frozen=True)
class Wish:
    """Whose data to erase, and why; `force` cancels the orders of theirs that wait. Names do not belong in a reason."""

    campaign_id: int | None = None
    order_id: int | None = None
    reason: str = ""
    force: bool = False


# --- whose ---


def target(tx: Tx, campaign_id: int | None, order_id: int | None) -> ColumnElement[bool]:
    """Return the condition of the orders that are meant: a campaign's, or an order with its parts."""
    if campaign_id is not None:
        return orders.c.campaign_id == campaign_id
    return orders.c.id.in_(locking.family(tx, [int(order_id or 0)]))


def known(tx: Tx, wish: Wish) -> ColumnElement[bool]:
    """Return the condition of the orders that a wish means; raises NotFound, BadInput when it means none or two."""
    if (wish.campaign_id is None) == (wish.order_id is None):
        raise BadInput(field="campaign or order", why="name one of the two")
    whose, what = (campaigns, "Campaign") if wish.order_id is None else (orders, "Order")
    number = wish.campaign_id if wish.order_id is None else wish.order_id
    if tx.one(select(whose.c.id).where(whose.c.id == number)) is None:
        raise NotFound(what=f"{what} {number}")
    return target(tx, wish.campaign_id, wish.order_id)


def check(tx: Tx, wish: Wish) -> None:
    """Raise StillOpen, OnTheWay, PartOfAnother or ImportRuns when something stands against a wish."""
    mine = known(tx, wish)
    waits = orders.c.state.in_(OPEN)
    floor = orders.c.state.not_in((*OPEN, *GONE))
    refuse(tx, and_(mine, floor), OnTheWay)
    if not wish.force:
        refuse(tx, and_(mine, waits), StillOpen)
    merged_away(tx, mine)
    theirs = select(orders.c.campaign_id).where(mine)
    where = or_(imports.c.campaign_id.in_(theirs), imports.c.campaign_id == wish.campaign_id)
    busy = tx.one(select(imports.c.filename).where(where, imports.c.state.in_(staging.BUSY)))
    if busy is not None:
        raise ImportRuns(filename=busy.filename)


def refuse(tx: Tx, where: ColumnElement[bool], why: type[Refusal]) -> None:
    """Raise a refusal when there are such orders, with their number and the first of them."""
    count = int(tx.value(select(func.count()).select_from(orders).where(where)) or 0)
    if count:
        first = tx.value(select(orders.c.number).where(where).order_by(orders.c.id).limit(1))
        raise why(orders=count, number=first)


def merged_away(tx: Tx, mine: ColumnElement[bool]) -> None:
    """Raise PartOfAnother when one of some orders goes on in another that is open and is not erased with them."""
    into = orders.alias("into")
    joined = (
        select(orders.c.number, into.c.number.label("into"))
        .join(decision_rows, decision_rows.c.order_id == orders.c.id)
        .join(decisions, decisions.c.id == decision_rows.c.decision_id)
        .join(into, into.c.id == decision_rows.c.into_id)
    )
    merged = (decisions.c.kind == "merge", decisions.c.undone_at.is_(None), into.c.state.not_in(GONE))
    outside = into.c.id.not_in(select(orders.c.id).where(mine))
    found = tx.one(joined.where(mine, outside, *merged).limit(1))
    if found is not None:
        raise PartOfAnother(number=found.number, into=found.into)


# --- how much ---


def plan(tx: Tx, settings: Settings, wish: Wish) -> dict[str, Any]:
    """Return what an erasing would do, and do nothing: {orders, erased, open, against, insist, tables, copies};
    `against` is what stands against it, `insist` whether it could be forced."""
    mine = known(tx, wish)
    left = and_(mine, orders.c.erased_at.is_(None))
    against = against_it(tx, wish)
    count = select(func.count()).select_from(orders)
    return {
        "orders": int(tx.value(count.where(left)) or 0),
        "erased": int(tx.value(count.where(mine, orders.c.erased_at.is_not(None))) or 0),
        "open": int(tx.value(count.where(left, orders.c.state.not_in(GONE))) or 0),
        "against": against,
        "insist": bool(against) and not wish.force and not against_it(tx, replace(wish, force=True)),
        "tables": tables_of(tx, left),
        "copies": copies(settings),
    }


def against_it(tx: Tx, wish: Wish) -> str:
    """Return what stands against a wish, "" when nothing does."""
    try:
        check(tx, wish)
    except Refusal as refusal:
        return refusal.text
    return ""


def tables_of(tx: Tx, where: ColumnElement[bool]) -> dict[str, int]:
    """Return how many rows of each table hold words of the people behind some orders."""
    ids = select(orders.c.id).where(where)
    found = {}
    for name in personal.BACKERS:
        rows = select(func.count()).select_from(personal.table(name))
        found[name] = int(tx.value(rows.where(personal.rows_of(name, ids), personal.filled(name))) or 0)
    return {name: number for name, number in found.items() if number}


def copies(settings: Settings) -> list[str]:
    """Return the copies of the database that an upgrade left beside it: they still hold everything."""
    url = settings.database.url
    if not url.startswith("sqlite:///"):
        return []
    path = Path(url.removeprefix("sqlite:///"))
    return sorted(str(each) for each in path.parent.glob(f"{path.stem}.*.bak"))


# --- beginning, and going on ---


def begin(tx: Tx, by: By, wish: Wish) -> int:
    """Write that people's data are to be erased and return the erasure's id; `run` does it.

    One that has begun and not ended is gone on with. Raises NotFound, BadInput without a reason, and as `check` does.
    """
    if not wish.reason.strip():
        raise BadInput(field="reason", why="say why they are erased")
    check(tx, wish)
    same = (erasures.c.campaign_id == wish.campaign_id, erasures.c.order_id == wish.order_id)
    running = tx.value(select(erasures.c.id).where(*same, erasures.c.state == "running"))
    if running:
        return int(running)
    mine = and_(target(tx, wish.campaign_id, wish.order_id), orders.c.erased_at.is_(None))
    ids = [] if wish.order_id is None else [row.id for row in tx.all(select(orders.c.id).where(mine))]
    words = set().union(*personal.words_of(tx, ids).values())
    facts: dict[str, Any] = {"campaign_id": wish.campaign_id, "order_id": wish.order_id, "forced": wish.force}
    facts |= {"reason": blotting.blot(wish.reason.strip(), words)[:300], "operator_id": by.operator_id}
    count = int(tx.value(select(func.count()).select_from(orders).where(mine)) or 0)
    return master.add(tx, erasures, orders=count, made_at=tx.now, **facts)


def run(store: Store, settings: Settings, erasure_id: int) -> dict[str, Any]:
    """Erase what an erasure is about, or go on where it was left; return what came of it. Raises NotFound."""
    with store.read() as tx:
        row = row_of(tx, erasure_id)
        mine = target(tx, row.campaign_id, row.order_id)
    if row.state == "running":
        remember(store, settings, done_before(store, row, mine))
        after = 0
        while ids := next_of(store, mine, after):
            begun = time.thread_time()
            store.transact(lambda tx, ids=ids: erase(tx, row, ids))  # type: ignore[misc]
            remember(store, settings, ids)
            after = ids[-1]
            if store.sqlite:  # one writer at a time: whoever waits gets its turn now
                time.sleep((time.thread_time() - begun) * PACE)
        end(store, settings, row, mine)
    with store.read() as tx:
        return told(tx, settings, erasure_id)


def row_of(tx: Tx, erasure_id: int) -> Any:
    """Return an erasure's row; raises NotFound."""
    row = tx.one(select(erasures).where(erasures.c.id == erasure_id))
    if row is None:
        raise NotFound(what=f"Erasure {erasure_id}")
    return row


def next_of(store: Store, mine: ColumnElement[bool], after: int) -> list[int]:
    """Return the next orders that are not erased yet."""
    left = (mine, orders.c.erased_at.is_(None), orders.c.id > after)
    with store.read() as tx:
        return [row.id for row in tx.all(select(orders.c.id).where(*left).order_by(orders.c.id).limit(PART))]


def done_before(store: Store, row: Any, mine: ColumnElement[bool]) -> list[int]:
    """Return the orders that an earlier run of an erasure erased: perhaps it was killed before it listed them."""
    if not row.done:
        return []
    ours = (mine, orders.c.erased_at >= row.made_at)
    with store.read() as tx:
        return [each.id for each in tx.all(select(orders.c.id).where(*ours).order_by(orders.c.id))]


def remember(store: Store, settings: Settings, ids: Sequence[int]) -> None:
    """Write erased orders to the list outside the database: a backup that is restored knows nothing of them."""
    if not settings.privacy.erased_list:
        return
    with store.read() as tx:
        rows = [(row.code, row.number, row.erased_at.isoformat()) for row in privacy.numbers_of(tx, ids)]
    path = Path(settings.privacy.erased_list)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
        file.flush()
        os.fsync(file.fileno())


def erase(tx: Tx, row: Any, order_ids: Sequence[int]) -> None:
    """Erase the people's data of some orders, in one transaction; what went on since is left alone."""
    by = By(row.operator_id)
    if row.forced:
        cancel_open(tx, by, order_ids, row.reason)
    free = (orders.c.id.in_(order_ids), orders.c.state.in_(GONE), orders.c.erased_at.is_(None))
    ids = [each.id for each in tx.all(select(orders.c.id).where(*free).order_by(orders.c.id).with_for_update())]
    if not ids:
        return
    words = personal.words_of(tx, ids)
    numbers = [each.number for each in tx.all(select(orders.c.number).where(orders.c.id.in_(ids)))]
    stop_waiting(tx, ids)
    blotting.remarks(tx, ids, words)
    counts = Counter({name: blank(tx, name, ids) for name in personal.BACKERS})
    if row.order_id is not None:  # once the words are gone, nobody could find them in files any more
        counts += Counter(blotting.in_files(tx, row_campaign(tx, ids[0]), set().union(*words.values()), numbers))
    tx.execute(update(orders).where(orders.c.id.in_(ids)).values(erased_at=tx.now, lock_at=None))
    timeline.note(tx, ids, "erased", "Whose order it was is erased.", row.operator_id)
    add_up(tx, row.id, len(ids), counts)


def row_campaign(tx: Tx, order_id: int) -> int:
    """Return the campaign of an order."""
    return int(tx.value(select(orders.c.campaign_id).where(orders.c.id == order_id)))


def cancel_open(tx: Tx, by: By, order_ids: Sequence[int], reason: str) -> None:
    """Cancel those of some orders that wait."""
    waits = (orders.c.id.in_(order_ids), orders.c.state.in_(OPEN))
    if ids := [row.id for row in tx.all(select(orders.c.id).where(*waits))]:
        deciding.cancel(tx, by, ids, f"Erased: {reason}")


def stop_waiting(tx: Tx, ids: Sequence[int]) -> None:
    """End what still wants to use the data: links, labels and mails that wait, changes that nobody decided on."""
    pages = personal.table("backer_page")
    tx.execute(delete(pages).where(pages.c.order_id.in_(ids)))  # without it, no link of theirs is valid
    mine = and_(personal.rows_of("print_job", ids), jobs.c.state.in_(("queued", "claimed", "uncertain", "failed")))
    tx.execute(update(jobs).where(mine).values(state="void", reason="Erased.", ended_at=tx.now, lease_until=None))
    mails = personal.table("mail")
    waits = and_(mails.c.order_id.in_(ids), mails.c.state.in_(("queued", "uncertain", "failed")))
    tx.execute(update(mails).where(waits).values(state="void", ended_at=tx.now))
    undecided = and_(changes.c.kind == "changed", changes.c.applied.is_(False), changes.c.decision == "")
    wait = and_(changes.c.order_id.in_(ids), undecided)
    tx.execute(update(changes).where(wait).values(decision="replaced", decided_at=tx.now))


def blank(tx: Tx, name: str, ids: Sequence[int]) -> int:
    """Blank what backers wrote in one table; return how many rows held something."""
    mine = (personal.rows_of(name, ids), personal.filled(name))
    return tx.execute(update(personal.table(name)).where(*mine).values(**personal.BACKERS[name])).rowcount


def add_up(tx: Tx, erasure_id: int, done: int, counts: Mapping[str, int]) -> None:
    """Write how far an erasure is."""
    mine = select(erasures).where(erasures.c.id == erasure_id).with_for_update()
    row = tx.one(mine)
    assert row is not None
    total = Counter(json.loads(row.counts)) + Counter(counts)
    values = {"done": row.done + done, "counts": dumps(dict(total))}
    tx.execute(update(erasures).where(erasures.c.id == erasure_id).values(**values))
    tx.announce("orders", "erasures")


def end(store: Store, settings: Settings, row: Any, mine: ColumnElement[bool]) -> None:
    """Clear what is about files and on disk, and close the erasure."""
    if row.campaign_id is not None:
        counts = blotting.empty_files(store, row.campaign_id)
        store.transact(lambda tx: add_up(tx, row.id, 0, counts))
    with store.read() as tx:
        codes = label_codes(tx, mine)
    files = blotting.remove_labels(Path(settings.printing.folder), codes)
    closed = update(erasures).where(erasures.c.id == row.id, erasures.c.state == "running")
    store.transact(lambda tx: tx.execute(closed.values(state="done", ended_at=tx.now, files=files)))
    store.scour({*personal.BACKERS, *personal.REMARKS, *personal.FILES})


def label_codes(tx: Tx, mine: ColumnElement[bool]) -> Collection[str]:
    """Return all codes on labels of erased orders and their parcels."""
    ids = select(orders.c.id).where(mine, orders.c.erased_at.is_not(None))
    return {row[0] for row in tx.all(personal.label_codes(ids))}


def told(tx: Tx, settings: Settings, erasure_id: int) -> dict[str, Any]:
    """Return what came of an erasure: {erasure, state, orders, done, left, tables, files, copies}."""
    row = row_of(tx, erasure_id)
    mine = target(tx, row.campaign_id, row.order_id)
    left = select(func.count()).select_from(orders).where(mine, orders.c.erased_at.is_(None))
    facts = {"erasure": row.id, "state": row.state, "orders": row.orders, "done": row.done}
    facts |= {"left": int(tx.value(left) or 0), "tables": json.loads(row.counts), "files": row.files}
    return facts | {"copies": copies(settings)}


def readmit(tx: Tx, by: By, order_id: int, reason: str) -> None:
    """Let the next file bring an erased order back that was cancelled; it is held until then.

    Raises NotFound, NotErased, Sent, BadInput without a reason.
    """
    if not reason.strip():
        raise BadInput(field="reason", why="say why it may come back")
    row = tx.one(select(orders).where(orders.c.id == order_id).with_for_update())
    if row is None:
        raise NotFound(what=f"Order {order_id}")
    if row.erased_at is None:
        raise NotErased(number=row.number)
    if row.state != "cancelled":
        raise Sent(number=row.number)
    locks = {"content_locked_at": None, "address_locked_at": None}
    tx.execute(update(orders).where(orders.c.id == order_id).values(erased_at=None, state="held", **locks))
    timeline.note(tx, order_id, "readmitted", f"May come back: {reason.strip()}", by.operator_id)
