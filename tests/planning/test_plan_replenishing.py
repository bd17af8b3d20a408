"""Refills: before the face runs empty, never more than it holds, earliest expiry and whole cartons first."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import refills, replenishing
from wms.planning.layout import Place, measure
from wms.planning.problems import BadProblem
from wms.planning.replenishing import AT_LEISURE, Face, Options, Plan, Problem, Reserve, Short, Task, Want

SKUS = st.sampled_from(["PIN", "TEA"])


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    sizes = st.integers(1, 12).flatmap(lambda most: st.tuples(st.integers(0, 13), st.integers(0, most), st.just(most)))
    faces = tuple(Face(n, sku, *facts) for n, (sku, facts) in enumerate(draw(lists(SKUS, sizes, least=1))))
    stock = st.tuples(st.integers(0, 8), st.none() | st.integers(0, 9), st.booleans(), st.integers(0, 2))
    reserves = tuple(Reserve(n, sku, 100 + n, *facts) for n, (sku, facts) in enumerate(draw(lists(SKUS, stock))))
    wanted = draw(lists(st.sampled_from(faces), st.tuples(st.integers(1, 9), st.integers(0, 3))))
    wants = tuple(Want(face.place_id, *facts) for face, facts in wanted)
    return Problem(faces, reserves, wants, 0, draw(st.integers(0, 3)), walkers=draw(st.integers(1, 2)))


def lists(a: st.SearchStrategy, b: st.SearchStrategy, least: int = 0) -> st.SearchStrategy:
    return st.lists(st.tuples(a, b), min_size=least, max_size=4)


@given(problem=problems(), fill=st.booleans())
@settings(deadline=None)
def test_every_plan_keeps_every_rule(problem, fill):
    assert replenishing.verify(problem, replenishing.plan(problem, Options(fill))) == []


@given(problem=problems())
@settings(deadline=None)
def test_never_more_short_than_filling_what_is_low_now(problem):
    assert replenishing.plan(problem).short_units <= replenishing.baseline(problem).short_units


@given(problem=problems())
@settings(deadline=None)
def test_nothing_is_short_that_the_reserve_has(problem):
    short = dict.fromkeys(("PIN", "TEA"), 0)
    sku_of = {face.place_id: face.sku for face in problem.faces}
    for sku in short:
        wanted = {face.place_id: 0 for face in problem.faces if face.sku == sku}
        for want in (want for want in problem.wants if want.place_id in wanted):
            wanted[want.place_id] += want.qty
        lacking = sum(max(0, wanted[face.place_id] - face.qty) for face in problem.faces if face.place_id in wanted)
        free = sum(each.qty_free for each in problem.reserves if each.sku == sku and problem.serves(each))
        short[sku] = max(0, lacking - free)
    for each in replenishing.plan(problem).short:
        short[sku_of[each.place_id]] -= each.qty
    assert set(short.values()) == {0}


@given(qtys=st.lists(st.integers(1, 9), max_size=6), must=st.integers(1, 20), more=st.integers(0, 6))
@settings(deadline=None)
def test_the_fewest_whole_cartons_that_fit_are_found(qtys, must, more):
    row = refills.stacks([Reserve(n, "PIN", n, qty) for n, qty in enumerate(qtys)])
    found = refills.fewest(row, must, must + more)
    sums = [some for size in range(1, 7) for some in combinations(qtys, size) if must <= sum(some) <= must + more]
    best = min(((len(some), -sum(some)) for some in sums), default=(0, 0))
    assert (len(found), -sum(stack.left for stack in found)) == best


def one(*reserves: Reserve, want: int = 10) -> Problem:
    return Problem((Face(1, "PIN", 4, 2, 20),), reserves, (Want(1, want, 60),))


def test_a_refill_is_due_before_the_draw_that_would_find_too_little():
    plan = replenishing.plan(one(Reserve(7, "PIN", 9, 12)))
    assert plan.tasks[0][:6] == (7, 1, 12, 0, 60, True)


def test_a_whole_carton_that_fits_goes_before_opening_a_larger_one():
    plan = replenishing.plan(one(Reserve(1, "PIN", 8, 50), Reserve(2, "PIN", 9, 9)))
    assert [(task.stock_id, task.qty, task.whole) for task in plan.tasks] == [(2, 9, True)]


def test_the_lot_that_expires_first_goes_first_though_its_carton_must_be_opened():
    plan = replenishing.plan(one(Reserve(1, "PIN", 8, 50, 99), Reserve(2, "PIN", 9, 9)))
    assert [(task.stock_id, task.qty, task.whole) for task in plan.tasks] == [(1, 16, False)]


def test_a_refill_that_has_no_room_yet_waits_for_the_draws_before_it():
    wants = (Want(1, 4, 30), Want(1, 4, 60))
    problem = Problem((Face(1, "PIN", 4, 0, 4),), (Reserve(1, "PIN", 9, 4),), wants)
    assert replenishing.plan(problem).tasks[0][3:5] == (30, 60)


def test_a_face_below_its_minimum_that_nobody_draws_from_is_filled_at_leisure():
    problem = Problem((Face(1, "PIN", 1, 2, 9), Face(2, "PIN", 5, 2, 9)), (Reserve(1, "PIN", 9, 8),))
    assert [(task.place_id, task.due_s) for task in replenishing.plan(problem).tasks] == [(1, AT_LEISURE)]


def test_what_open_tasks_bring_is_not_brought_twice():
    problem = one(Reserve(1, "PIN", 9, 12))
    faces = replenishing.with_coming(problem.faces, [(1, 10)])
    assert replenishing.plan(replace(problem, faces=faces)).tasks == ()


def test_demand_by_item_is_served_by_faces_as_far_as_they_go_and_then_by_the_largest():
    faces = (Face(1, "PIN", 3, 0, 5), Face(2, "PIN", 2, 0, 9))
    wants = replenishing.shared(faces, [("PIN", 7, 60), ("TEA", 1, 0), ("PIN", 2, 0)])
    assert wants == (Want(1, 2, 0), Want(1, 1, 60), Want(2, 2, 60), Want(2, 4, 60))


def test_who_is_nearer_goes_and_is_there_in_time():
    places = [
        Place(1, "A", 1, 0, 0),
        Place(2, "A", 2, 60_000, 0),
        Place(8, "A", 1, 0, 24_000),
        Place(9, "A", 2, 60_000, 12_000),
    ]
    faces, reserves = (
        (Face(1, "PIN", 0, 0, 9), Face(2, "TEA", 0, 0, 9)),
        (Reserve(1, "PIN", 8, 9), Reserve(2, "TEA", 9, 9)),
    )
    floor = measure(places, Place(3, "X", 0, 0, -2_000))
    problem = Problem(faces, reserves, (Want(1, 5, 90), Want(2, 5, 100)), floor=floor, walkers=2)
    assert [(task.walker, task.end_s, task.late) for task in replenishing.plan(problem).tasks] == [
        (0, 80, False), (1, 70, False)
    ]  # fmt: skip


GOOD = one(Reserve(1, "PIN", 8, 5, 50), Reserve(2, "PIN", 9, 9, 99), Reserve(3, "PIN", 9, 9, 1), want=12)
GOOD = replace(GOOD, min_days_left=10)


def bring(stock: int, qty: int, face: int = 1) -> Task:
    return Task(stock, face, qty, 0, 60, False, 0, 0, 999)


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (Plan((), ()), "draws find less or more than the plan says"),
        (Plan((), (Short(1, 8, 60),)), "face 1 runs empty, but stock is left over"),
        (Plan((bring(2, 9),), ()), "stock 1 expires first, but is left over"),
        (Plan((bring(3, 9),), ()), "stock 3 expires too soon"),
        (Plan((bring(1, 6),), (Short(1, 2, 60),)), "stock 1 has 5 free, but 6 are taken"),
        (Plan((bring(7, 6),), ()), "stock 7 or face 1 is unknown"),
        (Plan((bring(1, 5), bring(2, 3)._replace(end_s=1_999, start_s=999)), ()), "face 1 stays below its minimum"),
        (Plan((bring(1, 5), bring(2, 5)), ()), "walker 0 cannot bring stock 2"),
    ],
)
def test_verify_finds_a_planted_error(plan, fault):
    assert replenishing.verify(GOOD, replenishing.plan(GOOD)) == []
    assert any(fault in sentence for sentence in replenishing.verify(GOOD, plan))


def test_verify_finds_an_overfull_face():
    problem = one(Reserve(1, "PIN", 8, 50), want=10)
    faults = replenishing.verify(problem, Plan((bring(1, 17),), ()))
    assert faults == ["face 1 holds 20, and 21 would stand in it at 0 s"]


def test_a_face_with_less_room_than_its_minimum_is_refused():
    with pytest.raises(BadProblem, match="face 1: 0 of PIN, min 9, max 5"):
        Problem((Face(1, "PIN", 0, 9, 5),), ())
