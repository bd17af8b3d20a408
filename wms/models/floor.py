"""Tasks (someone's place in a flow) and scans (what was asked, and the answer it got for ever)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc


class Task(Base):
    """Where one person is in one flow. `memo` (small JSON) holds what they have in hand; `subject` what they work on.

    Open while `closed_at` is empty. A subject such as `list:17` is claimed by at most one open task.
    """

    __tablename__ = "task"
    __table_args__ = (Index("ix_task_operator_id", "operator_id", "closed_at"), Index("ix_task_subject", "subject"))
    id: Mapped[int] = mapped_column(primary_key=True)
    flow: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(20))
    turn: Mapped[int] = mapped_column(default=0)
    subject: Mapped[str] = mapped_column(String(40), default="")
    memo: Mapped[str] = mapped_column(Text, default="{}")
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    opened_at: Mapped[datetime] = mapped_column(Utc)
    seen_at: Mapped[datetime] = mapped_column(Utc, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)


class Scan(Base):
    """One scan and its answer. The client made the id; the same id always gets the same answer and never acts twice."""

    __tablename__ = "scan"
    __table_args__ = (Index("ix_scan_operator_id", "operator_id", "at"), Index("ix_scan_task_id", "task_id"))
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    task_id: Mapped[int | None]
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    flow: Mapped[str] = mapped_column(String(12), default="")
    turn: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    tone: Mapped[str] = mapped_column(String(4))
    refusal: Mapped[str] = mapped_column(String(40), default="")
    answer: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc, index=True)
