"""Orders come in: a backer report becomes orders and lines; sent again, only what changed is touched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, insert, select, update

from wms import barcodes
from wms.db import Tx, dumps, table_of
from wms.errors import BadInput, NotFound
from wms.formats.backer_report import ExportOrder, OrderFile
from wms.formats.reward_map import RewardMap
from wms.models.campaigns import Campaign, Import, Reward
from wms.models.orders import Order, OrderLine, Recipient
from wms.operations import directory, master, reviewing, timeline
from wms.operations.ledger import By
from wms.queries import rewards as maps
from wms.queries.rewards import Catalogue, Chosen

campaigns, imports, rewards = table_of(Campaign), table_of(Import), table_of(Reward)
orders, lines, recipients = table_of(Order), table_of(OrderLine), table_of(Recipient)
OPEN = ("held", "clean")  # not released yet: may still change
GONE = ("shipped", "cancelled")
PARTS = {"status": "payment", "survey": "survey", "notes": "notes", "items": "items", "to": "address"}
PROBLEMS_MAX = 1000  # kept with an import; the count is always whole

touch = (
    update(orders)
    .where(orders.c.id == bindparam("order"), orders.c.state.in_(OPEN))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("state", "reward", "country", "units", "row_hash", "raw", "import_id")
        }
    )
)
readdress = update(recipients).where(recipients.c.id == bindparam("recipient"))


@dataclass(frozen=True)
class Paper:
    """The file that was read: its name, and the SHA-256 of its bytes in hex."""

    filename: str
    sha256: str


@dataclass(frozen=True)
class Fresh:
    """One row of the report, ready to be stored: what matters of it, as JSON, with its hash."""

    order: ExportOrder
    lines: Mapping[int, int]
    raw: str
    row_hash: str


@dataclass(frozen=True)
class Intake:
    """One import under way."""

    tx: Tx
    by: By
    campaign: Any
    import_id: int
    paper: Paper


# --- campaigns and their maps ---


def add_campaign(tx: Tx, owner_id: int, code: str, name: str, platform: str = "") -> int:
    """Return the id of the campaign `code`, made when new; the code stands on every order's label (OR-LNT1-10482-K)."""
    found = tx.value(select(campaigns.c.id).where(campaigns.c.code == code))
    if found:
        return int(found)
    if not code.isascii() or not code.replace("-", "").isalnum() or code != code.upper():
        raise BadInput(field="campaign code", why=f"{code!r} needs capitals, digits and dashes only")
    return master.add(tx, campaigns, owner_id=owner_id, code=code, name=name, platform=platform)


def set_rewards(tx: Tx, campaign_id: int, rows: RewardMap) -> int:
    """Replace the map of a campaign and remap its orders that are not released; returns how many changed.

    Raises BadInput naming every unknown SKU.
    """
    ids = maps.ids_of(tx, (sku for parts in rows.entries.values() for sku, _ in parts))
    unknown = sorted({sku for parts in rows.entries.values() for sku, _ in parts} - set(ids))
    if unknown:
        raise BadInput(field="sku", why=f"unknown: {', '.join(unknown)}")
    tx.execute(delete(rewards).where(rewards.c.campaign_id == campaign_id))
    values = [
        {"campaign_id": campaign_id, "source": source, "key": key[:200], "item_id": ids.get(sku), "qty": qty}
        for (source, key), parts in rows.entries.items()
        for sku, qty in parts or (("", 1),)
    ]
    if values:
        tx.execute(insert(rewards), values)
    return remap(tx, campaign_id)


def remap(tx: Tx, campaign_id: int) -> int:
    """Give orders that are not released the lines the map says now; returns how many changed. Review them again."""
    catalogue = maps.catalogue(tx, campaign_id)
    here = (orders.c.campaign_id == campaign_id, orders.c.state.in_(OPEN))
    known = lines_by_order(tx, here)
    changed = {}
    for row in tx.all(
        select(orders.c.id, orders.c.raw).where(*here).order_by(orders.c.id).with_for_update(key_share=True)
    ):
        wanted = catalogue.lines(chosen(json.loads(row.raw)))
        if wanted != known.get(row.id, {}):
            changed[row.id] = wanted
    for order_id, wanted in changed.items():
        tx.execute(update(orders).where(orders.c.id == order_id).values(units=sum(wanted.values()), state="held"))
    replace_lines(tx, changed)
    timeline.note(tx, list(changed), "remapped", "The reward map changed.")
    return len(changed)


def lines_by_order(tx: Tx, where: Sequence[Any]) -> dict[int, dict[int, int]]:
    """Return order id -> item id -> units."""
    found: dict[int, dict[int, int]] = {}
    joined = select(lines.c.order_id, lines.c.item_id, lines.c.qty).join(orders, orders.c.id == lines.c.order_id)
    for row in tx.all(joined.where(*where)):
        found.setdefault(row.order_id, {})[row.item_id] = row.qty
    return found


