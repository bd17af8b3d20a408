"""A link of their own lets backers see their order, put right where it goes, answer, and say that all is right."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import func, select, update

from wms import addresses, clock
from wms.db import Tx, insert_or_nothing, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.models.backers import BackerPage
from wms.models.orders import Hold, Order
from wms.operations import addressing, differing, judging, mapping, reviewing, surveying, timeline
from wms.operations.ledger import By
from wms.queries import backers as reads
from wms.queries.orders import in_parts
from wms.queries.surveys import Question
from wms.settings import Settings

orders, holds, pages = table_of(Order), table_of(Hold), table_of(BackerPage)
add_page = insert_or_nothing(BackerPage, "order_id")
DAY = 86_400
TOKEN_MAX = 200
PATH = "/c/"
NOBODY = secrets.token_hex(16)  # signs nothing: what links to orders without a page are compared with
BACKER = By()
FREE = ("name", "line1", "line2", "city", "state", "postal_code", "phone")  # what a backer may change
LOCKED = "This can no longer be changed here."


class DeadLink(Refusal):
    """No such link: never made, changed by somebody, expired, revoked. All get the same answer."""

    sentence = "This link does not work (any more)."
    status = 404


class Expired(Refusal):
    """A form of another page, or of one whose link was revoked meanwhile."""

    sentence = "This page is too old. Open your link again."
    status = 403


# --- links ---


class DaySigner(TimestampSigner):
    """Signs with the day, by our own clock: a link of the same day is the same link."""

    def get_timestamp(self) -> int:
        """Return the midnight before now, in seconds."""
        return int(clock.now().timestamp()) // DAY * DAY

    def timestamp_to_datetime(self, ts: int) -> datetime:
        """Return when something was signed."""
        return datetime.fromtimestamp(ts, tz=UTC)


def signer(settings: Settings, nonce: str, purpose: str = "link") -> DaySigner:
    """Return what signs the links of one page: the house's secret and the page's own."""
    secret = f"{settings.security.pepper}:{nonce}"
    return DaySigner(secret, salt=f"backer {purpose}", key_derivation="hmac", digest_method=hashlib.sha256)


def base_url(settings: Settings) -> str:
    """Return where backers reach this server, without a slash at the end; "" when no setting says so."""
    return (settings.links.base_url or settings.web.base_url).rstrip("/")


def link(tx: Tx, settings: Settings, order_id: int) -> str:
    """Return the address of the page of an order's backer, fresh from today; its secret is made on the first use.

    Absolute when a setting says where backers reach this server. A part has its whole's. Raises NotFound.
    """
    found = links(tx, settings, [order_id])
    if order_id not in found:
        raise NotFound(what=f"Order {order_id}")
    return found[order_id]


def links(tx: Tx, settings: Settings, order_ids: Sequence[int]) -> dict[int, str]:
    """Return order id -> the link of its backer, of many orders at once; unknown and erased ones have none."""
    found: dict[int, str] = {}
    for part in in_parts(order_ids):
        rows = with_nonces(tx, part)
        missing = sorted({row.whole for row in rows if row.nonce is None})
        if missing:
            values = [{"order_id": each, "nonce": secrets.token_hex(16), "made_at": tx.now} for each in missing]
            tx.execute(add_page, [value | {"confirmed": ""} for value in values])
            rows = with_nonces(tx, part)
        found |= {row.id: address(settings, row.whole, row.nonce) for row in rows}
    return found


def with_nonces(tx: Tx, order_ids: Sequence[int]) -> list[Any]:
    """Return orders with their whole and the secret of its page (None: not made yet)."""
    whole = func.coalesce(orders.c.parent_id, orders.c.id)
    wanted = select(orders.c.id, whole.label("whole"), pages.c.nonce).outerjoin(pages, pages.c.order_id == whole)
    return tx.all(wanted.where(orders.c.id.in_(order_ids), orders.c.erased_at.is_(None)))


def address(settings: Settings, order_id: int, nonce: str) -> str:
    """Return the link of a page."""
    return f"{base_url(settings)}{PATH}{signer(settings, nonce).sign(str(order_id)).decode()}"


def show(tx: Tx, settings: Settings, by: By, order_id: int) -> str:
    """Return the link of an order's backer to somebody of the office, and say so in the timeline. Raises NotFound."""
    found = link(tx, settings, order_id)
    timeline.note(tx, order_id, "link", "The backer's link was shown.", by.operator_id)
    return found


def revoke(tx: Tx, by: By, order_id: int, reason: str) -> None:
    """Let no link to an order's page work any more; the next one that is made does. Raises NotFound, BadInput."""
    if not reason.strip():
        raise BadInput(field="reason", why="say why the link is taken back")
    page = reads.page_of(tx, order_id)
    if page is None:
        raise NotFound(what=f"A link of order {order_id}")
    tx.execute(update(pages).where(pages.c.order_id == page.order_id).values(nonce=secrets.token_hex(16)))
    timeline.note(tx, page.order_id, "link", f"The backer's link was taken back: {reason.strip()}", by.operator_id)


