"""Text that fits: the largest size at which it stays inside its box, broken at words, never over the edge."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

PITCH = 1.2  # line height in heights of the font: 0.2 above for accents on capitals, descenders inside
SMALLEST_MM = 1.8
ELLIPSIS = "…"
# Advance of the scalable font 0 in heights, as drawn by an independent renderer at width = height; the classes are
# rounded up, so a real printer's narrower characters only leave more white.
CLASSES = {
    0.28: "/:;Iijlft\\'‘’‚‹›|¦",
    0.34: '!"(),.[]`r{}¡¨¯°´·¸¹²³ªº \u00a0ˆ˜',
    0.45: "Jcksvxyzç•",
    0.57: "ABCKPRSVXYÞ¶",
    0.62: "DGHNOQUÐØ",
    0.68: "&w",
    0.8: "Mm-ÆæŒœ¼½¾",
    0.87: "W%@©®™",
    1.12: "—…‰",
}
ADVANCE = {character: advance for advance, characters in CLASSES.items() for character in characters}


class Fitted(NamedTuple):
    """Lines of text, the font height in dots at which they fit, and whether something had to be left out."""

    lines: tuple[str, ...]
    height: int
    cut: bool = False


Advance = Callable[[str], float]  # width of a text in font heights


def advance(text: str) -> float:
    """Return the width of `text` in font 0, in font heights."""
    return sum(map(_one, text))


@lru_cache(maxsize=4096)
def _one(character: str) -> float:
    """Return the advance of one character; an accented letter is as wide as its letter."""
    known = ADVANCE.get(character)
    if known is None:
        known = ADVANCE.get(unicodedata.normalize("NFD", character)[0], 0.52)
    return known


def fit(text: str, room: tuple[int, int], most: tuple[int, int], measure: Advance = advance) -> Fitted:
    """Return `text` at the largest height that fits `room` (width, height in dots).

    `most` is (lines allowed, dots per mm). When even 1.8 mm is too large the last line ends in an ellipsis and `cut`
    is true.
    """
    width, height = room
    lines_max, dpmm = most
    smallest = round(SMALLEST_MM * dpmm)
    for size in _sizes(int(height / PITCH), smallest):
        lines = wrap(text, width / size, measure)
        if len(lines) <= lines_max and len(lines) * size * PITCH <= height + 1:
            return Fitted(lines, size)
    lines_max = max(1, min(lines_max, int(height / (smallest * PITCH))))
    lines = wrap(text, width / smallest, measure)
    kept = (*lines[: lines_max - 1], shorten(" ".join(lines[lines_max - 1 :]), width / smallest, measure))
    return Fitted(kept, smallest, cut=len(lines) > lines_max)


def fit_all(texts: tuple[str, ...], room: tuple[int, int], dpmm: int, measure: Advance = advance) -> Fitted:
    """Return every text on its own line or lines at one common height, at most 6.5 mm; `cut` when it cannot be."""
    width, height = room
    smallest = round(SMALLEST_MM * dpmm)
    for size in _sizes(int(6.5 * dpmm), smallest):
        lines = tuple(line for text in texts for line in wrap(text, width / size, measure))
        if len(lines) * size * PITCH <= height + 1:
            return Fitted(lines, size)
    return Fitted((), smallest, cut=True)


def _sizes(largest: int, smallest: int) -> list[int]:
    """Return heights to try, from the largest down in steps of about 4 percent."""
    sizes = [largest] if largest >= smallest else []
    while sizes and sizes[-1] > smallest:
        sizes.append(max(smallest, min(sizes[-1] - 1, math.floor(sizes[-1] * 0.96))))
    return sizes


def wrap(text: str, width: float, measure: Advance = advance) -> tuple[str, ...]:
    """Return `text` in lines of at most `width` font heights, broken at spaces, inside a word only when it must."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if measure(joined) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        *full, lines[-1] = pieces(word, width, measure)
        lines[-1:] = [*full, lines[-1]]
    return tuple(lines)


def pieces(word: str, width: float, measure: Advance) -> list[str]:
    """Return `word` cut into parts that are no wider than `width`, each at least one character."""
    found = [""]
    for character in word:
        if found[-1] and measure(found[-1] + character) > width:
            found.append("")
        found[-1] += character
    return found


def shorten(text: str, width: float, measure: Advance = advance) -> str:
    """Return `text` if it is no wider than `width`, else its beginning with an ellipsis."""
    if measure(text) <= width:
        return text
    while text and measure(text + ELLIPSIS) > width:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS
