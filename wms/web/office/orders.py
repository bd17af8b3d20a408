"""Office pages: orders, one order, and what is said about many at once."""

from __future__ import annotations

from typing import Any

from flask import request
from pydantic import Field
from werkzeug.wrappers import Response

from wms.errors import BadInput
from wms.operations import holding, reviewing
from wms.queries import office as reads
from wms.queries import orders as order_reads
from wms.queries.orders import Filters
from wms.web import privacy
from wms.web.api.orders import NewHold, OrderQuery, Reason
from wms.web.auth import needs, who
from wms.web.office.core import OFFICE, READERS, asked, back, bp, draw, filled, there
from wms.web.openapi import Asked
from wms.web.parts import act, by, snapshot

BULK_MAX = 500


class Clearing(Asked):
    """Clear the holds of one code on the chosen orders, for one reason."""

    code: str = Field(min_length=1, max_length=24)
    reason: str = Field(min_length=1, max_length=200)


@bp.get("/orders")
@needs(*READERS)
def orders() -> str:
    """List orders with filters that say how many each would show."""
    query, whole = asked(OrderQuery), privacy.searches_people(who())
    filters = Filters(query.state, query.hold, query.country, query.q)
    with snapshot() as tx:
        counts = reads.order_counts(tx)
        found = reads.order_list(tx, filters, whole, query.cut)
    for row in found["items"]:
        row["recipient"] = row["name"] if whole else privacy.initials(row["name"])
    return draw("orders", "orders", query=query, counts=counts, found=found, holds=reviewing.HOLDS)


@bp.get("/orders/<id:order_id>")
@needs(*READERS)
def order(order_id: int) -> str:
    """Show one order on one page."""
    with snapshot() as tx:
        page = there(order_reads.order_page(tx, order_id), f"Order {order_id}")
    person = privacy.recipient(page.order, privacy.sees_address(who(), page))
    return draw("order", "orders", page=page, order=page.order, person=person, holds=reviewing.HOLDS)


@bp.post("/orders/clear")
@needs(*OFFICE)
def clear_many() -> Response:
    """Clear one kind of hold on the chosen orders: all of them or none."""
    ids = chosen()
    form = Clearing.model_validate({name: request.form.get(name, "") for name in ("code", "reason")})
    cleared = act(holding.clear_many, by(), ids, form.code, form.reason)
    return back(f"{cleared} {form.code} holds cleared." if cleared != 1 else f"One {form.code} hold cleared.")


def chosen() -> list[int]:
    """Return the ids of the chosen orders; raises BadInput when there are none, too many or strange ones."""
    given = request.form.getlist("order")
    if not 1 <= len(given) <= BULK_MAX or not all(each.isdecimal() and len(each) < 10 for each in given):
        raise BadInput(field="order", why=f"choose 1 to {BULK_MAX} orders")
    return sorted({int(each) for each in given})


@bp.post("/holds/<id:hold_id>/clear")
@needs(*OFFICE)
def clear_hold(hold_id: int) -> Response:
    """Clear one hold with a reason."""
    act(reviewing.clear, by(), hold_id, filled(Reason).reason)
    return back("The hold is cleared.")


@bp.post("/orders/<id:order_id>/holds")
@needs(*OFFICE)
def hold_order(order_id: int) -> Response:
    """Hold an order."""
    form: Any = filled(NewHold)
    act(holding.hold, order_id, form.code, form.detail)
    return back(f"The order is held: {form.code}.")


@bp.post("/orders/<id:order_id>/cancel")
@needs(*OFFICE)
def cancel_order(order_id: int) -> Response:
    """Cancel an order that is not released."""
    act(reviewing.cancel, by(), order_id, filled(Reason).reason)
    return back("The order is cancelled.")
