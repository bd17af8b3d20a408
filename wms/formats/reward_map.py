"""What backers chose to what bins hold: rewards, items and add-ons of an export become SKUs, by a written map."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from wms.formats.backer_report import ExportItem, ExportOrder
from wms.formats.fields import Line, open_form

SOURCES = ("reward", "item", "addon")
IGNORE = "-"
Key = tuple[str, str]


@dataclass(frozen=True)
class RewardMap:
    """(source, key) -> the SKUs of one piece; an empty tuple means: ignored on purpose."""

    entries: Mapping[Key, tuple[tuple[str, int], ...]]

    def lines(self, order: ExportOrder) -> tuple[list[tuple[str, int]], list[ExportItem]]:
        """The order's (sku, quantity) lines, one per SKU in the order of first mention, and what the map lacks.

        A thing may stand in the export twice, as item and as add-on column: the quantities add up.
        """
        totals: dict[str, int] = {}
        unmapped = []
        for item in order.items:
            found = self._find(item)
            if found is None:
                unmapped.append(item)
            for sku, qty in found or ():
                totals[sku] = totals.get(sku, 0) + qty * item.qty
        return list(totals.items()), unmapped

    def _find(self, item: ExportItem) -> tuple[tuple[str, int], ...] | None:
        """By the platform's id when it has one, else by title: titles are edited, ids are not."""
        by_key = self.entries.get((item.source, _plain(item.key)))
        return by_key if by_key is not None else self.entries.get((item.source, _plain(item.title)))


def read_reward_map(data: bytes, filename: str, skus: Collection[str] = ()) -> RewardMap:
    """The map from CSV `source,key,sku,qty`; "-" as SKU ignores a key, several lines give it several SKUs.

    With `skus` (items and kits) every SKU must be one of them. Raises FormatError with every bad line.
    """
    form = open_form(data, filename, ("source", "key", "sku", "qty"), ("note",))
    entries: dict[Key, list[tuple[str, int]]] = {}
    for line in form.lines():
        key = (line.choice("source", SOURCES), _plain(line.required("key")))
        _check(line, entries.get(key), skus)
        entries.setdefault(key, []).append((line.required("sku"), line.integer("qty", 1, 10_000, 1)))
    form.close()
    return RewardMap({key: _pairs(found) for key, found in entries.items()})


def _pairs(found: list[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(pair for pair in found if pair[0] != IGNORE)


def _check(line: Line, earlier: list[tuple[str, int]] | None, skus: Collection[str]) -> None:
    sku = line.text("sku")
    if sku not in ("", IGNORE) and skus and sku not in skus:
        line.problem("sku", f"{sku} is neither an item nor a kit.")
    if earlier and (sku == IGNORE or any(before == IGNORE for before, _ in earlier)):
        line.problem("sku", "This key is mapped and ignored at once.")
    elif earlier and any(before == sku for before, _ in earlier):
        line.problem("sku", f"{sku} stands twice for this key; write one line with the sum.")


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
