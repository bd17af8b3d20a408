"""Cartons for an order: one, the smallest that will do, else as few as possible."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import cartonization
from wms.planning.cartonization import Carton, Parcel, Plan, Problem, Unit
from wms.planning.problems import BadProblem

SIDE = st.integers(1, 12)
CARTON = st.tuples(SIDE, SIDE, SIDE, st.integers(0, 5), st.integers(5, 60))
ROOMY = Carton("M", 300, 200, 100, 50, 10_000)


@st.composite
def problems(draw: st.DrawFn, qty_max: int = 9) -> Problem:
    unit = st.tuples(st.integers(1, qty_max), SIDE, SIDE, SIDE, st.integers(0, 20))
    units = tuple(Unit(f"SKU-{n}", *row) for n, row in enumerate(draw(st.lists(unit, max_size=4))))
    cartons = tuple(Carton(f"C{n}", *row) for n, row in enumerate(draw(st.lists(CARTON, max_size=4))))
    return Problem(units, cartons, draw(st.integers(40, 100)))


@given(problem=problems())
@settings(deadline=None)
def test_every_plan_keeps_every_rule(problem):
    assert cartonization.verify(problem, cartonization.plan(problem)) == []
    assert cartonization.verify(problem, cartonization.baseline(problem)) == []


@given(problem=problems())
@settings(deadline=None)
def test_never_more_parcels_or_volume_than_filling_the_largest_carton(problem):
    found, dumb = cartonization.plan(problem), cartonization.baseline(problem)
    assert (len(found.parcels), found.mm3) <= (len(dumb.parcels), dumb.mm3)


def try_everything(problem: Problem) -> tuple[int, int]:
    """Fewest parcels, then least volume, over every assignment of units to cartons that verify accepts."""
    singles = [unit.sku for unit in problem.units for _ in range(unit.qty)]
    weight = {unit.sku: unit.weight_g for unit in problem.units}
    results = []
    for boxes in product(range(len(singles)), repeat=len(singles)):
        groups = [[sku for sku, box in zip(singles, boxes, strict=True) if box == number] for number in set(boxes)]
        for cartons in product(problem.cartons, repeat=len(groups)):
            parcels = tuple(
                Parcel(each.code, tuple((sku, group.count(sku)) for sku in sorted(set(group))),
                       each.tare_g + sum(weight[sku] for sku in group))
                for group, each in zip(groups, cartons, strict=True)
            )  # fmt: skip
            plan = Plan(parcels, (), sum(each.mm3 for each in cartons))
            results += [(len(parcels), plan.mm3)] if not cartonization.verify(problem, plan) else []
    return min(results)


@given(sides=st.lists(st.tuples(SIDE, SIDE, SIDE, st.integers(0, 20)), min_size=1, max_size=3), small=CARTON)
@settings(max_examples=60, deadline=None)
def test_a_few_units_are_divided_as_by_trying_everything(sides, small):
    units = tuple(Unit(f"SKU-{n}", 1, *row) for n, row in enumerate(sides))
    problem = Problem(units, (Carton("S", *small), Carton("L", 12, 12, 14, 5, 40)))
    found = cartonization.plan(problem)
    assert (len(found.parcels), found.mm3) == try_everything(problem)


@given(problem=problems())
@settings(deadline=None, max_examples=50)
def test_the_same_problem_gives_the_same_plan(problem):
    assert cartonization.plan(problem) == cartonization.plan(problem)


def test_the_smallest_carton_that_takes_all_is_chosen():
    cartons = (Carton("L", 600, 400, 300, 300, 30_000), ROOMY, Carton("S", 90, 90, 90, 10, 10_000))
    found = cartonization.plan(Problem((Unit("GAME", 1, 290, 190, 90, 900),), cartons))
    assert found.parcels == (Parcel("M", (("GAME", 1),), 950),)


def test_a_unit_is_turned_to_fit():
    assert cartonization.plan(Problem((Unit("MAT", 1, 90, 290, 190, 9),), (ROOMY,))).unpackable == ()


def test_a_long_unit_of_little_volume_needs_a_long_carton():
    cartons = (ROOMY, Carton("TUBE", 900, 80, 80, 100, 5_000))
    assert cartonization.plan(Problem((Unit("POSTER", 1, 880, 60, 60, 200),), cartons)).parcels[0].carton == "TUBE"


def test_what_is_too_heavy_for_one_carton_goes_into_two():
    found = cartonization.plan(Problem((Unit("COINS", 4, 20, 20, 20, 4_000),), (ROOMY,)))
    assert [parcel.units for parcel in found.parcels] == [(("COINS", 2),), (("COINS", 2),)]


def test_a_unit_that_no_carton_takes_is_named_and_the_rest_is_packed():
    units = (Unit("KAYAK", 1, 3_000, 500, 500, 9_000), Unit("PIN", 2, 10, 10, 10, 5))
    found = cartonization.plan(Problem(units, (ROOMY,)))
    assert (found.unpackable, len(found.parcels)) == ((("KAYAK", 1),), 1)


GOOD = Problem(
    (Unit("GAME", 2, 200, 150, 50, 900), Unit("PIN", 1, 10, 10, 10, 5)), (ROOMY, Carton("S", 40, 40, 40, 9, 99))
)


@pytest.mark.parametrize(
    ("parcels", "fault"),
    [
        ((Parcel("M", (("GAME", 2),), 1_850),), "PIN: 1 wanted, 0 packed"),
        ((Parcel("X", (("GAME", 2), ("PIN", 1)), 1_855),), "carton X is unknown"),
        ((Parcel("S", (("GAME", 2), ("PIN", 1)), 1_814),), "parcel 1: GAME does not fit S"),
        ((Parcel("S", (("GAME", 2), ("PIN", 1)), 1_814),), "parcel 1: weighs 1814 g, S takes 99 g"),
        ((Parcel("M", (("GAME", 2), ("PIN", 1)), 7),), "parcel 1: weighs 1855 g, not 7 g"),
        ((Parcel("M", (("GAME", 2), ("PIN", 1), ("TEA", 1)), 1_855),), "1 of TEA are packed, none is wanted"),
    ],
)
def test_verify_finds_a_planted_error(parcels, fault):
    good = cartonization.plan(GOOD)
    assert cartonization.verify(GOOD, good) == []
    assert fault in cartonization.verify(GOOD, replace(good, parcels=parcels))


def test_verify_finds_an_overfull_carton_and_a_false_volume():
    tight = replace(GOOD, fill_percent=40)
    overfull = Plan((Parcel("M", (("GAME", 2), ("PIN", 1)), 1_855),), (), 1)
    assert cartonization.verify(tight, overfull) == [
        "parcel 1: is fuller than 40 %",
        "the cartons have 6000000 mm3, not 1",
    ]


def test_verify_finds_a_unit_refused_without_need():
    found = cartonization.verify(Problem(GOOD.units[1:], GOOD.cartons), Plan((), (("PIN", 1),), 0))
    assert found == ["PIN is called unpackable, but fits a carton"]


def test_a_unit_without_a_side_is_refused_by_its_name():
    with pytest.raises(BadProblem, match="PIN has a side of less than 1 mm"):
        Problem((Unit("PIN", 1, 0, 10, 10, 5),), (ROOMY,))
