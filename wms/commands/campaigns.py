"""`wms campaign`: invent a campaign of any size as files, and open one from a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from wms.commands.core import Command, command
from wms.formats import invented_exports, invented_orders
from wms.operations import onboarding


@click.group("campaign")
def campaign_group() -> None:
    """Campaigns: open one from a folder, or invent one to try things with."""


@campaign_group.command("open")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--gate/--no-gate", "gated", default=True, show_default=True, help="A new one is released through the gate."
)
@command
def open_(call: Command, folder: Path, gated: bool) -> None:
    """Bring in what a campaign promised: items.csv, kits.csv, rewards.csv and campaign.toml of FOLDER.

    Its orders come next: `wms import orders`. May be repeated; a changed map becomes its next version.
    """
    store = call.store()
    goods = onboarding.open_goods(store, folder)
    onboarding.open_campaign(store, folder, gated)
    click.echo(f"{goods} items; the campaign of {folder.name} is open.")


@campaign_group.command("generate")
@click.option("--orders", type=click.IntRange(1, 1_000_000), default=600, show_default=True, help="How many backers.")
@click.option("--seed", default=2026, show_default=True, help="Same seed, same files.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="A folder for the files (invented-N).")
@click.option(
    "--platform",
    type=click.Choice(sorted(invented_exports.PLATFORMS)),
    default="kickstarter",
    show_default=True,
    help="Whose export it looks like.",
)
@click.option("--edits", type=click.IntRange(0), default=0, help="Write the export again with so many new addresses.")
@click.option("--code", default="CQL1", show_default=True, help="The campaign's code on labels.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def generate(orders: int, seed: int, out: Path | None, as_json: bool, **about: Any) -> None:
    """Invent a campaign: an export with dirty rows, its goods and map, and the truth about every dirty row.

    Nobody in it exists; mail addresses end in example.test. truth.csv tells which orders a review must hold, and why.
    """
    found = invented_orders.invent(orders, seed)
    folder = out or Path(f"invented-{orders}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in invented_exports.files(found, seed, **about):
        (folder / name).write_bytes(data)
    clean = sum(backer.clean for backer in found.backers)
    figures = {
        **{"folder": str(folder), "orders": orders, "clean": clean, "held": found.holds},
        **{"skus": len(found.wares.goods), "configurations": found.configurations},
        "countries": len({backer.land.code for backer in found.backers}),
    }
    sentence = f"{folder}: {orders} orders, {clean} of them clean, {found.configurations} configurations."
    click.echo(json.dumps(figures) if as_json else sentence)
