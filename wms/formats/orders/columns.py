"""What each column of a file is: by the profile, by a person's word, by place, and by a second look at its content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wms.formats.csv_text import squeeze
from wms.formats.fields import whole
from wms.formats.orders.profiles import COLUMN_ROLES, ROLES, Profile
from wms.formats.orders.rows import Column

OURS = "Pickwell:"  # begins the columns that a file of rejected rows has besides its own
RECHECK = 64  # rows after which it is asked anew whose content still matters
NO_ANSWER = {"no response", "n/a"}  # what platforms write into questions nobody answered


@dataclass
class Seen:
    """What was seen in one column: how many cells are filled, and how many of those are whole numbers."""

    filled: int = 0
    numbers: int = 0

    def note(self, cell: str) -> None:
        """Look at one cell."""
        if cell and cell.casefold() not in NO_ANSWER:
            self.filled += 1
            self.numbers += cell.isdecimal() or whole(cell) is not None

    def settles(self, role: str) -> bool:
        """Return whether more rows can change nothing: a number makes an item column, a word a survey column."""
        return self.numbers > 0 if role == "item" else self.numbers < self.filled


@dataclass
class Look:
    """The columns of a table by their names; `unsure` are those whose content decides."""

    columns: list[Column]
    unsure: dict[int, Seen] = field(default_factory=dict)
    watched: list[int] = field(default_factory=list)
    rows: int = 0

    def note(self, cells: Sequence[str]) -> None:
        """Look at one row."""
        for position in self.watched:
            if cells[position]:
                self.unsure[position].note(cells[position])
        if not self.rows % RECHECK:
            self.watched = [at for at in self.watched if not self.unsure[at].settles(self.columns[at].role)]
        self.rows += 1

    def settle(self, profile: Profile) -> tuple[Column, ...]:
        """The columns after the second look: an "item" column without one number is a survey answer; one of unknown
        name that holds nothing but numbers is what the profile says of such, else an unknown quantity."""
        for position, seen in self.unsure.items():
            column = self.columns[position]
            if column.role == "item" and seen.filled and not seen.numbers:
                self.columns[position] = Column(column.name, "survey")
            elif column.role == "survey" and seen.filled and seen.numbers == seen.filled:
                self.columns[position] = Column(column.name, profile.rest or "unknown_quantity")
        return tuple(self.columns)


def classify(header: Sequence[str], profile: Profile) -> Look:
    """The role of each column: a person's word, fixed names, add-ons by pattern, items by place, else answers."""
    squeezed = [squeeze(name) for name in header]
    parts = parts_of(squeezed, profile)
    start = _last(squeezed, profile.items_after)
    end = _first(squeezed, profile.items_before)
    block = {squeeze(name) for name in profile.block.names}
    look = Look([])
    for position, name in enumerate(header):
        column = _column(name, parts.get(position, ""), profile, start < position < end, block)
        look.columns.append(column)
        if column.role in ("item", "survey") and squeezed[position] not in profile.forced:
            look.unsure[position] = Seen()
            look.watched.append(position)
    return look


def parts_of(squeezed: Sequence[str], profile: Profile) -> dict[int, str]:
    """Position -> the field of an order that stands there; of several spellings the first that is there counts."""
    found: dict[int, str] = {}
    for role, position in places(squeezed, profile).items():
        found.setdefault(position, role)
    return found


def places(squeezed: Sequence[str], profile: Profile) -> dict[str, int]:
    """Field of an order -> position of its column; two fields may share one."""
    positions: dict[str, int] = {}
    for position, name in enumerate(squeezed):
        positions.setdefault(name, position)
    found = {}
    for role, names in profile.roles.items():
        here = [positions[squeeze(name)] for name in names if squeeze(name) in positions]
        if here:
            found[role] = here[0]
    return found


def _column(name: str, part: str, profile: Profile, between: bool, block: set[str]) -> Column:
    plain = squeeze(name)
    forced = profile.forced.get(plain, "")
    role = ""
    if forced in COLUMN_ROLES:
        role = forced
    elif part or forced in ROLES:
        return Column(name, "core", part or forced)
    elif profile.addon and profile.addon.match(name):
        role = "addon"
    elif plain in profile.spellings - block or name.startswith(OURS):
        role = "other"
    elif unnumbered(plain, block):
        role = "block"
    return Column(name, role or ("item" if between else "survey"))


def unnumbered(plain: str, block: set[str]) -> str:
    """The block column that a numbered header ("itemsku2") repeats, or nothing."""
    bare = plain.rstrip("0123456789")
    return next((name for name in block if plain == name or (bare and bare == name.rstrip("0123456789"))), "")


def _last(names: list[str], anchor: str) -> int:
    return names.index(squeeze(anchor)) if anchor and squeeze(anchor) in names else len(names)


def _first(names: list[str], anchor: str) -> int:
    return names.index(squeeze(anchor)) if anchor and squeeze(anchor) in names else -1
