"""Office pages: the parts of an order, its locks, and the packing slip that says what is in this parcel."""

from __future__ import annotations

from typing import Any

from flask import request
from pydantic import Field
from werkzeug.wrappers import Response

from wms.errors import BadInput
from wms.operations import locking, splitting
from wms.queries import orders as reads
from wms.queries import parts
from wms.web import privacy
from wms.web.api.releases import Unlock, lock_now
from wms.web.auth import needs, who
from wms.web.office.core import OFFICE, READERS, back, bp, draw, filled, there
from wms.web.openapi import Asked
from wms.web.parts import act, by, snapshot

UNITS_MAX = 10**6


class LockForm(Asked):
    """Which lock closes now."""

    what: str = Field(pattern="^(content|address)$")


class Nothing(Asked):
    """A form that is only its button."""


@bp.get("/orders/<id:order_id>/parts")
@needs(*READERS)
def order_parts(order_id: int) -> str:
    """Show in which parts an order goes, what each holds, and which locks it has."""
    with snapshot() as tx:
        row = there(locking.row_of(tx, order_id), f"Order {order_id}")
        found = parts.parts_of(tx, order_id)
    facts = {"told": parts.told(found, order_id), "locks": locking.locked(row), "first": found[0].id}
    return draw("parts", "orders", order=row, found=found, **facts)


@bp.get("/orders/<id:order_id>/slip")
@needs(*READERS)
def packing_slip(order_id: int) -> str:
    """Show the slip that goes into the parcel: what is in it, and what comes later."""
    with snapshot() as tx:
        page = there(reads.order_page(tx, order_id), f"Order {order_id}")
        found = parts.parts_of(tx, order_id)
    person = privacy.recipient(page.order, privacy.sees_address(who(), page))
    mine = next(part for part in found if part.id == order_id)
    others = [part for part in found if part.id != order_id]
    return draw("slip", "orders", order=page.order, person=person, part=mine, others=others)


@bp.post("/orders/<id:order_id>/split")
@needs(*OFFICE)
def split_order(order_id: int) -> Response:
    """Let units of an order come later."""
    given = {name: value for name, value in request.form.items() if name.startswith("later-") and value.strip("0 ")}
    with snapshot() as tx:
        known = parts.items_named(tx, [name.removeprefix("later-") for name in given])
    later = {known.get(name.removeprefix("later-"), 0): units(text) for name, text in given.items()}
    act(splitting.split, by(), order_id, later)
    return back("The order goes in parts.")


def units(text: str) -> int:
    """Return units as they were typed; raises BadInput."""
    if not text.strip().isdecimal() or int(text) > UNITS_MAX:
        raise BadInput(field="later", why=f"{text[:20]} is no number of units")
    return int(text)


@bp.post("/orders/<id:order_id>/join")
@needs(*OFFICE)
def join_order(order_id: int) -> Response:
    """Put an order together again."""
    filled(Nothing)
    came = act(splitting.undo, by(), order_id)
    return back(f"The order goes in one again: {came} units came back.")


@bp.post("/orders/<id:order_id>/lock")
@needs(*OFFICE)
def lock_order(order_id: int) -> Response:
    """Close a lock of one order."""
    what = filled(LockForm).what
    told: Any = lock_now(what, [order_id])
    stays = "It stays open: the address cannot be right." if told.bad else "It was locked before."
    return back("Locked." if told.changed else stays)


@bp.post("/orders/<id:order_id>/unlock")
@needs("supervisor")
def unlock_order(order_id: int) -> Response:
    """Open a lock of one order again, with a reason."""
    form = filled(Unlock)
    act(locking.unlock, by(), order_id, form.what, form.reason)
    return back(f"The {form.what} may change again.")
