"""A robot gives up on a screen that refuses what it asks for, and only then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from scanner_client.door import Answer, Door
from scanner_client.robot import STUCK_AFTER, Robot, Stuck


class Script(Door):
    """A server that answers scans from a list."""

    def __init__(self, answers: Iterator[Answer]) -> None:
        super().__init__("http://script.test")
        self.answers = answers

    def post(self, path: str, body: Answer) -> tuple[int, Answer]:
        return 200, next(self.answers)


def screen(tone: str, code: str, **more: Any) -> Answer:
    """A screen that wants a parcel scanned."""
    target = {"kind": "parcel", "code": code, "label": code}
    blank = {"task": 1, "turn": 0, "state": "parcel", "note": "", "expect": ["parcel"], "keys": {}}
    return blank | {"tone": tone, "target": target} | more


DONE = screen("done", "-", task=None)


def work(*answers: Answer) -> int:
    return Robot(Script(iter([screen("ok", "first"), *answers, DONE])), "robot").work("load")


def test_a_robot_gives_up_when_one_screen_refuses_again_and_again() -> None:
    with pytest.raises(Stuck, match="load/parcel"):
        work(*[screen("stop", "same")] * (STUCK_AFTER + 1))


def test_a_robot_goes_on_while_a_colleague_is_faster_each_time() -> None:
    assert work(*(screen("stop", f"parcel {n}") for n in range(3 * STUCK_AFTER))) == 3 * STUCK_AFTER + 1


def test_a_robot_gives_up_when_two_screens_refuse_in_turn() -> None:
    with pytest.raises(Stuck):
        work(*[screen("stop", "one"), screen("stop", "other")] * (STUCK_AFTER + 1))


def test_an_accepted_scan_makes_a_robot_patient_again() -> None:
    refused = [screen("stop", "same")] * STUCK_AFTER
    assert work(*refused, screen("ok", "same"), *refused) == 2 * STUCK_AFTER + 2
