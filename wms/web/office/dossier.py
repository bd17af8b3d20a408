"""Office pages: one order with all that is known of it, everything of one backer, countries that get nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.wrappers import Response

from wms.formats.countries import read_countries
from wms.operations import addressing, countries, judging, locking, matching
from wms.queries import decisions, imports, office, review
from wms.queries import orders as order_reads
from wms.queries import rewards as maps
from wms.settings import share
from wms.web import privacy
from wms.web.api.orders import NewCountry, OrderQuery
from wms.web.auth import needs, who
from wms.web.office.core import OFFICE, READERS, asked, back, bp, draw, filled, there
from wms.web.office.orders import DID, VERBS, kept, settled, undoable
from wms.web.parts import act, by, settings, snapshot

EVENT_TONES = {"held": "ask", "hold": "ask", "cleared": "ok", "clean": "ok", "shipped": "ok", "short": "stop"}
EVENT_TONES |= {"cancelled": "stop", "address": "ok", "confirmed": "ok", "locked": "ok", "undone": "ask"}


@bp.get("/orders/<id:order_id>")
@needs(*READERS)
def order(order_id: int) -> str:
    """Show one order on one page; j and k lead on through the list it was opened from."""
    query = asked(OrderQuery)
    with snapshot() as tx:
        page = there(order_reads.order_page(tx, order_id), f"Order {order_id}")
        whole = privacy.sees_address(who(), page)
        facts = known(tx, page, json.loads(page.order.raw))
        facts |= private(tx, page, json.loads(page.order.raw)) if privacy.searches_people(who()) else {}
        beside = review.neighbours(tx, settled(tx, query), order_id) if kept(query) else (None, None)
        facts |= {"last": undoable(tx), "did": DID, "verbs": VERBS, "holds": judging.HOLDS, "tones": EVENT_TONES}
    person = privacy.recipient(page.order, whole)
    facts |= {"person": person, "beside": beside, "kept": kept(query)}
    return draw("order", "orders", page=page, order=page.order, **facts)


def known(tx: Any, page: Any, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what everybody who sees the order may know: what was pledged and what it comes to, locks, decisions."""
    catalogue = maps.catalogue(tx, page.order.campaign_id)
    merged = decisions.merged_items(tx, [page.order.id]).get(page.order.id, ())
    everything = [*maps.chosen(facts), *merged]
    given = catalogue.given(everything, page.order.country)
    names = {line.item_id: line for line in page.lines}
    return {
        "given": given,
        "names": names,
        "own": len(everything) - len(merged),
        "extra": {line.item_id for line in page.lines} - {item for each in given for item, _ in each.units},
        "locks": locking.locked(page.order),
        "decided": decisions.decisions_about(tx, page.order.id),
        "vague": read_countries(share() / "config" / "countries.toml").says_nothing,
    }


def private(tx: Any, page: Any, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what only supervisors and admins may know: doubts field by field, other orders, who wrote what."""
    row = order_reads.people_of(tx, [page.order.id])[0]
    findings: dict[str, list[Any]] = {}
    for each in judging.check(row, facts, settings().site.country):
        findings.setdefault("country" if each.field == "country_code" else each.field, []).append(each)
    return {
        "findings": findings,
        "fields": {name: (words, getattr(row, name)) for name, words in addressing.FIELDS.items()},
        "note": facts.get("notes") or "",
        "delivery": facts.get("delivery") or "",
        "tax_id": facts.get("tax_id") or "",
        "others": [each for each in decisions.orders_of_person(tx, page.order) if each.id != page.order.id],
        "twins": twins(tx, page, row),
        "reports": [each for each in imports.changes_of_order(tx, page.order.id) if each["fields"]],
        "corrected": decisions.address_changes_of(tx, page.order.id),
    }


def twins(tx: Any, page: Any, row: Any) -> list[dict[str, Any]]:
    """Return the orders that look like the same person's, with why, while somebody must decide about them."""
    if not any(hold.code == "DUPLICATE" and not hold.cleared_at for hold in page.holds):
        return []
    hits = {hit.order_id: hit.why for hit in matching.look_alikes(tx, [row]).get(row.id, [])[:10]}
    return [dict(each._mapping) | {"why": hits[each.id]} for each in decisions.orders_by_id(tx, list(hits))]


@bp.get("/orders/<id:order_id>/backer")
@needs(*OFFICE)
def backer(order_id: int) -> str:
    """Show everything of the person behind an order, in all campaigns."""
    with snapshot() as tx:
        page = there(order_reads.order_page(tx, order_id), f"Order {order_id}")
        privacy.sees_address(who(), page)
        everything = decisions.orders_of_person(tx, page.order)
        ids = [row.id for row in everything]
        open_holds, parcels = review.open_holds(tx, ids), order_reads.parcels_of(tx, ids)
        events = order_reads.events_of(tx, ids)
        last = undoable(tx)
    facts = {"open_holds": open_holds, "parcels": parcels, "events": events, "tones": EVENT_TONES}
    facts |= {"numbers": {row.id: row.number for row in everything}, "last": last, "did": DID}
    return draw("backer", "orders", order=page.order, orders=everything, people=people(everything), **facts)


def people(everything: Sequence[Any]) -> dict[str, list[str]]:
    """Return how a person is called and reached, each once, as on the newest order first."""
    ways = {"Name": "name", "E-mail": "email", "Telephone": "phone"}
    return {
        words: list(dict.fromkeys(getattr(row, name) for row in everything if getattr(row, name)))
        for words, name in ways.items()
    }


@bp.get("/countries")
@needs(*OFFICE)
def blocked() -> str:
    """Show the countries that get nothing, and what others ask for."""
    with snapshot() as tx:
        rules, campaigns = decisions.country_rules(tx), office.campaign_list(tx)
    rows = read_countries(share() / "config" / "countries.toml")
    return draw("countries", "orders", rules=rules, campaigns=campaigns, tax_ids=rows.tax_ids)


@bp.post("/countries")
@needs(*OFFICE)
def block_country() -> Response:
    """Send nothing to a country."""
    form = filled(NewCountry)
    act(countries.block, settings(), by(), form.country, (form.campaign, form.reason))
    return back(f"Nothing is sent to {form.country}.")


@bp.post("/countries/<id:rule_id>/drop")
@needs(*OFFICE)
def allow_country(rule_id: int) -> Response:
    """Send to a country again."""
    act(countries.allow, settings(), by(), rule_id)
    return back("It is sent there again.")
