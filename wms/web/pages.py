"""The front door, and the files of handheld and pack station."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import zxingcpp
from flask import Blueprint, Flask, Response, abort, g, jsonify, redirect, send_from_directory
from werkzeug.wrappers import Response as BaseResponse

import scanner_client
from wms.web import scanners

bp = Blueprint("pages", __name__)
CLIENTS = Path(scanner_client.__file__).parent
# The workers that read camera frames and draw labels: their policy is their own, not the page's.
WASM = {("handheld", "reader.js"), ("station", "painter.js")}
PAGES = {("handheld", "setup"): "setup.html"}
# What scanner_client/handheld/trial.js can judge: a label with a separator, and signs that move with the keyboard.
TEST_CODES = {"test-gs1": "(01)04006381333931(10)LOT7(17)301231", "test-keyboard": "Pickwell/yz-YZ:7"}


def init_app(app: Flask) -> None:
    """Register the pages that are not the office."""
    app.register_blueprint(bp)


@bp.get("/")
def home() -> BaseResponse:
    """Send people to the office."""
    return redirect("/office/")


@bp.get("/<any(handheld, station):client>")
def client_without_slash(client: str) -> BaseResponse:
    """Add the slash that relative addresses need."""
    return redirect(f"/{client}/")


@bp.get("/<any(handheld, station):client>/")
@bp.get("/<any(handheld, station):client>/<path:name>")
def client(client: str, name: str = "index.html") -> Response:
    """Serve the files of a scanner client; what they show comes through the scan contract."""
    g.wasm = (client, name) in WASM
    response = send_from_directory(CLIENTS / client, PAGES.get((client, name), name))
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/handheld/codes/<name>.svg")
def set_up_code(name: str) -> Response:
    """Draw a code that the set-up page prints: a test code, or the name of a device profile."""
    known = TEST_CODES | {each: f"PW-{each.upper()}" for each in scanners.known()}
    if name not in known:
        abort(404)
    return Response(bars(known[name], name == "test-gs1"), mimetype="image/svg+xml")


@cache
def bars(text: str, gs1: bool) -> str:
    """Return a Code 128 as SVG, with its quiet zones."""
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128, gs1=gs1)
    return str(symbol.to_svg(scale=2, add_quiet_zones=True))


@bp.get("/healthz")
def healthz() -> Response:
    """Say that the process answers."""
    return jsonify(ok=True)
