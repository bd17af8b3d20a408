"""The worker plans with machine code where there is some, and never waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wms.planning import speed
from wms.serving import Planners
from wms.settings import Planning, Settings


@pytest.fixture(autouse=True)
def _plain_again() -> Iterator[None]:
    yield
    speed.interpret_kernels()


def planners(folder: Path, compiled: bool = True) -> Planners:
    return Planners(Settings(planning=Planning(compiled=compiled, kernels=str(folder))))


def test_what_was_compiled_ahead_is_taken_between_two_jobs(tmp_path: Path) -> None:
    speed.home(tmp_path).mkdir(parents=True)
    speed.say_warm(tmp_path)
    planners(tmp_path).prepare()
    assert speed.running()


def test_a_site_that_does_not_want_machine_code_gets_none(tmp_path: Path) -> None:
    speed.home(tmp_path).mkdir(parents=True)
    speed.say_warm(tmp_path)
    planners(tmp_path, compiled=False).prepare()
    assert not speed.running()


def test_until_everything_is_compiled_the_worker_plans_without(tmp_path: Path) -> None:
    asked = planners(tmp_path)
    asked.prepare()
    assert asked.warming is not None
    asked.prepare()
    assert not speed.running()
    asked.close()
    assert asked.warming.returncode is not None
