"""`wms export`: papers go back to the platforms, to the creator and to other houses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from wms import settings as settings_module
from wms.commands.core import Command, command
from wms.db import Store, Tx
from wms.errors import NotFound, Refusal
from wms.formats import tracking, writing
from wms.operations import auditing, exporting
from wms.operations.ledger import By
from wms.queries import exports as reads

CAMPAIGN = click.option("--campaign", required=True, help="The campaign's code.")
OUT = click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="NAME.csv or NAME.xlsx."
)


class NoFile(Refusal):
    """The platform takes no tracking file, or the campaign has no platform."""

    sentence = "No tracking file is known for {platform}. Choose --platform."


def campaign_of(store: Store, code: str) -> tuple[int, str]:
    """Return id and platform of a campaign. Raises NotFound."""
    with store.read() as tx:
        for row in reads.campaign_list(tx):
            if row.code == code:
                return row.id, row.platform
    raise NotFound(what=f"Campaign {code}")


@click.group("export")
def export_group() -> None:
    """Files for outside: tracking numbers for each platform, the orders with every field, what changed."""


@export_group.command("tracking")
@CAMPAIGN
@click.option("--platform", help="Whose file; the campaign's own platform unless you say another.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=".", help="The folder for the files.")
@click.option("--again", type=int, metavar="EXPORT", help="Write the files of an export that was made before.")
@command
def export_tracking(call: Command, campaign: str, platform: str | None, out: Path, again: int | None) -> None:
    """Write the tracking numbers that a platform does not know yet, of orders that were handed over."""
    store = call.store()
    campaign_id, its_platform = campaign_of(store, campaign)
    profiles = tracking.load_profiles(settings_module.share() / "config" / "tracking_profiles")
    profile = profiles.get(platform or its_platform)
    if profile is None:
        raise NoFile(platform=platform or its_platform or "this campaign")
    export_id = again or store.transact(lambda tx: exporting.tell_numbers(tx, By(), campaign_id, profile))
    with store.read() as tx:
        files = exporting.files_of(tx, export_id, profile, exporting.trail(call.settings))
    out.mkdir(parents=True, exist_ok=True)
    for name, data in files:
        (out / name).write_bytes(data)
        click.echo(f"{out / name}")
    click.echo(f"Export {export_id}. {profile.title}, column names verified: {profile.verified}.", err=True)


@export_group.command("report")
@CAMPAIGN
@OUT
@command
def export_report(call: Command, campaign: str, out: Path) -> None:
    """Write every order with every field."""
    write(call, campaign, out, lambda tx, campaign_id: exporting.report(tx, campaign_id, people=True))


@export_group.command("changes")
@CAMPAIGN
@OUT
@command
def export_changes(call: Command, campaign: str, out: Path) -> None:
    """Write everything that happened to the orders: the creator's control sheet."""
    write(call, campaign, out, lambda tx, campaign_id: exporting.changes(tx, campaign_id, people=True))


@export_group.command("orders")
@CAMPAIGN
@click.option("--template", type=click.Choice(sorted(exporting.HANDOVER)), default="a", show_default=True)
@OUT
@command
def export_orders(call: Command, campaign: str, template: str, out: Path) -> None:
    """Write the orders that may go, as another fulfilment house wants them."""
    write(call, campaign, out, lambda tx, campaign_id: exporting.handover(tx, campaign_id, template))


def write(call: Command, campaign: str, out: Path, rows: Callable[[Tx, int], Iterator[list[str]]]) -> None:
    """Write a table to a file whose name says which kind, and count its rows."""
    kind = out.suffix.removeprefix(".").lower()
    if kind not in writing.FORMATS:
        raise click.BadParameter("the name must end with .csv or .xlsx", param_hint="--out")
    store = call.store()
    campaign_id, _ = campaign_of(store, campaign)
    seen: list[int] = [0]
    with store.read() as tx, out.open("wb") as file:
        writing.write(file, kind, counted(rows(tx, campaign_id), seen))
    what = f"{click.get_current_context().info_name} on the command line"
    store.transact(lambda tx: auditing.note(tx, By(), "file", what, campaign_id=campaign_id, rows=seen[0] - 1))
    click.echo(f"{out}")


def counted(rows: Iterator[list[str]], seen: list[int]) -> Iterator[list[str]]:
    """Yield rows, and write into `seen` how many they are, the header included."""
    for row in rows:
        seen[0] += 1
        yield row


@click.command("tracking")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@command
def import_tracking(call: Command, file: Path) -> None:
    """Read a carrier's list of tracking numbers (columns: code = parcel or order, tracking), all lines or none."""
    rows = tracking.read_tracking(file.read_bytes(), file.name)
    changed = call.store().transact(lambda tx: exporting.take_numbers(tx, By(), rows, file.name))
    click.echo(f"{changed} of {len(rows)} parcels have a new number.")
