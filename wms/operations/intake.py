"""Orders come in: rows of a report become orders and lines; sent again, only what changed is touched."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from sqlalchemy import bindparam, delete, func, insert, or_, select, text, update

from wms.db import Either, Tx, dumps, table_of
from wms.errors import BadInput, NotFound
from wms.formats.orders.fresh import ADDRESS, Fresh, sort_out
from wms.formats.orders.rows import OrderFile, Rejected
from wms.models.campaigns import Campaign, Import, ImportReject
from wms.models.orders import Order, Recipient
from wms.operations import differing, directory, lining, locking, master, matching, reviewing, sifting, timeline
from wms.operations.ledger import By
from wms.operations.pouring import pour
from wms.operations.sifting import Sieve, Sifted

campaigns, imports, rejects = table_of(Campaign), table_of(Import), table_of(ImportReject)
orders, recipients = table_of(Order), table_of(Recipient)
PROBLEMS_MAX = 1000  # kept with an import as sentences; all rejected rows are kept themselves
REASON_MAX = 300
SIZES = {name: int(cast(Any, recipients.c[name].type).length) for name in ADDRESS} | {"number": 30}
COLUMNS = ("state", "reward", "country", "units", "row_hash", "raw", "import_id", "map_version", "shape")
PERSON = ("id", *ADDRESS, "uid", *matching.KEYS)
ORDER = ("id", "recipient_id", "code", "number", "reward", "country", "units", "row_hash", "raw", "shape")
touch = (
    update(orders)
    .where(orders.c.id == bindparam("order"), or_(*(orders.c.state == state for state in differing.OPEN)))
    .values({name: bindparam(f"new_{name}") for name in COLUMNS})
)
restate = (  # the same order, described in today's words
    update(orders)
    .where(orders.c.id == bindparam("order"))
    .values(raw=bindparam("new_raw"), row_hash=bindparam("new_hash"))
)
# Numbers for so many new rows beforehand, so that they go in with one statement (RETURNING takes one for each row).
# SQLite has one writer, and gives the next number after the highest itself.
NEW_IDS = {
    name: Either(
        text(
            "WITH RECURSIVE counted(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < :wanted)"
            f" SELECT i + (SELECT COALESCE(MAX(id), 0) FROM {name}) AS id FROM counted"
        ),
        text(f"SELECT nextval(pg_get_serial_sequence('{name}', 'id')) AS id FROM generate_series(1, :wanted)"),
    )
    for name in ("recipient", "customer_order")
}


@dataclass(frozen=True)
class Paper:
    """The file that was read: its name, and the SHA-256 of its bytes in hex."""

    filename: str
    sha256: str


@dataclass
class Intake:
    """One import under way; `counts` are rows of the file, `judged` new orders that were judged as they came in."""

    tx: Tx
    by: By
    campaign: Any
    import_id: int
    paper: Paper
    platform: str
    sieve: Sieve
    counts: dict[str, int] = field(default_factory=lambda: {"accepted": 0, "unchanged": 0, "rejected": 0})
    judged: list[int] = field(default_factory=list)


def add_campaign(tx: Tx, owner_id: int, code: str, name: str, platform: str = "") -> int:
    """Return the id of the campaign `code`, made when new; the code stands on every order's label (OR-LNT1-10482-K)."""
    found = tx.value(select(campaigns.c.id).where(campaigns.c.code == code))
    if found:
        return int(found)
    if not code.isascii() or not code.replace("-", "").isalnum() or code != code.upper():
        raise BadInput(field="campaign code", why=f"{code!r} needs capitals, digits and dashes only")
    return master.add(tx, campaigns, owner_id=owner_id, code=code, name=name, platform=platform)


# --- a whole report at once ---


