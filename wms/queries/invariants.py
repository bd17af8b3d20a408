"""Every rule of the ledger as SQL that returns the offenders; a rule holds when it returns no row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from wms.db import Tx

SHOWN = 20  # offenders named per rule


@dataclass(frozen=True)
class Rule:
    """One rule: its number, what it promises, and the query for what breaks it."""

    name: str
    sentence: str
    sql: str


# What the ledger says stands at every (place, LPN, item, lot, condition); the outside (ids <= 0) has no balance.
LEDGER = """
    SELECT location_id, lpn_id, item_id, lot_id, condition, SUM(qty) AS qty FROM (
        SELECT to_location_id AS location_id, to_lpn_id AS lpn_id, item_id, lot_id, to_condition AS condition, qty
        FROM stock_move WHERE to_location_id > 0
        UNION ALL
        SELECT from_location_id, from_lpn_id, item_id, lot_id, condition, -qty
        FROM stock_move WHERE from_location_id > 0
    ) AS sides GROUP BY location_id, lpn_id, item_id, lot_id, condition
"""
SAME_KEY = " AND ".join(f"s.{name} = b.{name}" for name in ("location_id", "lpn_id", "item_id", "lot_id", "condition"))

RULES = (
    Rule(
        "I1 conservation",
        "What stands here is what came from outside less what went there, per item and lot.",
        """
        SELECT item_id, lot_id, SUM(qty) AS difference FROM (
            SELECT item_id, lot_id, qty FROM stock
            UNION ALL SELECT item_id, lot_id, -qty FROM stock_move WHERE from_location_id <= 0 AND to_location_id > 0
            UNION ALL SELECT item_id, lot_id, qty FROM stock_move WHERE to_location_id <= 0 AND from_location_id > 0
        ) AS sides GROUP BY item_id, lot_id HAVING SUM(qty) <> 0
        """,
    ),
    Rule(
        "I2 balances are sums",
        "Every balance is the sum of its movements.",
        f"""
        SELECT b.location_id, b.lpn_id, b.item_id, b.lot_id, b.condition, b.qty AS ledger, COALESCE(s.qty, 0) AS balance
        FROM ({LEDGER}) AS b LEFT JOIN stock s ON {SAME_KEY} WHERE b.qty <> COALESCE(s.qty, 0)
        UNION ALL
        SELECT s.location_id, s.lpn_id, s.item_id, s.lot_id, s.condition, 0, s.qty
        FROM stock s LEFT JOIN ({LEDGER}) AS b ON {SAME_KEY} WHERE b.item_id IS NULL AND s.qty <> 0
        """,
    ),
    Rule(
        "I3 nothing negative",
        "No balance is below zero, none stands outside, and no more is reserved than is there.",
        "SELECT id, location_id, qty, allocated FROM stock"
        " WHERE qty < 0 OR allocated < 0 OR allocated > qty OR location_id <= 0",
    ),
    Rule(
        "I4 reservations are picks",
        "What is reserved in a balance is what its open picks and the move tasks in hand still want.",
        """
        SELECT location_id, lpn_id, item_id, lot_id, condition, SUM(reserved) AS reserved, SUM(wanted) AS wanted FROM (
            SELECT location_id, lpn_id, item_id, lot_id, condition, allocated AS reserved, 0 AS wanted FROM stock
            UNION ALL
            SELECT location_id, lpn_id, item_id, lot_id, 'available', 0, qty - taken FROM pick WHERE state = 'open'
            UNION ALL
            SELECT from_location_id, from_lpn_id, item_id, lot_id, 'available', 0, reserved FROM move_task
        ) AS sides GROUP BY location_id, lpn_id, item_id, lot_id, condition HAVING SUM(reserved) <> SUM(wanted)
        """,
    ),
    Rule(
        "I5 never more than ordered",
        "Open picks and taken units of an order line are at most what was ordered.",
        """
        SELECT l.id, l.qty, SUM(CASE WHEN p.state = 'open' THEN p.qty ELSE p.taken END) AS covered
        FROM order_line l JOIN pick p ON p.order_line_id = l.id
        GROUP BY l.id, l.qty HAVING SUM(CASE WHEN p.state = 'open' THEN p.qty ELSE p.taken END) > l.qty
        """,
    ),
    Rule(
        "I5 picked is taken",
        "An order line's picked figure is the sum of what its picks took.",
        """
        SELECT l.id, l.picked, COALESCE(SUM(p.taken), 0) AS taken FROM order_line l
        LEFT JOIN pick p ON p.order_line_id = l.id GROUP BY l.id, l.picked HAVING l.picked <> COALESCE(SUM(p.taken), 0)
        """,
    ),
    Rule(
        "I5 picks end with their list",
        "Only a list that is still walked has open picks, and a pick that is done took all it wanted.",
        """
        SELECT p.id, l.code, l.state AS list, p.state, p.qty, p.taken FROM pick p JOIN pick_list l ON l.id = p.list_id
        WHERE (p.state = 'open' AND l.state NOT IN ('ready', 'picking')) OR (p.state = 'done' AND p.taken <> p.qty)
        """,
    ),
    Rule(
        "I6 picks are known",
        "Every movement of a pick names its scan, its task and its operator.",
        """
        SELECT m.id, m.scan_id, m.task_id, m.operator_id FROM stock_move m LEFT JOIN task t ON t.id = m.task_id
        WHERE m.reason = 'pick' AND (m.scan_id IS NULL OR t.id IS NULL OR m.operator_id IS NULL)
        """,
    ),
    Rule(
        "I6 takes are movements",
        "What the picks of a list took from a place is what the ledger moved from there, less what came back.",
        """
        SELECT list, location_id, lpn_id, item_id, lot_id, SUM(qty) AS difference FROM (
            SELECT l.code AS list, p.location_id, p.lpn_id, p.item_id, p.lot_id, p.taken AS qty
            FROM pick p JOIN pick_list l ON l.id = p.list_id
            UNION ALL
            SELECT document, from_location_id, from_lpn_id, item_id, lot_id, -qty FROM stock_move WHERE reason = 'pick'
            UNION ALL
            SELECT document, to_location_id, to_lpn_id, item_id, lot_id, qty FROM stock_move WHERE reason = 'unpick'
        ) AS sides GROUP BY list, location_id, lpn_id, item_id, lot_id HAVING SUM(qty) <> 0
        """,
    ),
    Rule(
        "I7 movements have causes",
        "Every movement of a scan has that scan, its person's, answered without a refusal; others name a reason.",
        """
        SELECT m.id, m.scan_id, m.operator_id, m.reason FROM stock_move m LEFT JOIN scan c ON c.id = m.scan_id
        WHERE (m.scan_id IS NOT NULL AND (c.id IS NULL OR c.refusal <> '' OR c.operator_id <> m.operator_id))
           OR (m.scan_id IS NULL AND m.document = '' AND m.reason = '')
        """,
    ),
    Rule(
        "I8 serials are single",
        "Each serial-tracked unit in a parcel has a serial number of its own, and each such number a unit.",
        """
        SELECT parcel_id, item_id, SUM(units) AS units, SUM(serials) AS serials FROM (
            SELECT v.parcel_id, v.item_id, v.qty AS units, 0 AS serials
            FROM parcel_line v JOIN item i ON i.id = v.item_id WHERE i.serial_tracked
            UNION ALL
            SELECT parcel_id, item_id, 0, 1 FROM serial WHERE parcel_id IS NOT NULL
        ) AS sides GROUP BY parcel_id, item_id HAVING SUM(units) <> SUM(serials)
        """,
    ),
    Rule(
        "I9 parcels hold what was verified",
        "What was verified into a parcel is what the ledger moved onto its licence plate, less what came back.",
        """
        SELECT parcel_id, item_id, lot_id, SUM(qty) AS difference FROM (
            SELECT parcel_id, item_id, lot_id, qty FROM parcel_line
            UNION ALL
            SELECT p.id, m.item_id, m.lot_id, -m.qty FROM stock_move m JOIN parcel p ON p.lpn_id = m.to_lpn_id
            WHERE m.from_lpn_id <> m.to_lpn_id
            UNION ALL
            SELECT p.id, m.item_id, m.lot_id, m.qty FROM stock_move m JOIN parcel p ON p.lpn_id = m.from_lpn_id
            WHERE m.from_lpn_id <> m.to_lpn_id AND m.to_location_id > 0
        ) AS sides GROUP BY parcel_id, item_id, lot_id HAVING SUM(qty) <> 0
        """,
    ),
    Rule(
        "I9 packed orders are whole",
        "Every line of a packed or shipped order was verified in full.",
        "SELECT l.id, l.order_id, l.qty, l.packed FROM order_line l JOIN customer_order o ON o.id = l.order_id"
        " WHERE o.state IN ('packed', 'shipped') AND l.packed <> l.qty",
    ),
    Rule(
        "I9 packed is verified",
        "An order line's packed figure is what was verified into its parcels.",
        """
        SELECT l.id, l.packed, COALESCE(SUM(CASE WHEN p.state = 'void' THEN 0 ELSE v.qty END), 0) AS verified
        FROM order_line l LEFT JOIN parcel_line v ON v.order_line_id = l.id LEFT JOIN parcel p ON p.id = v.parcel_id
        GROUP BY l.id, l.packed
        HAVING l.packed <> COALESCE(SUM(CASE WHEN p.state = 'void' THEN 0 ELSE v.qty END), 0)
        """,
    ),
    Rule(
        "I9 shipped has left",
        "A shipped parcel holds nothing here any more.",
        "SELECT p.id, p.code, s.item_id, s.qty FROM parcel p JOIN stock s ON s.lpn_id = p.lpn_id"
        " WHERE p.state = 'shipped' AND s.qty > 0",
    ),
    Rule(
        "I9 trucks have their parcels",
        "A loaded parcel is on an open truck, a shipped one on a closed truck, any other on none.",
        """
        SELECT p.id, p.code, p.state, m.code AS truck, m.state AS truck_state
        FROM parcel p LEFT JOIN manifest m ON m.id = p.manifest_id
        WHERE COALESCE(m.state, '') <> CASE p.state WHEN 'loaded' THEN 'open' WHEN 'shipped' THEN 'closed' ELSE '' END
        """,
    ),
    Rule(
        "I9 shipped orders are gone",
        "A shipped order has a parcel that left, and none that did not.",
        """
        SELECT o.id, o.code FROM customer_order o WHERE o.state = 'shipped' AND (
            NOT EXISTS (SELECT 1 FROM parcel p WHERE p.order_id = o.id AND p.state = 'shipped')
            OR EXISTS (SELECT 1 FROM parcel p WHERE p.order_id = o.id AND p.state NOT IN ('shipped', 'void')))
        """,
    ),
    Rule(
        "I10 one current label",
        "Every packed, loaded or shipped parcel has one label; its copies are numbered on, and not all of them void.",
        """
        SELECT p.id, p.code, COUNT(j.id) AS labels FROM parcel p
        LEFT JOIN print_job j ON j.subject = p.code AND j.template = 'parcel'
        WHERE p.state IN ('packed', 'loaded', 'shipped') GROUP BY p.id, p.code
        HAVING COUNT(CASE WHEN j.copy = 1 THEN 1 END) <> 1 OR COUNT(j.id) <> MAX(j.copy)
            OR COUNT(CASE WHEN j.state <> 'void' THEN 1 END) = 0
        """,
    ),
    Rule(
        "I11 no job is lost",
        "A job or label that gave up says why; one at work has a lease.",
        """
        SELECT id, kind, state FROM job
        WHERE (state = 'dead' AND error = '') OR (state = 'running' AND lease_until IS NULL)
        UNION ALL
        SELECT id, template, state FROM print_job
        WHERE (state IN ('failed', 'uncertain') AND reason = '')
            OR (state IN ('claimed', 'sending') AND lease_until IS NULL)
        """,
    ),
    Rule(
        "I12 one person a task",
        "What somebody works on is worked on by nobody else.",
        "SELECT subject, COUNT(*) AS tasks FROM task"
        " WHERE closed_at IS NULL AND subject <> '' AND subject NOT LIKE 'next:%' GROUP BY subject HAVING COUNT(*) > 1",
    ),
    Rule(
        "I14 counts explain themselves",
        "A count that is done knows what the book said, and posted at most the difference, in its direction.",
        """
        SELECT c.count_id, c.item_id, c.lot_id, c.counted, c.book, COALESCE(SUM(m.qty), 0) AS posted
        FROM count_line c JOIN count n ON n.id = c.count_id LEFT JOIN (
            SELECT document, item_id, lot_id, CASE WHEN to_location_id > 0 THEN qty ELSE -qty END AS qty
            FROM stock_move WHERE reason = 'count'
        ) AS m ON m.document = 'count:' || n.id AND m.item_id = c.item_id AND m.lot_id = c.lot_id
        WHERE n.state = 'done' GROUP BY c.count_id, c.item_id, c.lot_id, c.counted, c.book
        HAVING c.book IS NULL OR (c.counted >= c.book AND COALESCE(SUM(m.qty), 0) <> c.counted - c.book)
            OR (c.counted < c.book AND COALESCE(SUM(m.qty), 0) NOT BETWEEN c.counted - c.book AND 0)
        """,
    ),
    Rule(
        "I14 adjustments are counted",
        "What was adjusted was counted: the movement names a count that is done and has its item and lot.",
        """
        SELECT m.id, m.document, m.item_id, m.qty FROM stock_move m WHERE m.reason = 'count' AND NOT EXISTS (
            SELECT 1 FROM count_line c JOIN count n ON n.id = c.count_id
            WHERE n.state = 'done' AND m.document = 'count:' || n.id AND c.item_id = m.item_id AND c.lot_id = m.lot_id)
        """,
    ),
    Rule(
        "I15 nothing expired was picked",
        "No unit of a lot was picked after its expiry.",
        "SELECT m.id, m.lot_id, m.at, l.expiry FROM stock_move m JOIN lot l ON l.id = m.lot_id"
        " WHERE m.reason = 'pick' AND l.expiry IS NOT NULL AND l.expiry < DATE(m.at)",
    ),
    Rule(
        "I17 imports add up",
        "Rows of a file are accepted, rejected or unchanged.",
        'SELECT id, filename, rows, accepted, rejected, unchanged FROM "import"'
        " WHERE state = 'done' AND rows <> accepted + rejected + unchanged",
    ),
    Rule(
        "L1 plates stand where their goods do",
        "Everything on a licence plate stands where the plate stands.",
        "SELECT p.id, p.code, p.location_id, s.location_id AS stock_at FROM lpn p JOIN stock s ON s.lpn_id = p.id"
        " WHERE p.id <> 0 AND s.qty > 0 AND (p.location_id IS NULL OR p.location_id <> s.location_id)",
    ),
    Rule(
        "L2 totes have a list",
        "A tote that holds goods belongs to a pick list.",
        "SELECT p.id, p.code FROM lpn p JOIN stock s ON s.lpn_id = p.id"
        " WHERE p.kind = 'tote' AND s.qty > 0 AND p.list_id IS NULL",
    ),
    Rule(
        "L2 slots hold one order's goods",
        "What lies in a slot of the put-wall is loose, of the one order that has the slot, and still to be packed.",
        """
        SELECT s.id, p.name AS slot, s.item_id, s.qty, o.order_id FROM stock s JOIN location p ON p.id = s.location_id
        LEFT JOIN list_order o ON o.place_id = p.id
        LEFT JOIN order_line l ON l.order_id = o.order_id AND l.item_id = s.item_id
        WHERE p.kind = 'slot' AND s.qty > 0 AND (
            s.lpn_id <> 0 OR o.id IS NULL OR l.id IS NULL
            OR (SELECT SUM(t.qty) FROM stock t WHERE t.location_id = p.id AND t.item_id = s.item_id)
                > l.picked - l.packed)
        """,
    ),
    Rule(
        "L2 slots are of the wall",
        "A slot is given to an order that is to be packed, of a batch list, at the station where the list stands.",
        """
        SELECT o.id, o.order_id, p.name AS slot, c.state, l.mode, l.state AS list FROM list_order o
        JOIN location p ON p.id = o.place_id JOIN customer_order c ON c.id = o.order_id
        JOIN pick_list l ON l.id = o.list_id
        WHERE p.kind <> 'slot' OR c.state NOT IN ('picked', 'packing') OR l.mode <> 'batch' OR l.state <> 'picked'
            OR p.station_id <> l.station_id
        """,
    ),
    Rule(
        "L3 held orders do not go",
        "No order with an open hold is called clean, or was packed or shipped after the hold.",
        """
        SELECT o.id, o.code, h.code AS hold FROM customer_order o JOIN hold h ON h.order_id = o.id
        WHERE h.cleared_at IS NULL AND (o.state = 'clean' OR EXISTS (
            SELECT 1 FROM parcel p WHERE p.order_id = o.id AND p.state <> 'void'
            AND (p.packed_at > h.opened_at OR p.shipped_at > h.opened_at)))
        """,
    ),
    Rule(
        "L4 receipts are the ledger",
        "What was counted in at the dock is what the ledger took from the supplier.",
        """
        SELECT item_id, SUM(qty) AS difference FROM (
            SELECT item_id, received + damaged AS qty FROM receipt_line
            UNION ALL
            SELECT item_id, -qty FROM stock_move WHERE from_location_id = -1 AND document LIKE 'receipt:%'
            UNION ALL
            SELECT item_id, qty FROM stock_move WHERE to_location_id = -1 AND document LIKE 'receipt:%'
        ) AS sides GROUP BY item_id HAVING SUM(qty) <> 0
        """,
    ),
    Rule(
        "L5 every label names its thing",
        "Every place, plate, order, list, receipt and truck is found by its code.",
        """
        SELECT t.kind, t.id, t.code FROM (
            SELECT 'location' AS kind, id, code FROM location WHERE kind <> 'outside'
            UNION ALL
            SELECT CASE WHEN kind IN ('tote', 'parcel') THEN kind ELSE 'lpn' END, id, code FROM lpn WHERE id <> 0
            UNION ALL SELECT 'order', id, code FROM customer_order
            UNION ALL SELECT 'list', id, code FROM pick_list
            UNION ALL SELECT 'receipt', id, code FROM receipt
            UNION ALL SELECT 'manifest', id, code FROM manifest
            UNION ALL SELECT 'item', id, barcode FROM item
        ) AS t LEFT JOIN code c ON c.code = t.code AND c.kind = t.kind AND c.ref = t.id WHERE c.code IS NULL
        """,
    ),
    Rule(
        "L6 plates know whose they are",
        "The order, list and receipt that a licence plate names exist.",
        """
        SELECT p.id, p.code, p.order_id, p.list_id, p.receipt_id FROM lpn p
        LEFT JOIN customer_order o ON o.id = p.order_id LEFT JOIN pick_list l ON l.id = p.list_id
        LEFT JOIN receipt r ON r.id = p.receipt_id
        WHERE (p.order_id IS NOT NULL AND o.id IS NULL) OR (p.list_id IS NOT NULL AND l.id IS NULL)
           OR (p.receipt_id IS NOT NULL AND r.id IS NULL)
        """,
    ),
    Rule(
        "L8 move tasks are movements",
        "What a move task brought is what the ledger moved for it; one that is in hand names its person.",
        """
        SELECT t.id, t.state, t.moved, COALESCE(SUM(m.qty), 0) AS posted FROM move_task t
        LEFT JOIN stock_move m ON m.document = 'task:' || t.id AND m.reason = t.reason
        GROUP BY t.id, t.state, t.moved, t.operator_id
        HAVING t.moved <> COALESCE(SUM(m.qty), 0) OR (t.state = 'doing' AND t.operator_id IS NULL)
        """,
    ),
    Rule(
        "L8 one slotting plan holds",
        "At most one slotting plan is active.",
        "SELECT state, COUNT(*) AS plans FROM slotting_plan WHERE state = 'active' GROUP BY state HAVING COUNT(*) > 1",
    ),
    Rule(
        "L9 parts are the pledge",
        "The parts of an order hold together what was pledged, each unit once.",
        """
        SELECT s.order_id, s.item_id, s.pledged, s.kept, s.moved FROM split_line s WHERE
        s.kept <> COALESCE((SELECT SUM(l.qty) FROM order_line l
                            WHERE l.order_id = s.order_id AND l.item_id = s.item_id), 0)
        OR s.moved <> COALESCE((SELECT SUM(l.qty) FROM order_line l JOIN customer_order o ON o.id = l.order_id
                                WHERE o.parent_id = s.order_id AND l.item_id = s.item_id), 0)
        """,
    ),
    Rule(
        "P1 erased is erased",
        "Nothing tells whose an erased order was.",
        "SELECT o.id, o.number FROM customer_order o JOIN recipient r ON r.id = o.recipient_id WHERE o.erased_at"
        " IS NOT NULL AND (r.name <> '' OR r.line1 <> '' OR r.email <> '' OR r.phone <> '' OR o.raw <> '{}')",
    ),
    Rule(
        "L7 a wave ends with its lists",
        "A wave that is done has no list to pick or pack.",
        "SELECT w.id, w.name, l.code, l.state FROM wave w JOIN pick_list l ON l.wave_id = w.id"
        " WHERE w.state = 'done' AND l.state NOT IN ('packed', 'void')",
    ),
)


def check(tx: Tx) -> list[dict[str, Any]]:
    """Evaluate every rule; return the broken ones as {rule, sentence, rows}."""
    broken = []
    for rule in RULES:
        rows = [dict(row._mapping) for row in tx.execute(text(rule.sql)).fetchmany(SHOWN)]
        if rows:
            broken.append({"rule": rule.name, "sentence": rule.sentence, "rows": rows})
    return broken
