"""A file from outside is read by a child process that can do no harm; one that breaks it is an error with its name."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import wms
from wms.formats import tables
from wms.formats.errors import FormatError, Problem
from wms.formats.orders import apart, rows
from wms.formats.orders.apart import END, TOO_LARGE, Batch, Glance, Limits, Refused, Task
from wms.settings import environ_with

MEMORY = 512_000_000  # bytes that a child may take, and so many more for each byte of its file, plain or packed
PER_BYTE, PER_PACKED = 4, 25
SECONDS, BYTES_A_SECOND = 60, 300_000  # of the processor; a sound file takes a tenth of that
PATIENCE = 4  # times as many seconds by the clock: others compute, too
COMMAND = (sys.executable, "-P", "-B", "-c", "from wms.formats.orders.apart import main; main()")
PASSED_ON = {"PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME"}  # no secret is among them
SIGNS = (*(Batch, Glance, Refused, Problem), *(rows.ExportItem, rows.Recipient, rows.ExportOrder, rows.Rejected))
SPOKEN = {(each.__module__, each.__qualname__): each for each in (*SIGNS, rows.Column, Decimal, datetime)}

beside = True  # False reads in this process: for tests of what comes after, hundreds of small files


def glance(data: bytes, task: Task) -> Glance:
    """Return a file at first sight. Raises FormatError."""
    if not beside:
        return apart.glance(data, task)
    with closing(answers(data, task, glancing=True)) as found:
        return cast(Glance, next(found))


def batches(data: bytes, task: Task) -> Iterator[Batch]:
    """Yield all orders of a file as the child comes to them. Raises FormatError, and may do so late."""
    return answers(data, task) if beside else apart.batches(data, task)


def answers(data: bytes, task: Task, glancing: bool = False) -> Generator[Any, None, None]:
    """Yield what a child says of a file; whoever stops listening ends it. Raises FormatError."""
    limits = limits_for(data)
    begun = time.monotonic()
    with started(limits) as child:
        with suppress(BrokenPipeError), child.stdin as there:  # type: ignore[union-attr]
            there.write(pickle.dumps((limits, glancing, task, len(data))))
            there.write(data)
        del data
        while (said := heard(child)) != END:
            if isinstance(said, Refused):
                raise FormatError.many(said.file, said.problems)
            if said is None or said == TOO_LARGE:
                late = time.monotonic() - begun > PATIENCE * limits.seconds
                raise FormatError(task.filename, 0, "", why(said or "", child.wait(), limits, late))
            yield said


def limits_for(data: bytes) -> Limits:
    """Return what the reader of a file may take."""
    each = PER_PACKED if data.startswith(tables.ZIP_MAGIC) else PER_BYTE
    return Limits(MEMORY + each * len(data), SECONDS + len(data) // BYTES_A_SECOND)


@contextmanager
def started(limits: Limits) -> Iterator[subprocess.Popen[bytes]]:
    """Start a child that lives no longer than this, nor longer than its time."""
    env = {name: value for name, value in environ_with({}).items() if name in PASSED_ON}
    env["PYTHONPATH"] = str(Path(wms.__file__).parents[1])
    pipe = subprocess.PIPE
    child = subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, env=env, start_new_session=True)
    clock = threading.Timer(PATIENCE * limits.seconds, child.kill)
    clock.daemon = True
    clock.start()
    try:
        with child:
            try:
                yield child
            finally:
                child.kill()
    finally:
        clock.cancel()


def heard(child: subprocess.Popen[bytes]) -> Any:
    """Return the next answer of a child; None when there is none, or none that it could have given."""
    try:
        return Plain(cast(Any, child.stdout)).load()
    except Exception:  # whatever it said: it broke off, or is not itself any more
        child.kill()
        return None


class Plain(pickle.Unpickler):
    """Reads answers and makes rows of them, nothing else: whatever got hold of a child goes no further."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class that answers consist of. Raises UnpicklingError for any other."""
        if (module, name) not in SPOKEN:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of an answer")
        return SPOKEN[module, name]


def why(said: str, code: int, limits: Limits, late: bool) -> str:
    """Return why a child ended before its file, in a sentence; `code` is what it left with, below 0 a signal."""
    if said == TOO_LARGE or code == -signal.SIGABRT:
        return f"Reading it takes more than {limits.memory // 1_000_000} MB of memory. Split it, or save it as CSV."
    if late or code == -getattr(signal, "SIGXCPU", 0):
        return f"Reading it takes more than {limits.seconds} seconds. Split it."
    return f"Reading it broke off (code {code}). Nothing was taken from it."
