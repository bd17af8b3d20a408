"""Kernels: the inner loops of the planners, plain Python over numpy arrays, compiled by numba where a process asks.

A web process never compiles and never imports numba. `wms warm` compiles ahead; the worker then calls
`compile_kernels`, and from then on every kernel is machine code that gives the same answers. Compiled code is kept in
a folder that is named after the sources, so that a changed kernel can never meet the machine code of its former self.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache as cache_of_process
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])
MASK_32 = 0xFFFFFFFF
WARM = "warm"
DIGITS = 16
_kernels: list[Callable[..., Any]] = []
_uncounted: set[Callable[..., Any]] = set()
_compiled: dict[Callable[..., Any], Any] = {}
_on = False


def kernel(function: F) -> F:
    """Mark a function of numbers and numpy arrays, without keyword arguments, as worth compiling."""
    _kernels.append(function)
    return function


def uncounted(function: F) -> F:
    """Mark a kernel that neither makes nor returns arrays: nobody counts who holds them.

    Where kernels hand many arrays on, that counting takes two thirds of the time.
    """
    _uncounted.add(function)
    return function


def available() -> bool:
    """Return whether numba is installed."""
    return find_spec("numba") is not None


def compile_kernels(cache: Path) -> bool:
    """Replace every kernel by its compiled twin, here and in the modules that imported it; return whether it is so.

    Machine code is kept below `cache`. Without numba, or when `cache` cannot be written, nothing changes.
    """
    global _on
    if not available() or not _writable(cache):
        return False
    if not _on:
        _exchange(_twins(cache))
        _on = True
    return True


def home(cache: Path) -> Path:
    """Return the folder below `cache` for the machine code of these sources."""
    return cache / _digest(version("numba"))


def is_warm(cache: Path) -> bool:
    """Return whether everything was compiled ahead into this cache."""
    return available() and (home(cache) / WARM).exists()


def say_warm(cache: Path) -> None:
    """Note that everything was compiled into this cache, and remove the machine code of other sources."""
    (home(cache) / WARM).touch()
    for other in cache.glob("[0-9a-f]" * DIGITS):
        if other != home(cache):
            shutil.rmtree(other, ignore_errors=True)


def running() -> bool:
    """Return whether kernels are machine code now; where they are not, they run best on plain lists."""
    return _on


def interpret_kernels() -> None:
    """Put the plain functions back."""
    global _on
    if _on:
        _exchange({twin: function for function, twin in _compiled.items()})
        _on = False


@contextmanager
def compiled(cache: Path) -> Iterator[bool]:
    """Kernels are compiled inside this block; for tests and benchmarks that compare both."""
    was = _on
    try:
        yield compile_kernels(cache)
    finally:
        if not was:
            interpret_kernels()


def numbers(values: Iterable[int]) -> Any:
    """Return numbers for kernels: an int64 array where they are compiled, else a list, which is faster then."""
    return np.array(list(values), np.int64) if _on else list(values)


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _twins(cache: Path) -> dict[Any, Any]:
    import numba  # half a second and 60 MiB that a web process must not pay

    setattr(numba.config, "CACHE_DIR", str(home(cache)))  # noqa: B010  (unknown to its types)
    njit: Any = numba.njit  # its types do not know the switch
    may_switch = _may_switch(njit)
    for function in _kernels:
        if function not in _compiled:
            # Said of every kernel: one that makes arrays must not take it from the one that calls it.
            counting = {"_nrt": function not in _uncounted} if may_switch else {}
            _compiled[function] = njit(cache=True, **counting)(function)
    return dict(_compiled)


def _may_switch(njit: Any) -> bool:
    """Whether this numba lets one switch the counting off, which is private: without it, it is slower but the same."""
    try:
        njit(cache=True, _nrt=False)(_nothing)()
    except (KeyError, TypeError):
        return False
    return True


def _nothing() -> int:
    """What a new switch is tried on."""
    return 0


@cache_of_process
def _digest(numba_version: str) -> str:
    """Name all sources: a kernel also changes with the constants and kernels of its neighbours."""
    folders = sorted({Path(inspect.getfile(function)).parent for function in _kernels})
    files = (file for folder in folders for file in sorted(folder.glob("*.py")))
    return hashlib.sha256(numba_version.encode() + b"".join(file.read_bytes() for file in files)).hexdigest()[:DIGITS]


def _exchange(twins: dict[Any, Any]) -> None:
    """Rebind every global that holds a key of `twins`: numba follows the names that a kernel calls when it compiles."""
    by_id = {id(old): new for old, new in twins.items()}
    homes = {function.__module__ for function in _kernels}
    for name, module in list(sys.modules.items()):
        if name in homes or name.startswith("wms.planning"):
            for key, value in list(vars(module).items()):
                if id(value) in by_id:
                    setattr(module, key, by_id[id(value)])


class Stopwatch:
    """The safety net of a search: iteration limits decide, and this says when they took too long.

    It counts what this thread works, not what it waits: a busy machine does not change a plan.
    """

    def __init__(self, seconds_max: float) -> None:
        self.end = time.thread_time() + seconds_max
        self.was_short = False

    def over(self) -> bool:
        """Whether the time is up."""
        return time.thread_time() >= self.end

    def left(self) -> float:
        """Seconds that are left, 0 when the time is up."""
        return max(0.0, self.end - time.thread_time())

    def next(self, part: int, parts: int, spent: float) -> int:
        """Which of equal parts of a search comes next: a later one where so much of its time (1: all) is spent already.

        Then something is left out for lack of time, and `was_short`.
        """
        if spent * parts <= part + 1:
            return part + 1
        self.was_short = True
        return max(part + 1, int(spent * parts))


@kernel
def next_random(state: int) -> int:
    """Step a 32-bit random state, never 0 (xorshift32: Marsaglia, J. Stat. Software 8(14), 2003)."""
    state ^= (state << 13) & MASK_32
    state ^= state >> 17
    return (state ^ (state << 5)) & MASK_32
