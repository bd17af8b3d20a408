"""Segments come and go until their first wave freezes who belongs to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from wms.db import Tx, dumps, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.models.campaigns import Campaign
from wms.models.segments import Segment, SegmentOrder
from wms.operations import master
from wms.operations.ledger import By
from wms.queries import segments as reads
from wms.queries.segments import SegmentFilter

segments, members, campaigns = table_of(Segment), table_of(SegmentOrder), table_of(Campaign)
ALL = "All orders"
CHANNELS = ("backers", "retail", "shop")
PRIORITY_MAX = WAVE_MAX = 10_000


@dataclass(frozen=True)
class NewSegment:
    """A segment to be made; the lowest priority is served first."""

    name: str
    wanted: SegmentFilter
    priority: int = 100


class Frozen(Refusal):
    """What a wave went out of stays as it is."""

    sentence = "{name}: its first wave went. It stays as it is."


def make(tx: Tx, by: By, campaign_id: int, new: NewSegment) -> int:
    """Save a filter under a name and return the segment's id.

    Raises NotFound for the campaign, BadInput for a name that is taken, a content or a priority that makes no sense.
    """
    name = new.name.strip()[:60]
    if reads.campaign(tx, campaign_id) is None:
        raise NotFound(what=f"Campaign {campaign_id}")
    if not name or reads.segment_named(tx, campaign_id, name):
        raise BadInput(field="name", why="is taken by another segment" if name else "is missing")
    if new.wanted.shape and not reads.shape_of(new.wanted.shape):
        raise BadInput(field="shape", why='is written "2 CORE-RED, 1 SLEEVES"')
    check_priority(new.priority)
    made = {"made_at": tx.now, "made_by": by.operator_id, "priority": new.priority, "filters": new.wanted.stored}
    tx.announce("waves")
    return master.add(tx, segments, campaign_id=campaign_id, name=name, **made)


def check_priority(priority: int) -> None:
    """Raise BadInput unless it is a priority."""
    if not 1 <= priority <= PRIORITY_MAX:
        raise BadInput(field="priority", why=f"1 to {PRIORITY_MAX}, the lowest first")


def set_gate(tx: Tx, campaign_id: int, gated: bool) -> None:
    """Let a campaign's orders go only through the gate, or without. Raises NotFound."""
    if not tx.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(gated=gated)).rowcount:
        raise NotFound(what=f"Campaign {campaign_id}")
    tx.announce("waves")


def set_channel(tx: Tx, campaign_id: int, channel: str) -> None:
    """Say who buys: backers, retail or shop. Raises BadInput, NotFound."""
    if channel not in CHANNELS:
        raise BadInput(field="channel", why=f"one of {', '.join(CHANNELS)}")
    if not tx.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(channel=channel)).rowcount:
        raise NotFound(what=f"Campaign {campaign_id}")


def everything(tx: Tx, by: By, campaign_id: int) -> int:
    """Return the segment of all open orders that no frozen one has, made when there is none."""
    known = [row for row in reads.of_campaign(tx, campaign_id) if row.name.startswith(ALL)]
    for row in known:
        if row.frozen_at is None and SegmentFilter.read(row.filters) == SegmentFilter():
            return int(row.id)
    name = next(each for n in range(1, len(known) + 2) if (each := numbered(n)) not in {row.name for row in known})
    return make(tx, by, campaign_id, NewSegment(name, SegmentFilter()))


def numbered(number: int) -> str:
    """Return the name of the segment of everything: "All orders", "All orders 2", ..."""
    return ALL if number == 1 else f"{ALL} {number}"


def prioritise(tx: Tx, segment_id: int, priority: int) -> None:
    """Serve a segment sooner or later. Raises NotFound, BadInput."""
    check_priority(priority)
    if not tx.execute(update(segments).where(segments.c.id == segment_id).values(priority=priority)).rowcount:
        raise NotFound(what=f"Segment {segment_id}")
    tx.announce("waves")


def limit(tx: Tx, segment_id: int, orders: int | None) -> None:
    """Say how many orders one wave of a segment has at most; None: what the site says. Raises NotFound, BadInput."""
    if orders is not None and not 1 <= orders <= WAVE_MAX:
        raise BadInput(field="orders", why=f"1 to {WAVE_MAX} in one wave")
    row = tx.one(select(segments).where(segments.c.id == segment_id).with_for_update())
    if row is None:
        raise NotFound(what=f"Segment {segment_id}")
    said = {key: value for key, value in json.loads(row.filters).items() if key != reads.MOST}
    said |= {reads.MOST: orders} if orders else {}
    tx.execute(update(segments).where(segments.c.id == segment_id).values(filters=dumps(said)))
    tx.announce("waves")


def remove(tx: Tx, segment_id: int) -> None:
    """Drop a segment that no wave went out of. Raises NotFound, Frozen."""
    row = tx.one(select(segments).where(segments.c.id == segment_id))
    if row is None:
        raise NotFound(what=f"Segment {segment_id}")
    if row.frozen_at is not None or reads.waves_of(tx, segment_id):
        raise Frozen(name=row.name)
    tx.execute(delete(segments).where(segments.c.id == segment_id))
    tx.announce("waves")


def sign_off(tx: Tx, by: By, segment_id: int, reason: str) -> None:
    """Sign that a segment may have goods that locked backers wait for. Whether this person may is asked before.

    Raises BadInput without a reason, NotFound.
    """
    if not reason.strip():
        raise BadInput(field="reason", why="say why backers can wait")
    signed = {"signed_at": tx.now, "signed_by": by.operator_id, "sign_reason": reason.strip()[:200]}
    if not tx.execute(update(segments).where(segments.c.id == segment_id).values(signed)).rowcount:
        raise NotFound(what=f"Segment {segment_id}")


def freeze(tx: Tx, segment_id: int, order_ids: Sequence[int]) -> None:
    """Say who belongs to a segment from now on; the second time nothing changes."""
    mine = segments.c.id == segment_id
    if not tx.execute(update(segments).where(mine, segments.c.frozen_at.is_(None)).values(frozen_at=tx.now)).rowcount:
        return
    known = select(func.count()).where(members.c.segment_id == segment_id)
    assert not tx.value(known)
    if order_ids:
        tx.execute(insert(members), [{"segment_id": segment_id, "order_id": each} for each in order_ids])
