"""Order profiles: which header belongs to which platform's export, and what each column means; data, not code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wms.formats.csv_text import squeeze
from wms.formats.errors import FormatError

# The fields of an order that a profile may name a column for.
ROLES = (
    "number", "uid", "name", "email", "shipping_country", "reward_id", "reward_title", "pledge_status",
    "survey_answered", "notes", "amount", "pledged_at", "late", "ship_name", "ship_line1", "ship_line2", "ship_city",
    "ship_state", "ship_postal_code", "ship_country_code", "ship_phone", "delivery_notes",
)  # fmt: skip
NEEDED = ("number", "uid", "email", "pledge_status", "amount")
SETTINGS = {"id", "title", "platform", "year", "verified", "roles", "other", "items"}
MISS = 0.1  # a column that is not there weighs a tenth of one that is: files of one generation drop columns


@dataclass(frozen=True)
class Column:
    """One column of a file and what it is taken for: core, item, addon, survey, other or unknown_quantity."""

    name: str
    role: str


@dataclass(frozen=True)
class Profile:
    """One generation of one platform's export. Names are compared without case, blanks and punctuation."""

    id: str
    title: str
    platform: str
    year: int
    verified: str
    roles: Mapping[str, str]
    other: tuple[str, ...]
    items_after: str
    items_before: str
    addon: re.Pattern[str] | None

    @property
    def names(self) -> set[str]:
        """Every fixed column name, squeezed."""
        return {squeeze(name) for name in (*self.roles.values(), *self.other)}

    def missing(self, header: Sequence[str]) -> list[str]:
        """Columns without which no order can be read, and which this header lacks."""
        present = {squeeze(name) for name in header}
        return [self.roles[role] for role in NEEDED if squeeze(self.roles[role]) not in present]

    def score(self, header: Sequence[str]) -> float:
        """How well a header fits: fixed names found, less a tenth of those not found."""
        present = {squeeze(name) for name in header}
        found = len(self.names & present)
        return found - MISS * (len(self.names) - found)

    def classify(self, header: Sequence[str]) -> tuple[Column, ...]:
        """The role of each column: fixed names, add-ons by pattern, items by place, the rest are survey answers."""
        squeezed = [squeeze(name) for name in header]
        start = _last(squeezed, self.items_after)
        end = _first(squeezed, self.items_before)
        columns = []
        for position, name in enumerate(header):
            between = start < position < end
            columns.append(Column(name, self._role(name, between)))
        return tuple(columns)

    def _role(self, name: str, between: bool) -> str:
        if squeeze(name) in {squeeze(fixed) for fixed in self.roles.values()}:
            return "core"
        if self.addon and self.addon.match(name):
            return "addon"
        if squeeze(name) in self.names:
            return "other"
        return "item" if between else "survey"


def _last(names: list[str], anchor: str) -> int:
    return names.index(squeeze(anchor)) if anchor and squeeze(anchor) in names else len(names)


def _first(names: list[str], anchor: str) -> int:
    return names.index(squeeze(anchor)) if anchor and squeeze(anchor) in names else -1


def load_profiles(folder: Path) -> tuple[Profile, ...]:
    """Every *.toml of a folder as a profile, newest generation first. Raises FormatError naming the faulty file."""
    profiles = [_load(path) for path in sorted(folder.glob("*.toml"))]
    if not profiles:
        raise FormatError(str(folder), 0, "", "The folder holds no order profile (*.toml).")
    return tuple(sorted(profiles, key=lambda profile: (-profile.year, profile.id)))


def _load(path: Path) -> Profile:
    try:
        facts = tomllib.loads(path.read_text("utf-8"))
        return _profile(facts, path.name)
    except FormatError:
        raise
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, re.error, KeyError, TypeError, AttributeError) as problem:
        raise FormatError(path.name, 0, "", f"The profile cannot be read ({problem}).") from problem


def _profile(facts: dict[str, object], file: str) -> Profile:
    roles = _texts(facts["roles"])
    items = _texts(facts.get("items", {}))
    unknown = [*(set(facts) - SETTINGS), *(set(roles) - set(ROLES)), *(set(items) - {"after", "before", "addon"})]
    unnamed = [role for role in NEEDED if role not in roles]
    if unknown or unnamed:
        what = f"unknown: {', '.join(sorted(unknown))}; " if unknown else ""
        raise FormatError(file, 0, "", f"The profile is wrong ({what}missing roles: {', '.join(unnamed) or 'none'}).")
    return Profile(
        str(facts["id"]),
        str(facts["title"]),
        str(facts["platform"]),
        int(str(facts["year"])),
        str(facts.get("verified", "unverified")),
        roles,
        _names(facts.get("other", [])),
        items.get("after", ""),
        items.get("before", ""),
        re.compile(items["addon"]) if "addon" in items else None,
    )


def _texts(table: object) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise TypeError("a table of texts is expected")
    return {str(key): str(value) for key, value in table.items()}


def _names(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError("a list of column names is expected")
    return tuple(str(value) for value in values)


def guess(header: Sequence[str], profiles: Sequence[Profile], file: str) -> Profile:
    """The profile that fits a header best, the newer one when two fit alike.

    Raises FormatError when none fits, naming the nearest profile and the columns it lacks.
    """
    nearest = max(profiles, key=lambda profile: profile.score(header))
    fitting = [profile for profile in profiles if not profile.missing(header)]
    if not fitting:
        lacking = ", ".join(nearest.missing(header))
        sentence = f"No order profile fits these columns. Nearest: {nearest.title}; missing: {lacking}."
        raise FormatError(file, 1, "", sentence)
    return max(fitting, key=lambda profile: profile.score(header))
