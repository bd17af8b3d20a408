"""The page of a backer at /c/<token>: no login, no script, nothing from elsewhere; the link alone opens it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from wms import addresses
from wms.errors import Refusal
from wms.formats.orders.countries import CALLED
from wms.operations import addressing, confirming
from wms.operations.confirming import Given, Outcome
from wms.queries import backers
from wms.settings import Settings
from wms.web.backer_words import FIELDS, FILLED, day, moment, say
from wms.web.limits import Limit, neighbourhood
from wms.web.parts import act, settings, snapshot

bp = Blueprint("confirm", __name__)
BODY_MAX = 256 * 1024
LINKS_WRONG, LINKS_WINDOW = 20, 600.0  # so many links that do not work, in ten minutes
SAVES_MOST, SAVES_WINDOW = 30, 600.0  # so often one page may be saved
SIZES = {name: cast(Any, addressing.recipients.c[name].type).length for name in FIELDS}
PRIVATE = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Busy(Refusal):
    """Somebody asks too often."""

    sentence = "Too many requests. Wait some minutes."
    status = 429


def init_app(app: Flask) -> None:
    """Register the page; a host name of its own shows nothing but it."""
    set_up: Settings = app.extensions["wms.settings"]
    limits = {
        "pages": Limit(set_up.links.per_minute, 60.0),
        "wrong": Limit(LINKS_WRONG, LINKS_WINDOW),
        "saves": Limit(SAVES_MOST, SAVES_WINDOW),
    }
    app.extensions["wms.knocks"] = limits
    ours, public = (urlsplit(url).hostname for url in (set_up.web.base_url, set_up.links.base_url))
    if public and public != ours:
        app.before_request(lambda: keep_in(str(public)))
    app.register_blueprint(bp)


def keep_in(host: str) -> None:
    """Show backers' own host name nothing of the house."""
    if urlsplit(f"//{request.host}").hostname == host and not request.path.startswith((confirming.PATH, "/static/")):
        abort(404)


@bp.before_request
def not_too_often() -> None:
    """Count who asks, and take only what fits a form."""
    request.max_content_length = request.max_form_memory_size = BODY_MAX
    knocks, who = current_app.extensions["wms.knocks"], neighbourhood(request.remote_addr)
    if knocks["pages"].knock(who) or knocks["wrong"].full(who):
        raise Busy


@bp.after_request
def keep_private(response: Response) -> Response:
    """Let nobody keep, index or pass on what stands here."""
    for name, value in PRIVATE.items():
        response.headers[name] = value
    return response


@bp.errorhandler(Refusal)
def refused(error: Refusal) -> tuple[str, int]:
    """Say in the backer's words why a page is not shown; wrong links of any kind look the same."""
    if isinstance(error, confirming.DeadLink):
        current_app.extensions["wms.knocks"]["wrong"].knock(neighbourhood(request.remote_addr))
    kinds = {confirming.DeadLink: "gone", confirming.Expired: "old", Busy: "busy"}
    return told(kinds.get(type(error), "broken"), error.status)


@bp.errorhandler(HTTPException)
def failed(error: HTTPException) -> tuple[str, int]:
    """Say in the backer's words that a request was none."""
    return told("broken", error.code or 500)


def told(kind: str, status: int) -> tuple[str, int]:
    """Return a page that says one thing."""
    return render_template("confirm/told.html", kind=kind, say=say), status


@bp.get("/c/<path:token>")
def page(token: str) -> str:
    """Show an order to its backer, as it is now."""
    with snapshot() as tx:
        order_id, form = confirming.opened(tx, settings(), token)
        shown = backers.view(tx, order_id)
    assert shown is not None
    return draw(shown, form if g.get("who") is None else "", Outcome(), {})


@bp.post("/c/<path:token>")
def save(token: str) -> BaseResponse | tuple[str, int]:
    """Keep what the backer wrote, and show the page again; who is logged in here is no backer."""
    with snapshot() as tx:
        order_id, form = confirming.opened(tx, settings(), token)
    if g.get("who") is not None:
        raise confirming.Expired
    if current_app.extensions["wms.knocks"]["saves"].knock(str(order_id)):
        raise Busy
    outcome = act(confirming.submit, settings(), token, request.form.get("form", ""), given())
    if not outcome.problems:
        return redirect(url_for("confirm.page", token=token), 303)
    with snapshot() as tx:
        shown = backers.view(tx, order_id)
    assert shown is not None
    return draw(shown, form, outcome, request.form), 422


def given() -> Given:
    """Return the filled form."""
    form = request.form
    address = {name: form[f"to-{name}"] for name in FIELDS if f"to-{name}" in form}
    answers = {
        int(key[2:]): text
        for key, text in form.items()
        if key[:2] == "q-" and key[2:].isdecimal() and key[2:].isascii() and len(key) < 12
    }
    return Given(address, answers, form.get("tax_id"), form.get("accepted", "")[:40])


# --- drawing ---


