"""Mails to backers: how they are worded, each send-out with its wording frozen, a row a mail, and the way out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc

MAIL_STATES = ("queued", "sending", "sent", "failed", "uncertain", "void")
MAIL_KINDS = ("survey", "reminder", "final", "changed")


class MailWording(Base):
    """How a campaign words one kind of mail. A draft until somebody approves the version that they saw."""

    __tablename__ = "mail_wording"
    __table_args__ = (
        UniqueConstraint("campaign_id", "kind"),
        CheckConstraint(f"kind IN {MAIL_KINDS}", name="kind"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    saved_at: Mapped[datetime] = mapped_column(Utc)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Utc)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class Mailing(Base):
    """One send-out: by our own mails, as a list that the creator sends, or as a test to somebody in the house.

    Its wording is frozen. `whom` names who it is for; a list waits until somebody says that it went out (`went_at`).
    """

    __tablename__ = "mailing"
    __table_args__ = (
        CheckConstraint(f"kind IN {MAIL_KINDS}", name="kind"),
        CheckConstraint("way IN ('mail', 'list', 'test')", name="way"),
        Index("ix_mailing_campaign_id", "campaign_id", "kind"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str] = mapped_column(String(8))
    way: Mapped[str] = mapped_column(String(4))
    whom: Mapped[str] = mapped_column(String(60), default="")
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    orders: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    stopped_at: Mapped[datetime | None] = mapped_column(Utc)
    went_at: Mapped[datetime | None] = mapped_column(Utc)


class Mail(Base):
    """One mail about one order (none: a test). To whom it goes is looked up when it goes, and kept in `address`.

    A queued one with a lease is in a sender's hand and nothing of it is out; `sending` may be out. What was sending
    when its sender was lost is uncertain, and a person decides: nothing uncertain is ever sent again by itself.
    `fence` counts the leases: who holds an older number writes nothing. `tries` counts what the server put off.
    """

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint(f"state IN {MAIL_STATES}", name="state"),
        Index("ix_mail_state", "state", "run_at"),
        Index("ix_mail_mailing_id", "mailing_id", "state"),
        Index("ix_mail_order_id", "order_id"),
        Index("ix_mail_begun_at", "begun_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("customer_order.id"))
    address: Mapped[str] = mapped_column(String(200), default="", server_default="")
    state: Mapped[str] = mapped_column(String(10), default="queued", server_default="queued")
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")  # the server's words
    why: Mapped[str] = mapped_column(String(200), default="", server_default="")  # what a person decided about it
    fence: Mapped[int] = mapped_column(default=0, server_default="0")
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    run_at: Mapped[datetime] = mapped_column(Utc)
    lease_until: Mapped[datetime | None] = mapped_column(Utc)
    begun_at: Mapped[datetime | None] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))  # who decided


class MailServer(Base):
    """The way out, one row: whether somebody stopped it, what is wrong with the server, when it is tried again."""

    __tablename__ = "mail_server"
    id: Mapped[int] = mapped_column(primary_key=True)
    stopped_at: Mapped[datetime | None] = mapped_column(Utc)
    stopped_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    trouble: Mapped[str] = mapped_column(String(300), default="", server_default="")
    trouble_since: Mapped[datetime | None] = mapped_column(Utc)
    failures: Mapped[int] = mapped_column(default=0, server_default="0")  # in a row
    retry_at: Mapped[datetime | None] = mapped_column(Utc)
