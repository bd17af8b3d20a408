"""Office pages: labels of places and badges on A4 sheets, for the printer that every office has."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field

from wms import barcodes
from wms.db import Tx
from wms.labels.sheets import LAYOUTS, Cell, Layout, cell, pages
from wms.operations.stickers import ARROWS
from wms.queries import office, papers
from wms.queries.listing import Cut
from wms.web.api.people import without_admin_badge
from wms.web.auth import needs
from wms.web.office.core import OFFICE, asked, bp, draw
from wms.web.openapi import Asked
from wms.web.parts import snapshot

SIGNS = {"": "", "up": "↑", "down": "↓", "left": "←", "right": "→"}


class SheetQuery(Asked):
    """What stands on the sheets: an aisle as zone/aisle or places by name, or badges; how many were used already."""

    kind: Literal["", "location", "badge"] = ""
    aisle: str = Field("", max_length=20)
    refs: str = Field("", max_length=8000)
    layout: Literal["3x8", "3x7", "2x7", "2x4"] = "3x8"
    arrow: Literal["", "up", "down", "left", "right"] = ""
    skip: int = Field(0, ge=0, le=23)


@bp.get("/labels/sheets")
@needs(*OFFICE)
def sheets() -> str:
    """Show sheets of labels, to be printed at their true size."""
    query = asked(SheetQuery)
    layout = LAYOUTS[query.layout]
    with snapshot() as tx:
        aisles = papers.aisles(tx)
        cells = places_on(tx, query, layout) if query.kind == "location" else badges_on(tx, query, layout)
    choices = {"layouts": LAYOUTS, "arrows": ARROWS[1:], "aisles": aisles}
    return draw("sheets", "labels", query=query, pages=pages(cells, layout, query.skip), count=len(cells), **choices)


def places_on(tx: Tx, query: SheetQuery, layout: Layout) -> list[Cell]:
    """Return the labels of the places asked for."""
    zone, _, aisle = query.aisle.partition("/")
    names = [part for part in re.split(r"[\s,;]+", query.refs) if part]
    rows = papers.places_in(tx, zone, aisle, names) if names or query.aisle else []
    sign = SIGNS[query.arrow]
    return [cell(row.code, row.name, layout, ("", barcodes.check_of(row.code), sign)) for row in rows]


def badges_on(tx: Tx, query: SheetQuery, layout: Layout) -> list[Cell]:
    """Return the badges of everybody who may come in; an administrator's only for administrators."""
    if query.kind != "badge":
        return []
    people: list[dict[str, Any]] = office.people_list(tx, "", Cut(per_page=200))["items"]
    rows = [row for row in map(without_admin_badge, people) if row["active"] and row["badge"]]
    return [cell(row["badge"], row["name"], layout, (", ".join(row["roles"]), "", "")) for row in rows]
