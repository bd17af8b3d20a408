"""Reads a photo of a label for a device whose camera may not run live (a page without TLS); keeps nothing of it.

    POST /photo, multipart/form-data, one file "photo"; X-CSRF-Token as with every POST by cookie
    -> {"codes": [{"scan": "]C0LO-A-03-12-B-7",     send this as the text of the next scan
                   "text": "LO-A-03-12-B-7",        what stands on the label
                   "symbology": "Code128", "aim": "]C0", "bytes": "TE8t…" (base64), "engine": "zxing-cpp",
                   "corners": [[x, y], …4],         pixels of the upright photo, shrunk to 4000 px when it is larger
                   "agreed": true}, …]}             empty: there is no code that can be believed; take another photo
    413 too large, 422 no picture (error.sentence says why), 429 too often, 503 other photos are being read

The page needs <input type="file" accept="image/*" capture="environment"> and nothing else.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from werkzeug.datastructures import FileStorage

from scanner_client.decoding import BadPicture, BadRules, Budget, Code, Decoder, Limits, pictures, plausible
from wms import clock
from wms.errors import BadInput, Refusal
from wms.settings import Settings, SettingsError
from wms.web.auth import needs, who

bp = Blueprint("photos", __name__)
LIMITS = Limits(bytes_max=12_000_000, pixels_max=16_000_000)
BODY_MAX = LIMITS.bytes_max + 100_000  # the frame of the form
AT_ONCE, WAIT_SECONDS = 2, 3.0  # photos of one process: each takes a core, and up to 100 MB
A_MINUTE = 30  # photos of one device


class TooManyPhotos(Refusal):
    """One device sends photos faster than a person takes them."""

    sentence = "Too many photos. Wait a moment."
    status = 429


class Reading(Refusal):
    """The process reads as many photos as it may."""

    sentence = "Other photos are being read. Try again."
    status = 503


class Turnstile:
    """Lets in what one process can read: a few photos at once, and so many a minute of one device."""

    def __init__(self, at_once: int = AT_ONCE, a_minute: int = A_MINUTE) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._a_minute = a_minute
        self._guard = threading.Lock()
        self._seen: dict[int, deque[float]] = {}

    @contextmanager
    def passed(self, device: int, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold a place while a photo is read; raises TooManyPhotos, Reading."""
        self.count(device, clock.seconds())
        if not self._free.acquire(timeout=wait_seconds):
            raise Reading
        try:
            yield
        finally:
            self._free.release()

    def count(self, device: int, at: float) -> None:
        """Note a photo of a device at a time in seconds; raises TooManyPhotos."""
        with self._guard:
            self._seen = {each: times for each, times in self._seen.items() if times[-1] > at - 60}
            times = self._seen.setdefault(device, deque(maxlen=self._a_minute))
            if len(times) == self._a_minute and times[0] > at - 60:
                raise TooManyPhotos
            times.append(at)


def init_app(app: Flask) -> None:
    """Register the reading of photos; a bad file of rules stops the start."""
    settings: Settings = app.extensions["wms.settings"]
    own = settings.scanning.symbologies
    try:
        rules = plausible.load(Path(own) if own else None)
    except BadRules as error:
        raise SettingsError(f"scanning.symbologies: {error}") from None
    app.extensions["wms.photos"] = Turnstile()
    app.extensions["wms.decoder"] = cache(lambda: Decoder(rules))
    app.register_blueprint(bp)


def decoder() -> Decoder:
    """Return the decoder of this process, made with the first photo."""
    found: Decoder = current_app.extensions["wms.decoder"]()
    return found


@bp.post("/photo")
@needs()
def photo() -> Response:
    """Answer the codes in a photo."""
    request.max_content_length = BODY_MAX
    file = sent()  # a slow upload holds no place
    with current_app.extensions["wms.photos"].passed(who().device_id):
        found = read(file.stream.read(LIMITS.bytes_max + 1))
    return jsonify(codes=[told(code) for code in found])


def sent() -> FileStorage:
    """Return the file of the photo; raises BadInput."""
    file = request.files.get("photo")
    if file is None:
        raise BadInput(field="photo", why="missing")
    return file


def read(content: bytes) -> list[Code]:
    """Return the codes in a photo; raises BadInput with the reason when it is no picture."""
    budget = Budget()
    try:
        return decoder().read(pictures.read(content, LIMITS), budget)
    except BadPicture as error:
        raise BadInput(field="photo", why=str(error)) from None


def told(code: Code) -> dict[str, Any]:
    """Return a code for a page."""
    return code.to_json() | {"scan": code.scan}
