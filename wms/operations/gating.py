"""Release through the gate: refused with every reason, or planned and written as one wave."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from wms.db import Store, Tx, table_of
from wms.errors import NotFound, Refusal
from wms.models.orders import Order
from wms.operations import segmenting, waving
from wms.operations.barring import Gate, Reason, gate, pilot_reasons
from wms.operations.ledger import By
from wms.operations.waving import Outdated, Proposal, Released
from wms.queries import gates
from wms.queries import segments as reads
from wms.settings import Settings

orders = table_of(Order)


@dataclass(frozen=True)
class Wish:
    """What somebody wants released: a segment (None: what needs no gate), a pilot, a wave or what comes next.

    `ready_only` leaves out orders that may not go; `confirmed`: more than the floor can take is meant. `job_key` names
    the job that does it: the same job releases once.
    """

    segment_id: int | None = None
    pilot: bool | None = None
    orders: int | None = None
    ready_only: bool = False
    confirmed: bool = False
    job_key: str | None = None


class GateClosed(Refusal):
    """A release is refused, with every reason."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(**{each.code: each.sentence for each in self.reasons})

    @property
    def text(self) -> str:
        """Return all reasons: they are read in an office."""
        return "Not released. " + " ".join(each.sentence for each in self.reasons)


# --- release ---


def release(store: Store, settings: Settings, by: By, wish: Wish) -> Released:
    """Release what is wished for, if its gate is open. The same job's second run returns what its first one made.

    Raises GateClosed, NothingToRelease, Outdated, NotFound.
    """
    with store.read() as tx:
        if made := waving.made_by(tx, wish.job_key):
            return made
    if wish.segment_id is None:
        return waving.release_planned(store, by, lambda tx: ungated(tx, settings, wish))
    members: list[int] = []

    def plan(tx: Tx) -> Proposal:
        found = through(tx, settings, wish)
        members[:] = [each.order_id for each in found.ready] if wish.ready_only else found.everybody
        return proposal(tx, settings, wish, found)

    return waving.release_planned(store, by, plan, lambda tx, by, planned: write(tx, by, planned, members))


def ungated(tx: Tx, settings: Settings, wish: Wish) -> Proposal:
    """Plan the next orders of campaigns that have no gate. Raises NothingToRelease."""
    return replace(waving.propose(tx, settings, wish.pilot, wish.orders), job_key=wish.job_key)


def through(tx: Tx, settings: Settings, wish: Wish) -> Gate:
    """Return the gate of a wish when it is open. Raises GateClosed with every reason, NotFound."""
    segment = reads.segment(tx, wish.segment_id or 0)
    if segment is None:
        raise NotFound(what=f"Segment {wish.segment_id}")
    found = gate(tx, settings, segment, wish.pilot, wish.orders)
    reasons = list(found.blocking if wish.ready_only else found.reasons)
    if not found.ready and not any(each.orders for each in reasons):
        everything = [each for each in found.reasons if each.orders]
        reasons += everything or [Reason("EMPTY", f"{segment.name} has no order that is not released.")]
    reasons += too_many(found, wish)
    if reasons:
        raise GateClosed(reasons)
    return found


def too_many(found: Gate, wish: Wish) -> list[Reason]:
    """Return why it would be one blast: more than a wave may have; or, unless it is meant, than people can do."""
    size, going = found.size, min(wish.orders or found.going, len(found.ready))
    if not found.pilot and going > size.most:
        return [Reason("SIZE", f"{going} orders are more than the {size.most} that one wave may have.")]
    if wish.confirmed or not found.ready or 0 < going <= size.orders:
        return []
    crew = f"{size.people} people at {size.stations} stations in {size.hours:g} h"
    if not size.orders:
        return [Reason("SIZE", f"{size.on_the_floor} orders on the floor are work enough for {crew}. Confirm more.")]
    return [Reason("SIZE", f"{going} orders are more than the {size.orders} that {crew} can take. Confirm it.")]


def proposal(tx: Tx, settings: Settings, wish: Wish, found: Gate) -> Proposal:
    """Plan the lists of a release whose gate is open. Raises NothingToRelease."""
    if found.proposed:
        chosen: Collection[int] = found.proposed.orders
        most = len(chosen)
    else:
        chosen, most = [each.order_id for each in found.ready], wish.orders or found.going or found.size.most
    planned = waving.propose(tx, settings, found.pilot, max(1, most), chosen)
    return replace(planned, segment_id=wish.segment_id, job_key=wish.job_key)


def write(tx: Tx, by: By, planned: Proposal, members: Sequence[int]) -> Released:
    """Write a release; what the gate saw is looked at once more. Raises Outdated, GateClosed when a pilot failed."""
    assert planned.segment_id is not None
    segment = reads.segment(tx, planned.segment_id)
    if segment is None or gates.unlocked(tx, select(orders.c.id).where(orders.c.id.in_(planned.orders[:10_000]))):
        raise Outdated
    if planned.kind == "wave":
        if reasons := pilot_reasons(gates.pilot_orders(tx, segment.campaign_id)):
            raise GateClosed(reasons)
        segmenting.freeze(tx, segment.id, members)
    return waving.commit_release(tx, by, planned)
