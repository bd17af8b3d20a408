"""Which orders go first: as many in time as one worker could have, the others by their trucks."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import urgency
from wms.planning.problems import BadProblem
from wms.planning.urgency import NEVER, Job, Plan, Problem

JOB = st.tuples(st.integers(0, 9), st.integers(1, 30) | st.just(NEVER))


@st.composite
def problems(draw: st.DrawFn, most: int = 8) -> Problem:
    jobs = tuple(Job(number, *facts) for number, facts in enumerate(draw(st.lists(JOB, max_size=most))))
    return Problem(jobs, draw(st.integers(1, 3)))


@given(problem=problems())
@settings(deadline=None)
def test_every_plan_keeps_every_rule(problem):
    assert urgency.verify(problem, urgency.plan(problem)) == []


@given(problem=problems())
@settings(deadline=None)
def test_never_more_late_orders_than_first_come_first_served(problem):
    assert len(urgency.plan(problem).late) <= len(urgency.baseline(problem).late)


@given(problem=problems(5))
@settings(deadline=None, max_examples=40)
def test_no_other_row_has_fewer_late_orders(problem):
    rows = permutations(job.order_id for job in problem.jobs)
    assert len(urgency.plan(problem).late) == min(len(urgency.late_in(problem, row)) for row in rows)


def test_orders_without_a_truck_go_last_and_keep_their_row():
    jobs = (Job(1, 5), Job(2, 5, 100), Job(3, 5), Job(4, 5, 50))
    assert urgency.plan(Problem(jobs)).orders == (4, 2, 1, 3)


def test_a_long_order_that_makes_two_others_late_waits_for_the_next_truck():
    jobs = (Job(1, 9, 10), Job(2, 4, 11), Job(3, 4, 11))
    assert urgency.plan(Problem(jobs)) == Plan((2, 3, 1), frozenset({1}))


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (Plan((1,), frozenset()), "order 2 stands in the row 0 times"),
        (Plan((1, 2, 9), frozenset()), "order 9 is unknown"),
        (Plan((2, 1), frozenset()), "order 1 is late, and the plan says it is not"),
        (Plan((2, 1), frozenset({3})), "an order that is due later goes first"),
    ],
)
def test_verify_finds_a_planted_error(plan, fault):
    assert fault in urgency.verify(Problem((Job(1, 5, 5), Job(2, 5, 20))), plan)


def test_work_below_nothing_is_refused():
    with pytest.raises(BadProblem, match="order 3: work -1 s"):
        Problem((Job(3, -1),))