def import_orders(tx: Tx, by: By, campaign_id: int, order_file: OrderFile, paper: Paper) -> int:
    """Take a read report in, in one transaction, and return the id of its Import row.

    Rows = accepted + rejected + unchanged. New rows become held orders (review them next). Rows sent again are
    compared: changed ones update an order that is not locked, and hold one that is; orders that the report no longer
    has are held. Raises NotFound. Large files go through `importing.run`, which does the same in short steps.
    """
    campaign = campaign_of(tx, campaign_id)
    about = {"kind": "orders", "filename": paper.filename[:200], "sha256": paper.sha256, "at": tx.now}
    whose = {"campaign_id": campaign_id, "operator_id": by.operator_id, "platform": campaign.platform}
    import_id = master.add(tx, imports, rows=order_file.rows, profile=order_file.profile, **about, **whose)
    intake = Intake(tx, by, campaign, import_id, paper, campaign.platform, sifting.sieve_of(tx, campaign))
    rows, bad = sort_out(order_file.orders, SIZES)
    refuse(intake, [*order_file.rejected, *bad])
    take(intake, rows)
    present = {order.number for order in order_file.orders} | differing.mentioned(order_file.rejected)
    absent, back = differing.absence(tx, campaign_id, present, campaign.platform)
    differing.settle_absence(tx, import_id, absent, back)
    tx.execute(update(imports).where(imports.c.id == import_id).values(ended_at=tx.now, **intake.counts))
    tx.announce("orders")
    return import_id


def campaign_of(tx: Tx, campaign_id: int) -> Any:
    """Return a campaign's row; raises NotFound."""
    campaign = tx.one(select(campaigns).where(campaigns.c.id == campaign_id))
    if campaign is None:
        raise NotFound(what=f"Campaign {campaign_id}")
    return campaign


def refuse(intake: Intake, found: Sequence[Rejected]) -> None:
    """Keep rows that are no orders, with their reasons."""
    if not found:
        return
    intake.counts["rejected"] += len(found)
    intake.tx.execute(
        insert(rejects),
        [
            {"import_id": intake.import_id, "file": row.file[:200], "line": row.line, "column": row.column[:200],
             "reason": row.reason[:REASON_MAX], "raw": dumps(dict(row.raw))}
            for row in found
        ],
    )  # fmt: skip
    kept = imports.c.id == intake.import_id
    told = json.loads(intake.tx.value(select(imports.c.problems).where(kept)) or "[]")
    told += [{"line": row.line, "field": row.column, "sentence": row.reason} for row in found]
    intake.tx.execute(update(imports).where(kept).values(problems=dumps(told[:PROBLEMS_MAX])))


# --- taking rows in ---


def take(intake: Intake, rows: Sequence[Fresh], sifted: Mapping[str, Sifted] | None = None) -> None:
    """Store new orders, compare those that are known; again is no change. `sifted` are new ones made ready before."""
    mine = differing.known(intake.tx, intake.campaign.id, [row.number for row in rows])
    barred = {each: why for each, was in mine.items() if (why := unwelcome(intake, was))}
    unread = [row for row in rows if row.number in barred for _ in range(row.rows)]
    refuse(intake, [Rejected(row.file, row.line, barred[row.number], {}, "number") for row in unread])
    ready, sieve = sifted or {}, intake.sieve
    add_orders(intake, [ready.get(row.number) or sieve.sift(row) for row in rows if row.number not in mine])
    again = [row for row in rows if row.number in mine and row.number not in barred]
    if again:
        change_orders(intake, [(mine[row.number], row) for row in again])


def unwelcome(intake: Intake, was: Any) -> str:
    """Return why a row of a known number is not read, "" when it is."""
    if was.erased_at is not None:
        return f"Order {was.number} was erased on {was.erased_at:%Y-%m-%d}. Somebody must let it come back first."
    if not same_house(intake, was):
        return f"Number {was.number} is an order from {was.platform} already; give this file a campaign of its own."
    return ""


def same_house(intake: Intake, was: Any) -> bool:
    """Return whether a known number may be this file's: two platforms number their orders without asking each other."""
    vague = differing.VAGUE
    return was.platform == intake.platform or was.platform in vague or intake.platform in vague


def add_orders(intake: Intake, found: Sequence[Sifted]) -> None:
    """Store new orders in bulk, held until the import has ended, and what was doubtful about those judged already."""
    if not found:
        return
    tx = intake.tx
    people, ids = (new_ids(tx, name, len(found)) for name in ("recipient", "customer_order"))
    pour(tx, recipients, PERSON, ((one, *each.person) for one, each in zip(people, found, strict=True)))
    named = list(zip(ids, people, found, strict=True))
    about = {"campaign_id": intake.campaign.id, "import_id": intake.import_id, "imported_at": tx.now, "state": "held"}
    rows = ((order_id, one, each.code, *columns_of(each)) for order_id, one, each in named)
    pour(tx, orders, ORDER, rows, map_version=intake.sieve.catalogue.version, **about)
    directory.register_orders(tx, ((each.code, order_id, each.row.number) for order_id, _, each in named))
    lining.add_lines(tx, {order_id: each.meant.lines for order_id, _, each in named})
    differing.note_added(tx, intake.import_id, [(order_id, each.row.number) for order_id, _, each in named])
    timeline.note(tx, ids, "imported", f"From {intake.paper.filename}.", intake.by.operator_id)
    judged = {order_id: each.judged for order_id, _, each in named if each.judged}
    reviewing.open_first(tx, judged)
    intake.judged += judged
    intake.counts["accepted"] += sum(each.row.rows for each in found)


