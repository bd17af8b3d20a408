"""Office pages: from coverage over locks and segments through the gate to a wave, and the check of its pilot."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from pydantic import Field
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from wms.errors import BadInput
from wms.operations import barring, gating, proving, segmenting, splitting
from wms.queries import coverage, gates, locks, parts, regions, shapes
from wms.queries import segments as reads
from wms.queries.segments import SegmentFilter
from wms.web.api.outgoing import enqueue_wish
from wms.web.api.releases import (
    LISTS,
    FilterForm,
    Reasoned,
    SegmentForm,
    known_campaign,
    known_segment,
    lock_now,
    vouch_for,
)
from wms.web.auth import needs, who
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled
from wms.web.openapi import Asked
from wms.web.parts import act, by, settings, snapshot

CHECKERS = ("packer", "supervisor")
ONE_OF_THEM = Field(pattern="^(content|address|notice)$")


class LockAll(Asked):
    """What becomes of all orders of a campaign that wait for it."""

    what: str = ONE_OF_THEM


class GateQuery(Asked):
    """Which kind of release the gate is asked for, and what may come later."""

    kind: str = Field("next", pattern="^(next|pilot|wave)$")


class WaveForm(GateQuery):
    """The release of a segment."""

    orders: str = Field("", pattern=r"^\d{0,5}$")
    ready_only: str = Field("", pattern="^(yes)?$")
    confirmed: str = Field("", pattern="^(yes)?$")


class GateForm(Asked):
    """Whether a campaign is gated, and who buys."""

    gated: str = Field("", pattern="^(yes)?$")
    channel: str = Field(pattern="^(backers|retail|shop)$")


class PilotQuery(Asked):
    """The parcel that was scanned."""

    code: str = Field("", max_length=80)


class VerdictForm(Asked):
    """What the second person says about it."""

    code: str = Field(min_length=1, max_length=80)
    verdict: str = Field(pattern="^(right|wrong)$")
    reason: str = Field("", max_length=200)


class SizeForm(Asked):
    """How many orders one wave has at most; empty: as the site says."""

    orders: str = Field("", pattern=r"^\d{0,5}$")


class PriorityForm(Asked):
    """How soon a segment is served."""

    priority: int = Field(ge=1, le=segmenting.PRIORITY_MAX)


# --- a campaign: coverage, locks, segments ---


@bp.get("/release")
@needs(*OFFICE)
def campaigns() -> str:
    """List campaigns with what they wait for."""
    with snapshot() as tx:
        return draw("campaigns", "waves", found=locks.campaign_list(tx), to_check=len(gates.to_check(tx)))


@bp.get("/release/<id:campaign_id>")
@needs(*OFFICE)
def release(campaign_id: int) -> str:
    """Show the way of a campaign: what the stock covers, what is locked, its segments."""
    home = settings().site.country
    with snapshot() as tx:
        campaign = known_campaign(tx, campaign_id)
        rows = reads.of_campaign(tx, campaign_id)
        facts = {
            "cover": coverage.coverage(tx, settings(), campaign_id),
            "locks": locks.figures(tx, campaign_id),
            "segments": [(row, reads.counted(tx, reads.ids_of(row, home)), words(row)) for row in rows],
            "choices": reads.choices(tx, campaign_id),
            "pilots": gates.pilot_counts(gates.pilot_orders(tx, campaign_id)),
            "untested": len(shapes.untested(tx, campaign_id)),
        }
    hours = settings().release.final_notice_hours
    return draw("release", "waves", campaign=campaign, groups=regions.GROUPS, hours=hours, **facts)


def words(segment: Any) -> str:
    """Return what a segment asks for, in words."""
    return SegmentFilter.read(segment.filters).words


@bp.post("/release/<id:campaign_id>/locks")
@needs(*OFFICE)
def lock_campaign(campaign_id: int) -> Response:
    """Lock what waits for it, or start the clock of the final notice."""
    what = filled(LockAll).what
    with snapshot() as tx:
        known_campaign(tx, campaign_id)
        ids = locks.waiting(tx, campaign_id, what)
    told = lock_now(what, ids)
    done = {"content": "content locked", "address": "addresses locked", "notice": "final notices run"}[what]
    bad = f" {told.bad} addresses cannot be right and stay open." if told.bad else ""
    return back(f"{told.changed} orders: {done}.{bad}")


@bp.get("/release/<id:campaign_id>/count")
@needs(*OFFICE)
def count_segment(campaign_id: int) -> dict[str, int]:
    """Count what a filter finds now, for the form."""
    form = FilterForm.model_validate(many(request.args, FilterForm))
    with snapshot() as tx:
        known_campaign(tx, campaign_id)
        found = reads.count(tx, campaign_id, form.wanted, settings().site.country)
    return {"orders": found.orders, "units": found.units, "held": found.held, "locked": found.locked}


@bp.post("/release/<id:campaign_id>/segments")
@needs(*OFFICE)
def make_segment(campaign_id: int) -> Response:
    """Make a segment and open its gate's page."""
    form = SegmentForm.model_validate(many(request.form, SegmentForm))
    made = act(segmenting.make, by(), campaign_id, form.new)
    return back(f"{form.name} is saved.", url_for("office.segment", segment_id=made))


