"""API: coverage, locks, segments and their gate, the pilot's checks, orders that go in parts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from wms.errors import NotFound
from wms.operations import barring, locking, proving, segmenting, splitting
from wms.operations.segmenting import NewSegment
from wms.queries import coverage, parts
from wms.queries import segments as reads
from wms.queries.segments import SegmentFilter
from wms.web.api.core import Done, api
from wms.web.openapi import Asked, Deal, Told
from wms.web.parts import act, by, settings, snapshot

OFFICE = ("supervisor", "admin")
CHECKERS = ("packer", "supervisor")
MANY: Any = Field(default_factory=list, max_length=300)


class SkuCover(Told):
    """One SKU of a campaign: needed by its open orders, in the house, announced, short, and how many orders wait."""

    sku: str
    name: str
    needed: int
    others: int
    on_hand: int
    allocated: int
    free: int
    inbound: int
    short: int
    short_later: int
    blocks: int


class Covered(Told):
    """The SKUs, and how many of the clean orders can go complete now."""

    rows: list[SkuCover]
    clean: int
    complete: int


class FilterForm(Asked):
    """Which open orders; see the office for what may be chosen."""

    countries: list[str] = MANY
    groups: list[Literal["home", "union", "abroad"]] = MANY
    rewards: list[str] = MANY
    with_skus: list[str] = MANY
    without_skus: list[str] = MANY
    shape: str = Field("", max_length=2000)
    parts: Literal["", "whole", "first", "later"] = ""
    ready: bool = False

    @property
    def wanted(self) -> SegmentFilter:
        """Return it as the reads take it."""
        lists = {name: tuple(getattr(self, name)) for name in LISTS}
        return SegmentFilter(**lists, shape=self.shape.strip(), parts=self.parts, ready=self.ready)


LISTS = ("countries", "groups", "rewards", "with_skus", "without_skus")


class SegmentForm(FilterForm):
    """A filter with its name; the lowest priority is served first."""

    name: str = Field(min_length=1, max_length=60)
    priority: int = Field(100, ge=1, le=segmenting.PRIORITY_MAX)

    @property
    def new(self) -> NewSegment:
        """Return it as the operation takes it."""
        return NewSegment(self.name, self.wanted, self.priority)


class Counted(Told):
    """How many orders a filter finds now."""

    orders: int
    units: int
    held: int
    locked: int


class SegmentRow(Told):
    """A segment; `filters` is JSON, frozen from its first wave on."""

    id: int
    campaign: str
    name: str
    filters: str
    priority: int
    frozen_at: datetime | None
    signed_at: datetime | None
    signer: str | None


class Segments(Told):
    """The segments of a campaign, those served first on top."""

    items: list[SegmentRow]


class Made(Told):
    """The id of what was made."""

    id: int


class ReasonTold(Told):
    """Why the gate is shut; with `orders` it concerns so many, and they can be left out; `about`: SKUs, countries."""

    code: str
    sentence: str
    orders: int
    examples: list[str]
    about: list[str]


class SizeTold(Told):
    """How many orders go at once: what people can pick and pack (`fits`) in these hours, `until` the next truck or
    (null) the shift's end, and in a wave never more than `most`."""

    orders: int
    people: int
    stations: int
    hours: float
    on_the_floor: int
    fits: int
    most: int
    until: datetime | None


class GateTold(Told):
    """A segment before its gate: orders that are not released, how many may go, and every reason why others may not."""

    pilot: bool
    members: int
    ready: int
    going: int
    reasons: list[ReasonTold]
    size: SizeTold
    pilots: dict[str, int]


class GateQuery(Asked):
    """The gate of a pilot (true), of a wave (false), or of what comes next."""

    pilot: bool | None = None


class LockForm(Asked):
    """What becomes of these orders: content or address locked now, or the final notice went out."""

    what: Literal["content", "address", "notice"]
    orders: list[int] = Field(min_length=1, max_length=100_000)


class LocksTold(Told):
    """How many orders changed, were so before, and have a bad address."""

    changed: int
    before: int
    bad: int


class Unlock(Asked):
    """One lock is opened again, with a reason."""

    what: Literal["content", "address"]
    reason: str = Field(min_length=1, max_length=200)


class Verdict(Asked):
    """What a second person says about a parcel of the pilot."""

    parcel: str = Field(min_length=1, max_length=40)
    right: bool
    reason: str = Field("", max_length=200)


class Later(Asked):
    """Units by SKU that come later."""

    later: dict[str, int] = Field(min_length=1, max_length=300)


class Reasoned(Asked):
    """A reason."""

    reason: str = Field(min_length=1, max_length=200)


class WaveSize(Asked):
    """How many orders one wave has at most; null: as many as the site's settings say."""

    orders: int | None = Field(None, ge=1, le=segmenting.WAVE_MAX)


class Vouched(Told):
    """How many orders go without a test pick."""

    orders: int


@api.route("GET /campaigns/<id:campaign_id>/coverage", Deal(Covered), *OFFICE)
def coverage_of(campaign_id: int) -> Any:
    """Show what a campaign's open orders need against what there is and what comes."""
    with snapshot() as tx:
        known_campaign(tx, campaign_id)
        return coverage.coverage(tx, settings(), campaign_id)


