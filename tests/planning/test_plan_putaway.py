"""Where a carton goes: allowed, together with its like, and as near as it sells."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import putaway
from wms.planning.problems import BadProblem
from wms.planning.putaway import Alternative, Candidate, Content, Plan, Problem

PIN = Content("PIN", 10, 100, 5, owner="LNT")


def place(place_id: int, distance: int = 5_000, **rest: object) -> Candidate:
    fields = {"zone": "A", "free_mm3": 5_000, "free_g": 500, "skus": frozenset(), "hazard_ok": False, "empty": True}
    return Candidate(place_id, distance=distance, **{**fields, **rest})


def holding(place_id: int, sku: str, distance: int = 5_000, **rest: object) -> Candidate:
    return place(place_id, distance, skus=frozenset({sku}), empty=False, **rest)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    skus, owners = st.sampled_from(["PIN", "TEA"]), st.sampled_from(["LNT", "OWL"])
    part = st.builds(Content, skus, st.integers(1, 5), st.integers(0, 400), st.integers(0, 40), st.booleans(), owners)
    rest = st.fixed_dictionaries({
        "distance": st.integers(0, 5), "skus": st.frozensets(skus), "hazard_ok": st.booleans(), "empty": st.booleans(),
        "single_sku": st.booleans(), "owners": st.frozensets(owners, max_size=1), "planned": st.booleans(),
        "free_mm3": st.sampled_from([100, 900, 9_000]), "free_g": st.sampled_from([10, 90, 900]),
        "apart_mm": st.integers(0, 3),
    })  # fmt: skip
    places = tuple(place(number, **fields) for number, fields in enumerate(draw(st.lists(rest, max_size=6))))
    return Problem(tuple(draw(st.lists(part, min_size=1, max_size=2))), places, draw(st.sampled_from("ABC")))


@given(problem=problems())
@settings(deadline=None)
def test_every_plan_keeps_every_rule(problem):
    assert putaway.verify(problem, putaway.plan(problem)) == []


@given(problem=problems())
@settings(deadline=None)
def test_a_place_is_found_whenever_the_baseline_finds_one(problem):
    assert (putaway.plan(problem).place_id is None) == (putaway.baseline(problem).place_id is None)


@given(problem=problems())
@settings(deadline=None)
def test_a_fast_mover_among_empty_places_is_never_farther_than_by_the_baseline(problem):
    bare = {"skus": frozenset(), "empty": True, "planned": False, "apart_mm": 0}
    empty = tuple(replace(each, **bare) for each in problem.places)
    problem = replace(problem, places=empty, velocity="A")
    distance = {each.place_id: each.distance for each in empty} | {None: 0}
    assert distance[putaway.plan(problem).place_id] <= distance[putaway.baseline(problem).place_id]


@given(problem=problems())
@settings(deadline=None)
def test_the_same_problem_gives_the_same_plan(problem):
    assert putaway.plan(problem) == putaway.plan(problem)


@pytest.mark.parametrize(("velocity", "best"), [("A", 1), ("B", 2), ("C", 3)])
def test_a_fast_mover_goes_near_and_a_slow_one_far(velocity, best):
    places = (place(3, 9_000), place(1, 1_000), place(2, 5_000))
    assert putaway.plan(Problem((PIN,), places, velocity)).place_id == best


@pytest.mark.parametrize("velocity", ["A", "B", "C"])
def test_of_places_as_far_as_each_other_the_one_beside_what_goes_with_it_wins(velocity):
    places = (place(1, 5_000, apart_mm=9_000), place(2, 5_000, apart_mm=2_000))
    found = putaway.plan(Problem((PIN,), places, velocity))
    assert (found.place_id, found.why) == (2, "Empty, 5 m from the picks, 2 m from what goes with it.")


def test_the_planned_place_comes_before_the_same_item_before_an_empty_one():
    places = (place(1, 0), holding(2, "PIN"), place(3, planned=True), holding(4, "TEA", single_sku=False))
    found = putaway.plan(Problem((PIN,), places, "A"))
    assert [found.place_id, *(other.place_id for other in found.ranked)] == [3, 2, 1, 4]


def test_the_reason_says_what_is_there_and_how_far():
    found = putaway.plan(Problem((PIN,), (holding(2, "PIN", 12_000), place(3, 4_000))))
    assert found.why == "Holds PIN already, 12 m from the picks."
    assert found.ranked == (Alternative(3, "Empty, 4 m from the picks."),)


@pytest.mark.parametrize(
    ("candidate", "rule"),
    [
        (place(1, free_mm3=999), "is too small"),
        (place(1, free_g=49), "cannot bear the weight"),
        (holding(1, "TEA"), "holds one item at a time"),
        (place(1, owners=frozenset({"OWL"})), "holds another owner's goods"),
    ],
)
def test_a_rule_that_forbids_the_only_place_is_named_and_found_by_verify(candidate, rule):
    problem = Problem((PIN,), (candidate,))
    assert putaway.plan(problem) == Plan(None, f"No place: 1 × {rule}.")
    assert putaway.verify(problem, Plan(1, "")) != []


def test_hazardous_goods_go_only_where_they_may():
    lamp_oil = Content("OIL", 1, 10, 10, hazard=True)
    problem = Problem((lamp_oil,), (place(1, 0), place(2, hazard_ok=True)))
    assert putaway.plan(problem).place_id == 2
    assert "place 1 is not for hazardous goods such as OIL" in putaway.verify(problem, Plan(1, ""))


def test_a_mixed_carton_needs_a_place_for_several_items():
    problem = Problem((PIN, PIN._replace(sku="TEA")), (place(1), place(2, single_sku=False)))
    assert putaway.plan(problem).place_id == 2


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (Plan(None, ""), "place 1 may take it, but is not proposed"),
        (Plan(9, ""), "place 9 is unknown"),
        (Plan(1, ""), "place 3 holds the item already"),
        (Plan(3, "", (Alternative(3, ""),)), "place 3 is named twice"),
    ],
)
def test_verify_finds_a_planted_error(plan, fault):
    problem = Problem((PIN,), (place(1), place(2), holding(3, "PIN")), "A")
    assert fault in putaway.verify(problem, plan)


def test_verify_finds_a_nearer_place_for_a_fast_mover():
    problem = Problem((PIN,), (place(1, 2_000), place(2, 1_000)), "A")
    assert putaway.verify(problem, Plan(1, "")) == ["place 2 is nearer"]


def test_verify_finds_a_planned_place_passed_over():
    problem = Problem((PIN,), (place(1), place(2, planned=True)))
    assert putaway.verify(problem, Plan(1, "")) == ["place 2 is planned for it"]


def test_nothing_to_put_away_is_refused():
    with pytest.raises(BadProblem, match="nothing to put away"):
        Problem((), (place(1),))