# --- the import ---


def import_orders(tx: Tx, by: By, campaign_id: int, order_file: OrderFile, paper: Paper) -> int:
    """Take a read report in and return the id of its Import row; rows = accepted + rejected + unchanged.

    New rows become held orders (review them next). Rows sent again are compared: changed ones update an order that is
    not released, and hold one that is; orders that the report no longer has are held. Raises NotFound.
    """
    campaign = tx.one(select(campaigns).where(campaigns.c.id == campaign_id))
    if campaign is None:
        raise NotFound(what=f"Campaign {campaign_id}")
    values = {"kind": "orders", "filename": paper.filename[:200], "sha256": paper.sha256, "at": tx.now}
    intake = Intake(tx, by, campaign, master.add(tx, imports, rows=order_file.rows, **values), paper)
    problems = [(row.line, row.reason) for row in order_file.rejected] + too_long(order_file.orders)
    catalogue = maps.catalogue(tx, campaign_id)
    rows = [fresh(order, catalogue) for order in order_file.orders if not overlong(order)]
    known = {row.number: row for row in tx.all(select(orders).where(orders.c.campaign_id == campaign_id))}
    changed = [row for row in rows if row.order.number in known and known[row.order.number].row_hash != row.row_hash]
    add_orders(intake, [row for row in rows if row.order.number not in known])
    change_orders(intake, [(known[row.order.number], row) for row in changed])
    settle_absence(intake, order_file, known)
    new = sum(row.order.number not in known for row in rows)
    close(intake, {"accepted": new + len(changed), "unchanged": len(rows) - new - len(changed)}, problems)
    return intake.import_id


def close(intake: Intake, counts: Mapping[str, int], problems: Sequence[tuple[int, str]]) -> None:
    """Write the figures of an import and why rows were rejected."""
    told = [{"line": line, "field": "", "sentence": reason} for line, reason in problems[:PROBLEMS_MAX]]
    values = {"rejected": len(problems), "problems": dumps(told), **counts}
    intake.tx.execute(update(imports).where(imports.c.id == intake.import_id).values(values))
    intake.tx.announce("orders")


def address(order: ExportOrder) -> dict[str, str]:
    """Return the columns of a recipient as the backer wrote them.

    Without an answered survey there is no shipping name yet: the backer's own name keeps the order findable.
    """
    to = order.recipient
    parts = {"line1": to.line1, "line2": to.line2, "city": to.city, "state": to.state, "postal_code": to.postal_code}
    name = to.name or ("" if order.survey_answered else order.name)
    country = to.country_code if len(to.country_code) == 2 else ""
    return {"name": name, **parts, "country": country, "phone": to.phone, "email": order.email}


def too_long(found: Sequence[ExportOrder]) -> list[tuple[int, str]]:
    """Return (line, reason) of rows with a text that no label could carry; they are rejected, never cut."""
    return [(order.line, reason) for order in found if (reason := overlong(order))]


def overlong(order: ExportOrder) -> str:
    """Return which text of a row is too long, in words, or nothing."""
    texts = address(order)
    sizes = {name: cast(Any, recipients.c[name].type).length for name in texts} | {"number": 30}
    for name, text in (texts | {"number": order.number}).items():
        if len(text) > sizes[name]:
            return f"{name} has {len(text)} characters; {sizes[name]} fit."
    return ""


def fresh(order: ExportOrder, catalogue: Catalogue) -> Fresh:
    """Return a row with what the review needs of it; its hash covers only what changes what we do."""
    to = address(order)
    facts: dict[str, Any] = {
        "status": order.pledge_status,
        "survey": order.survey_answered,
        "notes": order.notes,
        "delivery": order.delivery_notes,
        "country": order.recipient.country_code,
        "items": [[item.source, item.key, item.title, item.qty] for item in order.items],
        "to": digest([*to.values(), order.recipient.country_code, order.delivery_notes])[:16],
    }
    raw = {"file": order.file, "line": order.line, "row": order.raw}
    return Fresh(order, catalogue.lines(chosen(facts)), dumps(facts | raw), digest(facts))


def digest(value: Any) -> str:
    """Return the SHA-256 of a value's JSON, in hex."""
    return hashlib.sha256(dumps(value).encode()).hexdigest()


def chosen(facts: Mapping[str, Any]) -> list[Chosen]:
    """Return what a backer chose, from the stored facts of an order."""
    return [(source, key, title, qty) for source, key, title, qty in facts.get("items", [])]


# --- new rows ---


