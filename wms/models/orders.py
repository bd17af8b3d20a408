"""Orders, the people they go to, their lines, holds and timeline."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc

ORDER_STATES = ("held", "clean", "released", "picking", "picked", "packing", "packed", "shipped", "cancelled")


class Recipient(Base):
    """The table with people's data. The keys are what the review compares people by, made from the other columns."""

    __tablename__ = "recipient"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    line1: Mapped[str] = mapped_column(String(200), default="")
    line2: Mapped[str] = mapped_column(String(200), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(80), default="")
    postal_code: Mapped[str] = mapped_column(String(30), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    uid: Mapped[str] = mapped_column(String(60), default="", index=True)  # the platform's own number of the person
    mail_key: Mapped[str] = mapped_column(String(200), default="", index=True)
    phone_key: Mapped[str] = mapped_column(String(20), default="", index=True)
    place_key: Mapped[str] = mapped_column(String(40), default="", index=True)


class Order(Base):
    """One backer's order. `code` is on labels; (campaign, number) is the platform's natural key.

    Its content and its address are locked each for itself; `lock_at` is when the address locks by itself. An order
    that goes in parts has children: `parent_id` and the number of the `part` (the first is the order itself).
    """

    __tablename__ = "customer_order"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        UniqueConstraint("parent_id", "part"),
        CheckConstraint(f"state IN {ORDER_STATES}", name="state"),
        CheckConstraint("(parent_id IS NULL) = (part = 0)", name="part"),
        Index("ix_customer_order_state", "state"),
        Index("ix_customer_order_lock_at", "lock_at"),
        Index("ix_customer_order_wave_id", "wave_id"),
        Index("ix_customer_order_shape", "campaign_id", "state", "shape"),
        Index("ix_customer_order_recipient_id", "recipient_id"),
        Index("ix_customer_order_number", "number"),
        Index("ix_customer_order_facets", "campaign_id", "state", "country"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[str] = mapped_column(String(60))
    reward: Mapped[str] = mapped_column(String(200), default="")
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    country: Mapped[str] = mapped_column(String(2), default="")
    state: Mapped[str] = mapped_column(String(12), default="held")
    units: Mapped[int] = mapped_column(default=0)
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("wave.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import.id"))
    row_hash: Mapped[str] = mapped_column(String(64), default="")
    raw: Mapped[str] = mapped_column(Text, default="{}")
    map_version: Mapped[int] = mapped_column(default=0, server_default="0")  # of the map that its lines come from
    shape: Mapped[str] = mapped_column(String(16), default="", server_default="")  # what was chosen and is sent
    imported_at: Mapped[datetime] = mapped_column(Utc)
    shipped_at: Mapped[datetime | None] = mapped_column(Utc)
    content_locked_at: Mapped[datetime | None] = mapped_column(Utc)
    address_locked_at: Mapped[datetime | None] = mapped_column(Utc)
    lock_at: Mapped[datetime | None] = mapped_column(Utc)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("customer_order.id"))
    part: Mapped[int] = mapped_column(default=0, server_default="0")
    erased_at: Mapped[datetime | None] = mapped_column(Utc)  # since when nobody knows whose it was


class OrderLine(Base):
    """So many of an item for an order: `picked` into totes, `packed` into parcels."""

    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "item_id"),
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint("packed >= 0 AND packed <= qty AND picked >= 0 AND picked <= qty", name="counts"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    qty: Mapped[int]
    picked: Mapped[int] = mapped_column(default=0)
    packed: Mapped[int] = mapped_column(default=0)


class Hold(Base):
    """Why an order may not go, and who said that it may."""

    __tablename__ = "hold"
    __table_args__ = (
        Index("ix_hold_order_id", "order_id", "cleared_at"),
        Index("ix_hold_open", "cleared_at", "code", "order_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"))
    code: Mapped[str] = mapped_column(String(24))
    detail: Mapped[str] = mapped_column(String(300), default="")
    opened_at: Mapped[datetime] = mapped_column(Utc)
    cleared_at: Mapped[datetime | None] = mapped_column(Utc)
    cleared_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")
    stamp: Mapped[str] = mapped_column(String(16), default="")  # of the address that was doubted, so that it is known
    by_backer: Mapped[bool] = mapped_column(default=False, server_default=false())  # who said that it is right


class OrderEvent(Base):
    """One line of an order's timeline."""

    __tablename__ = "order_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(300), default="")
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
