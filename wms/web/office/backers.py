"""Office pages: how far the backers of a campaign are told and answered, what is sent next, and in which words."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from flask import send_file, url_for
from pydantic import Field
from werkzeug.wrappers import Response

from wms import clock
from wms.errors import BadInput, NotFound
from wms.formats import letters, writing
from wms.models.mail import MAIL_KINDS
from wms.operations import auditing, confirming, exporting, mailing, noticing, surveying, wording
from wms.operations.noticing import Wish
from wms.operations.wording import Wording
from wms.queries import mail as reads
from wms.web.api.releases import known_campaign
from wms.web.auth import needs
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled, there
from wms.web.openapi import Asked
from wms.web.parts import act, by, settings, snapshot, store

SPOOL = 8_000_000  # bytes kept in memory before a file is used
KIND = Field(pattern="^(survey|reminder|final|changed)$")
REASON = Field(max_length=200)


class SendForm(Asked):
    """What is sent to whom, and how."""

    kind: str = KIND
    way: Literal["mail", "list"] = "mail"
    segment: str = Field("", pattern=r"^\d{0,9}$")


class FileQuery(Asked):
    """As what kind of file."""

    kind: Literal["csv", "xlsx"] = "csv"


class Reasoned(Asked):
    """Why."""

    reason: str = REASON


class Nothing(Asked):
    """A form that is only its button."""


class WordingQuery(Asked):
    """Whether the shipped text shall stand in the editor."""

    shipped: str = Field("", pattern="^(yes)?$")


class WordingForm(Asked):
    """A wording as somebody typed it, and the version that it was made from; `look` shows it and keeps nothing."""

    base: int = Field(ge=0, le=2**31 - 1)
    subject: str = Field("", max_length=2 * letters.SUBJECT_MAX)
    body: str = Field("", max_length=2 * letters.BODY_MAX)
    look: str = Field("", pattern="^(yes)?$")


class VersionForm(Asked):
    """The version that somebody saw."""

    version: int = Field(ge=0, le=2**31 - 1)


class TestForm(Asked):
    """Where a test goes."""

    address: str = Field(max_length=200)


# --- how far they are ---


@bp.get("/backers/<id:campaign_id>")
@needs(*OFFICE)
def backers(campaign_id: int) -> str:
    """Show how far each segment's backers are, with the one next step, and what was sent."""
    with snapshot() as tx:
        campaign = known_campaign(tx, campaign_id)
        facts: dict[str, Any] = {
            "rows": noticing.board(tx, settings(), campaign_id),
            "survey": surveying.survey_of(tx, campaign_id),
            "wordings": [wording.current(tx, campaign_id, kind) for kind in MAIL_KINDS],
            "sent": reads.mailing_list(tx, campaign_id),
            "way": reads.way_out(tx),
        }
    more = {"mail": settings().mail, "hours": settings().release.final_notice_hours, "words": letters.WORDS}
    return draw("backers", "waves", campaign=campaign, base_url=confirming.base_url(settings()), **more, **facts)


@bp.post("/backers/<id:campaign_id>/send")
@needs(*OFFICE)
def send_mails(campaign_id: int) -> Response:
    """Write a send-out for whoever is due."""
    form = filled(SendForm)
    wish = Wish(campaign_id, form.kind, form.way, int(form.segment) if form.segment else None)
    with snapshot() as tx:
        known_campaign(tx, campaign_id)
    made = act(noticing.send, settings(), by(), wish)
    without = f" {made.without} have no mail address and are left out." if made.without else ""
    if form.way == "list":
        return back(f"A list of {made.mails} orders is ready below. Send it, then say that it went out.{without}")
    return back(f"{made.mails} mails are on their way.{without}")


@bp.get("/backers/<id:campaign_id>/chase")
@needs(*OFFICE)
def chase_list(campaign_id: int) -> Response:
    """Download whoever never answered, with a link for each; who took it is kept."""
    query = asked(FileQuery)
    with snapshot() as tx:
        known_campaign(tx, campaign_id)
    rows = noticing.chase_rows(store(), settings(), campaign_id)
    return download(rows, "chase-list", query.kind, campaign_id)


@bp.get("/mailings/<id:mailing_id>/list")
@needs(*OFFICE)
def mailing_file(mailing_id: int) -> Response:
    """Download whom a send-out is for, with a link for each; who took it is kept."""
    query = asked(FileQuery)
    with snapshot() as tx:
        row = there(reads.mailing(tx, mailing_id), f"List {mailing_id}")
    if row.way != "list":
        raise NotFound(what=f"List {mailing_id}")
    rows = noticing.list_rows(store(), settings(), mailing_id)
    return download(rows, f"{row.kind}-list-{mailing_id}", query.kind, row.campaign_id)


def download(rows: Iterator[list[str]], name: str, kind: str, campaign_id: int) -> Response:
    """Return a table as a file, written row by row, and write down who took it."""
    out = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115 - the response closes it
    counted = Counted(rows)
    writing.write(out, kind, counted)
    act(exporting.note_download, by(), campaign_id, name[:20], counted.count - 1)
    act(auditing.note, by(), "file", name, campaign_id=campaign_id, rows=counted.count - 1)
    out.seek(0)
    return send_file(out, as_attachment=True, download_name=f"{name}.{kind}")


