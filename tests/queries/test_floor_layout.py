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


def floor(warehouse: Warehouse, **facts: object) -> Floor:
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


def test_walks_begin_and_end_at_the_first_pack_station_when_nobody_says_otherwise(warehouse: Warehouse) -> None:
    assert ends(warehouse) == ("P1", "P1")


def test_walks_begin_and_end_where_the_settings_say(warehouse: Warehouse) -> None:
    assert ends(warehouse, start="C-01", end="S1") == ("C-01", "S1")
    assert ends(warehouse, start="C-01") == ("C-01", "C-01")
    assert ends(warehouse, end="S1") == ("P1", "S1")


def ends(warehouse: Warehouse, **facts: str) -> tuple[str, str]:
    """Where walks begin and end; both are on the floor."""
    names = {number: name for name, number in warehouse.places.items()}
    with warehouse.store.read() as tx:
        begin, end = planning.floor(tx, Layout.model_validate(facts)).ends
    return names[begin], names[end]


def test_a_start_that_there_is_not_is_refused_by_its_name(warehouse: Warehouse) -> None:
    with pytest.raises(BadProblem, match="there is no place C-99"):
        floor(warehouse, start="C-99")
