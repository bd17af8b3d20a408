"""Packing a tote of one-unit orders: any unit finds its order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench import Bench, packing


@pytest.fixture
def bench(database_url: str) -> Iterator[Bench]:
    house = Bench(database_url)
    yield house
    house.store.close()


def test_a_tote_of_singles_is_packed_by_doing_what_the_screen_says(bench: Bench) -> None:
    made, _ = bench.singles("CORE-RED", "DICE", "CORE-RED")
    packing(bench).start("pack").finish()
    assert [bench.state(order) for order in made] == ["packed"] * 3
    assert len({job.subject for job in bench.labels()}) == 3


def test_any_unit_of_the_tote_finds_the_order_that_needs_it(bench: Bench) -> None:
    made, tote = bench.singles("CORE-RED", "DICE")
    jonas = packing(bench).start("pack").scan(tote).sees("Scan any unit")
    jonas.scan("DICE").hears("ok", "DICE is complete.").sees("Take carton")
    assert [bench.state(order) for order in made] == ["picked", "packing"]


def test_a_unit_that_no_order_of_the_tote_needs_is_set_aside(bench: Bench) -> None:
    _, tote = bench.singles("CORE-RED")
    jonas = packing(bench).start("pack").scan(tote)
    jonas.scan("DICE").hears("stop", "No order of this tote takes DICE. Set it aside.").sees("Scan any unit")


def test_missing_singles_hold_their_orders(bench: Bench) -> None:
    made, tote = bench.singles("CORE-RED", "DICE")
    jonas = packing(bench).start("pack").scan(tote).scan("CORE-RED").follow().follow().follow().sees("Scan any unit")
    jonas.scan("F2").hears("ask", "Missing: 1?").scan("F2").hears("done", "On hold: 1 order.")
    assert [bench.state(order) for order in made] == ["packed", "picked"]
    jonas.start("pack")
    assert jonas.answer["task"] is None
    bench.clear(made[1])
    jonas.start("pack").finish()
    assert bench.state(made[1]) == "packed"


def test_a_held_single_stays_in_the_tote_and_goes_to_the_problem_shelf(bench: Bench) -> None:
    made, tote = bench.singles("CORE-RED", "DICE")
    bench.hold(made[1])
    jonas = packing(bench).start("pack").scan(tote).scan("DICE").hears("stop", "Set it aside.")
    jonas.finish()
    assert bench.qty("X1", bench.items["DICE"]) == 1


def test_taking_over_a_tote_of_singles_goes_on_with_the_box_in_hand(bench: Bench) -> None:
    made, tote = bench.singles("CORE-RED", "DICE")
    jonas, ana = packing(bench), packing(bench, "Ana")
    ana.start("pack")
    jonas.start("pack").scan(tote).scan("DICE").sees("Take carton")
    ana.scan(tote).hears("ask", "Jonas is on").scan(tote).sees("Take carton").finish()
    assert [bench.state(order) for order in made] == ["packed", "packed"]
