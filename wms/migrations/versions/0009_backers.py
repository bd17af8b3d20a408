"""Backers confirm: links, surveys.

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-23 04:00:00.000000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wms.db import Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one revision forward: nobody has a link yet, and no hold was cleared by a backer."""
    add_pages()
    add_surveys()
    op.add_column("hold", sa.Column("by_backer", sa.Boolean(), server_default=sa.false(), nullable=False))


def add_pages() -> None:
    """Add the pages of backers."""
    op.create_table(
        "backer_page",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.Column("confirmed_at", Utc(), nullable=True),
        sa.Column("confirmed", sa.String(length=16), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_backer_page_order_id_customer_order")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_backer_page")),
    )


def add_surveys() -> None:
    """Add surveys and their questions."""
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("intro", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("sent_at", Utc(), nullable=True),
        sa.Column("sent_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_survey_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["made_by"], ["operator.id"], name=op.f("fk_survey_made_by_operator")),
        sa.ForeignKeyConstraint(["sent_by"], ["operator.id"], name=op.f("fk_survey_sent_by_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_survey_campaign_id")),
    )
    op.create_table(
        "survey_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("help", sa.String(length=300), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("rewards", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('choice', 'text', 'tax_id')", name=op.f("ck_survey_question_kind")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_question_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_question")),
        sa.UniqueConstraint("survey_id", "title", name=op.f("uq_survey_question_survey_id_title")),
    )
    op.create_index("ix_survey_question_rank", "survey_question", ["survey_id", "rank"])
