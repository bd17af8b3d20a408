"""What packing needs of items and cartons stands in optional columns: files without them are read as before."""

from __future__ import annotations

import pytest

from wms.formats.equipment import read_cartons
from wms.formats.errors import FormatError
from wms.formats.items import read_items

CARTONS = "code,name,length_mm,width_mm,height_mm,tare_g,max_g"
ITEMS = "owner,sku,name,length_mm,width_mm,height_mm,weight_g"


def test_a_carton_has_a_cost_when_the_file_says_so():
    dear = read_cartons(f"{CARTONS},cost\nS,Small,9,9,9,5,400,55\n".encode(), "cartons.csv")
    free = read_cartons(f"{CARTONS}\nS,Small,9,9,9,5,400\n".encode(), "cartons.csv")
    assert (dear[0].cost, free[0].cost) == (55, 0)


def test_a_cost_below_nothing_is_refused():
    with pytest.raises(FormatError, match="-1 is not between 0"):
        read_cartons(f"{CARTONS},cost\nS,Small,9,9,9,5,400,-1\n".encode(), "cartons.csv")


def test_an_item_says_that_it_is_soft_or_must_stay_upright():
    items = read_items(
        f"{ITEMS},upright,soft\nLNT,TEA,Tea,9,9,9,5,yes,\nLNT,TEE,Tee,9,9,9,5,,yes\n".encode(), "items.csv"
    )
    assert [(item.upright, item.soft) for item in items] == [(True, False), (False, True)]
