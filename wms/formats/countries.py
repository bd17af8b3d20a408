"""What countries ask of a parcel: customs territories, tax numbers, words that describe nothing; read from a file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from wms.formats.errors import FormatError


@dataclass(frozen=True)
class TaxId:
    """The number of a recipient that a country asks for: one of the library's forms, or a pattern."""

    name: str
    forms: tuple[str, ...]
    pattern: str
    source: str
    confidence: str

    def valid(self, number: str) -> bool:
        """Return whether a number is well-formed, check digits included; whose it is nobody here can know."""
        bare = number.strip()
        if self.pattern and re.fullmatch(self.pattern, bare.upper()):
            return True
        return any(import_module(f"stdnum.{form}").is_valid(bare) for form in self.forms)


@dataclass(frozen=True)
class Territory:
    """Countries that are one to customs, but for some of their postal codes."""

    countries: frozenset[str]
    outside: Mapping[str, tuple[str, ...]]

    def holds(self, country: str, postal_code: str = "") -> bool:
        """Return whether an address lies in it."""
        return country in self.countries and not postal_code.strip().startswith(self.outside.get(country, ("\0",)))


@dataclass(frozen=True)
class Countries:
    """All rules of the file."""

    territories: tuple[Territory, ...]
    tax_ids: Mapping[str, TaxId]
    vague: frozenset[str]

    def customs_between(self, home: str, country: str, postal_code: str = "") -> bool:
        """Return whether a parcel meets customs; nobody knows without both countries, and then it does not."""
        if not home or not country or home == country:
            return bool(home and country) and any(
                each.holds(home) and not each.holds(country, postal_code) for each in self.territories
            )
        return not any(each.holds(home) and each.holds(country, postal_code) for each in self.territories)

    def says_nothing(self, description: str) -> bool:
        """Return whether a description of goods consists of words that customs refuse."""
        words = [word for word in re.split(r"[^\w]+", description.casefold()) if word and not word.isdecimal()]
        return not words or " ".join(words) in self.vague or all(word in self.vague for word in words)


@cache
def read_countries(path: Path) -> Countries:
    """Return the rules of a file; raises FormatError naming what is wrong with it."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        territories = tuple(map(territory_of, found.get("territory", [])))
        tax_ids = {row["country"]: tax_id_of(row) for row in found.get("tax_id", []) if row.get("source")}
        vague = found.get("vague", {})
        return Countries(territories, tax_ids, frozenset([*vague.get("words", ()), *vague.get("ours", ())]))
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise FormatError(path.name, 0, "", str(error)) from None


def territory_of(row: Mapping[str, Any]) -> Territory:
    """Return one customs territory of the file."""
    outside = {country: tuple(starts) for country, starts in row.get("outside", {}).items()}
    return Territory(frozenset(row["countries"]), outside)


def tax_id_of(row: Mapping[str, Any]) -> TaxId:
    """Return one tax number of the file."""
    return TaxId(
        row["name"], tuple(row.get("forms", ())), row.get("pattern", ""), row["source"], row.get("confidence", "")
    )
