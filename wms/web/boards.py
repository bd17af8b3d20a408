"""The boards on the wall: a page is a query and a template; its fragment is the same part fetched again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from flask import Blueprint, Flask, Response, current_app, render_template

from wms import clock
from wms.db import Store
from wms.web.auth import needs
from wms.web.faces import FACES, Face

bp = Blueprint("boards", __name__, url_prefix="/boards")
EVERY_SECONDS = 30  # a lost nudge is healed after this time at the latest
LEAST_SECONDS = 1  # people read a wall; they do not need it redrawn for every scan
BOARD = f"/<any({', '.join(FACES)}):name>"


class Together:
    """One result for all who asked before its making began, so that a hundred boards cost hardly more than one."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make
        self._waiting: Future[str] | None = None
        self._guard, self._turn = threading.Lock(), threading.Lock()

    def get(self) -> str:
        """Return a result that was begun after this call; raises what its making raised."""
        with self._guard:
            mine, leads = self._waiting, self._waiting is None
            if mine is None:
                mine = self._waiting = Future()
        if leads:
            with self._turn:
                self._lead(mine)
        return mine.result()

    def _lead(self, mine: Future[str]) -> None:
        with self._guard:
            self._waiting = None  # whoever asks from now on gets a newer one
        try:
            mine.set_result(self._make())
        except BaseException as error:
            mine.set_exception(error)


def init_app(app: Flask) -> None:
    """Register the boards."""
    app.extensions["wms.boards"] = {name: Together(partial(draw, name)) for name in FACES}
    app.register_blueprint(bp)


def read(name: str) -> Face:
    """Return what a board shows now, from one snapshot."""
    store: Store = current_app.extensions["wms.store"]
    with store.read() as tx:
        return FACES[name].read(tx)


def draw(name: str) -> str:
    """Return the fragment of a board as HTML."""
    return render_template("boards/fragment.html", face=read(name), now=clock.now())


def shared(name: str) -> str:
    """Return the fragment of a board, drawn once for all who want it at this moment."""
    boards: dict[str, Together] = current_app.extensions["wms.boards"]
    return boards[name].get()


@bp.get("/")
@needs()
def boards() -> str:
    """List the boards."""
    return render_template("boards/list.html", boards=FACES, site=site())


@bp.get(BOARD)
@needs()
def board(name: str) -> str:
    """Show one board; its script keeps it right from then on."""
    page = {"name": name, "board": FACES[name], "site": site(), "every": EVERY_SECONDS, "least": LEAST_SECONDS}
    return render_template("boards/board.html", face=read(name), now=clock.now(), **page)


@bp.get(f"{BOARD}/fragment")
@needs()
def fragment(name: str) -> Response:
    """Return the part of a board that changes."""
    return Response(shared(name), mimetype="text/html")


def site() -> object:
    """Return which site this is."""
    return current_app.extensions["wms.settings"].site
