"""Office pages: what goes back to the platforms and to the creator, and carriers' numbers that come in."""

from __future__ import annotations

from typing import Any, Literal

from flask import request
from pydantic import Field
from werkzeug.wrappers import Response

from wms.errors import BadInput, NotFound
from wms.formats import tracking
from wms.formats.errors import FormatError
from wms.operations import exporting
from wms.queries import exports as reads
from wms.web.api.exports import news, profile_named, profiles, table_file, tracking_file
from wms.web.auth import needs
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled
from wms.web.openapi import Asked
from wms.web.parts import act, by, settings, snapshot


class Which(Asked):
    """Which campaign's papers, and as what kind of file."""

    campaign: int | None = Field(None, ge=1, le=2**31 - 1)
    kind: Literal["csv", "xlsx"] = "csv"


class Tell(Asked):
    """The form that makes a platform's files."""

    campaign: int = Field(ge=1, le=2**31 - 1)
    platform: str = Field(max_length=20)


class Number(Asked):
    """The tracking number of one parcel."""

    tracking: str = Field(min_length=1, max_length=60)


@bp.app_template_global("follow")
def follow(carrier: str, number: str) -> str:
    """Return the page where a parcel is followed, or ""."""
    return exporting.trail(settings()).url("", carrier, number)


@bp.get("/exports")
@needs(*OFFICE)
def exports() -> str:
    """Show what is new for each platform, what was sent, and the reports."""
    return page(asked(Which).campaign)


def page(campaign_id: int | None, failed: FormatError | None = None) -> str:
    """Return the page, with what is wrong with a file that was just sent."""
    known = profiles()
    with snapshot() as tx:
        campaigns = reads.campaign_list(tx)
        chosen = next((row for row in campaigns if campaign_id in (None, row.id)), None)
        fresh, unnumbered = news(tx, chosen.id) if chosen else ({}, [])
        made = reads.export_list(tx, chosen.id) if chosen else []
    facts = {"fresh": fresh, "unnumbered": unnumbered, "made": made, "profiles": known}
    return draw("exports", "parcels", campaigns=campaigns, chosen=chosen, failed=failed, **facts)


@bp.post("/exports")
@needs(*OFFICE)
def tell_platform() -> Response:
    """Make a platform's files with the numbers it does not know yet."""
    form: Any = filled(Tell)
    profile = profile_named(form.platform)
    export_id = act(exporting.tell_numbers, by(), form.campaign, profile)
    return back(f"Export {export_id} is ready: {profile.title}. Download it below.")


@bp.get("/exports/<id:export_id>")
@needs(*OFFICE)
def export_files(export_id: int) -> Response:
    """Download an export: its file, or a ZIP of them."""
    return tracking_file(export_id)


@bp.get("/exports/tables/<name:table>")
@needs(*OFFICE)
def export_table(table: str) -> Response:
    """Download whole orders, written row by row; who took them is kept."""
    query = asked(Which)
    if query.campaign is None:
        raise NotFound(what=f"Export {table}")
    return table_file(query.campaign, table, query.kind)


@bp.post("/exports/numbers")
@needs(*OFFICE)
def take_numbers() -> Any:
    """Read a carrier's list of tracking numbers: all lines or none."""
    file = request.files.get("file")
    if not file or not file.filename:
        raise BadInput(field="file", why="choose a CSV or XLSX file with the columns code and tracking")
    name = file.filename[:100]
    try:
        rows = tracking.read_tracking(file.read(), name)
        changed = act(exporting.take_numbers, by(), rows, name)
    except FormatError as failed:
        return page(None, failed), 422
    return back(f"{changed} of {len(rows)} parcels have a new number.")


@bp.post("/parcels/<id:parcel_id>/tracking")
@needs(*OFFICE)
def number_parcel(parcel_id: int) -> Response:
    """Give one parcel its tracking number, typed or scanned."""
    form: Any = filled(Number)
    act(exporting.set_number, by(), parcel_id, form.tracking)
    return back("The parcel has its number.")