def draw(shown: backers.View, form: str, outcome: Outcome, typed: Mapping[str, str]) -> str:
    """Return the page; without a form token nothing can be sent from it. `typed` is what could not be kept."""
    set_up, order = settings(), shown.order
    contact = set_up.links.contact or say("creator", campaign=order.campaign)
    facts: dict[str, Any] = {
        "fields": fields(shown, set_up, outcome, typed),
        "asked": questions(shown, outcome, typed),
        "named": {f"q-{each.id}": f"{each.title}: " for each in shown.asked},
        "tax": tax_field(shown, set_up, outcome, typed),
        "parcels": parcels(shown),
        "band": band(shown, contact),
        "until": until(shown) if shown.address_open else "",
        "stamp": confirming.stamp_of(shown) if shown.address_open else "",
    }
    may = {"content": shown.content_open, "address": shown.address_open}
    facts |= {"problems": outcome.problems, "may": may, "contact": contact, "form": form}
    return render_template("confirm/page.html", shown=shown, order=order, say=say, **facts)


def band(shown: backers.View, contact: str) -> tuple[str, str]:
    """Return the tone and the sentence at the top: how things stand."""
    row, page = shown.order, shown.page
    if row.order_state == "cancelled":
        return "stop", say("merged", number=shown.merged) if shown.merged else say("cancelled", contact=contact)
    if row.order_state == "shipped":
        return "done", say("shipped")
    if not shown.address_open:
        return "done", say("locked", contact=contact)
    if page and page.confirmed_at:
        stale = confirming.is_stale(shown)
        return ("ask", say("stale")) if stale else ("ok", say("confirmed", at=moment(page.confirmed_at)))
    return "ready", say("please")


def until(shown: backers.View) -> str:
    """Return how long the backer may still change things, in words."""
    return say("until", at=moment(shown.order.lock_at)) if shown.order.lock_at else say("until_lock")


def parcels(shown: backers.View) -> list[dict[str, Any]]:
    """Return what is sent in which parcel and when, in words."""
    sent = {row.order_id: row for row in shown.parcels}
    return [
        {
            "name": say("part", n=n, of=len(shown.parts)) if len(shown.parts) > 1 else "",
            "lines": [(line.qty, line.name or line.sku) for line in part.lines],
            "when": when(shown, part, sent.get(part.id)),
            "tracking": [
                say("tracking", carrier=row.carrier or "", tracking=row.tracking)
                for row in shown.parcels
                if row.order_id == part.id and row.tracking
            ],
        }
        for n, part in enumerate(shown.parts, start=1)
        if part.state != "cancelled"
    ]


def when(shown: backers.View, part: Any, sent: Any) -> str:
    """Return when a part goes, in words."""
    if part.state == "shipped":
        return say("sent_at", at=day(sent.shipped_at)) if sent and sent.shipped_at else say("sent")
    if part.state not in backers.OPEN:
        return say("now", wave=part.wave) if part.wave else say("not_yet")
    return say("segment", segment=shown.segment) if shown.segment else say("not_yet")


def fields(shown: backers.View, set_up: Settings, outcome: Outcome, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the parts of the address: what stands there (or was typed), and what is wrong with it."""
    doubts: dict[str, list[str]] = {}
    answered = bool(shown.facts.get("survey"))  # who never wrote an address is not told what is wrong with it
    for each in confirming.found(shown, {}, set_up) if shown.address_open and answered and not typed else ():
        if each.hold and (shown.doubts or each.code == addresses.INVALID):
            doubts.setdefault("country" if each.field == "country_code" else each.field, []).append(each.sentence)
    open_ones = confirming.parts_to_write(shown, set_up) if shown.address_open else ()
    return [
        {
            "name": name,
            "label": label,
            "value": typed.get(f"to-{name}", getattr(shown.order, name) if answered or name != "name" else ""),
            "fill": FILLED[name],
            "size": SIZES[name],
            "open": name in open_ones,
            "why": outcome.problems.get(f"to-{name}") or " ".join(doubts.get(name, ())),
            "choices": CALLED if name == "country" else {},
        }
        for name, label in FIELDS.items()
    ]


def questions(shown: backers.View, outcome: Outcome, typed: Mapping[str, str]) -> Sequence[dict[str, Any]]:
    """Return the questions with what was answered, or typed."""
    return [
        {
            "name": f"q-{each.id}",
            "it": each,
            "value": typed.get(f"q-{each.id}", each.answer(shown.facts)),
            "why": outcome.problems.get(f"q-{each.id}", ""),
        }
        for each in shown.asked
    ]


def tax_field(
    shown: backers.View, set_up: Settings, outcome: Outcome, typed: Mapping[str, str]
) -> dict[str, str] | None:
    """Return the tax number that the country asks for, or None."""
    label = confirming.asks_tax_number(shown, set_up)
    if label is None:
        return None
    value = typed.get("tax_id", str(shown.facts.get("tax_id") or ""))
    return {"label": label, "value": value, "why": outcome.problems.get("tax_id", "")}
