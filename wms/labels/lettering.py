"""Text that the printer's font lacks is drawn here: every letter once, as a picture of its own that is used again.

A line is as many small pictures as it has letters. So a new text costs no drawing once its letters are known, which is
what makes labels in Japanese as quick as others. Only scripts that join their letters are drawn line by line.
"""

from __future__ import annotations

import zlib
from base64 import b64encode
from binascii import crc_hqx
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from wms.errors import BadInput
from wms.labels.escaping import Zpl
from wms.labels.fitting import ADVANCE, ELLIPSIS, PITCH
from wms.labels.glyphs import Fonts, Runs, in_printer, needs_shaping

BASELINE = 0.95  # heights below the top of a line
EM = 100  # dots that letters are measured at
SLACK = 2  # dots by which hinted letters may be wider than measured
LINES_MAX = 512  # pictures of lines that are kept
STAMPS_MAX = 20_000  # letters of each font that are kept, of all heights; each takes some hundred bytes
HEX_BYTES = 48  # smaller pictures are shorter as hexadecimal digits than compressed
TURNS = {"up": 0, "left": 90, "down": 180, "right": 270}  # degrees against the clock
ARROW = ((0.5, 0.0), (1.0, 0.5), (0.68, 0.5), (0.68, 1.0), (0.32, 1.0), (0.32, 0.5), (0.0, 0.5))  # up, in a unit square
# Dots right of the pen and below the line's top, ^GF with its ^FS ("" for a space), dots that the pen moves on.
Stamp = tuple[int, int, str, float]
Piece = tuple[int, int, str]  # dots to the right and down, and the field or picture that starts there


@lru_cache(maxsize=256)
def font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """Return a font at `size` dots."""
    return ImageFont.truetype(str(path), size)


class Face(dict[str, float]):
    """Character -> width in heights, as one font draws it; no narrower than the printer's own, which may print it."""

    def __init__(self, path: Path) -> None:
        """Take a font's file."""
        self.path = path
        self.steps: dict[str, float] = {}  # how far the pen moves on, in heights
        self.kept = 0  # letters that are drawn
        self.heights: dict[int, Stamps] = {}

    def __missing__(self, character: str) -> float:
        """Measure a character that was not asked for before."""
        drawn = font(self.path, EM)
        self.steps[character] = step = float(drawn.getlength(character)) / EM
        ink = float(drawn.getbbox(character, anchor="ls")[2]) / EM
        self[character] = wide = max(step, ink, ADVANCE[character] if in_printer(character) else 0.0)
        return wide

    def at(self, height: int) -> Stamps:
        """Return the letters `height` dots high; when too many are kept, all of them are drawn anew."""
        if self.kept > STAMPS_MAX:
            self.heights, self.kept = {}, 0
        found = self.heights.get(height)
        if found is None:
            found = self.heights[height] = Stamps(self, height)
        return found


class Stamps(dict[str, Stamp]):
    """Character -> how it is drawn in one font at one height."""

    def __init__(self, of: Face, height: int) -> None:
        """Take the font and the height in dots."""
        self.face, self.height = of, height

    def __missing__(self, character: str) -> Stamp:
        """Draw a character that was not asked for before, and cut it out along its ink."""
        self.face.kept += 1
        canvas = Image.new("1", (4 * self.height, round(self.height * PITCH)))
        pen = (self.height, round(self.height * BASELINE))
        ImageDraw.Draw(canvas).text(pen, character, font=font(self.face.path, self.height), fill=255, anchor="ls")
        left, top, picture = 0, 0, ""
        if ink := canvas.getbbox():
            left, top, picture = ink[0] - self.height, ink[1], graphic(canvas.crop(ink))
        step = self.face.steps[character] if self.face[character] else 0.0
        self[character] = stamp = (left, top, picture, step * self.height)
        return stamp


@lru_cache(maxsize=64)
def face(path: Path) -> Face:
    """Return the letters of a font."""
    return Face(path)


class Faces(dict[str, Face]):
    """Character -> the font that draws it; one font draws what is not named."""

    def __init__(self, usual: Face) -> None:
        """Take the font of what is not named."""
        self.usual = usual

    def __missing__(self, character: str) -> Face:
        """Return the usual font."""
        return self.usual


class Widths(dict[str, float]):
    """Character -> width in heights in the font that draws it."""

    def __init__(self, faces: Faces) -> None:
        """Take the fonts."""
        self.faces = faces

    def __missing__(self, character: str) -> float:
        """Ask the font of a character."""
        self[character] = found = self.faces[character][character]
        return found


