"""A person decides about one or many orders: clear, cancel, hold, and twins. Each decision can be taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, update

from wms.db import Tx, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.models.decisions import Decision, DecisionRow, Twin
from wms.models.orders import Hold, Order
from wms.operations import addressing, judging, locking, master, matching, merging, reviewing, timeline
from wms.operations.ledger import By
from wms.operations.reviewing import OPEN, PERSON, NotCancellable, Wish
from wms.queries import decisions as reads
from wms.queries import orders as order_reads
from wms.queries import review
from wms.queries.orders import in_parts
from wms.settings import Settings

orders, holds, twins = table_of(Order), table_of(Hold), table_of(Twin)
decisions, decision_rows = table_of(Decision), table_of(DecisionRow)
GONE = ("shipped", "cancelled")
CANCELLED = "The order is cancelled."


class Decided(NamedTuple):
    """A decision and how many orders or holds it was about."""

    decision_id: int
    number: int


class Undone(NamedTuple):
    """How many orders are as they were before, and how many had gone on meanwhile."""

    orders: int
    left: int


class NothingOpen(Refusal):
    """There is nothing to decide: somebody was faster, or the report settled it."""

    sentence = "None of these has an open {code}."


class UndoneBefore(Refusal):
    """A decision is taken back once."""

    sentence = "This was taken back before."


class WentOn(Refusal):
    """What was decided has had its consequences."""

    sentence = "These orders have gone on. Nothing to take back."


class NoTwins(Refusal):
    """Only orders of one campaign that may both still change are made one."""

    sentence = "Order {number} is {why}. It cannot be merged."


class NothingMeant(Refusal):
    """Only some mistakes have one answer."""

    sentence = "Nothing can be guessed for these addresses."


class Gone(Refusal):
    """What has left the house, or never will, cannot be stopped."""

    sentence = "Order {number} is {state}. It cannot be held."


class SaidBefore(Refusal):
    """The same hold with the same words was cleared; the review's memory would swallow it."""

    sentence = "{code} was cleared with these words. Say what is new."


# --- holds ---


def clear(tx: Tx, by: By, order_ids: Sequence[int], code: str, reason: str) -> Decided:
    """Clear the open holds of one code on orders, all or none; return how many there were.

    Raises NothingOpen, NotAllowed, BadInput without a reason.
    """
    found = review.open_of_code(tx, order_ids, code)
    if not found:
        raise NothingOpen(code=code)
    return cleared(tx, by, found, code, reason)


def clear_one(tx: Tx, by: By, hold_id: int, reason: str) -> Decided:
    """Clear one hold. Raises NotFound, HoldCleared, NotAllowed, BadInput without a reason."""
    found = tx.one(select(holds).where(holds.c.id == hold_id))
    if found is None:
        raise NotFound(what=f"Hold {hold_id}")
    if found.cleared_at is not None:
        raise reviewing.HoldCleared(code=found.code)
    return cleared(tx, by, [found], found.code, reason)


def cleared(tx: Tx, by: By, found: Sequence[Any], code: str, reason: str) -> Decided:
    """Clear holds (their rows) and remember it as one decision."""
    done = reviewing.clear_all(tx, by, found, reason)
    decision = begin(tx, by, "clear", reason, code)
    remember(tx, decision, ({"order_id": row.order_id, "hold_id": row.id} for row in done))
    return Decided(decision, len(done))


def hold(tx: Tx, by: By, order_ids: Sequence[int], code: str, detail: str = "") -> Decided:
    """Stop orders: clean ones are held, released ones are stopped where they are packed.

    Raises NotFound, Gone, SaidBefore when no order is stopped, BadInput for an unknown code.
    """
    if code not in judging.HOLDS:
        raise BadInput(field="hold", why=f"one of {', '.join(judging.HOLDS)}")
    for row in locked_rows(tx, order_ids):
        if row.state in GONE:
            raise Gone(number=row.number, state=row.state)
    before = {row.id for row in review.open_of_code(tx, order_ids, code)}
    words = (detail or judging.HOLDS[code][0])[: judging.DETAIL_MAX]
    reviewing.open_holds(tx, [Wish(each, code, words, PERSON) for each in order_ids])
    after = review.open_of_code(tx, order_ids, code)
    if not after:
        raise SaidBefore(code=code)
    decision = begin(tx, by, "hold", words, code)
    opened = [row for row in after if row.id not in before]
    remember(tx, decision, ({"order_id": row.order_id, "hold_id": row.id} for row in opened))
    return Decided(decision, len(opened))


