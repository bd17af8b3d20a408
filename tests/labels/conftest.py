"""An independent ZPL renderer, and two decoders that share no code, as the judges of every label."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from services import Unavailable, lacking

from wms.labels.labels import Label, render
from wms.labels.zpl import DPMM, press

HERE = Path(__file__).parent
LIBRARY = HERE.parents[1] / "wms" / "web" / "node_modules" / "zpl-renderer-js"
Image = np.ndarray[Any, Any]


class Renderer:
    """One Node process that turns ZPL into pictures (grey, 0 is ink)."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Talk to a started zpl_render.mjs."""
        self._process = process

    def images(self, zpl: str, size: tuple[int, int], dpmm: int) -> list[Image]:
        """Return one picture per label in `zpl`, each `size` mm large."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"zpl": zpl, "width": size[0], "height": size[1], "dpmm": dpmm}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer["error"]
        raw = [np.frombuffer(base64.b64decode(image), np.uint8) for image in answer["images"]]
        return [cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) for data in raw]

    def label(self, label: Label, dpi: int, training: bool = False, margin: int = 0) -> Image:
        """Return a label as it would be printed, with `margin` mm of imagined paper at the right and below."""
        width, height = press(dpi).load(label.template())[1]
        size = (width + margin, height + margin)
        zpl = re.sub(
            r"\^PW\d+\^LL\d+", f"^PW{size[0] * DPMM[dpi]}^LL{size[1] * DPMM[dpi]}", render(label, dpi, training)
        )
        (image,) = self.images(zpl, size, DPMM[dpi])
        return image


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    """The renderer, kept alive for the session; skipped with a reason where Node or its package is missing."""
    node = shutil.which("node")
    if node is None or not LIBRARY.is_dir():
        lacking(Unavailable("labels are not rendered: Node or zpl-renderer-js is missing (run `make setup`)"))
    command = [node, str(HERE / "zpl_render.mjs")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Renderer(process)
        process.kill()


def zbar() -> Any:
    """The second decoder; skipped with a reason where its library is missing."""
    try:
        return import_module("pyzbar.pyzbar")
    except ImportError:
        lacking(Unavailable("labels are not read twice: libzbar0 is missing (run `make setup`)"))


def by_zxing(image: Image) -> dict[str, str]:
    """Return what zxing-cpp reads: symbology -> text."""
    names = {zxingcpp.BarcodeFormat.Code128: "CODE128", zxingcpp.BarcodeFormat.QRCode: "QRCODE"}
    formats = [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode]
    found = zxingcpp.read_barcodes(image, formats=formats, text_mode=zxingcpp.TextMode.Plain)
    return {next(v for k, v in names.items() if str(k) in str(each.format)): each.text for each in found}


def by_zbar(image: Image) -> dict[str, str]:
    """Return what zbar reads: symbology -> text."""
    pyzbar = zbar()
    wanted = [pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.QRCODE]
    return {each.type: each.data.decode("ascii") for each in pyzbar.decode(image, symbols=wanted)}


def by_zxing_all(image: Image) -> set[tuple[str, str]]:
    """Return everything that zxing-cpp reads as (symbology, text); GS1 separators are kept."""
    formats = {"CODE128": "Code128", "QRCODE": "QRCode", "MATRIX": "DataMatrix"}
    known = {getattr(zxingcpp.BarcodeFormat, name): kind for kind, name in formats.items()}
    found = zxingcpp.read_barcodes(image, formats=list(known), text_mode=zxingcpp.TextMode.Plain)
    return {(next(kind for form, kind in known.items() if str(form) in str(each.format)), each.text) for each in found}


def by_zbar_all(image: Image) -> set[tuple[str, str]]:
    """Return everything that zbar reads as (symbology, text)."""
    pyzbar = zbar()
    wanted = [pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.QRCODE]
    return {(each.type, each.data.decode("ascii")) for each in pyzbar.decode(image, symbols=wanted)}
