"""Who sees a backer's name and address: supervisors and admins, and the packer with the parcel open before them."""

from __future__ import annotations

import logging
from typing import Any

from wms.flows.engine import Who
from wms.operations import auditing
from wms.operations.ledger import By
from wms.queries.orders import OrderPage
from wms.web.parts import act, store

log = logging.getLogger("wms.audit")
OFFICE = frozenset({"supervisor", "admin"})
PREFIX = 2  # characters of a postal code that say where about, not where


def searches_people(me: Who) -> bool:
    """Return whether names may be listed and searched."""
    return bool(me.roles & OFFICE)


def sees_address(me: Who, page: OrderPage) -> bool:
    """Return whether the whole address of an order may be shown; each time that is logged, without the address."""
    packing = "packer" in me.roles and any(parcel.state == "open" for parcel in page.parcels)
    seen = searches_people(me) or packing
    if seen:
        log.info("operator %s sees the address of order %s", me.operator_id, page.order.id)
        write_down(By(me.operator_id), page.order.id)
    return seen


def write_down(by: By, order_id: int) -> None:
    """Keep who opened the address of an order; again within the hour is the same look."""
    with store().read() as tx:
        if auditing.seen_lately(tx, by, order_id):
            return
    act(auditing.note, by, "address", "order", order_id=order_id)


def searched(me: Who, text: str, found: int) -> None:
    """Keep that somebody who may see names searched, and how many people came up; not what was typed."""
    if text and searches_people(me):
        act(auditing.note, By(me.operator_id), "search", "orders", rows=found)


def initials(name: str) -> str:
    """Return "A. L." for "Ada Lovelace": enough to tell two parcels apart."""
    return " ".join(f"{word[0].upper()}." for word in name.split()[:3])


def prefix(postal_code: str) -> str:
    """Return where about a postal code is: "10…" for "10115"."""
    bare = postal_code.strip()
    return f"{bare[:PREFIX]}…" if len(bare) > PREFIX else bare


def recipient(order: Any, whole: bool) -> dict[str, Any]:
    """Return the recipient of an order page: everything, or initials and where about."""
    if not whole:
        return {"name": initials(order.name), "postal_code": prefix(order.to_postal_code), "country": order.country}
    fields = ("line1", "line2", "state", "postal_code", "phone", "email")
    return {"name": order.name, "city": order.city, "country": order.country} | {
        name: getattr(order, f"to_{name}") for name in fields
    }