def cancel(tx: Tx, by: By, order_ids: Sequence[int], reason: str) -> Decided:
    """Cancel orders that are not released, all or none. Raises NotFound, NotCancellable, BadInput without a reason."""
    if not reason.strip():
        raise BadInput(field="reason", why="say why it is cancelled")
    rows = with_parts(tx, order_ids)
    decision = begin(tx, by, "cancel", reason)
    drop(tx, by, (decision, None), rows, reason.strip())
    return Decided(decision, len(set(order_ids)))


def with_parts(tx: Tx, order_ids: Sequence[int]) -> list[Any]:
    """Lock orders with those of their parts that are not released: what becomes of an order becomes of them."""
    found = set(order_ids)
    for part in in_parts(sorted(found)):
        mine = (orders.c.parent_id.in_(part), orders.c.state.in_(OPEN), orders.c.units > 0)
        found |= {row.id for row in tx.all(select(orders.c.id).where(*mine))}
    return locked_rows(tx, sorted(found))


def drop(tx: Tx, by: By, why: tuple[int, int | None], rows: Sequence[Any], words: str) -> None:
    """Cancel orders, close their holds, and remember what they were. Raises NotCancellable.

    `why` is (the decision, the order that they point to or None).
    """
    decision, into_id = why
    for row in rows:
        if row.state not in OPEN:
            raise NotCancellable(number=row.number, state=row.state)
    ids = [row.id for row in rows]
    open_ones = [each for found in review.open_holds(tx, ids).values() for each in found]
    reviewing.close_holds(tx, [each.id for each in open_ones], CANCELLED)
    for part in in_parts(ids):
        tx.execute(update(orders).where(orders.c.id.in_(part)).values(state="cancelled"))
    timeline.note(tx, ids, "cancelled", words, by.operator_id)
    remember(tx, decision, [{"order_id": row.id, "before": row.state, "into_id": into_id} for row in rows])
    remember(tx, decision, [{"order_id": each.order_id, "hold_id": each.id} for each in open_ones])


def adopt(tx: Tx, settings: Settings, by: By, order_ids: Sequence[int]) -> Decided:
    """Take over what was probably meant in addresses, such as a ZIP code's lost zero, and review the orders.

    Raises NotFound, NothingMeant.
    """
    ids = [row.id for row in locked_rows(tx, order_ids)]
    before = [each for found in review.open_holds(tx, ids).values() for each in found]
    decision = begin(tx, by, "adopt", "")
    done = addressing.adopt(tx, settings, by, ids, decision)
    if not done:
        raise NothingMeant
    reviewing.review_all(tx, settings, done)
    left = {each.id for found in review.open_holds(tx, done).values() for each in found}
    remember(tx, decision, [{"order_id": each} for each in done])
    settled = [each for each in before if each.order_id in set(done) and each.id not in left]
    remember(tx, decision, [{"order_id": each.order_id, "hold_id": each.id} for each in settled])
    return Decided(decision, len(done))


# --- twins ---


def ship_all(tx: Tx, by: By, order_ids: Sequence[int], reason: str = "") -> Decided:
    """Say that orders which look like one person's are all shipped; they are not proposed again as twins."""
    ids = sorted({row.id for row in of_one_campaign(tx, order_ids)})
    decision = begin(tx, by, "both", reason)
    known = matching.told_apart(tx, ids)
    pairs = [pair for pair in combinations(ids, 2) if pair not in known]
    if pairs:
        tx.execute(insert(twins), [{"low_id": low, "high_id": high, "decision_id": decision} for low, high in pairs])
    remember(tx, decision, [{"order_id": each} for each in ids])
    timeline.note(tx, ids, "decided", "Looked like one person's; both are shipped.", by.operator_id)
    settle_twins(tx, by, decision, ids)
    return Decided(decision, len(ids))


