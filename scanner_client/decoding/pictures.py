"""From a file to a grey picture: the header is read first, so nothing too large is ever unpacked."""

from __future__ import annotations

import io
import os
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

Grey = NDArray[np.uint8]
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
DEEP = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")


class BadPicture(ValueError):
    """A file cannot be read as a picture; the message is one sentence that says why."""


@dataclass(frozen=True)
class Limits:
    """How much a picture may take: bytes of the file, pixels (only a JPEG shrinks while it is read), long side."""

    bytes_max: int = 25_000_000
    pixels_max: int = 24_000_000
    jpeg_pixels_max: int = 64_000_000
    side_px: int = 4000


DEFAULT = Limits()


def load(path: str | os.PathLike[str], limits: Limits = DEFAULT) -> Grey:
    """Return a file's picture in grey, height x width; raises BadPicture, also for a file that is not there."""
    try:
        if os.path.getsize(path) > limits.bytes_max:
            raise BadPicture(f"The file is larger than {limits.bytes_max / 1e6:.0f} MB.")
        with open(path, "rb") as file:
            return read(file.read(), limits)
    except OSError as error:
        raise BadPicture(f"The file cannot be read: {error.strerror or error}.") from None


def read(content: bytes, limits: Limits = DEFAULT) -> Grey:
    """Return the picture of a file's content in grey: upright, its first frame, transparent parts on white.

    Raises BadPicture: empty, too large, no picture, or damaged.
    """
    if not content:
        raise BadPicture("The file is empty.")
    if len(content) > limits.bytes_max:
        raise BadPicture(f"The file is larger than {limits.bytes_max / 1e6:.0f} MB.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large pictures and of odd metadata: the limits are ours
        try:
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                return unpacked(image, limits)
        except BadPicture:
            raise
        except UnidentifiedImageError:
            raise BadPicture(f"The file is no picture that can be read ({', '.join(FORMATS)}).") from None
        except Image.DecompressionBombError:
            raise BadPicture(too_many(limits.pixels_max)) from None
        except (OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError, IndexError, KeyError):
            raise BadPicture("The picture is damaged.") from None
        except Exception as error:  # a decoder of Pillow met what its authors did not think of
            raise BadPicture(f"The picture is damaged ({type(error).__name__}).") from None


def too_many(most: int) -> str:
    """Return the sentence about a picture with too many pixels."""
    return f"The picture has more than {most / 1e6:.0f} million pixels."


def unpacked(image: Image.Image, limits: Limits) -> Grey:
    """Return the pixels of an opened picture, after its size is known to be fit."""
    width, height = image.size
    if width < 1 or height < 1:
        raise BadPicture("The picture has no pixels.")
    jpeg = image.format in ("JPEG", "MPO")
    most = limits.jpeg_pixels_max if jpeg else limits.pixels_max
    if width * height > most:
        raise BadPicture(too_many(most))
    if jpeg:
        step = max(1.0, max(width, height) / limits.side_px)
        image.draft("L", (int(width / step), int(height / step)))  # libjpeg shrinks while it reads
    image.seek(0)
    image.load()
    upright = ImageOps.exif_transpose(image) or image
    return shrunk(grey(upright), limits.side_px)


def grey(image: Image.Image) -> Grey:
    """Return any kind of picture as grey values."""
    if image.mode in DEEP:
        return eight_bits(np.asarray(image, dtype=np.float32))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        paper.alpha_composite(clear)
        image = paper
    return np.asarray(image.convert("RGB").convert("L") if image.mode == "CMYK" else image.convert("L"), dtype=np.uint8)


def eight_bits(deep: NDArray[np.float32]) -> Grey:
    """Return 16-bit (or deeper) values as 8 bits: by 256 when they fill 16 bits, else stretched."""
    values = np.nan_to_num(deep)
    most = float(values.max(initial=0.0))
    scale = 257.0 if most > 4095 else max(most, 255.0) / 255.0
    clipped: Grey = np.clip(values / scale, 0, 255).astype(np.uint8)
    return clipped


def shrunk(picture: Grey, side_px: int) -> Grey:
    """Return a picture whose long side is at most `side_px`."""
    long = max(picture.shape)
    if long <= side_px:
        return picture
    step = long / side_px
    size = (max(1, round(picture.shape[1] / step)), max(1, round(picture.shape[0] / step)))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX, reducing_gap=1.0), dtype=np.uint8)
