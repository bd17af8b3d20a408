"""A refusal is a sentence to the person holding the scanner; anything else that is raised is a bug."""

from __future__ import annotations

import re
from typing import Any

SENTENCE_MAX = 60  # one handheld line
FACT_MAX = 24  # a name inside a sentence; longer ones are cut with an ellipsis


class Refusal(Exception):
    """A rule said no. Carries a code for machines, a sentence for people and the facts that fill it."""

    sentence = "That is not possible here."
    tone = "stop"
    status = 409

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.text)

    @classmethod
    def code(cls) -> str:
        """Return the machine-readable name: `WrongItem` is `wrong_item`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @property
    def text(self) -> str:
        """Return the sentence with its facts, cut to one handheld line."""
        return clip(self.sentence.format(**{k: clip(str(v), FACT_MAX) for k, v in self.facts.items()}), SENTENCE_MAX)


class Ask(Refusal):
    """Valid but not planned: the same scan again confirms it."""

    tone = "ask"


class NotAllowed(Refusal):
    """The operator's roles do not cover this."""

    sentence = "Your role does not allow {what}. Ask a supervisor."
    status = 403


class NotFound(Refusal):
    """A thing named by id or code does not exist."""

    sentence = "{what} not found."
    status = 404


class BadInput(Refusal):
    """Input from outside the floor is malformed; names the field."""

    sentence = "{field}: {why}"
    status = 422

    @property
    def text(self) -> str:
        """Return the whole sentence: a form or a file has room for it."""
        return self.sentence.format(**self.facts)


def several(number: int, one: str) -> str:
    """Return "1 parcel" or "5 parcels": a number with the word for what is counted."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def clip(text: str, most: int) -> str:
    """Return `text` cut to `most` characters, the last one an ellipsis when something was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"
