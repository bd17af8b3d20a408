"""Decoding measured on photos with known content: `make bench-decode SAMPLES=folder` (a folder with a manifest.json).

Prints per symbology what each engine alone and the pipeline read, misreads, false positives, and CPU time per picture;
`--turned` measures the same pictures turned by 20 and 45 degrees as well, `--scenes N` what scenes.py draws: N labels
of every symbology in every kind of trouble (tilt, perspective, blur, noise, shadow, ...) and 3 N pictures of each sort
without a code; with it the folder may be left out. Answers are compared as the samples ask:
GTINs without leading zeros, UPC-E expanded, parentheses and GS removed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from scanner_client.decoding import BadPicture, Code, Decoder, engines, pictures
from scanner_client.decoding.codes import RETAIL, expanded
from tests.benchmarks import scenes

Reader = Callable[[Any], list[Code]]
NOTHING = "NONE"
TURNS = (20, 45)


@dataclass
class Score:
    """What one reader made of a set of pictures."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)


def canonical(symbology: str, text: str) -> str:
    """Return a text as answers are compared."""
    if symbology == "UPC-E" and len(text) == 8:
        text = expanded(text)
    if symbology in RETAIL or symbology == "DataBar":
        return text.lstrip("0")
    return "".join(letter for letter in text if letter not in "()\x1d")


def measured(read: Reader, samples: list[tuple[str, str, Any]]) -> Score:
    """Return the score of a reader: CPU time of this thread; wrong is an answer without the right one among them."""
    score = Score()
    for symbology, text, picture in samples:
        started = time.thread_time()
        found = {canonical(code.symbology, code.text) for code in read(picture)}
        score.milliseconds.append((time.thread_time() - started) * 1000)
        if symbology != NOTHING and canonical(symbology, text) in found:
            score.right[symbology] += 1
        elif found:
            score.wrong[symbology] += 1
    return score


def load(folder: Path) -> Iterator[tuple[str, str, Any]]:
    """Yield symbology, text and grey picture of every sample."""
    for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
        try:
            yield entry["symbology"], entry["text"], pictures.load(folder / entry["file"])
        except BadPicture as error:
            sys.exit(f"{entry['file']}: {error}")


def turned(picture: Any, degrees: int) -> Any:
    """Return a picture turned on white, with nothing cut off."""
    height, width = picture.shape
    push = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    size = np.ceil(np.abs(push[:, :2]) @ (width, height)).astype(int)
    push[:, 2] += (size - (width, height)) / 2
    return cv2.warpAffine(picture, push, tuple(int(n) for n in size), flags=cv2.INTER_LINEAR, borderValue=255)


def table(title: str, samples: list[tuple[str, str, Any]], readers: dict[str, Reader]) -> None:
    """Print the scores of all readers on one set."""
    scores = {name: measured(read, samples) for name, read in readers.items()}
    there = Counter(symbology for symbology, _, _ in samples)
    print(f"\n{title:<24}" + "".join(f"{name:>16}" for name in scores))
    for symbology in sorted(there, key=lambda name: (name == NOTHING, name)):
        cells = (f"{cell(score, symbology):>16}" for score in scores.values())
        print(f"{label(symbology):<18}{there[symbology]:>5} " + "".join(cells))
    positives = sum(count for name, count in there.items() if name != NOTHING)
    print(f"{'all':<18}{positives:>5} " + "".join(f"{total(score):>16}" for score in scores.values()))
    for share, name in ((50, "p50"), (95, "p95"), (100, "most")):
        figures = (f"{np.percentile(score.milliseconds, share):>13.1f} ms" for score in scores.values())
        print(f"{'CPU a picture, ' + name:<24}" + "".join(figures))


def label(symbology: str) -> str:
    """Return a row's name."""
    return "without a code" if symbology == NOTHING else symbology


def cell(score: Score, symbology: str) -> str:
    """Return how many were right, and how many wrong."""
    wrong = score.wrong[symbology]
    if symbology == NOTHING:
        return f"{wrong} false"
    return f"{score.right[symbology]}" + (f" ({wrong} wrong)" if wrong else "")


def total(score: Score) -> str:
    """Return the sum over all symbologies."""
    wrong = sum(count for name, count in score.wrong.items() if name != NOTHING)
    return f"{sum(score.right.values())} ({wrong} wrong)"


def main() -> None:
    """Measure the samples of a folder, or say that it is not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--turned", action="store_true", help="the same pictures turned by 20 and 45 degrees as well")
    parser.add_argument("--scenes", type=int, default=0, metavar="N", help="drawn pictures, N of each sort")
    options = parser.parse_args()
    folder = options.folder
    if folder is not None and not (folder / "manifest.json").exists():
        sys.exit(f"bench-decode: {folder} holds no manifest.json: name a folder of samples with SAMPLES=folder.")
    if folder is None and not options.scenes:
        sys.exit("bench-decode: nothing to read: name a folder of samples with SAMPLES=folder, or --scenes N.")
    decoder = Decoder()
    readers: dict[str, Reader] = {
        "zbar": engines.zbar().read,
        "zxing-cpp": engines.zxing().read,
        "pipeline": decoder.read,
    }
    decoder.read(scenes.symbol("Code128", "first", 3))  # what is loaded at the first picture is no part of a picture
    if folder is not None:
        samples = list(load(folder))
        table("as they are", samples, readers)
        for degrees in TURNS if options.turned else ():
            table(f"turned by {degrees} degrees", [(s, t, turned(p, degrees)) for s, t, p in samples], readers)
    if options.scenes:
        drawn(options.scenes, readers)


def drawn(each: int, readers: dict[str, Reader]) -> None:
    """Print the scores on drawn pictures, per symbology and per kind of trouble."""
    made = list(scenes.scenes(each))
    empty = [scene for _, _, scene in scenes.negatives(3 * each)]
    table("drawn", [scene for _, _, scene in made] + empty, readers)
    troubled = [(trouble, *scene) for trouble, _, scene in made]
    scores = {
        trouble: measured(readers["pipeline"], [(s, t, p) for other, s, t, p in troubled if other == trouble])
        for trouble in scenes.TROUBLES
    }
    print("\npipeline, by trouble")
    for trouble, score in scores.items():
        print(f"{trouble:<18}{len(score.milliseconds):>5} {total(score):>16}")


if __name__ == "__main__":
    main()
