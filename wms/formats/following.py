"""Where a parcel is followed: the public address of each carrier as carriers.toml says it; nothing is guessed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from wms.formats.csv_text import squeeze
from wms.formats.errors import FormatError


class Followed(BaseModel):
    """A carrier by its names, and its page for a {number}; where that was read, and when."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    names: tuple[str, ...] = Field(min_length=1)
    url: str = Field(pattern=r"^https://[^\s{}]+\{number\}[^\s{}]*$")
    source: str = Field(min_length=1)
    checked_on: date


class Carriers(BaseModel):
    """A file of carriers."""

    model_config = ConfigDict(extra="forbid")
    carrier: tuple[Followed, ...] = ()


class Trail:
    """Where parcels are followed, by what their carrier is called."""

    def __init__(self, known: Iterable[Followed] = ()) -> None:
        self.known = {squeeze(name): each.url for each in known for name in each.names}

    def url(self, carrier: str, name: str, number: str) -> str:
        """Return the page of a tracking number, by the carrier's code or name; "" when nobody knows it."""
        pattern = self.known.get(squeeze(name)) or self.known.get(squeeze(carrier)) or ""
        return pattern.replace("{number}", quote("".join(number.split()), safe="")) if number.strip() else ""


def load_trail(*files: Path) -> Trail:
    """Read files of carriers, a later one over an earlier one. Raises FormatError naming the faulty file."""
    known: list[Followed] = []
    for path in files:
        try:
            known += Carriers.model_validate(tomllib.loads(path.read_text("utf-8"))).carrier
        except (OSError, ValueError) as problem:  # ValueError: of TOML, of the encoding, of the model
            raise FormatError(path.name, 0, "", f"The carriers cannot be read ({problem}).") from problem
    return Trail(known)
