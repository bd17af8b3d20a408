"""The office and the API with something to show, and the door with somebody before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from contract import Hall
from desk import Desk

from wms import demo


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A furnished house that the tests of one file share; who changes it leaves the rest alone."""
    desk = Desk(f"sqlite:///{tmp_path_factory.mktemp('desk')}/desk.db").furnish()
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A warehouse with a little stock that the tests of one file share."""
    hall = Hall(f"sqlite:///{tmp_path_factory.mktemp('hall') / 'floor.db'}")
    yield hall
    hall.store.close()


@pytest.fixture(scope="module")
def person(hall: Hall) -> dict[str, Any]:
    """Who works there: badge and PIN."""
    return demo.hire(hall.store, hall.settings, 1)[0]
