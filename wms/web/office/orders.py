"""Office pages: orders with filters, and what is decided about one or many of them."""

from __future__ import annotations

from typing import Any, Literal

from flask import request, url_for
from pydantic import Field
from werkzeug.wrappers import Response

from wms import addresses, clock
from wms.errors import BadInput
from wms.operations import addressing, deciding, judging
from wms.queries import decisions, review
from wms.queries.review import Filters
from wms.web import privacy
from wms.web.api.orders import Address, NewHold, OrderQuery, Reason
from wms.web.auth import needs, who
from wms.web.office.core import OFFICE, READERS, asked, back, bp, draw, filled
from wms.web.openapi import Asked
from wms.web.parts import act, by, settings, snapshot

BULK_MAX = 5000
TWINS_MAX = 20
UNDO_SECONDS = 3600  # a decision is offered to be taken back so long
VERBS = {"ADDRESS_WARN": "Accept", "PHONE_MISSING": "Accept", "BALANCE_DUE": "Waive", "PAYMENT": "Waive"}
VERBS |= {"NOTE_TO_READ": "Read", "CHANGED_AFTER_LOCK": "Settle"}
DID = {"clear": "cleared", "cancel": "cancelled", "hold": "held", "merge": "merged"}
DID |= {"adopt": "put right", "both": "let all go", "keep": "kept one of"}
VERDICTS = {
    "OK": "The address is in order.",
    "WARN": "Saved. Somebody must accept it.",
    "BAD": "Saved. It cannot be right yet.",
}


class Clearing(Asked):
    """Clear the holds of one code on the chosen orders, for one reason."""

    code: str = Field(min_length=1, max_length=24)
    reason: str = Field(min_length=1, max_length=200)


class Deciding(Asked):
    """What is decided about orders that look like one person's."""

    choice: Literal["both", "merge", "keep"]
    main: int = Field(0, ge=0, le=2**31 - 1)
    reason: str = Field("", max_length=200)


@bp.get("/orders")
@needs(*READERS)
def orders() -> str:
    """List orders with filters that say how many each would show."""
    query, whole = asked(OrderQuery), privacy.searches_people(who())
    with snapshot() as tx:
        filters = review.settled(tx, query.filters(whole))
        counts = review.counts(tx, filters)
        found = review.order_list(tx, filters, query.cut, counts.shown)
        last = undoable(tx)
    privacy.searched(who(), query.q, found["total"])
    for row in found["items"]:
        row["recipient"] = row["name"] if whole else privacy.initials(row["name"])
    facts = {"holds": judging.HOLDS, "verbs": VERBS, "last": last, "did": DID, "kept": kept(query)}
    facts["vague"] = review.HITS_MAX if filters.vague else 0
    return draw("orders", "orders", query=query, counts=counts, found=found, **facts)


def kept(query: OrderQuery) -> dict[str, Any]:
    """Return the filter of the list, to be carried to an order's page and on to its neighbours."""
    values = query.model_dump(exclude={"page", "per_page", "sort"})
    return {name: value for name, value in values.items() if value}


def undoable(tx: Any) -> Any:
    """Return what this person decided last, when it is not long ago."""
    found = decisions.last_of(tx, who().operator_id)
    return found if found and (clock.now() - found.at).total_seconds() < UNDO_SECONDS else None


@bp.post("/orders/clear")
@needs(*OFFICE)
def clear_many() -> Response:
    """Clear one kind of hold on the chosen orders: all of them or none."""
    ids = chosen()
    form = Clearing.model_validate({name: request.form.get(name, "") for name in ("code", "reason")})
    number = act(deciding.clear, by(), ids, form.code, form.reason).number
    return back(f"{number} {form.code} holds cleared." if number != 1 else f"One {form.code} hold cleared.")


@bp.post("/orders/cancel")
@needs(*OFFICE)
def cancel_many() -> Response:
    """Cancel the chosen orders: all of them or none."""
    ids = chosen()
    number = act(deciding.cancel, by(), ids, request.form.get("reason", "")).number
    return back(f"{number} orders cancelled." if number != 1 else "One order cancelled.")


