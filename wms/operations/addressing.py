"""An address is corrected: checked again at once, kept with who and what it was before, refused when it is locked."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import insert, select, update

from wms.addresses import Finding
from wms.db import Tx, dumps, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.models.decisions import AddressChange
from wms.models.orders import Order, Recipient
from wms.operations import judging, reviewing, timeline
from wms.operations.ledger import By
from wms.settings import Settings

orders, recipients, changes = table_of(Order), table_of(Recipient), table_of(AddressChange)
FIELDS = {
    **{"name": "name", "line1": "street", "line2": "second line", "city": "city", "state": "state or province"},
    **{"postal_code": "postal code", "country": "country", "phone": "telephone", "email": "e-mail"},
}
"""Column of a recipient -> how people call it."""
whose = (
    select(recipients, orders.c.id.label("order_id"), orders.c.number, orders.c.state.label("order_state"))
    .add_columns(*(orders.c[name] for name in ("address_locked_at", "raw", "recipient_id")))
    .join(orders, orders.c.recipient_id == recipients.c.id)
)


class AddressLocked(Refusal):
    """Labels may be printed from it by now."""

    sentence = "The address of order {number} is locked. Unlock it first."


class TooLate(Refusal):
    """The parcel is gone, or will never be."""

    sentence = "Order {number} is {state}. Its address stays."


def change(tx: Tx, settings: Settings, by: By, order_id: int, fields: Mapping[str, str]) -> list[Finding]:
    """Write other fields of an order's address (see FIELDS) and review the order; return what is doubtful now.

    Without an operator it was the backer. The change is remembered with what stood there before; a running clock of
    the final notice goes on. Raises NotFound, AddressLocked, TooLate, BadInput naming the field.
    """
    row = tx.one(whose.where(orders.c.id == order_id).with_for_update(key_share=True, of=orders))
    if row is None:
        raise NotFound(what=f"Order {order_id}")
    if row.order_state in ("shipped", "cancelled"):
        raise TooLate(number=row.number, state=row.order_state)
    if row.address_locked_at is not None:
        raise AddressLocked(number=row.number)
    fresh = {name: clean(name, text) for name, text in fields.items()}
    changed = {name: [getattr(row, name), text] for name, text in fresh.items() if getattr(row, name) != text}
    if changed:
        write(tx, by, row, changed)
        reviewing.review_all(tx, settings, [order_id])
    return findings(tx, settings, order_id)


def clean(name: str, text: str) -> str:
    """Return the text of a field as it is stored; raises BadInput for what no label could carry."""
    if name not in FIELDS:
        raise BadInput(field=name, why="is no part of an address")
    size = cast(Any, recipients.c[name].type).length
    found = " ".join(text.split())
    if name == "country":
        found = found.upper()
        if len(found) != 2 or not found.isascii() or not found.isalpha():
            raise BadInput(field=FIELDS[name], why="two letters, such as DE")
    if len(found) > size or not found.isprintable():
        why = f"{len(found)} characters; {size} fit" if len(found) > size else "holds signs that nobody can see"
        raise BadInput(field=FIELDS[name], why=why)
    return found


def write(tx: Tx, by: By, row: Any, changed: Mapping[str, Sequence[str]], decision_id: int | None = None) -> None:
    """Write a change, remember it, and say in the timeline which fields it was, not what they say."""
    source = "backer" if by.operator_id is None else "office"
    values = {name: pair[1] for name, pair in changed.items()}
    tx.execute(update(recipients).where(recipients.c.id == row.recipient_id).values(values))
    if "country" in values:
        same = orders.c.recipient_id == row.recipient_id
        tx.execute(update(orders).where(same).values(country=values["country"]))
    facts = {"order_id": row.order_id, "at": tx.now, "source": source, "operator_id": by.operator_id}
    tx.execute(insert(changes), facts | {"fields": dumps(changed), "decision_id": decision_id})
    words = ", ".join(FIELDS[name] for name in changed)
    who = "The backer corrected" if source == "backer" else "Corrected"
    timeline.note(tx, row.order_id, "address", f"{who}: {words}.", by.operator_id)


def adopt(tx: Tx, settings: Settings, by: By, order_ids: Sequence[int], decision_id: int) -> list[int]:
    """Write what was probably meant (a ZIP code's lost zero) into addresses that may change; return whose it was."""
    done = []
    for row in tx.all(whose.where(orders.c.id.in_(order_ids)).order_by(orders.c.id).with_for_update(of=orders)):
        if row.order_state in ("shipped", "cancelled") or row.address_locked_at is not None:
            continue
        meant = {
            "country" if each.field == "country_code" else each.field: each.better
            for each in judging.check(row, json.loads(row.raw), settings.site.country)
            if each.better
        }
        if meant:
            write(tx, by, row, {name: [getattr(row, name), text] for name, text in meant.items()}, decision_id)
            done.append(row.order_id)
    return done


def restore(tx: Tx, by: By, decision_id: int, order_ids: Collection[int]) -> None:
    """Write back what stood in addresses before a decision, where nobody changed it since."""
    made = select(changes).where(changes.c.decision_id == decision_id).order_by(changes.c.id)
    for past in tx.all(made):
        row = tx.one(whose.where(orders.c.id == past.order_id))
        fields = json.loads(past.fields)
        if row and past.order_id in order_ids and all(getattr(row, name) == pair[1] for name, pair in fields.items()):
            write(tx, by, row, {name: pair[::-1] for name, pair in fields.items()})


def findings(tx: Tx, settings: Settings, order_id: int) -> list[Finding]:
    """Return what is doubtful about an order's address as it stands."""
    joined = select(recipients, orders.c.raw).join(orders, orders.c.recipient_id == recipients.c.id)
    row = tx.one(joined.where(orders.c.id == order_id))
    if row is None:
        raise NotFound(what=f"Order {order_id}")
    return judging.check(row, json.loads(row.raw), settings.site.country)
