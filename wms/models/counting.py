"""Cycle counts: who counted what where, against which book."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc


class Count(Base):
    """A wish to count one place: open, counting, done, or replaced by a recount by somebody else."""

    __tablename__ = "count"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'counting', 'done', 'recount')", name="state"),
        Index("ix_count_state", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    reason: Mapped[str] = mapped_column(String(20))  # short, zero-check, cycle, asked, recount
    state: Mapped[str] = mapped_column(String(8), default="open")
    recount_of: Mapped[int | None] = mapped_column(ForeignKey("count.id"))
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    asked_at: Mapped[datetime] = mapped_column(Utc)
    done_at: Mapped[datetime | None] = mapped_column(Utc)


class CountLine(Base):
    """One item counted in a place: what the book said when it was closed, and what was there."""

    __tablename__ = "count_line"
    __table_args__ = (
        UniqueConstraint("count_id", "item_id", "lot_id"),
        CheckConstraint("counted >= 0", name="counted"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    count_id: Mapped[int] = mapped_column(ForeignKey("count.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), default=0)
    counted: Mapped[int] = mapped_column(default=0)
    book: Mapped[int | None]
