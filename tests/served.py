"""A test warehouse behind the real application on a port of its own, and people who may log in to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext
from services import listener
from warehouse import Warehouse
from werkzeug.serving import make_server

from wms.app import create_app
from wms.operations import people

PIN = "864213"


def closed(app: Any) -> Callable[..., list[bytes]]:
    """The application, whose answers are read and closed before they are sent: a browser may leave in the middle.

    Werkzeug's server leaves a large file open then; gunicorn does not.
    """

    def answer(environ: Any, start_response: Any) -> list[bytes]:
        body = app(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            if hasattr(body, "close"):
                body.close()

    return answer


class Port:
    """A port of 127.0.0.1 that is ours from the start, and serves an application from `serve` to `close`."""

    def __init__(self) -> None:
        self.listener = listener()
        self.number = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.number}"

    def serve(self, app: Any) -> None:
        """Answer in threads of its own."""
        fd = self.listener.fileno()
        self.server = make_server("127.0.0.1", self.number, closed(app), threaded=True, fd=fd)
        self.server.daemon_threads = True  # type: ignore[attr-defined]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Answer nobody any more."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        self.listener.close()


class Served:
    """`with Served(warehouse) as site:` serves it at `site.url`; from then on the warehouse uses the server's store."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.port = Port()
        self.url = self.port.url
        web = warehouse.settings.web.model_copy(update={"port": self.port.number})
        self.app = create_app(warehouse.settings.model_copy(update={"web": web}))
        self.door: Any = self.app  # who stands before the application, if anybody does
        warehouse.store.close()
        warehouse.store = self.app.extensions["wms.store"]

    def __enter__(self) -> Served:
        self.port.serve(self.door)
        return self

    def __exit__(self, *_: object) -> None:
        self.port.close()
        self.app.extensions["wms.ticker"].stop()
        self.warehouse.store.close()

    def badge(self, name: str, *roles: str) -> str:
        """Add a person with the PIN of this module; return the badge."""
        security = self.warehouse.settings.security
        return str(self.warehouse.do(people.add_operator, security, people.Person(name, PIN, roles))[1])

    def login(self, browser: BrowserContext, name: str = "Vera", *roles: str) -> None:
        """Give a browser the session of a new person."""
        body = {"badge": self.badge(name, *(roles or ("picker",))), "pin": PIN, "device": f"browser of {name}"}
        answer = browser.request.post(f"{self.url}/login", data=body)
        assert answer.ok, answer.text()
