"""Labels filled with hostile text, and the commands that each should consist of: the same label with no text in it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any
from unittest.mock import patch

from wms.errors import BadInput
from wms.labels import labels as shipped
from wms.labels.escaping import Zpl
from wms.labels.labels import Label, render
from wms.labels.samples import TEMPERS, samples
from wms.labels.zpl import Press, Sheet
from wms.settings import share

COMMAND = re.compile(r"[\^~](?:A0|.{0,2})", re.DOTALL)
CODED = {"code", "check", "arrow", "category", "currency", "country", "content", "value", "hs_code", "origin"}
PIECES = (
    *(
        "^XZ",
        "^XA",
        "~JA",
        "~JR",
        "^CC*",
        "^FS",
        "^FD",
        "^FN1",
        "^PQ99999",
        "^DFE:A.ZPL",
        "_5EXZ",
        "_",
        "\\&",
        "%00",
        "^",
        "~",
    ),
    *(
        "\x00",
        "\x1b",
        "\x7f",
        "\x85",
        "\r\n",
        "\u2028",
        "\u202e",
        "\ud800",
        "＾ＸＺ",
        "～ＪＡ",
        "🚀",
        "山田",
        "Ł",
        "ß",
        "e\u0301",
    ),
    *(
        "{{ 7*7 }}",
        "{% raw %}",
        "{#",
        "#}",
        "<b>",
        "'",
        '"',
        ",",
        ">",
        ">8",
        "|",
        "A",
        "wide WORD",
        " ",
        "0",
        "\ufe0f",
        "\u200d",
    ),
)


def hostile(chance: random.Random) -> str:
    """Return some text that somebody might try."""
    if chance.random() < 0.2:
        return "".join(chr(chance.choice((chance.randrange(0x80), chance.randrange(0x11000)))) for _ in range(12))
    return "".join(chance.choice(PIECES) for _ in range(chance.randrange(9)))


def filled(thing: Any, chance: random.Random) -> tuple[Any, int]:
    """Return a label or a line with every free text replaced, and how many were."""
    fresh, count = {}, 0
    for each in fields(thing):
        value = getattr(thing, each.name)
        if each.name in CODED or isinstance(value, int):
            continue
        if isinstance(value, str):
            fresh[each.name], count = hostile(chance), count + 1
        elif isinstance(value, tuple) and value and isinstance(value[0], str):
            fresh[each.name], count = tuple(hostile(chance) for _ in value), count + len(value)
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            made = [filled(line, chance) for line in value]
            fresh[each.name], count = tuple(line for line, _ in made), count + sum(number for _, number in made)
    return replace(thing, **fresh), count


def labels(values: int, seed: int) -> Iterator[tuple[Label, int]]:
    """Yield labels of every kind until `values` texts were put into them, each with how many it holds."""
    chance = random.Random(seed)
    known = list(samples(TEMPERS[0]).values())
    while values > 0:
        label, count = filled(chance.choice(known), chance)
        values -= count
        yield label, count


def commands(text: str) -> list[str]:
    """Return the commands that a printer finds in ZPL: whatever follows a ^ or a ~, wherever it stands."""
    return COMMAND.findall(text)


class Wordless(Sheet):
    """A sheet on which every text is empty at the very moment it becomes a field."""

    @staticmethod
    def escape(text: str) -> Zpl:
        """Return a field without its text."""
        return Zpl("^FH_^FD")


@cache
def wordless(dpi: int) -> Press:
    """Return a press with the shipped templates and no words."""
    found = Press(dpi, share() / "label_templates")
    found.environment.filters = Wordless(dpi).filters()
    return found


def strayed(label: Label, dpi: int = 203) -> str:
    """Return "" when a label consists of the intended commands, else what it consists of; "refused" when it is.

    The intended ones are those of the same label drawn with every text empty.
    """
    try:
        real = commands(render(label, dpi))
        with patch.object(shipped, "press", wordless):
            meant = commands(render(label, dpi))
    except BadInput:
        return "refused"
    return "" if real == meant else f"{label!r}: {real}"
