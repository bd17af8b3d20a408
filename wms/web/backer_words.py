"""Every word that a backer reads on the own page, in one place. Sentences of the address check stand with its rules."""

from __future__ import annotations

from datetime import datetime

WORDS = {
    "title": "Your order {number}",
    "please": "Please look through this page. Put right what is wrong, then press the button at the end.",
    "confirmed": "Thank you. You said on {at} that everything is right.",
    "stale": "Something has changed since you said that everything is right. Please look again.",
    "problems": "Not everything could be kept yet:",
    "kept": "Everything else is kept.",
    "ask": "We are not sure about this:",
    "ask_more": "If it is right all the same, press the button at the end.",
    "until": "You can change this until {at}.",
    "until_lock": "You can change this until the addresses are locked. You will get a final notice before.",
    "locked": "The address is locked: the parcel is being prepared. To change something, write to {contact}.",
    "shipped": "Your order has left the warehouse.",
    "cancelled": "This order is cancelled. If that is wrong, write to {contact}.",
    "merged": "This order is sent together with your order {number}. Please use the link of that one.",
    "creator": "the creator of {campaign}",
    "what": "What you get",
    "nothing": "Nothing is in this order yet: answer the questions below, or write to {contact}.",
    "part": "Parcel {n} of {of}",
    "when": "When",
    "not_yet": "Not planned yet.",
    "segment": "Planned with the group “{segment}”, not on its way yet.",
    "now": "Being picked and packed now, in {wave}.",
    "sent": "Sent.",
    "sent_at": "Sent on {at}.",
    "tracking": "{carrier} {tracking}",
    "questions": "Questions",
    "answers_locked": "The content is locked: answers can no longer change. To change something, write to {contact}.",
    "optional": "optional",
    "choose": "Please choose",
    "no_answer": "No answer",
    "where": "Where it goes",
    "country_stays": "To send it to another country, write to {contact}: shipping costs differ.",
    "phone_why": "Carriers and customs call it when something is unclear.",
    "tax_why": "Customs of this country ask for it.",
    "all_right": "Everything is right",
    "yes_right": "Yes, this is right",
    "preview": "This is what the backer sees. Nothing is saved from here.",
    "privacy": "This page is for you alone. Keep its link to yourself: who has it sees where you live.",
    "gone_title": "This link does not work",
    "gone": "It is mistyped, too old, or was replaced by another. Use the one in the latest mail.",
    "busy_title": "Too many requests",
    "busy": "Please wait some minutes and try again. Nothing is lost.",
    "old_title": "This page is too old",
    "old": "Open the link in your mail again. What you saved before is kept.",
    "broken_title": "Something went wrong",
    "broken": "Nothing was saved. Please try again, or write to who sent you the link.",
}
FIELDS = {
    "name": "Name",
    "line1": "Street and number",
    "line2": "Flat, floor, company",
    "postal_code": "Postal code",
    "city": "City",
    "state": "State or province",
    "country": "Country",
    "phone": "Telephone",
}
FILLED = {  # how browsers fill a field in by themselves
    "name": "name",
    "line1": "address-line1",
    "line2": "address-line2",
    "postal_code": "postal-code",
    "city": "address-level2",
    "state": "address-level1",
    "country": "country",
    "phone": "tel",
}


def say(name: str, **facts: object) -> str:
    """Return a text with its facts."""
    return WORDS[name].format(**facts)


def day(at: datetime | None) -> str:
    """Return a day as it is read anywhere: "3 December 2026"."""
    return f"{at.day} {at:%B %Y}" if at else ""


def moment(at: datetime | None) -> str:
    """Return a time as it is read anywhere: "3 December 2026, 10:00 UTC"."""
    return f"{day(at)}, {at:%H:%M} UTC" if at else ""
