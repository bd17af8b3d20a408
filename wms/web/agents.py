"""The door for print agents: long poll for work, claim, begin, settle; a token of the agent's own opens it."""

from __future__ import annotations

import threading
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from pydantic import Field
from sqlalchemy import Row

from wms import clock
from wms.db import Tx
from wms.errors import Refusal
from wms.labels.printers import Outcome, PrinterAddress, State
from wms.operations import equipping
from wms.operations import printing as work
from wms.queries import printing as reads
from wms.web.auth import Body
from wms.web.parts import act, settings, store

bp = Blueprint("agents", __name__)
WAIT_SECONDS_MAX = 25.0
waiting = threading.BoundedSemaphore(16)  # who waits holds a thread of the server; the rest are answered at once
LOOK_SECONDS = 1.0  # labels made by another process are seen so late


class UnknownAgent(Refusal):
    """A token that is none, or not any more."""

    sentence = "This token is not known. Make a new one in the office."
    status = 401


class Look(Body):
    """POST /agent/look: which printers have work? Answered at once when one has, else after `wait` seconds."""

    wait: float = Field(0.0, ge=0, le=WAIT_SECONDS_MAX)
    states: dict[int, str] = Field(default={}, max_length=500)  # printer -> what is wrong with it, "" for nothing


class Claim(Body):
    """POST /agent/claim: the next label of a printer."""

    printer: int = Field(ge=1, le=2**31 - 1)


class Begin(Body):
    """POST /agent/begin: the first byte is about to leave."""

    label: int = Field(ge=1, le=2**31 - 1)
    fence: int = Field(ge=1, le=2**31 - 1)


class Settle(Begin):
    """POST /agent/settle: what became of a label."""

    state: State
    reason: str = Field("", max_length=400)


class Bell:
    """Wakes who waits for labels when this process made one."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._count = 0

    def ring(self, topics: set[str]) -> None:
        """Hear what changed."""
        if "printing" in topics:
            with self._rung:
                self._count += 1
                self._rung.notify_all()

    def wait(self, seconds: float, since: int) -> int:
        """Wait until it rang after `since`; return how often it has rung."""
        with self._rung:
            self._rung.wait_for(lambda: self._count != since, seconds)
            return self._count


def init_app(app: Flask) -> None:
    """Register the door."""
    bell = Bell()
    app.extensions["wms.bell"] = bell
    app.extensions["wms.store"].listeners.append(bell.ring)
    app.register_blueprint(bp, url_prefix="/agent")


def agent() -> Row[Any]:
    """Return the agent that asks; raises UnknownAgent."""
    header = request.headers.get("Authorization", "")
    token = header[7:].strip() if header[:7].lower() == "bearer " else ""
    with store().read() as tx:
        found = equipping.agent_of(tx, token) if token.startswith(equipping.TOKEN) else None
    if found is None:
        raise UnknownAgent
    return found


def body(model: type[Body]) -> Any:
    """Return the checked JSON body; raises ValidationError."""
    return model.model_validate(request.get_json(silent=True) or {})


@bp.post("/look")
def look() -> Response:
    """Say which of the agent's printers have a label to print, as soon as one has, and which are at rest."""
    me, asked = agent(), body(Look)
    act(work.hear, me.id, asked.states)
    may_wait = waiting.acquire(blocking=False)
    try:
        due = wait_for_work(me.id, asked.wait if may_wait else 0.0)
    finally:
        if may_wait:
            waiting.release()
    with store().read() as tx:
        rest = [where(row.id, work.address_of(settings(), row)) for row in reads.resting_at(tx, me.id)]
    return jsonify(due=due, rest=rest)


def wait_for_work(agent_id: int, seconds: float) -> list[int]:
    """Return the agent's printers that have a label to print, none when the time is over."""
    bell: Bell = current_app.extensions["wms.bell"]
    until, rung = clock.seconds() + seconds, bell.wait(0, -1)
    while True:
        with store().read() as tx:
            due = reads.due_at(tx, agent_id)
        left = until - clock.seconds()
        if due or left <= 0:
            return due
        rung = bell.wait(min(left, LOOK_SECONDS), rung)


def where(row_id: int, at: PrinterAddress) -> dict[str, Any]:
    """Return where an agent finds a printer."""
    return {"id": row_id, "kind": at.kind, "host": at.host, "port": at.port, "queue": at.queue}


@bp.post("/claim")
def claim() -> Response:
    """Lease the next label of a printer to the agent."""
    me, printer = agent(), body(Claim).printer
    label = act(work.claim_for_agent, settings(), me.id, printer)
    if label is None:
        return jsonify(label=None)
    return jsonify(label=where(label.id, label.address) | {"fence": label.attempts, "zpl": label.zpl})


@bp.post("/begin")
def begin() -> Response:
    """Say whether the first byte of a label may leave."""
    me, asked, house = agent(), body(Begin), settings()

    def mine(tx: Tx) -> bool:
        label = work.held_by(tx, house, me.id, asked.label, asked.fence)
        return label is not None and work.begin(tx, house, label.id, label.attempts, by_agent=True)

    return jsonify(go=act(mine))


@bp.post("/settle")
def settle() -> Response:
    """Write down what became of a label."""
    me, asked, house = agent(), body(Settle), settings()

    def told(tx: Tx) -> bool:
        label = work.held_by(tx, house, me.id, asked.label, asked.fence)
        if label is not None:
            work.settle(tx, label, Outcome(asked.state, asked.reason))
        return label is not None

    return jsonify(done=act(told))
