"""Pictures of codes as they lie in a warehouse, with known content: kinds of trouble, and what only looks like bars.

The symbols are printed by zxing-cpp's writer on a label with words around them, laid on a rough ground at any angle;
everything follows from a seed, so two runs see the same pictures.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import zxingcpp
from PIL import Image

Picture = Any  # grey, height x width
Random = np.random.Generator
Scene = tuple[str, str, Picture]
"""Symbology as the pipeline names it, text below the bars, picture."""

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
MATRICES = ("QRCode", "DataMatrix", "DataBarExpStk", "DataBarStkOmni")
NOTHING = "NONE"
PAPER = 235
VIEW = (640, 480)


def digits(random: Random, count: int) -> str:
    """Some digits."""
    return "".join(str(n) for n in random.integers(0, 10, count))


def with_check(body: str) -> str:
    """Digits and their GS1 check digit."""
    total = sum(int(digit) * (1 if n % 2 else 3) for n, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def word(random: Random, low: int, high: int) -> str:
    """Letters and digits, `low` to `high` of them."""
    return "".join(random.choice(list(LETTERS), random.integers(low, high + 1)))


def elements(random: Random) -> str:
    """A GS1 label: item, expiry, lot."""
    return f"(01){with_check('0' + digits(random, 12))}(17)27{random.integers(1, 13):02d}15(10){word(random, 4, 8)}"


KINDS: dict[str, tuple[str, Callable[[Random], str]]] = {
    "Code128": ("Code128", lambda random: f"LO-{word(random, 4, 9)}-{word(random, 1, 1)}"),
    "EAN13": ("EAN-13", lambda random: with_check(f"{random.integers(1, 10)}{digits(random, 11)}")),
    "EAN8": ("EAN-8", lambda random: with_check(digits(random, 7))),
    "UPCA": ("UPC-A", lambda random: with_check(digits(random, 11))),
    "UPCE": ("UPC-E", lambda random: short_upc(random)),
    "Code39": ("Code39", lambda random: word(random, 5, 10)),
    "ITF": ("ITF", lambda random: with_check(digits(random, 13))),
    "DataBarOmni": ("DataBar", lambda random: with_check("0" + digits(random, 12))),
    "DataBarLtd": ("DataBarLtd", lambda random: with_check("0" + digits(random, 12))),
    "DataBarStkOmni": ("DataBar", lambda random: with_check("0" + digits(random, 12))),
    "DataBarExp": ("DataBarExp", lambda random: f"(01){with_check('9' + digits(random, 12))}(10){word(random, 3, 5)}"),
    "DataBarExpStk": ("DataBarExpStk", elements),
    "GS1-128": ("Code128", elements),
    "QRCode": ("QR", lambda random: f"LO-{word(random, 6, 20)}"),
    "DataMatrix": ("DataMatrix", lambda random: f"TO-{word(random, 6, 20)}"),
}


def short_upc(random: Random) -> str:
    """The eight digits of a UPC-E, one that no other pattern of zeros would shorten further."""
    from scanner_client.decoding.codes import expanded

    body = f"0{digits(random, 4)}{random.integers(1, 10)}{random.integers(5, 10)}"
    return body + with_check(expanded(body + "0")[:11])[-1]


def symbol(kind: str, text: str, module_px: int) -> Picture:
    """A symbol in black on paper, bars at least a fifth as high as they are wide, with its quiet zone."""
    gs1 = kind in ("GS1-128", "DataBarExp", "DataBarExpStk") or kind.startswith("DataBar")
    name = "Code128" if kind == "GS1-128" else kind
    content = f"(01){text}" if gs1 and text[0] != "(" else text
    options = {"gs1": True} if kind == "GS1-128" else {}
    made = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, name), **options)
    bare = np.array(made.to_image(scale=1, add_quiet_zones=False))
    if kind not in MATRICES:
        bare = np.repeat(bare[len(bare) // 3][np.newaxis], max(24, bare.shape[1] // 4), axis=0)
    edge = 4 if kind in ("QRCode", "DataMatrix") else 10
    bare = np.pad(bare, edge, constant_values=255)
    return np.kron(bare, np.ones((module_px, module_px), np.uint8))


def label(kind: str, text: str, module_px: int, words: str) -> Picture:
    """A label: the symbol, what stands below it, and a line above."""
    bars = symbol(kind, text, module_px)
    line = max(14, 8 * module_px)
    paper = np.full((bars.shape[0] + 4 * line, bars.shape[1] + 2 * line), 255, np.uint8)
    paper[2 * line : 2 * line + bars.shape[0], line : line + bars.shape[1]] = bars
    size = line / 26
    cv2.putText(paper, words, (line, int(1.4 * line)), cv2.FONT_HERSHEY_SIMPLEX, size, 20, max(1, int(size * 2)))
    cv2.putText(
        paper, text, (line, paper.shape[0] - line), cv2.FONT_HERSHEY_SIMPLEX, size * 0.8, 20, max(1, int(size * 2))
    )
    return (paper.astype(np.float32) * ((PAPER - 20) / 255) + 20).astype(np.uint8)


def ground(random: Random, size: tuple[int, int]) -> Picture:
    """A rough surface: cardboard, wood or a floor."""
    coarse = random.normal(0, 1, (size[1] // 16 + 2, size[0] // 16 + 2)).astype(np.float32)
    fine = random.normal(0, 4, (size[1], size[0])).astype(np.float32)
    rough = 14 * cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC) + fine
    return np.clip(random.uniform(90, 190) + rough, 0, 255)


def laid(random: Random, paper: Picture, module_px: float, degrees: float, tilt: float = 0.0) -> Picture:
    """A label on the ground: `module_px` of its pixels become one module's width, seen aslant by `tilt`."""
    high, wide = paper.shape
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32) - (wide / 2, high / 2)
    radians = np.radians(degrees)
    turn = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    seen = corners * module_px
    if tilt:
        towards = random.uniform(0, 2 * np.pi)
        depth = 1 + tilt * (corners @ (np.cos(towards), np.sin(towards))) / max(wide, high)
        seen = seen / depth[:, np.newaxis]
    seen = seen @ turn.T
    low, most = seen.min(axis=0), seen.max(axis=0)
    size = np.maximum(np.ceil(most - low).astype(int) + 60, VIEW)
    place = (size - (most - low)) / 2 + random.uniform(-0.3, 0.3, 2) * np.maximum(size - (most - low) - 20, 0)
    target = (seen - low + place).astype(np.float32)
    push = cv2.getPerspectiveTransform(np.add(corners, (wide / 2, high / 2)).astype(np.float32), target)
    flat = tuple(int(n) for n in size)
    mask = cv2.warpPerspective(np.ones_like(paper, np.float32), push, flat, flags=cv2.INTER_AREA)
    small = cv2.GaussianBlur(paper, (0, 0), max(0.01, 0.4 / module_px)) if module_px < 0.7 else paper
    drawn = cv2.warpPerspective(small.astype(np.float32), push, flat, flags=cv2.INTER_AREA)
    return drawn * mask + ground(random, flat) * (1 - mask)


