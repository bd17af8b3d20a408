"""What backers chose to what bins hold: rewards, items, add-ons and answers become SKUs, by a written map."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Generic, NamedTuple, Protocol, TypeVar

from wms.formats.fields import Line, open_form

SOURCES = ("reward", "item", "addon", "sku", "answer")
IGNORE = "-"
ASKS = "?"  # before a question: its answer says which SKU
HEADER = ("source", "key", "sku", "qty", "region", "note")
MOST = 10_000
KEY_MAX = 200
GROUPS = {
    "EU": "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK",
    "UK": "GB",
}
P = TypeVar("P", bound="str | int")  # what a key stands for: SKUs in a file, item ids in the database
Key = tuple[str, str]
Chosen = tuple[str, str, str, int]
"""Source, key, title and quantity of something a backer chose; an answer has the key "question=answer"."""


class Piece(Protocol):
    """Something a backer chose, as a reader yields it."""

    @property
    def source(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def qty(self) -> int: ...


Thing = TypeVar("Thing", bound=Piece)


@dataclass(frozen=True)
class MapRow:
    """One line of the written map. `sku` may be "-" (ignored) or "?question"; `region` names countries and groups."""

    source: str
    key: str
    sku: str = IGNORE
    qty: int = 1
    region: str = ""
    note: str = ""


@dataclass(frozen=True)
class Meaning(Generic[P]):
    """What one piece of a key is: so many of these, and so many of what the answers to these questions say."""

    parts: tuple[tuple[P, int], ...] = ()
    questions: tuple[tuple[str, int], ...] = ()


Entries = Mapping[Key, Mapping[str, Meaning[P]]]
"""(source, plain key) -> region -> meaning."""


class Found(NamedTuple, Generic[P]):
    """What one chosen thing came to: parts with their quantities, what the map lacks, questions without an answer."""

    chosen: Chosen
    parts: tuple[tuple[P, int], ...] = ()
    known: bool = True
    unanswered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules(Generic[P]):
    """The map as it is applied. `skus` are parts by plain SKU: files that name our SKUs need no line for them."""

    entries: Entries[P]
    skus: Mapping[str, P] = field(default_factory=dict)

    def meaning(self, source: str, key: str, title: str, country: str = "") -> Meaning[P] | None:
        """What a thing is in a country, by the platform's id, else by title: titles are edited, ids are not."""
        regional = self.entries.get((source, plain(key)))
        if regional is None:
            regional = self.entries.get((source, plain(title)))
        if regional is not None:
            return regional.get(place(regional, country))
        sku = self.skus.get(plain(key)) if source == "sku" else None
        return None if sku is None else Meaning(((sku, 1),))

    def resolve(self, everything: Sequence[Chosen], country: str = "") -> list[Found[P]]:
        """What everything of one order came to, in its order; answers nobody maps are left out."""
        answers: dict[str, list[Chosen]] = {}
        for chosen in everything:
            if chosen[0] == "answer":
                answers.setdefault(plain(chosen[2]), []).append(chosen)
        return [self._one(chosen, answers, country) for chosen in everything if self.concerns(chosen)]

    def _one(self, chosen: Chosen, answers: Mapping[str, list[Chosen]], country: str) -> Found[P]:
        source, key, title, qty = chosen
        meaning = self.meaning(source, key, title, country)
        if meaning is None:
            return Found(chosen, known=False)
        if source == "answer" and plain(title) in self.asked:
            return Found(chosen)  # what asked for it takes its parts
        parts = [(part, each * qty) for part, each in meaning.parts]
        missing = []
        for question, each in meaning.questions:
            given = [self.meaning(*answer[:3], country) for answer in answers.get(plain(question), ())]
            if not given:
                missing.append(question)
            parts += [(part, n * each * qty) for found in given if found for part, n in found.parts]
        return Found(chosen, tuple(parts), unanswered=tuple(missing))

    def concerns(self, chosen: Chosen) -> bool:
        """Whether the map has a say: everything but answers to questions that it does not know."""
        return chosen[0] != "answer" or plain(chosen[2]) in self.questions or plain(chosen[1]) in self.questions

    @cached_property
    def regional(self) -> bool:
        """Whether it matters where something goes."""
        return any(region for known in self.entries.values() for region in known)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The questions whose answers say what another thing is."""
        meanings = (meaning for regional in self.entries.values() for meaning in regional.values())
        return frozenset(plain(question) for meaning in meanings for question, _ in meaning.questions)

    @cached_property
    def questions(self) -> frozenset[str]:
        """The questions that the map knows, each with all beginnings that end before an equals sign."""
        known = [key for source, key in self.entries if source == "answer"]
        heads = (key[: found.start()] for key in known for found in re.finditer("=", key))
        return self.asked | frozenset(known) | frozenset(heads)


@dataclass(frozen=True)
class RewardMap:
    """The written map, line by line."""

    rows: tuple[MapRow, ...]

    @classmethod
    def of(cls, entries: Mapping[Key, Iterable[tuple[str, int]]]) -> RewardMap:
        """The map of (source, key) -> (sku, quantity) pairs; none of them means: ignored on purpose."""
        pairs = ((key, sku, qty) for key, parts in entries.items() for sku, qty in tuple(parts) or ((IGNORE, 1),))
        return cls(tuple(MapRow(source, key, sku, qty) for (source, key), sku, qty in pairs))

    @property
    def skus(self) -> set[str]:
        """Every SKU that it names."""
        return {row.sku for row in self.rows if is_sku(row.sku)}

    @cached_property
    def rules(self) -> Rules[str]:
        """The map as it is applied, in SKUs."""
        return Rules(entries_of((row, row.sku) for row in self.rows))

    def lines(self, pieces: Sequence[Thing], country: str = "") -> tuple[list[tuple[str, int]], list[Thing]]:
        """The (sku, quantity) lines of what a backer chose, one per SKU by first mention, and what the map lacks.

        A thing may stand in the export twice, as item and as add-on column: the quantities add up.
        """
        chosen = [(each.source, each.key, each.title, each.qty) for each in pieces]
        piece = dict(zip(chosen, pieces, strict=True))
        found = self.rules.resolve(chosen, country)
        return list(added_up(found).items()), [piece[each.chosen] for each in found if not each.known]


def added_up(found: Iterable[Found[P]]) -> dict[P, int]:
    """What everything came to, one line per part by first mention."""
    totals: dict[P, int] = {}
    for part, qty in (pair for each in found for pair in each.parts):
        totals[part] = totals.get(part, 0) + qty
    return totals


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """A key as it is compared: case and blanks do not count, nor blanks around an equals sign."""
    return re.sub(r" ?= ?", "=", " ".join(text.split()).casefold())


def is_sku(text: str) -> bool:
    """Whether the SKU cell of a line names an SKU: neither "-" nor a question."""
    return text != IGNORE and not text.startswith(ASKS)


def entries_of(rows: Iterable[tuple[MapRow, P]]) -> dict[Key, dict[str, Meaning[P]]]:
    """Lines of the map, each with its part, as they are applied."""
    found: dict[Key, dict[str, Meaning[P]]] = {}
    for row, part in rows:
        regional = found.setdefault((row.source, plain(row.key)), {})
        was: Meaning[P] = regional.get(row.region) or Meaning()
        if is_sku(row.sku):
            was = Meaning((*was.parts, (part, row.qty)), was.questions)
        elif row.sku.startswith(ASKS):
            was = Meaning(was.parts, (*was.questions, (row.sku[1:].strip(), row.qty)))
        regional[row.region] = was
    return found


# --- regions ---


@lru_cache(maxsize=1000)
def countries(region: str) -> frozenset[str]:
    """The ISO codes of a region such as "EU CH" or "US, CA"; "" is everywhere else and has none."""
    words = region.upper().replace(",", " ").split()
    return frozenset(code for word in words for code in GROUPS.get(word, word).split())


def place(regional: Collection[str], country: str) -> str:
    """The region of a key that a country is in: the narrowest; "" when none has it."""
    if not country or (len(regional) == 1 and "" in regional):
        return ""
    mine = [region for region in regional if country in countries(region)]
    return min(mine, key=lambda region: (len(countries(region)), region), default="")


def region_of(text: str) -> str:
    """A region as it is kept: capitals, one blank between. Raises ValueError naming what is no country."""
    words = text.upper().replace(",", " ").split()
    if wrong := [word for word in words if word not in GROUPS and not re.fullmatch("[A-Z]{2}", word)]:
        raise ValueError(f"{wrong[0]} is neither a country code nor one of {', '.join(GROUPS)}.")
    return " ".join(dict.fromkeys(words))


# --- configurations ---


def shape(found: Iterable[Found[P]], units: Mapping[P, int]) -> str:
    """Sixteen letters that are the same for orders that chose the same and get the same units."""
    chosen = sorted((each.chosen[0], plain(each.chosen[1]), each.chosen[3], each.known) for each in found)
    return hashlib.sha256(json.dumps([chosen, sorted(units.items())]).encode()).hexdigest()[:16]


# --- one key as a person writes it ---


def read_content(text: str, skus: Collection[str] = ()) -> list[tuple[str, int]]:
    """What a key stands for, from "CORE + 2 PIN", "-" (ignored) or "?T-shirt size"; blank is nothing.

    `skus` are known ones, for those that hold blanks or plus signs. Raises ValueError naming what cannot be read.
    """
    pairs: list[tuple[str, int]] = []
    for part in [text.strip()] if text.strip() in skus else re.split(r"\s\+\s|\+(?=\s)|(?<=\s)\+", text):
        if not (word := part.strip()):
            if text.strip():
                raise ValueError(f"There is nothing beside a plus sign in {text.strip()!r}.")
            continue
        counted = None if word in skus else re.fullmatch(r"(\d{1,5})\s*[x×]?\s+(.+)", word)
        sku, qty = (counted[2].strip(), int(counted[1])) if counted else (word, 1)
        if not 1 <= qty <= MOST:
            raise ValueError(f"{qty} of {sku} is not between 1 and {MOST}.")
        pairs.append((next((known for known in skus if known.casefold() == sku.casefold()), sku), qty))
    return pairs


def write_content(pairs: Iterable[tuple[str, int]]) -> str:
    """What a key stands for, as a person writes it."""
    return " + ".join(sku if qty == 1 else f"{qty} {sku}" for sku, qty in pairs)


# --- as a file ---


def read_reward_map(data: bytes, filename: str, skus: Collection[str] = ()) -> RewardMap:
    """The map from CSV `source,key,sku,qty` and, if wanted, `region,note`.

    "-" as SKU ignores a key, "?question" lets the answer decide, several lines give a key several SKUs. With `skus`
    (items and kits) every SKU must be one of them. Raises FormatError with every bad line.
    """
    form = open_form(data, filename, ("source", "key", "sku", "qty"), ("region", "note"))
    rows: list[MapRow] = []
    known: dict[tuple[str, str], list[MapRow]] = {}
    for line in form.lines():
        row = _row(line)
        _check(line, row, known.setdefault((row.source, plain(row.key)), []), skus)
        known[row.source, plain(row.key)].append(row)
        rows.append(row)
    form.close()
    return RewardMap(tuple(rows))


def _row(line: Line) -> MapRow:
    region = ""
    try:
        region = region_of(line.text("region"))
    except ValueError as problem:
        line.problem("region", str(problem))
    qty = line.integer("qty", 1, MOST, 1)
    key = " ".join(line.required("key").split())
    if len(key) > KEY_MAX:
        line.problem("key", f"{len(key)} characters; {KEY_MAX} fit.")
    return MapRow(line.choice("source", SOURCES), key, line.required("sku"), qty, region, line.text("note")[:KEY_MAX])


def _check(line: Line, row: MapRow, earlier: Sequence[MapRow], skus: Collection[str]) -> None:
    if is_sku(row.sku) and row.sku and skus and row.sku not in skus:
        line.problem("sku", f"{row.sku} is neither an item nor a kit.")
    for problem in clashes([*earlier, row], row):
        line.problem("sku", problem)


def clashes(rows: Sequence[MapRow], row: MapRow) -> Iterator[str]:
    """What is wrong with a line beside the other lines of its key, in words."""
    beside = [other for other in rows if other is not row]
    same = [other for other in beside if other.region == row.region]
    if any((other.sku == IGNORE) != (row.sku == IGNORE) for other in same):
        yield "This key is mapped and ignored at once."
    elif any(other.sku == row.sku for other in same):
        yield f"{row.sku} stands twice for this key; write one line with the sum."
    mine = countries(row.region)
    for other in beside:
        theirs = countries(other.region)
        if other.region != row.region and len(theirs) == len(mine) and theirs & mine:
            yield f"{sorted(theirs & mine)[0]} is in two regions of this key."
    if row.source == "answer" and row.sku.startswith(ASKS):
        yield "An answer cannot ask another question."


def write_reward_map(rows: Iterable[MapRow]) -> bytes:
    """The map as CSV, the way it is read again."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((row.source, row.key, row.sku, row.qty, row.region, row.note) for row in rows)
    return out.getvalue().encode()
