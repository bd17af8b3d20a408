"""Putting away: cartons from the dock into the places that suit them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from backers import Campaign, backer
from delivery import announce, ledger_rows, line, plates, receiver, statements
from sqlalchemy import update
from warehouse import Warehouse, Worker

from wms.db import Tx, table_of
from wms.models.places import Location
from wms.operations import master, replenishing

locations = table_of(Location)
BIN = 240_000  # mm3 of one unit as Warehouse.item makes it


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


def received(house: Warehouse, *cartons: tuple[object, ...]) -> Worker:
    """Let Rosa receive a list; she then stands before the cartons at the dock."""
    announce(house, *cartons)  # type: ignore[arg-type]
    return receiver(house).start("receive").finish()


def size(house: Warehouse, litres_of_units: int, *names: str) -> None:
    """Give bins room for so many small units; all bins without names."""
    table = table_of(Location)
    ids = [house.places[name] for name in names or [name for name in house.places if name.startswith("A-")]]

    def work(tx: Tx) -> None:
        tx.execute(update(table).where(table.c.id.in_(ids)).values(capacity_mm3=litres_of_units * BIN))

    house.do(work)


def stands(house: Warehouse, item: int) -> dict[str, int]:
    """Where an item stands."""
    return {name: qty for name in house.places if (qty := house.qty(name, item))}


def test_a_robot_puts_every_carton_into_a_bin(house: Warehouse) -> None:
    red, blue = house.item("CORE-RED"), house.item("CORE-BLUE")
    rosa = received(house, (line("CORE-RED", 24),), (line("CORE-BLUE", 12),))
    rosa.start("putaway").sees("Take a carton at D1").finish().hears("done")
    assert (sum(stands(house, red).values()), sum(stands(house, blue).values())) == (24, 12)
    assert "D1" not in stands(house, red) | stands(house, blue)


def test_the_same_item_goes_together(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("A-02-3", red, 3)
    rosa = received(house, (line("CORE-RED", 24),))
    rosa.start("putaway").follow().sees("Put 24 CORE-RED in A-02-3").follow().hears("done", "A-02-3: 24 CORE-RED.")
    assert stands(house, red) == {"A-02-3": 27}


def test_a_face_is_filled_no_further_than_it_is_meant_to_be(house: Warehouse) -> None:
    house.put("A-02-3", house.item("CORE-RED"), 3)
    house.do(replenishing.set_face, "CORE-RED", "A-02-3", (0, 20))
    others = (locations.c.kind == "bin", locations.c.name != "A-02-3")
    house.do(lambda tx: tx.execute(update(locations).where(*others).values(active=False)))
    rosa = received(house, (line("CORE-RED", 24),)).start("putaway").follow()
    rosa.sees("Put 17 CORE-RED in A-02-3").follow()
    rosa.sees("Put 7 CORE-RED in A-02-3")  # there is no other place: the face takes them before a problem place does


def test_a_full_face_leaves_a_carton_to_the_reserve(house: Warehouse) -> None:
    house.item("CORE-RED")
    house.place("R-01", "reserve")
    house.do(replenishing.set_face, "CORE-RED", "A-02-3", (0, 20))
    received(house, (line("CORE-RED", 24),)).start("putaway").follow().sees("Put 24 CORE-RED in R-01")


def test_a_bin_unpacks_the_carton_and_a_reserve_keeps_its_plate(house: Warehouse) -> None:
    house.item("CORE-RED")
    reserve = house.place("R-01", "reserve")
    rosa = received(house, (line("CORE-RED", 24),), (line("CORE-RED", 12),)).start("putaway")
    rosa.follow().follow()
    rosa.follow().scan(house.code("R-01")).hears("ask", "R-01 was not planned.").scan(house.code("R-01"))
    last = ledger_rows(house)[-1]
    assert (last.to_location_id, last.to_lpn_id == last.from_lpn_id) == (reserve, True)
    assert ledger_rows(house)[-2].to_lpn_id == 0


def test_of_places_as_far_away_the_one_beside_what_is_ordered_together_with_it_is_proposed(house: Warehouse) -> None:
    house.item("CORE-RED")
    house.put("A-02-1", house.item("SLEEVES"), 30)
    others = (locations.c.kind == "bin", locations.c.name != "A-02-1")
    house.do(lambda tx: tx.execute(update(locations).where(*others).values(active=False)))
    for name, x_mm in (("A-03-1", 9_000), ("A-04-1", 1_000)):  # P1 is at 5 m, the sleeves at 2 m
        house.places[name] = house.place(name, "bin", x_mm)
    Campaign(house, Core="CORE-RED", Sleeves="SLEEVES").review(*(backer(n, "Core", "Sleeves") for n in range(4)))
    rosa = received(house, (line("CORE-RED", 24),)).start("putaway").follow().sees("Put 24 CORE-RED in A-04-1")
    assert "1 m from what goes with it" in rosa.answer["facts"]["why"]


def test_another_bin_is_asked_about_and_then_taken(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    rosa = received(house, (line("CORE-RED", 24),)).start("putaway").follow()
    other = next(name for name in house.places if name[:2] == "A-" and name != rosa.answer["target"]["label"])
    rosa.scan(house.code(other)).hears("ask", f"{other} was not planned.").scan(house.code(other)).hears("done")
    assert stands(house, red) == {other: 24}


def test_a_bin_with_another_item_is_named(house: Warehouse) -> None:
    house.item("CORE-RED")
    house.put("A-01-1", house.item("DICE"), 4)
    rosa = received(house, (line("CORE-RED", 24),)).start("putaway").follow()
    rosa.scan(house.code("A-01-1")).hears("ask", "A-01-1 holds DICE. Again to use it.")


def test_a_full_bin_is_refused_with_figures(house: Warehouse) -> None:
    house.item("CORE-RED")
    size(house, 10, "A-01-1")
    rosa = received(house, (line("CORE-RED", 24),)).start("putaway").follow()
    rosa.scan(house.code("A-01-1")).hears("stop", "A-01-1 has room for 10 of 24.")


def test_a_cart_and_a_closed_bin_are_refused(house: Warehouse) -> None:
    house.item("CORE-RED")
    closed = update(table_of(Location)).where(table_of(Location).c.id == house.places["A-02-1"])
    house.do(lambda tx: tx.execute(closed.values(active=False)))
    rosa = received(house, (line("CORE-RED", 24),)).start("putaway").follow()
    rosa.scan(house.code("C-01")).hears("stop", "C-01 is a cart.")
    rosa.scan(house.code("A-02-1")).hears("stop", "A-02-1 is closed.")


def test_goods_of_two_owners_never_share_a_bin(house: Warehouse) -> None:
    house.item("CORE-RED")
    foreign = house.do(master.add_item, house.do(master.add_owner, "OTH", "Other"), "MUG", name="Mug")
    house.put("A-01-1", foreign, 4)
    rosa = received(house, (line("CORE-RED", 24),)).start("putaway").follow()
    rosa.scan(house.code("A-01-1")).hears("stop", "A-01-1 holds goods of OTH.")


def test_a_mixed_carton_is_put_away_item_by_item(house: Warehouse) -> None:
    red, blue = house.item("CORE-RED"), house.item("CORE-BLUE")
    rosa = received(house, (line("CORE-RED", 6), line("CORE-BLUE", 4))).start("putaway").follow()
    rosa.sees("Put 4 CORE-BLUE").follow().hears("done").sees("Put 6 CORE-RED").follow().hears("done")
    assert set(stands(house, red)).isdisjoint(stands(house, blue))


def test_what_fits_in_no_bin_is_split(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    size(house, 10)
    rosa = received(house, (line("CORE-RED", 24),)).start("putaway").follow().sees("Put 10 CORE-RED")
    rosa.finish()
    assert sorted(stands(house, red).values()) == [4, 10, 10]


def test_without_any_room_it_goes_to_the_problem_place(house: Warehouse) -> None:
    red = house.item("CORE-RED", length_mm=9000)
    size(house, 1)
    rosa = received(house, (line("CORE-RED", 2),)).start("putaway").follow()
    assert rosa.answer["facts"]["why"] == "No place for this. Take it to X1."
    rosa.follow().hears("done")
    assert stands(house, red) == {"X1": 2}


def test_a_bin_that_was_filled_meanwhile_is_planned_anew(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    size(house, 30)
    rosa = received(house, (line("CORE-RED", 24),)).start("putaway").follow()
    planned = rosa.answer["target"]["label"]
    house.put(planned, red, 10)
    rosa.follow().hears("ask", f"{planned} was filled meanwhile.").follow().hears("done")
    assert stands(house, red)[planned] == 10


def test_two_people_are_never_shown_the_same_carton(house: Warehouse) -> None:
    house.item("CORE-RED")
    rosa = received(house, (line("CORE-RED", 3),), (line("CORE-RED", 4),)).start("putaway")
    ben = receiver(house, "Ben").start("putaway")
    assert rosa.answer["target"]["code"] != ben.answer["target"]["code"]
    receiver(house, "Cem").start("putaway").hears("done", "Nothing to put away now.")


def test_a_colleagues_carton_is_taken_over_after_a_question(house: Warehouse) -> None:
    house.item("CORE-RED")
    rosa = received(house, (line("CORE-RED", 3),), (line("CORE-RED", 4),)).start("putaway").follow()
    ben, plate = receiver(house, "Ben").start("putaway"), plates(house)[0]
    ben.scan(plate).hears("ask", "Rosa is on LP-").scan(plate).sees("Put 3 CORE-RED")
    rosa.follow().hears("stop", "over. Scan another plate.").sees("Take a carton")


def test_a_carton_scanned_at_the_menu_is_put_away(house: Warehouse) -> None:
    house.item("CORE-RED")
    rosa = received(house, (line("CORE-RED", 3),))
    rosa.scan(plates(house)[0]).sees("Put 3 CORE-RED")


def test_a_carton_that_was_not_counted_is_refused(house: Warehouse) -> None:
    house.item("CORE-RED")
    rosa = received(house, (line("CORE-RED", 3),))
    announce(house, (line("CORE-RED", 3),), number="PL-2")
    rosa.scan(plates(house)[1]).hears("stop", "Carton 1 is not received yet.")


def test_a_carton_that_was_put_away_is_refused(house: Warehouse) -> None:
    house.item("CORE-RED")
    rosa = received(house, (line("CORE-RED", 3),)).start("putaway").finish()
    rosa.scan(plates(house)[0]).hears("stop", "is empty")


def test_loose_units_at_the_dock_are_put_away_by_item(house: Warehouse) -> None:
    red = house.item("CORE-RED")
    house.put("D1", red, 5)
    rosa = receiver(house).start("putaway").scan("CORE-RED").sees("Put 5 CORE-RED").follow().hears("done")
    assert rosa.answer["task"] is None
    assert "D1" not in stands(house, red)


def test_a_carton_left_alone_may_be_taken_by_somebody_else(house: Warehouse) -> None:
    house.item("CORE-RED")
    rosa = received(house, (line("CORE-RED", 3),), (line("CORE-RED", 4),)).start("putaway").follow()
    rosa.scan("F1").hears("ok", "stays for now.").sees("Take a carton")


def test_taking_a_carton_costs_at_most_ten_statements(house: Warehouse) -> None:
    house.item("CORE-RED")
    rosa = received(house, (line("CORE-RED", 3),), (line("CORE-RED", 4),)).start("putaway")
    for most in (10, 15):
        with statements(house) as seen:
            rosa.follow()
        assert len(seen) <= most, seen
