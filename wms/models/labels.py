"""Label templates as the site changed them, version by version, and the serials of SSCCs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc


class LabelTemplate(Base):
    """One version of a template, never edited: the newest is in force. Version 0 is the file that is shipped."""

    __tablename__ = "label_template"
    __table_args__ = (UniqueConstraint("name", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(String(120), default="")  # why, in the words of who wrote it
    made_at: Mapped[datetime] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class Sscc(Base):
    """A serial shipping container code: its id is the serial, so that none is ever given twice; rows are never deleted.

    One licence plate keeps its SSCC for good.
    """

    __tablename__ = "sscc"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(18), unique=True)
    lpn_id: Mapped[int] = mapped_column(ForeignKey("lpn.id"), unique=True)
    made_at: Mapped[datetime] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
