"""A whole shift over HTTP: every clean order is shipped, also when scans come twice and when the server is killed."""

from __future__ import annotations

import pytest

from scanner_client.door import Door
from scanner_client.robot import Robot
from wms.rehearsal import Plan, Result, rehearse
from wms.settings import Database, Settings

pytestmark = pytest.mark.timeout(300)
TWICE = Plan(orders=30, workers=3, duplicates=0.2)
KILLED = Plan(orders=16, workers=2, seed=11, kill=True)


def play(url: str, plan: Plan) -> Result:
    """Rehearse on an empty database; whatever went wrong is told in words."""
    result = rehearse(Settings(database=Database(url=url)), plan)
    assert result.good, result.in_words()
    return result


def test_a_shift_in_which_every_fifth_scan_comes_twice_ships_every_clean_order(empty_url: str) -> None:
    result = play(empty_url, TWICE)
    assert result.orders["shipped"] == result.orders["imported"] - result.orders["held"] > 20
    assert (result.http_5xx, result.invariants_broken, result.differing, result.stuck) == (0, 0, 0, [])
    assert set(result.labels) <= {"confirmed", "sent"}
    assert result.duplicates > result.scans / 10


def test_a_shift_in_which_the_server_is_killed_ships_every_clean_order(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in ("SEND", "FINISH"):  # a label whose sender was killed waits as long as the slowest printer may take
        monkeypatch.setenv(f"WMS__PRINTING__{step}_SECONDS", "5")
    result = play(empty_url, KILLED)
    assert result.orders["shipped"] == result.orders["imported"] - result.orders["held"] > 10
    assert (result.kills, result.http_5xx, result.invariants_broken, result.stuck) == (1, 0, 0, [])
    assert result.retries > 0
    half_sent = sum(number for state, number in result.labels.items() if state not in ("confirmed", "sent"))
    assert half_sent <= KILLED.workers  # a label on its way when the power went is left to a person


def test_a_virtual_worker_leaves_what_a_colleague_has_in_hand() -> None:
    screen = {"tone": "ask", "refusal": "in_hand", "target": {"kind": "tote", "code": "TO-5", "label": "tote 5"}}
    robot = Robot(Door("http://localhost:1"), "robot 1")
    assert robot.choose(screen | {"expect": ["tote"], "keys": {}}) == "Esc"
    assert robot.choose(screen | {"expect": ["tote"], "keys": {}, "refusal": "other_carton"}) == "TO-5"


def test_a_shift_that_ships_too_little_is_not_called_good() -> None:
    whole = {"imported": 30, "held": 3, "shipped": 27}
    assert Result(orders=whole).good
    for bad in (
        Result(orders=whole | {"shipped": 26}),
        Result(orders={"imported": 3, "held": 3, "shipped": 0}),
        Result(orders=whole, http_5xx=1),
        Result(orders=whole, invariants_broken=1),
        Result(orders=whole, differing=1),
        Result(orders=whole, stuck=["robot 1"]),
    ):
        assert not bad.good
