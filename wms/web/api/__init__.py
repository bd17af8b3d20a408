"""The API under /api/v1: the same verbs and reads as the pages, for other systems."""

from __future__ import annotations

from flask import Flask, Response, jsonify

from wms.web.api import campaigns, exports, goods, inbound, labels, orders, outgoing, people, plans, releases
from wms.web.api.core import api, bp
from wms.web.auth import needs
from wms.web.parts import teach_addresses

# Importing them registers their endpoints.
ROOMS = (orders, goods, inbound, outgoing, releases, plans, labels, people, campaigns, exports)


def init_app(app: Flask) -> None:
    """Register the API and its description; the description needs a session too."""
    exports.check_files(app.extensions["wms.settings"])
    teach_addresses(app)
    app.register_blueprint(bp, url_prefix="/api/v1")


@bp.get("/openapi.json")
@needs()
def openapi() -> Response:
    """Describe the API in OpenAPI 3.1."""
    return jsonify(api.document())


__all__ = ["ROOMS", "api", "bp", "init_app"]
