"""An order of a report as it is stored: what matters of it, as JSON, with its hash; a text too long is never cut."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from json.encoder import encode_basestring as quoted
from operator import le
from typing import Any

from wms.formats.orders.rows import ExportOrder, Rejected

ADDRESS = ("name", "line1", "line2", "city", "state", "postal_code", "country", "phone", "email")
REWARD_MAX = 200
VERSION = 2  # of the facts kept with an order
Parts = tuple[Any, ...]
write = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode  # as db.dumps, made once


@dataclass(frozen=True)
class Fresh:
    """One order of a report, ready to be stored: `raw` is what matters of it, as JSON, `to` the recipient.

    `known` is the same taken apart, where that is at hand.
    """

    number: str
    file: str
    line: int
    rows: int
    reward: str
    to: Mapping[str, str]
    raw: str
    row_hash: str
    known: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """What matters of it; of most rows of a report that is sent again nobody asks."""
        found: Mapping[str, Any] = json.loads(self.raw) if self.known is None else self.known
        return found

    def parts(self) -> Parts:
        """Return what it is made of, in order, but for `known`."""
        return (self.number, self.file, self.line, self.rows, self.reward, self.to, self.raw, self.row_hash)


def address(order: ExportOrder) -> dict[str, str]:
    """Return the columns of a recipient as the backer wrote them.

    Without an answered survey there is no shipping name yet: the backer's own name keeps the order findable.
    """
    to = order.recipient
    parts = {"line1": to.line1, "line2": to.line2, "city": to.city, "state": to.state, "postal_code": to.postal_code}
    name = to.name or ("" if order.survey_answered else order.name)
    country = to.country_code if len(to.country_code) == 2 else ""
    return {"name": name, **parts, "country": country, "phone": to.phone, "email": order.email}


def sort_out(found: Sequence[ExportOrder], sizes: Mapping[str, int]) -> tuple[list[Fresh], list[Rejected]]:
    """Return orders ready to be stored, and those with a text that no label could carry: they are never cut.

    `sizes` says how many characters fit: of the number, and of each part of the address.
    """
    good, bad = [], []
    limits = tuple(sizes[name] for name in ADDRESS)
    for order in found:
        to = address(order)
        if len(order.number) <= sizes["number"] and all(map(le, map(len, to.values()), limits)):
            good.append(fresh(order, to))
        else:
            name, why = overlong(order.number, to, sizes)
            bad += [Rejected(order.file, line, why, raw, name) for line, raw in rows_of(order)]
    return good, bad


def rows_of(order: ExportOrder) -> list[tuple[int, dict[str, str]]]:
    """Return the lines of an order in its file with their cells."""
    more = [(line, dict(zip(order.header, cells, strict=True))) for line, cells in order.more]
    return [(order.line, order.raw), *more]


def overlong(number: str, to: Mapping[str, str], sizes: Mapping[str, int]) -> tuple[str, str]:
    """Return which text of a row is too long, and a sentence."""
    texts = {"number": number, **to}
    name = next(name for name in (*ADDRESS, "number") if len(texts[name]) > sizes[name])
    return name, f"{name} has {len(texts[name])} characters; {sizes[name]} fit."


def fresh(order: ExportOrder, to: Mapping[str, str]) -> Fresh:
    """Return a row with what the review needs of it; its hash covers only what changes what we do."""
    facts: dict[str, Any] = {
        "status": order.pledge_status,
        "survey": order.survey_answered,
        "notes": order.notes,
        "delivery": order.delivery_notes,
        "country": order.recipient.country_code,
        "items": [[item.source, item.key, item.title, item.qty] for item in order.items],
        "to": digest((*to.values(), order.recipient.country_code, order.delivery_notes))[:16],
    }
    more = {"balance": f"{order.balance}" if order.balance else "", "tax_id": order.tax_id, "answers": order.answers}
    facts |= {name: value for name, value in more.items() if value}
    told = write(facts)
    rest: dict[str, Any] = {"currency": order.currency, "uid": order.uid, "stage": order.stage}
    rest |= {"amount": f"{order.amount or ''}", "warnings": order.warnings, "late": order.late}
    rest = {name: value for name, value in rest.items() if value}
    rest |= {"v": VERSION, "file": order.file, "line": order.line}
    names = names_of(order.header, order.counted)
    more_rows = f',"rows":[{",".join(filled(names, cells) for _, cells in order.more)}]' if order.more else ""
    raw = f'{told[:-1]},{write(rest)[1:-1]},"row":{filled(names, order.cells)}{more_rows}}}'
    named = (order.number, order.file, order.line, order.rows, order.reward_title[:REWARD_MAX])
    return Fresh(*named, to, raw, hashlib.sha256(told.encode()).hexdigest(), facts | rest)


@lru_cache(maxsize=100)
def names_of(header: tuple[str, ...], counted: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    """Return the columns of a file as they begin in JSON, each with the cell that says nothing: the same for all rows.

    Of a column that counts something a zero says nothing either; a file has dozens of them.
    """
    return tuple((f"{write(name)}:", "0" if at in counted else "") for at, name in enumerate(header))


def filled(names: Sequence[tuple[str, str]], cells: Sequence[str]) -> str:
    """Return the cells of a row that say something, by column, as JSON."""
    said = [name + quoted(cell) for (name, silent), cell in zip(names, cells, strict=True) if cell and cell != silent]
    return "{" + ",".join(said) + "}"


def digest(texts: Iterable[str]) -> str:
    """Return the SHA-256 of the JSON of a list of texts, in hex."""
    return hashlib.sha256(f"[{','.join(map(quoted, texts))}]".encode()).hexdigest()
