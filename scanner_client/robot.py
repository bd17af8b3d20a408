"""A virtual worker: it knows nothing but the scan contract, and works over HTTP like any handheld.

`python -m scanner_client.robot --server http://localhost:8000 --badge BD-… --pin …… --flow pick`
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from scanner_client.door import Answer, Door

IN_HAND = "in_hand"  # the refusal that asks whether to take something over from a colleague
STUCK_AFTER = 8  # refusals of one target without an accepted scan between them


class Stuck(RuntimeError):
    """The screen asks for something that is refused again and again."""


@dataclass
class Log:
    """What one robot lived through; latencies in milliseconds."""

    scans: int = 0
    duplicates: int = 0
    differing: int = 0
    milliseconds: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Habits:
    """How a robot works: share of scans delivered twice, share of wrong scans, seconds between scans."""

    duplicates: float = 0.0
    mistakes: float = 0.0
    pace_seconds: tuple[float, float] = (0.0, 0.0)


class Robot:
    """One virtual worker with a badge, a device and habits."""

    def __init__(self, door: Door, device: str, habits: Habits | None = None, seed: int = 0) -> None:
        self.door, self.device, self.habits = door, device, habits or Habits()
        self.random = random.Random(f"{seed}:{device}")
        self.log = Log()
        self.stop: Callable[[], bool] = lambda: False
        self.last_code = ""

    def work(self, flow: str) -> int:
        """Do all the work there is in a flow now; return how many scans it took.

        What a colleague has in hand is left to them. Raises Stuck when one screen refuses what it asks for.
        """
        answer = self.door.work(flow)
        before, refused = self.log.scans, Counter[str]()
        while answer and answer["task"] is not None and not self.stop():
            self.pause()
            answer = self.scan(answer, self.choose(answer))
            screen = f"{answer['state']} {answer['target']}"  # another target: a colleague was faster, not a dead end
            refused = refused + Counter([screen]) if answer["tone"] == "stop" else Counter()
            if refused[screen] > STUCK_AFTER:
                raise Stuck(f"{flow}/{answer['state']}: {answer['note']} (target {answer['target']})")
        return self.log.scans - before

    def choose(self, answer: Answer) -> str:
        """Return what to scan: the quantity asked for, else the target, else the first key on the screen."""
        target = answer["target"]
        if answer.get("refusal") == IN_HAND:
            return "Esc"
        if answer.get("quantity") and answer["quantity"] > 1 and "quantity" in answer["expect"]:
            return str(answer["quantity"])
        if target is None:
            return "1" if "quantity" in answer["expect"] else next(iter(answer["keys"]), "Esc")
        if self.last_code and self.random.random() < self.habits.mistakes:
            return self.last_code
        if target["kind"] not in ("key", "quantity"):
            self.last_code = target["code"]
        return str(target["code"])

    def scan(self, answer: Answer, text: str) -> Answer:
        """Send one scan; now and then deliver it twice, lose the first answer, and compare."""
        body = self.door.body(answer, text)
        started = time.perf_counter()
        status, result = self.door.post("/scan", body)
        self.log.milliseconds.append((time.perf_counter() - started) * 1000)
        self.log.scans += 1
        if self.random.random() < self.habits.duplicates:
            self.log.duplicates += 1
            first, (status, result) = (status, result), self.door.post("/scan", body)
            self.log.differing += first != (status, result)
        if status != 200:
            raise RuntimeError(f"scan {text!r} got {status}: {result}")
        if result["tone"] == "stop":
            self.log.refused[result.get("refusal", "?")] += 1
        return result

    def pause(self) -> None:
        """Walk, look, lift."""
        low, high = self.habits.pace_seconds
        if high:
            time.sleep(self.random.uniform(low, high))


def main() -> None:
    """Work in one flow until there is nothing left, and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("server", "badge", "pin", "flow"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--device", default="robot")
    options = parser.parse_args()
    door = Door(options.server)
    door.login(options.badge, options.pin, options.device)
    robot = Robot(door, options.device)
    scans = robot.work(options.flow)
    print(f"{scans} scans, refused: {dict(robot.log.refused)}")


if __name__ == "__main__":
    main()
