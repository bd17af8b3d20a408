"""A folder of tables becomes a working site: places, people, goods, printers, and a campaign with its files."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from wms import barcodes
from wms.db import Store, Tx, dumps, table_of
from wms.errors import NotFound
from wms.formats.equipment import read_campaign, read_carriers, read_cartons, read_printers
from wms.formats.items import ItemRow, KitRow, read_items, read_kits
from wms.formats.packing_list import read_packing_list
from wms.formats.people import PersonRow, read_people
from wms.formats.reward_map import read_reward_map
from wms.formats.site import FaceRow, Place, read_faces, read_site
from wms.models.campaigns import Campaign, Import
from wms.models.items import Owner
from wms.models.orders import Order
from wms.models.places import Location
from wms.models.shipping import Carrier, CartonType
from wms.operations import (
    directory,
    equipping,
    importing,
    intake,
    mapping,
    master,
    people,
    receiving,
    replenishing,
    segmenting,
)
from wms.operations.ledger import By
from wms.operations.people import Person
from wms.operations.staging import Request
from wms.settings import Settings

campaigns, owners, locations = table_of(Campaign), table_of(Owner), table_of(Location)
carton_types, carriers = table_of(CartonType), table_of(Carrier)
SPARE_TOTES = 120  # waiting at the stations and on their way back
HAZARD_ZONES = ("H",)


@dataclass
class Opened:
    """What came into the house: the people with their badges, and how many of everything."""

    operators: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def open_site(store: Store, settings: Settings, folder: Path) -> Opened:
    """Read a site folder (site, people, cartons, carriers, printers, items, kits, faces as CSV) and write it.

    May be repeated: what is known by name or code is updated. Raises FormatError naming file, line and field.
    """
    opened = Opened()
    places = read_site(*named(folder, "site.csv"))
    goods = read_items(*named(folder, "items.csv"))
    kits = read_kits(*named(folder, "kits.csv"), [row.sku for row in goods])
    store.transact(lambda tx: write_places(tx, settings, places))
    store.transact(lambda tx: write_equipment(tx, folder))
    store.transact(lambda tx: write_goods(tx, goods))
    store.transact(lambda tx: write_kits(tx, kits))
    if (folder / "faces.csv").exists():
        bins = {place.code for place in places if place.kind == "bin"}
        faces = read_faces(*named(folder, "faces.csv"), bins, {row.sku for row in goods})
        store.transact(lambda tx: write_faces(tx, faces))
    if (folder / "people.csv").exists():
        rows = read_people(*named(folder, "people.csv"))
        opened.operators = store.transact(lambda tx: write_people(tx, settings, rows))
    opened.counts = {"places": len(places), "items": len(goods), "people": len(opened.operators)}
    return opened


def open_goods(store: Store, folder: Path) -> int:
    """Read items and kits of a folder and write them, in one transaction; return how many items. Raises FormatError."""
    goods = read_items(*named(folder, "items.csv"))
    kits = read_kits(*named(folder, "kits.csv"), [row.sku for row in goods])

    def write(tx: Tx) -> None:
        write_goods(tx, goods)
        write_kits(tx, kits)

    store.transact(write)
    return len(goods)


def named(folder: Path, name: str) -> tuple[bytes, str]:
    """Return a file's bytes and its name; raises NotFound naming the file."""
    path = folder / name
    if not path.exists():
        raise NotFound(what=name)
    return path.read_bytes(), name


def write_places(tx: Tx, settings: Settings, places: tuple[Place, ...]) -> None:
    """Write the layout, pack stations before the slots of their walls, and enough totes for every cart."""
    stations: dict[str, int] = {}
    for place in sorted(places, key=lambda each: each.kind == "slot"):
        facts = {"zone": place.zone, "aisle": place.aisle, "bay": place.bay, "level": place.level, "side": place.side}
        sizes = {"x_mm": place.x_mm, "y_mm": place.y_mm, "capacity_mm3": place.volume_mm3, "capacity_g": place.weight_g}
        hazard = {"hazard_ok": place.zone in HAZARD_ZONES}
        wall = {"station_id": stations[place.station]} if place.kind == "slot" else {}
        known = master.add_location(tx, place.code, place.kind, **facts, **sizes, **hazard, **wall)
        if place.kind == "station":
            stations[place.code] = known
    carts = sum(place.kind == "cart" for place in places)
    have = tx.value(select(master.lpns.c.id).where(master.lpns.c.kind == "tote").limit(1))
    for _ in range(0 if have else carts * settings.release.totes_max + SPARE_TOTES):
        master.add_lpn(tx, "tote")


def write_equipment(tx: Tx, folder: Path) -> None:
    """Write carton types, carriers and printers."""
    for box in read_cartons(*named(folder, "cartons.csv")):
        code = barcodes.code("CT", box.code)
        facts = {"length_mm": box.length_mm, "width_mm": box.width_mm, "height_mm": box.height_mm, "cost": box.cost}
        box_id = put(tx, carton_types, {"code": code}, name=box.name, tare_g=box.tare_g, max_g=box.max_g, **facts)
        directory.register(tx, code, "carton", box_id, box.name)
    for carrier in read_carriers(*named(folder, "carriers.csv")):
        ways = {"countries": ",".join(carrier.countries) or "*", "cutoff": carrier.cutoff}
        put(tx, carriers, {"code": carrier.code}, name=carrier.name, **ways)
    equipping.put_printers(tx, read_printers(*named(folder, "printers.csv"), equipping.names(tx)))


