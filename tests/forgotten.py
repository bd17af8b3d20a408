"""A campaign with a whole life behind it, and a search for what is left of its people, in the database and on disk."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from backers import Campaign
from sqlalchemy import LargeBinary, String, insert, select, update
from warehouse import Warehouse

import wms.models
from wms.barcodes import number_code
from wms.clock import now
from wms.db import Base, dumps, table_of
from wms.labels.labels import Line, ParcelLabel
from wms.models.campaigns import Import
from wms.models.jobs import Job
from wms.models.mail import Mail, Mailing
from wms.models.orders import Order, Recipient
from wms.models.printing import PrintJob
from wms.models.shipping import Parcel
from wms.models.stock import Lpn
from wms.operations import addressing, deciding, importing, labelling, master, reviewing, staging
from wms.operations.labelling import Print
from wms.operations.ledger import By
from wms.operations.staging import Request
from wms.settings import Printing, Privacy

orders, recipients, parcels, imports = table_of(Order), table_of(Recipient), table_of(Parcel), table_of(Import)
HEADER = (
    "Order #,Recipient Full Name,Recipient Email,Recipient Phone,Address Line 1,City,State,Postal Code,Country Code,"
    "Item SKU,Item Quantity"
)
PACKED = zlib.compress(b"", 1)[:2]
NAMES = ("Zuleika", "Quentin", "Ottoline", "Thaddeus")


def name_of(number: int) -> str:
    return f"{NAMES[number % len(NAMES)]} Vandersloot{number}"


def line(number: int, street: str = "Quincunxweg") -> str:
    where = f"{street} {number},Graz,,8010,AT"
    return f"{number},{name_of(number)},canary{number}@example.test,+43 316 8720{number:02d},{where},CORE-RED,1"


def canaries(number: int) -> list[str]:
    """All that would name a person: nothing of it may be left."""
    return [name_of(number), f"canary{number}@", f"8720{number:02d}", f"quincunxweg {number}", f"Newlane {number}"]


class Life(Warehouse):
    """Orders 1 to 3 of one file: shipped, with labels, mails, corrections, remarks; a row of it was rejected."""

    def __init__(self, url: str, folder: Path) -> None:
        away = Privacy(keep_days=90, erased_list=str(folder / "erased.csv"))
        super().__init__(url, printing=Printing(folder=str(folder)), privacy=away)
        jobs = table_of(PrintJob)
        (folder / "ZP1").mkdir(parents=True)
        for row in self.rows(select(jobs.c.id, jobs.c.zpl).where(jobs.c.zpl != "")):
            (folder / "ZP1" / f"{row.id:06d}.zpl").write_text(row.zpl)

    def build(self) -> None:
        """Let it all happen; remarks name the people."""
        super().build()
        self.item("CORE-RED")
        self.campaign_id = Campaign(self).id
        bad = f"77,{name_of(1)},canary1@example.test"
        self.take(*(line(each) for each in (1, 2, 3)), bad)
        for each in (1, 2, 3):
            self.correct(each)
            self.ship(each)
        self.do(lambda tx: tx.execute(insert(table_of(Job)).values(self.job(tx))))
        staging.draft(self.store, By(), Request(self.campaign_id, "next.csv", f"{HEADER}\n{line(1)}".encode()))
        self.take(*(line(each, "Newlane") for each in (1, 2, 3)), bad)  # of shipped ones: nothing happens

    @property
    def campaign(self) -> Campaign:
        """The campaign, to ask for its orders."""
        found = Campaign.__new__(Campaign)
        found.warehouse, found.id = self, self.campaign_id
        return found

    def take(self, *lines: str) -> dict[str, Any]:
        """Import a file and tell what came of it."""
        request = Request(self.campaign_id, "orders.csv", "\n".join([HEADER, *lines]).encode(), whole=False)
        import_id = importing.take(self.store, self.settings, By(), request)
        with self.store.read() as tx:
            return importing.told(tx, import_id)

    def correct(self, number: int) -> None:
        """Change the street, hold and clear the order with words that name the person."""
        order_id = self.campaign.order(number).id
        self.do(addressing.change, self.settings, By(), order_id, {"line1": f"Newlane {number}"})
        self.do(deciding.hold, By(), [order_id], "NOTE_TO_READ", f"{name_of(number)} calls again")
        hold = self.rows(select(reviewing.holds.c.id).where(reviewing.holds.c.order_id == order_id))[-1].id
        self.do(reviewing.clear, By(), hold, f"Told canary{number}@example.test that all is well.")

    def ship(self, number: int) -> None:
        """Let a parcel leave, with its label and a mail about it."""
        order = self.campaign.order(number)
        code = number_code("PA", number)
        lpn = self.do(master.add, table_of(Lpn), code=code, kind="parcel")
        facts = {"order_id": order.id, "state": "shipped", "weight_g": 500, "opened_at": now(), "shipped_at": now()}
        self.do(master.add, parcels, code=code, lpn_id=lpn, **facts)
        to = (name_of(number), f"Newlane {number}", "8010 Graz")
        label = ParcelLabel(code=code, order=order.number, recipient_lines=to, country="AT", carrier="POST",
                            service="", weight_g=500, contents=(Line("CORE-RED", "Core", 1),))  # fmt: skip
        self.do(labelling.enqueue, self.settings, Print(label, f"parcel:{number}", code), By())
        self.do(
            lambda tx: tx.execute(
                update(orders).where(orders.c.id == order.id).values(state="shipped", shipped_at=tx.now)
            )
        )
        about = {"campaign_id": self.campaign_id, "subject": "Your order", "body": "Hello", "at": now()}
        mailing = self.do(master.add, table_of(Mailing), kind="final", way="mail", **about)
        to_whom = {
            "address": f"canary{number}@example.test",
            "reason": f"550 canary{number}@example.test",
            "why": name_of(number),
        }
        self.do(
            master.add, table_of(Mail), mailing_id=mailing, order_id=order.id, run_at=now(), created_at=now(), **to_whom
        )

    def job(self, tx: Any) -> dict[str, Any]:
        """A job of the worker that tells what was rejected."""
        first = self.rows(select(imports.c.id).order_by(imports.c.id))[0].id
        told = {"rejected": [{"reason": f"{name_of(1)} has no street."}]}
        facts = {"kind": "import", "args": dumps({"import": first}), "state": "done", "result": dumps(told)}
        return facts | {"run_at": tx.now, "created_at": tx.now, "attempts": 1, "error": ""}


def traces(house: Warehouse, words: Iterable[str]) -> list[str]:
    """Every place where one of some words still stands: table.column of the database, its files, labels on disk."""
    assert wms.models.__all__
    sought = [word.casefold() for word in words]
    found = []
    for name, here in Base.metadata.tables.items():
        texts = [column for column in here.c if isinstance(column.type, String | LargeBinary)]
        for row in house.rows(select(*texts)) if texts else ():
            found += [
                f"{name}.{column.name}: {text}" for column, text in zip(texts, row, strict=True) if holds(text, sought)
            ]
    folder = Path(house.settings.printing.folder)
    found += [str(path) for path in folder.rglob("*") if path.is_file() and holds(path.read_bytes(), sought)]
    return found + files_of(house, sought)


def files_of(house: Warehouse, sought: list[str]) -> list[str]:
    """The files of a SQLite database that hold one of some words, whatever its tables say."""
    if not house.store.sqlite:
        return []
    path = Path(str(house.store.engine.url.database))
    return [str(each) for each in path.parent.glob(f"{path.name}*") if holds(each.read_bytes(), sought)]


def holds(value: Any, sought: list[str]) -> bool:
    if isinstance(value, bytes) and value.startswith(PACKED):
        value = zlib.decompress(value)
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return any(word in text.casefold() for word in sought)
