"""The reward map: what backers chose becomes SKUs, and what nobody mapped is named."""

from __future__ import annotations

import dataclasses

import pytest

from wms.formats.backer_report import ExportItem, ExportOrder, read_orders
from wms.formats.errors import FormatError
from wms.formats.reward_map import read_reward_map

MAP = b"""source,key,sku,qty
reward,9100001,-,1
item,Core Game,CORE,1
item,Promo Pack,PROMO,1
item,Playmat,MAT,1
addon,10750413,MAT,1
addon,Metal Coins,COINS,1
addon,Metal Coins,POUCH,2
"""


@pytest.fixture
def orders(sample, profiles) -> tuple[ExportOrder, ...]:
    return read_orders(sample("ks_2025_all_rewards_addons.csv"), "a.csv", profiles).orders


def test_one_key_may_stand_for_several_skus(orders):
    lines, unmapped = read_reward_map(MAP, "map.csv").lines(orders[1])
    assert (dict(lines), unmapped) == ({"CORE": 1, "PROMO": 1, "COINS": 2, "POUCH": 4, "MAT": 1}, [])


def test_the_same_thing_as_item_and_as_addon_adds_up(orders):
    items = (ExportItem("item", "Playmat", "Playmat", 1), ExportItem("addon", "10750413", "Playmat", 2))
    order = dataclasses.replace(orders[0], items=items)
    assert read_reward_map(MAP, "map.csv").lines(order) == ([("MAT", 3)], [])


def test_a_key_mapped_to_a_dash_is_ignored_on_purpose(orders):
    order = dataclasses.replace(orders[0], items=(ExportItem("reward", "9100001", "Core Pledge", 1),))
    assert read_reward_map(MAP, "map.csv").lines(order) == ([], [])


def test_what_the_map_lacks_is_named_and_the_rest_still_mapped(orders):
    stray = ExportItem("addon", "999", "Poster", 1)
    order = dataclasses.replace(orders[0], items=(*orders[0].items, stray))
    lines, unmapped = read_reward_map(MAP, "map.csv").lines(order)
    assert (lines, unmapped) == ([("CORE", 1), ("PROMO", 1)], [stray])


def test_an_item_is_not_looked_up_among_addons(orders):
    order = dataclasses.replace(orders[0], items=(ExportItem("item", "Metal Coins", "Metal Coins", 1),))
    assert len(read_reward_map(MAP, "map.csv").lines(order)[1]) == 1


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("gift,X,CORE,1", "source"),
        ("item,,CORE,1", "key"),
        ("item,X,,1", "sku"),
        ("item,X,CORE,0", "qty"),
        ("item,X,CORE,1.5", "qty"),
        ("item,X,NOPE,1", "sku"),
        ("item,Core Game,-,1", "sku"),
        ("item, core  game,CORE,1", "sku"),
    ],
)
def test_a_bad_line_of_the_map_is_named(line, field):
    with pytest.raises(FormatError) as caught:
        read_reward_map(MAP + line.encode(), "map.csv", {"CORE", "PROMO", "MAT", "COINS", "POUCH"})
    assert (caught.value.line, caught.value.field) == (9, field)
