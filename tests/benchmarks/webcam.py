"""What the webcam client costs and how fast it is (`python tests/benchmarks/webcam.py`).

First how long a label is in view until it is a scan: labels are laid down at any place and moment, up to 30 degrees
askew, before a camera of 30 frames a second, and every look takes its own time. Then the CPU milliseconds of one thread
per frame and scene.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from client.film import desk, label
from decoding.printed import noisy

from scanner_client.webcam.passes import Passes
from scanner_client.webcam.presence import Presence

SIZES = ((640, 480), (1280, 720))
FRAMES, FPS = 150, 30
Film = list[Any]


def coloured(pictures: Film) -> Film:
    """The pictures as a camera gives them, each with noise of its own."""
    return [cv2.cvtColor(noisy(picture, 4, n), cv2.COLOR_GRAY2BGR) for n, picture in enumerate(pictures)]


def scenes(size: tuple[int, int]) -> dict[str, Film]:
    """What may lie before a camera."""
    x, y = size[0] // 2, size[1] // 2
    mark, matrix = label("LO-A-01-1-7"), label("TO-000012-7", "DataMatrix")
    still = desk(
        (mark, (120, 120)), (matrix, (450, 120)), (label("4006381333931", "EAN13", 0, 2), (x, y + 60)), size=size
    )
    places = [(x + int(80 * np.sin(n / 3)), y + int(50 * np.cos(n / 4))) for n in range(75)]
    noise = [np.random.default_rng(n).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8) for n in range(7)]
    return {
        "three codes at rest": coloured([still] * 7),
        "a QR code in a moving hand": coloured([desk((mark, place), size=size) for place in places]),
        "an empty desk": coloured([desk(size=size)] * 7),
        "pure noise, the worst case": noise,
    }


def costs(film: Film) -> Any:
    """CPU milliseconds of each frame."""
    passes, found = Passes(), []
    for n in range(FRAMES):
        started = time.process_time()
        passes.look(film[n % len(film)], n / FPS)
        found.append((time.process_time() - started) * 1000)
    return np.array(found)


LABELS = {"QR": ("QRCode", 3), "Data Matrix": ("DataMatrix", 4), "Code 128": ("Code128", 2), "EAN-13": ("EAN13", 3)}
GOALS_MS = {(640, 480): 250, (1280, 720): 400}
SHOWN, LATEST_SECONDS = 24, 3.0


def laid(kind: str, module_px: int, size: tuple[int, int], random: Any) -> Any:
    """A desk with one label, anywhere, held as people hold them."""
    text = f"40{random.integers(10**9, 10**10)}" if kind == "EAN13" else f"LO-{random.integers(10**7, 10**8)}"
    paper = label(text, kind, random.uniform(-30, 30), module_px)
    high, wide = paper.shape
    room = size[0] - wide - 10, size[1] - high - 10
    if min(room) < 10:
        return laid(kind, module_px - 1, size, random)
    x, y = (5 + half + int(random.integers(0, more)) for half, more in zip((wide // 2, high // 2), room, strict=True))
    return desk((paper, (x, y)), size=size)


def waited(kind: str, module_px: int, size: tuple[int, int], seed: int) -> float:
    """Seconds from a label's first frame to its scan; LATEST_SECONDS when there was none."""
    random = np.random.default_rng(seed)
    empty = coloured([desk(size=size)] * 5)
    scene = coloured([laid(kind, module_px, size, random)] * 5)
    passes, presence = Passes(), Presence()
    appears, at, last = 1.0 + random.uniform(0, 0.4), 0.0, -1
    while at < appears + LATEST_SECONDS:
        number = int(at * FPS)
        if number == last:
            at = (number + 1) / FPS + 1e-6
            continue
        last, taken = number, number / FPS
        started = time.thread_time()
        codes = passes.look((scene if taken >= appears else empty)[number % 5], taken)
        found = presence.look(codes, taken)
        at += time.thread_time() - started
        if found is not None:
            return at - appears
    return LATEST_SECONDS


def delays() -> None:
    """Print a line per size and kind of label."""
    for size, goal in GOALS_MS.items():
        for name, (kind, module_px) in LABELS.items():
            found = np.array([waited(kind, module_px, size, seed) for seed in range(SHOWN)]) * 1000
            middle, late = np.percentile(found, (50, 95))
            missed = int((found >= LATEST_SECONDS * 1000).sum())
            said = "as it should be" if late <= goal else f"goal {goal}"
            print(
                f"{size[0]}x{size[1]}  {name:12} in view -> scan  p50 {middle:5.0f} ms  p95 {late:5.0f}  ({said})",
                end="",
            )
            print(f", {missed} of {SHOWN} not read" if missed else "")


def main() -> None:
    """Print a line per size and scene."""
    cv2.setNumThreads(1)
    delays()
    for size in SIZES:
        for name, film in scenes(size).items():
            found = costs(film)
            middle, late = np.percentile(found, (50, 95))
            rate = f"{found.mean():6.1f} ms a frame, {1000 / found.mean():4.0f} frames/s"
            print(f"{size[0]}x{size[1]}  {name:28}{rate}  p50 {middle:5.1f}  p95 {late:6.1f}")


if __name__ == "__main__":
    main()
