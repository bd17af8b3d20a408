"""Which font has the characters that the printer's own lacks; what no font has is marked, never dropped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from pathlib import Path

from PIL import ImageFont, features

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
RUNS_MAX, KNOWN_MAX = 4096, 16384
NOWHERE = "\U0010ffff"  # a noncharacter: every font draws its "missing" box for it
PROBE = 32


def in_printer(text: str) -> bool:
    """Return whether font 0 of a stock printer surely has every character: Windows-1252 without controls."""
    return PRINTED.fullmatch(text) is not None


def tidy(text: str) -> bool:
    """Return whether a text needs no cleaning and surely is in the printer: most are."""
    return TIDY.fullmatch(text) is not None


def clean(text: str) -> str:
    """Return `text` in NFC on one line: controls become spaces, invisible direction marks go, spaces are single."""
    if tidy(text):
        return text
    return unicodedata.normalize("NFC", " ".join(text.translate(CLEANED).split()))


class Cleaned(dict[int, str | None]):
    """Code point -> what stands in its place; each is looked up once."""

    def __missing__(self, code: int) -> str | None:
        """Return a space for controls and spaces, nothing for invisible direction marks, else the character."""
        character, kept = chr(code), None
        if character.isspace() or unicodedata.category(character) in {"Cc", "Cs"}:
            kept = " "
        elif not _turns(character):
            kept = character
        if len(self) < KNOWN_MAX:
            self[code] = kept
        return kept


CLEANED = Cleaned()


def _turns(character: str) -> bool:
    """Return whether a character overrides the reading direction, which can make an address read otherwise, or only
    chooses between a coloured and a plain picture, which paper does not know."""
    return "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069" or character in "\ufe0e\ufe0f"


class Fonts:
    """The fonts found under some folders, and which of them has the characters of a text."""

    def __init__(self, folders: Iterable[Path] = FOLDERS) -> None:
        """Remember where to look; the folders are read at the first text that needs it."""
        self._folders = tuple(folders)
        self._covered: dict[Path, tuple[set[str], set[str]]] = {}  # characters that a font has, and that it lacks
        self.somewhere = lru_cache(maxsize=KNOWN_MAX)(self._somewhere)
        self.runs = lru_cache(maxsize=RUNS_MAX)(self._runs)  # asked for when words are marked and when they are drawn

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
        return next((path for path in self.paths if self._has_all(path, characters)), None)

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
        return self._has_all(path, {character})

    def _has_all(self, path: Path, characters: set[str]) -> bool:
        """Return whether a font has a glyph of its own for each of some characters."""
        has, lacks = self._covered.get(path) or self._covered.setdefault(path, (set(), set()))
        if not lacks.isdisjoint(characters):
            return False
        for character in characters - has:
            if _pixels(path, character) in {_pixels(path, NOWHERE), b""}:
                lacks.add(character)
                return False
            has.add(character)
        return True

    def _somewhere(self, character: str) -> bool:
        """Return whether any font has a character; a space needs none."""
        return character == " " or self.for_text(character) is not None

    def drawable(self, text: str) -> bool:
        """Return whether the printer has all of a text, or fonts here have."""
        if in_printer(text):
            return True
        return self.for_text(text) is not None if needs_shaping(text) else all(map(self.somewhere, text))

    def printable(self, text: str, mark: str) -> str:
        """Return `text` with each run of words that no font has replaced by `mark`; the rest stays as it is."""
        if self.drawable(text):
            return text
        marked = _mark(text, mark, self.drawable)
        if self.drawable(marked):
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


class Joining(dict[str, bool]):
    """Character -> whether its script runs from right to left or joins its letters; each is looked up once."""

    def __missing__(self, character: str) -> bool:
        """Look one up."""
        right_to_left = unicodedata.bidirectional(character) in {"R", "AL"}
        found = right_to_left or unicodedata.category(character) in {"Mn", "Mc"}
        if len(self) < KNOWN_MAX:
            self[character] = found
        return found


JOINING = Joining()


def needs_shaping(text: str) -> bool:
    """Return whether a script runs from right to left or joins its letters, which plain drawing gets wrong."""
    return any(map(JOINING.__getitem__, text))


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