class Script:
    """How some lines are drawn: which font has each letter, and `widths`, a letter's width in heights."""

    def __init__(self, fonts: Fonts, lines: Iterable[str]) -> None:
        """Take lines of which every character is in some font."""
        self.fonts = fonts
        runs = [run for line in lines for run in fonts.runs(line) or ()]
        self.shaped = any(needs_shaping(part) for _, part in runs)
        first = face(runs[0][0])
        self.faces = Faces(first)
        self.widths: Mapping[str, float] = first
        dots = None if fonts.has(first.path, ELLIPSIS) else fonts.for_text(ELLIPSIS)
        self.alone = dots is None and all(path is first.path for path, _ in runs)
        if not self.alone:
            drawn = [(dots or first.path, ELLIPSIS), *runs]
            self.faces.update({letter: face(path) for path, part in drawn for letter in part})
            self.widths = Widths(self.faces)

    def line(self, text: str, height: int, place: tuple[int, int], width: int) -> tuple[Piece, ...]:
        """Return the letters of a line `height` dots high that starts at `place`, dots to the right and down.

        `width` is what it must not be wider than; joined letters may have been estimated a little too narrow.
        """
        left, top = place
        if self.shaped and (runs := self.fonts.runs(text)):
            return ((left, top, joined(runs, height, width)),)
        found: list[Piece] = []
        pen, alone = left + 0.5, self.faces.usual.at(height) if self.alone else None
        for letter in text:
            right, down, picture, step = alone[letter] if alone is not None else self.faces[letter].at(height)[letter]
            if picture:
                found.append((max(0, int(pen) + right), top + down, picture))
            pen += step
        return tuple(found)

    def length(self, text: str, height: int) -> int:
        """Return the width in dots of a line `height` dots high."""
        if self.shaped and (runs := self.fonts.runs(text)):
            return round(sum(length(path, part) for path, part in runs) * height)
        return round(sum(self.faces[letter].at(height)[letter][3] for letter in text))


@lru_cache(maxsize=LINES_MAX)
def joined(runs: Runs, height: int, room: int) -> str:
    """Return a line whose letters depend on each other as one picture; less high when it would be wider than `room`."""
    wide = sum(length(path, text) for path, text in runs)
    height = min(height, int((room - 1) / wide))
    image = Image.new("1", (max(8, round(wide * height) + 1), round(height * PITCH)))
    left = 0.0
    for path, text in runs:
        place = (round(left), round(height * BASELINE))
        ImageDraw.Draw(image).text(place, text, font=font(path, height), fill=255, anchor="ls")
        left += length(path, text) * height
    return graphic(image)


@lru_cache(maxsize=LINES_MAX)
def length(path: Path, text: str) -> float:
    """Return the width of `text` in a font, in font heights, with room for overhanging strokes."""
    return float(font(path, EM).getlength(text)) / EM + 0.05


def arrow(way: str, at: tuple[int, int], room: tuple[int, int]) -> Zpl:
    """Return an arrow as ^GF, as large as fits `room` (width, height in dots); raises BadInput for an unknown way."""
    if way not in TURNS:
        raise BadInput(field="arrow", why=f"is {way!a}, one of {', '.join(TURNS)}")
    side = min(room)
    left, top = at[0] + (room[0] - side) // 2, at[1] + (room[1] - side) // 2
    return Zpl(f"^FO{left},{top}{_pointed(way, side)}")


@lru_cache(maxsize=LINES_MAX)
def _pointed(way: str, side: int) -> str:
    """Return the picture of an arrow in a square of `side` dots."""
    image = Image.new("1", (side, side))
    points = [(round(x * (side - 1)), round(y * (side - 1))) for x, y in ARROW]
    ImageDraw.Draw(image).polygon(points, fill=255)
    return graphic(image.rotate(TURNS[way]))


def graphic(image: Image.Image) -> str:
    """Return a picture of white ink on black as ^GF with its ^FS: compressed (Z64), or in hexadecimal when it is small.

    Z64 is base64 of zlib's stream between colons, and its CRC-16/XMODEM (ZPL II Programming Guide).
    """
    dots = image.tobytes()  # a row is whole bytes; 1 is ink
    text = dots.hex().upper()
    size = len(dots)
    if size > HEX_BYTES:
        packed = b64encode(zlib.compress(dots))
        text = f":Z64:{packed.decode()}:{crc_hqx(packed, 0):04X}"
        size = len(text)
    return f"^GFA,{size},{len(dots)},{(image.width + 7) // 8},{text}^FS"
