"""From a grey picture to codes: the cheap way first; then bars are found, straightened, drawn anew until two agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from scanner_client.decoding import engines, plausible
from scanner_client.decoding.ballot import PLAIN, Ballot
from scanner_client.decoding.budget import Budget
from scanner_client.decoding.codes import Code
from scanner_client.decoding.pictures import Grey, shrunk
from scanner_client.decoding.plausible import Rules

if TYPE_CHECKING:
    from scanner_client.decoding.looks import Preparation, Workbench
    from scanner_client.decoding.straightening import Strip

FRAME_PX = 1280  # the long side that whole-picture steps work on; boxes are cut out of the full picture
WIDTH_PX, FINEST_PX = 600, 1500  # how wide a box is straightened: at first, and at most
WIDE = 2.0  # boxes magnified less than this may need more pixels
PARTS = ("ITF",)  # any part of an ITF is an ITF: it must have its quiet zones
LONGER = 2  # boxes that are looked at for longer
ROWS_ALL_PIXELS = 200_000  # zbar looks along every row of so small a picture
LOOK_MS, BOX_MS = 8.0, 20.0  # what a step may cost, as the budget is asked
WHOLE_MS, MEGAPIXEL_MS = 40.0, 100.0  # the same for a step on the whole frame
LARGER = 1.3  # times: the second size of a cut-out
Whole = tuple[Grey, Callable[[float, float], tuple[float, float]]]
"""A picture to look at as a whole, and what puts a point of it into the one that was given."""


class Decoder:
    """Reads pictures; it keeps nothing between them, so threads may share it."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules if rules is not None else plausible.standard()
        self.zxing, self.zbar = engines.zxing(), engines.zbar()
        self.bench = workbench(self.zxing, self.zbar)

    def read(self, picture: Grey, budget: Budget | None = None) -> list[Code]:
        """Return the codes of a grey picture; [] when there is none or the time was over before one was believed."""
        return Reading(self, picture, budget or Budget()).codes()

    def glance(self, picture: Grey) -> list[Code]:
        """Return what zxing-cpp reads in the picture as it is: for a camera, where frames must agree anyway."""
        return [code for code in self.zxing.read(picture) if plausible.plausible(self.rules, code)]


def workbench(zxing: engines.Engine, zbar: engines.Engine) -> Workbench | None:
    """Return what prepares pictures; None without OpenCV."""
    if not engines.opencv():
        return None
    from scanner_client.decoding.looks import Workbench

    return Workbench(zxing, zbar)


