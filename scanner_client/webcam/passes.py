"""How thoroughly each frame is read: a quick look where a code is likely, the whole now and then, a search seldom."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from scanner_client.decoding import Budget, Code, Decoder

WHOLE_EVERY = 5  # looks
SEARCH_AFTER = 2  # looks at the whole in which nothing new was found
SEARCH_MS, SEARCH_NEAR_MS = 150.0, 60.0
SEARCH_SECONDS = 2.0  # between searches of a picture that stays as it is
NEAR_SECONDS = 0.3  # between searches for a known code that only a search can read
FORGET_SECONDS = 1.5
CENTRE = 0.2  # of either side is left out when nothing is known
MARGIN = 0.6  # around a known code, of its size
BLOCK_PX, CHANGED = 16, 8  # a picture changed when the mean grey of a block did by so much
Key = tuple[str, bytes]
Pass = Callable[[Any], list[Code]]


@dataclass
class Known:
    """A code that two looks agreed on: wherever it was, when it was read last, and whether only a search reads it."""

    codes: list[Code]
    last: float
    searched: bool


class Passes:
    """Reads the frames of one camera, one after the other. `count` says how many looks of each kind were made."""

    def __init__(self, decoder: Decoder | None = None) -> None:
        self.decoder = decoder or Decoder()
        self.count = {"still": 0, "near": 0, "whole": 0, "search": 0}
        self._known: dict[Key, Known] = {}
        self._new: dict[Key, list[Code]] = {}
        self._repeat: Pass | None = None
        self._looks = self._empty = 0
        self._searched_at = self._near_at = -math.inf
        self._thumb_searched = self._thumb_known = np.zeros((0, 0), np.uint8)

    def look(self, frame: Any, at: float) -> list[Code]:
        """Return the codes of the frame that came at `at` seconds; what a code's first look saw, the next one repeats.

        A known code in a picture that did not change counts as seen.
        """
        picture = grey(frame)
        thumb = cv2.resize(picture, None, fx=1 / BLOCK_PX, fy=1 / BLOCK_PX, interpolation=cv2.INTER_AREA)
        self._looks += 1
        self._known = {key: one for key, one in self._known.items() if at - one.last <= FORGET_SECONDS}
        which = self._which(thumb, at)
        if which is None:
            self.count["still"] += 1
            return self._seen(self._all_known(), at)
        codes = which(picture)
        self._weigh(codes, which, at)
        if which == self._whole:
            self._empty = 0 if self._new else self._empty + 1
        if which == self._search:
            self._empty, self._searched_at, self._thumb_searched = 0, at, thumb
            if not changed(thumb, self._thumb_known):
                codes = [*codes, *(code for code in self._all_known() if code not in codes)]
        if codes:
            self._thumb_known = thumb
        return self._seen(codes, at)

    def _which(self, thumb: Any, at: float) -> Pass | None:
        """Return the pass for this frame; None when the picture is the one in which the known codes were read."""
        if self._repeat is not None:
            return self._repeat
        if self._empty >= SEARCH_AFTER and self._worth_a_search(thumb, at):
            return self._search
        if self._looks % WHOLE_EVERY == 0:
            return self._whole
        if self._known and not changed(thumb, self._thumb_known):
            return None
        by_search = any(one.searched for one in self._known.values())
        if not by_search or at - self._near_at < NEAR_SECONDS:
            return self._near
        self._near_at = at
        return self._search_near

    def _worth_a_search(self, thumb: Any, at: float) -> bool:
        """Return whether there is something else to see than in the last search, or that is a while ago."""
        return changed(thumb, self._thumb_searched) or at - self._searched_at > SEARCH_SECONDS

    def _weigh(self, codes: list[Code], which: Pass, at: float) -> None:
        """Sort what was read into known and new; what is new is looked for in the same way in the next frame."""
        found = by_key(codes)
        agreed = {key for key in found if key in self._new}
        self._new = {key: each for key, each in found.items() if key not in self._known and key not in agreed}
        for key in agreed:
            self._known[key] = Known(found[key], at, which in (self._search, self._search_near))
        self._repeat = which if self._new else None

    def _seen(self, codes: list[Code], at: float) -> list[Code]:
        for key, each in by_key(codes).items():
            if one := self._known.get(key):
                one.codes, one.last = each, at
        return codes

    def _all_known(self) -> list[Code]:
        return [code for one in self._known.values() for code in one.codes]

    # -- the passes, the cheapest first -------------------------------------------------------------------------------

    def _near(self, picture: Any) -> list[Code]:
        """Look where the codes were, else in the middle."""
        self.count["near"] += 1
        x, y, cut = self._cut(picture)
        return [moved(code, x, y) for code in self.decoder.glance(cut)]

    def _whole(self, picture: Any) -> list[Code]:
        """Look at the whole picture."""
        self.count["whole"] += 1
        return self.decoder.glance(picture)

    def _search_near(self, picture: Any) -> list[Code]:
        """Search for bars where the codes were."""
        self.count["search"] += 1
        x, y, cut = self._cut(picture)
        return [moved(code, x, y) for code in self.decoder.read(cut, Budget(SEARCH_NEAR_MS))]

    def _search(self, picture: Any) -> list[Code]:
        """Search the whole picture for bars, without what is known there: the first code found ends a search."""
        self.count["search"] += 1
        rest = picture.copy() if self._known else picture
        for code in self._all_known():
            cv2.fillConvexPoly(rest, grown(code), 128)
        return self.decoder.read(rest, Budget(SEARCH_MS))

    def _cut(self, picture: Any) -> tuple[int, int, Any]:
        """Return the part of the picture to look at, and where its top left is."""
        high, wide = picture.shape
        points = [point for code in self._places() for point in code.corners]
        if not points:
            x, y = int(wide * CENTRE), int(high * CENTRE)
            return x, y, picture[y : high - y, x : wide - x]
        left, right = min(x for x, _ in points), max(x for x, _ in points)
        top, bottom = min(y for _, y in points), max(y for _, y in points)
        edge = MARGIN * max(right - left, bottom - top)
        x, y = max(0, int(left - edge)), max(0, int(top - edge))
        return x, y, picture[y : int(bottom + edge) + 1, x : int(right + edge) + 1]

    def _places(self) -> list[Code]:
        return [*(code for each in self._new.values() for code in each), *self._all_known()]


def by_key(codes: list[Code]) -> dict[Key, list[Code]]:
    """Return codes sorted by what they are: equal labels lie side by side."""
    found: dict[Key, list[Code]] = {}
    for code in codes:
        found.setdefault(code.key, []).append(code)
    return found


def grey(frame: Any) -> Any:
    """Return a frame in grey."""
    return frame if frame.ndim == 2 else cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)


def changed(thumb: Any, before: Any) -> bool:
    """Return whether a small picture differs from an earlier one by more than noise."""
    return thumb.shape != before.shape or int(cv2.absdiff(thumb, before).max()) > CHANGED


def moved(code: Code, x: int, y: int) -> Code:
    """Return a code of a cut-out where it stands in the whole."""
    return replace(code, corners=tuple((left + x, top + y) for left, top in code.corners))


def grown(code: Code) -> Any:
    """Return the outline of a code with a little around it."""
    corners = np.array(code.corners, np.float64)
    middle = corners.mean(axis=0)
    return np.array(middle + (corners - middle) * 1.3, np.int32)
