"""An order as its backer may see it: what is sent and when, where it goes, what is asked and what was answered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, exists, func, or_, select

from wms.db import Tx, table_of
from wms.models.backers import BackerPage
from wms.models.campaigns import Campaign
from wms.models.decisions import Decision, DecisionRow
from wms.models.orders import Hold, Order, Recipient
from wms.models.segments import Segment, SegmentOrder
from wms.models.shipping import Carrier, Parcel
from wms.queries import surveys
from wms.queries.parts import Part, parts_of
from wms.queries.surveys import Question

orders, recipients, holds, campaigns = map(table_of, (Order, Recipient, Hold, Campaign))
pages, parcels, carriers = table_of(BackerPage), table_of(Parcel), table_of(Carrier)
segments, members = table_of(Segment), table_of(SegmentOrder)
decisions, decided = table_of(Decision), table_of(DecisionRow)
OPEN = ("held", "clean")
ASKED = ("name", "line1", "line2", "city", "state", "postal_code", "country", "phone")
DOUBTS = ("ADDRESS_WARN", "PHONE_MISSING")  # holds that the backer settles by saying that it is right
the_order = (
    select(
        *(
            orders.c[name]
            for name in ("id", "number", "reward", "campaign_id", "raw", "content_locked_at", "address_locked_at")
        ),
        *(orders.c[name] for name in ("lock_at", "shipped_at", "recipient_id", "parent_id")),
        *(recipients.c[name] for name in ASKED),
        recipients.c.email,
        orders.c.state.label("order_state"),
        orders.c.id.label("order_id"),
    )
    .add_columns(campaigns.c.name.label("campaign"))
    .join(recipients, recipients.c.id == orders.c.recipient_id)
    .join(campaigns, campaigns.c.id == orders.c.campaign_id)
)


def content_open(row: Any) -> bool:
    """Return whether what an order holds may still change."""
    return row.order_state in OPEN and row.content_locked_at is None


def address_open(row: Any) -> bool:
    """Return whether the backer may still change where an order goes."""
    return row.order_state in OPEN and row.address_locked_at is None


@dataclass(frozen=True)
class View:
    """All that a backer's page shows: the order (`the_order`), its facts, its parts, parcels that are on their way,
    the survey's introduction and the questions put to it, the row of the page, the doubts that are open, the name of
    its segment, and the number of the order that it was merged into."""

    order: Any
    facts: Mapping[str, Any]
    parts: Sequence[Part]
    parcels: Sequence[Any]
    intro: str
    asked: tuple[Question, ...]
    page: Any
    doubts: Sequence[str]
    segment: str
    merged: str

    @property
    def seen(self) -> tuple[str, ...]:
        """Return what a backer confirms: where it goes, what is sent, what was answered."""
        units = Counter[str]()
        for line in (line for part in self.parts for line in part.lines):
            units[line.sku] += line.qty
        sent = (f"{qty} {sku}" for sku, qty in sorted(units.items()))
        said = [each.answer(self.facts) for each in self.asked]
        return (*(getattr(self.order, name) for name in ASKED), *sent, *said, str(self.facts.get("tax_id") or ""))

    @property
    def content_open(self) -> bool:
        """Return whether answers may still change."""
        return content_open(self.order)

    @property
    def address_open(self) -> bool:
        """Return whether the address may still change."""
        return address_open(self.order)


def order_of(tx: Tx, order_id: int, lock: bool = False) -> Row[Any] | None:
    """Return an order with its recipient, on request locked."""
    found = the_order.where(orders.c.id == order_id)
    return tx.one(found.with_for_update(key_share=True, of=orders) if lock else found)


def view(tx: Tx, order_id: int, draft: Sequence[Question] | None = None) -> View | None:
    """Return the page of an order's backer, or None; with a draft, as if its questions were sent."""
    row = order_of(tx, order_id)
    if row is None:
        return None
    survey = surveys.survey_of(tx, row.campaign_id)
    if draft is None:
        draft = surveys.questions_of(tx, survey.id) if survey and survey.sent_at else ()
    asked = tuple(each for each in draft if each.concerns(row.reward))
    page = tx.one(select(pages).where(pages.c.order_id == order_id))
    return View(
        row, json.loads(row.raw), parts_of(tx, order_id), shipped_parcels(tx, order_id),
        survey.intro if survey and asked else "", asked, page, open_doubts(tx, order_id), segment_of(tx, order_id),
        merged_into(tx, row),
    )  # fmt: skip


def open_doubts(tx: Tx, order_id: int) -> list[str]:
    """Return what is doubtful about an address, in words, as far as its backer may settle it."""
    mine = (holds.c.order_id == order_id, holds.c.code.in_(DOUBTS), holds.c.cleared_at.is_(None))
    return [row.detail for row in tx.all(select(holds.c.detail).where(*mine).order_by(holds.c.id))]


def shipped_parcels(tx: Tx, order_id: int) -> list[Row[Any]]:
    """Return the parcels of an order and its parts that left the house, with carrier and tracking number."""
    mine = or_(orders.c.id == order_id, orders.c.parent_id == order_id)
    wanted = select(parcels.c.tracking, parcels.c.shipped_at, parcels.c.order_id, carriers.c.name.label("carrier"))
    joined = wanted.join(orders, orders.c.id == parcels.c.order_id)
    joined = joined.outerjoin(carriers, carriers.c.id == parcels.c.carrier_id)
    return tx.all(joined.where(mine, parcels.c.state == "shipped").order_by(parcels.c.id))


def segment_of(tx: Tx, order_id: int) -> str:
    """Return the name of the frozen segment that an order belongs to, or ""."""
    joined = select(segments.c.name).join(members, members.c.segment_id == segments.c.id)
    return str(tx.value(joined.where(members.c.order_id == order_id).order_by(segments.c.id.desc()).limit(1)) or "")


def merged_into(tx: Tx, row: Any) -> str:
    """Return the number of the order that one was merged into, or ""."""
    if row.order_state != "cancelled":
        return ""
    stands = and_(decisions.c.id == decided.c.decision_id, decisions.c.undone_at.is_(None), decisions.c.kind == "merge")
    joined = select(orders.c.number).join(decided, decided.c.into_id == orders.c.id).join(decisions, stands)
    return str(tx.value(joined.where(decided.c.order_id == row.id).order_by(decided.c.id.desc()).limit(1)) or "")


def page_of(tx: Tx, order_id: int) -> Row[Any] | None:
    """Return the page of the backer of an order, or of its whole: order_id, made_at, answered_at, confirmed_at."""
    whole = select(func.coalesce(orders.c.parent_id, orders.c.id)).where(orders.c.id == order_id).scalar_subquery()
    return tx.one(select(pages).where(pages.c.order_id == whole))


has_confirmed = exists().where(pages.c.order_id == orders.c.id, pages.c.confirmed_at.is_not(None))
