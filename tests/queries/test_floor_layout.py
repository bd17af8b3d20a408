"""The floor that planners walk: the places of the site, and what the settings say about ways between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from warehouse import Warehouse

from wms.planning.layout import BOTH_WAYS, DOWN, UP, Floor
from wms.planning.problems import BadProblem
from wms.queries import planning
from wms.settings import Layout


@pytest.fixture
def warehouse(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def floor(warehouse: Warehouse, **facts: tuple[object, ...]) -> Floor:
    with warehouse.store.read() as tx:
        return planning.floor(tx, Layout.model_validate(facts))


def test_cross_aisles_are_where_the_settings_have_them(warehouse: Warehouse) -> None:
    assert floor(warehouse, cross_aisles_mm=(9_000, -1_000, 4_000)).cross_mm == (-1_000, 4_000, 9_000)


def test_without_a_setting_one_cross_aisle_runs_in_front_and_one_behind(warehouse: Warehouse) -> None:
    assert len(floor(warehouse).cross_mm) == 2


def test_one_way_aisles_are_named_by_zone_and_aisle(warehouse: Warehouse) -> None:
    aisles = floor(warehouse, one_way_up=("A-01",), one_way_down=("A-02",)).aisles
    assert [aisle.one_way for aisle in aisles] == [UP, DOWN, *[BOTH_WAYS] * (len(aisles) - 2)]


def test_a_one_way_aisle_that_there_is_not_is_refused_by_its_name(warehouse: Warehouse) -> None:
    with pytest.raises(BadProblem, match="one-way aisle A-99 has no places"):
        floor(warehouse, one_way_up=("A-99",))
