"""From what single frames show to scans: one scan for each time that something is shown to the camera."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scanner_client.decoding import Code

AWAY_SECONDS = 1.5  # out of sight for so long, a code is shown anew
FLICKER_SECONDS = 0.3  # a look now and then misses a code that is in view
AGREE_SECONDS = 1.0  # two frames must agree within this time
TOGETHER_SECONDS = 0.7  # what comes into sight so shortly after a scan belongs to the same label
ALONE = 0.5  # diagonals of a label: what moved so much against it is another
BESIDE = 0.75  # and so does what stands this close to it, in half diagonals of both codes


@dataclass
class Sight:
    """A code in view: where it was last, when, whether it became a scan; how far it was from what was there before.

    `apart` is in diagonals of the code `by`, whichever way both are held: what keeps its distance is one label.
    """

    code: Code
    last: float
    scanned: bool
    by: Sight | None = None
    apart: float = 0.0

    def moved_alone(self, at: float) -> bool:
        """Return whether this is a label of its own: it moved against the one that was there before."""
        if self.by is None or self.last < at or self.by.last < at:
            return False
        return abs(apart(self.code, self.by.code) - self.apart) > ALONE


class Presence:
    """What is in view of one camera, each label by its content and its place.

    A code counts when two looks in a row agree on it, and again after it was away for a while; with `by_trigger` on a
    screen that counts only after `again()` or another code, so that a label that is hard to read counts no unit twice.
    What comes into view beside a label is taken for another code of it until it moves against it; a second label of
    equal content is known by that alone.
    """

    def __init__(self, by_trigger: bool = True) -> None:
        self.by_trigger = by_trigger
        self._before: tuple[float, list[Code]] = (-math.inf, [])
        self._shown: list[Sight] = []
        self._asked = ""
        self._scanned_at = -math.inf
        self._again = False

    def again(self) -> None:
        """Somebody wants what is in view read again."""
        self._again = True

    def look(self, codes: list[Code], at: float, target: str = "", counting: bool = False) -> Code | None:
        """Return the code that becomes a scan, given what a look at `at` seconds shows; None for most looks.

        `target` is what the screen asks for: it is chosen before what stands nearer to the middle of the codes.
        """
        if self._again:
            self._again = False
            self._shown.clear()
        stays = counting and self.by_trigger
        self._shown = [sight for sight in self._shown if stays or at - sight.last <= AWAY_SECONDS]
        agreed = self._agreed(codes, at)
        along = list(self._shown)
        unknown = self._follow(codes, at)
        fresh = [code for code in unknown if code in agreed]
        along = [sight for sight in along if sight.last == at]
        wanted = [sight.code for sight in self._shown if self._wanted(sight, at, target, counting)]
        alone = [sight.code for sight in self._shown if not sight.scanned and sight.moved_alone(at)]
        chosen = wanted or alone or [c for c in fresh if self._counts(c, along, at, target)]
        return self._take(chosen, self._sights(fresh, along, at), at, target)

    def _take(self, chosen: list[Code], fresh: list[Sight], at: float, target: str) -> Code | None:
        one = choose(chosen, target) if chosen else None
        if one is not None and all(at - sight.last > FLICKER_SECONDS for sight in self._shown):
            self._shown.clear()  # another code alone in view: what was counted before may be counted again
        self._shown += fresh
        if one is not None:
            for sight in self._shown:
                sight.scanned = sight.scanned or sight.code == one
            self._scanned_at, self._asked = at, target
        return one

    def _agreed(self, codes: list[Code], at: float) -> list[Code]:
        """Return the codes that the look before showed as well, as often as it did."""
        (then, before), self._before = self._before, (at, codes)
        left = [code.key for code in before] if 0 < at - then <= AGREE_SECONDS else []
        agreed = []
        for code in codes:
            if code.key in left:
                left.remove(code.key)
                agreed.append(code)
        return agreed

    def _follow(self, codes: list[Code], at: float) -> list[Code]:
        """Note where what was in view is now; return what is new: another content, or one more of the same.

        Bars and QR code of one content are one label.
        """
        pairs = [(code, sight) for code in codes for sight in self._shown if code.data == sight.code.data]
        pairs.sort(key=lambda pair: how_like(*pair))
        found: list[Code] = []
        for code, sight in pairs:
            if code in found or (sight.last == at and code.symbology == sight.code.symbology):
                continue
            found.append(code)
            if sight.last < at:
                sight.code, sight.last = code, at
        rest = [code for code in codes if code not in found]
        return [code for n, code in enumerate(rest) if not any(same_label(code, other) for other in rest[:n])]

    def _sights(self, fresh: list[Code], along: list[Sight], at: float) -> list[Sight]:
        """Return new codes as sights, each with what was there before and is nearest to it."""
        found: list[Sight] = []
        for code in fresh:
            by = min(along or found, key=lambda sight: math.dist(middle(sight.code), middle(code)), default=None)
            found.append(Sight(code, at, False, by, apart(code, by.code) if by else 0.0))
        return found

    def _wanted(self, sight: Sight, at: float, target: str, counting: bool) -> bool:
        """Return whether the screen has come to ask for a code that lay beside one that was scanned."""
        asked_now = target != self._asked and is_target(sight.code, target)
        return sight.last == at and not sight.scanned and not counting and asked_now

    def _counts(self, code: Code, along: list[Sight], at: float, target: str) -> bool:
        """Return whether a new code is a label of its own."""
        if any(sight.code.data == code.data for sight in along):
            return False  # until it moves alone: labels bear the same code twice
        return is_target(code, target) or not self._sibling(code, along, at)

    def _sibling(self, code: Code, along: list[Sight], at: float) -> bool:
        """Return whether a code belongs to the label of one that is in view already."""
        return bool(along) and (
            at - self._scanned_at <= TOGETHER_SECONDS or any(beside(code, sight.code) for sight in along)
        )


def is_target(code: Code, target: str) -> bool:
    """Return whether a code is what the screen asks for."""
    return bool(target) and target in (code.text, code.data.decode("latin-1"))


def choose(codes: list[Code], target: str) -> Code:
    """Return the code to take of several: the one asked for, else the one nearest to their common middle."""
    for code in codes:
        if is_target(code, target):
            return code
    x, y = (sum(values) / len(codes) for values in zip(*(middle(code) for code in codes), strict=True))
    return min(codes, key=lambda code: math.dist(middle(code), (x, y)))


def middle(code: Code) -> tuple[float, float]:
    """Return where a code stands."""
    count = len(code.corners) or 1
    return sum(x for x, _ in code.corners) / count, sum(y for _, y in code.corners) / count


def beside(one: Code, other: Code) -> bool:
    """Return whether two codes stand as close together as on one label."""
    spans = [math.dist(code.corners[0], code.corners[2]) for code in (one, other) if len(code.corners) == 4]
    return len(spans) == 2 and math.dist(middle(one), middle(other)) < BESIDE * sum(spans)


def how_like(code: Code, sight: Sight) -> tuple[bool, float]:
    """Return a key that sorts what may be the same code by symbology, then by place."""
    return code.symbology != sight.code.symbology, math.dist(middle(code), middle(sight.code))


def same_label(one: Code, other: Code) -> bool:
    """Return whether two new codes are bars and QR code of one content."""
    return one.data == other.data and one.symbology != other.symbology


def apart(one: Code, other: Code) -> float:
    """Return how far a code is from another, in diagonals of the other."""
    span = math.dist(other.corners[0], other.corners[2]) if len(other.corners) == 4 else 0.0
    return math.dist(middle(one), middle(other)) / max(span, 1.0)