def add_orders(intake: Intake, rows: Sequence[Fresh]) -> None:
    """Store new orders, held until they are reviewed, in bulk."""
    if not rows:
        return
    tx = intake.tx
    people = ids_added(tx, recipients, [address(row.order) for row in rows])
    values = [new_order(intake, row) | {"recipient_id": person} for row, person in zip(rows, people, strict=True)]
    ids = ids_added(tx, orders, values)
    known = [
        {"code": value["code"], "kind": "order", "ref": order_id, "name": value["number"], "qty": 1}
        for order_id, value in zip(ids, values, strict=True)
    ]
    directory.register_all(tx, known)
    add_lines(tx, {order_id: row.lines for order_id, row in zip(ids, rows, strict=True)})
    timeline.note(tx, ids, "imported", f"From {intake.paper.filename}.", intake.by.operator_id)


def new_order(intake: Intake, row: Fresh) -> dict[str, Any]:
    """Return the columns of a new order."""
    code = barcodes.code("OR", f"{intake.campaign.code}-{row.order.number}")
    where = {"code": code, "campaign_id": intake.campaign.id, "number": row.order.number, "imported_at": intake.tx.now}
    return where | order_values(intake, row)


def order_values(intake: Intake, row: Fresh) -> dict[str, Any]:
    """Return the columns of an order that a later report may change; it waits for review."""
    return {
        "state": "held",
        "reward": row.order.reward_title[:200],
        "country": address(row.order)["country"],
        "units": sum(row.lines.values()),
        "row_hash": row.row_hash,
        "raw": row.raw,
        "import_id": intake.import_id,
    }


def ids_added(tx: Tx, table: Table, values: list[dict[str, Any]]) -> list[int]:
    """Insert rows and return their ids in the same order."""
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return [int(row.id) for row in tx.execute(statement, values)]


def add_lines(tx: Tx, wanted: Mapping[int, Mapping[int, int]]) -> None:
    """Insert the lines of orders: order id -> item id -> units."""
    values = [
        {"order_id": order_id, "item_id": item_id, "qty": qty}
        for order_id, parts in wanted.items()
        for item_id, qty in sorted(parts.items())
    ]
    if values:
        tx.execute(insert(lines), values)


def replace_lines(tx: Tx, wanted: Mapping[int, Mapping[int, int]]) -> None:
    """Give orders other lines."""
    if wanted:
        tx.execute(delete(lines).where(lines.c.order_id == bindparam("order")), [{"order": each} for each in wanted])
    add_lines(tx, wanted)


# --- rows sent again ---


def change_orders(intake: Intake, pairs: Sequence[tuple[Any, Fresh]]) -> None:
    """Update orders that are not released yet; hold those that are, and change nothing of them."""
    late, updated = [], {}
    for was, row in sorted(pairs, key=lambda pair: int(pair[0].id)):
        values = {f"new_{name}": value for name, value in order_values(intake, row).items()}
        if intake.tx.execute(touch, values | {"order": was.id}).rowcount:
            intake.tx.execute(readdress.values(**address(row.order)), {"recipient": was.recipient_id})
            updated[was.id] = row.lines
        elif was.state not in GONE:
            late.append((was.id, "CHANGE_AFTER_LOCK", difference(was, row)))
    replace_lines(intake.tx, updated)
    timeline.note(intake.tx, list(updated), "changed", f"By {intake.paper.filename}.", intake.by.operator_id)
    reviewing.open_holds(intake.tx, late)


def difference(was: Any, row: Fresh) -> str:
    """Return which parts changed, without a word of what they say; the version tells one change from the next."""
    old, new = json.loads(was.raw), json.loads(row.raw)
    parts = [word for key, word in PARTS.items() if old.get(key) != new.get(key)]
    return f"The report changed: {', '.join(parts)} (version {row.row_hash[:6]})."


def settle_absence(intake: Intake, order_file: OrderFile, known: Mapping[str, Any]) -> None:
    """Hold orders that the report no longer has, and let those go on that are back.

    A rejected row may be an order that is still there: its cells are compared, too.
    """
    present = {order.number for order in order_file.orders}
    present |= {str(cell).strip() for bad in order_file.rejected for cell in bad.raw.values()}
    absent = [row.id for number, row in known.items() if number not in present and row.state not in GONE]
    reviewing.open_holds(intake.tx, [(each, "CANCELLED_UPSTREAM", reviewing.ABSENT) for each in sorted(absent)])
    back = {row.id for number, row in known.items() if number in present}
    reviewing.settle_absence(intake.tx, back)


def summary(tx: Tx, import_id: int) -> dict[str, int]:
    """Return the figures of an import, and how many of the orders it last touched are held now."""
    row = tx.one(select(imports).where(imports.c.id == import_id))
    if row is None:
        raise NotFound(what=f"Import {import_id}")
    held = select(func.count()).where(orders.c.import_id == import_id, orders.c.state == "held")
    figures = {"rows": row.rows, "accepted": row.accepted, "rejected": row.rejected, "unchanged": row.unchanged}
    return {"orders": row.accepted, **figures, "held": int(tx.value(held) or 0)}