def merge(tx: Tx, by: By, into_id: int, order_ids: Sequence[int], reason: str = "") -> Decided:
    """Make orders one: `into_id` gets the lines of all and its own address; the others are cancelled and point to it.

    Raises NotFound, NoTwins when one of them is locked, split, on its way or of another campaign.
    """
    others = sorted(set(order_ids) - {into_id})
    rows = {row.id: row for row in of_one_campaign(tx, [into_id, *others])}
    for row in rows.values():
        check_mergeable(tx, row)
    decision = begin(tx, by, "merge", reason)
    number = rows[into_id].number
    drop(tx, by, (decision, into_id), [rows[each] for each in others], f"Merged into order {number}.")
    merging.follow(tx, [into_id])
    names = ", ".join(rows[each].number for each in others)
    timeline.note(tx, into_id, "merged", f"Order {names} was merged into it.", by.operator_id)
    settle_twins(tx, by, decision, [into_id])
    return Decided(decision, len(others))


def keep(tx: Tx, by: By, keep_id: int, order_ids: Sequence[int], reason: str = "") -> Decided:
    """Keep one of orders that are the same, cancel the others. Raises NotFound, NotCancellable, NoTwins."""
    others = sorted(set(order_ids) - {keep_id})
    rows = {row.id: row for row in of_one_campaign(tx, [keep_id, *others])}
    if rows[keep_id].state == "cancelled":
        raise NoTwins(number=rows[keep_id].number, why="cancelled")
    decision = begin(tx, by, "keep", reason)
    words = f"The same as order {rows[keep_id].number}, which is kept."
    drop(tx, by, (decision, keep_id), with_parts(tx, others), words)
    settle_twins(tx, by, decision, [keep_id])
    return Decided(decision, len(others))


def twins_are(tx: Tx, by: By, choice: str, which: tuple[int, Sequence[int]], reason: str = "") -> Decided:
    """Decide about orders that look like one person's: "both" are shipped, or they are "merge"d into the main one, or
    only that is "keep"t; `which` is (the main order, all of them). Raises BadInput and what the choice raises."""
    main, ids = which
    if choice == "both":
        return ship_all(tx, by, ids, reason)
    if main not in ids:
        raise BadInput(field="main", why="choose which of the orders stays")
    if choice not in ("merge", "keep"):
        raise BadInput(field="choice", why="both, merge or keep")
    return merge(tx, by, main, ids, reason) if choice == "merge" else keep(tx, by, main, ids, reason)


def of_one_campaign(tx: Tx, order_ids: Sequence[int]) -> list[Any]:
    """Return the rows of at least two orders of one campaign, locked. Raises NotFound, BadInput, NoTwins."""
    rows = locked_rows(tx, order_ids)
    if len(rows) < 2:
        raise BadInput(field="order", why="choose at least two orders")
    for row in rows[1:]:
        if row.campaign_id != rows[0].campaign_id:
            raise NoTwins(number=row.number, why="of another campaign")
    return rows


def check_mergeable(tx: Tx, row: Any) -> None:
    """Raise NoTwins unless what an order holds may still change."""
    if row.state not in OPEN:
        raise NoTwins(number=row.number, why=row.state)
    if locking.locked(row).content:
        raise NoTwins(number=row.number, why="locked")
    if len(locking.family(tx, [row.id])) > 1:
        raise NoTwins(number=row.number, why="split")


def settle_twins(tx: Tx, by: By, decision: int, order_ids: Sequence[int]) -> None:
    """Close the DUPLICATE holds that a decision settled, and let the others name only the twins that are left."""
    found = review.open_of_code(tx, order_ids, "DUPLICATE")
    left = matching.look_alikes(tx, order_reads.people_of(tx, order_ids))
    done = [row for row in found if not left.get(row.order_id)]
    if done:
        reviewing.clear_all(tx, by, done, "A person decided.")
        remember(tx, decision, ({"order_id": row.order_id, "hold_id": row.id} for row in done))
    for row in found:
        if left.get(row.order_id):
            words = matching.in_words(left[row.order_id])[: judging.DETAIL_MAX]
            tx.execute(update(holds).where(holds.c.id == row.id).values(detail=words))


# --- remembering ---


def locked_rows(tx: Tx, order_ids: Sequence[int]) -> list[Any]:
    """Return the rows of orders, locked in the order of their ids; raises NotFound naming the first that is not."""
    ids = sorted(set(order_ids))
    wanted = select(orders).order_by(orders.c.id).with_for_update(key_share=True)
    rows = [row for part in in_parts(ids) for row in tx.all(wanted.where(orders.c.id.in_(part)))]
    if missing := sorted(set(ids) - {row.id for row in rows}):
        raise NotFound(what=f"Order {missing[0]}")
    return rows


