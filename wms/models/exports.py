"""What went back to a platform: which parcels' numbers were told it, and when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc


class Export(Base):
    """One set of files that was made for somebody outside; `kind` is the platform's tracking profile."""

    __tablename__ = "export"
    __table_args__ = (Index("ix_export_campaign_id", "campaign_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    orders: Mapped[int] = mapped_column(default=0)
    parcels: Mapped[int] = mapped_column(default=0)


class ExportParcel(Base):
    """A parcel whose number an export told for the first time."""

    __tablename__ = "export_parcel"
    export_id: Mapped[int] = mapped_column(ForeignKey("export.id"), primary_key=True)
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"), primary_key=True, index=True)
