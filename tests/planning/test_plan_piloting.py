"""A pilot shows every item, every group of countries and the commonest contents, with few orders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.planning import piloting
from wms.planning.piloting import Candidate, Plan, Problem
from wms.planning.problems import BadProblem

skus = st.sampled_from("ABCDEF")
shapes = st.dictionaries(skus, st.integers(1, 3), min_size=1, max_size=4).map(
    lambda found: tuple(sorted(found.items()))
)
orders = st.lists(st.tuples(shapes, st.sampled_from(("home", "EU", "abroad"))), max_size=30)


def problem(rows: list[tuple[piloting.Shape, str]], most: int = 99, **facts: object) -> Problem:
    candidates = tuple(Candidate(number, *row) for number, row in enumerate(rows, start=1))
    return Problem(candidates, piloting.commonest([row[0] for row in rows], most), **facts)  # type: ignore[arg-type]


def shape(text: str) -> piloting.Shape:
    return tuple((sku, 1) for sku in text)


@given(orders, st.integers(0, 5), st.integers(0, 40))
def test_every_pilot_is_valid_and_its_needed_part_no_larger_than_the_baseline_allows(
    rows: list[tuple[piloting.Shape, str]], most: int, least: int
) -> None:
    given_ = problem(rows, most, least=least)
    plan, dumb = piloting.plan(given_), piloting.baseline(given_)
    for each in (plan, dumb):
        assert piloting.verify(given_, each) == []
    assert plan.needed <= len({(row, group) for row, group in rows})


def test_one_order_that_shows_all_is_enough() -> None:
    rows = [(shape("A"), "home"), (shape("B"), "home"), (shape("AB"), "home")]
    assert piloting.plan(problem(rows, 0)).orders == (3,)
    assert piloting.baseline(problem(rows, 0)).needed == 2


def test_every_content_is_shown_when_all_shapes_count() -> None:
    rows = [(shape("A"), "home"), (shape("B"), "home"), (shape("AB"), "home")]
    assert set(piloting.plan(problem(rows)).orders) == {1, 2, 3}


def test_every_group_of_countries_is_shown() -> None:
    rows = [(shape("A"), "home"), (shape("A"), "home"), (shape("A"), "abroad")]
    assert set(piloting.plan(problem(rows)).orders) == {1, 3}


def test_what_an_earlier_pilot_proved_is_not_shown_again() -> None:
    rows = [(shape("A"), "home"), (shape("B"), "home")]
    proved = frozenset({("sku", "A"), ("shape", shape("A")), ("group", "home")})
    assert piloting.plan(problem(rows, known=proved)).needed == 1


def test_the_rest_is_filled_with_the_commonest_contents() -> None:
    rows = [*[(shape("A"), "home")] * 5, (shape("B"), "home")]
    plan = piloting.plan(problem(rows, least=3))
    assert (plan.needed, plan.orders) == (2, (1, 6, 2))


def test_a_larger_campaign_needs_fewer_orders_than_reading_down_the_list() -> None:
    rows = [
        (shape("".join(sorted({"ABCDEFGH"[n % 8], "ABCDEFGH"[n * n % 7]}))), ("home", "EU")[n % 2]) for n in range(90)
    ]
    given_ = problem(rows, 3)
    assert piloting.plan(given_).needed < piloting.baseline(given_).needed


def test_a_pilot_that_shows_too_little_is_refused() -> None:
    rows = [(shape("A"), "home"), (shape("B"), "home")]
    assert "sku B is not shown" in piloting.verify(problem(rows), Plan((1,), 1))
    assert piloting.verify(problem(rows), Plan((1, 2, 2, 9), 2)) == [
        *("order 9 may not go", "an order is there twice", "4 orders are too few or too many")
    ]


def test_an_order_without_content_is_no_candidate() -> None:
    with pytest.raises(BadProblem, match="order 1 has no content"):
        problem([((), "home")])