def begin(tx: Tx, by: By, kind: str, reason: str, code: str = "") -> int:
    """Write a decision and return its id."""
    facts = {"kind": kind, "code": code, "reason": reason.strip()[:300], "at": tx.now, "operator_id": by.operator_id}
    return master.add(tx, decisions, **facts)


def remember(tx: Tx, decision: int, rows: Iterable[dict[str, Any]]) -> None:
    """Write what a decision did to orders."""
    blank = {"decision_id": decision, "hold_id": None, "before": "", "into_id": None}
    values = [blank | row for row in rows]
    if values:
        tx.execute(insert(decision_rows), values)
        number = len({row["order_id"] for row in values})
        more = update(decisions).where(decisions.c.id == decision, decisions.c.orders < number)
        tx.execute(more.values(orders=number))


# --- taking back ---


def undo(tx: Tx, by: By, decision_id: int) -> Undone:
    """Take a decision back: orders and holds are as they were before, unless they have gone on meanwhile.

    Raises NotFound, UndoneBefore, WentOn when nothing is left to take back, NotAllowed.
    """
    decision = reads.decision_of(tx, decision_id)
    if decision is None:
        raise NotFound(what=f"Decision {decision_id}")
    rows = reads.rows_of(tx, decision_id)
    locked_rows(tx, [row.order_id for row in rows])
    mine = update(decisions).where(decisions.c.id == decision_id, decisions.c.undone_at.is_(None))
    if not tx.execute(mine.values(undone_at=tx.now, undone_by=by.operator_id)).rowcount:
        raise UndoneBefore
    reviewing.check_role(tx, by, {decision.code} - {""})
    into = {row.into_id for row in rows if row.into_id}
    stuck = frozen(tx, rows, into if decision.kind == "merge" else set())
    free = [row for row in rows if row.order_id not in stuck]
    if not free:
        raise WentOn
    tx.execute(delete(twins).where(twins.c.decision_id == decision_id))
    revive(tx, [row for row in free if row.before])
    turn_holds(tx, decision.kind, free)
    if decision.kind == "merge":
        merging.follow(tx, sorted(into))
    if decision.kind == "adopt":
        addressing.restore(tx, by, decision_id, {row.order_id for row in free})
    ids = sorted({row.order_id for row in free})
    timeline.note(tx, ids, "undone", f"Taken back: {decision.kind} {decision.code}".rstrip() + ".", by.operator_id)
    settle_states(tx, ids)
    return Undone(len(ids), len(stuck))


def frozen(tx: Tx, rows: Sequence[Any], into: Collection[int]) -> set[int]:
    """Return the orders of a decision that went on: released, erased, or merged into what is locked by now."""
    shut = {row.id for row in tx.all(select(orders).where(orders.c.id.in_(into))) if locking.locked(row).content}
    moved = {row.order_id for row in rows if row.erased_at or row.state not in (*OPEN, "cancelled")}
    other = {row.order_id for row in rows if row.before and (row.state != "cancelled" or row.into_id in shut)}
    return moved | other | ({row.order_id for row in rows} if shut else set())


def revive(tx: Tx, rows: Sequence[Any]) -> None:
    """Give cancelled orders the states they had."""
    for state in sorted({row.before for row in rows}):
        ids = [row.order_id for row in rows if row.before == state]
        for part in in_parts(ids):
            tx.execute(update(orders).where(orders.c.id.in_(part)).values(state=state))


def turn_holds(tx: Tx, kind: str, rows: Sequence[Any]) -> None:
    """Open the holds that a decision closed; close those that it opened."""
    if kind == "hold":
        reviewing.close_holds(tx, [row.hold_id for row in rows if row.cleared_at is None], "Taken back.")
        return
    again = {"cleared_at": None, "cleared_by": None, "reason": ""}
    for part in in_parts([row.hold_id for row in rows if row.hold_id and row.cleared_at is not None]):
        tx.execute(update(holds).where(holds.c.id.in_(part)).values(again))


def settle_states(tx: Tx, order_ids: Sequence[int]) -> None:
    """Make open orders held or clean by whether a hold is open."""
    for part in in_parts(order_ids):
        mine = (orders.c.id.in_(part), orders.c.state.in_(OPEN))
        tx.execute(update(orders).where(*mine, reviewing.stopped).values(state="held"))
        tx.execute(update(orders).where(*mine, ~reviewing.stopped).values(state="clean"))
