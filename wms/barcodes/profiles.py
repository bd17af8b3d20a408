"""Device profiles: what a scanner puts around a code, and how it writes the separator that a keyboard has no key for.

Read from config/device_profiles.toml. A text is brought into its right form per profile, never by one rule for all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from wms.barcodes import symbology
from wms.barcodes.gs1 import GS
from wms.barcodes.meaning import FRAMING, KEY

ENDS = "\r\n\t"
UNNAMED = "]X0"  # the identifier of a code whose symbology has none (ISO/IEC 15424)


class ProfileError(ValueError):
    """A profile cannot be used; the message names file, profile and field."""


@dataclass(frozen=True)
class Profile:
    """How one kind of scanner is set up. `separators` stand for GS; `aim`: it sends AIM identifiers.

    `keys`: what looks like a function key is one; from a scanner it is what somebody else printed on a label.
    """

    name: str
    title: str
    separators: tuple[str, ...] = ()
    prefix: str = ""
    suffix: str = ""
    aim: bool = False
    keys: bool = False

    def normal(self, raw: str) -> str:
        """Return a scan without prefix and suffix, and with its separators as GS.

        Where the scanner names the symbology, only GS1 symbols have separators: elsewhere the same signs are data.
        """
        text = raw.rstrip(ENDS)
        if self.suffix:
            text = text.removesuffix(self.suffix)
        if self.prefix:
            text = text.removeprefix(self.prefix)
        aim, _ = symbology.split(text)
        if not self.keys and KEY.fullmatch(text.strip(FRAMING)):
            return UNNAMED + text
        if aim and symbology.how(aim) != symbology.MESSAGE:
            return text
        for sign in self.separators:
            text = text.replace(sign, GS)
        return text


def load_profiles(*paths: Path) -> dict[str, Profile]:
    """Return the profiles of all files by name, a later file before an earlier one; raises ProfileError."""
    found: dict[str, Profile] = {}
    for path in paths:
        found |= {profile.name: profile for profile in read(path)}
    return found


def read(path: Path) -> list[Profile]:
    """Return the profiles of one file."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProfileError(f"{path.name}: {error}") from None
    rows = tables.get("profile", [])
    if set(tables) - {"profile"} or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ProfileError(f"{path.name}: write one [[profile]] table for each scanner and nothing else")
    return [profile_of(row, path.name) for row in rows]


def profile_of(row: Mapping[str, Any], file: str) -> Profile:
    """Return one profile; raises ProfileError naming its first bad field."""
    where = f"{file}: profile {row.get('name', '?')}"
    if unknown := sorted(set(row) - {each.name for each in fields(Profile)}):
        raise ProfileError(f"{where}: unknown field {unknown[0]}")
    texts = {name: row.get(name, "") for name in ("name", "title", "prefix", "suffix")}
    for name, value in texts.items():
        if not isinstance(value, str) or (name in ("name", "title") and not value):
            raise ProfileError(f"{where}: {name} must be a text")
    for name in ("aim", "keys"):
        if not isinstance(row.get(name, False), bool):
            raise ProfileError(f"{where}: {name} must be true or false")
    signs = row.get("separators", [])
    if not isinstance(signs, list) or not all(isinstance(sign, str) and sign for sign in signs):
        raise ProfileError(f"{where}: separators must be a list of texts")
    return Profile(**texts, separators=longest_first(signs), aim=row.get("aim", False), keys=row.get("keys", False))


def longest_first(signs: Iterable[str]) -> tuple[str, ...]:
    """Return signs so that none is cut by a shorter one."""
    return tuple(sorted(set(signs), key=lambda sign: (-len(sign), sign)))
