"""Items ordered together: exact counts and the measures of the literature."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning.affinity import Neighbour, measure
from wms.planning.problems import BadProblem

BASKETS = st.lists(st.lists(st.sampled_from("ABCDE"), max_size=6), max_size=12)
HISTORY = [["GAME", "PIN"], ["GAME", "PIN", "MAT"], ["GAME"], ["MAT", "MAT"]]


@given(history=BASKETS)
@settings(deadline=None)
def test_every_pair_count_equals_counting_by_hand(history):
    found = measure(history, min_count=1)
    for a, b in [(a, b) for a in "ABCDE" for b in "ABCDE" if a < b]:
        assert found.count(b, a) == found.count(a, b) == sum({a, b} <= set(basket) for basket in history)


@given(history=BASKETS)
@settings(deadline=None)
def test_neighbours_are_mutual_and_sorted_by_similarity(history):
    found = measure(history, min_count=1)
    for sku in found.near:
        scores = [neighbour.jaccard for neighbour in found.neighbours(sku)]
        assert scores == sorted(scores, reverse=True)
        assert all(sku in {other.sku for other in found.neighbours(each.sku)} for each in found.neighbours(sku))


def test_jaccard_and_lift_are_those_of_the_literature():
    found = measure(HISTORY)
    assert found.jaccard("PIN", "GAME") == pytest.approx(2 / 3)
    assert found.lift("PIN", "GAME") == pytest.approx(2 * 4 / (3 * 2))
    assert found.neighbours("GAME") == (Neighbour("PIN", 2, 2 / 3, 8 / 6),)


def test_a_pair_below_the_minimum_count_is_no_pair():
    found = measure(HISTORY, min_count=2)
    assert (found.count("GAME", "MAT"), found.lift("GAME", "MAT")) == (0, 0.0)


def test_an_item_twice_in_an_order_counts_once():
    assert measure(HISTORY).items["MAT"] == 2


def test_a_giant_order_counts_for_items_but_pairs_nothing():
    found = measure([["A", "B", "C"], ["A", "B"]], min_count=1, basket_max=2)
    assert (found.items["C"], found.count("A", "C"), found.count("A", "B"), found.skipped) == (1, 0, 1, 1)


def test_only_the_best_neighbours_are_kept():
    found = measure([["A", "B", "C"], ["A", "B"]], min_count=1, top=1)
    assert [neighbour.sku for neighbour in found.neighbours("A")] == ["B"]


def test_an_unknown_item_has_no_neighbours():
    assert measure(HISTORY).neighbours("KAYAK") == ()


def test_a_limit_below_one_is_refused_by_its_name():
    with pytest.raises(BadProblem, match="min_count must be at least 1, not 0"):
        measure(HISTORY, min_count=0)
