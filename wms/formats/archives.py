"""ZIP containers (also XLSX) are weighed before anything is unpacked: no bomb, no odd name, no endless sheet."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

from wms.formats.errors import FormatError

MAX_ARCHIVE = 20_000_000
MAX_UNPACKED = 200_000_000
MAX_RATIO = 100
MAX_MEMBERS = 200
MAX_COLUMNS = 1_000
MAX_ROWS = 1_048_576
MAX_CELLS = 20_000_000
RATIO_FREE = 1_000_000  # tiny archives of blank cells compress better than 100:1 and harm nobody
# Every way in which the standard library says "this is no sound ZIP".
BROKEN = (zipfile.BadZipFile, RuntimeError, zlib.error, EOFError, OSError, struct.error, ValueError)
FOREIGN = {"xl/workbook.bin", "content.xml"}
CELL_REF = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,7})(\d{1,9})["']""")


def open_members(data: bytes, filename: str) -> dict[str, bytes]:
    """Unpack a ZIP after checking its sizes; folders are left out.

    Raises FormatError: too large (packed or unpacked), too many members, packed above 100:1, a path that leaves the
    archive, encrypted, or damaged.
    """
    if len(data) > MAX_ARCHIVE:
        raise FormatError(filename, 0, "", f"The file is larger than {MAX_ARCHIVE // 1_000_000} MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _weigh(members, filename)
            return {member.filename: archive.read(member) for member in members}
    except FormatError:
        raise
    except BROKEN as problem:
        raise FormatError(filename, 0, "", f"The archive cannot be opened ({problem}).") from problem


def _weigh(members: list[zipfile.ZipInfo], filename: str) -> None:
    if len(members) > MAX_MEMBERS:
        raise FormatError(filename, 0, "", f"The archive holds more than {MAX_MEMBERS} files.")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise FormatError(filename, 0, "", f"Unpacked, the archive is larger than {MAX_UNPACKED // 1_000_000} MB.")
    for member in members:
        _weigh_member(member, filename)


def _weigh_member(member: zipfile.ZipInfo, filename: str) -> None:
    parts = member.filename.replace("\\", "/").split("/")
    if member.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise FormatError(filename, 0, "", f"The archive holds a file outside itself: {member.filename!r}.")
    if member.flag_bits & 1:
        raise FormatError(filename, 0, "", "The archive is locked with a password; save it without one.")
    if member.file_size > RATIO_FREE and member.file_size > MAX_RATIO * max(member.compress_size, 1):
        raise FormatError(filename, 0, "", f"{member.filename} is packed above {MAX_RATIO}:1, which no real file is.")


def check_workbook(members: dict[str, bytes], filename: str) -> None:
    """Refuse a workbook whose sheets claim an area that would fill the memory (a single cell far out is enough).

    Every part is looked at: a sheet may lie anywhere. Workbooks of other kinds (.xlsb, .ods) are refused.
    """
    if FOREIGN & {name.lower() for name in members}:
        raise FormatError(filename, 0, "", "This is another kind of workbook; save it as .xlsx.")
    for name, content in members.items():
        _check_area(name, content, filename)


def _check_area(name: str, content: bytes, filename: str) -> None:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise FormatError(filename, 0, "", f"{name} is not written in UTF-8; save the workbook again.")
    rows, columns = 1, 1
    for letters, digits in CELL_REF.findall(content):
        rows, columns = max(rows, int(digits)), max(columns, _column(letters))
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise FormatError(filename, 0, "", f"{name} reaches to row {rows}, column {columns}; delete the empty area.")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
