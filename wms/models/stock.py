"""Stock: lots, licence plates, balances, and the append-only ledger they are the sum of."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc

AVAILABLE, QUARANTINE, DAMAGED, HOLD, SPARE = "available", "quarantine", "damaged", "hold", "spare"
CONDITIONS = (AVAILABLE, QUARANTINE, DAMAGED, HOLD, SPARE)
LOOSE = 0  # the LPN id of units that stand on no licence plate
NO_LOT = 0  # the lot id of items that are not lot-tracked
LPN_KINDS = ("loose", "carton", "pallet", "tote", "parcel")


class Lot(Base):
    """A production lot of an item. Row 0 is "no lot", so that keys hold no NULL."""

    __tablename__ = "lot"
    __table_args__ = (UniqueConstraint("item_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    code: Mapped[str] = mapped_column(String(40))
    expiry: Mapped[date | None] = mapped_column(Date)


class Lpn(Base):
    """A licence plate: a carton, a tote or a parcel that moves with its content. Row 0 is "loose".

    A tote in use belongs to a pick list (`list_id`) and, when picked per order, to one order (`order_id`).
    """

    __tablename__ = "lpn"
    __table_args__ = (
        CheckConstraint(f"kind IN {LPN_KINDS}", name="kind"),
        Index("ix_lpn_kind_location", "kind", "location_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    order_id: Mapped[int | None] = mapped_column(index=True)
    list_id: Mapped[int | None] = mapped_column(index=True)
    receipt_id: Mapped[int | None] = mapped_column(index=True)


class Stock(Base):
    """The balance of one (place, LPN, item, lot, condition); written by operations/ledger.py only."""

    __tablename__ = "stock"
    __table_args__ = (
        UniqueConstraint("location_id", "lpn_id", "item_id", "lot_id", "condition"),
        CheckConstraint("qty >= 0 AND allocated >= 0 AND allocated <= qty", name="balance"),
        CheckConstraint(f"condition IN {CONDITIONS}", name="condition"),
        Index("ix_stock_item_id", "item_id", "condition"),
        Index("ix_stock_lpn_id", "lpn_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    lpn_id: Mapped[int] = mapped_column(ForeignKey("lpn.id"), default=LOOSE)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), default=NO_LOT)
    condition: Mapped[str] = mapped_column(String(12), default=AVAILABLE)
    qty: Mapped[int] = mapped_column(default=0)
    allocated: Mapped[int] = mapped_column(default=0)


class StockMove(Base):
    """One movement, never edited: `qty` units of an item from one place to another, and why.

    `condition` is the condition they leave in, `to_condition` the one they arrive in (a damage is such a move).
    """

    __tablename__ = "stock_move"
    __table_args__ = (
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint(
            "from_location_id <> to_location_id OR from_lpn_id <> to_lpn_id OR condition <> to_condition", name="moves"
        ),
        Index("ix_stock_move_item_id", "item_id", "id"),
        Index("ix_stock_move_scan_id", "scan_id"),
        Index("ix_stock_move_document", "document"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), default=NO_LOT)
    qty: Mapped[int]
    condition: Mapped[str] = mapped_column(String(12))
    to_condition: Mapped[str] = mapped_column(String(12))
    from_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    from_lpn_id: Mapped[int] = mapped_column(ForeignKey("lpn.id"), default=LOOSE)
    to_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    to_lpn_id: Mapped[int] = mapped_column(ForeignKey("lpn.id"), default=LOOSE)
    reason: Mapped[str] = mapped_column(String(20))
    document: Mapped[str] = mapped_column(String(40), default="")
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    task_id: Mapped[int | None]
    scan_id: Mapped[str | None] = mapped_column(String(64))


class Serial(Base):
    """One serial-tracked unit and where it is; a unit is in exactly one place."""

    __tablename__ = "serial"
    __table_args__ = (UniqueConstraint("item_id", "serial"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    serial: Mapped[str] = mapped_column(String(60))
    parcel_id: Mapped[int | None] = mapped_column(ForeignKey("parcel.id"))
    scanned_at: Mapped[datetime] = mapped_column(Utc)
