"""What every test may ask for: the things of services.py, databases.py and browser.py; and what all tests share."""

from __future__ import annotations

import os

import hypothesis
import pytest
from argon2 import PasswordHasher

from wms.operations import people

pytest_plugins = ["services", "databases", "browser"]

# The same examples in every run: a test that fails by chance refuses somebody else's work.
hypothesis.settings.register_profile("same", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("same")

# Servers that tests start plan with plain kernels: a worker that compiles would take the processor from all of them.
os.environ["WMS__PLANNING__COMPILED"] = "false"

LONG = ("tests/simulation/", "tests/web/test_door_crowd", "tests/client/", "tests/web/test_office_browser")


@pytest.fixture(scope="session", autouse=True)
def _cheap_pins() -> None:
    """PINs are hashed as in production, but at the least cost."""
    people.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    people.DUMMY = people.hasher.hash(b"nobody")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that the workers of a run end together."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
