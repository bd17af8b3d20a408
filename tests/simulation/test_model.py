"""Whatever is done to a warehouse, in whatever order, its stock is what a plain model says; planted bugs are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from contract import Hall
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from machine import Floor
from sqlalchemy import bindparam, update
from sqlalchemy.exc import DBAPIError

from wms import db, floor
from wms.operations import ledger, moving
from wms.operations.ledger import By, Move
from wms.operations.putaway import Load

SOME = settings(
    max_examples=40,
    stateful_step_count=20,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
pytestmark = pytest.mark.timeout(600)
UNTIL_FOUND = settings(SOME, max_examples=150, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.fixture(scope="module", autouse=True)
def _sound(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every run begins with a copy of a hall that was built before a bug was planted."""
    Hall(f"sqlite:///{tmp_path_factory.mktemp('model') / 'hall.db'}").store.close()


def test_stock_is_always_what_the_model_says() -> None:
    run_state_machine_as_test(Floor, settings=SOME)


# --- planted bugs: the test above has teeth ---------------------------------------------------------------------------

Patch = pytest.MonkeyPatch


def no_row_count_check(patch: Patch) -> None:
    """A source that cannot give is not noticed: stock is minted."""

    def apply(tx: Any, key: ledger.Key, change: int, released: int) -> None:
        if change > 0:
            tx.execute(ledger.give, dict(zip(ledger.KEY, key, strict=True)) | {"qty": change, "allocated": 0})
        elif change or released:
            tx.execute(ledger.take, ledger.bound(key) | {"taken": -change, "free": -change, "released": released})

    patch.setattr(ledger, "apply", apply)


def no_free_check(patch: Patch) -> None:
    """Reserved units are given away."""
    stock = ledger.stock
    careless = (
        update(stock)
        .where(*ledger.here, stock.c.qty >= bindparam("free"), bindparam("released") >= 0)
        .values(qty=stock.c.qty - bindparam("taken"), allocated=stock.c.allocated - bindparam("released"))
    )
    patch.setattr(ledger, "take", careless)


def reservation_leak(patch: Patch) -> None:
    """What was reserved for units that are taken stays reserved."""
    original = ledger.deltas
    patch.setattr(ledger, "deltas", lambda moves: (original(moves)[0], dict.fromkeys(original(moves)[0], 0)))


def damage_forgets_the_condition(patch: Patch) -> None:
    """Damaged units arrive as good ones."""
    patch.setattr(Move, "arrives", property(lambda move: move.condition))


def half_of_a_failure_stays(patch: Patch) -> None:
    """What was written before a refusal is kept."""

    def run_in_savepoint(conn: Any, unit: db.Unit) -> None:
        try:
            unit.result = unit.work(db.Tx(conn))
        except BaseException as error:
            unit.error = error

    patch.setattr(db, "run_in_savepoint", run_in_savepoint)


def answers_are_forgotten(patch: Patch) -> None:
    """The answer of a scan is not kept."""
    patch.setattr(floor.Floor, "_keep", lambda self, tx, ask, answer, refusal="": answer)


def turns_are_not_checked(patch: Patch) -> None:
    """A scan for a screen that is gone acts on the one that is there."""
    patch.setattr(floor.Floor, "_check_turn", lambda self, tx, ask, row: None)


def a_part_is_moved_in_silence(patch: Patch) -> None:
    """Who wants 60 units of which 40 are left gets 40, and is told 60."""
    original = moving.move

    def move(tx: Any, by: By, load: Load, room: Any, roles: Any) -> None:
        left = sum(row.free for row in load.rows)
        original(tx, by, replace(load, qty=min(load.qty, left)), room, roles)

    patch.setattr(moving, "check_free", lambda load, place: None)
    patch.setattr(moving, "move", move)


def movements_lose_their_scan(patch: Patch) -> None:
    """The ledger does not say through which scan."""
    original = ledger.row
    patch.setattr(ledger, "row", lambda tx, by, move: original(tx, by, move) | {"scan_id": "unknown"})


BUGS = [
    no_row_count_check,
    no_free_check,
    reservation_leak,
    damage_forgets_the_condition,
    half_of_a_failure_stays,
    answers_are_forgotten,
    turns_are_not_checked,
    a_part_is_moved_in_silence,
    movements_lose_their_scan,
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found(monkeypatch: Patch, bug: Callable[[Patch], None]) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, DBAPIError)):
        run_state_machine_as_test(Floor, settings=UNTIL_FOUND)
