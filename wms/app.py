"""The whole wiring on one screen."""

from __future__ import annotations

from flask import Flask

from wms import settings as settings_module
from wms.db import Store, init_app
from wms.floor import Floor
from wms.settings import Settings
from wms.web import (
    agents,
    api,
    auth,
    boards,
    confirm,
    failures,
    headers,
    office,
    pages,
    photos,
    scan,
    scanners,
    sockets,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the web application for `settings` (by default: files and environment)."""
    settings = settings or settings_module.load()
    headers.check(settings)
    app = Flask("wms", static_folder="web/static", template_folder="web/templates")
    app.config.update(MAX_CONTENT_LENGTH=25 * 1024 * 1024, TRUSTED_HOSTS=headers.hosts(settings))
    store = Store(settings.database)
    app.extensions["wms.settings"] = settings
    app.extensions["wms.floor"] = Floor(store, settings)
    init_app(app, store)
    for module in (
        headers,
        failures,
        scanners,
        auth,
        scan,
        photos,
        pages,
        confirm,
        boards,
        office,
        api,
        agents,
        sockets,
    ):
        module.init_app(app)
    return app
