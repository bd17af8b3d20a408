"""Papers go back: tracking numbers come in and go to each platform once, orders to the creator and to other houses."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, insert, update

from wms.db import Tx, table_of
from wms.errors import NotFound, Refusal
from wms.formats import tracking
from wms.formats.errors import FormatError, Problem
from wms.formats.following import Trail, load_trail
from wms.formats.tracking import Gone, Profile, Sent, Told
from wms.formats.writing import safe
from wms.models.exports import Export, ExportParcel
from wms.models.shipping import Parcel
from wms.operations import auditing, master, timeline
from wms.operations.ledger import By
from wms.queries import exports as reads
from wms.settings import Settings, share

parcels, exports, told = table_of(Parcel), table_of(Export), table_of(ExportParcel)
ADDRESS = ("name", "line1", "line2", "city", "state", "postal_code", "phone", "email")
REPORT = (
    *(
        "order",
        "code",
        "part",
        "reward",
        "state",
        "holds",
        "country",
        "units",
        "contents",
        "wave",
        "parcels",
        "tracking",
    ),
    *("imported_at", "content_locked_at", "address_locked_at", "shipped_at"),
)
NOWHERE = Trail()
CHANGES = ("order", "at", "who", "kind", "what")
# What two fulfilment houses ask creators for: column -> our value ("" stays empty).
HANDOVER: dict[str, tuple[tuple[str, str], ...]] = {
    "a": (
        *(("Order #", "number"), ("Recipient Full Name", "name"), ("Recipient Email", "email")),
        *(("Recipient Phone", "phone"), ("Recipient Company", ""), ("Address Line 1", "line1")),
        *(("Address Line 2", "line2"), ("Address Line 3", ""), ("City", "city"), ("State", "state")),
        *(("Postal Code", "postal_code"), ("Country Code", "country"), ("Item SKU", "sku")),
        *(("Item Name / Title", "item"), ("Item Quantity", "qty"), ("Item Weight (oz)", "ounces")),
    ),
    "b": (
        *(("Warehouse Name", ""), ("Reference No.", "number"), ("Recipient Name", "name")),
        *(("Recipient Address Line 1", "line1"), ("Recipient Address Line 2", "line2"), ("Recipient City", "city")),
        *(
            ("Recipient State", "state"),
            ("Recipient Country/Region Code", "country"),
            ("Recipient Zip Code", "postal_code"),
        ),
        *(("Recipient Tel", "phone"), ("SKU", "sku"), ("Quantity", "qty"), ("Shipping Method", "")),
        *(("Recipient Email", "email"), ("Special Remarks/Instructions", "")),
    ),
}
GRAMS_AN_OUNCE = 28.349523125  # avoirdupois, exact by definition


class NothingNew(Refusal):
    """Every number was told before."""

    sentence = "No new tracking numbers. {unnumbered} shipped orders have none."


# --- numbers in ---


def take_numbers(tx: Tx, by: By, rows: Sequence[Told], filename: str) -> int:
    """Give parcels the numbers of a carrier's list, all or none; return how many changed.

    A code is a parcel's, or an order's that has one parcel. Raises FormatError with every line that cannot be right.
    """
    problems: list[Problem] = []
    wanted = meant(reads.parcels_named(tx, [row.code for row in rows]), rows, problems)
    taken = reads.numbers_taken(tx, [row.tracking for row in rows])
    for row, parcel in wanted:
        if taken.get(row.tracking, parcel.id) != parcel.id:
            problems.append(Problem(row.line, "tracking", f"{row.tracking} belongs to another parcel."))
    if problems:
        raise FormatError.many(filename, sorted(problems, key=lambda each: each.line))
    return write_numbers(tx, by, [(parcel, row.tracking) for row, parcel in wanted if parcel.tracking != row.tracking])


def meant(found: Sequence[Any], rows: Sequence[Told], problems: list[Problem]) -> list[tuple[Told, Any]]:
    """Return each line with its parcel; what means none, or one of several, is a problem."""
    known: dict[str, dict[int, Any]] = defaultdict(dict)
    for parcel in found:
        for code in (parcel.code, parcel.order_code, parcel.number):
            known[code][parcel.id] = parcel
    pairs = []
    for row in rows:
        mine = list(known[row.code].values())
        if len(mine) == 1:
            pairs.append((row, mine[0]))
        else:
            many = f"{row.code} has {len(mine)} parcels. Name the parcel."
            problems.append(Problem(row.line, "code", many if mine else f"There is no parcel {row.code}."))
    return pairs


def set_number(tx: Tx, by: By, parcel_id: int, number: str) -> None:
    """Give one parcel its tracking number. Raises FormatError for a text that is none, NotFound."""
    found = tx.one(parcels.select().where(parcels.c.id == parcel_id))
    if found is None:
        raise NotFound(what=f"Parcel {parcel_id}")
    rows = tracking.read_tracking(f"code,tracking\n{found.code},{number.strip()}\n".encode(), "The number")
    take_numbers(tx, by, rows, "The number")


def write_numbers(tx: Tx, by: By, pairs: Sequence[tuple[Any, str]]) -> int:
    """Write numbers and say so in the orders' timelines."""
    if pairs:
        statement = update(parcels).where(parcels.c.id == bindparam("parcel")).values(tracking=bindparam("number"))
        tx.execute(statement, [{"parcel": parcel.id, "number": number} for parcel, number in pairs])
    for parcel, number in pairs:
        instead = f" instead of {parcel.tracking}" if parcel.tracking else ""
        timeline.note(tx, parcel.order_id, "tracking", f"Parcel {parcel.code}: {number}{instead}.", by.operator_id)
    return len(pairs)


