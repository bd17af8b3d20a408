"""What a printer says about itself: the three lines of ~HS, found by their STX and ETX."""

from __future__ import annotations

import re
from dataclasses import dataclass

ASK = b"~HS"
FRAME = re.compile(rb"\x02([^\x02\x03]*)\x03")
SHAPES = ((0, 12), (1, 11), (2, 2))  # least number of fields in each of the three lines


@dataclass(frozen=True)
class HostStatus:
    """One answer to ~HS (field order: ZPL II programming guide, "Host Status Return")."""

    paper_out: bool
    paused: bool
    buffer_full: bool
    partial_format: bool
    formats_waiting: int
    head_open: bool
    ribbon_out: bool
    labels_left: int

    @property
    def fault(self) -> str:
        """Return what a person must see to before anything prints, or nothing."""
        faults = {"out of paper": self.paper_out, "head open": self.head_open, "out of ribbon": self.ribbon_out}
        faults |= {"paused": self.paused, "its memory is full": self.buffer_full}
        return ", ".join(name for name, is_so in faults.items() if is_so)

    @property
    def idle(self) -> bool:
        """Return whether everything that was sent has been printed."""
        return not (self.formats_waiting or self.labels_left or self.partial_format)


def frames(data: bytes) -> int:
    """Return how many complete lines `data` holds."""
    return len(FRAME.findall(data))


def parse_status(data: bytes) -> HostStatus | None:
    """Return the first complete answer in `data`, or None when there is none or it is garbage.

    Bytes around the frames and fields beyond the known ones are ignored; a field that is not a number is garbage.
    """
    lines = [line.split(b",") for line in FRAME.findall(data)]
    for start in range(len(lines) - 2):
        found = lines[start : start + 3]
        if all(len(found[number]) >= least for number, least in SHAPES):
            return _read(found[0], found[1])
    return None


def _read(first: list[bytes], second: list[bytes]) -> HostStatus | None:
    """Return the fields of the first two lines, None when one is not a number."""
    try:
        one, two = ([int(text) for text in line] for line in (first, second))
    except ValueError:
        return None
    return HostStatus(
        paper_out=bool(one[1]),
        paused=bool(one[2]),
        buffer_full=bool(one[5]),
        partial_format=bool(one[7]),
        formats_waiting=one[4],
        head_open=bool(two[2]),
        ribbon_out=bool(two[3]),
        labels_left=two[8],
    )
