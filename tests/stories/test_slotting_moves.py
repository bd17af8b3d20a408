"""Slotting: a plan from past orders, accepted within a budget, becomes moves that people do; putaway follows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from bench import Bench
from delivery import announce, line, receiver
from sqlalchemy import select

from wms.db import table_of
from wms.errors import NotFound
from wms.models.jobs import Job
from wms.models.slotting import MoveTask, PickFace, SlottingPlan
from wms.operations import jobs, ledger, replenishing, slotting
from wms.operations.ledger import By
from wms.planning.slotting import AWAY, Move, Plan
from wms.queries import invariants
from wms.queries import slotting as reads

tasks, faces, plans = table_of(MoveTask), table_of(PickFace), table_of(SlottingPlan)


class Floor(Bench):
    """CORE-RED stands near, DICE far, though DICE is wanted more; a plan swaps them by way of an empty bin."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.red, self.dice = self.items["CORE-RED"], self.items["DICE"]
        self.put("A-01-1", self.red, 12)
        self.put("A-02-1", self.dice, 7)
        for content in ({"DICE": 1}, {"DICE": 2}, {"DICE": 1, "CORE-RED": 1}):
            self.order(content, state="clean")

    def keep(self, *moves: tuple[str, str, str, int]) -> int:
        """Keep a plan of moves (SKU, from, to, chain); "" is away."""
        with self.store.read() as tx:
            loaded = reads.problem(tx, self.settings)
        at = self.places | {"": AWAY}
        steps = tuple(Move(sku, at[source], at[target], 900.0, chain) for sku, source, target, chain in moves)
        plan = Plan((), (), 0, moves=steps, walk_before_mm=20_000.0, walk_after_mm=17_300.0, method="route")
        return int(self.do(slotting.keep, By(), loaded, plan))

    def swap(self) -> int:
        """Keep the plan that swaps the two."""
        return self.keep(("CORE-RED", "A-01-1", "", 1), ("DICE", "A-02-1", "A-01-1", 1), ("CORE-RED", "", "A-02-1", 1))

    def accept(self, plan_id: int, budget: int | None = None) -> dict[str, int]:
        """Accept a plan."""
        made: dict[str, int] = self.do(slotting.accept, self.settings, By(), plan_id, budget)
        return made

    def homes(self) -> dict[str, str]:
        """Place -> the item whose face it is."""
        skus, names = {v: k for k, v in self.items.items()}, {v: k for k, v in self.places.items()}
        return {names[row.location_id]: skus[row.item_id] for row in self.rows(select(faces))}

    def state(self, plan_id: int) -> str:
        """The state of a plan."""
        return str(self.rows(select(plans.c.state).where(plans.c.id == plan_id))[0].state)


@pytest.fixture
def floor(database_url: str) -> Iterator[Floor]:
    floor = Floor(database_url)
    yield floor
    with floor.store.read() as tx:
        assert [broken for broken in invariants.check(tx) if broken["rule"][:2] == "L8"] == []
    floor.store.close()


def test_two_items_change_places_by_way_of_an_empty_bin(floor: Floor) -> None:
    assert floor.accept(floor.swap()) == {"moves": 3, "tasks": 3}
    floor.worker().start("replenish").sees("Take 12 CORE-RED from A-01-1").finish()
    assert (floor.qty("A-01-1", floor.dice), floor.qty("A-02-1", floor.red)) == (7, 12)
    assert floor.homes() == {"A-01-1": "DICE", "A-02-1": "CORE-RED"}


def test_a_move_waits_until_its_target_is_empty_and_its_goods_are_there(floor: Floor) -> None:
    floor.accept(floor.swap())
    ana, ben = floor.worker().start("replenish"), floor.worker("Ben").start("replenish")
    ben.hears("done", "No face needs anything now.")
    for _ in range(3):
        ana.scan(ana.answer["target"]["code"] if ana.answer["state"] != "quantity" else "12")
    ana.sees("Take 7 DICE from A-02-1")


