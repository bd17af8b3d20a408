"""Carton types, carriers, parcels and manifests: the way out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc


class CartonType(Base):
    """A box we pack into; inner size in mm, tare and limit in g, cost in the smallest coin."""

    __tablename__ = "carton_type"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    length_mm: Mapped[int]
    width_mm: Mapped[int]
    height_mm: Mapped[int]
    tare_g: Mapped[int] = mapped_column(default=0)
    max_g: Mapped[int] = mapped_column(default=30000)
    cost: Mapped[int] = mapped_column(default=0)


class Carrier(Base):
    """Who takes parcels, to which countries (`*` or a comma list), and when the truck leaves (HH:MM, "" unknown)."""

    __tablename__ = "carrier"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    countries: Mapped[str] = mapped_column(String(400), default="*")
    cutoff: Mapped[str] = mapped_column(String(5), default="")


class Manifest(Base):
    """What one truck took: open, closed (handed over)."""

    __tablename__ = "manifest"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    dock_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    state: Mapped[str] = mapped_column(String(8), default="open")
    opened_at: Mapped[datetime] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class Parcel(Base):
    """A box for one order; its content is the stock on its licence plate. open, packed, loaded, shipped, void."""

    __tablename__ = "parcel"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'packed', 'loaded', 'shipped', 'void')", name="state"),
        Index("ix_parcel_state", "state", "carrier_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    lpn_id: Mapped[int] = mapped_column(ForeignKey("lpn.id"), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), index=True)
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"))
    carton_id: Mapped[int | None] = mapped_column(ForeignKey("carton_type.id"))
    manifest_id: Mapped[int | None] = mapped_column(ForeignKey("manifest.id"), index=True)
    station_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    state: Mapped[str] = mapped_column(String(8), default="open")
    weight_g: Mapped[int] = mapped_column(default=0)
    expected_g: Mapped[int] = mapped_column(default=0)
    tracking: Mapped[str] = mapped_column(String(40), default="", server_default="", index=True)  # the carrier's number
    opened_at: Mapped[datetime] = mapped_column(Utc)
    packed_at: Mapped[datetime | None] = mapped_column(Utc)
    packed_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    shipped_at: Mapped[datetime | None] = mapped_column(Utc)


class ParcelLine(Base):
    """What was verified into a parcel, unit by unit."""

    __tablename__ = "parcel_line"
    __table_args__ = (UniqueConstraint("parcel_id", "order_line_id", "lot_id"), CheckConstraint("qty >= 0", name="qty"))
    id: Mapped[int] = mapped_column(primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), default=0)
    qty: Mapped[int] = mapped_column(default=0)