def finished(random: Random, picture: Picture, blur: float = 0.7, noise: float = 3.0) -> Picture:
    """What lens and sensor make of it."""
    soft = cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture
    return np.clip(soft + random.normal(0, noise, picture.shape), 0, 255).astype(np.uint8)


# -- kinds of trouble: a label of 4 px a module in, a picture out ----------------------------------------------------

PRINTED = 4


def plain(random: Random, paper: Picture) -> Picture:
    return finished(random, laid(random, paper, random.uniform(2.2, 3) / PRINTED, random.uniform(-8, 8)))


def turned(random: Random, paper: Picture) -> Picture:
    return finished(random, laid(random, paper, random.uniform(2.2, 3) / PRINTED, random.uniform(0, 360)))


def aslant(random: Random, paper: Picture) -> Picture:
    return finished(random, laid(random, paper, 2.6 / PRINTED, random.uniform(-40, 40), random.uniform(0.3, 0.6)))


def out_of_focus(random: Random, paper: Picture) -> Picture:
    wide = random.uniform(2, 3)
    picture = laid(random, paper, wide / PRINTED, random.uniform(-25, 25))
    return finished(random, picture, wide * random.uniform(0.45, 0.65))


def shaken(random: Random, paper: Picture) -> Picture:
    picture = laid(random, paper, 3 / PRINTED, random.uniform(-15, 15))
    length = int(random.integers(3, 8))
    kernel = np.zeros((length, length), np.float32)
    angle = random.uniform(0, np.pi)
    for step in np.linspace(-length / 2 + 0.5, length / 2 - 0.5, 4 * length):
        x, y = (int(length / 2 + step * each) for each in (np.cos(angle), np.sin(angle)))
        kernel[y, x] = 1
    return finished(random, cv2.filter2D(picture, -1, kernel / kernel.sum()))


