"""A campaign whose backers are written to: a house with a mail server, wordings that are approved, orders to tell."""

from __future__ import annotations

import threading
from typing import Any

from backers import Campaign, backer
from postbox import Postbox
from sqlalchemy import select, update
from warehouse import Warehouse

from wms.db import table_of
from wms.models.mail import Mail, Mailing
from wms.models.orders import Order, OrderEvent
from wms.operations import mailing, noticing, posting, wording
from wms.operations.ledger import By
from wms.operations.mailing import Queued
from wms.operations.noticing import Wish
from wms.settings import Links
from wms.settings import Mail as MailSettings

mails, mailings, orders, events = table_of(Mail), table_of(Mailing), table_of(Order), table_of(OrderEvent)
SECTIONS = {"links": Links(base_url="https://check.example.test")}


def section(port: int, **more: Any) -> MailSettings:
    """The settings of a mail server on this machine."""
    facts: dict[str, Any] = {"host": "127.0.0.1", "port": port, "tls": "none", "sender": "post@house.example.test"}
    return MailSettings(**(facts | {"per_minute": 10_000, "seconds": 1} | more))


class Desk:
    """A campaign of a warehouse, and the server that its mails go through."""

    def __init__(self, warehouse: Warehouse, box: Postbox, people: int = 3) -> None:
        self.house, self.box = warehouse, box
        self.house.item("CORE-RED")
        self.campaign = Campaign(warehouse, Core="CORE-RED")
        self.campaign.review(*(backer(n, "2 Core") for n in range(1, people + 1)))
        for kind in ("survey", "reminder", "final", "changed"):
            self.house.do(wording.approve, By(), self.campaign.id, kind, 0)

    def send(self, kind: str, **more: Any) -> Queued:
        """Write a send-out to all who are due."""
        wish = Wish(self.campaign.id, kind, **more)
        return self.house.do(noticing.send, self.house.settings, By(), wish)  # type: ignore[no-any-return]

    def post(self) -> int:
        """Let the lane run until nothing is due."""
        return posting.send_due(self.house.store, self.house.settings, threading.Event())

    def states(self) -> list[str]:
        """The states of all mails, by id."""
        return [row.state for row in self.house.rows(select(mails.c.state).order_by(mails.c.id))]

    def mail(self, number: int = 1) -> Any:
        """The first mail about an order."""
        mine = select(mails).join(orders, orders.c.id == mails.c.order_id).where(orders.c.number == str(number))
        return self.house.rows(mine.order_by(mails.c.id))[0]

    def decide(self, what: str, number: int = 1, reason: str = "They called.") -> None:
        """Let a person decide about a mail."""
        more = (self.house.settings,) if what == "arrived" else ()
        self.house.do(getattr(mailing, what), *more, By(), self.mail(number).id, reason)

    def hurry(self) -> None:
        """Let time pass for what was put off, and for the server's rest."""
        self.house.do(mailing.go_on)
        self.house.do(lambda tx: tx.execute(update(mails).values(run_at=tx.now)))

    def said(self, number: int = 1) -> list[str]:
        """What an order's timeline says of mails."""
        mine = select(events.c.text).where(events.c.order_id == self.campaign.order(number).id)
        return [row.text for row in self.house.rows(mine.where(events.c.kind.in_(("mail", "notice"))))]
