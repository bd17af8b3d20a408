"""The office's first page: what needs a person now; and one box that finds whatever a label names."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from wms.barcodes import understand
from wms.queries import office, outgoing
from wms.queries.codes import Meaning, meanings
from wms.queries.listing import Cut
from wms.web.auth import needs, who
from wms.web.office.core import OFFICE, bp, draw
from wms.web.parts import snapshot

TEXT_MAX = 200


@bp.get("/")
@needs()
def home() -> str:
    """Show what waits for a person, and how the day goes."""
    with snapshot() as tx:
        figures, waiting = office.figures(tx), office.attention(tx)
        waves = outgoing.wave_list(tx, cut=Cut(per_page=5))["items"] if figures["orders"] else []
    return draw("home", "home", figures=figures, waiting=waiting, waves=waves)


@bp.get("/find")
@needs()
def find() -> Response:
    """Open the page of whatever was typed or scanned; what no label names is searched among orders or items."""
    text = request.args.get("q", "")[:TEXT_MAX].replace("\x00", "").strip(" ")
    with snapshot() as tx:
        named = meanings(tx, understand(text))
        wave = outgoing.wave_of_list(tx, named[0].ref) if named and named[0].kind == "list" else None
    if named:
        return redirect(address_of(named[0], wave))
    if not text:
        return redirect(url_for("office.home"))
    flash(f"No label says {text[:40]}. These names hold it.", "ask")
    page = "orders" if who().roles & {"packer", *OFFICE} else "items"
    return redirect(url_for(f"office.{page}", q=text[:80]))


def address_of(thing: Meaning, wave: int | None) -> str:
    """Return the address of the page of a thing."""
    pages: dict[str, tuple[str, dict[str, Any]]] = {
        "location": ("place", {"name": thing.name}),
        "item": ("item", {"sku": thing.name}),
        "lpn": ("plate", {"code": thing.code}),
        "tote": ("plate", {"code": thing.code}),
        "parcel": ("plate", {"code": thing.code}),
        "order": ("order", {"order_id": thing.ref}),
        "receipt": ("receipt", {"receipt_id": thing.ref}),
        "list": ("wave", {"wave_id": wave, "_anchor": f"list-{thing.ref}"}) if wave else ("waves", {}),
        "manifest": ("trucks", {}),
        "badge": ("people", {}),
    }
    page, values = pages.get(thing.kind, ("home", {}))
    return url_for(f"office.{page}", **values)


def tell(facts: dict[str, Any]) -> str:
    """Return the figures of a released wave, or why none was, as a sentence."""
    if "sentence" in facts:
        return str(facts["sentence"])
    return f"{facts['name']}: {facts['orders']} orders on {facts['lists']} lists."
