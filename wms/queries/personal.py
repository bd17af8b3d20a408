"""Where people's data are: every column that holds text is declared here, and whatever erases or tells reads this."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, exists, or_, select

import wms.models
from wms.db import Base, Tx, table_of
from wms.models.campaigns import Import
from wms.models.decisions import AddressChange, Decision, DecisionRow
from wms.models.items import Code
from wms.models.labels import Sscc
from wms.models.orders import Order, Recipient
from wms.models.printing import PrintJob
from wms.models.shipping import Parcel

orders, recipients, parcels = table_of(Order), table_of(Recipient), table_of(Parcel)
imports, decision_rows, codes, numbers = table_of(Import), table_of(DecisionRow), table_of(Code), table_of(Sscc)
address_changes = table_of(AddressChange)
Ids = Sequence[int] | Select[Any]
"""Ids of orders, or the statement that finds them."""
PERSON = tuple(column.name for column in recipients.c if column.name != "id")

BACKERS: Mapping[str, Mapping[str, str]] = {
    "recipient": dict.fromkeys(PERSON, ""),
    "customer_order": {"raw": "{}", "row_hash": ""},
    "address_change": {"fields": "{}"},
    "hold": {"stamp": ""},
    "backer_page": {"nonce": "", "confirmed": ""},
    "mail": {"address": "", "reason": ""},
    "import_change": {"fields": "{}", "row": "", "row_hash": ""},
    "print_job": {"label": "{}", "zpl": ""},
}
"""What backers wrote, and what was made of it: table -> column -> what stands there once it is erased."""

REMARKS: Mapping[str, tuple[str, ...]] = {
    "hold": ("detail", "reason"),
    "order_event": ("text",),
    "mail": ("why",),
    "pilot_check": ("reason",),
    "decision": ("reason",),
    "print_job": ("reason", "why"),
}
"""What our people typed about an order, or a rule said: a person's words are blotted out of it."""

FILES: Mapping[str, tuple[str, ...]] = {
    "import": ("problems", "error"),
    "import_reject": ("reason", "raw"),
    "import_piece": ("data",),
    "job": ("result", "error"),
    "erasure": ("reason",),
}
"""What is about a whole file: emptied with its campaign, and cleared of one person's words with an order."""

STAFF: Mapping[str, tuple[str, ...]] = {
    "operator": ("name", "badge", "pin_hash", "roles"),
    "session": ("token_hash", "csrf"),
    "setup_code": ("code_hash",),
    "device": ("name",),
    "print_agent": ("name", "token_hash"),
}
"""Those who work here: backers' rights of erasure do not reach them."""

PLAIN: Mapping[str, tuple[str, ...]] = {
    "access_log": ("kind", "what"),
    "address_change": ("source",),
    "campaign": ("code", "name", "platform", "profile", "mapping", "channel"),
    "carrier": ("code", "name", "countries", "cutoff"),
    "carton_type": ("code", "name"),
    "code": ("code", "kind", "name"),
    "count": ("reason", "state"),
    "country_rule": ("country", "reason"),
    "customer_order": ("code", "number", "reward", "country", "state", "shape"),
    "decision": ("kind", "code"),
    "decision_row": ("before",),
    "erasure": ("state", "counts"),
    "export": ("kind",),
    "hold": ("code",),
    "import": ("kind", "filename", "sha256", "state", "profile", "platform", "mapping"),
    "import_change": ("number", "kind", "decision"),
    "import_reject": ("file", "column"),
    "item": ("sku", "name", "barcode", "hs_code", "origin", "currency", "colour", "hazard"),
    "job": ("kind", "args", "key", "state"),
    "label_template": ("name", "source", "note"),
    "location": ("code", "name", "kind", "zone", "aisle", "side"),
    "lot": ("code",),
    "lpn": ("code", "kind"),
    "mail": ("state",),
    "mail_server": ("trouble",),
    "mail_wording": ("kind", "subject", "body"),
    "mailing": ("kind", "way", "whom", "subject", "body"),
    "manifest": ("code", "state"),
    "map_version": ("note", "entries"),
    "move_task": ("reason", "state", "why"),
    "order_event": ("kind",),
    "owner": ("code", "name"),
    "packaging": ("code",),
    "parcel": ("code", "state", "tracking"),
    "pick": ("state", "reason"),
    "pick_list": ("code", "mode", "state", "why"),
    "pilot_check": ("verdict",),
    "print_job": ("template", "subject", "event", "state"),
    "printer": ("code", "name", "transport", "host", "queue", "trouble", "labels", "model", "firmware"),
    "receipt": ("code", "number", "supplier", "state"),
    "receipt_carton": ("number", "state"),
    "receipt_line": ("lot_code",),
    "reward": ("source", "key", "region", "question", "note"),
    "scan": ("id", "flow", "text", "tone", "refusal", "answer"),
    "segment": ("name", "filters", "sign_reason"),
    "serial": ("serial",),
    "shape_check": ("shape",),
    "slotting_plan": ("state", "heat", "why"),
    "sscc": ("code",),
    "survey": ("intro",),
    "survey_question": ("kind", "title", "help", "choices", "rewards"),
    "stock": ("condition",),
    "stock_move": ("condition", "to_condition", "reason", "document", "scan_id"),
    "task": ("flow", "state", "subject", "memo"),
    "wave": ("name", "kind", "state", "job_key"),
}
"""Codes, goods and figures. They stay: an order's number says nothing without the platform that gave it."""


