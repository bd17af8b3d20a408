"""When a wave ends with k people: rates from what was measured, and the wave played through."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import labour
from wms.planning.labour import ASSUMED, Crew, Plan, Problem, Sample, Work
from wms.planning.problems import BadProblem

LIST = st.tuples(st.integers(0, 20), st.lists(st.integers(0, 9), max_size=4).map(tuple))


@st.composite
def problems(draw: st.DrawFn, people: int = 5) -> Problem:
    works = tuple(Work(number, *facts) for number, facts in enumerate(draw(st.lists(LIST, max_size=5))))
    due = draw(st.none() | st.integers(0, 99))
    return Problem(works, draw(st.integers(1, people)), draw(st.integers(1, 3)), due)


@given(problem=problems())
@settings(deadline=None)
def test_every_plan_keeps_every_rule(problem):
    assert labour.verify(problem, labour.plan(problem)) == []


@given(problem=problems())
@settings(deadline=None)
def test_never_later_than_half_picking_and_half_packing(problem):
    pairs = zip(labour.plan(problem).crews, labour.baseline(problem).crews, strict=True)
    assert all(ours.end_ms <= theirs.end_ms for ours, theirs in pairs)


@given(problem=problems(3))
@settings(deadline=None)
def test_the_end_is_that_of_a_wave_played_tick_by_tick(problem):
    for people in range(1, problem.people_max + 1):
        ends = [ticked(problem, people, pickers) for pickers in range(people + 1)]
        assert min(ends) >= labour.plan(problem).crews[people - 1].end_ms
        assert ends == [labour.played(problem, people, pickers).end_ms for pickers in range(people + 1)]


def ticked(problem: Problem, people: int, pickers: int) -> int:
    """Play a wave a millisecond at a time: pickers take the next list, others the order that lies longest."""
    lists = [work for work in problem.lists if work.pick_ms]
    lying = [(0, work.pack_ms) for work in problem.lists if not work.pick_ms]
    free = [0] * (pickers or people)
    for work in lists:
        at = free.index(min(free))
        free[at] += work.pick_ms
        lying.append((free[at], work.pack_ms))
    queue = [(at, ms) for at, orders in sorted(lying) for ms in orders]
    benches = sorted([*[0] * (people - pickers if pickers else 0), *free])[: problem.stations]
    time, end = 0, max((at for at, _ in lying), default=0)
    while queue:
        while queue and queue[0][0] <= time and min(benches) <= time:
            bench = benches.index(min(benches))
            benches[bench] = time + queue.pop(0)[1]
            end = max(end, benches[bench])
        time += 1
    return end


def test_rates_are_those_that_were_measured_though_every_fifth_time_is_a_break():
    random = Random(1)
    ways = [random.randint(0, 40_000) for _ in range(300)]
    picks = [Sample(mm, 7_000 + mm * 1_000 // 1_250 + (n % 5 == 0) * 120_000) for n, mm in enumerate(ways)]
    parcels = [Sample(units, 20_000 + 3_000 * units) for units in (1, 2, 3, 5) * 100]
    rates = labour.measure(picks, parcels).rates
    assert 1_150 <= rates.walk_mm_s <= 1_350
    assert 6_000 <= rates.pick_ms <= 10_000
    assert (rates.parcel_ms, rates.unit_ms) == pytest.approx((20_000, 3_000), rel=0.05)


def test_few_samples_change_nothing():
    found = labour.measure([Sample(1_000, 5_000)] * 29, [])
    assert (found.rates, found.assumed) == (ASSUMED, True)


def test_equal_ways_keep_the_assumed_speed():
    found = labour.measure([Sample(5_000, 12_000)] * 400, [])
    assert (found.rates.walk_mm_s, found.rates.pick_ms) == (1_000, 7_209)


def test_thirty_samples_move_an_assumed_time_half_of_the_way():
    assert labour.measure([], [Sample(1, 14_000)] * 30).rates.parcel_ms == 20_000


def test_a_robots_rehearsal_teaches_nothing_about_people():
    robot = [Sample(mm, 40) for mm in range(300)], [Sample(2, 90)] * 300
    assert labour.measure(*robot) == labour.Measured(ASSUMED, 0, 0)


def test_no_learned_rate_is_faster_or_slower_than_people_can_be():
    quick = labour.measure([Sample(0, 1_000), Sample(30_000, 11_001)] * 200, [Sample(9, 5_701)] * 400).rates
    slow = labour.measure([Sample(10, 590_000)] * 400, [Sample(1, 599_000)] * 400).rates
    assert (quick.walk_mm_s, quick.pick_ms, quick.parcel_ms) == (2_000, 2_000, 8_000)
    assert (slow.pick_ms, slow.parcel_ms) == (60_000, 300_000)


def test_two_people_on_two_lists_pick_side_by_side_and_then_pack():
    problem = Problem((Work(1, 60, (10, 10)), Work(2, 60, (10, 10))), 2, 2, due_ms=80)
    assert labour.plan(problem) == Plan((Crew(1, 0, 120, 160), Crew(2, 0, 60, 80)), 2)


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (Plan((), None), "there is not one crew for every number of people"),
        (Plan((Crew(1, 1, 5, 9),), None), "1 people cannot be ready after 9 ms"),
        (Plan((Crew(1, 1, 5, 99),), None), "1 people do not pick until 5 and pack until 99 ms"),
        (Plan((Crew(1, 1, 10, 15),), None), "not None people are needed"),
    ],
)
def test_verify_finds_a_planted_error(plan, fault):
    assert fault in labour.verify(Problem((Work(1, 10, (5,)),), 1, 1, 20), plan)


def test_verify_finds_a_crew_that_one_more_makes_later():
    plan = Plan((Crew(1, 1, 10, 15), Crew(2, 1, 10, 16)), None)
    assert "one more person makes it later" in labour.verify(Problem((Work(1, 10, (5, 1)),), 2, 1), plan)


def test_no_people_are_refused():
    with pytest.raises(BadProblem, match="people_max must be at least 1"):
        Problem((), 0, 1)
