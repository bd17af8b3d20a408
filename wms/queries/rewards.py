"""What backers chose, in units of items: the reward map of a campaign, items by SKU, kits taken apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from wms.db import Tx, table_of
from wms.formats import reward_map
from wms.formats.reward_map import ASKS, IGNORE, Chosen, MapRow, Rules, plain
from wms.models.campaigns import Campaign, Reward
from wms.models.items import Item, KitLine

campaigns, rewards, items, kit_lines = table_of(Campaign), table_of(Reward), table_of(Item), table_of(KitLine)
DEPTH_MAX = 5  # kits of kits; deeper is a circle
NO_ANSWER = {"", "no response", "n/a"}  # what platforms write into questions nobody answered
Parts = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Given:
    """Something chosen and the units of items it came to, kits taken apart; `known` is False when the map lacks it."""

    chosen: Chosen
    units: Parts
    known: bool


@dataclass(frozen=True)
class Sum:
    """What everything of one order came to: item id -> units, the shape, what the map lacks, open questions."""

    lines: Mapping[int, int]
    shape: str
    unmapped: Sequence[Chosen]
    unanswered: Sequence[str]


@dataclass(frozen=True)
class Catalogue:
    """The map of a campaign in items, its version in force, and the kits. Kits are taken apart when asked for."""

    rules: Rules[int]
    kits: Mapping[int, Parts]
    version: int = 0

    def given(self, everything: Sequence[Chosen], country: str = "") -> list[Given]:
        """Return what each thing chosen came to: where an order's units come from."""
        found = self.rules.resolve(everything, country)
        return [Given(each.chosen, tuple(self.apart(each.parts).items()), each.known) for each in found]

    def meaning(self, everything: Sequence[Chosen], country: str = "") -> Sum:
        """Return all that the map says of an order; what stands twice adds up, what is not mapped is left out.

        Its shape is the same for orders that chose the same and get the same.
        """
        found = self.rules.resolve(everything, country)
        lines = self.apart(part for each in found for part in each.parts)
        open_questions = dict.fromkeys(question for each in found for question in each.unanswered)
        unmapped = [each.chosen for each in found if not each.known]
        return Sum(lines, reward_map.shape(found, lines), unmapped, list(open_questions))

    def lines(self, everything: Sequence[Chosen], country: str = "") -> dict[int, int]:
        """Return item id -> units."""
        return self.apart(part for each in self.rules.resolve(everything, country) for part in each.parts)

    def unmapped(self, everything: Sequence[Chosen], country: str = "") -> list[Chosen]:
        """Return what the map does not know."""
        return [each.chosen for each in self.rules.resolve(everything, country) if not each.known]

    def unanswered(self, everything: Sequence[Chosen], country: str = "") -> Sequence[str]:
        """Return the questions without whose answers the map cannot say what to send."""
        return self.meaning(everything, country).unanswered

    def shape(self, everything: Sequence[Chosen], country: str = "") -> str:
        """Return what an order's configuration is called."""
        return self.meaning(everything, country).shape

    def apart(self, parts: Iterable[tuple[int, int]]) -> dict[int, int]:
        """Return item id -> units of items and kits."""
        totals: dict[int, int] = defaultdict(int)
        for item_id, qty in parts:
            for part_id, each in self.parts(item_id):
                totals[part_id] += each * qty
        return dict(totals)

    def parts(self, item_id: int, depth: int = 0) -> Parts:
        """Return what is picked for one of an item: itself, or the components of a kit."""
        inside = self.kits.get(item_id)
        if not inside or depth >= DEPTH_MAX:
            return ((item_id, 1),)
        return tuple((part, qty * each) for below, qty in inside for part, each in self.parts(below, depth + 1))


def chosen(facts: Mapping[str, Any]) -> list[Chosen]:
    """Return what a backer chose and answered, from the stored facts of an order."""
    found: list[Chosen] = []
    answers = dict(facts.get("answers") or {})
    for source, key, title, qty in facts.get("items", []):
        if source == "answer":
            answers.setdefault(key, title)
        else:
            found.append((source, key, title, qty))
    said = ((question, answer) for question, answer in answers.items() if plain(answer) not in NO_ANSWER)
    return [*found, *(("answer", f"{question}={answer}", question, 1) for question, answer in said)]


def catalogue(tx: Tx, campaign_id: int) -> Catalogue:
    """Return the map of a campaign with all kits, and the SKUs of its creator (four statements)."""
    mine = tx.one(select(campaigns.c.owner_id, campaigns.c.map_version).where(campaigns.c.id == campaign_id))
    if mine is None:
        return Catalogue(Rules({}), {})
    lines = tx.all(select(rewards).where(rewards.c.campaign_id == campaign_id).order_by(rewards.c.id))
    entries = reward_map.entries_of((as_row(line, str(line.item_id or "")), line.item_id or 0) for line in lines)
    known = tx.all(select(items.c.id, items.c.sku).where(items.c.owner_id == mine.owner_id))
    return Catalogue(Rules(entries, {plain(row.sku): row.id for row in known}), kits(tx), mine.map_version)


def as_row(line: Row[Any], sku: str) -> MapRow:
    """Return a stored line of the map as it is written: the SKU, "-" for what is ignored, or the question."""
    named = sku if line.item_id else f"{ASKS}{line.question}" if line.question else IGNORE
    return MapRow(line.source, line.key, named, line.qty, line.region, line.note)


def in_force(tx: Tx, campaign_id: int) -> tuple[MapRow, ...]:
    """Return the map of a campaign as it is written, in its order."""
    joined = select(rewards, items.c.sku).outerjoin(items, items.c.id == rewards.c.item_id)
    found = tx.all(joined.where(rewards.c.campaign_id == campaign_id).order_by(rewards.c.id))
    return tuple(as_row(line, line.sku or "") for line in found)


def kits(tx: Tx) -> dict[int, Parts]:
    """Return kit id -> its components."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in tx.all(select(kit_lines).order_by(kit_lines.c.id)):
        found[row.kit_id].append((row.item_id, row.qty))
    return {kit: tuple(parts) for kit, parts in found.items()}


def ids_of(tx: Tx, campaign_id: int, skus: Iterable[str]) -> dict[str, int]:
    """Return SKU -> item id of those that the campaign's creator has."""
    joined = select(items.c.sku, items.c.id).join(campaigns, campaigns.c.owner_id == items.c.owner_id)
    rows = tx.all(joined.where(campaigns.c.id == campaign_id, items.c.sku.in_(sorted(set(skus)))))
    return {row.sku: row.id for row in rows}
