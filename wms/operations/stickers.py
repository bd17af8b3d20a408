"""Labels that somebody asks for: of places, items, totes, people, plates and parcels, and samples of any template."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from wms import barcodes
from wms.db import Tx, table_of
from wms.errors import BadInput, NotAllowed, NotFound
from wms.labels.labels import BadgeLabel, ItemLabel, Label, LocationLabel, ToteLabel
from wms.labels.samples import TEMPERS, samples
from wms.models.items import Item
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.stock import Lpn
from wms.operations import customs, labelling, papers, templates
from wms.operations.customs import PLAIN, Declaration
from wms.operations.labelling import Print
from wms.operations.ledger import By
from wms.queries import papers as reads
from wms.settings import Settings

items, operators, places, lpns = (table_of(each) for each in (Item, Operator, Location, Lpn))
REFS_MAX = 200
KINDS = {"location": (places, "name"), "item": (items, "sku"), "tote": (lpns, "code"), "badge": (operators, "id")}
PAPERS = {"logistic": reads.plates, "customs": reads.parcels}  # named by the code of a plate or a parcel
ASKED_FOR = (*KINDS, *PAPERS)
ARROWS = ("", "up", "down", "left", "right")


@dataclass(frozen=True)
class Wish:
    """Which labels: a kind of ASKED_FOR, names of things, for places the arrow that stands on them, for customs forms
    what is declared beyond what is known."""

    kind: str
    refs: Sequence[str]
    arrow: str = ""
    said: Declaration = PLAIN

    def check(self) -> None:
        """Raise BadInput for a kind or an arrow that there is not, and for no or too many things."""
        if self.kind not in ASKED_FOR:
            raise BadInput(field="kind", why=f"one of {', '.join(ASKED_FOR)}")
        if self.arrow not in ARROWS:
            raise BadInput(field="arrow", why=f"one of {', '.join(ARROWS[1:])}, or none")
        if not 1 <= len(self.refs) <= REFS_MAX:
            raise BadInput(field="refs", why=f"1 to {REFS_MAX} of them")


def print_for(tx: Tx, settings: Settings, by: By, wish: Wish) -> list[int]:
    """Queue one label for each thing of a wish (place names, SKUs, codes, ids of people) and return the jobs' ids.

    All or none: raises BadInput for a wish that makes no sense, NotFound naming what does not exist, and what the
    papers of a parcel lack.
    """
    wish.check()
    ask, kind = secrets.token_hex(4), wish.kind
    rows = {name_of(row, kind): row for row in found_of(tx, kind, wish.refs)}
    if missing := [ref for ref in wish.refs if ref not in rows]:
        raise NotFound(what=f"{kind.capitalize()} {missing[0]}")
    if kind == "badge":
        check_badges(tx, by, list(rows.values()))
    made = []
    for ref in dict.fromkeys(wish.refs):
        label, code = drawn(tx, settings, by, wish, rows[ref])
        if isinstance(label, LocationLabel):
            label = replace(label, arrow=wish.arrow)
        made.append(labelling.enqueue(tx, settings, Print(label, f"asked:{ask}:{kind}:{ref}"[:80], code), by))
    return made


def sample(tx: Tx, settings: Settings, by: By, name: str, temper: str) -> int:
    """Queue a label with sample data, marked TRAINING, by the newest version of its template; return the job's id.

    Raises BadInput for a template or sample data that there is not.
    """
    if temper not in TEMPERS or name not in samples(temper):
        raise BadInput(field="sample", why=f"one of {', '.join(TEMPERS)}, of a template that there is")
    templates.active(tx, fresh=True)
    marked = settings.model_copy(update={"site": settings.site.model_copy(update={"training": True})})
    event = f"sample:{name}:{secrets.token_hex(4)}"
    return labelling.enqueue(tx, marked, Print(samples(temper)[name], event, f"sample {name}"), by)


def check_badges(tx: Tx, by: By, people: Sequence[Any]) -> None:
    """Raise NotAllowed when somebody who is no administrator wants an administrator's badge."""
    asks = tx.value(select(operators.c.roles).where(operators.c.id == by.operator_id))
    if asks != "admin" and any(person.roles == "admin" for person in people):
        raise NotAllowed(what="an admin's badge")


def found_of(tx: Tx, kind: str, refs: Sequence[str]) -> list[Any]:
    """Return the rows of the things of a kind."""
    return PAPERS[kind](tx, list(refs)) if kind in PAPERS else tx.all(wanted(kind, refs))


def wanted(kind: str, refs: Sequence[str]) -> Any:
    """Return the statement for the things of a kind."""
    table, key = KINDS[kind]
    values: list[Any] = [int(ref) for ref in refs if ref.isdecimal() and len(ref) < 10] if key == "id" else list(refs)
    found = select(table).where(table.c[key].in_(values))
    return found.where(lpns.c.kind == "tote") if kind == "tote" else found


def name_of(row: Any, kind: str) -> str:
    """Return what a row was asked for by."""
    return str(getattr(row, KINDS[kind][1] if kind in KINDS else "code"))


def drawn(tx: Tx, settings: Settings, by: By, wish: Wish, row: Any) -> tuple[Label, str]:
    """Return the label of a thing and the code on it; papers are looked up, an SSCC or an item number is given."""
    if wish.kind == "logistic":
        label = papers.logistic_label(tx, settings, by, row)
        return label, label.code
    if wish.kind == "customs":
        return customs.customs_label(tx, settings, row, wish.said), row.code
    return label_of(wish.kind, row)


def label_of(kind: str, row: Any) -> tuple[Label, str]:
    """Return the label of a thing and the code on it."""
    match kind:
        case "location":
            return LocationLabel(code=row.code, name=row.name, check=barcodes.check_of(row.code)), row.code
        case "item":
            return ItemLabel(code=row.barcode, sku=row.sku, name=row.name), row.barcode
        case "tote":
            return ToteLabel(code=row.code, name=f"{row.id}"), row.code
        case _:
            return BadgeLabel(code=row.badge, name=row.name, roles=tuple(row.roles.split(","))), f"badge {row.id}"
