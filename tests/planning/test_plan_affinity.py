"""Items ordered together: exact counts and the measures of the literature."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import speed
from wms.planning.affinity import Affinity, Counts, measure
from wms.planning.problems import BadProblem

BASKETS = st.lists(st.lists(st.sampled_from("ABCDE"), max_size=6), max_size=12)
HISTORY = [["GAME", "PIN"], ["GAME", "PIN", "MAT"], ["GAME"], ["MAT", "MAT"]]


@given(history=BASKETS)
@settings(deadline=None, max_examples=40)
def test_every_pair_count_equals_counting_by_hand(history):
    found = measure(history, min_count=1)
    for a, b in [(a, b) for a in "ABCDE" for b in "ABCDE" if a < b]:
        assert found.count(b, a) == found.count(a, b) == sum({a, b} <= set(basket) for basket in history)


@given(history=BASKETS)
@settings(deadline=None, max_examples=40)
def test_neighbours_are_mutual_and_sorted_by_similarity(history):
    found = measure(history, min_count=1)
    for sku in found.numbers:
        scores = [neighbour.jaccard for neighbour in found.neighbours(sku)]
        assert scores == sorted(scores, reverse=True)
        assert all(sku in {other.sku for other in found.neighbours(each.sku)} for each in found.neighbours(sku))


def test_jaccard_and_lift_are_those_of_the_literature():
    found = measure(HISTORY)
    assert found.jaccard("PIN", "GAME") == pytest.approx(2 / 3)
    assert found.lift("PIN", "GAME") == pytest.approx(2 * 4 / (3 * 2))
    assert found.npmi("PIN", "GAME") == pytest.approx(math.log(8 / 6) / -math.log(2 / 4))
    assert [(one.sku, one.together, one.lift) for one in found.neighbours("GAME")] == [("PIN", 2, pytest.approx(8 / 6))]


def test_two_items_that_every_order_holds_are_as_alike_as_can_be():
    assert measure([["A", "B"]] * 3).npmi("A", "B") == 1


def test_a_pair_below_the_minimum_count_is_no_pair():
    found = measure(HISTORY, min_count=2)
    assert (found.count("GAME", "MAT"), found.lift("GAME", "MAT")) == (0, 0.0)


def test_an_item_twice_in_an_order_counts_once():
    assert measure(HISTORY).often("MAT") == 2


def test_a_giant_order_counts_for_items_but_pairs_nothing():
    found = measure([["A", "B", "C"], ["A", "B"]], min_count=1, basket_max=2)
    assert (found.often("C"), found.count("A", "C"), found.count("A", "B"), found.skipped) == (1, 0, 1, 1)


def test_only_so_many_neighbours_are_told_and_names_settle_a_tie():
    found = measure([["A", "B", "C"], ["A", "B", "C"]])
    assert [neighbour.sku for neighbour in found.neighbours("A", 1)] == ["B"]


def test_neighbours_by_lift_put_the_surprising_first():
    found = measure([["BAG", "PEN"]] * 3 + [["BAG", "INK"]] * 2 + [["PEN"]] * 9)
    assert [neighbour.sku for neighbour in found.neighbours("BAG", by="lift")] == ["INK", "PEN"]


def bits(counts: Counts) -> list[bytes]:
    return [np.asarray(part).tobytes() for part in (*counts[:3], *counts.pairs)]


@given(days=st.lists(BASKETS, min_size=1, max_size=6))
@settings(deadline=None, max_examples=40)
def test_orders_added_day_by_day_leave_every_bit_as_counting_all_at_once(days):
    daily = Affinity(basket_max=4)
    for day in days:
        daily.add(day)
    whole = measure([basket for day in days for basket in day], basket_max=4)
    assert daily.neighbours("A") == whole.neighbours("A")
    assert bits(daily.packed()) == bits(whole.packed())


@pytest.mark.parametrize("table_items", [0, 3, 4096])
def test_items_beyond_the_table_are_counted_alike(monkeypatch, table_items):
    rows = [[f"SKU-{(7 * row + step * step) % 11}" for step in range(row % 7)] for row in range(60)]
    usual = bits(measure(rows).packed())
    monkeypatch.setattr("wms.planning.pairs.TABLE_ITEMS", table_items)
    assert bits(measure(rows).packed()) == usual


def test_compiled_kernels_count_the_same(kernels: Path):
    rows = [[f"SKU-{(row * step + step * step) % 97}" for step in range(row % 9)] for row in range(300)]
    plain = bits(measure(rows).packed())
    with speed.compiled(kernels):
        assert bits(measure(rows).packed()) == plain


def test_an_order_of_an_older_period_weighs_less():
    found = Affinity(min_count=1)
    found.add([["A", "B"]] * 4, period=1)
    found.add([["A", "C"]] * 3, period=3)
    found.decay(half_life=2)
    assert (found.count("A", "B"), found.count("A", "C"), found.often("A"), found.orders) == (2, 3, 5, 5)


def test_a_period_that_weighs_nothing_is_forgotten_until_it_weighs_again():
    found = measure([["A", "B"]] * 2)
    found.weigh({0: 0})
    assert (found.neighbours("A"), found.jaccard("A", "B")) == ((), 0)
    found.weigh({})
    assert found.jaccard("A", "B") == 1


def test_an_item_without_a_number_is_refused():
    with pytest.raises(BadProblem, match="an item's number is not below 0"):
        Affinity().add_numbered(np.array([3], np.int32), np.array([0, 1]))


def test_an_unknown_item_has_no_neighbours():
    assert measure(HISTORY).neighbours("KAYAK") == ()


def test_a_limit_below_one_is_refused_by_its_name():
    with pytest.raises(BadProblem, match="min_count must be at least 1, not 0"):
        measure(HISTORY, min_count=0)
