"""The door for scanners: checks the session and hands the scan on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from pydantic import Field

from wms.db import dumps
from wms.floor import Floor
from wms.flows.envelope import Answer
from wms.operations import benches, labelling
from wms.web.auth import Body, needs, who
from wms.web.scanners import normal

bp = Blueprint("scan", __name__)


class Scan(Body):
    """POST /scan: the client made `id`; `task` and `turn` come from the last answer.

    `profile` names how the scanner that made `text` is set up (GET /scanners); without it the text is taken as it is.
    """

    id: str = Field(min_length=8, max_length=64)
    task: int | None = Field(None, ge=1, le=2**31 - 1)
    turn: int = Field(0, ge=0, le=2**31 - 1)
    text: str = Field(max_length=8000)  # a QR code holds up to 7089; what is too long, the floor says
    profile: str = Field("", max_length=40)


class Stand(Body):
    """POST /station: the code of a pack station, as scanned."""

    text: str = Field(max_length=200)
    profile: str = Field("", max_length=40)


class Start(Body):
    """POST /task: get me work in a flow."""

    flow: str = Field(max_length=20)


def init_app(app: Flask) -> None:
    """Register the scan contract."""
    app.register_blueprint(bp)


def floor() -> Floor:
    """Return the floor."""
    found: Floor = current_app.extensions["wms.floor"]
    return found


def reply(answer: Answer) -> Response:
    """Return an envelope as JSON."""
    return Response(dumps(answer), mimetype="application/json")


def body() -> Any:
    """Return the JSON body, an empty one when there is none."""
    found = request.get_json(silent=True)
    return found if found is not None else {}


@bp.post("/scan")
@needs()
def scan() -> Response:
    """Answer one scan."""
    asked = Scan.model_validate(body())
    text = normal(asked.text, asked.profile)
    return reply(floor().scan(who(), asked.id, asked.task, asked.turn, text))


@bp.post("/task")
@needs()
def start() -> Response:
    """Start or resume work."""
    return reply(floor().start(who(), Start.model_validate(body()).flow))


@bp.post("/station")
@needs()
def stand() -> Response:
    """Let this device stand at a pack station from now on."""
    asked, me = Stand.model_validate(body()), who()
    text = normal(asked.text, asked.profile)
    name = floor().store.transact(lambda tx: benches.stand(tx, me.device_id, text))
    return jsonify(station={"name": name})


@bp.get("/task/<int:task_id>")
@needs()
def show(task_id: int) -> Response:
    """Draw the current screen of a task again."""
    return reply(floor().show(who(), min(task_id, 2**31 - 1)))


@bp.get("/task/<int:task_id>/label")
@needs()
def label(task_id: int) -> Response:
    """Return the label of the parcel in hand as ZPL, so that the pack station draws it."""
    with floor().store.read() as tx:
        found = labelling.in_hand(tx, floor().settings, who().operator_id, min(task_id, 2**31 - 1))
    return jsonify(found)


@bp.get("/task")
@needs()
def menu() -> Response:
    """Draw the menu."""
    return reply(floor().menu(who()))
