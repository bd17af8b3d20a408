"""Compiled kernels say the same as plain ones, and only where they were asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import pytest

from wms.planning import speed


def stepped(count: int) -> list[int]:
    states = [1]
    for _ in range(count):
        states.append(int(speed.next_random(states[-1])))
    return states[1:]


def test_a_compiled_kernel_gives_the_same_numbers(kernels: Path) -> None:
    plain = stepped(1000)
    with speed.compiled(kernels):
        assert stepped(1000) == plain


def test_random_states_do_not_come_back_soon_and_are_never_zero() -> None:
    states = stepped(5000)
    assert len(set(states)) == 5000
    assert 0 not in states


def test_the_plain_kernels_are_back_afterwards(kernels: Path) -> None:
    before = speed.next_random
    with speed.compiled(kernels) as done:
        assert done
        assert speed.next_random is not before
    assert speed.next_random is before


def test_without_numba_the_plain_kernels_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(speed, "find_spec", lambda name: None)
    assert not speed.compile_kernels(tmp_path)
    assert speed.next_random(1) == 270369


def test_a_numba_without_the_private_switch_compiles_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usual = numba.njit

    def without_it(*function: Any, **options: bool) -> Any:
        return usual(*function, **{key.replace("_nrt", "_gone"): value for key, value in options.items()})

    monkeypatch.setattr(numba, "njit", without_it)
    monkeypatch.setattr(speed, "_compiled", {})
    plain = speed.next_random
    with speed.compiled(tmp_path):
        assert speed.next_random is not plain
        assert stepped(3) == [270369, 67634689, 2647435461]


def test_a_cache_is_warm_once_it_was_said_and_forgets_the_code_of_other_sources(tmp_path: Path) -> None:
    former = tmp_path / ("0" * 16)
    speed.home(tmp_path).mkdir(parents=True)
    former.mkdir()
    assert not speed.is_warm(tmp_path)
    speed.say_warm(tmp_path)
    assert speed.is_warm(tmp_path)
    assert not former.exists()


def test_importing_the_whole_application_does_not_import_numba() -> None:
    code = "import sys, wms.app, wms.planning.routing; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