def faint(random: Random, paper: Picture) -> Picture:
    picture = laid(random, paper, 2.6 / PRINTED, random.uniform(-20, 20))
    return finished(random, 70 + picture * random.uniform(0.1, 0.2), noise=1.5)


def grainy(random: Random, paper: Picture) -> Picture:
    return finished(random, laid(random, paper, 2.8 / PRINTED, random.uniform(-25, 25)), noise=random.uniform(14, 24))


def in_shadow(random: Random, paper: Picture) -> Picture:
    picture = laid(random, paper, 2.6 / PRINTED, random.uniform(-25, 25))
    high, wide = picture.shape
    towards = random.uniform(0, 2 * np.pi)
    x, y = np.meshgrid(np.linspace(-1, 1, wide), np.linspace(-1, 1, high))
    ramp = x * np.cos(towards) + y * np.sin(towards)
    light = 0.62 + 0.36 * ramp / 1.4
    light[ramp > random.uniform(-0.2, 0.2)] *= 0.6  # the edge of a shelf's shadow
    glare = 120 * np.exp(-((x - random.uniform(-0.4, 0.4)) ** 2 + (y - random.uniform(-0.4, 0.4)) ** 2) / 0.03)
    return finished(random, picture * light + glare)


def curved(random: Random, paper: Picture) -> Picture:
    high, wide = paper.shape
    radius = wide / random.uniform(1.5, 2.2)
    across = np.arange(int(2 * radius * np.sin(wide / 2 / radius)), dtype=np.float32)
    arc = radius * np.arcsin(np.clip((across - across[-1] / 2) / radius, -1, 1)) + wide / 2
    sag = 0.1 * radius * (1 - np.cos((arc - wide / 2) / radius))
    xs = np.tile(arc.astype(np.float32), (high, 1))
    ys = np.arange(high, dtype=np.float32)[:, np.newaxis] - sag[np.newaxis].astype(np.float32)
    bent = cv2.remap(paper, xs, ys, cv2.INTER_LINEAR, borderValue=PAPER)
    return finished(random, laid(random, bent, 3 / PRINTED, random.uniform(-30, 30)))


def small(random: Random, paper: Picture) -> Picture:
    wide = random.uniform(1.4, 1.8)
    return finished(random, laid(random, paper, wide / PRINTED, random.uniform(-30, 30)), 0.5, 2)


def compressed(random: Random, paper: Picture) -> Picture:
    picture = finished(random, laid(random, paper, 2.4 / PRINTED, random.uniform(-30, 30)))
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=int(random.integers(12, 30)))
    return np.asarray(Image.open(file))


TROUBLES: dict[str, Callable[[Random, Picture], Picture]] = {
    "plain": plain,
    "turned": turned,
    "aslant": aslant,
    "out of focus": out_of_focus,
    "shaken": shaken,
    "faint": faint,
    "grainy": grainy,
    "in shadow": in_shadow,
    "curved": curved,
    "small": small,
    "compressed": compressed,
}