def table(name: str) -> Table:
    """Return a table by its name."""
    assert wms.models.__all__  # all tables are known
    return Base.metadata.tables[name]


# --- which rows are an order's ---


def rows_of(name: str, order_ids: Ids) -> ColumnElement[bool]:
    """Return the condition of a table's rows that are about some orders."""
    if name == "customer_order":
        return orders.c.id.in_(order_ids)
    if name == "recipient":
        return recipients.c.id.in_(select(orders.c.recipient_id).where(orders.c.id.in_(order_ids)))
    if name == "decision":
        about = decision_rows.c.decision_id == table_of(Decision).c.id
        return exists().where(about, decision_rows.c.order_id.in_(order_ids))
    if name == "print_job":
        return table_of(PrintJob).c.subject.in_(label_codes(order_ids))
    return table(name).c.order_id.in_(order_ids)


def filled(name: str) -> ColumnElement[bool]:
    """Return the condition of a table's rows in which a backer's words still stand."""
    here = table(name)
    return or_(*(here.c[column] != value for column, value in BACKERS[name].items()))


def label_codes(order_ids: Ids) -> Any:
    """Return the statement for all that stands as a code on labels of some orders and their parcels."""
    boxes = parcels.c.order_id.in_(order_ids)
    ours = and_(codes.c.kind == "parcel", codes.c.ref.in_(select(parcels.c.id).where(boxes)))
    plates = select(numbers.c.code).where(numbers.c.lpn_id.in_(select(parcels.c.lpn_id).where(boxes)))
    of_orders = select(orders.c.code).where(orders.c.id.in_(order_ids))
    return select(parcels.c.code).where(boxes).union(select(codes.c.code).where(ours), plates, of_orders)


# --- a person's words ---

FEWEST = 3  # letters of a word that is blotted out


def words_of(tx: Tx, order_ids: Sequence[int]) -> dict[int, set[str]]:
    """Return order id -> what names the person behind it: name, mail, telephone, street, tax number, also as before."""
    found: dict[int, set[str]] = defaultdict(set)
    joined = select(orders.c.id.label("order_id"), orders.c.raw, recipients).join(
        recipients, recipients.c.id == orders.c.recipient_id
    )
    for row in tx.all(joined.where(orders.c.id.in_(order_ids))):
        values = [row.name, *row.name.split(), row.line1, row.line2, row.email, row.phone, row.mail_key, row.phone_key]
        tax_id = json.loads(row.raw).get("tax_id") or ""
        found[row.order_id] |= told([*values, str(tax_id)])
    changed = select(address_changes.c.order_id, address_changes.c.fields)
    for row in tx.all(changed.where(address_changes.c.order_id.in_(order_ids))):
        for field, pair in json.loads(row.fields).items():
            if field in ("name", "line1", "line2", "email", "phone"):
                found[row.order_id] |= told([*pair, *(pair[0].split() if field == "name" else ())])
    return found


def told(values: Iterable[str]) -> set[str]:
    """Return those texts that are long enough to name somebody."""
    return {value.strip() for value in values if len(value.strip()) >= FEWEST}


def blotter(words: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of some words in a text, however written; None without words."""
    longest = sorted(set(words), key=len, reverse=True)
    parts = "|".join(r"\s+".join(map(re.escape, word.split())) for word in longest if word.split())
    return re.compile(rf"(?<!\w)(?:{parts})(?!\w)", re.IGNORECASE) if parts else None


def names(column: Any, words: Iterable[str]) -> ColumnElement[bool]:
    """Return whether a column holds one of some words, whatever its case."""
    return or_(*(column.icontains(word, autoescape=True) for word in sorted(words)))


# --- what is held about a person ---


def held(tx: Tx, order_ids: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
    """Return everything that any table holds about some orders: table -> rows."""
    linked = [name for name, each in Base.metadata.tables.items() if "order_id" in each.c and name != "lpn"]
    found: dict[str, list[dict[str, Any]]] = {}
    for name in ("recipient", "customer_order", *sorted({*linked, "decision", "print_job"})):
        here = table(name)
        rows = tx.all(select(here).where(rows_of(name, order_ids)).order_by(*here.primary_key.columns))
        if rows:
            found[name] = [dict(row._mapping) for row in rows]
    return found
