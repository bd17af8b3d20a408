"""What must be settled before an order goes: holds are opened by the first review, and cleared by people."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, insert, select, update

from wms import addresses
from wms.db import Tx, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.models.orders import Hold, Order, OrderEvent
from wms.operations import timeline
from wms.operations.ledger import By
from wms.queries import orders as reads
from wms.queries import rewards as maps
from wms.queries.rewards import Catalogue

orders, holds, events = table_of(Order), table_of(Hold), table_of(OrderEvent)
HOLDS: dict[str, tuple[str, str]] = {
    "PAYMENT": ("The pledge is not paid.", "supervisor"),
    "SURVEY_MISSING": ("The backer has not answered the survey.", "office"),
    "SELECTION_MISSING": ("Nothing to send was chosen.", "office"),
    "SKU_UNMAPPED": ("The reward map lacks something the backer chose.", "office"),
    "ADDRESS_INVALID": ("The address cannot be right.", "office"),
    "ADDRESS_WARN": ("The address is doubtful.", "office"),
    "PHONE_MISSING": ("The telephone number is missing or wrong.", "office"),
    "DUPLICATE": ("Another order looks like the same backer's.", "office"),
    "NOTE_TO_READ": ("The creator left a note.", "office"),
    "CANCELLED_UPSTREAM": ("The platform no longer has this order.", "supervisor"),
    "CHANGE_AFTER_LOCK": ("The report changed after the release.", "supervisor"),
    "SHORT": ("Stock was missing when it was picked.", "supervisor"),
}
REVIEWED = {
    *("PAYMENT", "SURVEY_MISSING", "SELECTION_MISSING", "SKU_UNMAPPED", "DUPLICATE", "NOTE_TO_READ"),
    *("ADDRESS_INVALID", "ADDRESS_WARN", "PHONE_MISSING", "CANCELLED_UPSTREAM"),
}
PAID = {"collected"}
DROPPED = {"dropped", "canceled", "cancelled"}
ABSENT = "The platform's report no longer has this order."  # said by the import; the review cannot know it
RELAYS = ("privaterelay.appleid.com", "relay.firefox.com", "mozmail.com", "duck.com", "simplelogin.com")
DETAIL_MAX = 300
PART = 5000  # orders judged with one set of statements
RECURRING = {"SHORT"}  # stock may be missing twice; what a person cleared says nothing about the next time
Doubts = dict[str, str]
"""Code of a hold -> what is doubtful."""
Wish = tuple[int, str, str]
"""Order, code and detail of a hold to open."""


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


@dataclass(frozen=True)
class _Postal:
    """An address as the backer wrote it, country included, for the check."""

    name: str
    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country_code: str


# --- the review ---


def review(tx: Tx, order_ids: Sequence[int] | None = None, home: str = "") -> Reviewed:
    """Judge orders that are not released (all, or these): open holds for what is doubtful, close what is settled.

    May be repeated: a doubt that a person cleared is not raised again unless it changed. `home` is the warehouse's
    country code; parcels that stay in it need no telephone.
    """
    rows = reads.to_review(tx, order_ids)
    if not rows:
        return Reviewed(0, 0)
    catalogues = {each: maps.catalogue(tx, each) for each in {row.campaign_id for row in rows}}
    twins = duplicates(reads.people(tx, sorted(catalogues)))
    held = 0
    for start in range(0, len(rows), PART):
        part = rows[start : start + PART]
        judged = {row.id: doubts(row, catalogues[row.campaign_id], twins.get(row.id, ""), home) for row in part}
        write_holds(tx, {order_id: found for order_id, (found, _) in judged.items()})
        write_remarks(tx, {order_id: remark for order_id, (_, remark) in judged.items() if remark})
        held += write_states(tx, part)
    return Reviewed(len(rows) - held, held)


def doubts(row: Any, catalogue: Catalogue, twin: str, home: str) -> tuple[Doubts, str]:
    """Return what holds an order, by code, and what is only worth a remark."""
    facts = json.loads(row.raw)
    found: Doubts = {}
    status = facts.get("status") or "without a status"
    if status in DROPPED:
        found["CANCELLED_UPSTREAM"] = f"The pledge is {status}."
    elif status not in PAID:
        found["PAYMENT"] = f"The pledge is {status}, not collected."
    if twin:
        found["DUPLICATE"] = twin
    if facts.get("notes"):
        found["NOTE_TO_READ"] = facts["notes"]
    if not facts.get("survey"):
        found["SURVEY_MISSING"] = HOLDS["SURVEY_MISSING"][0]
        return clipped(found), ""  # without answers there is neither an address nor a choice to judge
    found |= choice_doubts(row, facts, catalogue)
    held, remark = address_doubts(row, facts, home)
    return clipped(found | held), remark


def choice_doubts(row: Any, facts: Mapping[str, Any], catalogue: Catalogue) -> Doubts:
    """Return what is wrong with what the backer chose."""
    lacking = catalogue.unmapped([(source, key, title, qty) for source, key, title, qty in facts.get("items", [])])
    if lacking:
        return {"SKU_UNMAPPED": "Not in the reward map: " + "; ".join(f"{each[0]} {each[2]}" for each in lacking)}
    return {} if row.n_lines else {"SELECTION_MISSING": HOLDS["SELECTION_MISSING"][0]}


def address_doubts(row: Any, facts: Mapping[str, Any], home: str) -> tuple[Doubts, str]:
    """Return what the address check holds the order for, and its remarks."""
    country = facts.get("country", row.country)
    written = _Postal(row.name, row.line1, row.line2, row.city, row.state, row.postal_code, country)
    held: dict[str, list[str]] = defaultdict(list)
    remarks = []
    for finding in addresses.check(written, row.email, row.phone, home):
        if finding.hold:
            held[finding.code].append(finding.sentence)
        else:
            remarks.append(finding.sentence)
    return {code: " ".join(sentences) for code, sentences in held.items()}, " ".join(remarks)[:DETAIL_MAX]


def clipped(found: Doubts) -> Doubts:
    """Return doubts that fit the column; the whole text stays in the order's raw row."""
    return {code: detail[:DETAIL_MAX] for code, detail in found.items()}