@api.route("GET /campaigns/<id:campaign_id>/segments", Deal(Segments), *OFFICE)
def segments(campaign_id: int) -> Any:
    """List the segments of a campaign."""
    with snapshot() as tx:
        known_campaign(tx, campaign_id)
        return {"items": reads.of_campaign(tx, campaign_id)}


@api.route("POST /campaigns/<id:campaign_id>/segments", Deal(Made, body=SegmentForm), *OFFICE)
def make_segment(campaign_id: int, body: SegmentForm) -> Any:
    """Save a filter as a segment."""
    return {"id": act(segmenting.make, by(), campaign_id, body.new)}


@api.route("POST /campaigns/<id:campaign_id>/count", Deal(Counted, body=FilterForm), *OFFICE)
def count_orders(campaign_id: int, body: FilterForm) -> Any:
    """Count the orders that a filter finds now."""
    with snapshot() as tx:
        known_campaign(tx, campaign_id)
        return reads.count(tx, campaign_id, body.wanted, settings().site.country)


@api.route("GET /segments/<id:segment_id>/gate", Deal(GateTold, query=GateQuery), *OFFICE)
def gate(segment_id: int, query: GateQuery) -> Any:
    """Say whether a segment may be released, and why not: every reason."""
    with snapshot() as tx:
        found = barring.gate(tx, settings(), known_segment(tx, segment_id), query.pilot)
    facts = {name: getattr(found, name) for name in ("pilot", "members", "going", "reasons", "size", "pilots")}
    return facts | {"ready": len(found.ready)}


@api.route("POST /segments/<id:segment_id>/sign-off", Deal(Done, body=Reasoned), "supervisor")
def sign_off(segment_id: int, body: Reasoned) -> Any:
    """Sign that a segment of another channel may have goods that locked backers wait for."""
    act(segmenting.sign_off, by(), segment_id, body.reason)
    return Done()


@api.route("POST /segments/<id:segment_id>/untested", Deal(Vouched, body=Reasoned), "supervisor")
def vouch(segment_id: int, body: Reasoned) -> Any:
    """Sign that orders of a segment go though nobody ticked the test pick of their configuration."""
    return {"orders": vouch_for(segment_id, body.reason)}


def vouch_for(segment_id: int, reason: str) -> int:
    """Sign for the configurations of a segment that nobody ticked; return how many orders they concern."""
    with snapshot() as tx:
        ids = reads.ids_of(known_segment(tx, segment_id), settings().site.country)
    return act(proving.untested, by(), ids, reason)


@api.route("POST /segments/<id:segment_id>/size", Deal(Done, body=WaveSize), *OFFICE)
def set_size(segment_id: int, body: WaveSize) -> Any:
    """Say how many orders one wave of a segment has at most."""
    act(segmenting.limit, segment_id, body.orders)
    return Done()


@api.route("POST /locks", Deal(LocksTold, body=LockForm), *OFFICE)
def lock(body: LockForm) -> Any:
    """Lock orders, or start the clock of their final notice."""
    return lock_now(body.what, body.orders)


def lock_now(what: str, order_ids: list[int]) -> locking.Told:
    """Lock orders, or start the clock of their final notice."""
    if what == "notice":
        return act(locking.final_notice, settings(), by(), order_ids)
    return act(locking.lock_content if what == "content" else locking.lock_address, by(), order_ids)


@api.route("POST /orders/<id:order_id>/unlock", Deal(Done, body=Unlock), "supervisor")
def unlock(order_id: int, body: Unlock) -> Any:
    """Open a lock of an order again, until packing began."""
    act(locking.unlock, by(), order_id, body.what, body.reason)
    return Done()


@api.route("POST /pilot-checks", Deal(Done, body=Verdict), *CHECKERS)
def check_pilot(body: Verdict) -> Any:
    """Say whether a packed parcel of the pilot is right; not by who packed it."""
    act(proving.check, by(), body.parcel, body.right, body.reason)
    return Done()


@api.route("POST /orders/<id:order_id>/split", Deal(Made, body=Later), *OFFICE)
def split(order_id: int, body: Later) -> Any:
    """Let units of an order come later, as a part of its own."""
    with snapshot() as tx:
        known = parts.items_named(tx, body.later)
    for sku in body.later:
        if sku not in known:
            raise NotFound(what=f"Item {sku}")
    return {"id": act(splitting.split, by(), order_id, {known[sku]: qty for sku, qty in body.later.items()})}


@api.route("POST /orders/<id:order_id>/join", Deal(Done), *OFFICE)
def join(order_id: int) -> Any:
    """Put an order together again, until a part of it is released."""
    act(splitting.undo, by(), order_id)
    return Done()


def known_campaign(tx: Any, campaign_id: int) -> Any:
    """Return a campaign; raises NotFound."""
    if (found := reads.campaign(tx, campaign_id)) is None:
        raise NotFound(what=f"Campaign {campaign_id}")
    return found


def known_segment(tx: Any, segment_id: int) -> Any:
    """Return a segment; raises NotFound."""
    if (found := reads.segment(tx, segment_id)) is None:
        raise NotFound(what=f"Segment {segment_id}")
    return found
