"""Reads files of baskets: an order a line, its items apart by blanks (.dat) or commas (.csv), plain or gzipped."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path


def read_baskets(path: Path) -> Iterator[list[str]]:
    """The items of each order, empty cells and lines left out; ValueError names the line that is no text."""
    opener = gzip.open if path.suffix == ".gz" else open
    comma = ".csv" in path.suffixes
    with opener(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                text = line.decode("utf-8").strip()
            except UnicodeDecodeError:
                raise ValueError(f"{path.name}: line {number} is not text in UTF-8") from None
            cells = text.split(",") if comma else text.split()
            items = [cell.strip() for cell in cells if cell.strip()]
            if items:
                yield items
