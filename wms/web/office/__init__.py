"""The office at /office/: pages for people with a keyboard, drawn on the server from the same reads as the API."""

from __future__ import annotations

import hmac
import secrets

from flask import Flask

from wms.settings import Settings
from wms.web.office import (
    backers,
    doors,
    dossier,
    dress,
    erasures,
    exports,
    home,
    inbound,
    intake,
    labels,
    mails,
    orders,
    outgoing,
    people,
    plans,
    printers,
    releases,
    sheets,
    sku_map,
    splits,
    stock,
    surveys,
    templates,
    test_picks,
)
from wms.web.office.core import bp
from wms.web.parts import teach_addresses

# Importing them registers their pages.
ROOMS = (
    *(doors, home, orders, dossier, stock, inbound, intake, outgoing, releases, splits, plans, sku_map, test_picks),
    *(labels, templates, sheets, printers, people, exports, surveys, backers, mails, erasures),
)


def init_app(app: Flask) -> None:
    """Register the office; the sentence of a finished form travels in a signed cookie."""
    settings: Settings = app.extensions["wms.settings"]
    pepper = settings.security.pepper
    app.secret_key = hmac.digest(pepper.encode(), b"flash", "sha256") if pepper else secrets.token_bytes(32)
    secure = settings.web.https
    app.config.update(SESSION_COOKIE_NAME="wms_said", SESSION_COOKIE_SAMESITE="Strict", SESSION_COOKIE_SECURE=secure)
    dress.init_app(app)
    teach_addresses(app)
    app.jinja_env.globals["site"] = settings.site
    app.register_blueprint(bp, url_prefix="/office")


__all__ = ["ROOMS", "init_app"]
