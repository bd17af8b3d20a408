"""What backers do on their own page, reached by a link: confirm, answer a survey; and the survey's questions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc

KINDS = ("choice", "text", "tax_id")


class BackerPage(Base):
    """The page of an order's backer. Its links are signed with the `nonce`, a secret: another one revokes them all.

    `confirmed` is a stamp of what the backer said is right, so that a later change is known. Parts have their whole's.
    """

    __tablename__ = "backer_page"
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(Utc)
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    confirmed_at: Mapped[datetime | None] = mapped_column(Utc)
    confirmed: Mapped[str] = mapped_column(String(16), default="", server_default="")


class Survey(Base):
    """The questions of a campaign: a draft until it is sent, once; then they stay as they are."""

    __tablename__ = "survey"
    __table_args__ = (UniqueConstraint("campaign_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    intro: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    made_at: Mapped[datetime] = mapped_column(Utc)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    sent_at: Mapped[datetime | None] = mapped_column(Utc)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class SurveyQuestion(Base):
    """One question: a choice, a free text, or the tax number; to everybody, or to who pledged some rewards.

    Its answer is kept with the order under its `title`, where the reward map finds it.
    """

    __tablename__ = "survey_question"
    __table_args__ = (
        UniqueConstraint("survey_id", "title"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        Index("ix_survey_question_rank", "survey_id", "rank"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    rank: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(120))
    help: Mapped[str] = mapped_column(String(300), default="")
    choices: Mapped[str] = mapped_column(Text, default="[]")  # JSON: what may be chosen
    rewards: Mapped[str] = mapped_column(Text, default="[]")  # JSON: who is asked; empty: everybody
    required: Mapped[bool]
