"""The front door and the handheld's files."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask, Response, jsonify, redirect, send_from_directory
from werkzeug.wrappers import Response as BaseResponse

import scanner_client

bp = Blueprint("pages", __name__)
HANDHELD = Path(scanner_client.__file__).parent / "handheld"


def init_app(app: Flask) -> None:
    """Register the pages that are not the office."""
    app.register_blueprint(bp)


@bp.get("/")
def home() -> BaseResponse:
    """Send people to the office."""
    return redirect("/office/")


@bp.get("/handheld")
def handheld_without_slash() -> BaseResponse:
    """Add the slash that relative addresses need."""
    return redirect("/handheld/")


@bp.get("/handheld/")
@bp.get("/handheld/<path:name>")
def handheld(name: str = "index.html") -> Response:
    """Serve the handheld client."""
    response = send_from_directory(HANDHELD, name)
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/healthz")
def healthz() -> Response:
    """Say that the process answers."""
    return jsonify(ok=True)
