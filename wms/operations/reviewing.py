"""What must be settled before an order goes: the review opens holds and closes what is settled; people do the rest."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, select, update

from wms.db import Store, Tx, table_of
from wms.errors import BadInput, NotAllowed, NotFound, Refusal
from wms.models.orders import Hold, Order, OrderEvent, Recipient
from wms.models.people import Operator
from wms.operations import judging, matching, merging, timeline
from wms.operations.judging import CLEARED_BY, DETAIL_MAX, HOLDS, REVIEWED, Case, Judgement, Law
from wms.operations.ledger import By
from wms.operations.pouring import pour
from wms.queries import orders as reads
from wms.queries import rewards as maps
from wms.queries.decisions import merged_items
from wms.queries.orders import in_parts
from wms.settings import Settings

orders, holds, events = table_of(Order), table_of(Hold), table_of(OrderEvent)
recipients, operators = table_of(Recipient), table_of(Operator)
ABSENT = "The platform's report no longer has this order."  # said by the import; the review cannot know it
PERSON = "person"  # the stamp of a hold that a person opened: the review leaves it alone
PART = 2000  # orders judged with one set of statements
RECURRING = {"SHORT", "PILOT_WRONG"}  # may come twice; what a person cleared says nothing about the next time
OPEN = ("held", "clean")
ZERO = Decimal(0)
stopped = exists().where(holds.c.order_id == orders.c.id, holds.c.cleared_at.is_(None))
restamp = update(holds).where(holds.c.id == bindparam("hold")).values(stamp=bindparam("fresh"))
name_person = update(recipients).where(recipients.c.id == bindparam("recipient")).values(uid=bindparam("fresh"))


class Wish(NamedTuple):
    """A hold to open: which order, the code, what is doubtful, a stamp of what was looked at."""

    order_id: int
    code: str
    detail: str
    stamp: str = ""


class HoldCleared(Refusal):
    """A hold is cleared once."""

    sentence = "{code} was cleared before."


class NotCancellable(Refusal):
    """An order that is on its way through the house."""

    sentence = "Order {number} is {state}. It cannot be cancelled."


@dataclass(frozen=True)
class Reviewed:
    """How many orders may go, and how many wait for somebody."""

    clean: int
    held: int


# --- the review ---


def review_all(tx: Tx, settings: Settings, order_ids: Sequence[int] | None = None) -> Reviewed:
    """Review with the site's settings: where the warehouse is, and what may be owed."""
    return review(tx, order_ids, settings.site.country, settings.review.balance_tolerance)


def review_in_parts(
    store: Store, settings: Settings, order_ids: Sequence[int] | None = None, size: int = 500
) -> Reviewed:
    """Review many orders in transactions short enough for scans to go on beside; it may be stopped and begun again."""
    with store.read() as tx:
        ids = reads.reviewable(tx, order_ids)
    parts = list(in_parts(ids, size))
    for part in parts:
        store.transact(lambda tx, part=part: prepare(tx, part))  # type: ignore[misc]
    home, tolerance, whole = settings.site.country, settings.review.balance_tolerance, order_ids is None
    done = [
        store.transact(lambda tx, part=part: review(tx, part, home, tolerance, whole))  # type: ignore[misc]
        for part in parts
    ]
    return Reviewed(sum(each.clean for each in done), sum(each.held for each in done))


def prepare(tx: Tx, order_ids: Sequence[int]) -> None:
    """Write the keys by which people are compared, so that the review of any of these orders sees the others."""
    for part in in_parts(order_ids, PART):
        matching.refresh(tx, reads.people_of(tx, part))


