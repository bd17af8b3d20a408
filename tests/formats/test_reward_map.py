"""The reward map: what backers chose becomes SKUs, and what nobody mapped is named."""

from __future__ import annotations

import dataclasses

import pytest

from wms.formats import reward_map
from wms.formats.errors import FormatError
from wms.formats.orders.reading import read_orders
from wms.formats.orders.rows import ExportItem, ExportOrder
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
    lines, unmapped = read_reward_map(MAP, "map.csv").lines(orders[1].items)
    assert (dict(lines), unmapped) == ({"CORE": 1, "PROMO": 1, "COINS": 2, "POUCH": 4, "MAT": 1}, [])


def test_the_same_thing_as_item_and_as_addon_adds_up(orders):
    items = (ExportItem("item", "Playmat", "Playmat", 1), ExportItem("addon", "10750413", "Playmat", 2))
    order = dataclasses.replace(orders[0], items=items)
    assert read_reward_map(MAP, "map.csv").lines(order.items) == ([("MAT", 3)], [])


def test_a_key_mapped_to_a_dash_is_ignored_on_purpose(orders):
    order = dataclasses.replace(orders[0], items=(ExportItem("reward", "9100001", "Core Pledge", 1),))
    assert read_reward_map(MAP, "map.csv").lines(order.items) == ([], [])


def test_what_the_map_lacks_is_named_and_the_rest_still_mapped(orders):
    stray = ExportItem("addon", "999", "Poster", 1)
    order = dataclasses.replace(orders[0], items=(*orders[0].items, stray))
    lines, unmapped = read_reward_map(MAP, "map.csv").lines(order.items)
    assert (lines, unmapped) == ([("CORE", 1), ("PROMO", 1)], [stray])


def test_an_item_is_not_looked_up_among_addons(orders):
    order = dataclasses.replace(orders[0], items=(ExportItem("item", "Metal Coins", "Metal Coins", 1),))
    assert len(read_reward_map(MAP, "map.csv").lines(order.items)[1]) == 1


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


RULES = b"""source,key,sku,qty,region,note
item,Lamp,LAMP-EU,1,,
item,Lamp,LAMP-UK,1,UK,
item,Lamp,LAMP-DE,1,DE,
item,Lamp,LAMP-CE,1,EU CH,
item,Shirt,?Size,1,,
answer,Size=M,TEE-M,1,,
answer,Size = L,TEE-L,1,,
answer,Colour=Red,PIN,1,,
answer,Allergies,-,1,,
"""


def resolved(*chosen: tuple[str, str, str, int], country: str = "") -> dict[str, int]:
    return reward_map.added_up(read_reward_map(RULES, "map.csv").rules.resolve(chosen, country))


def test_the_narrowest_region_counts_and_everywhere_else_has_its_own():
    lamps = [resolved(("item", "Lamp", "", 1), country=country) for country in ("DE", "FR", "GB", "US", "")]
    assert [next(iter(each)) for each in lamps] == ["LAMP-DE", "LAMP-CE", "LAMP-UK", "LAMP-EU", "LAMP-EU"]


def test_an_answer_says_which_shirt_for_each_piece():
    assert resolved(("item", "shirt", "", 2), ("answer", "Size=M", "Size", 1)) == {"TEE-M": 2}


def test_an_answer_that_nothing_asks_for_counts_by_itself():
    assert resolved(("answer", "Colour=red", "Colour", 1), ("answer", "Heard of us=TV", "Heard of us", 1)) == {"PIN": 1}


def test_a_missing_answer_and_an_unknown_one_are_told_apart():
    rules = read_reward_map(RULES, "map.csv").rules
    shirt = ("item", "Shirt", "", 1)
    assert rules.resolve([shirt])[0].unanswered == ("Size",)
    found = rules.resolve([shirt, ("answer", "Size=XXL", "Size", 1), ("answer", "Allergies=nuts", "Allergies", 1)])
    assert [each.chosen[1] for each in found if not each.known] == ["Size=XXL"]


def test_a_written_map_is_read_again_as_it_was():
    rows = read_reward_map(RULES, "map.csv").rows
    assert read_reward_map(reward_map.write_reward_map(rows), "map.csv").rows == rows


@pytest.mark.parametrize("line", ["item,Lamp,X,1,FR NO,", "item,Lamp,X,1,Narnia,"])
def test_a_region_that_overlaps_another_of_its_size_or_is_none_is_named(line):
    with pytest.raises(FormatError):
        read_reward_map(b"source,key,sku,qty,region\nitem,Lamp,Y,1,FR SE\n" + line.rpartition(",")[0].encode(), "m.csv")


def test_a_content_is_written_as_people_write_it():
    skus = {"CORE", "PIN+CARD"}
    assert reward_map.read_content("core + 2 PIN + PIN+CARD", skus) == [("CORE", 1), ("PIN", 2), ("PIN+CARD", 1)]
    assert reward_map.write_content([("CORE", 1), ("PIN", 2)]) == "CORE + 2 PIN"
    with pytest.raises(ValueError, match="beside a plus"):
        reward_map.read_content("CORE + ", skus)
