"""What a frame costs the webcam client (`python tests/benchmarks/webcam.py`): CPU ms of one thread per scene."""

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


def main() -> None:
    """Print a line per size and scene."""
    cv2.setNumThreads(1)
    for size in SIZES:
        for name, film in scenes(size).items():
            found = costs(film)
            middle, late = np.percentile(found, (50, 95))
            rate = f"{found.mean():6.1f} ms a frame, {1000 / found.mean():4.0f} frames/s"
            print(f"{size[0]}x{size[1]}  {name:28}{rate}  p50 {middle:5.1f}  p95 {late:6.1f}")


if __name__ == "__main__":
    main()