@bp.post("/release/<id:campaign_id>/everything")
@needs(*OFFICE)
def take_everything(campaign_id: int) -> Response:
    """Open the gate's page of all open orders."""
    filled(Nothing)
    made = act(segmenting.everything, by(), campaign_id)
    return back("All open orders of the campaign.", url_for("office.segment", segment_id=made))


class Nothing(Asked):
    """A form that is only its button."""


def many(given: MultiDict[str, str], model: type[FilterForm]) -> dict[str, Any]:
    """Return a form in which some names stand more than once, without what is empty."""
    known = [name for name in model.model_fields if name not in LISTS and given.get(name)]
    return {name: given.getlist(name) for name in LISTS if given.getlist(name)} | {name: given[name] for name in known}


@bp.post("/release/<id:campaign_id>/gate")
@needs("supervisor")
def set_gate(campaign_id: int) -> Response:
    """Say whether a campaign is gated and who buys."""
    form = filled(GateForm)
    act(segmenting.set_gate, campaign_id, bool(form.gated))
    act(segmenting.set_channel, campaign_id, form.channel)
    return back("Orders go only through the gate." if form.gated else "Clean orders go without a gate.")


# --- a segment: its gate and its release ---


@bp.get("/segments/<id:segment_id>")
@needs(*OFFICE)
def segment(segment_id: int) -> str:
    """Show the gate of a segment: who may go, every reason why others may not, and how many the floor can take."""
    query = GateQuery.model_validate({"kind": request.args.get("kind", "next")})
    later = request.args.getlist("later")[:50]
    with snapshot() as tx:
        row = known_segment(tx, segment_id)
        gate = barring.gate(tx, settings(), row, {"pilot": True, "wave": False}.get(query.kind))
        ids = reads.ids_of(row, settings().site.country)
        known = parts.items_named(tx, later)
        facts: dict[str, Any] = {
            "cost": parts.cost(tx, settings(), ids, set(known.values())) if known else None,
            "waves": reads.waves_of(tx, segment_id),
            "skus": reads.choices(tx, row.campaign_id)["skus"],
        }
    facts |= {"solve": lambda reason: solved_at(row, reason), "later": sorted(known)}
    return draw("segment", "waves", segment=row, gate=gate, words=words(row), **facts)


def solved_at(segment: Any, reason: barring.Reason) -> tuple[str, str] | None:
    """Return what helps against a reason of the gate and the page where it is done; None: on this page."""
    campaign, code = segment.campaign, reason.code
    release, about = url_for("office.release", campaign_id=segment.campaign_id), (*reason.about, "")[0]
    item = url_for("office.item", sku=about) if about and code in ("WEIGHT", "CUSTOMS") else ""
    ways = {
        "HOLDS": ("Review", url_for("office.orders", state="held", campaign=campaign)),
        "LOCKS": ("Lock", f"{release}#locks"),
        "TEST_PICKS": ("Test picks", url_for("office.test_picks", campaign_id=segment.campaign_id)),
        "MAP": ("SKU map", url_for("office.campaign_map", campaign_id=segment.campaign_id)),
        "WEIGHT": (about, item),
        "CUSTOMS": (about, item),
        "RATE": ("Countries", url_for("office.blocked")),
        "STOCK": ("Coverage", f"{release}#coverage"),
        "PILOT": ("A pilot", url_for("office.segment", segment_id=segment.id, kind="pilot")),
        "PILOT_OPEN": ("Check it", url_for("office.pilot")),
        "PILOT_WRONG": ("Put right", url_for("office.orders", hold="PILOT_WRONG", campaign=campaign)),
    }
    return ways.get(code)