def review(
    tx: Tx,
    order_ids: Sequence[int] | None = None,
    home: str = "",
    tolerance: Decimal = ZERO,
    whole: bool = False,
) -> Reviewed:
    """Judge orders that are not released (all, or these): open holds for what is doubtful, close what is settled.

    May be repeated: a doubt that a person cleared is not raised again unless what it was about changed. `home` is the
    warehouse's country code: parcels that stay in it need neither telephone nor customs data. Who owes no more than
    `tolerance` is not held for it. Orders that turn out to be twins of these are judged again, too, unless all are
    (`whole`: these are a part of all, which were prepared).
    """
    ids = reads.reviewable(tx, order_ids)
    if not ids:
        return Reviewed(0, 0)
    if not whole:
        prepare(tx, ids)
    law = judging.law(tx, home, tolerance)
    twins, beyond = twins_of(tx, ids, whole or order_ids is None)
    catalogues: dict[int, maps.Catalogue] = {}
    held: set[int] = set()
    for part in in_parts(sorted({*ids, *beyond}), PART):
        merged = merged_items(tx, part)
        if merged:
            merging.follow(tx, sorted(merged))  # an import or another map may have written its own lines only
        rows = reads.to_review(tx, part)
        for campaign in {row.campaign_id for row in rows} - catalogues.keys():
            catalogues[campaign] = maps.catalogue(tx, campaign)
        cases = [
            case._replace(twin=twins.get(case.row.id, ""), merged=merged.get(case.row.id, ()))
            for case in cases_of(tx, rows, catalogues, law)
        ]
        held |= review_part(tx, cases, law)
    mine = len(held.intersection(ids))
    return Reviewed(len(ids) - mine, mine)


def twins_of(tx: Tx, ids: Sequence[int], whole: bool) -> tuple[dict[int, str], list[int]]:
    """Return order id -> which others look like the same person's, in words; and which of those are not among `ids`
    but are to be judged again."""
    rows = [row for part in in_parts(ids, PART) for row in reads.people_of(tx, part)]
    found, mine = matching.look_alikes(tx, rows), set(ids)
    beyond: list[int] = []
    if not whole:
        near = {hit.order_id for order_id in mine & found.keys() for hit in found[order_id]} - mine
        beyond = reads.reviewable(tx, sorted(near))
        found |= matching.look_alikes(tx, [row for part in in_parts(beyond, PART) for row in reads.people_of(tx, part)])
    return {order_id: matching.in_words(hits) for order_id, hits in found.items()}, beyond


def cases_of(tx: Tx, rows: Sequence[Any], catalogues: Mapping[int, maps.Catalogue], law: Law) -> list[Case]:
    """Return orders as they are judged, with the items of each whose customs data have gaps."""
    content = reads.contents(tx, [row.id for row in rows], list(law.gaps)) if law.gaps else {}
    none: frozenset[int] = frozenset()
    alike: dict[Any, judging.Doubts] = {}
    return [
        Case(row, json.loads(row.raw), catalogues[row.campaign_id], alike, content=content.get(row.id, none))
        for row in rows
    ]


def review_part(tx: Tx, cases: Sequence[Case], law: Law) -> set[int]:
    """Judge orders with one set of statements, write what was found; return which are held."""
    judged = {case.row.id: judging.judge(case, law) for case in cases}
    uids = {case.row.recipient_id: str(case.facts.get("uid") or "")[:60] for case in cases}
    known = {case.row.recipient_id: case.row.uid for case in cases}
    named = [{"recipient": each, "fresh": uid} for each, uid in uids.items() if uid and uid != known[each]]
    if named:
        tx.execute(name_person, named)
    write_holds(tx, judged)
    write_remarks(tx, {order_id: each.remark for order_id, each in judged.items() if each.remark})
    return write_states(tx, [case.row for case in cases])


def approve(tx: Tx, import_id: int, first: int, last: int) -> None:
    """Let those orders of an import go on, from id to id, that were judged as they came in and that nothing holds."""
    mine = (orders.c.id.between(first, last), orders.c.import_id == import_id, orders.c.state == "held")
    freed = update(orders).where(*mine, ~stopped).values(state="clean").returning(orders.c.id)
    timeline.note(tx, sorted(row.id for row in tx.execute(freed)), "clean", "Reviewed.")


# --- writing what was found ---


