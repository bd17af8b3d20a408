"""Receipts: what a factory says it packed, carton by carton, and what was counted of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc


class Receipt(Base):
    """An announced delivery (a packing list). Stays open over part runs: expected, receiving, closed."""

    __tablename__ = "receipt"
    __table_args__ = (CheckConstraint("state IN ('expected', 'receiving', 'closed')", name="state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))
    supplier: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(12), default="expected")
    dock_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    created_at: Mapped[datetime] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)


class ReceiptCarton(Base):
    """One carton of a receipt and its licence plate: expected, open, received. `loose` units came without a carton."""

    __tablename__ = "receipt_carton"
    __table_args__ = (
        UniqueConstraint("receipt_id", "number"),
        CheckConstraint("state IN ('expected', 'open', 'received')", name="state"),
        Index("ix_receipt_carton_receipt_id", "receipt_id", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"))
    number: Mapped[str] = mapped_column(String(20))  # the factory's C/NO
    lpn_id: Mapped[int] = mapped_column(ForeignKey("lpn.id"), unique=True)
    loose: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="expected")
    received_at: Mapped[datetime | None] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class ReceiptLine(Base):
    """What one carton should hold of one item, and what was counted: good, and damaged beside it.

    `spare` goods are for replacements: they are received in the condition of that name.
    """

    __tablename__ = "receipt_line"
    __table_args__ = (
        UniqueConstraint("carton_id", "item_id", "lot_code", "spare"),
        CheckConstraint("expected >= 0 AND received >= 0 AND damaged >= 0", name="counts"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    carton_id: Mapped[int] = mapped_column(ForeignKey("receipt_carton.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    lot_code: Mapped[str] = mapped_column(String(40), default="")
    expiry: Mapped[date | None] = mapped_column(Date)
    spare: Mapped[bool] = mapped_column(default=False)
    expected: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    damaged: Mapped[int] = mapped_column(default=0)