def columns_of(new: Sifted) -> tuple[Any, ...]:
    """Return what stands in a new order, in the order of ORDER."""
    row, meant = new.row, new.meant
    return row.number, row.reward, row.to["country"], meant.units, row.row_hash, row.raw, meant.shape


def new_ids(tx: Tx, name: str, wanted: int) -> list[int]:
    """Return numbers that so many new rows of a table will have."""
    return [int(row.id) for row in tx.all(NEW_IDS[name], wanted=wanted)]


def order_values(intake: Intake, row: Fresh) -> dict[str, Any]:
    """Return the columns of an order that a later report may change; it waits for review."""
    meant = intake.sieve.find(row)
    return {
        "state": "held",
        "reward": row.reward,
        "country": row.to["country"],
        "units": meant.units,
        "row_hash": row.row_hash,
        "raw": row.raw,
        "import_id": intake.import_id,
        "map_version": intake.sieve.catalogue.version,
        "shape": meant.shape,
    }


def change_orders(intake: Intake, pairs: Sequence[tuple[Any, Fresh]]) -> None:
    """Update orders that may change; let the others keep what they have, and their change wait for a person."""
    pairs = [(was, own_kept(was, row)) for was, row in pairs]
    found = differing.compare(intake.tx, intake.import_id, pairs)
    again = [{"order": was.id, "new_raw": row.raw, "new_hash": row.row_hash} for was, row in found.restated]
    if again:
        intake.tx.execute(restate, again)
    updated = {was.id: intake.sieve.find(row).lines for was, row in found.applied if not locking.locked(was).content}
    values = [
        {"order": was.id} | {f"new_{name}": value for name, value in (order_values(intake, row) | kept(was)).items()}
        for was, row in found.applied
    ]
    if values:
        intake.tx.execute(touch, values)
        differing.readdress(intake.tx, found.applied)
        lining.replace_lines(intake.tx, updated)
    changed_ids = [was.id for was, _ in found.applied]
    timeline.note(intake.tx, changed_ids, "changed", f"By {intake.paper.filename}.", intake.by.operator_id)
    changed = sum(row.rows for _, row in (*found.applied, *found.waiting))
    intake.counts["accepted"] += changed
    intake.counts["unchanged"] += sum(row.rows for _, row in pairs) - changed


def own_kept(was: Any, row: Fresh) -> Fresh:
    """Return a row with what the backer said to us since, where the report still says what it said then."""
    if differing.OWN_MARK not in was.raw:
        return row
    return replace(row, raw=differing.with_own(was.raw, row.raw), known=None)


def kept(was: Any) -> dict[str, Any]:
    """Return what an order whose content is locked keeps, whatever else of it changes."""
    names = ("units", "map_version", "shape") if locking.locked(was).content else ()
    return {name: was._mapping[name] for name in names}


def forget_rejects(tx: Tx, import_id: int) -> None:
    """Forget the rejected rows of a file that is read again from its beginning."""
    tx.execute(delete(rejects).where(rejects.c.import_id == import_id))
    tx.execute(update(imports).where(imports.c.id == import_id).values(problems="[]"))


def summary(tx: Tx, import_id: int) -> dict[str, int]:
    """Return the figures of an import, and how many of the orders it last touched are held now."""
    row = tx.one(select(imports).where(imports.c.id == import_id))
    if row is None:
        raise NotFound(what=f"Import {import_id}")
    held = select(func.count()).where(orders.c.import_id == import_id, orders.c.state == "held")
    figures = {"rows": row.rows, "accepted": row.accepted, "rejected": row.rejected, "unchanged": row.unchanged}
    return {"orders": row.accepted, **figures, "held": int(tx.value(held) or 0)}
