"""People's data: what was erased and why, and who took or looked at what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc

ACCESS_KINDS = ("file", "search", "address", "person")


class Erasure(Base):
    """One erasing of people's data: of an order with its parts, or of all of a campaign; `done` orders so far.

    `forced` says that orders which were still open were cancelled for it; nobody's `operator_id`: their time was over.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done')", name="state"),
        CheckConstraint("(campaign_id IS NULL) <> (order_id IS NULL)", name="whose"),
        Index("ix_erasure_state", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("customer_order.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    forced: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(8), default="running")
    orders: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[str] = mapped_column(Text, default="{}")  # JSON: table -> rows that were blanked
    files: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class Access(Base):
    """Somebody took people's data out of the house, or looked at them: who, what and how many, never whose by name."""

    __tablename__ = "access_log"
    __table_args__ = (
        CheckConstraint(f"kind IN {ACCESS_KINDS}", name="kind"),
        Index("ix_access_log_order_id", "order_id", "at"),
        Index("ix_access_log_operator_id", "operator_id", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    kind: Mapped[str] = mapped_column(String(8))
    what: Mapped[str] = mapped_column(String(80), default="")
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("customer_order.id"))
    rows: Mapped[int] = mapped_column(default=0)
