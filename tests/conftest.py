"""What every test may ask for: the things of services.py, databases.py and browser.py; and what all tests share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from werkzeug.routing import Rule

from wms.operations import people, shielding

pytest_plugins = ["services", "databases", "browser"]

# The same examples in every run: a test that fails by chance refuses somebody else's work.
hypothesis.settings.register_profile("same", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("same")

# Servers that tests start plan with plain kernels: a worker that compiles would take the processor from all of them.
os.environ["WMS__PLANNING__COMPILED"] = "false"
# ... and keep what Python made of our sources: each start would cost a second of the processor more.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

LONG = ("tests/simulation/", "tests/web/test_door_crowd", "tests/client/", "tests/web/test_office_browser")


@pytest.fixture(scope="session", autouse=True)
def _cheap_pins() -> None:
    """PINs are hashed as in production, but at the least cost."""
    people.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    people.DUMMY = people.hasher.hash(b"nobody")


@pytest.fixture(scope="session", autouse=True)
def _read_here() -> None:
    """Files of orders are read in the process of the tests: there are hundreds; tests/operations/test_shielding.py
    has them read beside, as in production."""
    shielding.beside = False


@pytest.fixture(scope="session", autouse=True)
def _addresses_when_asked() -> Iterator[None]:
    """An application compiles how an address is built when one is built: doing it for all 300 ahead, as a server does,
    is most of what a test's application costs."""
    at_once = Rule._compile_builder

    def when_asked(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        made: list[Callable[..., Any]] = []

        def build(*args: Any, **values: Any) -> Any:
            if not made:
                made.append(at_once(rule, append_unknown))
            return made[0](*args, **values)

        return build

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", when_asked)
        yield


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Begin with what takes long, so that the workers of a run end together.

    Tests of compiled kernels follow in a row: one worker gets them all, and compiles each kernel once.
    """
    items.sort(key=lambda item: (not item.nodeid.startswith(LONG), "kernels" not in item.fixturenames))
