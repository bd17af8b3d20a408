"""Label templates of the site: written by supervisors, checked before they count, every version kept, any restored."""

from __future__ import annotations

import time
from weakref import WeakKeyDictionary

from jinja2 import TemplateError
from sqlalchemy import Engine, func, select

from wms.db import Tx, insert_or_nothing, table_of
from wms.errors import BadInput, NotFound, Refusal, clip
from wms.labels import drafts, labels
from wms.labels.labels import KINDS, Label
from wms.labels.zpl import press
from wms.models.labels import LabelTemplate
from wms.operations.ledger import By
from wms.queries import templates

KEPT_SECONDS = 2.0  # another process prints with a version before the newest for at most this long
NOTE_MAX = 120
template = table_of(LabelTemplate)
add = insert_or_nothing(LabelTemplate, "name", "version")
_kept: WeakKeyDictionary[Engine, tuple[float, dict[str, str]]] = WeakKeyDictionary()


class BadTemplate(Refusal):
    """A template that would print something else than a label is not kept."""

    sentence = "Line {line}: {why}"
    status = 422

    @property
    def text(self) -> str:
        """Return the whole sentence: an editor has room for it. Line 0 is the label as a whole."""
        line, why = self.facts["line"], self.facts["why"]
        return f"Line {line}: {why}." if line else f"{why}."


class ChangedMeanwhile(Refusal):
    """Two people wrote the same template; the second sees the first one's text before his own counts."""

    sentence = "{name} has a version {version} by now. Look at it first."


class NothingChanged(Refusal):
    """The text is what is in force already."""

    sentence = "This is version {version}, which is in force."


def render(tx: Tx, label: Label, dpi: int, training: bool) -> str:
    """Return the ZPL of a label by the template in force; raises BadInput as `labels.render` does.

    The templates in force are looked up every two seconds, not for every label.
    """
    try:
        return labels.render(label, dpi, training, active(tx).get(label.template(), ""))
    except (TemplateError, TypeError) as error:
        raise BadInput(field="template", why=f"{label.template()} does not fit its label: {error}") from None


def active(tx: Tx, fresh: bool = False) -> dict[str, str]:
    """Return the text of every template that the site changed, by name, at most two seconds old."""
    engine, now = tx.conn.engine, time.monotonic()
    until, known = _kept.get(engine, (0.0, {}))
    if fresh or now >= until:
        known = {name: row.source for name, row in templates.changed(tx).items() if row.source}
        _kept[engine] = (now + KEPT_SECONDS, known)
    return known


def text_of(tx: Tx, name: str, version: int | None = None) -> tuple[int, str]:
    """Return (version, text) of a template: the one in force, or `version`, 0 being the shipped file.

    Raises NotFound.
    """
    if name not in KINDS:
        raise NotFound(what=f"Template {name[:20]}")
    newest = int(tx.value(select(func.max(template.c.version)).where(template.c.name == name)) or 0)
    asked = newest if version is None else version
    if asked == 0:
        return 0, press(203).source(name)
    source = templates.source_of(tx, name, asked)
    if source is None:
        raise NotFound(what=f"Version {asked} of {name}")
    return asked, source or press(203).source(name)


def save(tx: Tx, by: By, name: str, text: tuple[int, str], note: str = "") -> int:
    """Keep a new version of a template and return its number; `text` is (version it was made from, source).

    Raises BadTemplate with the first fault, ChangedMeanwhile when somebody else was faster, NothingChanged.
    """
    base, source = text[0], text[1].replace("\r\n", "\n").strip() + "\n"
    newest, old = text_of(tx, name)
    if newest != base:
        raise ChangedMeanwhile(name=name, version=newest)
    if source == old:
        raise NothingChanged(version=newest)
    for line, why in drafts.faults(name, source):
        raise BadTemplate(line=line, why=why)
    return _add(tx, by, name, (newest + 1, source), note)


def restore(tx: Tx, by: By, name: str, version: int) -> int:
    """Bring an older version back into force, as a new one; 0 is the shipped file. Return the new number.

    The shipped file is restored by name, so that a newer release brings its own. Raises NotFound, NothingChanged.
    """
    newest, old = text_of(tx, name)
    version, source = text_of(tx, name, version)
    if source == old:
        raise NothingChanged(version=newest)
    if version:
        for line, why in drafts.faults(name, source):
            raise BadTemplate(line=line, why=why)
    return _add(tx, by, name, (newest + 1, source if version else ""), f"Version {version} restored.")


def _add(tx: Tx, by: By, name: str, fresh: tuple[int, str], note: str) -> int:
    """Insert a version; who comes second to the same number is told."""
    version, source = fresh
    facts = {"note": clip(note, NOTE_MAX), "made_at": tx.now, "operator_id": by.operator_id}
    row = {"name": name, "version": version, "source": source} | facts
    if not tx.execute(add, row).rowcount:
        raise ChangedMeanwhile(name=name, version=version)
    _kept.pop(tx.conn.engine, None)
    tx.announce("printing")
    return version