def duplicates(everybody: Iterable[Any]) -> dict[int, str]:
    """Return order id -> which other orders of its campaign have the same e-mail, or the same name and address.

    Households with two real pledges exist: a person decides, nothing is merged. Relay addresses never match.
    """
    rows = list(everybody)
    found: dict[int, str] = {}
    for why, key in (("address", address_key), ("e-mail", mail_key)):
        groups: dict[tuple[object, ...], list[Any]] = defaultdict(list)
        for row in rows:
            if (value := key(row)) is not None:
                groups[row.campaign_id, value].append(row)
        for group in groups.values():
            for row in group if len(group) > 1 else ():
                others = ", ".join(other.number for other in group if other.id != row.id)
                found[row.id] = f"Same {why} as order {others}."
    return found


def mail_key(row: Any) -> str | None:
    """Return an e-mail as it is compared, or None when it says nothing about who it is."""
    mail = str(row.email).strip().casefold()
    return mail if "@" in mail and not mail.endswith(RELAYS) else None


def address_key(row: Any) -> tuple[str, ...] | None:
    """Return name and address as they are compared, or None when there is no street."""
    if not row.line1 or not row.name:
        return None
    return tuple(
        "".join(filter(str.isalnum, part.casefold())) for part in (row.name, row.line1, row.postal_code, row.country)
    )


# --- writing what was found ---


def write_holds(tx: Tx, found: Mapping[int, Doubts]) -> None:
    """Open the holds that are new and close those whose reason is gone; what a person cleared stays cleared."""
    known: set[Wish] = set()
    settled = []
    for hold in reads.holds_of(tx, list(found)):
        now = found[hold.order_id].get(hold.code)
        if hold.cleared_at is None and hold.code in REVIEWED and hold.detail not in (now, ABSENT):
            settled.append(hold.id)
        elif hold.cleared_at is None or hold.cleared_by is not None:
            known.add((hold.order_id, hold.code, hold.detail))
    close_holds(tx, settled, "Settled by the report.")
    wanted = [(order_id, code, detail) for order_id, some in found.items() for code, detail in some.items()]
    insert_holds(tx, [wish for wish in wanted if wish not in known])


def write_remarks(tx: Tx, remarks: Mapping[int, str]) -> None:
    """Put doubts that hold nothing up into the timeline, each once."""
    said = select(events.c.order_id, events.c.text).where(events.c.kind == "remark", events.c.order_id.in_(remarks))
    before = {(row.order_id, row.text) for row in tx.all(said)}
    by_text: dict[str, list[int]] = defaultdict(list)
    for order_id, text in remarks.items():
        if (order_id, text) not in before:
            by_text[text].append(order_id)
    for text, ids in by_text.items():
        timeline.note(tx, ids, "remark", text)


def write_states(tx: Tx, rows: Sequence[Any]) -> int:
    """Make orders held or clean by whether a hold is open; return how many are held."""
    ids = [row.id for row in rows]
    open_now = select(holds.c.order_id).where(holds.c.order_id.in_(ids), holds.c.cleared_at.is_(None)).distinct()
    held = {row.order_id for row in tx.all(open_now)}
    for state, other in (("held", "clean"), ("clean", "held")):
        changed = [row.id for row in rows if (row.id in held) == (state == "held") and row.order_state == other]
        if changed:
            tx.execute(update(orders).where(orders.c.id.in_(changed), orders.c.state == other).values(state=state))
            timeline.note(tx, changed, state, "Reviewed.")
    return len(held)


