"""What a send proves of a label, and how long anybody is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["not_sent", "sent", "confirmed", "uncertain"]


@dataclass(frozen=True)
class Outcome:
    """What became of one label. `reason` is a sentence for people, empty when all went well."""

    state: State
    reason: str = ""

    @property
    def retry(self) -> bool:
        """Return whether sending again cannot make a second label."""
        return self.state == "not_sent"


@dataclass(frozen=True)
class Timeouts:
    """Seconds: to connect, for one answer to ~HS, without any progress while writing, to write a whole label, until a
    label is printed, and between two looks at one that is being printed."""

    connect: float = 3.0
    status: float = 2.5
    write: float = 5.0
    whole: float = 30.0
    finish: float = 10.0
    look: float = 0.03

    @property
    def most(self) -> float:
        """Return how long one label can take from the claim to the outcome."""
        return self.connect + 3 * self.status + self.whole + self.write + self.finish