@bp.post("/segments/<id:segment_id>/release")
@needs(*OFFICE)
def release_segment(segment_id: int) -> Response:
    """Release a segment through its gate: refused at once with every reason, else planned in the background."""
    form = filled(WaveForm)
    pilot, number = {"pilot": True, "wave": False}.get(form.kind), int(form.orders or 0) or None
    wish = gating.Wish(segment_id, pilot, number, bool(form.ready_only), bool(form.confirmed))
    with snapshot() as tx:
        gating.through(tx, settings(), wish)
    made = enqueue_wish(who().operator_id, wish)
    return back("The gate is open: the release is planned in the background.", f"/office/waves?job={made['id']}")


@bp.post("/segments/<id:segment_id>/sign")
@needs("supervisor")
def sign_segment(segment_id: int) -> Response:
    """Sign that a segment may have goods that locked backers wait for."""
    act(segmenting.sign_off, by(), segment_id, filled(Reasoned).reason)
    return back("Signed.")


@bp.post("/segments/<id:segment_id>/untested")
@needs("supervisor")
def vouch_segment(segment_id: int) -> Response:
    """Sign that orders of a segment go though nobody ticked the test pick of their configuration."""
    number = vouch_for(segment_id, filled(Reasoned).reason)
    return back(f"Signed: {number} orders go without a test pick.")


@bp.post("/segments/<id:segment_id>/size")
@needs(*OFFICE)
def size_segment(segment_id: int) -> Response:
    """Say how many orders one wave of a segment has at most."""
    form = filled(SizeForm)
    act(segmenting.limit, segment_id, int(form.orders or 0) or None)
    return back("The largest wave is changed.")


@bp.post("/segments/<id:segment_id>/priority")
@needs(*OFFICE)
def prioritise_segment(segment_id: int) -> Response:
    """Serve a segment sooner or later."""
    act(segmenting.prioritise, segment_id, filled(PriorityForm).priority)
    return back("The priority is changed.")


@bp.post("/segments/<id:segment_id>/remove")
@needs(*OFFICE)
def remove_segment(segment_id: int) -> Response:
    """Drop a segment that no wave went out of."""
    filled(Nothing)
    with snapshot() as tx:
        campaign_id = known_segment(tx, segment_id).campaign_id
    act(segmenting.remove, segment_id)
    return back("The segment is gone; its orders stay.", url_for("office.release", campaign_id=campaign_id))


@bp.post("/segments/<id:segment_id>/split")
@needs(*OFFICE)
def split_segment(segment_id: int) -> Response:
    """Let SKUs of a segment's orders come later: base now, the rest as parts of their own."""
    chosen = request.form.getlist("later")[:50]
    with snapshot() as tx:
        known = parts.items_named(tx, chosen)
        ids = reads.ids_of(known_segment(tx, segment_id), settings().site.country)
        wanted = parts.splittable(coverage.contents(tx, ids), set(known.values()))
    if not wanted:
        raise BadInput(field="later", why="no order of the segment holds both these SKUs and others")
    made = act(splitting.split_many, by(), wanted)
    return back(f"{len(made)} orders go in parts: what comes later is a part of its own.")


# --- the pilot, parcel by parcel ---


@bp.get("/pilot")
@needs(*CHECKERS, "admin")
def pilot() -> str:
    """Show the pilot's parcels to check, and what should be in the one that was scanned."""
    code = asked(PilotQuery).code.strip()
    with snapshot() as tx:
        parcel = gates.pilot_parcel(tx, code) if code else None
        facts = {
            "waiting": gates.to_check(tx),
            "inside": gates.inside(tx, parcel.id) if parcel else [],
            "found": [(row, gates.pilot_orders(tx, row.id)) for row in locks.campaign_list(tx)],
        }
    return draw("pilot", "waves", code=code, parcel=parcel, **facts)


@bp.post("/pilot")
@needs(*CHECKERS)
def check_pilot() -> Response:
    """Say whether a parcel of the pilot is right."""
    form = filled(VerdictForm)
    act(proving.check, by(), form.code, form.verdict == "right", form.reason)
    return back(f"{form.code} is {form.verdict}.", url_for("office.pilot"))


@bp.post("/pilot/<id:order_id>/excuse")
@needs("supervisor")
def excuse_pilot(order_id: int) -> Response:
    """Let the pilot be proved without one of its orders."""
    act(proving.excuse, by(), order_id, filled(Reasoned).reason)
    return back("The pilot is proved without it.")
