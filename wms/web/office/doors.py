"""The office's door: login with badge and PIN, logout, and the first administrator."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from flask import g, make_response, redirect, render_template, request
from pydantic import Field
from werkzeug.wrappers import Response

from wms.errors import Refusal
from wms.operations import people
from wms.web.auth import COOKIE, BadToken, needs, with_cookie
from wms.web.office.core import bp, filled
from wms.web.openapi import Asked
from wms.web.parts import act, settings, store

DOOR = "wms_door"  # a cookie that a form must repeat: nobody can be logged in from another site


class Login(Asked):
    """The login form."""

    badge: str = Field(max_length=100)
    pin: str = Field(max_length=20)
    next: str = Field("", max_length=300)
    door: str = Field("", max_length=60)


class Setup(Asked):
    """The form of the first administrator."""

    code: str = Field(max_length=40)
    name: str = Field(min_length=1, max_length=80)
    pin: str = Field(max_length=20)
    door: str = Field("", max_length=60)


@bp.get("/login")
def login_page() -> Any:
    """Show the login form."""
    return at_the_door("login", next=request.args.get("next", ""))


@bp.post("/login")
def login() -> Any:
    """Open a session for this browser and go where the person wanted to."""
    form = filled(Login)
    check_door(form.door)
    try:
        security = settings().security
        found = people.login(store(), security, form.badge, form.pin, f"{people.OFFICE}{request.remote_addr}"[:60])
    except Refusal as refusal:
        return at_the_door("login", refusal.status, sentence=refusal.text, next=form.next)
    return with_cookie(redirect(inside(form.next)), found["token"])  # type: ignore[arg-type]


@bp.post("/logout")
@needs()
def logout() -> Response:
    """End the session on the server and in the browser."""
    token = g.token

    def end(tx: Any) -> None:
        people.logout(tx, token)
        tx.announce("people")

    act(end)
    response = redirect("/office/login")
    response.delete_cookie(COOKIE, samesite="Strict")
    return response


@bp.get("/setup")
def setup_page() -> Any:
    """Show the form of the first administrator."""
    return at_the_door("setup")


@bp.post("/setup")
def setup() -> Any:
    """Make the first administrator with the one-time code from the console, and show the badge to print."""
    form = filled(Setup)
    check_door(form.door)
    try:
        _, badge = act(people.first_admin, settings().security, form.code, form.name, form.pin)
    except Refusal as refusal:
        return at_the_door("setup", refusal.status, sentence=refusal.text, name=form.name)
    return at_the_door("setup_done", badge=badge, name=form.name)


def at_the_door(template: str, status: int = 200, **facts: Any) -> Response:
    """Return a page for somebody without a session; its forms repeat the door's cookie."""
    token = request.cookies.get(DOOR) or secrets.token_urlsafe(18)
    response = make_response(render_template(f"office/{template}.html", door=token, **facts), status)
    response.set_cookie(DOOR, token, httponly=True, samesite="Strict", secure=settings().web.https)
    return response


def check_door(sent: str) -> None:
    """Raise BadToken unless the form came from our own page."""
    if not sent or not hmac.compare_digest(sent.encode(), request.cookies.get(DOOR, "").encode()):
        raise BadToken


def inside(address: str) -> str:
    """Return where to go after the login: a page of this house, never another site."""
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if ours else "/office/"