def test_promised_units_stay_where_their_picks_are(floor: Floor) -> None:
    floor.accept(floor.swap())
    key = (floor.places["A-01-1"], 0, floor.red, 0, "available")
    floor.do(ledger.allocate, {key: 5})
    ana = floor.worker().start("replenish").sees("Take 7 CORE-RED from A-01-1")
    ana.follow().scan("7").follow().hears("done", "7 CORE-RED.")
    assert ana.answer["task"] is None  # DICE waits until A-01-1 is empty
    assert floor.qty("A-01-1", floor.red) == 5


def test_a_budget_never_cuts_a_chain_in_two(floor: Floor) -> None:
    plan = floor.keep(("CORE-RED", "A-01-1", "A-01-2", 1), ("DICE", "A-02-1", "", 2), ("DICE", "", "A-02-2", 2))
    assert floor.accept(plan, 2) == {"moves": 1, "tasks": 1}
    assert floor.homes() == {"A-01-2": "CORE-RED", "A-02-1": "DICE"}


def test_a_budget_below_the_first_chain_is_refused_with_what_it_takes(floor: Floor) -> None:
    plan = floor.swap()
    with pytest.raises(slotting.NothingChosen, match="3 at least"):
        floor.accept(plan, 2)


def test_a_plan_is_accepted_once_and_an_older_proposal_is_void(floor: Floor) -> None:
    old, plan = floor.swap(), floor.swap()
    with pytest.raises(slotting.NotProposed):
        floor.accept(old)
    floor.accept(plan)
    with pytest.raises(slotting.NotProposed):
        floor.accept(plan)
    with pytest.raises(NotFound):
        floor.accept(999)


def test_a_new_plan_takes_the_open_moves_of_the_old_one_back(floor: Floor) -> None:
    first = floor.swap()
    floor.accept(first)
    second = floor.keep(("CORE-RED", "A-01-1", "A-01-2", 1))
    floor.accept(second)
    assert [row.state for row in floor.rows(select(tasks).order_by(tasks.c.id))] == ["void"] * 3 + ["open"]
    assert (floor.state(first), floor.state(second)) == ("old", "active")


def test_what_if_shows_visits_before_and_after_the_chosen_moves(floor: Floor) -> None:
    floor.swap()
    with floor.store.read() as tx:
        all_of_it, none = reads.plan_page(tx), reads.plan_page(tx, None, 1)
    assert all_of_it
    assert none
    near, far = floor.places["A-01-1"], floor.places["A-02-1"]
    assert (all_of_it.before[near], all_of_it.after[near], all_of_it.after[far]) == (1, 3, 1)
    assert (none.chosen, none.after == none.before, none.after_mm, all_of_it.after_mm) == (0, True, 20_000, 17_300)


def test_putaway_brings_goods_to_the_planned_face_and_asks_before_another_items(floor: Floor) -> None:
    floor.accept(floor.swap())
    floor.worker("Max").start("replenish").finish()
    announce(floor, (line("CORE-RED", 4),))
    rosa = receiver(floor).start("receive").finish().start("putaway").follow()
    assert rosa.answer["target"]["label"] == "A-02-1"
    rosa.scan(floor.code("A-01-1")).hears("ask", "A-01-1 holds DICE.").follow().hears("done", "A-02-1: 4 CORE-RED.")


def test_an_empty_face_is_kept_for_its_item(floor: Floor) -> None:
    floor.do(replenishing.set_face, "DICE", "A-02-2", (0, 0))
    announce(floor, (line("CORE-BLUE", 4),))
    rosa = receiver(floor).start("receive").finish().start("putaway").follow()
    rosa.scan(floor.code("A-02-2")).hears("ask", "A-02-2 is kept for DICE.")


def test_the_worker_proposes_a_plan_or_says_why_not(floor: Floor) -> None:
    floor.do(jobs.enqueue, "slotting", {"operator": None, "seconds": 5})
    jobs.run_once(floor.store, floor.settings)
    found: Any = floor.rows(select(table_of(Job)))[0]
    assert (found.state, "plan_id" in found.result or "Everything stands well" in found.result) == ("done", True)