@bp.post("/orders/hold")
@needs(*OFFICE)
def hold_many() -> Response:
    """Hold the chosen orders."""
    ids = chosen()
    form: Any = NewHold.model_validate({"code": request.form.get("code"), "detail": request.form.get("reason", "")})
    number = act(deciding.hold, by(), ids, form.code, form.detail).number
    return back(f"{number} orders held: {form.code}." if number != 1 else f"One order held: {form.code}.")


@bp.post("/orders/adopt")
@needs(*OFFICE)
def adopt_many() -> Response:
    """Take over what was probably meant in the addresses of the chosen orders."""
    number = act(deciding.adopt, settings(), by(), chosen()).number
    return back(f"{number} addresses put right." if number != 1 else "One address put right.")


@bp.post("/orders/twins")
@needs(*OFFICE)
def decide_twins() -> Response:
    """Ship both, merge, or keep one of orders that look like one person's."""
    ids = chosen(TWINS_MAX)
    form = Deciding.model_validate({name: request.form.get(name, "") or 0 for name in ("choice", "main")})
    act(deciding.twins_are, by(), form.choice, (form.main, ids), request.form.get("reason", "")[:200])
    said = {"both": "All are shipped.", "merge": "They are one order now.", "keep": "The others are cancelled."}
    return back(said[form.choice], url_for("office.order", order_id=form.main) if form.main else "")


@bp.post("/decisions/<id:decision_id>/undo")
@needs(*OFFICE)
def undo_decision(decision_id: int) -> Response:
    """Take a decision back."""
    done = act(deciding.undo, by(), decision_id)
    went = f" {done.left} had gone on." if done.left else ""
    return back(f"Taken back: {done.orders} {'order' if done.orders == 1 else 'orders'}.{went}")


def chosen(most: int = BULK_MAX) -> list[int]:
    """Return the ids of the chosen orders, or of all that the filter shows.

    Raises BadInput when there are none, too many or strange ones.
    """
    if request.form.get("everything"):
        query = OrderQuery.model_validate({name: value for name, value in request.args.to_dict().items() if value})
        with snapshot() as tx:
            found = review.shown_ids(tx, settled(tx, query), most + 1)
        given = [str(each) for each in found]
    else:
        given = request.form.getlist("order")
    if not 1 <= len(given) <= most or not all(each.isdecimal() and len(each) < 10 for each in given):
        raise BadInput(field="order", why=f"choose 1 to {most} orders")
    return sorted({int(each) for each in given})


def settled(tx: Any, query: OrderQuery) -> Filters:
    """Return the filter of a query, its text looked up."""
    return review.settled(tx, query.filters(privacy.searches_people(who())))


@bp.post("/holds/<id:hold_id>/clear")
@needs(*OFFICE)
def clear_hold(hold_id: int) -> Response:
    """Clear one hold with a reason."""
    act(deciding.clear_one, by(), hold_id, filled(Reason).reason)
    return back("The hold is cleared.")


@bp.post("/orders/<id:order_id>/holds")
@needs(*OFFICE)
def hold_order(order_id: int) -> Response:
    """Hold an order."""
    form: Any = filled(NewHold)
    act(deciding.hold, by(), [order_id], form.code, form.detail)
    return back(f"The order is held: {form.code}.")


@bp.post("/orders/<id:order_id>/cancel")
@needs(*OFFICE)
def cancel_order(order_id: int) -> Response:
    """Cancel an order that is not released."""
    act(deciding.cancel, by(), [order_id], filled(Reason).reason)
    return back("The order is cancelled.")


@bp.post("/orders/<id:order_id>/address")
@needs(*OFFICE)
def correct_address(order_id: int) -> Response:
    """Correct an address; it is checked again at once."""
    form = filled(Address).model_dump()
    found = act(addressing.change, settings(), by(), order_id, {k: v for k, v in form.items() if v is not None})
    verdict = addresses.verdict(found)
    return back(VERDICTS[verdict])
