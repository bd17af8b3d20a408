"""`wms import`: outside files come in from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from wms.commands.core import Command, command
from wms.db import Store, Tx
from wms.formats.orders.reading import Choice
from wms.operations import importing, intake, master, onboarding, segmenting, staging
from wms.operations.ledger import By
from wms.operations.staging import Request
from wms.queries import imports as reads

AUTO = "auto"


@click.group("import")
def import_group() -> None:
    """Read outside files: a site folder, a factory's packing list, a platform's orders."""


@import_group.command("site")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@command
def import_site(call: Command, folder: Path) -> None:
    """Read FOLDER (site, people, items, kits, cartons, carriers, printers as CSV; see config/demo)."""
    opened = onboarding.open_site(call.store(), call.settings, folder)
    click.echo(", ".join(f"{number} {name}" for name, number in opened.counts.items()))


@import_group.command("packing")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--owner", required=True, help="Code of the creator whose goods these are.")
@command
def import_packing(call: Command, file: Path, owner: str) -> None:
    """Read a factory's packing list (XLSX or CSV) and announce it as a receipt."""
    onboarding.import_packing_list(call.store(), By(), owner, file.read_bytes(), file.name)
    click.echo(f"{file.name}: announced. Receive it at a dock.")


@import_group.command("orders")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--campaign", required=True, help="A campaign's code, or a folder with campaign.toml and rewards.csv.")
@click.option("--owner", help="The creator's code: a campaign that is not known yet is made for them.")
@click.option("--profile", default=AUTO, show_default=True, help="How to read it; auto looks at the header.")
@click.option("--part", is_flag=True, help="The file has only some of the orders: whoever is not in it is not gone.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@command
def import_orders(call: Command, file: Path, profile: str, dry_run: bool, as_json: bool, **where: Any) -> None:
    """Read a platform's order export (CSV, XLSX, or a ZIP of CSV files); sent again, it is a difference.

    Whoever is new is held until reviewed, and reviewed at once. A change of a locked order waits for a person.
    """
    store = call.store()
    campaign_id = campaign_of(store, where["campaign"], where["owner"])
    choice = Choice() if profile == AUTO else Choice(profile)
    request = Request(campaign_id, file.name, file.read_bytes(), choice, whole=not where["part"])
    if dry_run:
        result = importing.rehearse(store, call.settings, By(), request)
    else:
        import_id = importing.take(store, call.settings, By(), request)
        with store.read() as tx:
            result = importing.told(tx, import_id)
    result = reads.printable(result, staging.known_profiles()) | {"file": file.name, "dry_run": dry_run}
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else in_words(result))


def campaign_of(store: Store, name: str, owner: str | None) -> int:
    """Return the id of a campaign by its code or its folder; one that is new needs its owner's code."""
    if (Path(name) / "campaign.toml").is_file():
        return onboarding.open_campaign(store, Path(name))
    with store.read() as tx:
        known = reads.campaign_codes(tx)
    if name in known:
        return known[name]
    if not owner:
        there = f"known are {', '.join(known)}" if known else "there is none yet"
        hint = f"{there}; a new one needs --owner, or a folder with campaign.toml"
        raise click.ClickException(f"There is no campaign {name} ({hint}).")
    return store.transact(lambda tx: new_campaign(tx, owner, name))


def new_campaign(tx: Tx, owner: str, code: str) -> int:
    """Return the id of a new campaign; its orders are released through the gate."""
    made = intake.add_campaign(tx, master.add_owner(tx, owner, owner), code, code)
    segmenting.set_gate(tx, made, True)
    return made


def in_words(result: dict[str, Any]) -> str:
    """Return what came of an import for a person at a terminal."""
    sure = "" if result["verified"] else " (nobody could compare its column names with a real file)"
    changes = ", ".join(f"{number} {name}" for name, number in result["changes"].items() if number)
    lines = [
        f"{result['file']}: {result['title']}{sure}, {result['confidence']:.0%} of its columns.",
        f"{result['rows']} rows: {result['accepted']} accepted, {len(result['rejected'])} rejected. {changes}.",
        *(f"  held {code}: {number}" for code, number in result["held"].items()),
        *(f"  line {row['line']} {row['column']}: {row['reason']}" for row in result["rejected"]),
    ]
    if result["again"]:
        lines.append("The very same file was imported before.")
    return "\n".join([*lines, "Nothing was written."] if result["dry_run"] else lines)
