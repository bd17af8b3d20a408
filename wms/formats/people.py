"""The people of the floor: name, badge, PIN, roles and language from one CSV; weak PINs are refused."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from wms.formats.fields import Form, Line, open_form

ROLES = ("picker", "packer", "receiver", "supervisor", "admin")
LANGUAGES = re.compile(r"[a-z]{2}")
# Beyond runs and repetitions, which are recognised: what people choose first.
COMMON_PINS = {"112233", "123123", "147258", "159357", "102030", "111222", "696969", "159753", "135790", "246810"}


@dataclass(frozen=True)
class PersonRow:
    """One operator; `badge` is the body of the badge code, `pin` never appears in a repr."""

    name: str
    badge: str
    pin: str = field(repr=False)
    roles: tuple[str, ...]
    language: str


def read_people(data: bytes, filename: str) -> tuple[PersonRow, ...]:
    """Operators in file order. Raises FormatError with every bad line; a PIN is never quoted in it."""
    form = open_form(data, filename, ("name", "badge", "pin", "roles"), ("language",))
    people = tuple(_person(line) for line in form.lines())
    _check_badges(form, people)
    form.close()
    return people


def weak_pin(pin: str) -> str:
    """Why a PIN is refused, or "": six digits, no repetition, no run, none of the common ones."""
    if not re.fullmatch(r"[0-9]{6}", pin):
        return "A PIN has exactly six digits."
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    repeats = pin in (pin[:2] * 3, pin[:3] * 2)
    if pin in COMMON_PINS or repeats or (len(steps) == 1 and steps <= {0, 1, 9}):
        return "This PIN is too easy to guess."
    return ""


def _person(line: Line) -> PersonRow:
    roles = tuple(line.required("roles").split())
    for role in roles:
        if role not in ROLES:
            line.problem("roles", f"{role!r} is not one of {', '.join(ROLES)}.")
    if "admin" in roles and len(roles) > 1:
        line.problem("roles", "An admin does no floor work: give the other roles to another person.")
    weakness = weak_pin(line.text("pin"))
    if weakness:
        line.problem("pin", weakness)
    return PersonRow(line.required("name"), line.code("badge", 16), line.text("pin"), roles, _language(line))


def _language(line: Line) -> str:
    language = line.text("language", "en")
    if not LANGUAGES.fullmatch(language):
        line.problem("language", f"{language!r} is not a language code of two letters.")
    return language


def _check_badges(form: Form, people: tuple[PersonRow, ...]) -> None:
    counts = Counter(person.badge for person in people)
    for person, row in zip(people, form.table.rows, strict=True):
        if person.badge and counts[person.badge] > 1:
            form.problem(row.line, "badge", f"{person.badge} belongs to more than one person.")
