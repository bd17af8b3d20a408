"""Receipts: what is announced, what has come of it, and what stands at the docks, as plain rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Integer, Row, bindparam, case, cast, func, literal, or_, select, union_all

from wms.db import Tx, table_of
from wms.models.items import Item, Owner
from wms.models.people import Operator
from wms.models.places import Location
from wms.models.stock import Lpn, Stock, StockMove
from wms.queries import printing
from wms.queries.cartons import cartons, heads, left, lines, sheet

items, lpns, locations, operators = table_of(Item), table_of(Lpn), table_of(Location), table_of(Operator)
owners, stock, moves = table_of(Owner), table_of(Stock), table_of(StockMove)
BOARD_DAYS = 7  # how long a difference stays on the board

per_carton = (
    select(
        lines.c.carton_id,
        func.sum(lines.c.expected).label("expected"),
        func.sum(lines.c.received).label("received"),
        func.sum(lines.c.damaged).label("damaged"),
        func.sum(left).label("missing"),
    )
    .group_by(lines.c.carton_id)
    .subquery("per_carton")
)
with_sums = cartons.outerjoin(per_carton, per_carton.c.carton_id == cartons.c.id)
is_done = cartons.c.state == "received"


def total(column: Any, name: str) -> Any:
    """Return a sum that is 0 when there is nothing to add."""
    return cast(func.coalesce(func.sum(column), 0), Integer).label(name)


all_receipts = (
    select(
        heads,
        owners.c.name.label("owner"),
        locations.c.name.label("dock"),
        func.count(cartons.c.id).label("cartons"),
        total(case((is_done, 1), else_=0), "cartons_done"),
        total(per_carton.c.expected, "expected"),
        total(per_carton.c.received, "received"),
        total(per_carton.c.damaged, "damaged"),
        total(case((is_done, per_carton.c.missing), else_=0), "short"),
    )
    .select_from(
        heads.join(owners, owners.c.id == heads.c.owner_id)
        .outerjoin(locations, locations.c.id == heads.c.dock_id)
        .outerjoin(with_sums, cartons.c.receipt_id == heads.c.id)
    )
    .group_by(heads.c.id, owners.c.name, locations.c.name)
    .order_by(case((heads.c.state == "closed", 1), else_=0), heads.c.id)
)


def receipts(tx: Tx) -> list[Row[Any]]:
    """Return all receipts, open ones first.

    Columns of Receipt, and owner, dock, cartons, cartons_done, expected, received, damaged, short.
    """
    return tx.all(all_receipts)


def receipt(tx: Tx, receipt_id: int) -> dict[str, Any] | None:
    """Return one receipt for its page: {"receipt", "cartons", "lines": {carton_id: rows}, "differences"}."""
    head = tx.one(all_receipts.where(heads.c.id == receipt_id))
    if head is None:
        return None
    boxes = tx.all(
        select(cartons, lpns.c.code, locations.c.name.label("place"), operators.c.name.label("operator"))
        .select_from(
            cartons.join(lpns, lpns.c.id == cartons.c.lpn_id)
            .outerjoin(locations, locations.c.id == lpns.c.location_id)
            .outerjoin(operators, operators.c.id == cartons.c.operator_id)
        )
        .where(cartons.c.receipt_id == receipt_id)
        .order_by(cartons.c.id)
    )
    content = tx.all(sheet.where(cartons.c.receipt_id == receipt_id, lines.c.id.is_not(None)))
    grouped: dict[int, list[Row[Any]]] = {}
    for row in content:
        grouped.setdefault(row.id, []).append(row)
    differences = [row for row in content if differs(row)]
    return {"receipt": head, "cartons": boxes, "lines": grouped, "differences": differences}


def differs(row: Row[Any]) -> bool:
    """Return whether a line of a finished carton is short, over, or has damaged units."""
    return bool(row.state == "received" and (row.received != row.expected or row.damaged))


def receiving_board(tx: Tx) -> dict[str, Any]:
    """Return {"figures", "receipts", "docks", "exceptions"} of the receiving board, in five statements.

    Figures: cartons_left, units_today, units_hour (the last 60 minutes), differences. Exceptions: kind (short, over,
    damaged, quarantine, printer, paused), sku (a printer's name), qty, where (its trouble), since.
    """
    open_ones = tx.all(all_receipts.where(heads.c.state != "closed"))
    since = tx.now - timedelta(days=BOARD_DAYS)
    differences = [wrong for row in tx.all(wrong_lines, since=since) for wrong in wrongs(row)]
    exceptions = sorted([*differences, *map(held, tx.all(read_held))], key=lambda each: str(each["since"]))
    cartons_left = sum(row.cartons - row.cartons_done for row in open_ones)
    figures = {"cartons_left": cartons_left, "differences": len(differences)}
    docks = tx.all(at_docks)
    return {"figures": figures | pace(tx), "receipts": open_ones, "docks": docks, "exceptions": exceptions}


def pace(tx: Tx) -> dict[str, int]:
    """Return units_today (UTC day, open cartons included) and units_hour."""
    midnight = tx.now.replace(hour=0, minute=0, second=0, microsecond=0)
    found = tx.one(units_since, midnight=midnight, hour=tx.now - timedelta(hours=1))
    return {"units_today": int(found.today), "units_hour": int(found.hour)} if found else {}


came = per_carton.c.received + per_carton.c.damaged
units_since = select(
    total(
        case((or_(cartons.c.state == "open", cartons.c.received_at >= bindparam("midnight")), came), else_=0), "today"
    ),
    total(case((or_(cartons.c.state == "open", cartons.c.received_at >= bindparam("hour")), came), else_=0), "hour"),
).select_from(with_sums)
at_docks = (
    select(
        locations.c.id,
        locations.c.name,
        func.count(func.distinct(stock.c.lpn_id)).label("lpns"),
        func.sum(stock.c.qty).label("units"),
        func.min(cartons.c.received_at).label("since"),
    )
    .select_from(
        stock.join(locations, locations.c.id == stock.c.location_id)
        .join(lpns, lpns.c.id == stock.c.lpn_id)
        .outerjoin(cartons, cartons.c.lpn_id == stock.c.lpn_id)
    )
    .where(locations.c.kind == "dock", stock.c.qty > 0, lpns.c.kind != "parcel")
    .group_by(locations.c.id, locations.c.name)
    .order_by(locations.c.name)
)
wrong_lines = (
    sheet.add_columns(cartons.c.received_at.label("since"))
    .where(is_done, cartons.c.received_at >= bindparam("since"))
    .where(or_(lines.c.received != lines.c.expected, lines.c.damaged > 0))
)
arrived = (
    select(func.max(moves.c.at))
    .where(moves.c.item_id == stock.c.item_id, moves.c.to_location_id == stock.c.location_id)
    .scalar_subquery()
)
in_quarantine = (
    select(literal("quarantine").label("kind"), items.c.sku.label("name"), locations.c.name.label("text"))
    .add_columns(arrived.label("since"), stock.c.qty.label("qty"))
    .select_from(
        stock.join(items, items.c.id == stock.c.item_id).join(locations, locations.c.id == stock.c.location_id)
    )
    .where(stock.c.qty > 0, locations.c.kind == "quarantine")
)
read_held = union_all(in_quarantine, printing.needing(elsewhere=("station",)).add_columns(literal(0).label("qty")))


def wrongs(row: Row[Any]) -> list[dict[str, Any]]:
    """Return the exceptions of one line: what is short, over or damaged."""
    difference = row.received + row.damaged - row.expected
    found = [("short", -difference), ("over", difference), ("damaged", row.damaged)]
    where = f"{row.receipt} carton {row.number}"
    about = {"sku": row.sku, "where": where, "since": row.since}
    return [{"kind": kind, "qty": qty} | about for kind, qty in found if qty > 0]


def held(row: Row[Any]) -> dict[str, Any]:
    """Return the exception of one balance in quarantine, or of a printer that needs somebody."""
    return {"kind": row.kind, "sku": row.name, "qty": row.qty, "where": row.text, "since": row.since}
