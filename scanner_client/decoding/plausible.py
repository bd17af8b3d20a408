"""Which readings are believed: a rule per symbology, from a file that a site may sharpen."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from scanner_client.decoding.codes import Code

SYMBOLOGIES = (
    *("EAN-13", "EAN-8", "UPC-A", "UPC-E", "Code128", "Code39", "ITF"),
    *("DataBar", "DataBarLtd", "DataBarExp", "DataBarExpStk", "QR", "DataMatrix"),
)
HERE = Path(__file__).resolve()
PLACES = (HERE.parents[2] / "config", HERE.parents[2] / "wms" / "_share" / "config")  # the checkout, the installed copy


class BadRules(ValueError):
    """The rules of the symbologies cannot be read; the message names file, symbology and key."""


class Rule(BaseModel):
    """What is asked of a reading of one symbology; see config/symbologies.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    plain: int = Field(1, ge=1, le=5)
    votes: int = Field(2, ge=1, le=9)
    lengths: tuple[int, ...] = ()
    shortest: int = Field(1, ge=1)
    check: Literal["", "gtin"] = ""
    pattern: str = ""

    @field_validator("pattern")
    @classmethod
    def compiles(cls, pattern: str) -> str:
        """Refuse what is no regular expression."""
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
        return pattern

    def allows(self, text: str) -> bool:
        """Return whether a text can be a reading of this symbology."""
        if len(text) < self.shortest or (self.lengths and len(text) not in self.lengths):
            return False
        if self.check == "gtin" and not gtin_check(text):
            return False
        return not self.pattern or re.fullmatch(self.pattern, text) is not None


Rules = dict[str, Rule]


def gtin_check(digits: str) -> bool:
    """Return whether the last digit is the GS1 check digit of the others (weights 3 and 1 from the right)."""
    if not (digits.isascii() and digits.isdigit()):
        return False
    return sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(reversed(digits))) % 10 == 0


def load(path: Path | None = None) -> Rules:
    """Return the rules by symbology, from `path` or from the file that comes with Pickwell; raises BadRules."""
    path = path or shipped()
    try:
        tables: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadRules(f"{path}: {error}") from None
    return {name: rule(path, name, table) for name, table in tables.items()}


def shipped() -> Path:
    """Return the file of rules that comes with Pickwell."""
    return next((at / "symbologies.toml" for at in PLACES if (at / "symbologies.toml").exists()), PLACES[0])


@cache
def standard() -> Rules:
    """Return the rules that come with Pickwell, read once."""
    return load()


def rule(path: Path, name: str, table: Any) -> Rule:
    """Return the rule of one table; raises BadRules."""
    if name not in SYMBOLOGIES:
        raise BadRules(f"{path}: {name} is no symbology; there are {', '.join(SYMBOLOGIES)}")
    try:
        return Rule.model_validate(table)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in (name, *problem["loc"]))
        raise BadRules(f"{path}: {key}: {problem['msg']}") from None


def plausible(rules: Rules, code: Code) -> bool:
    """Return whether a reading keeps the rule of its symbology."""
    found = rules.get(code.symbology)
    return found is not None and found.allows(code.text)
