"""Files of every kind become grey pictures, or one sentence that says why not."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from decoding.printed import as_file, symbol
from PIL import Image

from scanner_client.decoding import BadPicture, Decoder, Limits, pictures

LABEL = "LO-A-03-12-B-7"


def texts(content: bytes) -> list[str]:
    return [code.text for code in Decoder().read(pictures.read(content))]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM"])
def test_every_kind_of_picture_is_read(kind: str) -> None:
    assert texts(as_file(symbol(LABEL, "Code128"), kind)) == [LABEL]


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK", "P", "1", "LA", "I;16"])
def test_every_kind_of_colour_is_read(mode: str) -> None:
    kind = "TIFF" if mode in ("CMYK", "I;16") else "PNG"
    file = io.BytesIO()
    bars = symbol(LABEL, "Code128")
    image = Image.fromarray(bars.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(bars).convert(mode)
    image.save(file, kind)
    assert texts(file.getvalue()) == [LABEL]


def test_what_is_transparent_is_paper_not_ink() -> None:
    bars = symbol(LABEL, "Code128")
    layers = np.zeros((*bars.shape, 4), np.uint8)
    layers[..., 3] = 255 - bars  # black everywhere, opaque where a bar is
    file = io.BytesIO()
    Image.fromarray(layers, "RGBA").save(file, "PNG")
    assert texts(file.getvalue()) == [LABEL]


def test_a_photo_that_says_it_lies_on_its_side_is_put_upright() -> None:
    lying = np.rot90(symbol(LABEL, "Code128"))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to see it upright
    picture = pictures.read(as_file(lying, "JPEG", exif=exif))
    assert picture.shape == symbol(LABEL, "Code128").shape


def test_of_a_film_the_first_picture_is_read() -> None:
    frames = [Image.fromarray(symbol(text, "QRCode")) for text in ("TO-000001-1", "TO-000002-2")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    assert texts(file.getvalue()) == ["TO-000001-1"]


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises pixels that are not there."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


GOOD = as_file(symbol(LABEL, "Code128"))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"no picture at all", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (GOOD[: len(GOOD) // 2], "damaged"),
        (GOOD[:40] + bytes(60) + GOOD[100:], "damaged|no picture"),
        (bomb(40_000, 40_000), "million pixels"),
        (bomb(200_000, 200_000), "million pixels"),
        (bomb(0, 5), "picture"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"GIF89a", "picture"),
        (b"\xff\xd8\xff", "picture"),
    ],
)
def test_what_is_no_picture_gets_one_sentence(content: bytes, why: str) -> None:
    with pytest.raises(BadPicture, match=why) as caught:
        pictures.read(content)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_too_large_is_not_opened() -> None:
    with pytest.raises(BadPicture, match="larger than"):
        pictures.read(GOOD, Limits(bytes_max=len(GOOD) - 1))


def test_a_large_photo_is_shrunk_to_what_is_worked_on(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    path.write_bytes(as_file(np.full((3000, 5000), 200, np.uint8), "JPEG"))
    assert max(pictures.load(path).shape) == 4000


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP"])
def test_every_damage_to_a_file_is_a_sentence_and_never_a_crash(kind: str) -> None:
    random = np.random.default_rng(5)
    whole = as_file(symbol(LABEL, "QRCode"), kind)
    for _ in range(40):
        hurt = bytearray(whole)
        for at in random.integers(0, len(hurt), 8):
            hurt[at] = int(random.integers(0, 256))
        with suppress(BadPicture):
            assert pictures.read(bytes(hurt)).ndim == 2
