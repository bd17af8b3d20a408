"""An import beside the work of the hall: nobody waits for a dry run, and a killed process loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from backers import Campaign
from forgotten import HEADER, line
from sqlalchemy import func, select
from warehouse import Warehouse

from wms.db import Store, table_of
from wms.models.campaigns import Import
from wms.models.orders import Order, OrderLine
from wms.operations import importing
from wms.operations.ledger import By
from wms.operations.staging import Request

imports, orders, lines = table_of(Import), table_of(Order), table_of(OrderLine)


CHILD = """import sys; from pathlib import Path
from wms.db import Store
from wms.operations import importing
from wms.operations.ledger import By
from wms.settings import Database, Settings
settings = Settings(database=Database(url=sys.argv[1]))
request = importing.Request(int(sys.argv[2]), "orders.csv", Path(sys.argv[3]).read_bytes())
importing.take(Store(settings.database), settings, By(), request)
"""


@pytest.fixture
def house(tmp_path: Path) -> Warehouse:
    house = Warehouse(f"sqlite:///{tmp_path / 'floor.db'}")
    house.item("CORE-RED")
    return house


def paper(n: int) -> bytes:
    return "\n".join([HEADER, *(line(number) for number in range(1, n + 1))]).encode()


def test_a_dry_run_makes_no_writer_wait_and_leaves_nothing(
    house: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importing.finish

    def finish(tx: object, import_id: int) -> None:
        house.place("A-09-1")  # somebody writes before the dry run has ended
        real(tx, import_id)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "finish", finish)
    request = Request(Campaign(house).id, "orders.csv", paper(3))
    told = importing.rehearse(house.store, house.settings, By(), request)
    assert told["changes"]["added"] == 3
    assert house.rows(select(func.count()).select_from(imports))[0][0] == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("aside")] == []
    house.store.close()


def test_an_import_whose_process_is_killed_is_ended_by_the_next_one(house: Warehouse, tmp_path: Path) -> None:
    campaign, n = Campaign(house).id, 300
    (tmp_path / "orders.csv").write_bytes(paper(n))
    words = [str(house.settings.database.url), str(campaign), str(tmp_path / "orders.csv")]
    with subprocess.Popen([sys.executable, "-c", CHILD, *words]) as child:
        while not applied(house.store) and child.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                child.wait(0.01)
        os.kill(child.pid, signal.SIGKILL)
    left = house.rows(select(imports))[0]
    assert (left.state, left.done > 0) == ("applying", True)
    again = importing.take(house.store, house.settings, By(), Request(campaign, "orders.csv", paper(n)))
    with house.store.read() as tx:
        told = importing.told(tx, again)
    assert (told["changes"]["added"], told["changes"]["unchanged"]) == (0, n)
    assert [house.rows(select(func.count()).select_from(each))[0][0] for each in (orders, lines)] == [n, n]
    house.store.close()


def applied(store: Store) -> bool:
    """Whether some orders are in, and not all is done."""
    with store.read() as tx:
        return bool(tx.value(select(imports.c.done).where(imports.c.state == "applying")))
