"""`wms release`: the next pilot or wave; a gated campaign goes through its gate, and a shut one says every reason."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import click

from wms.commands.core import Command, command
from wms.db import Store, Tx
from wms.errors import NotFound
from wms.operations import gating, segmenting, waving
from wms.operations.gating import GateClosed, Wish
from wms.operations.ledger import By
from wms.queries import segments as reads


@click.command("release")
@click.option("--campaign", metavar="CODE", help="This campaign, through its gate: a segment, or all of it.")
@click.option("--segment", "name", metavar="NAME", help="The segment of the campaign; without it all open orders.")
@click.option("--pilot/--wave", "pilot", default=None, help="Force a pilot or a wave; by default a pilot first.")
@click.option("--orders", type=click.IntRange(1), help="At most so many orders.")
@click.option("--ready-only", is_flag=True, help="Leave out orders that may not go.")
@click.option("--confirm", "confirmed", is_flag=True, help="More than the floor can take in a shift is meant.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@command
def release(call: Command, campaign: str | None, name: str | None, as_json: bool, **wish: Any) -> None:
    """Release clean orders that are fully in stock: allocate, batch into pick lists, sequence the walk.

    Without --campaign everything goes that needs no gate.
    """
    if name and not campaign:
        raise click.UsageError("--segment needs --campaign.")
    store = call.store()
    wanted = Wish(segment_of(store, campaign, name) if campaign else None, **wish)
    try:
        made = gating.release(store, call.settings, By(), wanted)
    except GateClosed as shut:
        told = json.dumps({"refused": [asdict(each) for each in shut.reasons]}) if as_json else in_lines(shut)
        click.echo(told, err=not as_json)
        sys.exit(1)
    click.echo(json.dumps(made, default=str) if as_json else waving.in_words(made))


def in_lines(shut: GateClosed) -> str:
    """Return the reasons of a refusal, one a line."""
    return "\n".join(["Error: not released.", *(f"  {each.code:<12} {each.sentence}" for each in shut.reasons)])


def segment_of(store: Store, code: str, name: str | None) -> int:
    """Return the segment with this name of a campaign, or the one of all its open orders. Raises NotFound."""

    def find(tx: Tx) -> int:
        campaign = reads.campaign_coded(tx, code)
        if campaign is None:
            raise NotFound(what=f"Campaign {code}")
        if name is None:
            return segmenting.everything(tx, By(), campaign.id)
        if (row := reads.segment_named(tx, campaign.id, name)) is None:
            raise NotFound(what=f"Segment {name}")
        return int(row.id)

    return store.transact(find)
