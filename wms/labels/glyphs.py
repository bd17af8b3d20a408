"""Text that the printer's font lacks is drawn here and sent as a picture; what no font has is marked, never dropped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features
from zebrafy.graphic_field import GraphicField

from wms.errors import BadInput
from wms.labels.escaping import Zpl
from wms.labels.fitting import PITCH

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
# Looked for in this order: bold and narrow first, then one with every script we can get, then whatever is Sans.
PREFERRED = (
    "DejaVuSansCondensed-Bold",
    "DejaVuSans-Bold",
    "NotoSans-Bold",
    "NotoSansCJK-Bold",
    "NotoSansCJK-Regular",
    "ipagp",
    "ipag",
    "wqy-microhei",
    "DroidSansFallbackFull",
    "arialbd",
    "msgothic",
    "Arial Unicode",
    "Symbola",
    "NotoEmoji-Regular",
    "seguisym",
)
SUFFIXES = {".ttf", ".ttc", ".otf"}
Runs = tuple[tuple[Path, str], ...]  # what each font draws of a line
# Windows-1252 without controls; Python leaves the five bytes undefined that it does not have.
LETTERS = "[" + re.escape(bytes((*range(33, 127), *range(128, 160), *range(161, 256))).decode("cp1252", "ignore"))
PRINTED = re.compile(LETTERS + " \u00a0]*")
TIDY = re.compile(f"{LETTERS}]+(?: {LETTERS}]+)*|")  # such words with single spaces: nothing to clean
PICTURES_MAX, RUNS_MAX = 512, 4096
NOWHERE = "\U0010ffff"  # a noncharacter: every font draws its "missing" box for it
PROBE = 32
TURNS = {"up": 0, "left": 90, "down": 180, "right": 270}  # degrees against the clock
ARROW = ((0.5, 0.0), (1.0, 0.5), (0.68, 0.5), (0.68, 1.0), (0.32, 1.0), (0.32, 0.5), (0.0, 0.5))  # up, in a unit square


def in_printer(text: str) -> bool:
    """Return whether font 0 of a stock printer surely has every character: Windows-1252 without controls."""
    return PRINTED.fullmatch(text) is not None


def clean(text: str) -> str:
    """Return `text` in NFC on one line: controls become spaces, invisible direction marks go, spaces are single."""
    if TIDY.fullmatch(text):
        return text
    kept = (" " if c.isspace() or unicodedata.category(c) in {"Cc", "Cs"} else c for c in text)
    joined = "".join(c for c in kept if not _turns(c))
    return unicodedata.normalize("NFC", " ".join(joined.split()))


def _turns(character: str) -> bool:
    """Return whether a character overrides the reading direction, which can make an address read otherwise, or only
    chooses between a coloured and a plain picture, which paper does not know."""
    return "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069" or character in "\ufe0e\ufe0f"


class Fonts:
    """The fonts found under some folders, and which of them has the characters of a text."""

    def __init__(self, folders: Iterable[Path] = FOLDERS) -> None:
        """Remember where to look; the folders are read at the first text that needs it."""
        self._folders = tuple(folders)
        self._covered: dict[Path, dict[str, bool]] = {}
        self.runs = lru_cache(maxsize=RUNS_MAX)(self._runs)  # asked for when a line is measured and when it is drawn

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """Font files, preferred ones first, then other upright sans fonts by name."""
        found = [path for folder in self._folders if folder.is_dir() for path in folder.rglob("*")]
        fonts = {path.stem: path for path in sorted(found) if path.suffix.lower() in SUFFIXES}
        others = [stem for stem in fonts if "Sans" in stem and "Oblique" not in stem and "Italic" not in stem]
        return tuple(fonts[stem] for stem in dict.fromkeys([*PREFERRED, *others]) if stem in fonts)

    def for_text(self, text: str) -> Path | None:
        """Return the first font that has every character of `text`, or None."""
        if needs_shaping(text) and not features.check("raqm"):
            return None  # letters would stand unjoined and in the wrong order: worse than none
        characters = set(text) - {" "}
        return next((path for path in self.paths if all(self.has(path, c) for c in characters)), None)

    def _runs(self, text: str) -> Runs | None:
        """Return `text` cut into runs, each with a font that has all of it; None when some character is in no font.

        One font for all is best; else each character that the font before it lacks looks for its own, as emoji need.
        """
        if path := self.for_text(text):
            return ((path, text),)
        if needs_shaping(text):
            return None
        runs: list[tuple[Path, str]] = []
        for character in text:
            path = runs[-1][0] if runs and (character == " " or self.has(runs[-1][0], character)) else None
            path = path or self.for_text(character)
            if path is None:
                return None
            if runs and runs[-1][0] == path:
                runs[-1] = (path, runs[-1][1] + character)
            else:
                runs.append((path, character))
        return tuple(runs)

    def has(self, path: Path, character: str) -> bool:
        """Return whether a font has a glyph of its own for `character`."""
        known = self._covered.setdefault(path, {})
        if character not in known:
            known[character] = _pixels(path, character) not in {_pixels(path, NOWHERE), b""}
        return known[character]

    def printable(self, text: str, mark: str) -> str:
        """Return `text` with each run of words that no font has replaced by `mark`; the rest stays as it is."""
        if in_printer(text) or self.runs(text):
            return text
        marked = _mark(text, mark, lambda word: in_printer(word) or self.runs(word) is not None)
        if in_printer(marked) or self.runs(marked):
            return marked
        return _mark(text, mark, in_printer)  # no font has the rest of the line: keep what the printer has


def _mark(text: str, mark: str, readable: Callable[[str], bool]) -> str:
    """Return the readable words of `text`, each run of others replaced by one `mark`.

    In a word that lacks only emoji and other signs, the mark stands for these: its letters are what is read.
    """
    words: list[str] = []
    for word in text.split(" "):
        if not readable(word):
            signs = "".join(mark if _is_sign(c) and not readable(c) else c for c in word)
            word = signs if signs != mark and readable(signs) else word
        if readable(word):
            words.append(word)
        elif words[-1:] != [mark]:
            words.append(mark)
    return " ".join(words)


def _is_sign(character: str) -> bool:
    """Return whether a character is no letter: an emoji, a symbol, a character that is not assigned."""
    return unicodedata.category(character) in {"So", "Sk", "Sm", "Cn", "Cf"}


def needs_shaping(text: str) -> bool:
    """Return whether a script runs from right to left or joins its letters, which plain drawing gets wrong."""
    return any(unicodedata.bidirectional(c) in {"R", "AL"} or unicodedata.category(c) in {"Mn", "Mc"} for c in text)


@lru_cache(maxsize=64)
def font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """Return a font at `size` dots."""
    return ImageFont.truetype(str(path), size)


@lru_cache(maxsize=64)
def _probe(path: Path) -> ImageFont.FreeTypeFont:
    """Return a font for looking at single glyphs."""
    return ImageFont.truetype(str(path), PROBE, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def _pixels(path: Path, character: str) -> bytes:
    """Return how a font draws one character; empty when it draws nothing or cannot be read."""
    try:
        return bytes(_probe(path).getmask(character))
    except OSError:
        return b""


@lru_cache(maxsize=4096)
def advance_in(path: Path, text: str) -> float:
    """Return the width of `text` in a font, in font heights, with room for overhanging strokes."""
    return float(font(path, 100).getlength(text)) / 100 + 0.05


def width_in(runs: Runs) -> float:
    """Return the width of a line in font heights."""
    return sum(advance_in(path, text) for path, text in runs)


@lru_cache(maxsize=PICTURES_MAX)
def pictured(runs: Runs, height: int) -> str:
    """Return a line drawn at `height` dots as ^GF with its ^FS; the same names and streets come again and again."""
    width = max(8, round(width_in(runs) * height) + 1)
    image = Image.new("1", (width, round(height * PITCH)), 1)
    left = 0.0
    for path, text in runs:
        place = (round(left), round(height * 0.95))
        ImageDraw.Draw(image).text(place, text, font=font(path, height), fill=0, anchor="ls")
        left += advance_in(path, text) * height
    return _graphic(image)


def arrow(way: str, at: tuple[int, int], room: tuple[int, int]) -> Zpl:
    """Return an arrow as ^GF, as large as fits `room` (width, height in dots); raises BadInput for an unknown way."""
    if way not in TURNS:
        raise BadInput(field="arrow", why=f"is {way!a}, one of {', '.join(TURNS)}")
    side = min(room)
    left, top = at[0] + (room[0] - side) // 2, at[1] + (room[1] - side) // 2
    return Zpl(f"^FO{left},{top}{_pointed(way, side)}")


@lru_cache(maxsize=PICTURES_MAX)
def _pointed(way: str, side: int) -> str:
    """Return the picture of an arrow in a square of `side` dots."""
    image = Image.new("1", (side, side), 1)
    points = [(round(x * (side - 1)), round(y * (side - 1))) for x, y in ARROW]
    ImageDraw.Draw(image).polygon(points, fill=0)
    return _graphic(image.rotate(TURNS[way]))


def _graphic(image: Image.Image) -> str:
    """Return a picture as compressed ^GF with its ^FS."""
    return GraphicField(image, format="Z64").get_graphic_field()