class Counted:
    """Rows that are counted while they pass."""

    def __init__(self, rows: Iterable[list[str]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[list[str]]:
        for row in self.rows:
            self.count += 1
            yield row


@bp.post("/mailings/<id:mailing_id>/went-out", defaults={"verb": "went-out"})
@bp.post("/mailings/<id:mailing_id>/stop", defaults={"verb": "stop"})
@bp.post("/mailings/<id:mailing_id>/go-on", defaults={"verb": "go-on"})
@needs(*OFFICE)
def steer_mailing(mailing_id: int, verb: str) -> Response:
    """Say that a list went out; stop a send-out, or let it go on."""
    filled(Nothing)
    if verb == "went-out":
        number = act(noticing.went_out, settings(), by(), mailing_id)
        return back(f"{number} backers are told.")
    act(mailing.stop_one, mailing_id, verb == "stop")
    return back("It is stopped." if verb == "stop" else "It goes on.")


@bp.post("/mailings/<id:mailing_id>/drop")
@needs(*OFFICE)
def drop_mailing(mailing_id: int) -> Response:
    """Give up what still waits of a send-out."""
    number = act(mailing.drop, by(), mailing_id, filled(Reasoned).reason)
    return back(f"{number} mails are given up.")


# --- in which words ---


@bp.get("/backers/<id:campaign_id>/wordings/<name:kind>")
@needs(*OFFICE)
def mail_wording(campaign_id: int, kind: str) -> str:
    """Show a wording to be edited, beside how it looks."""
    query = asked(WordingQuery)
    with snapshot() as tx:
        known_campaign(tx, campaign_id)
        found = wording.current(tx, campaign_id, kind)
    text = wording.shipped()[kind] if query.shipped else (found.subject, found.body)
    return editor(found, *text)


def editor(found: Wording, subject: str, body: str, fault: str = "") -> str:
    """Return the editor of a wording with a text in it, and how that looks to an invented backer."""
    with snapshot() as tx:
        campaign = known_campaign(tx, found.campaign_id)
        names = reads.names_of(tx, found.campaign_id)
    facts = wording.sample(settings(), names, confirming.base_url(settings()), clock.now())
    if not fault:
        try:
            letters.check(found.kind, letters.line(subject), letters.seen(body).strip())
        except letters.BadWording as bad:
            fault = str(bad)
    kept = (subject, body) == (found.subject, found.body)
    shown = {"subject": subject, "body": body, "fault": fault, "kept": kept, "places": letters.PLACEHOLDERS}
    looks = {"subject": letters.line(letters.fill(subject, facts)), "body": letters.fill(body, facts)}
    sender = settings().mail.sender_name or names[0], settings().mail.sender or "no sender is set"
    more = {"looks": looks, "link": facts["link"], "sender": sender, "words": letters.WORDS}
    return draw("wording", "waves", campaign=campaign, wording=found, **shown, **more)


@bp.post("/backers/<id:campaign_id>/wordings/<name:kind>")
@needs(*OFFICE)
def save_wording(campaign_id: int, kind: str) -> Response | str | tuple[str, int]:
    """Keep a draft, or only look at it; what cannot be kept stays in the editor."""
    form = filled(WordingForm)
    with snapshot() as tx:
        known_campaign(tx, campaign_id)
        found = wording.current(tx, campaign_id, kind)
    body = form.body.replace("\r\n", "\n")
    if form.look:
        return editor(found, form.subject, body)
    try:
        act(wording.save, by(), campaign_id, kind, (form.base, form.subject, body))
    except (BadInput, wording.ChangedMeanwhile) as refused:
        return editor(found, form.subject, body, str(refused.facts.get("why", refused.text))), 422
    return back("The draft is kept. Look at it, send a test, approve it.", page_of(campaign_id, kind))


@bp.post("/backers/<id:campaign_id>/wordings/<name:kind>/approve")
@needs(*OFFICE)
def approve_wording(campaign_id: int, kind: str) -> Response:
    """Let a wording go out."""
    version = filled(VersionForm).version
    with snapshot() as tx:
        known_campaign(tx, campaign_id)
    act(wording.approve, by(), campaign_id, kind, version)
    return back(f"{letters.WORDS[kind]}: approved.", url_for("office.backers", campaign_id=campaign_id))


@bp.post("/backers/<id:campaign_id>/wordings/<name:kind>/test")
@needs(*OFFICE)
def try_wording(campaign_id: int, kind: str) -> Response:
    """Send the wording that is kept, about an invented order, to an address of one's own."""
    form = filled(TestForm)
    with snapshot() as tx:
        known_campaign(tx, campaign_id)
        found = wording.current(tx, campaign_id, kind)
    act(mailing.try_out, settings(), by(), found, form.address)
    return back(f"A test is on its way to {form.address.strip()[:60]}. Mails tells what became of it.")


def page_of(campaign_id: int, kind: str) -> str:
    """Return the address of a wording's page."""
    return url_for("office.mail_wording", campaign_id=campaign_id, kind=kind)
