"""Guesses which SKU a title means: a person decides, but need not search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

LEAST = 0.45  # of 1.0: below it a guess is worse than none
COMMON = frozenset(["the", "of", "and", "a", "an", "set", "pack", "with", "for", "add", "on", "late", "offer"])


@dataclass(frozen=True)
class Guess:
    """An SKU that a title may mean, and how sure that is, from 0 to 1."""

    sku: str
    score: float


def guess(title: str, goods: Iterable[tuple[str, str]]) -> Guess | None:
    """The (sku, name) of `goods` that is most like a title: the SKU stands in it, or the words agree; None if none."""
    words, plain = _words(title), title.casefold()
    found = [Guess(sku, _score(words, plain, sku, name)) for sku, name in goods]
    best = max(found, key=lambda each: each.score, default=None)
    return best if best and best.score >= LEAST else None


def _score(words: frozenset[str], plain: str, sku: str, name: str) -> float:
    if re.search(rf"(?<![\w-]){re.escape(sku.casefold())}(?![\w-])", plain):
        return 1.0
    theirs = _words(f"{name} {sku}")
    shared = sum(len(word) for word in words & theirs) / max(1, sum(len(word) for word in words))
    if not shared:
        return 0.0
    return round(0.7 * shared + 0.3 * SequenceMatcher(None, plain, name.casefold()).ratio(), 3)


def _words(text: str) -> frozenset[str]:
    """The words that say something, without a plural's last letter."""
    return frozenset(word.rstrip("s") for word in re.findall(r"\w+", text.casefold()) if word not in COMMON)
