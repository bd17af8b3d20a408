"""Errors as answers: a refusal is its sentence, bad JSON names its field, a bug is a 500 with an id in the log."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, flash, g, jsonify, redirect, render_template, request
from flask.json.provider import DefaultJSONProvider
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from wms.db import Unavailable
from wms.errors import Refusal
from wms.formats.errors import FormatError

log = logging.getLogger("wms.web")


class Json(DefaultJSONProvider):
    """JSON that is nested too deeply to be read is malformed, like any other that cannot be read."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read JSON; raises ValueError."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("JSON is nested too deeply") from error


def init_app(app: Flask) -> None:
    """Register one handler per kind of failure."""
    app.json = Json(app)
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(ValidationError, invalid)
    app.register_error_handler(FormatError, unreadable)
    app.register_error_handler(Unavailable, busy)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, bug)


def wants_page() -> bool:
    """Return whether a person with a browser is asking, not a program."""
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def answer(status: int, code: str, sentence: str, **more: Any) -> BaseResponse | tuple[str | Response, int]:
    """Return an error as JSON, or as a page that says what to do."""
    if not wants_page():
        return jsonify(error={"code": code, "sentence": sentence, **more}), status
    if request.method == "POST" and request.referrer and request.path.startswith("/office"):
        flash(sentence, "stop")
        return redirect(request.referrer)
    if status == 401:
        return redirect(f"/office/login?next={request.path}")
    return render_template("error.html", status=status, sentence=sentence, request_id=g.get("request_id")), status


def refused(error: Refusal) -> Any:
    """A rule said no."""
    return answer(error.status, error.code(), error.text, facts={k: str(v) for k, v in error.facts.items()})


def invalid(error: ValidationError) -> Any:
    """A body or query does not fit its model: name every field."""
    fields = {".".join(str(part) for part in each["loc"]) or "body": each["msg"] for each in error.errors()}
    first = next(iter(fields.items()))
    return answer(422, "bad_input", f"{first[0]}: {first[1]}", fields=fields)


def unreadable(error: FormatError) -> Any:
    """An uploaded file cannot be read: the message names file, line and field."""
    return answer(422, "bad_file", str(error))


def busy(error: Unavailable) -> Any:
    """The database did not take it; the same scan id may be sent again."""
    log.warning("unavailable: %s", error)
    return answer(503, "busy", "The server is busy. Scan again.")


def http_error(error: HTTPException) -> Any:
    """Flask's own errors: not found, method not allowed, too large."""
    sentence = {404: "There is nothing at this address.", 413: "This file is too large."}.get(error.code or 500)
    return answer(
        error.code or 500, (error.name or "error").lower().replace(" ", "_"), sentence or str(error.description)
    )


def bug(error: Exception) -> Any:
    """Anything else is ours to mend: log it with the request's id."""
    path = request.path if not request.path.startswith("/c/") else "/c/..."  # a backer's link opens without more
    log.exception("bug in request %s: %s %s", g.get("request_id"), request.method, path, exc_info=error)
    return answer(500, "bug", f"Something broke here. Tell your supervisor: {g.get('request_id')}")