def write_holds(tx: Tx, judged: Mapping[int, Judgement]) -> None:
    """Open the holds that are new and close those whose reason is gone; what a person cleared stays cleared."""
    known: set[Wish] = set()
    settled, restamped = [], []
    for hold in reads.holds_of(tx, list(judged)):
        now = judged[hold.order_id]
        if hold.cleared_at is not None:
            said = hold.cleared_by is not None or hold.by_backer
            known |= {Wish(hold.order_id, hold.code, hold.detail, hold.stamp)} if said else set()
        elif hold.detail == now.doubts.get(hold.code) or by_hand(hold):
            fresh = now.stamps.get(hold.code, "")
            known.add(Wish(hold.order_id, hold.code, hold.detail, fresh))
            if fresh != hold.stamp and not by_hand(hold):
                restamped.append({"hold": hold.id, "fresh": fresh})
        else:
            settled.append(hold.id)
    if restamped:
        tx.execute(restamp, restamped)
    close_holds(tx, settled, "Settled by the report.")
    insert_holds(tx, [wish for wish in wishes_of(judged) if wish not in known])


def open_first(tx: Tx, judged: Mapping[int, Judgement]) -> None:
    """Open the holds of orders that are new and were judged before they were written."""
    insert_holds(tx, wishes_of(judged))
    timeline.note_each(tx, "remark", [(each, found.remark) for each, found in judged.items() if found.remark])


def wishes_of(judged: Mapping[int, Judgement]) -> list[Wish]:
    """Return the holds that judgements ask for."""
    return [
        Wish(order_id, code, detail, each.stamps.get(code, ""))
        for order_id, each in judged.items()
        for code, detail in each.doubts.items()
    ]


def by_hand(hold: Any) -> bool:
    """Return whether the review has no say in a hold: a person's, the import's, the floor's."""
    return hold.stamp == PERSON or hold.detail == ABSENT or hold.code not in REVIEWED


def write_remarks(tx: Tx, remarks: Mapping[int, str]) -> None:
    """Put doubts that hold nothing up into the timeline, each once."""
    if not remarks:
        return
    said = select(events.c.order_id, events.c.text).where(events.c.kind == "remark", events.c.order_id.in_(remarks))
    before = {(row.order_id, row.text) for row in tx.all(said)}
    timeline.note_each(tx, "remark", [pair for pair in remarks.items() if pair not in before])


def write_states(tx: Tx, rows: Sequence[Any]) -> set[int]:
    """Make orders held or clean by whether a hold is open; return which are held."""
    ids = [row.id for row in rows]
    open_now = select(holds.c.order_id).where(holds.c.order_id.in_(ids), holds.c.cleared_at.is_(None)).distinct()
    held = {row.order_id for row in tx.all(open_now)}
    for state, other in (("held", "clean"), ("clean", "held")):
        changed = [row.id for row in rows if (row.id in held) == (state == "held") and row.order_state == other]
        if changed:
            tx.execute(update(orders).where(orders.c.id.in_(changed), orders.c.state == other).values(state=state))
            timeline.note(tx, changed, state, "Reviewed.")
    return held


def insert_holds(tx: Tx, wishes: Sequence[Wish]) -> None:
    """Insert holds, and note each in its order's timeline."""
    if not wishes:
        return
    pour(tx, holds, Wish._fields, wishes, opened_at=tx.now)
    timeline.note_each(tx, "hold", ((wish.order_id, f"{wish.code}: {wish.detail}") for wish in wishes))


def close_holds(tx: Tx, hold_ids: Sequence[int], reason: str) -> None:
    """Close holds because their reason is gone, not because somebody decided."""
    for part in in_parts(hold_ids):
        tx.execute(update(holds).where(holds.c.id.in_(part)).values(cleared_at=tx.now, reason=reason))


# --- single holds ---


