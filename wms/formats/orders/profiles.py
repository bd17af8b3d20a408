"""Order profiles: which header belongs to which platform's export, and what each column means; data, not code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from wms.formats.csv_text import squeeze
from wms.formats.errors import FormatError

# The fields of an order that a profile may name a column for.
ROLES = (
    "number", "uid", "name", "email", "shipping_country", "reward_id", "reward_title", "pledge_status", "order_status",
    "cancelled_at", "stage", "survey_answered", "survey_status", "notes", "amount", "currency", "balance", "tax_id",
    "pledged_at", "late", "tracking", "ship_name", "ship_first_name", "ship_last_name", "ship_company", "ship_line1",
    "ship_line2", "ship_line3", "ship_city", "ship_state", "ship_postal_code", "ship_country_code",
    "ship_country_name", "ship_phone", "delivery_notes", "item_sku", "item_name", "item_variant", "item_qty",
    "item_ships", "skus",
)  # fmt: skip
NEEDED = ("number", "uid", "email", "pledge_status", "amount")
COLUMN_ROLES = ("item", "sku", "addon", "survey", "other")
SHAPES = ("wide", "lines")
MISS = 0.1  # a column that is not there weighs a tenth of one that is: files of one generation drop columns
SETTINGS = {
    "id", "title", "platform", "year", "verified", "like", "fallback", "shape", "numbers", "reward", "needs", "other",
    "roles", "items", "block", "status", "survey", "balance",
}  # fmt: skip
TABLES = {
    "items": {"after", "before", "addon", "rest"},
    "block": {"sku", "name", "qty", "options"},
    "status": {"paid", "cancelled", "unpaid", "shipped", "without", "cancelled_mail"},
    "survey": {"answered", "address"},
    "balance": {"owes"},
}
Facts = dict[str, object]


@dataclass(frozen=True)
class Words:
    """How a platform says paid, cancelled, shipped, answered; `without` is what a file without a status means."""

    paid: frozenset[str] = frozenset()
    cancelled: frozenset[str] = frozenset()
    unpaid: frozenset[str] = frozenset()
    shipped: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()
    without: str = ""
    cancelled_mail: str = ""
    address_answers: bool = False  # an address is there only when the backer gave one


@dataclass(frozen=True)
class Block:
    """Columns that stand again and again, one set for each thing chosen (numbered by the table reader)."""

    sku: str = ""
    name: str = ""
    qty: str = ""
    options: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The header names of one repetition."""
        return tuple(filter(None, (self.sku, self.name, self.qty, *self.options)))


@dataclass(frozen=True)
class Profile:
    """One generation of one platform's export. Names are compared without case, blanks and punctuation.

    `roles` gives each field its column, or several spellings of it. `forced` is what a person said of single columns.
    """

    id: str
    title: str
    platform: str
    year: int
    verified: str
    roles: Mapping[str, tuple[str, ...]]
    other: tuple[str, ...] = ()
    needs: tuple[str, ...] = NEEDED
    fallback: bool = False
    shape: str = "wide"
    digits: bool = False  # order numbers are digits, one for each backer
    reward_alone: bool = False  # the reward counts only when nothing else is named: its content is in the file
    items_after: str = ""
    items_before: str = ""
    addon: re.Pattern[str] | None = None
    rest: str = ""  # what an unknown column of whole numbers is: sku, item, or nothing that is known
    block: Block = Block()
    words: Words = Words()
    owes_above: bool = True  # a balance above zero is owed
    forced: Mapping[str, str] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Whether somebody compared the column names with a real file."""
        return self.verified.startswith("yes")

    @property
    def spellings(self) -> set[str]:
        """Every fixed column name, in every spelling, squeezed."""
        names = (*(name for names in self.roles.values() for name in names), *self.other, *self.block.names)
        return {squeeze(name) for name in names}

    def missing(self, header: Sequence[str]) -> list[str]:
        """Columns without which no order can be read, and which this header lacks."""
        present = {squeeze(name) for name in header}
        return [
            " or ".join(name for role in need.split("|") for name in self.roles.get(role, (role,))[:2])
            for need in self.needs
            if not any(squeeze(name) in present for role in need.split("|") for name in self.roles.get(role, ()))
        ]

    def found(self, header: Sequence[str]) -> tuple[int, int]:
        """How many of the profile's fixed columns a header has, and how many there are."""
        present = {squeeze(name) for name in header}
        roles = [any(squeeze(name) in present for name in names) for names in self.roles.values()]
        others = [squeeze(name) in present for name in self.other]
        return sum(roles) + sum(others), len(roles) + len(others)

    def score(self, header: Sequence[str]) -> float:
        """How well a header fits: fixed names found, less a tenth of those not found."""
        found, all_of_them = self.found(header)
        return found - MISS * (all_of_them - found)

    def with_columns(self, columns: Mapping[str, str], shape: str = "") -> Profile:
        """This profile as a person corrected it: column name -> field of ROLES, or one of COLUMN_ROLES."""
        forced = {squeeze(name): role for name, role in columns.items()}
        roles = {
            role: kept
            for role, names in self.roles.items()
            if (kept := tuple(name for name in names if squeeze(name) not in forced))
        }
        for name, role in columns.items():
            if role in ROLES:
                roles[role] = (name,)
        return replace(self, roles=roles, forced=forced, shape=shape or self.shape)


