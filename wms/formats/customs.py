"""The dated rules of postal services and customs, from a file: which are in force, and which form a parcel needs."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, Literal

from wms.formats.errors import FormatError, Problem

SDR = "XDR"
MEASURED = {"value", "weight_g", "restricted"}  # what the choice of a form compares
EVERYBODY = "UPU"
Form = Literal["cn22", "cn23"]


@dataclass(frozen=True)
class Rule:
    """One row: whose rule, from when to when (both included), what it limits, what follows, and where that stands."""

    id: str
    jurisdiction: str
    action: str
    text: str
    source: str
    checked_on: dt.date
    confidence: str
    applies_to: str = "both"
    valid_from: dt.date = dt.date.min
    valid_to: dt.date = dt.date.max
    field: str = ""
    above: int = 0
    currency: str = ""
    amount: str = ""
    enabled: bool = True

    def holds(self, day: dt.date) -> bool:
        """Return whether the rule is in force on a day."""
        return self.enabled and self.valid_from <= day <= self.valid_to


@dataclass(frozen=True)
class Sent:
    """What the choice of a form asks of a parcel: value in its currency, weight in g, whether goods in it are
    restricted, the country of posting and the carrier's code."""

    value: Decimal
    currency: str
    weight_g: int
    restricted: bool = False
    country: str = ""
    carrier: str = ""


@dataclass(frozen=True)
class Rules:
    """All rules, and what one SDR is at least worth in each currency."""

    rules: tuple[Rule, ...]
    sdr: Mapping[str, Decimal]

    def in_force(self, day: dt.date, *jurisdictions: str) -> tuple[Rule, ...]:
        """Return the rules that hold on a day, of these jurisdictions or of all."""
        return tuple(
            rule for rule in self.rules if rule.holds(day) and (not jurisdictions or rule.jurisdiction in jurisdictions)
        )

    def form(self, sent: Sent, day: dt.date) -> Form:
        """Return the form that a parcel needs on a day: CN22 unless a rule asks for the larger CN23."""
        return "cn23" if self.why_cn23(sent, day) else "cn22"

    def why_cn23(self, sent: Sent, day: dt.date) -> tuple[Rule, ...]:
        """Return the rules that ask for a CN23; none: a CN22 will do."""
        whose = (EVERYBODY, sent.country, f"carrier:{sent.carrier}")
        return tuple(rule for rule in self.in_force(day, *whose) if rule.action == "cn23" and self._above(rule, sent))

    def _above(self, rule: Rule, sent: Sent) -> bool:
        """Return whether a parcel is above a rule's limit; a value that cannot be compared is."""
        if rule.field != "value":
            return int(getattr(sent, rule.field)) > rule.above
        if rule.currency == sent.currency:
            return sent.value > rule.above
        if rule.currency != SDR:  # a limit in the country's own money: the SDR rule speaks for all others
            return False
        worth = self.sdr.get(sent.currency)
        return worth is None or sent.value > rule.above * worth


@cache
def read_customs(path: Path) -> Rules:
    """Return the rules of a file; raises FormatError naming each row that is wrong."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise FormatError(path.name, 0, "", f"This is no TOML file ({problem}).") from problem
    problems: list[Problem] = []
    rules = tuple(rule for row in found.get("rule", []) if (rule := _rule(row, problems)))
    worth = {row.get("currency", "?"): _worth(row, problems) for row in found.get("sdr", [])}
    if len({rule.id for rule in rules}) < len(rules):
        problems.append(Problem(0, "id", "Two rules have one id."))
    if problems:
        raise FormatError.many(path.name, problems)
    return Rules(rules, worth)


def _rule(row: dict[str, Any], problems: list[Problem]) -> Rule | None:
    """Return one rule; what is wrong with it is noted."""
    name = str(row.get("id", "rule without id"))
    known = {each.name: each for each in fields(Rule)}
    missing = [key for key in ("id", "jurisdiction", "action", "text", "source", "checked_on") if not row.get(key)]
    faults = [f"{key} is missing." for key in missing] + [f"{key} is not known." for key in row if key not in known]
    faults += [f"{key} is no date." for key in ("valid_from", "valid_to", "checked_on") if not _is_date(row.get(key))]
    if row.get("action") == "cn23" and row.get("field") not in MEASURED:
        faults.append(f"field is one of {', '.join(sorted(MEASURED))}.")
    problems.extend(Problem(0, name, fault) for fault in faults)
    return None if faults else Rule(**{"confidence": ""} | row)


def _is_date(value: object) -> bool:
    """Return whether a cell is a date or empty."""
    return value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime))


def _worth(row: dict[str, Any], problems: list[Problem]) -> Decimal:
    """Return what one SDR is worth; a rate without a source is wrong too."""
    try:
        worth = Decimal(row["worth"])
    except (KeyError, InvalidOperation, TypeError, ValueError):
        worth = Decimal(0)
    if worth <= 0 or not row.get("source"):
        problems.append(Problem(0, f"sdr {row.get('currency', '?')}", "It needs a worth above 0 and its source."))
    return worth
