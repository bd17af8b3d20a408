"""Text that fits: the largest size at which it stays inside its box, broken at words, never over the edge."""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
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
ADVANCE = Widths({character: advance for advance, characters in CLASSES.items() for character in characters})


class Fitted(NamedTuple):
    """Lines of text, the font height in dots at which they fit, and whether something had to be left out."""

    lines: tuple[str, ...]
    height: int
    cut: bool = False


Words = Sequence[tuple[str, float]]  # with the width of each in font heights


def advance(text: str, widths: Mapping[str, float] = ADVANCE) -> float:
    """Return the width of `text` in font heights, in font 0 or in what else `widths` tells of."""
    return sum(map(widths.__getitem__, text))


def words_of(text: str, widths: Mapping[str, float]) -> Words:
    """Return the words of a text with their widths."""
    return [(word, advance(word, widths)) for word in text.split(" ")]


def fit(text: str, room: tuple[int, int], most: tuple[int, int], widths: Mapping[str, float] = ADVANCE) -> Fitted:
    """Return `text` at the largest height that fits `room` (width, height in dots).

    `most` is (lines allowed, dots per mm). When even 1.8 mm is too large the last line ends in an ellipsis and `cut`
    is true.
    """
    width, height = room
    lines_max, dpmm = most
    smallest = round(SMALLEST_MM * dpmm)
    sizes = _sizes(int(height / PITCH), smallest)
    whole = advance(text, widths)
    one = bisect_left(sizes, -width / whole, key=neg) if whole else 0  # the first height at which it is one line
    if lines_max > 1 and one and (broken := _broken(text, room, (lines_max, sizes[:one], whole), widths)):
        return broken
    if one < len(sizes):
        return Fitted((text,), sizes[one])
    lines_max = max(1, min(lines_max, int(height / (smallest * PITCH))))
    lines = wrap(text, width / smallest, widths)
    kept = (*lines[: lines_max - 1], shorten(" ".join(lines[lines_max - 1 :]), width / smallest, widths))
    return Fitted(kept, smallest, cut=len(lines) > lines_max)


def _broken(
    text: str, room: tuple[int, int], most: tuple[int, tuple[int, ...], float], widths: Mapping[str, float]
) -> Fitted | None:
    """Return `text` at the largest height at which it fits on two lines or more; None when none does.

    `most` is (lines allowed, heights to try, width of the text in heights); at none of these it is a single line.
    """
    (width, height), (lines_max, sizes, whole) = room, most
    highest = min((height + 1) / (2 * PITCH), lines_max * width / whole)
    words, space = words_of(text, widths), widths[" "]

    def fits(size: int) -> bool:
        return count(words, (width / size, space), min(lines_max, int((height + 1) / (size * PITCH))), widths) >= 0

    found = bisect_left(sizes, True, bisect_left(sizes, -highest, key=neg), key=fits)
    return Fitted(wrapped(words, width / sizes[found], widths), sizes[found]) if found < len(sizes) else None


def fit_all(texts: tuple[str, ...], room: tuple[int, int], dpmm: int, widths: Mapping[str, float] = ADVANCE) -> Fitted:
    """Return every text on its own line or lines at one common height, at most 6.5 mm; `cut` when it cannot be."""
    width, height = room
    smallest, space = round(SMALLEST_MM * dpmm), widths[" "]
    sizes = _sizes(int(6.5 * dpmm), smallest)
    lines = [words_of(text, widths) for text in texts]

    def fits(size: int) -> bool:
        left = int((height + 1) / (size * PITCH))
        return all((left := count(words, (width / size, space), left, widths)) >= 0 for words in lines)

    found = bisect_left(sizes, True, key=fits)
    if found == len(sizes):
        return Fitted((), smallest, cut=True)
    room_in_heights = width / sizes[found]
    return Fitted(tuple(line for words in lines for line in wrapped(words, room_in_heights, widths)), sizes[found])


@lru_cache(maxsize=256)
def _sizes(largest: int, smallest: int) -> tuple[int, ...]:
    """Return heights to try, from the largest down in steps of about 4 percent."""
    sizes = [largest] if largest >= smallest else []
    while sizes and sizes[-1] > smallest:
        sizes.append(max(smallest, min(sizes[-1] - 1, math.floor(sizes[-1] * 0.96))))
    return tuple(sizes)


def count(words: Words, room: tuple[float, float], lines: int, widths: Mapping[str, float]) -> int:
    """Return how many of `lines` are left when `words` are wrapped, less than none when there are too few.

    `room` is the width of a line and of a space in font heights. It breaks where `wrapped` breaks.
    """
    width, space = room
    left, taken = lines, math.inf
    for _, wide in words:
        if wide > width:  # it is broken inside
            return lines - len(wrapped(words, width, widths))
        taken = taken + wide + space
        if taken > width:
            left, taken = left - 1, wide
            if left < 0:
                break
    return left


def wrap(text: str, width: float, widths: Mapping[str, float] = ADVANCE) -> tuple[str, ...]:
    """Return `text` in lines of at most `width` font heights, broken at spaces, inside a word only when it must."""
    return wrapped(words_of(text, widths), width, widths)


def wrapped(words: Words, width: float, widths: Mapping[str, float]) -> tuple[str, ...]:
    """Return words in lines of at most `width` font heights."""
    lines, taken, space = [""], 0.0, widths[" "]
    for word, wide in words:
        taken = taken + wide + (space if lines[-1] else 0.0)
        if taken <= width:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
            continue
        if lines[-1]:
            lines.append("")
        *full, last = pieces(word, width, widths)
        lines[-1:] = [*full, last]
        taken = advance(last, widths)
    return tuple(lines)


def pieces(word: str, width: float, widths: Mapping[str, float] = ADVANCE) -> list[str]:
    """Return `word` cut into parts that are no wider than `width`, each at least one character."""
    if advance(word, widths) <= width:
        return [word]
    found, taken = [""], 0.0
    for character in word:
        taken += widths[character]
        if found[-1] and taken > width:
            found.append("")
            taken = widths[character]
        found[-1] += character
    return found


def shorten(text: str, width: float, widths: Mapping[str, float] = ADVANCE) -> str:
    """Return `text` if it is no wider than `width`, else its beginning with an ellipsis."""
    if advance(text, widths) <= width:
        return text
    ends = list(accumulate(map(widths.__getitem__, text)))
    return text[: bisect_right(ends, width - widths[ELLIPSIS])].rstrip() + ELLIPSIS
