"""Owners, items, their packagings, kits, and the directory of every scannable code."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base


class Owner(Base):
    """A creator whose goods are on our floor."""

    __tablename__ = "owner"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(120))


class Item(Base):
    """One SKU. Quantities everywhere are counts of its smallest unit; sizes in mm, weight in g."""

    __tablename__ = "item"
    __table_args__ = (CheckConstraint("weight_g >= 0", name="weight"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"), index=True)
    sku: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    barcode: Mapped[str] = mapped_column(String(60))  # what its label encodes: an EAN, or the SKU
    weight_g: Mapped[int] = mapped_column(default=0)
    length_mm: Mapped[int] = mapped_column(default=0)
    width_mm: Mapped[int] = mapped_column(default=0)
    height_mm: Mapped[int] = mapped_column(default=0)
    hs_code: Mapped[str] = mapped_column(String(12), default="")
    origin: Mapped[str] = mapped_column(String(2), default="")
    value: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=Decimal(0))
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    colour: Mapped[str] = mapped_column(String(7), default="")  # of its picture, #rrggbb
    hazard: Mapped[str] = mapped_column(String(20), default="")
    lot_tracked: Mapped[bool] = mapped_column(default=False)
    expiry_tracked: Mapped[bool] = mapped_column(default=False)
    serial_tracked: Mapped[bool] = mapped_column(default=False)
    fragile: Mapped[bool] = mapped_column(default=False)  # nothing heavier may lie above it in a parcel
    upright: Mapped[bool] = mapped_column(default=False)  # its height stays upright in a parcel
    soft: Mapped[bool] = mapped_column(default=False)  # takes any shape: its sizes tell its volume
    is_kit: Mapped[bool] = mapped_column(default=False)


class Packaging(Base):
    """A case of an item: its barcode counts `qty` units."""

    __tablename__ = "packaging"
    __table_args__ = (CheckConstraint("qty > 0", name="qty"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    qty: Mapped[int]


class KitLine(Base):
    """A kit is sold as one thing and picked as its components."""

    __tablename__ = "kit_line"
    __table_args__ = (UniqueConstraint("kit_id", "item_id"), CheckConstraint("qty > 0", name="qty"))
    id: Mapped[int] = mapped_column(primary_key=True)
    kit_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    qty: Mapped[int]


class Code(Base):
    """The directory: every code on every label, and the one thing it names. Written by operations/directory.py.

    `kind` is location, item, lpn, tote, parcel, order, list, receipt, manifest, carton or badge; `ref` its row's id;
    `qty` how many units an item code counts.
    """

    __tablename__ = "code"
    __table_args__ = (Index("ix_code_kind_ref", "kind", "ref"),)
    code: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    ref: Mapped[int]
    qty: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(80), default="")  # how people call it: A-03-12-B, CORE-RED, tote 14