def opened(tx: Tx, settings: Settings, token: str) -> tuple[int, str]:
    """Return the order that a link leads to, and the token of its forms. Raises DeadLink."""
    head = token.partition(".")[0]
    known = head.isascii() and head.isdecimal() and len(head) < 10 and len(token) <= TOKEN_MAX
    mine = (pages.c.order_id == (int(head) if known else 0), orders.c.erased_at.is_(None))
    nonce = tx.value(select(pages.c.nonce).join(orders, orders.c.id == pages.c.order_id).where(*mine))
    try:
        signer(settings, nonce or NOBODY).unsign(token, max_age=settings.links.days * DAY)
    except BadSignature:
        raise DeadLink from None
    if nonce is None:
        raise DeadLink
    return int(head), signer(settings, nonce, "form").sign(head).decode()


# --- what the backer says ---


@dataclass(frozen=True)
class Given:
    """A filled form: parts of the address by name, answers by the id of the question, the tax number where it is asked
    besides, and the stamp of the doubts that the backer says are none."""

    address: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[int, str] = field(default_factory=dict)
    tax_id: str | None = None
    accepted: str = ""


@dataclass
class Outcome:
    """What came of it: problems by field (`to-city`, `q-7`, `tax_id`, `page`), the doubts that the backer is asked
    about, and whether all is right now."""

    problems: dict[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    confirmed: bool = False


def submit(tx: Tx, settings: Settings, token: str, form: str, given: Given) -> Outcome:
    """Take what a backer says, part by part: what is sound is kept, what is not is named; then all may be right.

    The order is reviewed again, and its timeline tells which parts changed. Raises DeadLink, Expired.
    """
    order_id, _ = opened(tx, settings, token)
    row = reads.order_of(tx, order_id, lock=True)
    check_form(tx, settings, order_id, form)
    shown = reads.view(tx, order_id)
    assert row is not None
    assert shown is not None
    outcome = Outcome()
    said = answers(shown, given, outcome) | tax_number(shown, given, outcome, settings)
    moved = new_address(shown, given, outcome, settings)
    if not outcome.problems and not shown.facts.get("survey"):
        said["survey"] = True
    keep(tx, settings, shown, said, moved)
    settle(tx, settings, shown, given, outcome)
    return outcome


def check_form(tx: Tx, settings: Settings, order_id: int, form: str) -> None:
    """Raise Expired unless a form was made by the page of this order, since its links were last revoked."""
    nonce = tx.value(select(pages.c.nonce).where(pages.c.order_id == order_id)) or NOBODY
    try:
        head = signer(settings, nonce, "form").unsign(form[:TOKEN_MAX], max_age=settings.links.days * DAY)
    except BadSignature:
        raise Expired from None
    if head != str(order_id).encode():
        raise Expired


def answers(shown: reads.View, given: Given, outcome: Outcome) -> dict[str, Any]:
    """Return the answers that are other ones than before, by the name of the fact."""
    said: dict[str, Any] = {}
    for question in shown.asked:
        old = question.answer(shown.facts)
        text = given.answers.get(question.id, old)  # a choice of which none is taken is not sent at all
        is_open = shown.address_open if question.kind == "tax_id" else shown.content_open
        if " ".join(text.split()) == old and (old or not question.required or not is_open):
            continue
        if not is_open:
            outcome.problems[f"q-{question.id}"] = LOCKED
            continue
        try:
            new = surveying.judge(question, text, shown.order.country)
        except BadInput as error:
            outcome.problems[f"q-{question.id}"] = error.facts["why"]
            continue
        said |= {surveying.name_of(question, shown.facts): new} if new != old else {}
    return said


def tax_number(shown: reads.View, given: Given, outcome: Outcome, settings: Settings) -> dict[str, Any]:
    """Return the tax number when it is another one than before; where the country asks for it, it must be there."""
    rule = asks_tax_number(shown, settings)
    if rule is None or given.tax_id is None or not shown.address_open:
        return {}
    question = Question("tax_id", rule, required=True)
    try:
        new = surveying.judge(question, given.tax_id, shown.order.country)
    except BadInput as error:
        outcome.problems["tax_id"] = error.facts["why"]
        return {}
    return {"tax_id": new} if new != shown.facts.get("tax_id") else {}


def asks_tax_number(shown: reads.View, settings: Settings) -> str | None:
    """Return what the tax number is called that the country of an order asks for and no question of the survey does."""
    row = shown.order
    rule = surveying.tax_rule(row.country)
    if rule is None or any(each.kind == "tax_id" for each in shown.asked):
        return None
    return rule.name if judging.Law(settings.site.country).meets_customs(row) else None


def new_address(shown: reads.View, given: Given, outcome: Outcome, settings: Settings) -> dict[str, list[str]]:
    """Return the parts of an address that change, with what they were; none while any of it cannot be right."""
    row, fresh = shown.order, dict[str, str]()
    for name in parts_to_write(shown, settings):
        try:
            fresh |= {name: addressing.clean(name, given.address[name])} if name in given.address else {}
        except BadInput as error:
            why = error.facts["why"].replace("holds", "has")
            outcome.problems[f"to-{name}"] = f"This is not possible: {why}."
    changed = {name: [getattr(row, name), text] for name, text in fresh.items() if getattr(row, name) != text}
    if not shown.address_open:
        outcome.problems |= {"page": f"{LOCKED} The address stays as it is."} if changed else {}
        return {}
    wrong = cannot_be_right(found(shown, fresh, settings), fresh.get("phone", row.phone))
    outcome.problems |= {name: text for name, text in wrong.items() if name not in outcome.problems}
    return {} if any(name.startswith("to-") and name != "to-phone" for name in outcome.problems) else changed


def parts_to_write(shown: reads.View, settings: Settings) -> tuple[str, ...]:
    """Return the parts of the address that a backer may write: the country only when it is none, for it was paid for
    with the shipping."""
    unknown = any(each.field == "country_code" for each in found(shown, {}, settings))
    return (*FREE, "country") if unknown else FREE


def found(shown: reads.View, fresh: Mapping[str, str], settings: Settings) -> list[addresses.Finding]:
    """Return what is doubtful about an address with these parts of it written anew."""
    row = SimpleNamespace(**{name: getattr(shown.order, name) for name in (*reads.ASKED, "email")} | dict(fresh))
    return judging.check(row, shown.facts, settings.site.country)


def cannot_be_right(findings: Sequence[addresses.Finding], phone: str) -> dict[str, str]:
    """Return what a backer must change, by field: what cannot be right, and a telephone number that is not there."""
    wrong: dict[str, str] = {}
    for each in findings:
        missing = each.code == addresses.NO_PHONE and not phone
        if each.hold and (each.code == addresses.INVALID or missing):
            name = "country" if each.field == "country_code" else each.field
            wrong.setdefault(f"to-{name}", each.sentence)
    return wrong


def keep(
    tx: Tx, settings: Settings, shown: reads.View, said: Mapping[str, Any], moved: Mapping[str, Sequence[str]]
) -> None:
    """Write what changed, let the order follow it, and review it."""
    order_id = shown.order.id
    if said:
        raw = differing.say(shown.order.raw, said)
        tx.execute(update(orders).where(orders.c.id == order_id).values(raw=raw))
        told = [name.removeprefix(differing.ANSWER).replace("tax_id", "tax number") for name in said]
        timeline.note(tx, order_id, "answered", f"The backer answered: {', '.join(told)}.")
    if moved:
        addressing.write(tx, BACKER, shown.order, moved)
    if "country" in moved or any(name.startswith(differing.ANSWER) for name in said):
        mapping.follow(tx, order_id)
    if said or moved:
        reviewing.review_all(tx, settings, [order_id])


def settle(tx: Tx, settings: Settings, shown: reads.View, given: Given, outcome: Outcome) -> None:
    """Ask about what is still doubtful, or take it that all is right."""
    now = reads.view(tx, shown.order.id)
    assert now is not None
    if stamp := stamp_of(now) if now.address_open else "":
        if given.accepted == stamp:
            accept(tx, now)
        else:
            outcome.doubts = tuple(now.doubts)
    if outcome.problems:
        return
    values: dict[str, Any] = {"answered_at": tx.now}
    if not outcome.doubts:
        outcome.confirmed = True
        values |= {"confirmed_at": tx.now, "confirmed": judging.stamp(now.seen)}
        if now.page.confirmed != values["confirmed"]:
            timeline.note(tx, now.order.id, "confirmed", "The backer says that everything is right.")
    tx.execute(update(pages).where(pages.c.order_id == now.order.id).values(values))


def stamp_of(shown: reads.View) -> str:
    """Return a stamp of what is doubtful about an address and of the address; "" when nothing is."""
    address = (getattr(shown.order, name) for name in reads.ASKED)
    return judging.stamp((*address, *shown.doubts)) if shown.doubts else ""


def accept(tx: Tx, now: reads.View) -> None:
    """Clear what is doubtful about an address, because its backer says that it is right."""
    mine = (holds.c.order_id == now.order.id, holds.c.code.in_(reads.DOUBTS), holds.c.cleared_at.is_(None))
    reason = "The backer says that it is right."
    change = update(holds).where(*mine).values(cleared_at=tx.now, by_backer=True, reason=reason)
    codes = sorted({row.code for row in tx.execute(change.returning(holds.c.code))})
    timeline.note(tx, now.order.id, "cleared", f"{', '.join(codes)}: {reason}")
    reviewing.let_go(tx, BACKER, [now.order.id])


def is_stale(shown: reads.View) -> bool:
    """Return whether something of an order changed since its backer said that it is right."""
    page = shown.page
    return bool(page and page.confirmed_at and page.confirmed != judging.stamp(shown.seen))
