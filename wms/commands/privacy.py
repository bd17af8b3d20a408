"""`wms erase`: people's data go, of one order or of a campaign; a dry run tells what would go."""

from __future__ import annotations

import json
from typing import Any

import click

from wms.commands.core import Command, command
from wms.db import Store
from wms.operations import closing, erasing
from wms.operations.erasing import Wish
from wms.operations.ledger import By
from wms.queries import imports, privacy


@click.command()
@click.option("--campaign", metavar="CODE", help="Everybody of this campaign; with --order, the campaign it is in.")
@click.option("--order", metavar="NUMBER", help="One order by its number or its label's code, with its parts.")
@click.option("--reason", default="", help="Why, without anybody's name; it is kept.")
@click.option("--force", is_flag=True, help="Cancel orders that wait, and erase them too.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and do nothing.")
@click.option("--again", is_flag=True, help="After a backup was restored: erase anew who was erased since it was made.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@command
def erase(call: Command, dry_run: bool, again: bool, as_json: bool, **asked: Any) -> None:
    """Erase backers' names, addresses, mails, answers and labels, for good; what was sent, when and to which country
    stays. Files that somebody downloaded, and copies of the database, are out of its reach."""
    store = call.store()
    if again:
        result: dict[str, Any] = closing.again(store, call.settings)
        click.echo(json.dumps(result) if as_json else f"{result['erased']} of {result['listed']} listed orders erased.")
        return
    wish = wished(store, **asked)
    if dry_run:
        with store.read() as tx:
            result = erasing.plan(tx, call.settings, wish)
    else:
        erasure = store.transact(lambda tx: erasing.begin(tx, By(), wish))
        result = erasing.run(store, call.settings, erasure)
    result |= {"dry_run": dry_run}
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else in_words(result))


def wished(store: Store, campaign: str | None, order: str | None, reason: str, force: bool) -> Wish:
    """Return what is to be erased; raises UsageError, ClickException for what is not there or not one thing."""
    if not campaign and not order:
        raise click.UsageError("Whose? --campaign CODE, or --order NUMBER.")
    with store.read() as tx:
        codes = imports.campaign_codes(tx)
        found = privacy.orders_named(tx, order, campaign or "") if order else []
    if campaign and campaign not in codes:
        raise click.ClickException(f"There is no campaign {campaign}.")
    if not order:
        return Wish(campaign_id=codes[str(campaign)], reason=reason, force=force)
    if len(found) != 1:
        where = f" Name its campaign: {', '.join(row.code for row in found)}." if found else ""
        raise click.ClickException(f"{len(found) or 'No'} orders are called {order}.{where}")
    return Wish(order_id=found[0].id, reason=reason, force=force)


def in_words(result: dict[str, Any]) -> str:
    """Return what came of it, or would, for a person at a terminal."""
    tables = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in sorted(result["tables"].items()))
    if result["dry_run"]:
        lines = [f"{result['orders']} orders would be erased, {result['open']} of them are open.", tables]
        lines += [f"It would be refused: {result['against']}"] if result["against"] else []
        lines.append("Nothing was written.")
    else:
        lines = [f"{result['done']} orders erased, {result['files']} labels on disk removed.", tables]
        lines += [f"{result['left']} orders were left."] if result["left"] else []
    lines += [f"This copy of the database still holds them: {path}" for path in result["copies"]]
    return "\n".join(line for line in lines if line)
