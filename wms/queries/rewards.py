"""What backers chose, in units of items: the reward map of a campaign, items by SKU, kits taken apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from wms.db import Tx, table_of
from wms.models.campaigns import Reward
from wms.models.items import Item, KitLine

rewards, items, kit_lines = table_of(Reward), table_of(Item), table_of(KitLine)
DEPTH_MAX = 5  # kits of kits; deeper is a circle
Parts = tuple[tuple[int, int], ...]
Chosen = tuple[str, str, str, int]
"""Source, key, title and quantity of something a backer chose."""


@dataclass(frozen=True)
class Catalogue:
    """(source, key) -> items of one piece; no items means ignored on purpose. Kits are taken apart when asked for."""

    entries: Mapping[tuple[str, str], Parts]
    kits: Mapping[int, Parts]

    def find(self, chosen: Chosen) -> Parts | None:
        """Return the items of one piece, by the platform's id, else by title; None when the map does not know it."""
        source, key, title, _ = chosen
        by_key = self.entries.get((source, plain(key)))
        return by_key if by_key is not None else self.entries.get((source, plain(title)))

    def lines(self, everything: Iterable[Chosen]) -> dict[int, int]:
        """Return item id -> units; what stands twice adds up, what is not mapped is left out."""
        totals: dict[int, int] = defaultdict(int)
        for chosen in everything:
            for item_id, qty in self.find(chosen) or ():
                for part_id, each in self.parts(item_id):
                    totals[part_id] += each * qty * chosen[3]
        return dict(totals)

    def unmapped(self, everything: Iterable[Chosen]) -> list[Chosen]:
        """Return what the map does not know."""
        return [chosen for chosen in everything if self.find(chosen) is None]

    def parts(self, item_id: int, depth: int = 0) -> Parts:
        """Return what is picked for one of an item: itself, or the components of a kit."""
        inside = self.kits.get(item_id)
        if not inside or depth >= DEPTH_MAX:
            return ((item_id, 1),)
        return tuple((part, qty * each) for below, qty in inside for part, each in self.parts(below, depth + 1))


def plain(text: str) -> str:
    """Return a key as it is compared: case and blanks do not count."""
    return " ".join(text.split()).casefold()


def catalogue(tx: Tx, campaign_id: int) -> Catalogue:
    """Return the map of a campaign with all kits (two statements)."""
    entries: dict[tuple[str, str], Parts] = {}
    for row in tx.all(select(rewards).where(rewards.c.campaign_id == campaign_id).order_by(rewards.c.id)):
        more = () if row.item_id is None else ((row.item_id, row.qty),)
        entries[row.source, row.key] = entries.get((row.source, row.key), ()) + more
    return Catalogue(entries, kits(tx))


def kits(tx: Tx) -> dict[int, Parts]:
    """Return kit id -> its components."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in tx.all(select(kit_lines).order_by(kit_lines.c.id)):
        found[row.kit_id].append((row.item_id, row.qty))
    return {kit: tuple(parts) for kit, parts in found.items()}


def ids_of(tx: Tx, skus: Iterable[str]) -> dict[str, int]:
    """Return SKU -> item id of those that exist."""
    rows = tx.all(select(items.c.sku, items.c.id).where(items.c.sku.in_(sorted(set(skus)))))
    return {row.sku: row.id for row in rows}
