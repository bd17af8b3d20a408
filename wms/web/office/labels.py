"""Office pages: labels on their way to paper, one label as it will look, and labels on request."""

from __future__ import annotations

import re

from flask import g
from pydantic import Field
from werkzeug.wrappers import Response

from wms.errors import NotAllowed
from wms.labels.labels import KINDS
from wms.operations import labelling, stickers
from wms.queries import office, printing
from wms.web.api.labels import CopyReason, Declared, OtherPrinter, PrintJobQuery
from wms.web.auth import needs, who
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled, there
from wms.web.openapi import Asked
from wms.web.parts import act, by, settings, snapshot

# Who may read what labels say about people.
PRIVATE = {name: {"supervisor", "admin"} for name in ("parcel", "logistic", "cn22", "cn23")} | {"badge": {"admin"}}
REASONS = ("Torn or smeared", "Lost", "Cannot be scanned", "The box was changed")  # of a copy
SIZE = re.compile(r"\^(PW|LL)(\d+)")


class Wanted(Declared):
    """The form for labels on request: names separated by commas, blanks or lines, and what customs forms declare."""

    kind: str = Field(max_length=12)
    refs: str = Field(max_length=8000)
    arrow: str = Field("", max_length=5)


class Fate(Asked):
    """What became of an uncertain label."""

    printed: str = Field(pattern="^(yes|no)$")


class Nothing(Asked):
    """A form that is only its button."""


@bp.get("/labels")
@needs()
def labels() -> str:
    """List labels by what became of them."""
    query = asked(PrintJobQuery)
    filters = {"state": query.state, "template": query.template, "printer": query.printer, "text": query.q}
    with snapshot() as tx:
        found = office.print_job_list(tx, filters, query.cut)
        counts, printers = printing.counts(tx), office.printer_list(tx)
    kinds = {"query": query, "found": found, "counts": counts, "printers": printers}
    words = {"reasons": REASONS, "asked_for": stickers.ASKED_FOR, "arrows": stickers.ARROWS[1:]}
    return draw("labels", "labels", templates=sorted(KINDS), **words, **kinds)


@bp.get("/labels/<id:job_id>")
@needs()
def label(job_id: int) -> str:
    """Show one label as it comes out of the printer; the browser draws it from the ZPL itself."""
    with snapshot() as tx:
        job = there(printing.job_page(tx, job_id), f"Label {job_id}")
    if job.template in PRIVATE and not who().roles & PRIVATE[job.template]:
        raise NotAllowed(what="this label")
    g.wasm = True
    return draw("label", "labels", job=job, size=size_of(job.zpl), reasons=REASONS)


def size_of(zpl: str) -> dict[str, int]:
    """Return the width and height of a label in dots, as its ZPL says."""
    found = {name: int(dots) for name, dots in SIZE.findall(zpl)}
    return {"width": found.get("PW", 812), "height": found.get("LL", 1218)}


@bp.post("/labels")
@needs(*OFFICE)
def print_labels() -> Response:
    """Print labels of places, items, totes or people."""
    form = filled(Wanted)
    refs = [part for part in re.split(r"[\s,;]+", form.refs) if part]
    made = act(stickers.print_for, settings(), by(), stickers.Wish(form.kind, refs, form.arrow, form.said))
    return back(f"{len(made)} labels are queued." if len(made) != 1 else "The label is queued.")


@bp.post("/labels/<id:job_id>/reprint")
@needs("supervisor")
def reprint_label(job_id: int) -> Response:
    """Print a label once more, marked as a copy."""
    act(labelling.reprint, settings(), by(), job_id, filled(CopyReason).reason)
    return back("A copy is queued.")


@bp.post("/labels/<id:job_id>/move")
@needs("supervisor")
def move_label(job_id: int) -> Response:
    """Give a label of which nothing was sent to another printer."""
    other = filled(OtherPrinter).printer
    act(labelling.move_to, settings(), job_id, other)
    return back(f"It prints at {other}.")


@bp.post("/labels/<id:job_id>/void")
@needs("supervisor")
def void_label(job_id: int) -> Response:
    """Give up a label that is not printed."""
    filled(Nothing)
    act(labelling.void, by(), job_id, "")
    return back("The label is void.")


@bp.post("/labels/<id:job_id>/resolve")
@needs("supervisor")
def resolve_label(job_id: int) -> Response:
    """Take a person's word for an uncertain label."""
    printed = filled(Fate).printed == "yes"
    act(labelling.resolve, settings(), by(), job_id, printed)
    return back("Noted as printed." if printed else "Void; a copy is queued.")
