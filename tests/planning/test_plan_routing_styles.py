"""Walking styles: each walks as its definition says, along real aisles, and never shorter than the exact walk."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.planning import routing
from wms.planning.layout import UP, Floor, Place, measure
from wms.planning.problems import BadProblem
from wms.planning.styles import Style
from wms.settings import WalkingStyle

Grid = Callable[..., Floor]
PITCH, LENGTH = 5_000, 47_000
RULES = [style for style in get_args(Style) if style != "exact"]


def one_block(*ys: tuple[int, ...]) -> routing.Problem:
    """A round trip through one block of 47 m, an aisle for each tuple of y; the depot stands before the first one."""
    places = [
        Place(10 * aisle + i, "A", aisle, aisle * PITCH, y) for aisle, at in enumerate(ys, 1) for i, y in enumerate(at)
    ]
    floor = measure(places, Place(1, "", 0, PITCH, 0), (0, LENGTH))
    return routing.Problem(floor, tuple(place.id for place in places), 1, 1)


def length(problem: routing.Problem, style: Style) -> int:
    return routing.plan(problem, routing.Options(style=style)).length_mm


def test_the_s_shape_goes_through_every_aisle_and_back_out_of_a_last_odd_one():
    problem = one_block((2_000, 9_000), (30_000,), (4_000, 11_000))
    assert length(problem, "s_shape") == 2 * 2 * PITCH + 2 * LENGTH + 2 * 11_000


def test_by_return_every_aisle_is_left_where_it_was_entered():
    problem = one_block((2_000, 9_000), (30_000,), (4_000, 11_000))
    assert length(problem, "return") == 2 * 2 * PITCH + 2 * (9_000 + 30_000 + 11_000)


def test_by_midpoint_inner_aisles_are_served_from_both_ends_up_to_the_middle():
    problem = one_block((2_000,), (3_000, 23_000, 40_000), (24_000,), (11_000,))
    assert length(problem, "midpoint") == 2 * 3 * PITCH + 2 * LENGTH + 2 * (23_000 + 7_000 + 23_000)


def test_by_largest_gap_the_longest_empty_stretch_is_left_out():
    problem = one_block((2_000,), (3_000, 23_000, 40_000), (24_000,), (11_000,))
    assert length(problem, "largest_gap") == 2 * 3 * PITCH + 2 * LENGTH + 2 * (LENGTH - 20_000) + 2 * 23_000


def test_composite_goes_through_or_back_whichever_is_shorter_in_all():
    problem = one_block((2_000,), (46_000,), (45_000,), (1_000,))
    assert length(problem, "composite") == 2 * 3 * PITCH + 2 * LENGTH + 2 * 1_000 + 2 * 1_000


@pytest.mark.parametrize("style", RULES)
def test_one_aisle_alone_is_entered_and_left_by_the_start(style):
    assert length(one_block((30_000, 45_000)), style) == 2 * 45_000


@given(data=st.data(), style=st.sampled_from(RULES))
@settings(max_examples=60, deadline=None)
def test_a_style_visits_every_stop_along_real_aisles_and_is_never_shorter_than_the_exact_walk(grid: Grid, data, style):
    floor = grid(data.draw(st.integers(1, 5)), 6, data.draw(st.integers(2, 4)))
    places = st.sampled_from([place.id for place in floor.places])
    stops = data.draw(st.lists(places, max_size=12))
    problem = routing.Problem(floor, tuple(stops), data.draw(places), data.draw(places))
    found = routing.plan(problem, routing.Options(style=style))
    assert routing.verify(problem, found) == []
    assert found.length_mm >= routing.plan(problem).length_mm


def test_a_walk_through_a_rack_is_found():
    problem = one_block((2_000,), (3_000,))
    wrong = routing.Plan((10, 20), 18_000, ((5_000, 0), (5_000, 2_000), (10_000, 2_000), (10_000, 3_000)))
    assert "there is no way from (5000, 2000) to (10000, 2000)" in routing.verify(problem, wrong)


def test_styles_do_not_walk_one_way_aisles_against_the_sign(grid: Grid):
    floor = grid(3, 4)
    problem = routing.Problem(measure(floor.places, floor.depot, floor.cross_mm, {("A", 1): UP}), (100,), 1, 1)
    with pytest.raises(BadProblem, match="return does not know one-way aisles"):
        routing.plan(problem, routing.Options(style="return"))


def test_the_setting_offers_the_styles_that_there_are():
    assert get_args(WalkingStyle) == get_args(Style)
