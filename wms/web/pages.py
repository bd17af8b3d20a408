"""The front door, and the files of handheld and pack station."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask, Response, jsonify, redirect, send_from_directory
from werkzeug.wrappers import Response as BaseResponse

import scanner_client

bp = Blueprint("pages", __name__)
CLIENTS = Path(scanner_client.__file__).parent


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
    response = send_from_directory(CLIENTS / client, name)
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/healthz")
def healthz() -> Response:
    """Say that the process answers."""
    return jsonify(ok=True)
