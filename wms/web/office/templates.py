"""Office pages: label templates, written by supervisors beside a live picture, with every version and a test print."""

from __future__ import annotations

from typing import Any, Literal

from flask import g
from pydantic import Field
from werkzeug.wrappers import Response

from wms.labels import drafts
from wms.labels.labels import KINDS
from wms.labels.lint import SOURCE_MAX
from wms.labels.samples import TEMPERS
from wms.labels.zpl import DPMM
from wms.operations import stickers, templates
from wms.operations.templates import BadTemplate, ChangedMeanwhile
from wms.queries import templates as reads
from wms.web.auth import needs
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled, there
from wms.web.openapi import Asked
from wms.web.parts import act, by, settings, snapshot

Temper = Literal["german", "japanese", "hostile"]


class Look(Asked):
    """Which version of a template."""

    version: int | None = Field(None, ge=0, le=2**31 - 1)


class Drawing(Asked):
    """A template as it is being written, the sample data and the density to draw it with."""

    source: str = Field(max_length=SOURCE_MAX + 1)
    sample: Temper = "german"
    dpi: int = 203


class Saving(Asked):
    """A new version: its text, the version it was made from, and why."""

    source: str = Field(max_length=SOURCE_MAX + 1)
    base: int = Field(ge=0, le=2**31 - 1)
    note: str = Field("", max_length=templates.NOTE_MAX)
    sample: Temper = "german"
    dpi: int = 203


class Restoring(Asked):
    """Which version shall be in force again."""

    version: int = Field(ge=0, le=2**31 - 1)


class Trying(Asked):
    """With which sample data to print."""

    sample: Temper = "german"


@bp.get("/labels/templates")
@needs(*OFFICE)
def label_templates() -> str:
    """List the templates and which version of each is in force."""
    with snapshot() as tx:
        changed = reads.changed(tx)
    return draw("label_templates", "labels", names=sorted(KINDS), changed=changed)


@bp.get("/labels/templates/<name:name>")
@needs(*OFFICE)
def label_template(name: str) -> str:
    """Show a template to be edited, with its versions."""
    return editor(name, asked(Look).version)


def editor(name: str, version: int | None, **more: Any) -> str:
    """Return the editor of a template; `more` may hold the text that could not be kept."""
    there(KINDS.get(name), f"Template {name[:20]}")
    with snapshot() as tx:
        newest = templates.text_of(tx, name)[0]
        shown, source = templates.text_of(tx, name, version)
        history = reads.history(tx, name)
    g.wasm = True
    facts = {"newest": newest, "shown": shown, "source": source, "history": history}
    facts |= {"samples": TEMPERS, "densities": list(DPMM), "faults": ()}
    return draw("label_template", "labels", name=name, **(facts | more))


@bp.post("/labels/templates/<name:name>/draft")
@needs(*OFFICE)
def draft_template(name: str) -> dict[str, Any]:
    """Return how a template prints that somebody is writing, or what is wrong with it by line; nothing is kept."""
    form = filled(Drawing)
    made = drafts.drawn(name, form.source.replace("\r\n", "\n"), form.sample, form.dpi)
    faults = [{"line": line, "why": why} for line, why in made.faults]
    return {"faults": faults, "zpl": made.zpl, "width": made.size[0], "height": made.size[1]}


@bp.post("/labels/templates/<name:name>")
@needs(*OFFICE)
def save_template(name: str) -> Response | tuple[str, int]:
    """Keep a new version; what cannot be kept stays in the editor."""
    form = filled(Saving)
    try:
        version = act(templates.save, by(), name, (form.base, form.source), form.note)
    except (BadTemplate, ChangedMeanwhile) as refused:
        text = {"source": form.source, "note": form.note, "faults": (refused.text,)}
        return editor(name, None, **text), 422
    return back(f"Version {version} of {name} is in force.", f"/office/labels/templates/{name}")


@bp.post("/labels/templates/<name:name>/restore")
@needs(*OFFICE)
def restore_template(name: str) -> Response:
    """Bring an older version back into force."""
    version = filled(Restoring).version
    made = act(templates.restore, by(), name, version)
    return back(f"Version {version} is in force again, as version {made}.", f"/office/labels/templates/{name}")


@bp.post("/labels/templates/<name:name>/test")
@needs(*OFFICE)
def test_template(name: str) -> Response:
    """Print a label with sample data by the version in force."""
    job = act(stickers.sample, settings(), by(), name, filled(Trying).sample)
    return back("A sample is queued.", f"/office/labels/{job}")
