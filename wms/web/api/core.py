"""The API's blueprint, the list of its endpoints, and the answers that several give."""

from __future__ import annotations

from flask import Blueprint

from wms.web.openapi import Api, Told

bp = Blueprint("api", __name__)
api = Api(bp, "/api/v1")


class Done(Told):
    """It is done."""

    done: bool = True


class File(Told):
    """A file: the answer is its bytes, its name stands in Content-Disposition."""


class Queued(Told):
    """The print jobs that were made."""

    ids: list[int]
