"""A template that somebody is writing: everything that is wrong with it, by line, and how it looks with sample data."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from jinja2 import TemplateError

from wms.errors import BadInput
from wms.labels import lint
from wms.labels.labels import KINDS
from wms.labels.samples import TEMPERS, samples
from wms.labels.zpl import DPMM, Press, press


@dataclass(frozen=True)
class Draft:
    """A drawn template: its ZPL and size in mm, or what is wrong with it as (line, why); line 0 is the whole label."""

    faults: tuple[tuple[int, str], ...]
    zpl: str = ""
    size: tuple[int, int] = (0, 0)


def drawn(name: str, source: str, temper: str, dpi: int) -> Draft:
    """Return how `source` prints as template `name` with the sample data of a temper; raises BadInput for no such."""
    found = linted(name, source, press(dpi))
    if found:
        return Draft(tuple(found))
    if temper not in TEMPERS:
        raise BadInput(field="sample", why=f"one of {', '.join(TEMPERS)}")
    zpl = _render(name, source, temper, press(dpi))
    if isinstance(zpl, tuple):
        return Draft((zpl,))
    return Draft((), zpl, lint.size_mm(source, name))


def faults(name: str, source: str) -> list[tuple[int, str]]:
    """Return what keeps a template from being used: the lint's findings, or what fails at some density and sample."""
    found = linted(name, source, press(next(iter(DPMM))))
    if found:
        return found
    for dpi in DPMM:
        for temper in TEMPERS:
            zpl = _render(name, source, temper, press(dpi))
            line, why = zpl if isinstance(zpl, tuple) else (0, _code_fault(name, zpl))
            if why:
                return [(line, f"{why} ({temper}, {dpi} dpi)")]
    return []


def linted(name: str, source: str, at: Press) -> list[tuple[int, str]]:
    """Return the lint's findings for a template; raises BadInput when there is no such label."""
    if name not in KINDS:
        raise BadInput(field="template", why=f"one of {', '.join(sorted(KINDS))}")
    known = frozenset(each.name for each in fields(KINDS[name])) - {"copy"}
    return lint.faults(source, at.environment, known)


def _render(name: str, source: str, temper: str, at: Press) -> str | tuple[int, str]:
    """Return the ZPL of a sample, or (0, why not)."""
    label = samples(temper)[name]
    values: dict[str, Any] = {each.name: getattr(label, each.name) for each in fields(label) if each.name != "copy"}
    try:
        return at.draft(source, values)
    except BadInput as bad:
        return 0, f"{bad.facts['field']}: {bad.facts['why']}"
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        return 0, str(error) or type(error).__name__


def _code_fault(name: str, zpl: str) -> str:
    """Return what is wrong with the barcodes of a drawn label: a scanner needs bars, a camera a square."""
    if "^BQN" not in zpl and "^BXN" not in zpl:
        return "a label needs a QR code or a Data Matrix: a camera reads no tilted bars"
    return "" if "^BCN" in zpl or name == "item" else "a label needs a Code 128 for scanners that read bars only"
