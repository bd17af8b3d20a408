"""API: tracking numbers for each platform, and whole orders for the creator or another house, as files."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, Literal

from flask import send_file
from pydantic import Field
from werkzeug.wrappers import Response

from wms.db import Tx
from wms.errors import BadInput, NotFound
from wms.formats import tracking, writing
from wms.formats.errors import FormatError
from wms.operations import auditing, exporting
from wms.queries import exports as reads
from wms.queries import parts
from wms.settings import Settings, SettingsError, share
from wms.web.api.core import File, api
from wms.web.api.releases import OFFICE, known_campaign
from wms.web.openapi import Asked, Deal, Told
from wms.web.parts import act, by, settings, snapshot, store

SPOOL = 8_000_000  # bytes kept in memory before a file is used
CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLES: dict[str, Callable[[Tx, int], Iterator[list[str]]]] = {
    "report": lambda tx, campaign: exporting.report(tx, campaign, people=True),
    "changes": lambda tx, campaign: exporting.changes(tx, campaign, people=True),
    "orders-a": lambda tx, campaign: exporting.handover(tx, campaign, "a"),
    "orders-b": lambda tx, campaign: exporting.handover(tx, campaign, "b"),
}


class PlatformTold(Told):
    """A platform that takes a tracking file; `fresh` shipped orders have numbers that it does not know yet."""

    id: str
    title: str
    platform: str
    verified: str
    fresh: int


class ExportRow(Told):
    """What left: a platform's tracking file (kind is the platform) or a table that somebody took."""

    id: int
    kind: str
    at: datetime
    who: str | None
    orders: int
    parcels: int


class Exports(Told):
    """What is new for each platform, shipped orders that lack a number, and what left, the newest first."""

    platforms: list[PlatformTold]
    unnumbered: list[str]
    items: list[ExportRow]


class Platform(Asked):
    """Whose tracking file is made."""

    platform: str = Field(min_length=1, max_length=20)


class Exported(Told):
    """The export that was made; its file is at GET exports/<id>/file."""

    id: int


class Kind(Asked):
    """As what kind of file."""

    kind: Literal["csv", "xlsx"] = "csv"


@lru_cache(maxsize=1)
def profiles() -> dict[str, tracking.Profile]:
    """Return the platforms that take a tracking file."""
    return tracking.load_profiles(share() / "config" / "tracking_profiles")


def profile_named(name: str) -> tracking.Profile:
    """Return a platform's profile; raises BadInput."""
    if name not in profiles():
        raise BadInput(field="platform", why=f"one of {', '.join(profiles())}")
    return profiles()[name]


def check_files(given: Settings) -> None:
    """Read the site's files about carriers; a bad one stops the start. Raises SettingsError."""
    try:
        exporting.trail(given)
        parts.tariff(given)
    except FormatError as error:
        raise SettingsError(f"shipping: {error}") from None


def news(tx: Tx, campaign_id: int) -> tuple[dict[str, int], list[str]]:
    """Return how many shipped orders have news for each platform, and which have a parcel without a number."""
    fresh: dict[str, int] = {}
    unnumbered: list[str] = []
    for each in profiles():
        sent, unnumbered = reads.sent(tx, campaign_id, each)
        fresh[each] = sum(any(parcel.new for parcel in order.parcels) for order in sent)
    return fresh, unnumbered


@api.route("GET /campaigns/<id:campaign_id>/exports", Deal(Exports), *OFFICE)
def exports(campaign_id: int) -> Any:
    """Show what is new for each platform, and what left."""
    with snapshot() as tx:
        known_campaign(tx, campaign_id)
        fresh, unnumbered = news(tx, campaign_id)
        made = reads.export_list(tx, campaign_id)
    told = [each.model_dump() | {"fresh": fresh[each.id]} for each in profiles().values()]
    return {"platforms": told, "unnumbered": unnumbered, "items": made}


@api.route("POST /campaigns/<id:campaign_id>/exports", Deal(Exported, body=Platform), *OFFICE)
def make_export(campaign_id: int, body: Platform) -> Any:
    """Make a platform's file with the numbers that it does not know yet."""
    profile = profile_named(body.platform)
    with snapshot() as tx:
        known_campaign(tx, campaign_id)
    return {"id": act(exporting.tell_numbers, by(), campaign_id, profile)}


@api.route("GET /exports/<id:export_id>/file", Deal(File, files=(CSV, XLSX, "application/zip")), *OFFICE)
def export_file(export_id: int) -> Response:
    """Download a platform's file again, or a ZIP when it takes several."""
    return tracking_file(export_id)


@api.route("GET /campaigns/<id:campaign_id>/tables/<name:table>", Deal(File, query=Kind, files=(CSV, XLSX)), *OFFICE)
def export_table(campaign_id: int, table: str, query: Kind) -> Response:
    """Download whole orders: report, changes, orders-a or orders-b; who took them is kept."""
    return table_file(campaign_id, table, query.kind)


# --- files, for the API and the office ---


def tracking_file(export_id: int) -> Response:
    """Return the file of an export, or a ZIP of its files. Raises NotFound."""
    with snapshot() as tx:
        row = reads.export_row(tx, export_id)
        if row is None or row.kind not in profiles():
            raise NotFound(what=f"Export {export_id}")
        files = exporting.files_of(tx, export_id, profiles()[row.kind], exporting.trail(settings()))
    act(auditing.note, by(), "file", f"tracking {row.kind}", campaign_id=row.campaign_id, rows=row.orders)
    if len(files) == 1:
        return send_file(BytesIO(files[0][1]), as_attachment=True, download_name=files[0][0])
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    out.seek(0)
    return send_file(out, as_attachment=True, download_name=f"{row.kind}-tracking.zip")


def table_file(campaign_id: int, table: str, kind: str) -> Response:
    """Return whole orders, written row by row; who took them is kept. Raises NotFound."""
    if table not in TABLES:
        raise NotFound(what=f"Export {table}")
    out = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115 - the response closes it
    with store().read() as tx:
        known_campaign(tx, campaign_id)
        rows = Counted(TABLES[table](tx, campaign_id))
        writing.write(out, kind, rows)
    act(exporting.note_download, by(), campaign_id, table, rows.count - 1)
    out.seek(0)
    return send_file(out, as_attachment=True, download_name=f"{table}.{kind}")


class Counted:
    """Rows that are counted while they pass."""

    def __init__(self, rows: Iterator[list[str]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[list[str]]:
        for row in self.rows:
            self.count += 1
            yield row