def scenes(each: int = 2, seed: int = 1) -> Iterator[tuple[str, str, Scene]]:
    """Yield trouble, printed kind and scene: `each` of every kind in every trouble, one in eight light on dark."""
    for number, trouble in enumerate(TROUBLES):
        for place, kind in enumerate(KINDS):
            for n in range(each):
                random = np.random.default_rng((seed, number, place, n))
                yield trouble, kind, scene(random, trouble, kind)


def scene(random: Random, trouble: str, kind: str) -> Scene:
    """One label in one kind of trouble."""
    name, content = KINDS[kind]
    text = content(random)
    paper = label(kind, text, PRINTED, word(random, 5, 14))
    if random.random() < 0.125:
        paper = 255 - paper
    return name, text, TROUBLES[trouble](random, paper)


# -- what is no code --------------------------------------------------------------------------------------------------


def words(random: Random) -> Picture:
    page = np.full((VIEW[1], VIEW[0]), 240, np.uint8)
    for y in range(20, VIEW[1], int(random.integers(14, 26))):
        line = " ".join(word(random, 2, 9) for _ in range(12))
        cv2.putText(page, line, (10, y), cv2.FONT_HERSHEY_SIMPLEX, random.uniform(0.3, 0.6), 20, 1)
    return laid(random, page, 1, random.uniform(0, 360))


def stripes(random: Random) -> Picture:
    period = random.uniform(4, 20)
    line = 128 + 110 * np.sign(np.sin(np.arange(900) * 2 * np.pi / period + random.uniform(0, 6)))
    return laid(random, np.tile(line, (500, 1)), 0.7, random.uniform(0, 360))


def fence(random: Random) -> Picture:
    """Bars of random widths: a code but for its content."""
    edges = np.cumsum(random.integers(1, 5, 90)) * 3
    line = np.zeros(int(edges[-1]))
    for left, right in zip(edges[::2], edges[1::2], strict=False):
        line[left:right] = 220
    return laid(random, np.tile(line + 20, (160, 1)), 0.8, random.uniform(0, 360))


def moire(random: Random) -> Picture:
    x, y = np.meshgrid(np.arange(VIEW[0]), np.arange(VIEW[1]))
    one, other = (random.uniform(0.5, 2.2, 2) for _ in range(2))
    return 128 + 60 * np.sign(np.sin(x * one[0] + y * one[1])) + 55 * np.sin(x * other[0] - y * other[1])


def bricks(random: Random) -> Picture:
    wall = np.full((VIEW[1], VIEW[0]), 150, np.uint8)
    high = int(random.integers(10, 40))
    for row, y in enumerate(range(0, VIEW[1], high)):
        cv2.line(wall, (0, y), (VIEW[0], y), 60, 3)
        for x in range((row % 2) * high, VIEW[0], 2 * high):
            cv2.line(wall, (x, y), (x, y + high), 60, 3)
    return laid(random, wall, 1, random.uniform(0, 360))


def checked(random: Random) -> Picture:
    """Squares, black or white by chance: a 2-D code but for its frame."""
    side = int(random.integers(10, 40))
    squares = random.integers(0, 2, (side, side)).astype(np.uint8) * 215 + 20
    return laid(random, np.kron(squares, np.ones((12, 12), np.uint8)), 0.6, random.uniform(0, 360))


def part(random: Random) -> Picture:
    """A code of which an end is out of the picture."""
    kind = str(random.choice(["Code128", "EAN13", "UPCA", "ITF", "Code39"]))
    bars = symbol(kind, KINDS[kind][1](random), PRINTED)
    cut = bars[:, : int(bars.shape[1] * random.uniform(0.45, 0.75))]
    return laid(random, np.clip(cut, 20, PAPER), 0.6, random.uniform(0, 360))


NO_CODES = (words, stripes, fence, moire, bricks, checked, part)


def negatives(each: int = 6, seed: int = 1) -> Iterator[tuple[str, str, Scene]]:
    """Yield pictures that hold no code, `each` of every sort."""
    for number, made in enumerate(NO_CODES):
        for n in range(each):
            random = np.random.default_rng((seed, 99, number, n))
            picture = finished(random, made(random), noise=random.uniform(1, 8))
            yield made.__name__, NOTHING, (NOTHING, "", picture)
