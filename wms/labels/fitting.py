"""Text that fits: the largest size at which it stays inside its box, broken at words, never over the edge."""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache
from operator import neg
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


class Widths(dict[str, float]):
    """Character -> advance in heights; an accented letter is as wide as its letter."""

    def __missing__(self, character: str) -> float:
        """Return the width of a character that was not asked for before."""
        wide = self.get(unicodedata.normalize("NFD", character)[0], USUAL)
        if len(self) < WIDTHS_MAX:
            self[character] = wide
        return wide


USUAL, WIDTHS_MAX = 0.52, 4096
SPACE = 0.34
ADVANCE = Widths({character: advance for advance, characters in CLASSES.items() for character in characters})


class Fitted(NamedTuple):
    """Lines of text, the font height in dots at which they fit, and whether something had to be left out."""

    lines: tuple[str, ...]
    height: int
    cut: bool = False


Advance = Callable[[str], float]  # width of a text in font heights


def advance(text: str) -> float:
    """Return the width of `text` in font 0, in font heights."""
    return sum(map(ADVANCE.__getitem__, text))


def fit(text: str, room: tuple[int, int], most: tuple[int, int], measure: Advance = advance) -> Fitted:
    """Return `text` at the largest height that fits `room` (width, height in dots).

    `most` is (lines allowed, dots per mm). When even 1.8 mm is too large the last line ends in an ellipsis and `cut`
    is true.
    """
    width, height = room
    lines_max, dpmm = most
    smallest = round(SMALLEST_MM * dpmm)
    sizes = _sizes(int(height / PITCH), smallest)
    whole = measure(text)
    one = bisect_left(sizes, -width / whole, key=neg) if whole else 0  # the first height at which it is one line
    if lines_max > 1 and one and (broken := _broken(text, room, (lines_max, sizes[:one], whole), measure)):
        return broken
    if one < len(sizes):
        return Fitted((text,), sizes[one])
    lines_max = max(1, min(lines_max, int(height / (smallest * PITCH))))
    lines = wrap(text, width / smallest, measure)
    kept = (*lines[: lines_max - 1], shorten(" ".join(lines[lines_max - 1 :]), width / smallest, measure))
    return Fitted(kept, smallest, cut=len(lines) > lines_max)


def _broken(
    text: str, room: tuple[int, int], most: tuple[int, tuple[int, ...], float], measure: Advance
) -> Fitted | None:
    """Return `text` at the largest height at which it fits on two lines or more; None when none does.

    `most` is (lines allowed, heights to try, width of the text in heights); at none of these it is a single line.
    """
    (width, height), (lines_max, sizes, whole) = room, most
    highest = min((height + 1) / (2 * PITCH), lines_max * width / whole)

    def fits(size: int) -> bool:
        needed = len(wrap(text, width / size, measure))
        return needed <= lines_max and needed * size * PITCH <= height + 1

    found = bisect_left(sizes, True, bisect_left(sizes, -highest, key=neg), key=fits)
    return Fitted(wrap(text, width / sizes[found], measure), sizes[found]) if found < len(sizes) else None


def fit_all(texts: tuple[str, ...], room: tuple[int, int], dpmm: int, measure: Advance = advance) -> Fitted:
    """Return every text on its own line or lines at one common height, at most 6.5 mm; `cut` when it cannot be."""
    width, height = room
    smallest = round(SMALLEST_MM * dpmm)
    sizes = _sizes(int(6.5 * dpmm), smallest)
    wholes = [(text, measure(text)) for text in texts]

    def lines(size: int) -> tuple[str, ...]:
        room = width / size
        wrapped = ((text,) if whole <= room else wrap(text, room, measure) for text, whole in wholes)
        return tuple(line for each in wrapped for line in each)

    found = bisect_left(sizes, True, key=lambda size: len(lines(size)) * size * PITCH <= height + 1)
    return Fitted(lines(sizes[found]), sizes[found]) if found < len(sizes) else Fitted((), smallest, cut=True)


@lru_cache(maxsize=256)
def _sizes(largest: int, smallest: int) -> tuple[int, ...]:
    """Return heights to try, from the largest down in steps of about 4 percent."""
    sizes = [largest] if largest >= smallest else []
    while sizes and sizes[-1] > smallest:
        sizes.append(max(smallest, min(sizes[-1] - 1, math.floor(sizes[-1] * 0.96))))
    return tuple(sizes)


def wrap(text: str, width: float, measure: Advance = advance) -> tuple[str, ...]:
    """Return `text` in lines of at most `width` font heights, broken at spaces, inside a word only when it must."""
    lines, taken = [""], 0.0
    for word, wide in _words(text) if measure is advance else ((word, 0.0) for word in text.split(" ")):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        # In one font the parts add up; where the whole line decides the font it is measured whole.
        taken = taken + wide + (SPACE if lines[-1] else 0.0) if measure is advance else measure(joined)
        if taken <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        *full, lines[-1] = pieces(word, width, measure)
        lines[-1:] = [*full, lines[-1]]
        taken = measure(lines[-1])
    return tuple(lines)


@lru_cache(maxsize=1024)
def _words(text: str) -> tuple[tuple[str, float], ...]:
    """Return the words of a text with their widths; a text is tried at several heights."""
    return tuple((word, advance(word)) for word in text.split(" "))


def pieces(word: str, width: float, measure: Advance) -> list[str]:
    """Return `word` cut into parts that are no wider than `width`, each at least one character."""
    if measure(word) <= width:
        return [word]
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
