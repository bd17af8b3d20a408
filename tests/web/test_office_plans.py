"""Slotting and replenishment in the office and the API: proposals, faces, moves, and when the waves will end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import PAGE, Desk
from sqlalchemy import select, update

from wms.db import table_of
from wms.models.orders import Order
from wms.models.outbound import PickList
from wms.models.shipping import Carrier
from wms.models.slotting import MoveTask, PickFace, SlottingPlan
from wms.operations import jobs

tasks, faces, plans = table_of(MoveTask), table_of(PickFace), table_of(SlottingPlan)
lists, orders = table_of(PickList), table_of(Order)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Desk]:
    """A furnished house of one's own."""
    desk = Desk(f"sqlite:///{tmp_path}/own.db").furnish()
    yield desk
    desk.close()


def post(desk: Desk, address: str, form: dict[str, str] | None = None) -> str:
    """Send a form of the office as a supervisor and return the page that follows."""
    client, csrf = desk.browser("supervisor")
    answer = client.post(f"/office/{address}", data=(form or {}) | {"csrf": csrf}, headers=PAGE, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def look(desk: Desk, address: str) -> str:
    """Open a page of the office."""
    return desk.as_("supervisor").get(f"/office/{address}", headers=PAGE).text


def test_the_floor_is_shown_before_and_after_the_moves(desk: Desk) -> None:
    page = look(desk, "slotting")
    assert page.count("<svg viewBox") > 2
    assert "A-02-1: 300 visits" in page
    assert "A-01-1: 300 visits" in page
    assert "After 3 moves" in page


def test_a_budget_too_small_for_the_first_chain_says_so(desk: Desk) -> None:
    page = look(desk, "slotting?budget=2")
    assert "The first moves belong together: at least 3." in page
    assert "Accept" not in page


def test_accepted_moves_are_tasks_on_the_handheld_and_the_faces_change(own: Desk) -> None:
    assert "3 moves are accepted" in post(own, "slotting/1/accept", {"budget": "3"})
    homes = {row.location_id: row.item_id for row in own.rows(select(faces))}
    assert homes[own.places["A-01-1"]] == own.items["DICE"]
    assert own.rows(select(plans.c.state))[0].state == "active"
    assert "A-01-1" in own.worker().start("replenish").answer["title"]


def test_pick_faces_are_turned_over_page_by_page_beside_the_moves(desk: Desk) -> None:
    page = look(desk, "replenishment?per_page=1&faces=2&page=1")
    assert "Page 2 of 2" in page
    assert ("A-02-1" in page.split("Pick faces")[1], "A-01-1" in page.split("Pick faces")[1]) == (True, False)


def test_a_face_is_set_changed_refused_and_freed(own: Desk) -> None:
    form = {"sku": "CORE-BLUE", "place": "a-02-2", "least": "4", "most": ""}
    assert "A-02-2 is a face of CORE-BLUE." in post(own, "faces", form)
    post(own, "faces", form | {"least": "6", "most": "9"})
    row = own.rows(select(faces).order_by(faces.c.id.desc()))[0]
    assert (row.min_qty, row.max_qty) == (6, 9)
    assert "nobody" in post(own, "faces/A-02-2/free")
    assert len(own.rows(select(faces))) == 2


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"sku": "NONE"}, 404, "Item NONE not found."),
        ({"place": "Z-99"}, 404, "Place Z-99 not found."),
        ({"place": "D1"}, 409, "D1 is a dock. A pick face is a bin."),
        ({"place": "A-02-1"}, 409, "A-02-1 is the face of DICE."),
        ({"min_qty": 9, "max_qty": 3}, 422, "Minimum 9 is above maximum 3."),
        ({"min_qty": -1}, 422, "min_qty"),
    ],
)
def test_a_face_that_cannot_be_is_refused_with_the_reason(
    desk: Desk, change: dict[str, object], status: int, sentence: str
) -> None:
    face = {"sku": "CORE-RED", "place": "A-02-2", "min_qty": 1, "max_qty": 5} | change
    answer = desk.as_("supervisor").post("/api/v1/faces", json=face)
    assert answer.status_code == status
    assert sentence in answer.json["error"]["sentence"]


def test_a_dropped_move_is_void_and_cannot_be_dropped_again(own: Desk) -> None:
    assert "The move is dropped." in post(own, "replenishment/1/drop")
    assert own.rows(select(tasks.c.state).where(tasks.c.id == 1))[0].state == "void"
    assert own.as_("supervisor").post("/api/v1/move-tasks/1/withdraw").status_code == 404


def test_looking_again_plans_in_the_background_and_says_what_came_of_it(own: Desk) -> None:
    assert 'data-job="1"' in post(own, "replenishment")
    jobs.run_once(own.store, own.settings)
    assert "moves to do" in look(own, "replenishment?job=1")


def test_a_plan_is_made_in_the_background(own: Desk) -> None:
    assert 'data-job="1"' in post(own, "slotting")
    jobs.run_once(own.store, own.settings)
    page = look(own, "slotting?job=1")
    assert "Everything stands well" in page or "moves." in page


def test_the_api_shows_what_a_budget_comes_to(desk: Desk) -> None:
    client = desk.as_("supervisor")
    whole, part = (client.get(f"/api/v1/slotting-plans/1?budget={n}").json for n in (3, 2))
    assert (whole["chosen"], whole["saved_mm"], whole["after_mm"]) == (3, 5400, 19_100)
    assert (part["chosen"], part["saved_mm"]) == (0, 0)


def test_only_faces_below_their_minimum_are_listed_when_asked(desk: Desk) -> None:
    low = desk.as_("picker").get("/api/v1/faces?low=true").json
    assert {row["sku"] for row in low["items"]} == {"CORE-RED", "DICE"}
    red = next(row for row in low["items"] if row["sku"] == "CORE-RED")
    assert (red["place"], red["qty"], red["allocated"], red["coming"]) == ("A-01-1", 12, 2, 30)


@pytest.fixture
def busy(own: Desk) -> Desk:
    """A wave is open with two totes that wait to be packed; a truck leaves at noon."""
    two = [own.order({"CORE-BLUE": 2}), own.order({"DICE": 1})]
    made = own.pick_list("cluster", two)
    wave = own.rows(select(lists.c.wave_id).where(lists.c.id == made))[0].wave_id
    own.do(lambda tx: tx.execute(update(orders).where(orders.c.id.in_(two)).values(wave_id=wave)))
    own.do(lambda tx: tx.execute(update(table_of(Carrier)).values(cutoff="12:00")))
    return own


def test_open_waves_stand_as_bars_against_their_trucks(busy: Desk) -> None:
    page = look(busy, "waves")
    assert "Open waves against their trucks" in page
    assert 'class="leaves"' in page
    assert "in time" in page


def test_a_wave_says_when_it_ends_with_how_many_people(busy: Desk) -> None:
    wave = busy.rows(select(lists.c.wave_id).order_by(lists.c.id.desc()))[0].wave_id
    page = look(busy, f"waves/{wave}")
    assert "When will it be packed?" in page
    assert page.count("in time") >= 8
    told = busy.as_("picker").get(f"/api/v1/waves/{wave}/forecast?people=3").json
    assert [row["people"] for row in told["rows"]] == [1, 2, 3]


def test_a_forecast_of_no_wave_is_not_found(desk: Desk) -> None:
    assert desk.as_("picker").get("/api/v1/waves/777/forecast").status_code == 404
