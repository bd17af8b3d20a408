"""Live boards: sockets carry nudges from server to client, never commands; who listens is checked at the door."""

from __future__ import annotations

import logging
import threading
from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO, join_room

from wms.db import Store
from wms.events import TOPICS, Ticker
from wms.settings import Settings
from wms.web.auth import COOKIE
from wms.web.headers import origins

log = logging.getLogger("wms.sockets")
ROOM = "boards"
WATCH_SECONDS = 0.25  # how soon a change by another process (the worker) is noticed on SQLite


class Nudger:
    """Tells every board which topics changed, from one thread; Redis being down costs nothing but the nudge."""

    def __init__(self, socketio: SocketIO) -> None:
        self.socketio = socketio
        self.sent = self.failed = 0

    def __call__(self, topics: set[str]) -> None:
        try:
            self.socketio.emit("changed", {"topics": sorted(topics), "seq": self.sent}, to=ROOM)
            self.sent += 1
        except Exception as error:  # a board that misses a nudge refetches by itself
            self.failed += 1
            log.warning("boards were not nudged: %s", error)


def init_app(app: Flask) -> None:
    """Start Flask-SocketIO and the ticker that feeds it."""
    settings: Settings = app.extensions["wms.settings"]
    store: Store = app.extensions["wms.store"]
    socketio = SocketIO(
        app,
        async_mode="threading",
        cors_allowed_origins=origins(settings),
        message_queue=settings.sockets.redis_url or None,
        max_http_buffer_size=64 * 1024,
        transports=["websocket"],
    )
    app.extensions["wms.sockets"] = socketio
    nudger = app.extensions["wms.nudger"] = Nudger(socketio)
    ticker = app.extensions["wms.ticker"] = Ticker(settings.sockets.coalesce_ms / 1000, nudger)
    store.listeners.append(ticker.note)
    guard_the_door(app, socketio, settings.sockets.max_sockets)
    if store.sqlite:
        watch_other_processes(store, ticker)


def guard_the_door(app: Flask, socketio: SocketIO, most: int) -> None:
    """Let in only live sessions, and no more sockets than there are threads for."""
    here: set[str] = set()

    @socketio.on("connect")  # type: ignore[untyped-decorator]
    def connect(auth: Any = None) -> bool:
        token = (auth or {}).get("token") if isinstance(auth, dict) else None
        token = token or request.cookies.get(COOKIE, "")
        if not token or app.extensions["wms.sessions"].get(str(token)) is None or len(here) >= most:
            return False
        here.add(request.sid)  # type: ignore[attr-defined]
        join_room(ROOM)
        return True

    @socketio.on("disconnect")  # type: ignore[untyped-decorator]
    def disconnect(*_reason: Any) -> None:
        here.discard(request.sid)  # type: ignore[attr-defined]


def watch_other_processes(store: Store, ticker: Ticker) -> None:
    """Nudge all boards when the worker or the command line wrote to the SQLite file."""
    pause = threading.Event()

    def run() -> None:
        changed = store.watch()
        while not pause.wait(WATCH_SECONDS):
            if changed():
                ticker.note(set(TOPICS))

    threading.Thread(target=run, name="watch", daemon=True).start()
