"""How a campaign words its mails: a draft until somebody approves the version that they saw, else as shipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import insert, select, update

from wms.db import Tx, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.formats import letters
from wms.models.mail import MAIL_KINDS, MailWording
from wms.operations.ledger import By
from wms.settings import Settings, share

wordings = table_of(MailWording)
SAMPLE = {
    "name": "Mira Sample",
    "order": "10482",
    "contents": "1 × Core game\n2 × Dice, blue",
    "address": "Mira Sample\nExample Street 5\n8010 Graz\nAT",
}
"""Whom previews and tests are about: nobody."""


class ChangedMeanwhile(Refusal):
    """Somebody else saved it since this page was drawn."""

    sentence = "Somebody changed this wording meanwhile. Look again."


@dataclass(frozen=True)
class Wording:
    """What a kind of mail says. Version 0 is the shipped one; `whom` and `way` are said when it is used."""

    campaign_id: int
    kind: str
    subject: str
    body: str
    version: int = 0
    approved_at: datetime | None = None
    saved_at: datetime | None = None
    whom: str = ""
    way: str = "mail"

    def uses(self, name: str) -> bool:
        """Return whether it names a placeholder."""
        return letters.uses(name, self.subject, self.body)


@cache
def shipped() -> dict[str, tuple[str, str]]:
    """Return kind -> (subject, body) as Pickwell ships them."""
    return letters.read_wordings(share() / "config" / "mail_wordings.toml")


def known_kind(kind: str) -> str:
    """Return a kind of mail; raises NotFound."""
    if kind not in MAIL_KINDS:
        raise NotFound(what=f"Mail {kind}")
    return kind


def current(tx: Tx, campaign_id: int, kind: str) -> Wording:
    """Return how a campaign words a kind of mail now. Raises NotFound for the kind."""
    row = tx.one(select(wordings).where(wordings.c.campaign_id == campaign_id, wordings.c.kind == known_kind(kind)))
    if row is None:
        return Wording(campaign_id, kind, *shipped()[kind])
    return Wording(campaign_id, kind, row.subject, row.body, row.version, row.approved_at, row.saved_at)


def save(tx: Tx, by: By, campaign_id: int, kind: str, text: tuple[int, str, str]) -> int:
    """Keep a new version as a draft and return its number; `text` is (version it was made from, subject, body).

    Raises ChangedMeanwhile when that is not the version in force, BadInput for what cannot be kept, NotFound.
    """
    base, subject, body = text[0], letters.line(text[1]), letters.seen(text[2]).strip()
    try:
        letters.check(known_kind(kind), subject, body)
    except letters.BadWording as bad:
        raise BadInput(field="wording", why=str(bad)) from None
    return _write(tx, by, Wording(campaign_id, kind, subject, body, base))


def approve(tx: Tx, by: By, campaign_id: int, kind: str, version: int) -> None:
    """Let a version go out; the shipped one (0) becomes the campaign's own by that. Raises ChangedMeanwhile."""
    seen = current(tx, campaign_id, kind)
    if seen.version != version:
        raise ChangedMeanwhile
    if version == 0:
        _write(tx, by, seen)
    mine = (wordings.c.campaign_id == campaign_id, wordings.c.kind == kind)
    tx.execute(update(wordings).where(*mine).values(approved_at=tx.now, approved_by=by.operator_id))


def _write(tx: Tx, by: By, new: Wording) -> int:
    """Write a version over the one that it was made from."""
    mine = (wordings.c.campaign_id == new.campaign_id, wordings.c.kind == new.kind)
    values = {"subject": new.subject, "body": new.body, "version": new.version + 1, "saved_at": tx.now}
    values |= {"saved_by": by.operator_id, "approved_at": None, "approved_by": None}
    if current(tx, new.campaign_id, new.kind).version != new.version:
        raise ChangedMeanwhile
    if new.version == 0:
        tx.execute(insert(wordings).values(campaign_id=new.campaign_id, kind=new.kind, **values))
    elif tx.execute(update(wordings).where(*mine, wordings.c.version == new.version).values(values)).rowcount != 1:
        raise ChangedMeanwhile
    return new.version + 1


# --- as they will look ---


def sample(settings: Settings, names: tuple[str, str], base_url: str, at: datetime) -> dict[str, str]:
    """Return the facts of an invented order; `names` are the campaign's and the creator's."""
    hours = settings.release.final_notice_hours
    until = deadline(settings, at + timedelta(hours=hours))
    more = {"campaign": names[0], "creator": names[1], "deadline": until, "hours": str(hours)}
    return SAMPLE | more | {"link": f"{base_url or 'https://…'}/c/sample"}


def deadline(settings: Settings, at: datetime) -> str:
    """Return when an address locks, on the site's clock: "25 November 2026, 14:00 (UTC)"."""
    local = at.astimezone(settings.site.zone)
    return f"{local.day} {local:%B %Y, %H:%M} ({local.tzname() or settings.site.time_zone})"
