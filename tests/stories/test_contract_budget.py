"""What a scan costs in statements: the commonest scans of move, count and lookup, a refusal, a second delivery."""

from __future__ import annotations

from contract import FROM, OTHER, TO, Hall
from delivery import statements
from warehouse import Worker

from wms.operations import counting

MOST = 10


def cost(hall: Hall, worker: Worker, text: str) -> int:
    """How many statements one scan takes, all in."""
    with statements(hall) as seen:
        worker.scan(text)
    return len([each for each in seen if not each.startswith(("SAVEPOINT", "RELEASE", "BEGIN"))])


def test_the_scan_that_moves_goods_keeps_to_the_budget(hall: Hall) -> None:
    ana = hall.mover(60)
    assert cost(hall, ana, hall.code(TO)) <= MOST
    assert hall.qty(TO, hall.core) == 60


def test_counting_an_item_keeps_to_the_budget(hall: Hall) -> None:
    hall.do(counting.ask, hall.places[FROM], "asked")
    ana = hall.worker().start("count").follow()
    assert cost(hall, ana, "CORE") <= MOST
    assert cost(hall, ana, "100") <= MOST
    ana.hears("ok", "100 noted.")


def test_looking_something_up_keeps_to_the_budget(hall: Hall) -> None:
    ana = hall.worker().start("lookup")
    for text in ("CORE", hall.code(FROM), hall.code(OTHER)):
        assert cost(hall, ana, text) <= MOST, text


def test_a_refusal_keeps_to_the_budget_though_it_is_written_in_a_transaction_of_its_own(hall: Hall) -> None:
    assert cost(hall, hall.mover(60), "F9") <= MOST


def test_a_second_delivery_costs_one_statement(hall: Hall) -> None:
    ana = hall.mover(60)
    before = ana.answer
    ana.scan(hall.code(TO), "scan-0001").hears("done")
    with statements(hall) as seen:
        hall.floor.scan(ana.who, "scan-0001", before["task"], before["turn"], hall.code(TO))
    assert len([each for each in seen if not each.startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]) == 1