def insert_holds(tx: Tx, wishes: Sequence[Wish]) -> None:
    """Insert holds, and note each in its order's timeline."""
    if not wishes:
        return
    rows = [
        {"order_id": order_id, "code": code, "detail": detail, "opened_at": tx.now} for order_id, code, detail in wishes
    ]
    tx.execute(insert(holds), rows)
    by_text: dict[str, list[int]] = defaultdict(list)
    for order_id, code, detail in wishes:
        by_text[f"{code}: {detail}"].append(order_id)
    for text, ids in by_text.items():
        timeline.note(tx, ids, "hold", text)


def close_holds(tx: Tx, hold_ids: Sequence[int], reason: str) -> None:
    """Close holds because their reason is gone, not because somebody decided."""
    if hold_ids:
        tx.execute(update(holds).where(holds.c.id.in_(hold_ids)).values(cleared_at=tx.now, reason=reason))


# --- single holds ---


def open_holds(tx: Tx, wishes: Sequence[Wish]) -> None:
    """Open holds outside the review; the same hold is not opened twice, nor again after a person cleared it.

    An order that was clean is held; one that is released keeps its state and is stopped where it is packed.
    """
    stopped = exists().where(holds.c.order_id == orders.c.id, holds.c.cleared_at.is_(None))
    for ids in reads.in_parts(sorted({order_id for order_id, _, _ in wishes})):
        known = {
            (hold.order_id, hold.code, hold.detail)
            for hold in reads.holds_of(tx, ids)
            if hold.cleared_at is None or (hold.cleared_by is not None and hold.code not in RECURRING)
        }
        mine = set(ids)
        insert_holds(tx, [wish for wish in dict.fromkeys(wishes) if wish[0] in mine and wish not in known])
        tx.execute(update(orders).where(orders.c.id.in_(ids), orders.c.state == "clean", stopped).values(state="held"))


def hold(tx: Tx, order_id: int, code: str, detail: str = "") -> None:
    """Open one hold of an order; `code` is one of HOLDS. Raises BadInput for another code."""
    if code not in HOLDS:
        raise BadInput(field="hold", why=f"one of {', '.join(HOLDS)}")
    open_holds(tx, [(order_id, code, (detail or HOLDS[code][0])[:DETAIL_MAX])])


def settle_absence(tx: Tx, order_ids: Collection[int]) -> None:
    """Close the hold of orders that are in the report again; the next review decides on their state."""
    waiting = select(holds.c.id, holds.c.order_id).where(holds.c.detail == ABSENT, holds.c.cleared_at.is_(None))
    for part in reads.in_parts([row.id for row in tx.all(waiting) if row.order_id in order_ids]):
        close_holds(tx, part, "It is in the report again.")


def clear(tx: Tx, by: By, hold_id: int, reason: str) -> None:
    """Clear a hold with a reason; the last one lets its order go on. Whether this person may is asked before.

    Raises NotFound, HoldCleared, BadInput without a reason.
    """
    if not reason.strip():
        raise BadInput(field="reason", why="say why the order may go")
    found = tx.one(select(holds).where(holds.c.id == hold_id))
    if found is None:
        raise NotFound(what=f"Hold {hold_id}")
    values = {"cleared_at": tx.now, "cleared_by": by.operator_id, "reason": reason.strip()[:200]}
    if not tx.execute(update(holds).where(holds.c.id == hold_id, holds.c.cleared_at.is_(None)).values(values)).rowcount:
        raise HoldCleared(code=found.code)
    timeline.note(tx, found.order_id, "cleared", f"{found.code}: {reason.strip()}", by.operator_id)
    stopped = exists().where(holds.c.order_id == orders.c.id, holds.c.cleared_at.is_(None))
    freed = update(orders).where(orders.c.id == found.order_id, orders.c.state == "held", ~stopped)
    if tx.execute(freed.values(state="clean")).rowcount:
        timeline.note(tx, found.order_id, "clean", "The last hold is cleared.", by.operator_id)


def cancel(tx: Tx, by: By, order_id: int, reason: str) -> None:
    """Cancel an order that is not released. Raises NotFound, NotCancellable."""
    before = tx.one(select(orders.c.number, orders.c.state).where(orders.c.id == order_id))
    if before is None:
        raise NotFound(what=f"Order {order_id}")
    mine = update(orders).where(orders.c.id == order_id, orders.c.state.in_(("held", "clean")))
    if not tx.execute(mine.values(state="cancelled")).rowcount:
        raise NotCancellable(number=before.number, state=before.state)
    timeline.note(tx, order_id, "cancelled", reason, by.operator_id)
