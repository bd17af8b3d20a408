"""Who is asking: login by badge and PIN, sessions on the server, CSRF for cookies, roles on every route."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from pydantic import BaseModel, ConfigDict, Field

from wms import clock
from wms.db import Store
from wms.errors import NotAllowed, Refusal
from wms.floor import Floor
from wms.flows import FLOWS
from wms.flows.engine import Who
from wms.operations import people
from wms.settings import Settings
from wms.web.scanners import normal

bp = Blueprint("auth", __name__)
COOKIE = "wms_session"
TOUCH_SECONDS = 60
F = TypeVar("F", bound=Callable[..., Any])


class NotLoggedIn(Refusal):
    """No session, or one that ended."""

    sentence = "Scan your badge to log in."
    status = 401


class BadToken(Refusal):
    """A form came without the page's CSRF token."""

    sentence = "This page is too old. Reload it and try again."
    status = 403


class Body(BaseModel):
    """A JSON body; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Login(Body):
    """POST /login."""

    badge: str = Field(max_length=100)
    pin: str = Field(max_length=20)
    device: str = Field(min_length=1, max_length=60)
    profile: str = Field("", max_length=40)


class Setup(Body):
    """POST /setup: the first administrator."""

    code: str = Field(max_length=40)
    name: str = Field(min_length=1, max_length=80)
    pin: str = Field(max_length=20)


class Sessions:
    """Live sessions, kept for a few seconds so that a scan costs no login query."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.security = store, settings.security
        self._kept: dict[str, tuple[float, Any, float]] = {}
        self._guard = threading.Lock()
        store.listeners.append(lambda topics: self.forget() if "people" in topics else None)

    def get(self, token: str) -> Any:
        """Return the session row of a token, or None."""
        at = clock.seconds()
        with self._guard:
            kept = self._kept.get(token)
        if kept and at - kept[0] < self.security.session_cache_seconds:
            return kept[1]
        with self.store.read() as tx:
            row = people.session_of(tx, self.security, token)
        if row is None:
            with self._guard:
                self._kept.pop(token, None)
            return None
        touched = kept[2] if kept else 0.0
        if at - touched > TOUCH_SECONDS:
            self.store.transact(lambda tx: people.touch(tx, row.id))
            touched = at
        with self._guard:
            self._kept[token] = (at, row, touched)
        return row

    def forget(self) -> None:
        """Read everybody anew: somebody logged out, was disabled or changed station."""
        with self._guard:
            self._kept = {token: (0.0, row, touched) for token, (_, row, touched) in self._kept.items()}


def init_app(app: Flask) -> None:
    """Register login and the check that stands before every request."""
    app.extensions["wms.sessions"] = Sessions(app.extensions["wms.store"], app.extensions["wms.settings"])
    app.register_blueprint(bp)
    app.before_request(identify)
    app.jinja_env.globals["csrf"] = lambda: g.session.csrf if g.get("session") else ""


def identify() -> None:
    """Find the session of this request; an unsafe request by cookie must carry its CSRF token."""
    g.session, g.who = None, None
    header = request.headers.get("Authorization", "")
    token = header[7:].strip() if header[:7].lower() == "bearer " else request.cookies.get(COOKIE, "")
    row = current_app.extensions["wms.sessions"].get(token) if token else None
    if row is None:
        return
    by_cookie = not header
    if by_cookie and request.method not in ("GET", "HEAD", "OPTIONS") and request.endpoint not in OPEN:
        sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
        if not hmac.compare_digest(sent.encode(), row.csrf.encode()):
            raise BadToken
    g.session, g.token = row, token
    roles = frozenset(row.roles.split(","))
    g.who = Who(row.operator_id, row.name, roles, row.device_id, row.device, row.station_id)


OPEN = {"auth.login", "auth.setup"}


def who() -> Who:
    """Return who is asking; raises NotLoggedIn."""
    if g.get("who") is None:
        raise NotLoggedIn
    found: Who = g.who
    return found


def needs(*roles: str) -> Callable[[F], F]:
    """Let only people with one of `roles` in; without roles: everybody who is logged in."""

    def wrap(function: F) -> F:
        @wraps(function)
        def checked(*args: Any, **kwargs: Any) -> Any:
            me = who()
            if roles and not me.roles & set(roles):
                raise NotAllowed(what="that")
            return function(*args, **kwargs)

        checked.roles = roles  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return wrap


@bp.post("/login")
def login() -> Response:
    """Open a session; the answer says how to send the token."""
    body = Login.model_validate(request.get_json(silent=True) or {})
    store, settings = current_app.extensions["wms.store"], current_app.extensions["wms.settings"]
    badge = normal(body.badge, body.profile)
    found = people.login(store, settings.security, badge, body.pin, body.device)
    response = jsonify(
        token=found["token"],
        send={"header": "Authorization", "value": f"Bearer {found['token']}"},
        csrf=found["csrf"],
        **about(found["operator_id"], found["name"], frozenset(found["roles"])),
    )
    return with_cookie(response, found["token"])


def with_cookie(response: Response, token: str) -> Response:
    """Let a browser carry the session: HttpOnly, same site only."""
    settings: Settings = current_app.extensions["wms.settings"]
    response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=settings.web.https)
    return response


def about(operator_id: int, name: str, roles: frozenset[str]) -> dict[str, Any]:
    """Return what a client shows of a login: the person, the site, the flows on their keys."""
    settings: Settings = current_app.extensions["wms.settings"]
    floor: Floor = current_app.extensions["wms.floor"]
    mine = [flow for flow in FLOWS.values() if floor.may(flow, roles)]
    return {
        "operator": {"id": operator_id, "name": name, "roles": sorted(roles)},
        "site": {"name": settings.site.name, "training": settings.site.training},
        "flows": [{"flow": flow.name, "title": flow.title, "key": f"F{n}"} for n, flow in enumerate(mine, start=1)],
    }


@bp.get("/session")
@needs()
def session() -> Response:
    """Say who is logged in here."""
    me = who()
    return jsonify(csrf=g.session.csrf, **about(me.operator_id, me.name, me.roles))


@bp.post("/logout")
@needs()
def logout() -> Response:
    """End the session on the server."""
    store: Store = current_app.extensions["wms.store"]
    token = g.token  # the writer's thread knows no request
    store.transact(lambda tx: people.logout(tx, token))
    response = jsonify(done=True)
    response.delete_cookie(COOKIE, samesite="Strict")
    return response


@bp.post("/setup")
def setup() -> Response:
    """Make the first administrator with the one-time code from the console."""
    body = Setup.model_validate(request.get_json(silent=True) or {})
    store, settings = current_app.extensions["wms.store"], current_app.extensions["wms.settings"]
    _, badge = store.transact(lambda tx: people.first_admin(tx, settings.security, body.code, body.name, body.pin))
    return jsonify(badge=badge)
