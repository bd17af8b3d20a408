"""The row of pick lists: nobody in two places, nothing packed too soon, as few late orders as any row has."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import sequencing, speed
from wms.planning.problems import BadProblem
from wms.planning.sequencing import Options, Plan, Problem, Work

TIMES = st.tuples(st.integers(0, 20), st.integers(0, 9), st.lists(st.integers(1, 60), max_size=3).map(tuple))


@st.composite
def problems(draw: st.DrawFn, most: int = 8) -> Problem:
    works = tuple(Work(number, *facts) for number, facts in enumerate(draw(st.lists(TIMES, max_size=most))))
    pickers = draw(st.integers(1, 3))
    busy = draw(st.just(()) | st.lists(st.integers(0, 9), min_size=pickers, max_size=pickers).map(tuple))
    return Problem(works, pickers, draw(st.integers(0, 2)), busy)


@given(problem=problems())
@settings(deadline=None)
def test_every_plan_keeps_every_rule(problem):
    assert sequencing.verify(problem, sequencing.plan(problem, Options(steps=30))) == []


@given(problem=problems())
@settings(deadline=None)
def test_never_worse_than_first_come_first_served(problem):
    assert sequencing.plan(problem, Options(steps=30)).late <= sequencing.baseline(problem).late


@given(problem=problems(4))
@settings(deadline=None, max_examples=40)
def test_few_lists_stand_in_the_best_of_all_rows(problem):
    rows = permutations(range(len(problem.lists)))
    assert sequencing.plan(problem).score == min(played(problem, row) for row in rows)


def played(problem: Problem, row: tuple[int, ...]) -> tuple[int, int, int]:
    """Play a row with plain sorting: whoever is free first picks, arrivals are packed by whoever is free first."""
    free, bench, spans = list(problem.busy_ms or (0,) * problem.pickers), [0] * problem.packers, []
    for work in (problem.lists[index] for index in row):
        at = min(free)
        free[free.index(at)] = at + work.pick_ms
        spans.append((at + work.pick_ms, work))
    late = []
    for at, work in sorted(spans, key=lambda span: span[0]):
        done = at
        if bench:
            begin = min(bench)
            bench[bench.index(begin)] = done = max(begin, at) + work.pack_ms
        late.append((done, work))
    misses = [done - due for done, work in late for due in work.dues_ms if due < done]
    return len(misses), sum(misses), max((done for done, _ in late), default=0)


def test_compiled_and_interpreted_rows_are_the_same(kernels):
    works = tuple(Work(n, 7 + n * n % 31, 5 + n % 7, (40 + n * 13 % 97, 90)) for n in range(30))
    problem = Problem(works, 3, 2)
    plain = sequencing.plan(problem)
    with speed.compiled(kernels):
        assert sequencing.plan(problem) == plain


def test_no_row_ends_before_the_bound():
    works = tuple(Work(n, 10 + n, 5) for n in range(9))
    problem = Problem(works, 2, 1)
    assert problem.bound_ms <= sequencing.plan(problem).end_ms


def test_an_urgent_list_goes_first_though_it_came_last():
    works = (Work(1, 10, 0, (100,)), Work(2, 10, 0, (10,)))
    assert [slot.list_id for slot in sequencing.plan(Problem(works, 1)).row] == [2, 1]


GOOD = Problem((Work(1, 10, 5, (12,)), Work(2, 10, 5, (99,))), 1, 1)
ROW = sequencing.plan(GOOD).row


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (Plan(ROW[:1], 1, 3, 15), "list 2 is picked 0 times"),
        (Plan((ROW[0], ROW[1]._replace(start_ms=0, picked_ms=10)), 1, 3, 25), "begins list 2 before"),
        (Plan((ROW[0]._replace(done_ms=12), ROW[1]), 0, 0, 25), "list 1 is packed before it is picked"),
        (Plan((ROW[0], ROW[1]._replace(done_ms=18)), 1, 3, 18), "list 2 is packed before it is picked"),
        (Plan(ROW, 0, 0, 25), "1 orders are late, not 0"),
        (Plan(ROW, 1, 3, 24), "the end is not at 24 ms"),
        (Plan((ROW[0]._replace(picker=4), ROW[1]), 1, 3, 25), "picker 4 is unknown"),
    ],
)
def test_verify_finds_a_planted_error(plan, fault):
    assert sequencing.verify(GOOD, sequencing.plan(GOOD)) == []
    assert any(fault in sentence for sentence in sequencing.verify(GOOD, plan))


def test_verify_finds_one_packer_at_two_carts():
    problem = Problem((Work(1, 5, 9), Work(2, 5, 9)), 2, 1)
    slots = tuple(sequencing.Slot(n, n - 1, 0, 5, 14, 0) for n in (1, 2))
    assert sequencing.verify(problem, Plan(slots, 0, 0, 14)) == ["more than 1 people would have to pack"]


def test_busy_times_of_somebody_else_are_refused():
    with pytest.raises(BadProblem, match="busy_ms has 2 of 1 pickers"):
        Problem((), 1, 0, (1, 2))