def load_profiles(folder: Path) -> tuple[Profile, ...]:
    """Every *.toml of a folder as a profile, newest generation first. Raises FormatError naming the faulty file."""
    facts = {path.name: _read(path) for path in sorted(folder.glob("*.toml"))}
    if not facts:
        raise FormatError(str(folder), 0, "", "The folder holds no order profile (*.toml).")
    by_id = {str(each.get("id", "")): each for each in facts.values()}
    profiles = [_load(name, each, by_id) for name, each in facts.items()]
    return tuple(sorted(profiles, key=lambda profile: (-profile.year, profile.id)))


def _read(path: Path) -> Facts:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise FormatError(path.name, 0, "", f"The profile cannot be read ({problem}).") from problem


def _load(name: str, facts: Facts, by_id: Mapping[str, Facts]) -> Profile:
    try:
        parent = by_id[str(facts["like"])] if "like" in facts else {}
        whole = parent | facts | {"roles": _table(parent, "roles") | _table(facts, "roles")}
        return _profile(whole, name)
    except FormatError:
        raise
    except (re.error, KeyError, TypeError, AttributeError, ValueError) as problem:
        raise FormatError(name, 0, "", f"The profile cannot be read ({problem}).") from problem


def _profile(facts: Facts, file: str) -> Profile:
    roles = {role: names for role, value in _table(facts, "roles").items() if (names := _names(value))}
    needs = _names(facts.get("needs", list(NEEDED)))
    _check(facts, roles, needs, file)
    items = {key: str(value) for key, value in _table(facts, "items").items()}
    return Profile(
        id=str(facts["id"]),
        title=str(facts["title"]),
        platform=str(facts["platform"]),
        year=int(str(facts["year"])),
        verified=str(facts.get("verified", "no")),
        roles=roles,
        other=_names(facts.get("other", [])),
        needs=needs,
        fallback=bool(facts.get("fallback", False)),
        shape=str(facts.get("shape", "wide")),
        digits=facts.get("numbers") == "digits",
        reward_alone=facts.get("reward") == "alone",
        items_after=items.get("after", ""),
        items_before=items.get("before", ""),
        addon=re.compile(items["addon"]) if "addon" in items else None,
        rest=items.get("rest", ""),
        block=_block(_table(facts, "block")),
        words=_words(_table(facts, "status"), _table(facts, "survey")),
        owes_above=_table(facts, "balance").get("owes", "above") == "above",
    )


def _check(facts: Facts, roles: Mapping[str, object], needs: Sequence[str], file: str) -> None:
    unknown = {*(set(facts) - SETTINGS), *(set(roles) - set(ROLES))}
    for name, allowed in TABLES.items():
        unknown |= set(_table(facts, name)) - allowed
    if facts.get("shape", "wide") not in SHAPES:
        unknown.add(str(facts["shape"]))
    unnamed = [need for need in needs if not any(role in roles for role in need.split("|"))]
    if unknown or unnamed:
        what = f"unknown: {', '.join(sorted(unknown))}; " if unknown else ""
        raise FormatError(file, 0, "", f"The profile is wrong ({what}missing roles: {', '.join(unnamed) or 'none'}).")


def _block(facts: Mapping[str, object]) -> Block:
    sku, name, qty = (str(facts.get(part, "")) for part in ("sku", "name", "qty"))
    return Block(sku, name, qty, _names(facts.get("options", [])))


def _words(status: Mapping[str, object], survey: Mapping[str, object]) -> Words:
    sets = {name: frozenset(_names(status.get(name, []))) for name in ("paid", "cancelled", "unpaid", "shipped")}
    answered, by_address = frozenset(_names(survey.get("answered", []))), bool(survey.get("address", False))
    mail = str(status.get("cancelled_mail", ""))
    return Words(
        **sets, answered=answered, without=str(status.get("without", "")), cancelled_mail=mail,
        address_answers=by_address,
    )  # fmt: skip


def _table(facts: Mapping[str, object], name: str) -> dict[str, object]:
    table = facts.get(name, {})
    if not isinstance(table, dict):
        raise TypeError(f"{name} must be a table")
    return {str(key): value for key, value in table.items()}


def _names(values: object) -> tuple[str, ...]:
    listed = [values] if isinstance(values, str) else values
    if not isinstance(listed, list) or not all(isinstance(value, str) for value in listed):
        raise TypeError("a text or a list of texts is expected")
    return tuple(listed)


def guess(header: Sequence[str], profiles: Sequence[Profile], file: str) -> Profile:
    """The profile that fits a header best, the newer one when two fit alike; a fallback only when nothing else fits.

    Raises FormatError when none fits, naming the nearest profile and the columns it lacks.
    """
    fitting = [profile for profile in profiles if not profile.missing(header)]
    if not fitting:
        nearest = max(profiles, key=lambda profile: (not profile.fallback, profile.score(header)))
        lacking = ", ".join(nearest.missing(header))
        sentence = f"No order profile fits these columns. Nearest: {nearest.title}; missing: {lacking}."
        raise FormatError(file, 1, "", sentence)
    return max(fitting, key=lambda profile: (not profile.fallback, profile.score(header)))