def open_holds(tx: Tx, wishes: Sequence[tuple[int, str, str] | Wish]) -> None:
    """Open holds outside the review; the same hold is not opened twice, nor again after a person cleared it.

    An order that was clean is held; one that is released keeps its state and is stopped where it is packed.
    """
    every = list(dict.fromkeys(Wish(*wish) for wish in wishes))
    for ids in in_parts(sorted({wish.order_id for wish in every})):
        known = {
            (hold.order_id, hold.code, hold.detail)
            for hold in reads.holds_of(tx, ids)
            if hold.cleared_at is None or (hold.cleared_by is not None and hold.code not in RECURRING)
        }
        mine = set(ids)
        insert_holds(tx, [wish for wish in every if wish.order_id in mine and wish[:3] not in known])
        tx.execute(update(orders).where(orders.c.id.in_(ids), orders.c.state == "clean", stopped).values(state="held"))


def hold(tx: Tx, order_id: int, code: str, detail: str = "") -> None:
    """Open one hold of an order; `code` is one of HOLDS. Raises BadInput for another code."""
    if code not in HOLDS:
        raise BadInput(field="hold", why=f"one of {', '.join(HOLDS)}")
    open_holds(tx, [Wish(order_id, code, (detail or HOLDS[code][0])[:DETAIL_MAX], PERSON)])


def settle_absence(tx: Tx, order_ids: Collection[int]) -> None:
    """Close the hold of orders that are in the report again; the next review decides on their state."""
    waiting = select(holds.c.id, holds.c.order_id).where(holds.c.detail == ABSENT, holds.c.cleared_at.is_(None))
    close_holds(tx, [row.id for row in tx.all(waiting) if row.order_id in order_ids], "It is in the report again.")


def clear(tx: Tx, by: By, hold_id: int, reason: str) -> None:
    """Clear a hold with a reason; the last one lets its order go on.

    Raises NotFound, HoldCleared, NotAllowed for whom the code does not name, BadInput without a reason.
    """
    found = tx.one(select(holds).where(holds.c.id == hold_id))
    if found is None:
        raise NotFound(what=f"Hold {hold_id}")
    if not clear_all(tx, by, [found], reason):
        raise HoldCleared(code=found.code)


def clear_all(tx: Tx, by: By, found: Sequence[Any], reason: str) -> list[Any]:
    """Clear holds (their rows) with one reason; return those that were open. Orders without another hold go on.

    Raises NotAllowed, BadInput.
    """
    if not reason.strip():
        raise BadInput(field="reason", why="say why the order may go")
    check_role(tx, by, {row.code for row in found})
    values = {"cleared_at": tx.now, "cleared_by": by.operator_id, "reason": reason.strip()[:200]}
    done: set[int] = set()
    for part in in_parts([row.id for row in found]):
        change = update(holds).where(holds.c.id.in_(part), holds.c.cleared_at.is_(None)).values(values)
        done |= {row.id for row in tx.execute(change.returning(holds.c.id))}
    cleared = [row for row in found if row.id in done]
    for code in sorted({row.code for row in cleared}):
        ids = [row.order_id for row in cleared if row.code == code]
        timeline.note(tx, ids, "cleared", f"{code}: {reason.strip()}", by.operator_id)
    let_go(tx, by, sorted({row.order_id for row in cleared}))
    return cleared


def check_role(tx: Tx, by: By, codes: Collection[str]) -> None:
    """Raise NotAllowed unless this person may clear holds of all these codes; the system itself may."""
    if by.operator_id is None:
        return
    roles = set(str(tx.value(select(operators.c.roles).where(operators.c.id == by.operator_id)) or "").split(","))
    for code in sorted(codes):
        if not roles & CLEARED_BY[HOLDS.get(code, ("", "supervisor"))[1]]:
            raise NotAllowed(what=f"clearing {code}")


def let_go(tx: Tx, by: By, order_ids: Sequence[int]) -> None:
    """Make held orders without an open hold clean."""
    for part in in_parts(order_ids):
        freed = update(orders).where(orders.c.id.in_(part), orders.c.state == "held", ~stopped).values(state="clean")
        ids = [row.id for row in tx.execute(freed.returning(orders.c.id))]
        timeline.note(tx, sorted(ids), "clean", "The last hold is cleared.", by.operator_id)
