"""Personal data goes when its time is over.

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-23 04:00:00.000000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wms.db import Utc

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one revision forward: what is there stays; nothing is erased before somebody closes its campaign."""
    op.add_column("campaign", sa.Column("closed_at", Utc(), nullable=True))
    op.add_column("customer_order", sa.Column("erased_at", Utc(), nullable=True))
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done')", name=op.f("ck_erasure_state")),
        sa.CheckConstraint("(campaign_id IS NULL) <> (order_id IS NULL)", name=op.f("ck_erasure_whose")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_erasure_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_erasure_order_id_customer_order")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_erasure_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index("ix_erasure_state", "erasure", ["state"])
    op.create_index(op.f("ix_erasure_campaign_id"), "erasure", ["campaign_id"])
    op.create_index(op.f("ix_erasure_order_id"), "erasure", ["order_id"])
    add_access_log()


def add_access_log() -> None:
    """Add who took or looked at people's data."""
    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('file', 'search', 'address', 'person')", name=op.f("ck_access_log_kind")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_access_log_operator_id_operator")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_access_log_campaign_id_campaign")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_access_log_order_id_customer_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index("ix_access_log_order_id", "access_log", ["order_id", "at"])
    op.create_index("ix_access_log_operator_id", "access_log", ["operator_id", "at"])
