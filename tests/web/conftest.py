"""The office and the API with something to show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desk import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A furnished house that the tests of one file share; who changes it leaves the rest alone."""
    desk = Desk(f"sqlite:///{tmp_path_factory.mktemp('desk')}/desk.db").furnish()
    yield desk
    desk.close()
