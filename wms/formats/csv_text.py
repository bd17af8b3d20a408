"""CSV bytes to text records with their line numbers: encoding and delimiter are found, nothing is guessed silently."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from functools import lru_cache

from wms.formats.errors import FormatError

DELIMITERS = ",;\t|"
MAX_BYTES = 200_000_000
FIELD_LIMIT = 16_000_000
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

# Long survey answers pass the library's limit of 131,072 characters.
csv.field_size_limit(FIELD_LIMIT)


def decode(data: bytes, filename: str) -> tuple[str, str]:
    """Text and encoding of a file: byte order mark, UTF-16 by its zero bytes, strict UTF-8, then cp1252.

    Zero characters are dropped: they pass every parser and end strings elsewhere. Raises FormatError naming the line
    of the first byte that no encoding explains.
    """
    if len(data) > MAX_BYTES:
        raise FormatError(filename, 0, "", f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    bom, encoding = next(((mark, name) for mark, name in BOMS if data.startswith(mark)), (b"", ""))
    for candidate in [encoding] if encoding else _encodings(data):
        try:
            return data[len(bom) :].decode(candidate).replace("\x00", ""), candidate
        except UnicodeDecodeError as problem:
            line = data.count(b"\n", 0, problem.start) + 1
    raise FormatError(filename, line, "", "These bytes are text in no known encoding; save the file as UTF-8.")


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


def records(text: str, filename: str, known: Collection[str] = ()) -> Iterator[tuple[int, list[str]]]:
    """Each non-empty record with the line it begins on, split at the delimiter that fits the `known` headers best.

    Raises FormatError with the line of a record whose quotes do not close.
    """
    skipped = 0
    if text[:4].lower() == "sep=" and len(text) > 4:  # Excel's own hint line
        skipped, text = 1, text.partition("\n")[2]
    return _split(text, _delimiter(text, known), filename, skipped)


def _split(text: str, delimiter: str, filename: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
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
        if any(cell.strip() for cell in record):
            yield start + skipped, record
        start = reader.line_num + 1


def _lines(text: str) -> Iterator[str]:
    """The lines of a text without a second copy of it (a StringIO takes four bytes a letter)."""
    if text.count("\r") != text.count("\r\n"):  # lines may end with a bare carriage return: rare, so the dear way
        yield from io.StringIO(text, newline="")
        return
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _delimiter(text: str, known: Collection[str]) -> str:
    names = {squeeze(name) for name in known}
    scores = {delimiter: _score(text, delimiter, names) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: scores[delimiter])


def _score(text: str, delimiter: str, names: set[str]) -> tuple[int, int]:
    try:
        header = next((record for _, record in _split(text, delimiter, "", 0)), [])
    except FormatError:
        return -1, 0
    return sum(squeeze(cell) in names for cell in header), len(header)
