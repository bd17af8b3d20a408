"""What every planner says about input that makes no sense: a sentence that names the field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


class BadProblem(ValueError):
    """A problem that cannot be planned: the message names what is wrong with which value."""


def require(holds: bool, sentence: str) -> None:
    """Raise BadProblem with this sentence unless it holds."""
    if not holds:
        raise BadProblem(sentence)


def require_positive(name: str, value: int) -> None:
    """Raise BadProblem unless the value is at least 1."""
    require(value >= 1, f"{name} must be at least 1, not {value}")


def require_distinct(name: str, keys: Iterable[object]) -> None:
    """Raise BadProblem that names the first key given twice."""
    twice = [key for key, count in Counter(keys).items() if count > 1]
    require(not twice, f"{name} {twice[0] if twice else ''} is given twice")
