"""What people decided about orders in the review, row by row, so that a decision can be taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc


class Decision(Base):
    """One decision of a person about one or many orders: clear, cancel, hold, adopt, merge, both, keep."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_operator_id", "operator_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(24), default="")  # of the holds it was about
    reason: Mapped[str] = mapped_column(String(300), default="")
    orders: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    undone_at: Mapped[datetime | None] = mapped_column(Utc)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class DecisionRow(Base):
    """What a decision did to one order: the hold it closed or opened, the state before, the order it points to."""

    __tablename__ = "decision_row"
    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), index=True)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id"))
    before: Mapped[str] = mapped_column(String(12), default="")
    into_id: Mapped[int | None] = mapped_column(ForeignKey("customer_order.id"), index=True)


class Twin(Base):
    """Two orders that look like one person's, and of which somebody said that both are shipped."""

    __tablename__ = "twin"
    __table_args__ = (UniqueConstraint("low_id", "high_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    low_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"))
    high_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)


class AddressChange(Base):
    """An address that somebody corrected: `fields` is JSON {field: [before, after]}, people's data to be erased."""

    __tablename__ = "address_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    source: Mapped[str] = mapped_column(String(8), default="office")  # office, backer
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)
    fields: Mapped[str] = mapped_column(Text, default="{}")


class CountryRule(Base):
    """A country that a campaign (none: nobody) does not send to, and why."""

    __tablename__ = "country_rule"
    __table_args__ = (UniqueConstraint("campaign_id", "country"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    country: Mapped[str] = mapped_column(String(2))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
