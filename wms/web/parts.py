"""What the API and the office share: the database, the settings, who acts, one way to run an operation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

from flask import Flask, current_app
from werkzeug.routing import BaseConverter, IntegerConverter, Map

from wms.db import Store, Tx, db
from wms.operations.ledger import By
from wms.settings import Settings
from wms.web.auth import who

P = ParamSpec("P")
T = TypeVar("T")


def store() -> Store:
    """Return the database."""
    found: Store = current_app.extensions["wms.store"]
    return found


@contextmanager
def snapshot() -> Iterator[Tx]:
    """Yield one view of the data for a page, on the request's Flask-SQLAlchemy session; nothing of it is kept."""
    try:
        yield Tx(db.session.connection())
    finally:
        db.session.close()


def settings() -> Settings:
    """Return the settings."""
    found: Settings = current_app.extensions["wms.settings"]
    return found


def by() -> By:
    """Return who acts, for the ledger and the timelines."""
    return By(who().operator_id)


def act(operation: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run an operation in its own transaction; its arguments are known before, the writer's thread has no request."""
    return store().transact(lambda tx: operation(tx, *args, **kwargs))


class Id(IntegerConverter):
    """A row's id in an address: what both databases can keep."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=2**31 - 1)


class Name(BaseConverter):
    """A name in an address: a SKU, a place, a code; short and without control characters."""

    regex = r"[^/\x00-\x1f]{1,80}"


def teach_addresses(app: Flask) -> None:
    """Let routes say <id:…> and <name:…>."""
    app.url_map.converters |= {"id": Id, "name": Name}