class Reading:
    """The reading of one picture: what was seen so far, what is believed, how much time is left."""

    def __init__(self, decoder: Decoder, picture: Grey, budget: Budget) -> None:
        self.decoder, self.picture, self.budget = decoder, picture, budget
        self.frame = shrunk(picture, FRAME_PX)
        self.scale = picture.shape[1] / self.frame.shape[1]
        self.seen: list[tuple[Code, str]] = []  # in the whole picture, and in which preparation
        self.seen_in_boxes: list[tuple[Code, str]] = []
        self.believed: dict[tuple[str, bytes], Code] = {}
        self.tried: list[Strip] = []
        self.thin: list[Strip] = []
        self.damaged = False  # a 2-D code was found that could not be read

    def codes(self) -> list[Code]:
        """Return what is believed, after as few steps as are needed."""
        if not self.frame.size:
            return []
        for step in (self.plain, self.boxes, self.more_boxes, self.upright, self.second_opinion, self.again):
            step()
            if self.believed:
                break
        return list(self.believed.values())

    # -- the whole picture --------------------------------------------------------------------------------------------

    def plain(self) -> None:
        """Let zxing-cpp read the picture as it is."""
        self.look_at_whole(self.decoder.zxing, (self.frame, enlarged(self.scale)), PLAIN)

    def second_opinion(self) -> None:
        """Let zbar read the picture as it is; of a large one every second row, for bars are high."""
        if self.frame.size < ROWS_ALL_PIXELS or self.decoder.bench is None:
            self.look_at_whole(self.decoder.zbar, (self.frame, enlarged(self.scale)), PLAIN)
        else:
            rows = np.ascontiguousarray(self.frame[::2])
            self.look_at_whole(self.decoder.zbar, (rows, enlarged(self.scale, 2 * self.scale)), PLAIN, "bars")

    def upright(self) -> None:
        """Let zxing-cpp read what is around the most striking tilted boxes, turned: stacked bars have no single row."""
        if (bench := self.decoder.bench) is None:
            return
        for name, other, turn in bench.upright(self.picture, [strip.box for strip in self.tried[:LONGER]]):
            before = len(self.seen)
            if not self.believed and self.budget.left(BOX_MS):
                self.look_at_whole(self.decoder.zxing, turn(1.0), name, "upright")
            if not self.believed and len(self.seen) > before and self.budget.left(BOX_MS):
                self.look_at_whole(self.decoder.zxing, turn(LARGER), other, "upright")

    def again(self) -> None:
        """Read the whole picture prepared in other ways."""
        if self.decoder.bench is None:
            return
        self.look_again(self.decoder.bench.retries(self.picture, self.frame))
        if self.damaged:
            self.look_again(self.decoder.bench.rescues(self.frame))

    def look_again(self, preparations: Iterable[Preparation]) -> None:
        """Read the whole picture in some preparations until a code is believed or the time is over."""
        for name, engine, view, prepare in preparations:
            if self.believed or not self.budget.left(WHOLE_MS + MEGAPIXEL_MS * self.frame.size / 1e6):
                return
            prepared = prepare()
            self.look_at_whole(engine, (prepared, enlarged(self.picture.shape[1] / prepared.shape[1])), name, view)

    def look_at_whole(self, engine: engines.Engine, whole: Whole, name: str, view: engines.View = "whole") -> None:
        """Note what an engine reads in a whole picture, and believe what has enough votes without a box."""
        picture, place = whole
        found = engine.read(picture, view)
        self.damaged = self.damaged or any(not code.data for code in found)
        for code in (code for code in found if code.data):
            self.seen.append((replace(code, corners=tuple(place(x, y) for x, y in code.corners)), name))
        for key in {code.key for code, _ in self.seen if code.symbology in self.decoder.rules}:
            ballot = Ballot(self.decoder.rules)
            for code, preparation in self.seen:
                if code.key == key:
                    ballot.add([code], preparation)
            if self.decoder.bench is None or self.decoder.rules[key[0]].plain == 1:
                self.believe(ballot.winner())  # any other waits for a box: a slanting line reads a part of an ITF

    def believe(self, code: Code | None) -> None:
        """Keep a code that won its ballot."""
        if code is not None:
            self.believed.setdefault(code.key, code)

    # -- boxes of bars ------------------------------------------------------------------------------------------------

    def boxes(self) -> None:
        """Look shortly at every box of bars that the directions show, then for longer at the most promising."""
        if (bench := self.decoder.bench) is None or not self.budget.left(BOX_MS):
            return
        places = [place for box in bench.boxes(self.picture, self.frame) if (place := self.opened(bench, box))]
        self.tried = [place.strip for place in places]
        likely = [place for place in places if place.promising]
        for place in sorted(likely, key=lambda place: not place.ballot.votes)[:LONGER]:
            if not self.believed:
                self.look_at(place, bench.then(place.strip))
        self.thin = [place.strip for place in likely[:LONGER] if place.strip.magnified < WIDE]

    def more_boxes(self) -> None:
        """Look at the boxes of OpenCV's detector, and at wide ones with more pixels: long codes have thin bars."""
        if (bench := self.decoder.bench) is None or not self.budget.left(BOX_MS):
            return
        for box in bench.other_boxes(self.picture, self.frame):
            self.opened(bench, box)
        for strip in self.thin:
            if not self.believed:
                self.opened(bench, strip.box, min(FINEST_PX, 2.5 * WIDTH_PX / strip.magnified))

    def opened(self, bench: Workbench, box: Any, width_px: float = WIDTH_PX) -> Place | None:
        """Return a box straightened and looked at shortly; None when its code is known already or the time is over."""
        if self.known(box) or not self.budget.left(BOX_MS):
            return None
        strip = bench.straighten(self.picture, self.frame, box, int(width_px))
        place = Place(strip, Ballot(self.decoder.rules), strip.promising())
        whole = [(code, preparation) for code, preparation in self.seen if code.symbology not in PARTS]
        for code, preparation in whole + self.seen_in_boxes:
            if inside(box, middle(code.corners)):
                place.ballot.add([code], preparation)
        if place.promising:
            self.look_at(place, bench.first(place.strip))
        return place

    def known(self, box: Any) -> bool:
        """Return whether a box shows a code that is believed already."""
        places = (code.corners for code in self.believed.values())
        return any(inside(place, middle(box)) or inside(box, middle(place)) for place in places)

    def look_at(self, place: Place, preparations: Iterable[Preparation]) -> None:
        """Look at one place until a code is believed or the ways of looking are used up."""
        for name, engine, view, prepare in preparations:
            if not self.budget.left(LOOK_MS):
                return
            whole = [code for code in engine.read(prepare(), view) if not may_be_a_part(code, place.strip)]
            found = [replace(code, corners=place.strip.corners) for code in whole]
            self.seen_in_boxes += [(code, f"{place.strip.width_px} {name}") for code in found]
            place.ballot.add(found, f"{place.strip.width_px} {name}")
            if (code := place.ballot.winner()) is not None:
                self.believe(code)
                return


@dataclass(frozen=True)
class Place:
    """A box of bars that is being looked at."""

    strip: Strip
    ballot: Ballot
    promising: bool


def may_be_a_part(code: Code, strip: Strip) -> bool:
    """Return whether a code in a strip is of a symbology of which any part is a code, and more bars stand beside it."""
    xs = [x for x, _ in code.corners]
    return code.symbology in PARTS and not strip.stands_free(min(xs), max(xs))


def enlarged(times: float, down: float = 0.0) -> Callable[[float, float], tuple[float, float]]:
    """Return what puts a point of a smaller picture into the larger one; `down` where it differs from across."""
    return lambda x, y: (x * times, y * (down or times))


def middle(corners: Any) -> tuple[float, float]:
    """Return the middle of some corners."""
    return sum(float(x) for x, _ in corners) / len(corners), sum(float(y) for _, y in corners) / len(corners)


def inside(corners: Any, point: tuple[float, float]) -> bool:
    """Return whether a point lies in a convex outline: on the same side of every edge."""
    ring = [(float(x), float(y)) for x, y in corners]
    edges = zip(ring, ring[1:] + ring[:1], strict=True)
    sides = [(bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax) for (ax, ay), (bx, by) in edges]
    return all(side >= 0 for side in sides) or all(side <= 0 for side in sides)
