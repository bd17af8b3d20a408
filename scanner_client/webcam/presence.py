"""From what single frames show to scans: one scan for each time that something is shown to the camera."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from scanner_client.decoding import Code

AWAY_SECONDS = 1.5  # out of sight for so long, a code is shown anew
AGREE_SECONDS = 1.0  # two frames must agree within this time
TOGETHER_SECONDS = 0.7  # what comes into sight so shortly after a scan belongs to the same label
BESIDE = 0.75  # and so does what stands this close to it, in half diagonals of both codes


@dataclass
class Sight:
    """A code in view: where it was last, when, and whether it became a scan."""

    code: Code
    last: float
    scanned: bool


class Presence:
    """What is in view of one camera.

    A code counts when two looks in a row agree on it, and again after it was away for a while; with `by_trigger` on a
    screen that counts only after `again()` or another code, so that a label that is hard to read counts no unit twice.
    """

    def __init__(self, by_trigger: bool = True) -> None:
        self.by_trigger = by_trigger
        self._before: dict[tuple[str, bytes], float] = {}
        self._shown: dict[bytes, Sight] = {}
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
        self._shown = {key: sight for key, sight in self._shown.items() if stays or at - sight.last <= AWAY_SECONDS}
        agreed = self._agreed(codes, at)
        along = [self._shown[code.data] for code in codes if code.data in self._shown]
        for code in codes:
            if sight := self._shown.get(code.data):
                sight.code, sight.last = code, at
        wanted = [code for code in agreed if self._wanted(code, target, counting)]
        fresh = [code for code in agreed if code.data not in self._shown]
        chosen = wanted or [code for code in fresh if is_target(code, target) or not self._sibling(code, along, at)]
        return self._take(chosen, fresh, at, target)

    def _take(self, chosen: list[Code], fresh: list[Code], at: float, target: str) -> Code | None:
        one = choose(chosen, target) if chosen else None
        if one is not None and self._shown and all(at - sight.last > 0 for sight in self._shown.values()):
            self._shown.clear()  # another code alone in view: what was counted before may be counted again
        for code in fresh:
            self._shown[code.data] = Sight(code, at, False)
        if one is not None:
            self._shown[one.data] = Sight(one, at, True)
            self._scanned_at, self._asked = at, target
        return one

    def _agreed(self, codes: list[Code], at: float) -> list[Code]:
        """Return the codes that the look before showed as well; of equal contents the first."""
        before, self._before = self._before, {code.key: at for code in codes}
        agreed = [code for code in codes if 0 < at - before.get(code.key, -math.inf) <= AGREE_SECONDS]
        return list({code.data: code for code in reversed(agreed)}.values())

    def _wanted(self, code: Code, target: str, counting: bool) -> bool:
        """Return whether the screen has come to ask for a code that lay beside one that was scanned."""
        sight = self._shown.get(code.data)
        return (
            sight is not None
            and not sight.scanned
            and not counting
            and target != self._asked
            and is_target(code, target)
        )

    def _sibling(self, code: Code, along: Iterable[Sight], at: float) -> bool:
        """Return whether a code belongs to the label of one that is in view already."""
        seen = list(along)
        return bool(seen) and (
            at - self._scanned_at <= TOGETHER_SECONDS or any(beside(code, sight.code) for sight in seen)
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
