"""API: waves, parcels, trucks, background jobs, and what this process did."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

from flask import current_app
from pydantic import Field

from wms.errors import NotFound
from wms.operations import gating
from wms.operations import jobs as job_operations
from wms.operations.gating import Wish
from wms.queries import office, outgoing
from wms.web.api.core import api
from wms.web.auth import who
from wms.web.openapi import Asked, Deal, Paged, PageQuery, Told
from wms.web.parts import act, settings, snapshot

OFFICE = ("supervisor", "admin")


class Meter(Told):
    """What this process did since it started, and how many cartons are still announced."""

    scans: int
    statements: int
    cartons_left: int
    nudges_sent: int
    nudges_failed: int


class WaveRow(Told):
    """Orders released together and how far they are."""

    id: int
    name: str
    kind: str
    state: str
    released_at: datetime
    released_by: str | None
    done_at: datetime | None
    orders: int
    units: int
    picked: int
    packed: int
    shipped: int


class ListRow(Told):
    """One walk; `why` says what it saves, the walk is in mm."""

    id: int
    code: str
    mode: str
    state: str
    operator: str | None
    cart: str | None
    station: str | None
    orders: int
    lines: int
    lines_done: int
    units: int
    taken: int
    walk_mm: int
    why: str


class WaveDetail(Told):
    """One wave and its lists."""

    wave: WaveRow
    lists: list[ListRow]


class JobRow(Told):
    """A piece of background work."""

    id: int
    kind: str
    state: str
    attempts: int
    created_at: datetime
    ended_at: datetime | None
    result: Any = None
    error: str


class Enqueued(Told):
    """Work that was queued; ask GET jobs/<id> what became of it."""

    id: int
    state: str


class ParcelRow(Told):
    """A parcel; weights in g."""

    id: int
    code: str
    order: str
    country: str
    state: str
    carrier: str | None
    carton: str | None
    manifest: str | None
    station: str | None
    weight_g: int
    expected_g: int
    tracking: str
    packed_at: datetime | None
    packed_by: str | None
    shipped_at: datetime | None


class ManifestRow(Told):
    """What one truck took."""

    id: int
    code: str
    state: str
    carrier: str
    dock: str
    operator: str | None
    parcels: int
    weight_g: int
    opened_at: datetime
    closed_at: datetime | None


class NewWave(Asked):
    """A release: a pilot (true), a wave (false) or what comes next (null); of at most so many orders.

    A gated campaign releases a `segment`; `ready_only` leaves out orders that may not go, `confirmed` means more than
    the floor can take.
    """

    pilot: bool | None = None
    orders: int | None = Field(None, ge=1, le=100_000)
    segment: int | None = Field(None, ge=1, le=2**31 - 1)
    ready_only: bool = False
    confirmed: bool = False


class JobQuery(PageQuery):
    """Which jobs."""

    kind: str = Field("", max_length=20)
    state: Literal["", "queued", "running", "done", "dead"] = ""


class ParcelQuery(PageQuery):
    """Which parcels; `carrier` is a carrier's code, `manifest` a truck's, `q` a part of the parcel's code or order."""

    state: Literal["", "open", "packed", "loaded", "shipped", "void"] = ""
    carrier: str = Field("", max_length=20)
    manifest: str = Field("", max_length=40)
    q: str = Field("", max_length=40)


@api.route("GET /meter", Deal(Meter))
def meter() -> Any:
    """Tell how much work this process did."""
    counted = current_app.extensions["wms.floor"].meter
    nudger = current_app.extensions["wms.nudger"]
    with snapshot() as tx:
        left = office.cartons_left(tx)
    scans = {"scans": counted.scans, "statements": counted.statements}
    return scans | {"cartons_left": left, "nudges_sent": nudger.sent, "nudges_failed": nudger.failed}


@api.route("POST /waves", Deal(Enqueued, body=NewWave, status=202), *OFFICE)
def release_wave(body: NewWave) -> Any:
    """Release the next orders; planning runs in the background, a second wish meanwhile is the same one.

    A segment whose gate is shut is refused at once with every reason.
    """
    wish = Wish(body.segment, body.pilot, body.orders, body.ready_only, body.confirmed)
    if wish.segment_id is not None:
        with snapshot() as tx:
            gating.through(tx, settings(), wish)
    return enqueue_wish(who().operator_id, wish)


def enqueue_release(operator: int, pilot: bool | None, orders: int | None) -> dict[str, Any]:
    """Queue a release of what needs no gate and return the job's id and state."""
    return enqueue_wish(operator, Wish(None, pilot, orders))


def enqueue_wish(operator: int, wish: Wish) -> dict[str, Any]:
    """Queue a release and return the job's id and state; a second wish for the same meanwhile is the same one."""
    args = {"segment": wish.segment_id, "pilot": wish.pilot, "orders": wish.orders, "operator": operator}
    args |= {"ready_only": wish.ready_only, "confirmed": wish.confirmed}
    key = f"release:{wish.segment_id}" if wish.segment_id else "release"
    return {"id": act(job_operations.enqueue, "release", args, None, key), "state": "queued"}


@api.route("GET /waves", Deal(Paged[WaveRow], query=PageQuery))
def waves(query: PageQuery) -> Any:
    """List waves, the newest first."""
    with snapshot() as tx:
        return outgoing.wave_list(tx, query.cut)


@api.route("GET /waves/<id:wave_id>", Deal(WaveDetail))
def wave(wave_id: int) -> Any:
    """Show one wave with its lists and why they are as they are."""
    with snapshot() as tx:
        found = outgoing.wave_page(tx, wave_id)
    if found is None:
        raise NotFound(what=f"Wave {wave_id}")
    return found


@api.route("GET /jobs", Deal(Paged[JobRow], query=JobQuery), *OFFICE)
def jobs(query: JobQuery) -> Any:
    """List background jobs, the newest first."""
    with snapshot() as tx:
        found = outgoing.job_list(tx, query.kind, query.state, query.cut)
    return found | {"items": [with_result(row) for row in found["items"]]}


@api.route("GET /jobs/<id:job_id>", Deal(JobRow), *OFFICE)
def job(job_id: int) -> Any:
    """Show one background job and what it came to."""
    with snapshot() as tx:
        row = outgoing.job_row(tx, job_id)
    if row is None:
        raise NotFound(what=f"Job {job_id}")
    return with_result(row)


def with_result(row: Any) -> dict[str, Any]:
    """Return a job with its result parsed."""
    return dict(row._mapping) | {"result": json.loads(row.result) if row.result else None}


@api.route("GET /parcels", Deal(Paged[ParcelRow], query=ParcelQuery))
def parcels(query: ParcelQuery) -> Any:
    """List parcels, the newest first."""
    filters = outgoing.ParcelFilters(query.state, query.carrier, query.manifest, query.q)
    with snapshot() as tx:
        return outgoing.parcel_list(tx, filters, query.cut)


@api.route("GET /manifests", Deal(Paged[ManifestRow], query=PageQuery))
def manifests(query: PageQuery) -> Any:
    """List trucks, the newest first."""
    with snapshot() as tx:
        return outgoing.manifest_list(tx, query.cut)
