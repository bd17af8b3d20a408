"""Cartons for an order: one, the cheapest that will do, else as few as possible; every unit in a place of its own."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import cartonization
from wms.planning.cartonization import (
    THIS_SIDE_UP,
    Carton,
    Options,
    Parcel,
    Placement,
    Plan,
    Problem,
    Unit,
    fewest,
    flat,
)
from wms.planning.packer import Effort
from wms.planning.problems import BadProblem

SIDE = st.integers(1, 12)
CARTON = st.tuples(SIDE, SIDE, SIDE, st.integers(0, 5), st.integers(5, 60), st.integers(0, 9))
ROOMY = Carton("M", 300, 200, 100, 50, 10_000)
BRIEF = Options(looks=4_000, quick=Effort(200, 60, 100), hard=Effort(400, 80, 200), dogged=Effort(400, 80, 200))


@st.composite
def problems(draw: st.DrawFn, qty_max: int = 6) -> Problem:
    unit = st.tuples(st.integers(1, qty_max), SIDE, SIDE, SIDE, st.integers(0, 20))
    rules = st.tuples(st.integers(1, 7), st.booleans(), st.sampled_from([False, False, True]))
    rows = draw(st.lists(st.tuples(unit, rules), max_size=4))
    units = tuple(Unit(f"SKU-{n}", *unit, *rules) for n, (unit, rules) in enumerate(rows))
    cartons = tuple(Carton(f"C{n}", *row) for n, row in enumerate(draw(st.lists(CARTON, max_size=3))))
    return Problem(units, cartons, draw(st.integers(40, 100)), draw(st.sampled_from([0, 60, 100])))


def price(plan: Plan) -> tuple[int, int, int]:
    return len(plan.parcels), plan.cost, plan.mm3


@given(problem=problems())
@settings(deadline=None, max_examples=60)
def test_every_plan_keeps_every_rule_and_is_never_worse_than_the_baseline(problem):
    found, dumb = cartonization.plan(problem, BRIEF), cartonization.baseline(problem)
    assert cartonization.verify(problem, found) == []
    assert cartonization.verify(problem, dumb) == []
    assert price(found) <= price(dumb)
    assert len(found.parcels) >= fewest(problem)


def positions(unit: Unit, carton: Carton, placed: list[Placement]) -> list[Placement]:
    """Every way to put a unit against a wall or a unit that is there, however it may lie."""
    turns = {(a, b, c) for a, b, c in ((unit.sides[i], unit.sides[j], unit.sides[3 - i - j])
             for i in range(3) for j in range(3) if i != j)}  # fmt: skip
    edges = [sorted({0, *(each[1 + axis] + each[4 + axis] for each in placed)}) for axis in range(3)]
    return [Placement(unit.sku, x, y, z, *turn, len(placed) + 1) for turn in turns for x, y, z in product(*edges)]


def apart(a: Placement, b: Placement) -> bool:
    return any(a[axis] + a[axis + 3] <= b[axis] or b[axis] + b[axis + 3] <= a[axis] for axis in (1, 2, 3))


def any_packing(units: list[Unit], carton: Carton, placed: list[Placement]) -> bool:
    """Whether the units fit, by trying every order, every turn and every position."""
    if not units:
        return True
    for k, unit in enumerate(units):
        for spot in positions(unit, carton, placed):
            inside = all(spot[axis + 1] + spot[axis + 4] <= carton.sides[axis] for axis in range(3))
            free = inside and all(apart(spot, each) for each in placed)
            if free and any_packing(units[:k] + units[k + 1 :], carton, [*placed, spot]):
                return True
    return False


def try_everything(problem: Problem) -> tuple[int, int, int]:
    """The best price over all ways to divide the units and all cartons for each part."""
    singles = list(problem.units)
    fits = {
        (subset, carton): sum(singles[k].weight_g for k in subset) + carton.tare_g <= carton.max_g
        and any_packing([singles[k] for k in subset], carton, [])
        for size in range(1, len(singles) + 1)
        for subset in combinations(range(len(singles)), size)
        for carton in problem.cartons
    }
    results = []
    for boxes in product(range(len(singles)), repeat=len(singles)):
        parts = [tuple(k for k, box in enumerate(boxes) if box == number) for number in sorted(set(boxes))]
        for cartons in product(problem.cartons, repeat=len(parts)):
            if all(fits[part, carton] for part, carton in zip(parts, cartons, strict=True)):
                results.append((len(parts), sum(c.cost for c in cartons), sum(c.mm3 for c in cartons)))
    return min(results)


@given(sides=st.lists(st.tuples(SIDE, SIDE, SIDE, st.integers(0, 20)), min_size=1, max_size=3), small=CARTON)
@settings(max_examples=25, deadline=None)
def test_a_few_units_are_packed_as_by_trying_everything(sides, small):
    units = tuple(Unit(f"SKU-{n}", 1, *row) for n, row in enumerate(sides))
    problem = Problem(units, (Carton("S", *small), Carton("L", 12, 12, 14, 5, 40, 5)), support_percent=0)
    best = try_everything(problem)
    assert price(cartonization.plan(problem)) == best
    assert fewest(problem) <= best[0]


@given(problem=problems())
@settings(deadline=None, max_examples=15)
def test_the_same_problem_gives_the_same_plan(problem):
    assert cartonization.plan(problem, BRIEF) == cartonization.plan(problem, BRIEF)


def test_a_search_that_runs_out_of_time_says_so_and_is_not_worse_than_the_baseline():
    units = tuple(Unit(f"SKU-{n}", 9, 70 + n, 50 + n, 30, 100) for n in range(6))
    problem = Problem(units, (ROOMY,))
    late = cartonization.plan(problem, Options(seconds_max=0.0))
    assert (late.limit_hit, cartonization.verify(problem, late)) == (True, [])
    assert price(late) <= price(cartonization.baseline(problem))


def test_the_cheapest_carton_that_takes_all_is_chosen_before_the_smallest():
    cartons = (ROOMY._replace(cost=50), Carton("L", 600, 400, 300, 300, 30_000, 40), Carton("S", 90, 90, 90, 10, 9_000))
    assert cartonization.plan(Problem((Unit("GAME", 1, 290, 190, 90, 900),), cartons)).parcels[0].carton == "L"


def test_of_equally_cheap_cartons_the_smallest_is_chosen_and_the_units_are_placed():
    cartons = (Carton("L", 600, 400, 300, 300, 30_000), ROOMY, Carton("S", 90, 90, 90, 10, 10_000))
    found = cartonization.plan(Problem((Unit("GAME", 1, 290, 190, 90, 900),), cartons))
    assert found.parcels == (Parcel("M", (("GAME", 1),), 950, (Placement("GAME", 0, 0, 0, 290, 190, 90, 1),)),)


def test_a_unit_is_turned_to_fit_unless_it_must_stay_upright():
    mat = Unit("MAT", 1, 90, 290, 190, 9)
    assert cartonization.plan(Problem((mat,), (ROOMY,))).unpackable == ()
    assert cartonization.plan(Problem((mat._replace(up=THIS_SIDE_UP),), (ROOMY,))).unpackable == (("MAT", 1),)


def test_a_unit_that_must_lie_flat_has_its_shortest_side_upright():
    print_ = Unit("PRINT", 2, 10, 190, 90, 9, flat((10, 190, 90)))
    found = cartonization.plan(Problem((print_,), (ROOMY,))).parcels[0]
    assert [each.dz for each in found.placements] == [10, 10]


def test_what_would_fit_by_volume_but_not_in_space_gets_a_larger_carton():
    cartons = (Carton("CUBE", 100, 100, 100, 10, 9_000), Carton("LONG", 400, 80, 80, 10, 9_000))
    found = cartonization.plan(Problem((Unit("STICK", 2, 70, 70, 70, 100),), cartons))
    assert [parcel.carton for parcel in found.parcels] == ["LONG"]


def test_a_heavy_unit_is_never_above_a_fragile_one():
    units = (Unit("GLASS", 1, 100, 100, 40, 200, fragile=True), Unit("IRON", 1, 100, 100, 40, 3_000))
    found = cartonization.plan(Problem(units, (Carton("TALL", 100, 100, 90, 10, 9_000),)))
    assert [each.sku for each in found.parcels[0].placements] == ["IRON", "GLASS"]


def test_two_fragile_units_of_which_none_may_carry_the_other_go_apart():
    units = (Unit("VASE", 1, 100, 100, 50, 200, fragile=True), Unit("IRON", 1, 100, 100, 50, 300, THIS_SIDE_UP))
    low = Carton("LOW", 100, 100, 60, 10, 9_000)
    assert len(cartonization.plan(Problem(units, (low,))).parcels) == 2


def test_soft_units_fill_the_room_between_the_others():
    units = (Unit("GAME", 1, 200, 200, 80, 900), Unit("SHIRT", 4, 250, 180, 20, 200, soft=True))
    carton = Carton("M", 300, 250, 100, 50, 10_000)
    found = cartonization.plan(Problem(units, (carton,), fill_percent=85))
    assert [parcel.units for parcel in found.parcels] == [(("GAME", 1), ("SHIRT", 4))]
    assert len(cartonization.plan(Problem(units, (carton,), fill_percent=80)).parcels) == 2


def test_what_is_too_heavy_for_one_carton_goes_into_two():
    found = cartonization.plan(Problem((Unit("COINS", 4, 20, 20, 20, 4_000),), (ROOMY,)))
    assert [parcel.units for parcel in found.parcels] == [(("COINS", 2),), (("COINS", 2),)]


def test_heavy_and_light_goods_are_divided_so_that_two_cartons_carry_them():
    units = (Unit("LEAD", 2, 50, 50, 50, 4_500), Unit("FOAM", 3, 200, 200, 100, 50))
    cartons = (Carton("STRONG", 100, 60, 60, 0, 9_000), Carton("WIDE", 200, 200, 300, 0, 2_000))
    found = cartonization.plan(Problem(units, cartons))
    assert sorted(parcel.carton for parcel in found.parcels) == ["STRONG", "WIDE"]


def test_a_unit_that_no_carton_takes_is_named_and_the_rest_is_packed():
    units = (Unit("KAYAK", 1, 3_000, 500, 500, 9_000), Unit("PIN", 2, 10, 10, 10, 5))
    found = cartonization.plan(Problem(units, (ROOMY,)))
    assert (found.unpackable, len(found.parcels)) == ((("KAYAK", 1),), 1)


def test_fifty_equal_units_and_a_few_others_fill_a_carton_almost_wholly():
    units = (Unit("BRICK", 50, 60, 40, 30, 5), Unit("ROD", 6, 180, 20, 20, 5), Unit("DIE", 20, 20, 20, 20, 5))
    found = cartonization.plan(Problem(units, (Carton("BOX", 240, 160, 120, 10, 9_000),)))
    assert (len(found.parcels), len(found.parcels[0].placements)) == (1, 76)


GAME = "parcel 1: GAME"
GOOD = Problem(
    (Unit("GAME", 2, 200, 150, 50, 900), Unit("PIN", 1, 10, 10, 10, 5, THIS_SIDE_UP, True)),
    (ROOMY, Carton("S", 40, 40, 40, 9, 99)),
)
LOW, HIGH, PIN = (
    Placement("GAME", 0, 0, 0, 200, 150, 50, 1),
    Placement("GAME", 0, 0, 50, 200, 150, 50, 2),
    Placement("PIN", 200, 0, 0, 10, 10, 10, 3),
)
CONTENT = (("GAME", 2), ("PIN", 1))


def packed(*placements: Placement, carton: str = "M", content=CONTENT, gross: int = 1_855) -> Plan:
    return Plan((Parcel(carton, content, gross, placements),), (), 6_000_000)


def test_a_good_packing_is_certified():
    assert cartonization.verify(GOOD, packed(LOW, HIGH, PIN)) == []


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (packed(LOW, HIGH, PIN, content=(("GAME", 2),)), "PIN: 1 wanted, 0 packed"),
        (packed(LOW, HIGH, PIN, carton="X"), "carton X is unknown"),
        (packed(LOW, HIGH, PIN, carton="S"), "parcel 1: GAME does not fit S"),
        (packed(LOW, HIGH, PIN, carton="S", gross=1_814), "parcel 1: weighs 1814 g, S takes 99 g"),
        (packed(LOW, HIGH, PIN, gross=7), "parcel 1: weighs 1855 g, not 7 g"),
        (packed(LOW, HIGH, PIN, content=(*CONTENT, ("TEA", 1))), "1 of TEA are packed, none is wanted"),
        (packed(LOW, PIN), "parcel 1: 1 places for 2 of GAME"),
        (packed(LOW, HIGH._replace(step=1), PIN), "parcel 1: its steps are not 1, 2, 3 and so on"),
        (packed(LOW, HIGH._replace(z=40), PIN), "parcel 1: GAME of step 1 and GAME of step 2 overlap"),
        (packed(LOW, HIGH._replace(z=51), PIN), "parcel 1: GAME of step 2 sticks out"),
        (packed(LOW, HIGH._replace(x=20), PIN), "parcel 1: GAME of step 2 stands on 27000 of 30000 mm2"),
        (packed(LOW, HIGH, PIN._replace(dz=11)), "parcel 1: PIN may not lie 10 x 10 x 11"),
        (packed(LOW._replace(step=2), HIGH._replace(step=1), PIN), f"{GAME} of step 2 must go under GAME of step 1"),
        (packed(LOW, HIGH._replace(x=100), PIN), "parcel 1: GAME of step 2 is above the fragile PIN"),
    ],
)  # fmt: skip
def test_the_checker_finds_a_planted_error(plan, fault):
    assert fault in cartonization.verify(GOOD, plan)


def test_the_checker_finds_false_sums_and_a_unit_refused_without_need():
    found = replace(packed(LOW, HIGH, PIN), mm3=1, cost=2)
    assert cartonization.verify(GOOD, found) == ["the cartons have 6000000 mm3, not 1", "the cartons cost 0, not 2"]
    refused = cartonization.verify(Problem(GOOD.units[1:], GOOD.cartons), Plan((), (("PIN", 1),), 0))
    assert refused == ["PIN is called unpackable, but fits a carton"]


def test_the_checker_finds_too_much_soft_stuff():
    problem = Problem((Unit("SHIRT", 2, 200, 150, 90, 1, soft=True),), (ROOMY,))
    crowded = Plan((Parcel("M", (("SHIRT", 2),), 52),), (), 6_000_000)
    assert cartonization.verify(problem, crowded) == [
        "parcel 1: its soft units take more than 80 % of the room that is left"
    ]


@pytest.mark.parametrize(
    ("unit", "reason"),
    [
        (Unit("PIN", 1, 0, 10, 10, 5), "PIN has a side of less than 1 mm"),
        (Unit("PIN", 1, 10, 10, 10, 5, 0), "PIN may not lie in any way"),
        (Unit("PIN", 0, 10, 10, 10, 5), "quantity or weight of PIN is too low"),
    ],
)
def test_a_unit_that_makes_no_sense_is_refused_by_its_name(unit, reason):
    with pytest.raises(BadProblem, match=reason):
        Problem((unit,), (ROOMY,))


def test_flat_goods_that_fill_a_carton_are_piled_up_the_largest_below():
    units = (Unit("CARD", 9, 10, 140, 90, 30), Unit("BOOK", 15, 297, 190, 5, 400), Unit("PAD", 1, 150, 280, 35, 90))
    carton = Carton("LOW", 300, 200, 200, 50, 30_000)
    found = cartonization.plan(Problem(units, (carton,)))
    assert cartonization.verify(Problem(units, (carton,)), found) == []
    pile = [each.sku for each in found.parcels[0].placements]
    assert pile == ["BOOK"] * 15 + ["PAD"] + ["CARD"] * 9


@pytest.mark.parametrize(
    ("unit", "parcels"),
    [
        (Unit("SLAB", 5, 210, 160, 25, 90), 2),  # a layer takes one, and 4 layers are as high as the carton
        (Unit("BRICK", 3, 160, 110, 95, 90), 2),  # two lie in a row of 220 mm, or one in a row of 160 mm
        (Unit("LEAD", 5, 20, 20, 20, 3_400), 3),  # two of them weigh 6,800 g of 9,950 g
    ],
)
def test_what_rounding_leaves_unused_counts_in_the_bound(unit, parcels):
    assert fewest(Problem((unit,), (ROOMY,))) == parcels
    assert len(cartonization.plan(Problem((unit,), (ROOMY,))).parcels) == parcels


def test_no_plan_can_have_fewer_parcels_than_volume_weight_and_fit_say():
    units = (Unit("POSTER", 1, 880, 60, 60, 200), Unit("GAME", 3, 290, 190, 90, 900))
    assert fewest(Problem(units, (ROOMY, Carton("TUBE", 900, 80, 80, 100, 5_000)))) == 4
