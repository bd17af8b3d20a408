"""A warehouse that knows two items, for tests of what becomes of imported orders; others build their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from warehouse import Warehouse


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    """A warehouse with a game and its coins."""
    warehouse = Warehouse(database_url)
    for sku in ("CORE-RED", "COINS"):
        warehouse.item(sku)
    yield warehouse
    warehouse.store.close()
