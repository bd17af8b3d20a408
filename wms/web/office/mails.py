"""Office pages: every mail with its fate; those in doubt first, for a person decides about them."""

from __future__ import annotations

from flask import url_for
from pydantic import Field
from werkzeug.wrappers import Response

from wms.formats import letters
from wms.operations import mailing
from wms.queries import mail as reads
from wms.queries import office
from wms.web.auth import needs
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled
from wms.web.openapi import Asked, PageQuery
from wms.web.parts import act, by, settings, snapshot

DONE = {
    "again": "It is sent again.",
    "arrived": "It counts as sent.",
    "void": "It is given up.",
    "bounced": "It counts as come back.",
}


class MailQuery(PageQuery):
    """Which mails to show."""

    campaign: int | None = Field(None, ge=1, le=2**31 - 1)
    mailing: int | None = Field(None, ge=1, le=2**31 - 1)
    state: str = Field("", max_length=10)
    kind: str = Field("", max_length=8)
    q: str = Field("", max_length=80)


class Decision(Asked):
    """Why somebody decides so."""

    reason: str = Field("", max_length=200)


class Nothing(Asked):
    """A form that is only its button."""


@bp.get("/mails")
@needs(*OFFICE)
def mails() -> str:
    """List mails, the uncertain ones first."""
    query = asked(MailQuery)
    filters = reads.Filters(query.campaign, query.mailing, query.state, query.kind, query.q.strip())
    with snapshot() as tx:
        facts = {
            "found": reads.mail_list(tx, filters, query.cut),
            "counts": reads.counts(tx, filters),
            "campaigns": office.campaign_list(tx),
            "way": reads.way_out(tx),
        }
    more = {"mail": settings().mail, "words": letters.WORDS, "states": reads.STATES}
    return draw("mails", "waves", query=query, **facts, **more)


@bp.post("/mails/stop", defaults={"verb": "stop"})
@bp.post("/mails/go-on", defaults={"verb": "go-on"})
@needs(*OFFICE)
def steer_mails(verb: str) -> Response:
    """Stop everything that goes out, or let it go on and try the server at once."""
    filled(Nothing)
    if verb == "stop":
        act(mailing.stop, by())
        return back("Nothing goes out any more.", url_for("office.mails"))
    act(mailing.go_on)
    return back("Mails go out again.", url_for("office.mails"))


@bp.post("/mails/<id:mail_id>/again", defaults={"verb": "again"})
@bp.post("/mails/<id:mail_id>/arrived", defaults={"verb": "arrived"})
@bp.post("/mails/<id:mail_id>/void", defaults={"verb": "void"})
@bp.post("/mails/<id:mail_id>/bounced", defaults={"verb": "bounced"})
@needs(*OFFICE)
def decide_mail(mail_id: int, verb: str) -> Response:
    """Decide about one mail, with a reason."""
    reason = filled(Decision).reason
    if verb == "arrived":
        act(mailing.arrived, settings(), by(), mail_id, reason)
    else:
        decide = {"again": mailing.again, "void": mailing.void, "bounced": mailing.bounced}[verb]
        act(decide, by(), mail_id, reason)
    return back(DONE[verb])
