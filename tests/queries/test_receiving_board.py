"""The receiving board and the receipt's page say what has come, what is missing and what waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from delivery import announce, line, receiver, statements
from warehouse import Warehouse

from wms.queries import inbound


@pytest.fixture
def house(database_url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(database_url)
    yield warehouse
    warehouse.store.close()


@pytest.fixture
def receipt_id(house: Warehouse) -> int:
    """A receipt of which carton 1 came 3 short with 2 damaged, and carton 2 is still expected."""
    house.item("CORE-RED")
    found = announce(house, (line("CORE-RED", 24),), (line("CORE-RED", 12),))
    rosa = receiver(house).start("receive").follow().scan("F3").scan("CORE-RED").scan("2")
    rosa.scan("CORE-RED").scan("19").scan("F2").scan("F2").hears("done", "Carton 1 done.")
    return found


@pytest.mark.usefixtures("receipt_id")
def test_the_board_shows_figures_docks_and_exceptions(house: Warehouse) -> None:
    with house.store.read() as tx:
        board = inbound.receiving_board(tx)
    assert board["figures"] == {"cartons_left": 1, "differences": 2, "units_today": 21, "units_hour": 21}
    assert [(row.name, row.lpns, row.units) for row in board["docks"]] == [("D1", 1, 19)]
    found = sorted((each["kind"], each["qty"]) for each in board["exceptions"])
    assert found == [("damaged", 2), ("quarantine", 2), ("short", 3)]
    assert all(each["since"] for each in board["exceptions"])


@pytest.mark.usefixtures("receipt_id")
def test_the_board_costs_five_statements(house: Warehouse) -> None:
    with house.store.read() as tx, statements(house) as seen:
        inbound.receiving_board(tx)
    assert len(seen) == 5


def test_an_empty_house_has_an_empty_board(house: Warehouse) -> None:
    with house.store.read() as tx:
        board = inbound.receiving_board(tx)
    assert (board["figures"]["cartons_left"], board["receipts"], board["exceptions"]) == (0, [], [])


def test_a_receipts_page_has_its_cartons_lines_and_differences(house: Warehouse, receipt_id: int) -> None:
    with house.store.read() as tx:
        page = inbound.receipt(tx, receipt_id)
        listed = inbound.receipts(tx)
    assert page
    assert [row.state for row in page["cartons"]] == ["received", "expected"]
    assert [(row.expected, row.received, row.damaged) for row in page["differences"]] == [(24, 19, 2)]
    assert (listed[0].expected, listed[0].received, listed[0].short, listed[0].cartons_done) == (36, 19, 3, 1)


def test_a_receipt_that_does_not_exist_has_no_page(house: Warehouse) -> None:
    with house.store.read() as tx:
        assert inbound.receipt(tx, 99) is None
