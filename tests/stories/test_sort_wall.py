"""Sorting a batch tote into the put-wall: what a sorter sees, scans and hears, and packing from the slots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from bench import counted, packing
from wall import WallBench, sorter

from wms import clock
from wms.queries import invariants

BEGUN_AT_THE_BENCH = ("I5", "L5")  # these totes were never picked: their picks and list codes are not in the house


@pytest.fixture
def bench(database_url: str) -> Iterator[WallBench]:
    house = WallBench(database_url)
    yield house
    with house.store.read() as tx:
        broken = [each for each in invariants.check(tx) if each["rule"][:2] not in BEGUN_AT_THE_BENCH]
    house.store.close()
    assert broken == []


def test_units_go_into_the_slot_of_the_order_that_wants_them(bench: WallBench) -> None:
    made, (tote,) = bench.batch({"CORE-RED": 1, "DICE": 1}, {"CORE-RED": 1})
    sara = sorter(bench).start("sort").sees("Sort tote").scan(tote).sees("Scan any unit")
    sara.scan("CORE-RED").sees("Put 1 into W1-1").follow().hears("ok", "1 CORE-RED in W1-1, 1 to come.")
    sara.scan("CORE-RED").sees("Put 1 into W1-2").follow().hears("done", "W1-2 is complete. Pack it.")
    assert bench.slots() == {"W1-1": made[0], "W1-2": made[1]}
    assert bench.qty("W1-2", bench.items["CORE-RED"]) == 1


def test_a_list_is_sorted_and_packed_by_doing_what_the_screen_says(bench: WallBench) -> None:
    made, _ = bench.batch({"CORE-RED": 2, "DICE": 1}, {"CORE-RED": 1}, {"CORE-BLUE": 1, "DICE": 2}, totes=2)
    sorter(bench).start("sort").finish()
    assert len(bench.slots()) == 3
    packing(bench).start("pack").sees("Pack slot W1-1").finish()
    assert [bench.state(order) for order in made] == ["packed"] * 3
    assert (bench.slots(), bench.list_states()) == ({}, ["packed"])


def test_the_last_unit_says_that_the_list_is_sorted(bench: WallBench) -> None:
    bench.batch({"CORE-RED": 1}, {"DICE": 1})
    sara = sorter(bench).start("sort").follow().follow().follow().follow().follow()
    sara.hears("done", "is sorted.")
    assert sara.answer["task"] is None
    sara.start("sort").hears("done", "No tote can be sorted now.")


def test_a_slot_is_packed_before_the_rest_of_the_list_is_sorted(bench: WallBench) -> None:
    made, (tote,) = bench.batch({"CORE-RED": 1}, {"DICE": 1})
    sorter(bench).start("sort").scan(tote).scan("DICE").follow()
    jonas = packing(bench).start("pack").sees("Pack slot W1-2")
    jonas.scan(bench.code("W1-1")).hears("stop", "W1-1 is empty. Scan another one.")
    jonas.finish()
    assert [bench.state(order) for order in made] == ["picked", "packed"]


def test_a_slot_that_waits_for_more_is_not_packed(bench: WallBench) -> None:
    _, (tote,) = bench.batch({"CORE-RED": 1, "DICE": 2}, {"DICE": 1})
    sara = sorter(bench).start("sort").scan(tote)
    jonas = packing(bench)
    jonas.start("pack").hears("done", "No tote waits at a pack station.")
    sara.scan("DICE").scan("2").follow().scan("DICE").follow()
    jonas.start("pack").scan(bench.code("W1-1")).hears("stop", "W1-1 waits for 1 more. Scan another one.")


def test_an_order_is_packed_from_its_slot_when_its_code_is_scanned(bench: WallBench) -> None:
    made, _ = bench.batch({"CORE-RED": 1}, {"DICE": 1})
    sorter(bench).start("sort").finish()
    jonas = packing(bench).start("pack").scan(bench.order_code(made[1])).sees("Scan DICE").finish()
    assert [bench.state(order) for order in made] == ["packed", "packed"]
    assert jonas.answer["task"] is None


def test_the_wrong_slot_and_another_item_in_hand_are_refused(bench: WallBench) -> None:
    _, (tote,) = bench.batch({"CORE-RED": 1}, {"DICE": 1})
    sara = sorter(bench).start("sort").scan(tote).scan("DICE")
    sara.scan(bench.code("W1-1")).hears("stop", "This is W1-1. Put it into W1-2.")
    sara.scan("CORE-RED").hears("stop", "First put DICE into W1-2.").scan("F4").sees("Scan any unit")


def test_several_of_one_item_go_into_a_slot_at_once(bench: WallBench) -> None:
    _, (tote,) = bench.batch({"DICE": 3}, {"DICE": 1})
    sara = sorter(bench).start("sort").scan(tote).scan("DICE").scan("DICE").sees("Put 2 into W1-1")
    sara.scan("4").hears("stop", "W1-1 takes 3 DICE. Put the rest back.").scan("3").follow().hears("done", "complete")
    assert bench.qty("W1-1", bench.items["DICE"]) == 3


def test_undo_takes_units_out_of_the_slot_again(bench: WallBench) -> None:
    _, (tote,) = bench.batch({"DICE": 2}, {"DICE": 1})
    sara = sorter(bench).start("sort").scan(tote)
    sara.scan("F4").hears("stop", "Nothing to undo here.").scan("DICE").follow()
    sara.scan("F4").hears("ok", "1 back in tote")
    assert (bench.qty("W1-1", bench.items["DICE"]), bench.qty("P1", bench.items["DICE"])) == (0, 3)


def test_a_unit_that_no_slot_takes_stays_in_the_tote_and_goes_to_the_problem_shelf(bench: WallBench) -> None:
    made, (tote,) = bench.batch({"CORE-RED": 1}, {"DICE": 1})
    bench.hold(made[1])
    sara = sorter(bench).start("sort").scan(tote)
    sara.scan("DICE").hears("stop", "No slot takes DICE. Leave it in the tote.")
    sara.scan("CORE-BLUE").hears("stop", "No slot takes CORE-BLUE.")
    sara.follow().follow().hears("done", "to X1.")
    assert bench.qty("X1", bench.items["DICE"]) == 1


def test_an_order_that_waited_on_the_problem_shelf_is_packed_out_of_the_shared_tote(bench: WallBench) -> None:
    made, _ = bench.batch({"CORE-RED": 1}, {"DICE": 1, "CORE-RED": 1})
    bench.hold(made[1])
    sorter(bench).start("sort").finish()
    bench.clear(made[1])
    packing(bench).start("pack").finish()
    assert [bench.state(order) for order in made] == ["packed", "packed"]
    assert bench.list_states() == ["packed"]


def test_missing_units_hold_the_last_orders_and_their_slots_are_emptied(bench: WallBench) -> None:
    made, (tote,) = bench.batch({"DICE": 1}, {"CORE-RED": 1, "DICE": 1})
    bench.tote()
    sara = sorter(bench).start("sort").scan(tote).scan("CORE-RED").follow().scan("DICE").follow()
    sara.scan("F2").hears("ask", "Missing: 1?").scan("F2").hears("done", "On hold: 1 order.")
    sara.start("sort").sees("Empty W1-2 into a tote").follow().hears("done", f"with order {10482} to X1.")
    assert (bench.slots(), bench.qty("X1", bench.items["CORE-RED"])) == ({"W1-1": made[0]}, 1)


def test_an_emptied_order_is_packed_from_the_problem_shelf_when_its_hold_is_cleared(bench: WallBench) -> None:
    made, (tote,) = bench.batch({"DICE": 1}, {"CORE-RED": 1, "DICE": 1})
    bench.tote()
    sara = sorter(bench).start("sort").scan(tote).scan("CORE-RED").follow().scan("DICE").follow()
    sara.scan("F2").scan("F2").start("sort").finish()
    bench.clear(made[1])
    packing(bench).start("pack").finish()
    assert [bench.state(order) for order in made] == ["packed", "packed"]


def test_a_hold_that_comes_while_a_slot_is_packed_sends_its_rest_to_the_problem_shelf(bench: WallBench) -> None:
    made, _ = bench.batch({"DICE": 1, "CORE-RED": 1}, {"DICE": 1})
    bench.tote()
    sorter(bench).start("sort").finish()
    jonas = packing(bench).start("pack").scan(bench.code("W1-1")).scan("DICE")
    bench.hold(made[0])
    jonas.scan("CORE-RED").hears("stop", "Now on hold").scan("F3")
    sorter(bench, "Bea").start("sort").sees("Empty W1-1").finish()
    bench.clear(made[0])
    jonas.start("pack").finish()
    assert [bench.state(order) for order in made] == ["packed", "packed"]


def test_undo_after_the_slot_was_emptied_puts_the_unit_into_the_orders_tote(bench: WallBench) -> None:
    made, _ = bench.batch({"DICE": 1, "CORE-RED": 1})
    bench.tote()
    sorter(bench).start("sort").finish()
    jonas = packing(bench).start("pack").scan(bench.code("W1-1")).scan("DICE")
    bench.hold(made[0])
    jonas.scan("F3")
    sorter(bench, "Bea").start("sort").finish()
    bench.clear(made[0])
    jonas.start("pack").follow().scan("F4").hears("ok", "1 DICE back").finish()
    assert bench.state(made[0]) == "packed"


def test_a_second_sorter_is_refused_and_takes_over_by_asking_twice(bench: WallBench) -> None:
    _, (tote,) = bench.batch({"CORE-RED": 1}, {"DICE": 1})
    sara, bea = sorter(bench), sorter(bench, "Bea")
    bea.start("sort")
    sara.start("sort").scan(tote).scan("DICE")
    bea.scan(tote).hears("ask", "Sara is on list").scan(tote).sees("Scan any unit")
    sara.follow().hears("stop", "Bea took list 1 over. Choose a job.")
    bea.finish()
    assert len(bench.slots()) == 2


def test_a_wall_without_enough_free_slots_says_so(database_url: str) -> None:
    bench = WallBench(database_url, slots=2)
    bench.batch({"CORE-RED": 1}, {"DICE": 1})
    bench.batch({"CORE-RED": 1}, {"DICE": 1})
    sara, jonas = sorter(bench).start("sort").finish(), packing(bench)
    sara.start("sort").hears("done", "No tote can be sorted now.")
    jonas.start("pack").follow()
    sara.start("sort")
    assert sara.answer["task"] is None
    jonas.finish()
    sara.start("sort").sees("Sort tote").finish()
    bench.store.close()


def test_only_batch_totes_go_to_the_wall_and_they_go_there_first(bench: WallBench) -> None:
    _, single = bench.singles("DICE")
    _, (batch,) = bench.batch({"CORE-RED": 1}, {"DICE": 1})
    sorter(bench).start("sort").scan(single).hears("stop", "needs no wall. Choose Pack.")
    packing(bench).start("pack").scan(batch).hears("stop", "goes to the wall first. Choose Sort.")


def test_an_order_that_may_go_again_too_late_for_a_slot_is_packed_from_the_problem_shelf(database_url: str) -> None:
    bench = WallBench(database_url, slots=2)
    made, (tote,) = bench.batch({"CORE-RED": 1}, {"DICE": 1}, {"CORE-BLUE": 1})
    bench.hold(made[2])
    sara = sorter(bench).start("sort").scan(tote).scan("DICE").follow()
    bench.clear(made[2])
    sara.scan("CORE-BLUE").hears("stop", "No slot takes CORE-BLUE.").finish()
    packing(bench).start("pack").finish()
    assert [bench.state(order) for order in made] == ["packed"] * 3
    bench.store.close()


def test_nobody_moves_goods_out_of_a_slot(bench: WallBench) -> None:
    _, (tote,) = bench.batch({"CORE-RED": 1}, {"DICE": 1})
    sorter(bench).start("sort").scan(tote).scan("DICE").follow()
    bench.put("A-01-1", bench.items["DICE"], 1)
    rita = bench.worker("Rita").start("move").scan(bench.code("W1-2"))
    rita.hears("stop", "W1-2 holds an order. Choose Sort or Pack.")


def test_a_lot_tracked_unit_is_sorted_by_its_lot(bench: WallBench) -> None:
    tea = bench.items["TEA"] = bench.item("TEA", lot_tracked=True)
    lots = [bench.lot(tea, code, clock.today() + timedelta(days=90)) for code in ("L1", "L2")]
    made = [bench.order({"TEA": 1}), bench.order({"TEA": 1})]
    number = bench.pick_list("batch", made)
    tote = bench.fill(number, None, {"TEA": 1}, lot=lots[0])
    bench.add_to(tote, {"TEA": 1}, lots[1])
    sara = sorter(bench).start("sort").scan(tote).scan("TEA").sees("Which lot of TEA?")
    sara.scan("L9").hears("stop", "Lot L9 of TEA is not in this tote.").scan("L2").sees("Put 1 into W1-1").finish()
    packing(bench).start("pack").finish()
    assert [bench.state(order) for order in made] == ["packed", "packed"]


@pytest.mark.parametrize("state", ["item", "slot"])
def test_the_commonest_scans_of_sorting_need_at_most_ten_statements(bench: WallBench, state: str) -> None:
    _, (tote,) = bench.batch({"CORE-RED": 2, "DICE": 2}, {"DICE": 3})
    sara = sorter(bench).start("sort").scan(tote)
    if state == "slot":
        sara.follow()
    with counted(bench) as seen:
        sara.follow()
    assert len([each for each in seen if not each.startswith("BEGIN")]) <= 10, "\n".join(seen)
