"""Campaigns, the map from rewards to SKUs, and the record of every imported file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc


class Campaign(Base):
    """A creator's campaign on a platform."""

    __tablename__ = "campaign"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    platform: Mapped[str] = mapped_column(String(20), default="")


class Reward(Base):
    """One line of the map: a reward, item column or add-on of the report is so many of an item; no item = ignore."""

    __tablename__ = "reward"
    __table_args__ = (Index("ix_reward_key", "campaign_id", "source", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    source: Mapped[str] = mapped_column(String(8))  # reward, item, addon
    key: Mapped[str] = mapped_column(String(200))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    qty: Mapped[int] = mapped_column(default=1)


class Import(Base):
    """One file that was read: rows = accepted + rejected + unchanged, with the reasons of the rejected ones."""

    __tablename__ = "import"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # orders, packing, items, site
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    rows: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    problems: Mapped[str] = mapped_column(Text, default="[]")  # JSON: [{line, field, sentence}]