# --- numbers out ---


def tell_numbers(tx: Tx, by: By, campaign_id: int, profile: Profile) -> int:
    """Make the export that tells a platform the numbers it does not know yet; return its id. Raises NothingNew."""
    sent, unnumbered = reads.sent(tx, campaign_id, profile.id)
    news = [order for order in sent if any(parcel.new for parcel in order.parcels)]
    numbers = {parcel.tracking for order in news for parcel in order.parcels if parcel.new}
    if not numbers:
        raise NothingNew(unnumbered=len(unnumbered))
    values = {"campaign_id": campaign_id, "kind": profile.id, "at": tx.now, "operator_id": by.operator_id}
    export_id = master.add(tx, exports, orders=len(news), parcels=len(numbers), **values)
    taken = reads.numbers_taken(tx, sorted(numbers))
    tx.execute(insert(told), [{"export_id": export_id, "parcel_id": each} for each in sorted(taken.values())])
    tx.announce("exports")
    return export_id


def files_of(tx: Tx, export_id: int, profile: Profile, trail: Trail = NOWHERE) -> list[tuple[str, bytes]]:
    """Return the files of an export, the same whenever they are asked for, with where `trail` follows each parcel.

    Raises NotFound.
    """
    row = reads.export_row(tx, export_id)
    if row is None or row.kind != profile.id:
        raise NotFound(what=f"Export {export_id}")
    return tracking.write(profile, followed(reads.sent(tx, row.campaign_id, row.kind, export_id)[0], trail))


def trail(settings: Settings) -> Trail:
    """Return where parcels are followed, read once: what Pickwell knows, the site's own over it. Raises FormatError."""
    return trail_of(settings.shipping.carriers)


@lru_cache(maxsize=2)
def trail_of(own: str) -> Trail:
    """Return the trail with a site's own file, or without ("")."""
    return load_trail(share() / "config" / "carriers.toml", *([Path(own)] if own else []))


def followed(sent: Sequence[Sent], trail: Trail) -> list[Sent]:
    """Return orders whose parcels say where they are followed."""

    def link(box: Gone) -> Gone:
        return replace(box, url=trail.url(box.carrier, box.carrier_name, box.tracking))

    return [replace(order, parcels=tuple(map(link, order.parcels))) for order in sent]


