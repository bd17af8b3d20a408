"""Segments that are released together, the check of a pilot's parcels, and orders that go in parts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc

VERDICTS = ("right", "wrong", "excused")


class Segment(Base):
    """A saved filter over a campaign's orders; its members are frozen when its first wave goes. Lower priorities are
    served first. Who signed that its goods may go before backers' is kept."""

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    name: Mapped[str] = mapped_column(String(60))
    filters: Mapped[str] = mapped_column(Text, default="{}")
    priority: Mapped[int] = mapped_column(default=100, server_default="100")
    made_at: Mapped[datetime] = mapped_column(Utc)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    frozen_at: Mapped[datetime | None] = mapped_column(Utc)
    signed_at: Mapped[datetime | None] = mapped_column(Utc)
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    sign_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")


class SegmentOrder(Base):
    """An order that belongs to a frozen segment, whatever becomes of the facts that the filter asked for."""

    __tablename__ = "segment_order"
    __table_args__ = (Index("ix_segment_order_order_id", "order_id"),)
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), primary_key=True)


class PilotCheck(Base):
    """What a second person said about a packed parcel of a pilot, or why an order of it (no parcel) is excused."""

    __tablename__ = "pilot_check"
    __table_args__ = (
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        CheckConstraint("(parcel_id IS NULL) = (verdict = 'excused')", name="parcel"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), index=True)
    parcel_id: Mapped[int | None] = mapped_column(ForeignKey("parcel.id"), unique=True)
    verdict: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    at: Mapped[datetime] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class SplitLine(Base):
    """An item of an order that goes in parts: of what was pledged, so much stays and so much comes later."""

    __tablename__ = "split_line"
    __table_args__ = (
        UniqueConstraint("order_id", "item_id"),
        CheckConstraint("kept >= 0 AND moved >= 0 AND kept + moved = pledged", name="sum"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    pledged: Mapped[int]
    kept: Mapped[int]
    moved: Mapped[int]
