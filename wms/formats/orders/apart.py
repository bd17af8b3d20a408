"""Orders are read in a process of their own: a file comes in, plain rows go out; it cannot write, nor grow, nor stay.

Whoever starts it (wms.operations.shielding) says what is asked in a `Task`, sends the file after it on the standard
input, and takes the answers from the standard output as they come.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from wms.formats.errors import FormatError, Problem
from wms.formats.orders.fresh import Parts, sort_out
from wms.formats.orders.reading import Choice, Export, open_orders
from wms.formats.orders.rows import Column, ExportOrder, Rejected

BATCH = 500  # orders of one answer
EXAMPLES = 3  # cells of a column that are shown
NICE = 5  # scans come first
FEWER_COLLECTIONS = 50_000


class Limits(NamedTuple):
    """What the process may take: bytes of memory, seconds of the processor."""

    memory: int
    seconds: int


@dataclass(frozen=True)
class Task:
    """What is asked of a file: a glance (with its `first` orders and, if wanted, all `numbers`), or all of its orders.

    `folder` holds the order profiles; `most` rows are looked at to tell what the columns hold (0: all); `sizes` says
    how long the texts of an order may be.
    """

    filename: str
    folder: Path
    choice: Choice
    most: int = 0
    first: int = 0
    numbers: bool = False
    sizes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Glance:
    """A file at first sight: how it is understood (profile and how sure that is, in percent), its columns with what
    stands in some, how many rows it has, the first orders or rejected rows, the numbers of the orders."""

    profile: str
    platform: str
    confidence: int
    columns: tuple[Column, ...]
    examples: Mapping[str, tuple[str, ...]]
    size: int
    first: tuple[ExportOrder | Rejected, ...] = ()
    numbers: frozenset[str] = frozenset()


class Batch(NamedTuple):
    """Some orders, in parts, and the rows among them that are none."""

    orders: Sequence[Parts]
    rejected: Sequence[Rejected]


class Refused(NamedTuple):
    """A FormatError on its way."""

    file: str
    problems: tuple[Problem, ...]


END = "end"
TOO_LARGE = "too large"  # for the memory it may have


def glance(data: bytes, task: Task) -> Glance:
    """Return a file at first sight. Raises FormatError."""
    export = open_orders(data, task.filename, task.folder, task.choice, task.most)
    first = tuple(islice(export, task.first))
    numbers = frozenset(export.numbers()) if task.numbers else frozenset[str]()
    profile, columns = export.profile, export.columns
    known = (profile.id, profile.platform, export.confidence, columns, examples_of(export), export.size)
    return Glance(*known, first, numbers)


def examples_of(export: Export) -> dict[str, tuple[str, ...]]:
    """Return column -> some of its cells, no two the same."""
    seen: dict[str, dict[str, None]] = {}
    for reader in export.readers:
        for position, name in enumerate(reader.source.header):
            cells = (cells[position] for cells in reader.preview)
            seen.setdefault(name, {}).update(dict.fromkeys(filter(None, cells)))
    return {name: tuple(islice(cells, EXAMPLES)) for name, cells in seen.items()}


def batches(data: bytes, task: Task) -> Iterator[Batch]:
    """Yield all orders of a file, ready to be stored. Raises FormatError, and may do so late."""
    rows = iter(open_orders(data, task.filename, task.folder, task.choice, task.most))
    while part := list(islice(rows, BATCH)):
        good, bad = sort_out([row for row in part if isinstance(row, ExportOrder)], task.sizes)
        none = [row for row in part if isinstance(row, Rejected)]
        yield Batch([(*row.parts(), row.known) for row in good], none + bad)


# --- the process ---


def bound(limits: Limits) -> None:
    """Take from this process what a file could do harm with, as far as the system knows such limits."""
    with suppress(ImportError):
        import resource

        own = {"AS": limits.memory, "CPU": limits.seconds} | dict.fromkeys(("CORE", "FSIZE", "NPROC"), 0)
        for name, value in own.items():
            with suppress(AttributeError, ValueError, OSError):
                resource.setrlimit(
                    getattr(resource, f"RLIMIT_{name}"), (value, value + 1)
                )  # the second one kills unheard
        os.nice(NICE)


def serve(source: IO[bytes], answers: IO[bytes]) -> None:
    """Answer one task: (Limits, whether a glance is enough, Task, size) and so many bytes of a file."""
    limits, glancing, task, size = pickle.load(source)
    bound(limits)
    try:
        data = source.read(size)
        for each in [glance(data, task)] if glancing else batches(data, task):
            tell(answers, each)
        tell(answers, END)
    except FormatError as error:
        tell(answers, Refused(error.file, error.problems))
    except MemoryError:
        tell(answers, TOO_LARGE)


def tell(answers: IO[bytes], what: Any) -> None:
    """Send one answer."""
    answers.write(pickle.dumps(what, pickle.HIGHEST_PROTOCOL))  # whole, or not at all
    answers.flush()


def main() -> None:
    """Answer what comes in; whoever does not listen any more needs no answer."""
    gc.set_threshold(FEWER_COLLECTIONS)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what somebody prints by mistake is no answer
    try:
        serve(sys.stdin.buffer, answers)
        answers.close()
    except BrokenPipeError:
        os._exit(1)
