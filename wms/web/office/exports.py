"""Office pages: what goes back to the platforms and to the creator, and carriers' numbers that come in."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, Literal

from flask import request, send_file
from pydantic import Field
from werkzeug.wrappers import Response

from wms import settings as settings_module
from wms.db import Tx
from wms.errors import BadInput, NotFound
from wms.formats import tracking, writing
from wms.formats.errors import FormatError
from wms.operations import exporting
from wms.queries import exports as reads
from wms.web.auth import needs
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled, there
from wms.web.openapi import Asked
from wms.web.parts import act, by, snapshot, store

SPOOL = 8_000_000  # bytes kept in memory before a file is used
TABLES: dict[str, Callable[[Tx, int], Iterator[list[str]]]] = {
    "report": lambda tx, campaign: exporting.report(tx, campaign, people=True),
    "changes": lambda tx, campaign: exporting.changes(tx, campaign, people=True),
    "orders-a": lambda tx, campaign: exporting.handover(tx, campaign, "a"),
    "orders-b": lambda tx, campaign: exporting.handover(tx, campaign, "b"),
}


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


def profiles() -> dict[str, tracking.Profile]:
    """Return the platforms that take a tracking file."""
    return tracking.load_profiles(settings_module.share() / "config" / "tracking_profiles")


def profile_named(name: str) -> tracking.Profile:
    """Return a platform's profile; raises BadInput."""
    known = profiles()
    if name not in known:
        raise BadInput(field="platform", why=f"one of {', '.join(known)}")
    return known[name]


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
        fresh: dict[str, int] = {}
        unnumbered: list[str] = []
        made: list[Any] = []
        if chosen:
            for each in known:
                sent, unnumbered = reads.sent(tx, chosen.id, each)
                fresh[each] = sum(any(parcel.new for parcel in order.parcels) for order in sent)
            made = reads.export_list(tx, chosen.id)
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
    with snapshot() as tx:
        row = there(reads.export_row(tx, export_id), f"Export {export_id}")
        files = exporting.files_of(tx, export_id, profile_named(row.kind))
    if len(files) == 1:
        return send_file(BytesIO(files[0][1]), as_attachment=True, download_name=files[0][0])
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    out.seek(0)
    return send_file(out, as_attachment=True, download_name=f"{row.kind}-tracking.zip")


@bp.get("/exports/tables/<name:table>")
@needs(*OFFICE)
def export_table(table: str) -> Response:
    """Download whole orders, written row by row; who took them is kept."""
    query = asked(Which)
    if table not in TABLES or query.campaign is None:
        raise NotFound(what=f"Export {table}")
    campaign = query.campaign
    out = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115 - the response closes it
    with store().read() as tx:
        rows = Counted(TABLES[table](tx, campaign))
        writing.write(out, query.kind, rows)
    act(exporting.note_download, by(), campaign, table, rows.count - 1)
    out.seek(0)
    return send_file(out, as_attachment=True, download_name=f"{table}.{query.kind}")


class Counted:
    """Rows that are counted while they pass."""

    def __init__(self, rows: Iterator[list[str]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[list[str]]:
        for row in self.rows:
            self.count += 1
            yield row


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
