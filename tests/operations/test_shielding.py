"""Files from outside are read by a child: it says what a reader here would say, and what breaks it harms nobody."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from backers import Campaign
from forgotten import HEADER, line
from sqlalchemy import func, select
from warehouse import Warehouse

from wms.db import table_of
from wms.formats.errors import FormatError
from wms.formats.orders import apart
from wms.formats.orders.apart import Batch, Task
from wms.formats.orders.reading import Choice
from wms.models.campaigns import Import
from wms.models.orders import Order
from wms.operations import importing, intake, shielding, staging
from wms.operations.ledger import By
from wms.operations.staging import Request

SAMPLES = Path(__file__).parents[1] / "data" / "exports"
FEW = f"{HEADER}\n{line(1)}\n{line(2)}\n3,short\n".encode()
TAKE = "import pickle, sys, os; from wms.formats.orders import apart; limits, *_ = pickle.load(sys.stdin.buffer);"
imports, orders = table_of(Import), table_of(Order)


@pytest.fixture(autouse=True)
def _beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shielding, "beside", True)


def task(name: str, first: int = 3, numbers: bool = True) -> Task:
    return Task(name, staging.folder(), Choice(), 0, first, numbers, intake.SIZES)


def becomes(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Let the child do something else than to read."""
    monkeypatch.setattr(shielding, "COMMAND", (sys.executable, "-P", "-c", "\n".join((TAKE, *lines))))


def refusal(data: bytes = FEW) -> str:
    with pytest.raises(FormatError) as caught:
        list(shielding.batches(data, task("orders.csv")))
    return str(caught.value)


def children() -> set[str]:
    """The processes that this one has started and that are not over."""
    return {each for path in Path("/proc/self/task").glob("*/children") for each in path.read_text().split()}


@pytest.mark.parametrize(
    "name", ["ks_2018_per_tier.zip", "gamefound_orders_INFERRED.xlsx", "ks_2025_all_rewards_addons.csv"]
)
def test_a_child_says_what_a_reader_here_says(name: str) -> None:
    data, asked = (SAMPLES / name).read_bytes(), task(name)
    assert shielding.glance(data, asked) == apart.glance(data, asked)
    assert list(shielding.batches(data, asked)) == list(apart.batches(data, asked))


def test_an_error_names_its_line_as_ever() -> None:
    assert refusal(FEW + b'4,"never closed').startswith("orders.csv: line 5: The quotes of this record do not match")


def test_a_file_that_takes_too_much_memory_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shielding, "MEMORY", 100_000_000)
    monkeypatch.setattr(shielding, "PER_BYTE", 0)
    said = refusal(FEW + b"\n" * 120_000_000)
    assert said == "orders.csv: Reading it takes more than 100 MB of memory. Split it, or save it as CSV."


def test_a_file_that_takes_too_long_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    becomes(monkeypatch, "apart.bound(limits._replace(seconds=1))", "while True: pass")
    assert "orders.csv: Reading it takes more than 60 seconds." in refusal()
    monkeypatch.setattr(shielding, "PATIENCE", 0.01)
    becomes(monkeypatch, "import time; time.sleep(60)")
    assert "orders.csv: Reading it takes more than 60 seconds." in refusal()


def test_a_child_that_dies_is_an_error_and_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    before = children()
    becomes(monkeypatch, "os.kill(os.getpid(), 9)")
    assert refusal() == "orders.csv: Reading it broke off (code -9). Nothing was taken from it."
    assert children() == before


def test_a_child_can_write_no_file_and_knows_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WMS__SECURITY__PEPPER", "salt")
    there = tmp_path / "written"
    tries = f"try: open({str(there)!r}, 'w', 1).write('x' * 99)\nexcept OSError: pass"
    tell = "os.write(1, pickle.dumps([*os.environ])); os.write(1, pickle.dumps(apart.END))"
    becomes(monkeypatch, "apart.bound(limits)", tries, tell)
    (names,) = shielding.answers(FEW, task("orders.csv"))
    assert there.stat().st_size == 0
    assert set(names) <= {*shielding.PASSED_ON, "PYTHONPATH", "LC_CTYPE"}


class Rascal:
    """An answer that would like to be more than one."""

    def __reduce__(self) -> object:
        return os.mkdir, ("rascal",)


def test_an_answer_that_is_more_than_rows_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    becomes(monkeypatch, f"os.write(1, {pickle.dumps(Batch((), (Rascal(),)))!r})")  # type: ignore[arg-type]
    assert "broke off" in refusal()
    assert list(tmp_path.iterdir()) == []


def test_whoever_stops_listening_ends_the_child() -> None:
    before = children()
    found: Iterator[Batch] = shielding.batches(
        FEW + b"\n".join(line(n).encode() for n in range(3, 3000)), task("a.csv")
    )
    assert len(next(found).orders) > 0
    assert children() != before
    found.close()  # type: ignore[attr-defined]
    assert children() == before


def test_an_import_whose_child_dies_has_failed_and_changed_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = Warehouse(f"sqlite:///{tmp_path / 'floor.db'}")
    house.item("CORE-RED")
    import_id = staging.draft(house.store, By(), Request(Campaign(house).id, "orders.csv", FEW))
    house.do(staging.start, import_id)
    becomes(monkeypatch, "os.kill(os.getpid(), 9)")
    with pytest.raises(FormatError, match=r"orders\.csv: Reading it broke off"):
        importing.run(house.store, house.settings, import_id)
    left = house.rows(select(imports))[0]
    assert (left.state, left.error) == (
        "failed",
        "orders.csv: Reading it broke off (code -9). Nothing was taken from it.",
    )
    assert house.rows(select(func.count()).select_from(orders))[0][0] == 0
    house.store.close()
