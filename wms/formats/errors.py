"""One error for every unreadable paper: it names the file, the line and the field, and lists all problems at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 20


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file; `line` counts from 1 as a spreadsheet does, 0 means the file as a whole."""

    line: int
    field: str
    sentence: str

    def __str__(self) -> str:
        where = [f"line {self.line}"] if self.line else []
        where += [self.field] if self.field else []
        return f"{', '.join(where)}: {self.sentence}" if where else self.sentence


class FormatError(ValueError):
    """A file cannot be taken in. `problems` holds every problem found; line, field and sentence are the first one's."""

    def __init__(self, file: str, line: int, field: str, sentence: str) -> None:
        self.file = file
        self.line = line
        self.field = field
        self.sentence = sentence
        self.problems: tuple[Problem, ...] = (Problem(line, field, sentence),)
        super().__init__(f"{file}: {self.problems[0]}")

    @classmethod
    def many(cls, file: str, problems: Sequence[Problem]) -> FormatError:
        """The error that carries all of `problems` (at least one) of one file."""
        first = problems[0]
        error = cls(file, first.line, first.field, first.sentence)
        error.problems = tuple(problems)
        return error

    def __str__(self) -> str:
        shown = [f"{self.file}: {problem}" for problem in self.problems[:SHOWN]]
        hidden = len(self.problems) - len(shown)
        return "\n".join([*shown, f"{self.file}: and {hidden} more"] if hidden else shown)
