"""A warehouse with something on every page of the office, and people of every role who ask for it."""

from __future__ import annotations

from typing import Any

from bench import Bench
from flask.testing import FlaskClient
from served import PIN
from sqlalchemy import select

from wms import barcodes
from wms.app import create_app
from wms.db import Tx, dumps, table_of
from wms.models.campaigns import Import
from wms.models.counting import Count
from wms.models.inbound import Receipt, ReceiptCarton, ReceiptLine
from wms.models.orders import Order, Recipient
from wms.models.outbound import Pick
from wms.models.printing import PrintJob
from wms.models.shipping import Manifest, Parcel
from wms.models.slotting import MoveTask, PickFace, SlottingMove, SlottingPlan
from wms.operations import directory, master, people, segmenting
from wms.operations.ledger import By, Key, allocate
from wms.operations.segmenting import NewSegment
from wms.queries.segments import SegmentFilter

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
ROLES = ("picker", "packer", "receiver", "supervisor", "admin")
PAGE = {"Accept": "text/html"}


class Desk(Bench):
    """A bench behind the application: `desk.as_("supervisor")` is a client with that person's token."""

    def __init__(self, url: str, **overrides: Any) -> None:
        super().__init__(url, **overrides)
        self.app = create_app(self.settings)
        self.store.close()
        self.store = self.app.extensions["wms.store"]
        self.floor = self.app.extensions["wms.floor"]
        self.badges: dict[str, str] = {}
        self.clients: dict[str, FlaskClient] = {}

    def close(self) -> None:
        """Give everything back."""
        self.app.extensions["wms.ticker"].stop()
        self.store.close()

    def hire(self, role: str) -> str:
        """Return the badge of the person with this role, added when new."""
        if role not in self.badges:
            person = people.Person(f"Pat {role}", PIN, (role,))
            self.badges[role] = self.do(people.add_operator, self.settings.security, person)[1]
        return self.badges[role]

    def as_(self, role: str) -> FlaskClient:
        """Return a client with a person's token, as another system would use it."""
        if role not in self.clients:
            token = self.login(self.app.test_client(), role)["token"]
            self.clients[role] = self.app.test_client()
            self.clients[role].environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return self.clients[role]

    def browser(self, role: str) -> tuple[FlaskClient, str]:
        """Return a client with a person's cookie, and the CSRF token of its pages."""
        client = self.app.test_client()
        return client, self.login(client, role)["csrf"]

    def login(self, client: FlaskClient, role: str) -> dict[str, str]:
        """Open a session and return what the answer says."""
        answer = client.post("/login", json={"badge": self.hire(role), "pin": PIN, "device": f"desk of {role}"})
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def furnish(self) -> Desk:
        """Put one of everything into the house, with names that try to be a script."""
        self.parcel = self.packed({"CORE-RED": 2, "DICE": 1})[0]
        self.put("A-01-1", self.items["CORE-RED"], 12)
        self.held = self.order({"CORE-BLUE": 1}, state="held")
        self.hold(self.held, "ADDRESS_INVALID")
        self.do(self.write_inbound)
        self.do(self.write_outbound)
        self.do(self.write_plans)
        self.do(segmenting.make, By(), self.campaign, NewSegment(HOSTILE[:60], SegmentFilter(rewards=(HOSTILE,))))
        self.do(lambda tx: tx.execute(table_of(Recipient).update().values(name=HOSTILE, email="mia@example.test")))
        return self

    def write_inbound(self, tx: Tx) -> None:
        """Write a receipt with a short carton, a file with a problem, a wished count."""
        tx.execute(table_of(Order).update().values(reward=HOSTILE))
        receipt = master.add(
            tx,
            table_of(Receipt),
            code=barcodes.code("RC", "PL1"),
            number="PL-1",
            owner_id=self.owner,
            supplier=HOSTILE,
            state="receiving",
            created_at=tx.now,
        )
        self.receipt = receipt
        lpn, self.plate = master.add_lpn(tx, "carton", self.places["D1"], receipt_id=receipt)
        facts = {"receipt_id": receipt, "lpn_id": lpn, "state": "received", "received_at": tx.now}
        carton = master.add(tx, table_of(ReceiptCarton), number="1", **facts)
        master.add(tx, table_of(ReceiptLine), carton_id=carton, item_id=self.items["DICE"], expected=5, received=3)
        problems = '[{"line": 7, "field": "qty", "sentence": "is not a number"}]'
        facts = {"filename": f"{HOSTILE}.csv", "sha256": "0", "at": tx.now, "problems": problems}
        master.add(tx, table_of(Import), kind="orders", rows=2, accepted=1, rejected=1, **facts)
        wish = {"location_id": self.places["A-01-1"], "reason": "asked", "asked_at": tx.now}
        master.add(tx, table_of(Count), **wish)

    def write_outbound(self, tx: Tx) -> None:
        """Write a truck, an uncertain label, and a pick of the packed order."""
        order = tx.one(select(table_of(Parcel)).where(table_of(Parcel).c.code == self.parcel)).order_id
        self.done = order
        dock = {"dock_id": self.places["D2"], "carrier_id": self.carriers["POST"], "opened_at": tx.now}
        truck = master.add(tx, table_of(Manifest), code=barcodes.number_code("MF", 1), **dock)
        tx.execute(table_of(Parcel).update().values(manifest_id=truck))
        directory.register(tx, barcodes.number_code("MF", 1), "manifest", truck)
        tx.execute(table_of(PrintJob).update().values(state="uncertain", reason="Printing stopped half way."))
        line = {"order_id": order, "order_line_id": 1, "item_id": self.items["CORE-RED"]}
        spot = {"location_id": self.places["A-01-1"], "list_id": 1}
        master.add(tx, table_of(Pick), qty=2, **line, **spot)
        key: Key = (self.places["A-01-1"], 0, self.items["CORE-RED"], 0, "available")
        allocate(tx, {key: 2})

    def write_plans(self, tx: Tx) -> None:
        """Write pick faces, a refill that waits, a dropped move, and a slotting plan: a chain of three moves."""
        bins, red, dice = self.places, self.items["CORE-RED"], self.items["DICE"]
        for item, place in ((red, "A-01-1"), (dice, "A-02-1")):
            master.add(tx, table_of(PickFace), item_id=item, location_id=bins[place], min_qty=20, max_qty=60)
        spots = {"from_location_id": bins["A-02-3"], "to_location_id": bins["A-01-1"]}
        facts = {"item_id": red, "why": HOSTILE, "asked_at": tx.now}
        master.add(tx, table_of(MoveTask), reason="replenish", qty=30, **spots, **facts)
        master.add(tx, table_of(MoveTask), reason="slotting", qty=3, state="void", done_at=tx.now, **spots, **facts)
        heat = {"visits": {"CORE-RED": 40, "DICE": 300}, "at": {"CORE-RED": [bins["A-01-1"]], "DICE": [bins["A-02-1"]]}}
        walks = {"before_mm": 24_500, "after_mm": 19_100, "orders": 400, "items": 2}
        self.plan = master.add(tx, table_of(SlottingPlan), heat=dumps(heat), made_at=tx.now, why="By route.", **walks)
        steps = ((red, "A-01-1", None), (dice, "A-02-1", "A-01-1"), (red, None, "A-02-1"))
        for rank, (item, source, target) in enumerate(steps, start=1):
            way = {"from_id": bins.get(source or ""), "to_id": bins.get(target or ""), "saved_mm": 1800, "chain": 1}
            master.add(tx, table_of(SlottingMove), plan_id=self.plan, rank=rank, item_id=item, **way)
