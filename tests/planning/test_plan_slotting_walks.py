"""Slotting by the walks of past orders: shorter where it counts, within the rules, and within a budget of moves."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import slotting, speed
from wms.planning.ground import prepare
from wms.planning.layout import Floor, Place, measure
from wms.planning.problems import BadProblem
from wms.planning.replay import replay_of
from wms.planning.slotting import AWAY, Face, ItemDemand, Move, Options, Plan, Problem
from wms.planning.standing import Standing, standing_at
from wms.planning.walking import trip

QUICK = Options(trials_max=3_000)
TEAMS = [[f"{number}{team}" for number in range(4)] for team in "ABCDEF"]
"""Items that are ordered together, and that velocity would scatter: all are picked equally often."""


def orders(count: int, seed: int = 5) -> tuple[tuple[str, ...], ...]:
    rng = random.Random(seed)
    return tuple(tuple(rng.sample(rng.choice(TEAMS), 3)) for _ in range(count))


def problem_on(floor: Floor, faces: int = 24, **more: object) -> Problem:
    places = [place for place in floor.places if place.aisle][:: max(1, (len(floor.places) - 4) // faces)][:faces]
    shelves = tuple(Face(place.id, floor.distance(1, place.id), 1, 9) for place in places)
    items = tuple(ItemDemand(sku, 10) for sku in sorted(sku for team in TEAMS for sku in team))
    return Problem(items, shelves, **{"floor": floor, "history": orders(100), **more})  # type: ignore[arg-type]


def scattered(problem: Problem) -> tuple[tuple[str, int], ...]:
    """The items on the faces in an order that has nothing to do with teams."""
    skus = [item.sku for item in problem.items]
    random.Random(1).shuffle(skus)
    return tuple(zip(skus, (face.place_id for face in problem.faces), strict=False))


def test_items_ordered_together_come_to_lie_on_one_way(grid: Callable[..., Floor]) -> None:
    problem = problem_on(grid(6, 10))
    found = slotting.plan(problem, QUICK)
    velocity = slotting.plan(replace(problem, history=()), QUICK)
    unseen = replace(problem, history=orders(80, seed=9))
    assert found.method == "route"
    assert slotting.verify(problem, found) == []
    assert slotting.walk(unseen, found.faces) < 0.9 * slotting.walk(unseen, velocity.faces)


@pytest.mark.parametrize("cross", [2, 3])
def test_a_route_plan_costs_no_more_than_velocity_or_slotting_by_name(grid: Callable[..., Floor], cross: int) -> None:
    problem = problem_on(grid(3, 8, cross), orders_per_list=3)
    found = slotting.plan(problem, replace(QUICK, trials_max=100))
    assert slotting.verify(problem, found) == []
    assert found.cost_mm <= slotting.baseline(problem).cost_mm


def test_chance_teaches_nothing(grid: Callable[..., Floor]) -> None:
    rng = random.Random(3)
    skus = [sku for team in TEAMS for sku in team]
    noise = tuple(tuple(rng.sample(skus, 3)) for _ in range(150))
    found = slotting.plan(problem_on(grid(1, 24), history=noise), replace(QUICK, trials_max=500))
    assert found.method == "velocity"


def test_a_floor_of_three_items_gets_the_best_of_all_layouts(grid: Callable[..., Floor]) -> None:
    problem = problem_on(grid(3, 4), faces=4, history=(("A", "B"), ("A",), ("A", "B"), ("C", "B"), ("C",)) * 20)
    problem = replace(problem, items=tuple(ItemDemand(sku, 1) for sku in "ABC"))
    places = [face.place_id for face in problem.faces]
    best = min(slotting.walk(problem, tuple(zip("ABC", chosen, strict=True))) for chosen in permutations(places, 3))
    assert slotting.walk(problem, slotting.plan(problem, QUICK).faces) == best


# --- a budget of moves -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("budget", [0, 3, 20])
def test_a_budget_of_moves_is_kept_and_every_move_can_be_done(grid: Callable[..., Floor], budget: int) -> None:
    problem = problem_on(grid(6, 10), faces=26)
    now = replace(problem, current=scattered(problem))
    found = slotting.plan(now, replace(QUICK, moves_max=budget))
    assert slotting.verify(now, found) == []
    assert len(found.moves) <= budget
    assert found.cost_mm <= slotting.plan(now, replace(QUICK, moves_max=0)).cost_mm


Moved = tuple[Problem, Plan]


@pytest.fixture(scope="module")
def moved(grid: Callable[..., Floor]) -> Moved:
    """A floor of scattered items, and a plan of at most 20 moves."""
    problem = problem_on(grid(6, 10), faces=26)
    now = replace(problem, current=scattered(problem))
    return now, slotting.plan(now, replace(QUICK, moves_max=20))


def test_moves_come_by_what_they_save_and_chains_stay_together(moved: Moved) -> None:
    numbers = [move.chain for move in moved[1].moves]
    assert numbers == sorted(numbers)
    assert numbers[0] == 1
    assert moved[1].walk_after_mm < moved[1].walk_before_mm


def test_the_savings_of_all_chains_add_up_to_the_shorter_walk(moved: Moved) -> None:
    now, found = moved
    saved = slotting.walk(now, now.current) - slotting.walk(now, found.faces)
    assert sum(move.saved_mm_per_order for move in found.moves) == pytest.approx(saved)


def test_verify_finds_moves_that_cannot_be_done(moved: Moved) -> None:
    now, found = moved
    said = slotting.verify(now, replace(found, moves=found.moves[::-1]))
    assert any("is not free when" in one or "when it shall be moved" in one for one in said)
    assert "the moves do not lead to the plan" in slotting.verify(now, replace(found, moves=found.moves[:1]))


def test_two_items_on_a_full_floor_change_places_by_way_of_a_cart() -> None:
    faces = (Face(1, 1_000, 1, 9), Face(2, 9_000, 1, 9))
    problem = Problem((ItemDemand("FAST", 90), ItemDemand("SLOW", 1)), faces, current=(("SLOW", 1), ("FAST", 2)))
    moves = slotting.plan(problem, replace(QUICK, moves_max=3)).moves
    assert [(move.sku, move.from_face, move.to_face) for move in moves] == [
        ("SLOW", 1, AWAY),
        ("FAST", 2, 1),
        ("SLOW", AWAY, 2),
    ]


def test_an_item_goes_to_a_free_face_in_one_move() -> None:
    faces = (Face(1, 1_000, 1, 9), Face(2, 9_000, 1, 9))
    found = slotting.plan(Problem((ItemDemand("FAST", 9),), faces, current=(("FAST", 2),)), replace(QUICK, moves_max=1))
    assert found.moves == (Move("FAST", 2, 1, 16_000.0, 1),)


def test_without_a_budget_the_moves_lead_from_now_to_the_plan(grid: Callable[..., Floor]) -> None:
    problem = problem_on(grid(6, 10), faces=26)
    now = replace(problem, current=scattered(problem)[:-2])
    found = slotting.plan(now, QUICK)
    assert found.moves
    assert slotting.verify(now, found) == []


def test_a_face_outside_all_aisles_leaves_the_choice_to_distances(grid: Callable[..., Floor]) -> None:
    faces = (Face(2, 90_000, 1, 9), Face(100, 10, 1, 9))
    found = slotting.plan(Problem((ItemDemand("TEA", 1),), faces, floor=grid(1, 3), history=(("TEA",),) * 90))
    assert (found.faces, found.walk_after_mm) == ((("TEA", 100),), None)


def test_a_face_that_the_floor_does_not_have_is_refused_by_its_number(grid: Callable[..., Floor]) -> None:
    with pytest.raises(BadProblem, match="face 999 is not on the floor"):
        Problem((), (Face(999, 10, 1, 9),), floor=grid(1, 3))


def test_a_place_of_an_unknown_item_is_refused_by_its_name() -> None:
    problem = Problem((ItemDemand("TEA", 1),), (Face(1, 10, 1, 9),), current=(("INK", 1),))
    with pytest.raises(BadProblem, match="item INK or its face 1 is not in the problem"):
        slotting.plan(problem, Options(moves_max=1))


# --- rules of the faces ----------------------------------------------------------------------------------------------

RULES = [
    (ItemDemand("IRON", 9, grams=20_000), Face(1, 10, 2, 9), "too high for a heavy item"),
    (ItemDemand("IRON", 9, grams=20_000), Face(1, 10, 1, 9, grams=9_000), "too weak"),
    (ItemDemand("TEA", 9, owner="ANNA"), Face(1, 10, 1, 9, owner="BERT"), "kept for BERT"),
    (ItemDemand("OIL", 9, hazard=True), Face(1, 10, 1, 9, hazard_ok=False), "not for hazardous goods"),
]


@pytest.mark.parametrize(("item", "near", "fault"), RULES)
def test_an_item_stays_out_of_a_face_that_is_not_for_it(item: ItemDemand, near: Face, fault: str) -> None:
    problem = Problem((item,), (near, Face(2, 99_000, 0, 9)), heavy_g=15_000)
    found = slotting.plan(problem)
    assert found.place_of == {item.sku: 2}
    assert problem.fault(item, near) == fault
    assert f"face 1 is {fault}: {item.sku}" in slotting.verify(problem, replace(found, faces=((item.sku, 1),)))


@pytest.mark.parametrize(("item", "near", "fault"), RULES)
def test_the_search_keeps_the_same_rules(item: ItemDemand, near: Face, fault: str) -> None:
    faces = (near, Face(2, 99_000, 0, 9))
    problem = Problem((item,), faces, heavy_g=15_000, current=((item.sku, 2),))
    assert slotting.plan(problem, replace(QUICK, moves_max=2)).faces == ((item.sku, 2),)


def test_a_fast_item_gets_several_faces_and_its_visits_are_shared() -> None:
    faces = tuple(Face(number, 1_000 * number, 1, 9) for number in (1, 2, 3))
    problem = Problem((ItemDemand("FAST", 90, faces=2), ItemDemand("SLOW", 3)), faces)
    found = slotting.plan(problem)
    assert found.faces == (("FAST", 1), ("FAST", 2), ("SLOW", 3))
    assert slotting.heat(problem, found.faces) == {1: 45, 2: 45, 3: 3}
    assert slotting.verify(problem, found) == []


def test_the_heat_of_a_floor_is_how_often_past_orders_visit_each_face(grid: Callable[..., Floor]) -> None:
    floor = grid(1, 3)
    faces = (Face(100, 0, 1, 9), Face(102, 0, 1, 9))
    problem = Problem((ItemDemand("A", 0), ItemDemand("B", 0)), faces, floor=floor, history=(("A", "B"), ("A",)))
    assert slotting.heat(problem, {"A": 102, "B": 100}) == {100: 1, 102: 2}


# --- the kernels -----------------------------------------------------------------------------------------------------


@st.composite
def floors(draw: st.DrawFn) -> tuple[Floor, Sequence[int]]:
    spots = draw(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 20)), min_size=1, max_size=9))
    places = [Place(2 + number, "A", aisle, 7 * aisle, y) for number, (aisle, y) in enumerate(spots)]
    depot = Place(1, "X", 0, draw(st.integers(0, 35)), draw(st.sampled_from([-4, 0, 20, 23])))
    chosen = draw(st.lists(st.sampled_from([place.id for place in places]), min_size=1, unique=True))
    return measure(places, depot, (0, 20)), chosen


@given(case=floors(), more=st.data())
@settings(deadline=None, max_examples=60)
def test_the_quick_walks_of_a_plain_floor_are_the_exact_ones(
    case: tuple[Floor, Sequence[int]], more: st.DataObject
) -> None:
    floor, places = case
    rows = more.draw(st.lists(st.lists(st.sampled_from(range(len(places))), min_size=1), min_size=1, max_size=20))
    ground = prepare(floor, 1, 1)
    replay = replay_of(Problem((), (), floor=floor))
    assert replay.walker.plain
    found = replay.lists(rows, np.array([replay.points[place] for place in places]))
    exact = [ground.stops(places[unit] for unit in row) for row in rows]
    walks = [trip(ground.grid, stops, len(stops), ground.reaches(), ground.room()) for stops in exact]
    assert found.length.tolist() == walks


@pytest.mark.parametrize("cross", [2, 3])
def test_what_the_search_believes_is_what_walking_again_says(grid: Callable[..., Floor], cross: int) -> None:
    problem = problem_on(grid(4, 6, cross), faces=26, orders_per_list=2)
    standing = Standing(problem, *standing_at(problem, scattered(problem)), state=7)
    before = int(standing.lists.length.sum())
    gained = standing.exchange(40, 9_000, 0)
    again = slotting.walk(problem, standing.faces(standing.shelves.place)) * len(problem.history)
    assert before + gained == int(standing.lists.length.sum()) == pytest.approx(again)


@pytest.mark.timeout(300)  # the first time on a machine it waits for the compiler
def test_compiled_and_plain_kernels_make_the_same_plan(grid: Callable[..., Floor], kernels: Path) -> None:
    problem = problem_on(grid(6, 10))
    now, options = replace(problem, current=scattered(problem)), replace(QUICK, moves_max=20, trials_max=1000)
    plain = slotting.plan(now, options)
    with speed.compiled(kernels):
        assert slotting.plan(now, options) == plain
