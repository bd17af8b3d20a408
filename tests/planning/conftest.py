"""Small floors to plan on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from wms.planning.layout import Floor, Place, measure

GRID_PITCH, GRID_BAY = 5_000, 1_000


def build_grid(aisles: int, bays: int, cross: int = 2) -> Floor:
    """Aisles of bays on both sides, `cross` cross aisles; place 1 is the depot in front, 2 to 4 stand around."""
    length = (bays - 1) * GRID_BAY
    rows = [-1_500, *(length * k // (cross - 1) + 300 for k in range(1, cross - 1)), length + 1_500]
    bins = [
        Place(100 + 2 * (aisle * bays + bay) + side, "A", aisle + 1, aisle * GRID_PITCH + side * 2_000, bay * GRID_BAY)
        for aisle in range(aisles)
        for bay in range(bays)
        for side in (0, 1)
    ]
    around = [
        Place(2, "X", 0, aisles * GRID_PITCH, -3_000),
        Place(3, "X", 0, -4_000, length // 2),
        Place(4, "X", 0, 2 * GRID_PITCH, length + 3_000),
    ]
    return measure([*bins, *around], Place(1, "X", 0, 0, -1_500), rows)


@pytest.fixture(scope="session")
def grid() -> Callable[..., Floor]:
    """Builds a floor: grid(aisles, bays, cross)."""
    return build_grid


@pytest.fixture(scope="session")
def kernels() -> Path:
    """Where compiled kernels are kept between runs."""
    return Path(__file__).parents[2] / "var" / "kernels"