def put(tx: Tx, table: Any, key: dict[str, Any], **values: Any) -> int:
    """Update the row with this key, or insert it; return its id."""
    where = [table.c[name] == value for name, value in key.items()]
    found = tx.value(select(table.c.id).where(*where))
    if found:
        tx.execute(update(table).where(table.c.id == found).values(**values))
        return int(found)
    return master.add(tx, table, **key, **values)


def write_goods(tx: Tx, goods: tuple[ItemRow, ...]) -> None:
    """Write items with their barcodes and cases; an unknown owner is made under its code."""
    for row in goods:
        owner = master.add_owner(tx, row.owner, row.owner)
        sizes = {
            "weight_g": row.weight_g,
            "length_mm": row.length_mm,
            "width_mm": row.width_mm,
            "height_mm": row.height_mm,
        }
        customs = {"hs_code": row.hs_code, "origin": row.origin, "value": row.value, "currency": row.currency}
        tracked = {"lot_tracked": row.lot, "serial_tracked": row.serial, "expiry_tracked": row.expiry}
        more = {"name": row.name, "barcode": row.barcode, "hazard": row.hazard, "fragile": row.fragile}
        more |= {"upright": row.upright, "soft": row.soft}
        cases = [(case.code, case.count) for case in row.case_barcodes]
        master.add_item(tx, owner, row.sku, cases, **sizes, **customs, **tracked, **more)


def write_kits(tx: Tx, rows: tuple[KitRow, ...]) -> None:
    """Write kits; a kit that is not an item itself (nothing on a shelf has its name) becomes one without a barcode."""
    parts: dict[str, dict[str, int]] = {}
    for row in rows:
        parts.setdefault(row.kit_sku, {})[row.sku] = row.qty
    items = master.items
    for kit, content in parts.items():
        if not tx.value(select(items.c.id).where(items.c.sku == kit)):
            owner = tx.value(select(items.c.owner_id).where(items.c.sku.in_(content)).limit(1))
            master.add_item(tx, int(owner), kit, name=kit)
        master.set_kit(tx, kit, content)


def write_faces(tx: Tx, rows: tuple[FaceRow, ...]) -> None:
    """Make bins the pick faces of items."""
    for row in rows:
        replenishing.set_face(tx, row.sku, row.place, (row.least, row.most))


def write_people(tx: Tx, settings: Settings, rows: tuple[PersonRow, ...]) -> list[dict[str, Any]]:
    """Write operators that are not there yet; return all rows with badge, pin and roles."""
    result = []
    for row in rows:
        badge = barcodes.code("BD", row.badge)
        if not tx.value(select(people.operators.c.id).where(people.operators.c.badge == badge)):
            people.add_operator(tx, settings.security, Person(row.name, row.pin, row.roles, row.badge))
        result.append({"name": row.name, "badge": badge, "pin": row.pin, "roles": list(row.roles)})
    return result


def open_campaign(store: Store, folder: Path, gated: bool = False) -> int:
    """Write the campaign of a site folder (campaign.toml) and its reward map; return its id.

    A new one may be gated: then its orders are released by segments, and its pilot is checked by a second person.
    """
    facts = read_campaign(*named(folder, "campaign.toml"))
    rewards = read_reward_map(*named(folder, "rewards.csv"))

    def write(tx: Tx) -> int:
        owner = master.add_owner(tx, facts.owner, facts.owner)
        known = tx.value(select(campaigns.c.id).where(campaigns.c.code == facts.code))
        campaign = put(tx, campaigns, {"code": facts.code}, name=facts.name, platform=facts.platform, owner_id=owner)
        if not known:
            segmenting.set_gate(tx, campaign, gated)
        mapping.set_rewards(tx, campaign, rewards)
        return campaign

    return store.transact(write)


def import_report(store: Store, settings: Settings, by: By, request: Request) -> dict[str, int]:
    """Read an order export, import it as a difference, review it; return {orders, rejected, unchanged, held}."""
    import_id = importing.take(store, settings, by, request)
    with store.read() as tx:
        return intake.summary(tx, import_id)


def import_packing_list(store: Store, by: By, owner: str, data: bytes, filename: str) -> int:
    """Read a factory's packing list and announce it as a receipt; return the receipt's id."""
    found = read_packing_list(data, filename)

    def write(tx: Tx) -> int:
        owner_id = tx.value(select(owners.c.id).where(owners.c.code == owner))
        if owner_id is None:
            raise NotFound(what=f"Owner {owner}")
        warnings = dumps([asdict(each) for each in found.warnings])
        figures = {"rows": len(found.lines), "accepted": len(found.lines), "problems": warnings}
        paper = {"kind": "packing", "filename": filename[:200], "sha256": hashlib.sha256(data).hexdigest()}
        master.add(tx, table_of(Import), at=tx.now, **paper, **figures)
        return receiving.announce(tx, by, found, int(owner_id))

    return store.transact(write)


def campaign_of(store: Store, folder: Path) -> int:
    """Return how many orders the campaign of a site folder has here; 0 when it was not opened yet."""
    code = read_campaign(*named(folder, "campaign.toml")).code
    orders = table_of(Order)
    mine = select(func.count()).select_from(orders.join(campaigns, campaigns.c.id == orders.c.campaign_id))
    with store.read() as tx:
        return int(tx.value(mine.where(campaigns.c.code == code)) or 0)


def owner_of(folder: Path) -> str:
    """Return the code of the creator whose campaign a site folder holds."""
    return read_campaign(*named(folder, "campaign.toml")).owner
