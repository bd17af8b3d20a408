"""Text that the printer's font lacks is drawn here and sent as a picture; what no font has is marked, never dropped."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features
from zebrafy.zebrafy_image import ZebrafyImage

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
)
SUFFIXES = {".ttf", ".ttc", ".otf"}
NOWHERE = "\U0010ffff"  # a noncharacter: every font draws its "missing" box for it
PROBE = 32


def in_printer(text: str) -> bool:
    """Return whether font 0 of a stock printer surely has every character: Windows-1252 without controls."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return not any(unicodedata.category(character) == "Cc" for character in text)


def clean(text: str) -> str:
    """Return `text` in NFC on one line: controls become spaces, invisible direction marks go, spaces are single."""
    kept = (" " if c.isspace() or unicodedata.category(c) in {"Cc", "Cs"} else c for c in text)
    joined = "".join(c for c in kept if not _turns(c))
    return unicodedata.normalize("NFC", " ".join(joined.split()))


def _turns(character: str) -> bool:
    """Return whether a character overrides the reading direction; such marks can make an address read otherwise."""
    return "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"


class Fonts:
    """The fonts found under some folders, and which of them has the characters of a text."""

    def __init__(self, folders: Iterable[Path] = FOLDERS) -> None:
        """Remember where to look; the folders are read at the first text that needs it."""
        self._folders = tuple(folders)
        self._covered: dict[tuple[Path, str], bool] = {}

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
        return next((path for path in self.paths if all(self._has(path, c) for c in characters)), None)

    def _has(self, path: Path, character: str) -> bool:
        """Return whether a font has a glyph of its own for `character`."""
        key = (path, character)
        if key not in self._covered:
            self._covered[key] = _pixels(path, character) not in {_pixels(path, NOWHERE), b""}
        return self._covered[key]

    def printable(self, text: str, mark: str) -> str:
        """Return `text` with each run of words that no font has replaced by `mark`; the rest stays as it is."""
        if in_printer(text) or self.for_text(text):
            return text
        marked = _mark(text, mark, lambda word: in_printer(word) or self.for_text(word) is not None)
        if in_printer(marked) or self.for_text(marked):
            return marked
        return _mark(text, mark, in_printer)  # no single font has the whole line: keep what the printer has


def _mark(text: str, mark: str, readable: Callable[[str], bool]) -> str:
    """Return the readable words of `text`, each run of others replaced by one `mark`."""
    words: list[str] = []
    for word in text.split(" "):
        if readable(word):
            words.append(word)
        elif words[-1:] != [mark]:
            words.append(mark)
    return " ".join(words)


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


def advance_in(path: Path, text: str) -> float:
    """Return the width of `text` in a font, in font heights, with room for overhanging strokes."""
    return float(font(path, 100).getlength(text)) / 100 + 0.05


def picture(text: str, path: Path, height: int, at: tuple[int, int]) -> Zpl:
    """Return `text` drawn at `height` dots as ^GF with its ^FO and ^FS; its cell's top left corner is `at` (dots)."""
    width = max(8, round(advance_in(path, text) * height) + 1)
    image = Image.new("1", (width, round(height * PITCH)), 1)
    ImageDraw.Draw(image).text((0, round(height * 0.95)), text, font=font(path, height), fill=0, anchor="ls")
    graphic = ZebrafyImage(
        image, format="Z64", dither=False, complete_zpl=False, pos_x=max(at[0], 0), pos_y=max(at[1], 0)
    )
    return Zpl(graphic.to_zpl().replace("\n", ""))
