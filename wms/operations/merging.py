"""Orders that a person made one: the lines of the one that stays are its own and those of the others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select, update

from wms.db import Tx, table_of
from wms.models.orders import Order
from wms.operations import lining, locking
from wms.queries import rewards as maps
from wms.queries.decisions import merged_items
from wms.queries.rewards import Catalogue

orders = table_of(Order)
resize = (
    update(orders).where(orders.c.id == bindparam("order")).values(units=bindparam("fresh"), shape=bindparam("form"))
)


def follow(tx: Tx, order_ids: Sequence[int]) -> list[int]:
    """Give orders the lines of what they and the orders merged into them chose; return those that got others.

    What is locked stays as it is.
    """
    merged = merged_items(tx, order_ids)
    rows = [row for row in tx.all(select(orders).where(orders.c.id.in_(order_ids))) if not locking.locked(row).content]
    catalogues: dict[int, Catalogue] = {each: maps.catalogue(tx, each) for each in {row.campaign_id for row in rows}}
    had = lining.lines_of(tx, [row.id for row in rows])
    wanted: dict[int, dict[int, int]] = {}
    sizes: list[dict[str, Any]] = []
    for row in rows:
        catalogue = catalogues[row.campaign_id]
        everything = [*maps.chosen(json.loads(row.raw)), *merged.get(row.id, ())]
        lines = catalogue.lines(everything, row.country)
        if lines != had.get(row.id, {}):
            wanted[row.id] = lines
            form = catalogue.shape(everything, row.country)
            sizes.append({"order": row.id, "fresh": sum(lines.values()), "form": form})
    lining.replace_lines(tx, wanted)
    if sizes:
        tx.execute(resize, sizes)
    return sorted(wanted)
