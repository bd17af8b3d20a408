"""Kernels: the inner loops of the planners, plain Python over numpy arrays, compiled by numba where a process asks.

A web process never compiles and never imports numba. The worker calls `compile_kernels` once; from then on every
kernel is machine code that gives the same answers. Compiled code is kept in a folder that is named after the
sources, so that a changed kernel can never meet the machine code of its former self.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
MASK_32 = 0xFFFFFFFF
_kernels: list[Callable[..., Any]] = []
_compiled: dict[Callable[..., Any], Any] = {}
_on = False


def kernel(function: F) -> F:
    """Mark a function of numbers and numpy arrays, without keyword arguments, as worth compiling."""
    _kernels.append(function)
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


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _twins(cache: Path) -> dict[Any, Any]:
    import numba  # half a second and 60 MiB that a web process must not pay

    setattr(numba.config, "CACHE_DIR", str(cache / _digest(numba.__version__)))  # noqa: B010  (unknown to its types)
    for function in _kernels:
        if function not in _compiled:
            _compiled[function] = numba.njit(cache=True)(function)
    return dict(_compiled)


def _digest(version: str) -> str:
    files = sorted({inspect.getfile(function) for function in _kernels})
    return hashlib.sha256(version.encode() + b"".join(Path(file).read_bytes() for file in files)).hexdigest()[:16]


def _exchange(twins: dict[Any, Any]) -> None:
    """Rebind every global that holds a key of `twins`: numba follows the names that a kernel calls when it compiles."""
    by_id = {id(old): new for old, new in twins.items()}
    homes = {function.__module__ for function in _kernels}
    for name, module in list(sys.modules.items()):
        if name in homes or name.startswith("wms.planning"):
            for key, value in list(vars(module).items()):
                if id(value) in by_id:
                    setattr(module, key, by_id[id(value)])


@kernel
def next_random(state: int) -> int:
    """Step a 32-bit random state, never 0 (xorshift32: Marsaglia, J. Stat. Software 8(14), 2003)."""
    state ^= (state << 13) & MASK_32
    state ^= state >> 17
    return (state ^ (state << 5)) & MASK_32
