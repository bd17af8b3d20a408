"""Office pages: waves and their lists, parcels, trucks."""

from __future__ import annotations

import json

from pydantic import Field
from werkzeug.wrappers import Response

from wms.queries import office, outgoing, outlook, planning
from wms.web.api.outgoing import ParcelQuery, enqueue_release
from wms.web.auth import needs, who
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled, there
from wms.web.office.home import tell
from wms.web.openapi import Asked, PageQuery
from wms.web.parts import settings, snapshot


class WaveQuery(PageQuery):
    """Which page of waves, and the release that is under way."""

    job: int | None = Field(None, ge=1, le=2**31 - 1)


class Release(Asked):
    """The release form."""

    kind: str = Field("next", pattern="^(next|pilot|wave)$")
    orders: str = Field("", pattern=r"^\d{0,5}$")


@bp.get("/waves")
@needs()
def waves() -> str:
    """List waves; a release under way shows its progress."""
    query = asked(WaveQuery)
    with snapshot() as tx:
        found = outgoing.wave_list(tx, query.cut)
        job = outgoing.job_row(tx, query.job) if query.job else None
        figures = office.figures(tx)
        lanes, behind = outlook.outlook(tx, settings()), planning.gated_campaigns(tx)
    said = tell(json.loads(job.result)) if job and job.kind == "release" and job.state == "done" and job.result else ""
    facts = {"figures": figures, "lanes": lanes, "behind": behind}
    return draw("waves", "waves", query=query, found=found, job=job, said=said, **facts)


@bp.post("/waves")
@needs(*OFFICE)
def release_wave() -> Response:
    """Queue a release and show its progress."""
    form = filled(Release)
    pilot = {"pilot": True, "wave": False}.get(form.kind)
    made = enqueue_release(who().operator_id, pilot, int(form.orders) or None if form.orders else None)
    return back("The release is planned in the background.", f"/office/waves?job={made['id']}")


@bp.get("/waves/<id:wave_id>")
@needs()
def wave(wave_id: int) -> str:
    """Show one wave: its lists, why they are as they are, how far they walk."""
    with snapshot() as tx:
        page = there(outgoing.wave_page(tx, wave_id), f"Wave {wave_id}")
        forecast, people = outlook.crews(tx, settings(), page.wave)
    return draw("wave", "waves", page=page, wave=page.wave, forecast=forecast, people=people)


@bp.get("/parcels")
@needs()
def parcels() -> str:
    """List parcels."""
    query = asked(ParcelQuery)
    filters = outgoing.ParcelFilters(query.state, query.carrier, query.manifest, query.q)
    with snapshot() as tx:
        counts = outgoing.parcel_states(tx)
        found = outgoing.parcel_list(tx, filters, query.cut)
    return draw("parcels", "parcels", query=query, counts=counts, found=found)


@bp.get("/trucks")
@needs()
def trucks() -> str:
    """List trucks and what each took."""
    query = asked(PageQuery)
    with snapshot() as tx:
        found = outgoing.manifest_list(tx, query.cut)
    return draw("trucks", "parcels", query=query, found=found)
