"""Letters to backers: a wording with placeholders from a fixed list becomes a mail that no name can bend."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from html import escape
from pathlib import Path

PLACEHOLDERS = {
    "name": "the backer's name, or how the platform calls them",
    "order": "the number of the order",
    "campaign": "the campaign's name",
    "creator": "the creator's name",
    "link": "the page on which the backer checks the order",
    "contents": "what will be sent, a line each",
    "address": "where to, as it would stand on the parcel",
    "deadline": "when the address locks, once this notice went out",
    "hours": "the hours until then",
}
NEEDED = {"survey": ("link",), "reminder": ("link",), "final": ("deadline",), "changed": ()}
"""Kind of mail -> what its text must hold."""
CLOCK = ("deadline", "hours")  # only the final notice starts one
WORDS = {"survey": "Survey", "reminder": "Reminder", "final": "Final notice", "changed": "Something changed"}
SUBJECT_MAX, BODY_MAX = 200, 10_000
SLOT = re.compile(r"\{([^{}\n]*)\}")
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
LOCAL = re.compile(r"[^\s@<>,;:\"\\()\[\]\x00-\x1f\x7f]{1,64}")
HOST_PART = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class BadAddress(ValueError):
    """No mail can go to this address; the text says why."""


class BadWording(ValueError):
    """A wording cannot be kept; the text says why."""


@dataclass(frozen=True)
class Letter:
    """A mail to be sent: to whom, about what, in words. `link` is what becomes clickable."""

    address: str
    name: str
    subject: str
    body: str
    link: str = ""


@dataclass(frozen=True)
class Sender:
    """Whom mails come from, and where answers go."""

    address: str
    name: str = ""
    reply_to: str = ""


# --- wordings ---


def read_wordings(path: Path) -> dict[str, tuple[str, str]]:
    """Return kind -> (subject, body) of the shipped wordings."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return {kind: (table["subject"], table["body"].strip()) for kind, table in found.items()}


def check(kind: str, subject: str, body: str) -> None:
    """Raise BadWording unless every placeholder is known, and what this kind of mail is for stands in it."""
    for where, text, most in (("subject", subject, SUBJECT_MAX), ("body", body, BODY_MAX)):
        if not text.strip():
            raise BadWording(f"The {where} is empty.")
        if len(text) > most:
            raise BadWording(f"The {where} has {len(text)} characters; {most} fit.")
        unknown = [name for name in SLOT.findall(text) if name not in PLACEHOLDERS]
        if unknown:
            raise BadWording(
                f"{{{unknown[0]}}} in the {where} is no placeholder. There are: {', '.join(PLACEHOLDERS)}."
            )
    if "\n" in subject or "{link}" in subject or "{address}" in subject or "{contents}" in subject:
        raise BadWording("The subject is one line, without the link, the address or the contents.")
    if kind != "final" and any(uses(name, subject, body) for name in CLOCK):
        raise BadWording("Only a final notice has a deadline: its clock starts when it went out.")
    missing = [name for name in NEEDED[kind] if f"{{{name}}}" not in body]
    if missing:
        raise BadWording(f"{{{missing[0]}}} must stand in the body: {PLACEHOLDERS[missing[0]]}.")


def uses(name: str, subject: str, body: str) -> bool:
    """Return whether a wording names a placeholder."""
    return f"{{{name}}}" in subject or f"{{{name}}}" in body


def fill(text: str, facts: Mapping[str, str]) -> str:
    """Return a wording with its placeholders filled, once: what a value holds is no placeholder."""
    return SLOT.sub(lambda match: seen(facts.get(match[1], "")), text)


def seen(text: str) -> str:
    """Return a text without signs that nobody sees: control characters and those that turn the direction of writing."""
    return UNSEEN.sub("", text.replace("\r\n", "\n"))


def line(text: str) -> str:
    """Return a text on one line, as a header takes it; what looks like an encoded word would be decoded there."""
    return " ".join(seen(text).replace("=?", "= ?").split())


def html_of(body: str, link: str = "") -> str:
    """Return simple HTML that says the same: paragraphs and line breaks, and our own link to click. No images."""
    paragraphs = [escape(part).replace("\n", "<br>\n") for part in re.split(r"\n\s*\n", body.strip())]
    text = "\n".join(f"<p>{part}</p>" for part in paragraphs)
    if link:
        text = text.replace(escape(link), f'<a href="{escape(link)}">{escape(link)}</a>')
    return f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"></head>\n<body>\n{text}\n</body></html>\n'


# --- mails ---


def checked(address: str) -> str:
    """Return a mail address with its domain as the wires carry it; raises BadAddress."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        raise BadAddress("There is no mail address." if not address.strip() else "The mail address cannot be right.")
    try:
        host = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadAddress("The mail address cannot be right.") from None
    parts = host.split(".")
    if len(host) > 190 or len(parts) < 2 or not all(HOST_PART.fullmatch(part) for part in parts):
        raise BadAddress("The mail address cannot be right.")
    return f"{local}@{host}"


def compose(letter: Letter, sender: Sender, message_id: str, at: datetime) -> EmailMessage:
    """Return a mail of plain text and the same as HTML; raises BadAddress. Names and texts never become headers."""
    address = checked(letter.address)
    message = EmailMessage(policy=SMTP if address.isascii() else SMTPUTF8)
    message["From"] = Address(line(sender.name)[:80], addr_spec=sender.address)
    local, _, domain = address.rpartition("@")
    message["To"] = Address(line(letter.name)[:80], local, domain)
    message["Subject"] = line(letter.subject)
    message["Date"] = at
    message["Message-ID"] = message_id
    if sender.reply_to:
        message["Reply-To"] = sender.reply_to
    message["Auto-Submitted"] = "auto-generated"
    body = seen(letter.body)
    message.set_content(body, cte="quoted-printable")
    message.add_alternative(html_of(body, letter.link), subtype="html", cte="quoted-printable")
    return message
