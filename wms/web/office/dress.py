"""How pages write things: times, weights, walks, states, barcodes. Nothing here marks text as safe."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request

from wms import clock
from wms.labels.preview import as_address, svg_code128

TONES = {  # colour is an exception: what is under way is plain
    "held": "ask",
    "shipped": "done",
    "packed": "done",
    "done": "done",
    "closed": "done",
    "confirmed": "ok",
    "received": "ok",
    "uncertain": "ask",
    "counting": "ask",
    "failed": "stop",
    "dead": "stop",
    "cancelled": "stop",
    "short": "stop",
    "damaged": "stop",
    "quarantine": "ask",
    "hold": "ask",
    "doing": "ok",
    "proposed": "ask",
    "active": "ok",
}
WORDS = {"sent": "sent to printer", "dead": "given up", "clean": "ready"}


def init_app(app: Flask) -> None:
    """Teach the templates our way of writing."""
    app.jinja_env.filters |= {
        "age": age,
        "barcode": barcode,
        "count": count,
        "grams": grams,
        "metres": metres,
        "tone": lambda state: TONES.get(state, ""),
        "utc": utc,
        "word": lambda state: WORDS.get(state, state),
    }
    app.jinja_env.globals["here"] = here


def utc(at: datetime | None) -> str:
    """Return a time for reading before the browser writes it in its own zone."""
    return at.strftime("%d %b %H:%M") if at else ""


def age(at: datetime | None) -> str:
    """Return how long ago: "5 min", "3 h", "2 days"."""
    if at is None:
        return ""
    minutes = max(0, int((clock.now() - at).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def count(number: int) -> str:
    """Return a number with thin groups of three, as tables line up best: 12 345."""
    return f"{number:,}".replace(",", "\u202f")


def grams(weight: int) -> str:
    """Return a weight: 640 g, 1.28 kg."""
    return f"{weight} g" if weight < 1000 else f"{weight / 1000:.2f} kg"


def metres(length_mm: int) -> str:
    """Return a length of mm in m."""
    return f"{count(round(length_mm / 1000))} m"


def barcode(code: str) -> str:
    """Return a Code 128 as an address for an image, to be scanned from the screen or the sheet."""
    return as_address(svg_code128(code))


PAGES = ("page", "faces")  # of the list on a page, and of the second one on that of replenishment


def here(**changes: Any) -> str:
    """Return the address of this page with some of its query changed; any change but of a page starts at page 1."""
    query = request.args.to_dict() | changes
    if changes.keys().isdisjoint(PAGES):
        query = {name: value for name, value in query.items() if name not in PAGES}
    kept = {name: value for name, value in query.items() if value not in ("", None, 1)}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path
