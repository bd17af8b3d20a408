"""Pick faces: the oftener an item is picked, the nearer and handier its face."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import slotting
from wms.planning.problems import BadProblem
from wms.planning.slotting import Face, ItemDemand, Plan, Problem


@st.composite
def problems(draw: st.DrawFn, items_max: int = 7, roomy: bool = False) -> Problem:
    mm3 = st.just(0) if roomy else st.integers(0, 3)
    item = st.tuples(st.integers(0, 9), mm3, st.booleans() if not roomy else st.just(False))
    face = st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 3), st.booleans())
    items = tuple(ItemDemand(f"SKU-{n}", *row) for n, row in enumerate(draw(st.lists(item, max_size=items_max))))
    faces = tuple(Face(n, *row) for n, row in enumerate(draw(st.lists(face, max_size=items_max))))
    return Problem(items, faces, level_mm=draw(st.integers(0, 5)))


@given(problem=problems())
@settings(deadline=None)
def test_every_plan_keeps_every_rule(problem):
    assert slotting.verify(problem, slotting.plan(problem)) == []
    assert slotting.verify(problem, slotting.baseline(problem)) == []


@given(problem=problems())
@settings(deadline=None)
def test_no_plan_costs_more_than_slotting_by_name(problem):
    assert slotting.plan(problem).cost_mm <= slotting.baseline(problem).cost_mm


@given(problem=problems(4, roomy=True))
@settings(deadline=None)
def test_where_everything_fits_the_plan_is_the_best_of_all(problem):
    places = [*problem.faces, *[None] * len(problem.items)]
    best = min(
        sum(
            item.picks * (problem.reserve_mm if face is None else problem.pick_mm(face))
            for item, face in zip(problem.items, chosen, strict=True)
        )
        for chosen in permutations(places, len(problem.items))
    )
    assert slotting.plan(problem).cost_mm == best


@given(problem=problems())
@settings(deadline=None)
def test_the_same_problem_gives_the_same_plan(problem):
    assert slotting.plan(problem) == slotting.plan(problem)


def test_the_most_picked_item_gets_the_nearest_face_at_hand_height():
    faces = (Face(1, 1_000, 3, 9), Face(2, 1_000, 1, 9), Face(3, 9_000, 1, 9))
    found = slotting.plan(Problem((ItemDemand("SLOW", 1), ItemDemand("FAST", 90)), faces))
    assert found.place_of == {"FAST": 2, "SLOW": 1}


def test_a_large_slow_item_keeps_the_only_face_that_holds_it():
    items = (ItemDemand("SMALL", 9, 1), ItemDemand("LARGE", 8, 5))
    found = slotting.plan(Problem(items, (Face(1, 10, 1, 5), Face(2, 10, 1, 1))))
    assert found.place_of == {"LARGE": 1, "SMALL": 2}


GOOD = Problem((ItemDemand("OIL", 5, 2, hazard=True), ItemDemand("PIN", 3, 4)), (Face(1, 1, 1, 2), Face(2, 2, 1, 4)))


@pytest.mark.parametrize(
    ("faces", "unplaced", "fault"),
    [
        ((("OIL", 1), ("PIN", 1)), (), "face 1 is given to 2 items"),
        ((("OIL", 2), ("PIN", 1)), (), "face 1 is too small: PIN"),
        ((("OIL", 1),), (), "item PIN is named 0 times"),
        ((("OIL", 1),), ("PIN",), "item PIN has no face, but one is free"),
        ((("OIL", 1), ("TEA", 2)), ("PIN",), "item TEA is unknown"),
        ((("OIL", 1), ("PIN", 7)), (), "face 7 is unknown"),
    ],
)
def test_verify_finds_a_planted_error(faces, unplaced, fault):
    good = slotting.plan(GOOD)
    assert slotting.verify(GOOD, good) == []
    assert fault in slotting.verify(GOOD, Plan(faces, unplaced, good.cost_mm))


def test_verify_finds_hazardous_goods_in_the_wrong_face_and_a_false_cost():
    faces = (GOOD.faces[0]._replace(hazard_ok=False), GOOD.faces[1])
    found = slotting.plan(GOOD)
    assert slotting.verify(replace(GOOD, faces=faces), found) == ["face 1 is not for hazardous goods: OIL"]
    assert slotting.verify(GOOD, replace(found, cost_mm=1)) == [f"the plan costs {found.cost_mm} mm, not 1"]


def test_an_item_given_twice_is_refused_by_its_name():
    with pytest.raises(BadProblem, match="item PIN is given twice"):
        Problem((ItemDemand("PIN", 1), ItemDemand("PIN", 2)), ())