# --- whole orders out ---


def note_download(tx: Tx, by: By, campaign_id: int, kind: str, rows: int) -> None:
    """Write down who took people's data out of the house, and how much of it."""
    master.add(tx, exports, campaign_id=campaign_id, kind=kind, at=tx.now, operator_id=by.operator_id, orders=rows)
    auditing.note(tx, by, "file", kind, campaign_id=campaign_id, rows=rows)


def report(tx: Tx, campaign_id: int, people: bool) -> Iterator[list[str]]:
    """Yield every order of a campaign with every field, a header first; names and addresses only with `people`."""
    yield [*REPORT, *(ADDRESS if people else ())]
    for part in reads.order_rows(tx, campaign_id):
        ids = [order.id for order in part]
        goods, boxes, waiting = reads.lines_of(tx, ids), reads.parcels_of(tx, ids), reads.open_holds(tx, ids)
        for order in part:
            facts = {
                "order": order.number,
                "holds": " ".join(row.code for row in waiting.get(order.id, ())),
                "contents": "; ".join(f"{row.qty} x {row.sku}" for row in goods.get(order.id, ())),
                "parcels": " ".join(row.code for row in boxes.get(order.id, ())),
                "tracking": " ".join(row.tracking for row in boxes.get(order.id, ()) if row.tracking),
            }
            values = [facts[name] if name in facts else getattr(order, name) for name in REPORT]
            yield [text(value) for value in values] + (address(order) if people else [])


def text(value: Any) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula; times are UTC, ISO 8601."""
    if value is None:
        return ""
    return value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else safe(str(value))


def address(order: Any) -> list[str]:
    """Return where an order goes, as the backer wrote it."""
    return [safe(getattr(order, f"to_{name}")) for name in ADDRESS]


def handover(tx: Tx, campaign_id: int, template: str) -> Iterator[list[str]]:
    """Yield the orders that may go, a row for each line, as another house wants them; a header first.

    Raises NotFound for a template that nobody has.
    """
    if template not in HANDOVER:
        raise NotFound(what=f"Template {template}")
    columns = HANDOVER[template]
    yield [name for name, _ in columns]
    for part in reads.order_rows(tx, campaign_id, (reads.orders.c.state == "clean",)):
        goods = reads.lines_of(tx, [order.id for order in part])
        for order in part:
            whole = {name: safe(getattr(order, f"to_{name}")) for name in ADDRESS}
            whole |= {"number": order.number, "country": order.country, "": ""}
            for line in goods.get(order.id, ()):
                ounces = f"{line.weight_g / GRAMS_AN_OUNCE:.2f}"
                mine = {"sku": line.sku, "item": safe(line.name), "qty": str(line.qty), "ounces": ounces}
                yield [(whole | mine)[value] for _, value in columns]


def changes(tx: Tx, campaign_id: int, people: bool) -> Iterator[list[str]]:
    """Yield everything that happened to the orders of a campaign, the creator's control sheet; a header first.

    What an import changed is told field by field; the old and new words only with `people`.
    """
    yield list(CHANGES)
    for part in reads.order_rows(tx, campaign_id):
        ids = [order.id for order in part]
        happened, changed = reads.events_of(tx, ids), reads.changes_of(tx, ids)
        for order in part:
            for event in happened.get(order.id, ()):
                yield [order.number, text(event.at), text(event.who), event.kind, text(event.text)]
            for change in changed.get(order.id, ()):
                kind = "changed upstream" if change.applied else "change waits"
                yield [order.number, "", "", kind, text(told_fields(json.loads(change.fields), people))]


def told_fields(fields: dict[str, list[Any]], people: bool) -> str:
    """Return which fields changed, with the words before and after when they may be told."""
    if not people:
        return ", ".join(fields)
    return "; ".join(f"{name}: {before!s} -> {after!s}" for name, (before, after) in fields.items())
