"""CSV bytes to text records with their line numbers: encoding and delimiter are found, nothing is guessed silently."""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from wms.formats.errors import FormatError

DELIMITERS = ",;\t|"
MAX_BYTES = 200_000_000
FIELD_LIMIT = 16_000_000
BLOCK = 50_000  # bytes of a text that are cut into lines at once
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

# Long survey answers pass the library's limit of 131,072 characters.
csv.field_size_limit(FIELD_LIMIT)


@dataclass(frozen=True)
class Text:
    """A text in the bytes it came in, from `start` on: its letters would take up to four times the memory.

    `encoding` is the file's; what came as UTF-16 is kept as UTF-8.
    """

    data: bytes
    encoding: str
    start: int = 0

    def blocks(self) -> Iterator[str]:
        """The text in pieces that end with a line. Raises UnicodeDecodeError, its places counted from the beginning."""
        how, at = "utf-8" if self.encoding.startswith("utf-16") else self.encoding, self.start
        while at < len(self.data):
            end = self.data.find(b"\n", at + BLOCK) + 1 or len(self.data)
            try:
                yield self.data[at:end].decode(how).replace("\x00", "")
            except UnicodeDecodeError as bad:
                raise UnicodeDecodeError(bad.encoding, b"", at + bad.start, at + bad.end, bad.reason) from None
            at = end

    def behind_its_first_line(self) -> Text:
        """The rest."""
        return replace(self, start=self.data.find(b"\n", self.start) + 1 or len(self.data))


def decode(data: bytes, filename: str) -> Text:
    """The text of a file: byte order mark, UTF-16 by its zero bytes, strict UTF-8, then cp1252.

    Zero characters are dropped: they pass every parser and end strings elsewhere. Raises FormatError naming the line
    of the first byte that no encoding explains.
    """
    if len(data) > MAX_BYTES:
        raise FormatError(filename, 0, "", f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    bom, encoding = next(((mark, name) for mark, name in BOMS if data.startswith(mark)), (b"", ""))
    for candidate in [encoding] if encoding else _encodings(data):
        try:
            return _checked(data, candidate, len(bom))
        except UnicodeDecodeError as problem:
            line = data.count(b"\n", 0, problem.start) + 1
    raise FormatError(filename, line, "", "These bytes are text in no known encoding; save the file as UTF-8.")


def _checked(data: bytes, encoding: str, start: int) -> Text:
    if encoding.startswith("utf-16"):
        return Text(data[start:].decode(encoding).encode(), encoding)
    text = Text(data, encoding, start)
    deque(text.blocks(), maxlen=0)  # to its end
    return text


def _encodings(data: bytes) -> list[str]:
    head = data[:2000]
    if len(head) >= 4 and head[1::2].count(0) > len(head) // 4 and len(data) % 2 == 0:
        return ["utf-16-le"]
    if len(head) >= 4 and head[0::2].count(0) > len(head) // 4 and len(data) % 2 == 0:
        return ["utf-16-be"]
    return ["utf-8", "cp1252"]


@lru_cache(maxsize=4096)  # the same few headers are compared for every row
def squeeze(name: str) -> str:
    """A header name for comparing: case, blanks and punctuation drift between generations of an export."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def records(text: Text, filename: str, known: Collection[str] = ()) -> Iterator[tuple[int, list[str]]]:
    """Each non-empty record with the line it begins on, split at the delimiter that fits the `known` headers best.

    Raises FormatError with the line of a record whose quotes do not close.
    """
    skipped = 0
    if (first := next(text.blocks(), ""))[:4].lower() == "sep=" and len(first) > 4:  # Excel's own hint line
        skipped, text = 1, text.behind_its_first_line()
    return _split(text, _delimiter(text, known), filename, skipped)


def _split(text: Text, delimiter: str, filename: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    start = 1
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            sentence = f"The quotes of this record do not match ({problem})."
            raise FormatError(filename, start + skipped, "", sentence) from problem
        if (record and record[0].strip()) or any(map(str.strip, record)):
            yield start + skipped, record
        start = reader.line_num + 1


def _lines(text: Text) -> Iterator[str]:
    """The lines of a text; bare carriage returns end lines, too."""
    for block in text.blocks():
        yield from io.StringIO(block, newline="")


def _delimiter(text: Text, known: Collection[str]) -> str:
    names = {squeeze(name) for name in known}
    scores = {delimiter: _score(text, delimiter, names) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: scores[delimiter])


def _score(text: Text, delimiter: str, names: set[str]) -> tuple[int, int]:
    try:
        header = next((record for _, record in _split(text, delimiter, "", 0)), [])
    except FormatError:
        return -1, 0
    return sum(squeeze(cell) in names for cell in header), len(header)
