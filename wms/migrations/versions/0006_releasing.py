"""Locks, segments, the gate and split shipments.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-23 00:30:00.000000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wms.db import Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What left the desk before there were locks is locked since it was released.
LOCK_OLD = """
    UPDATE customer_order SET
        content_locked_at = COALESCE((SELECT released_at FROM wave WHERE wave.id = wave_id), imported_at),
        address_locked_at = COALESCE((SELECT released_at FROM wave WHERE wave.id = wave_id), imported_at)
    WHERE state NOT IN ('held', 'clean', 'cancelled')
"""


def upgrade() -> None:
    """Go one revision forward."""
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gated", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("channel", sa.String(length=8), nullable=False, server_default="backers"))
    make_segments()
    widen_orders()
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.add_column(sa.Column("segment_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("job_key", sa.String(length=60), nullable=True))
        batch_op.create_foreign_key(op.f("fk_wave_segment_id_segment"), "segment", ["segment_id"], ["id"])
        batch_op.create_unique_constraint(op.f("uq_wave_job_key"), ["job_key"])
        batch_op.create_index(batch_op.f("ix_wave_segment_id"), ["segment_id"], unique=False)
    make_checks()
    op.execute(LOCK_OLD)


def make_segments() -> None:
    """Make segments and their frozen members."""
    op.create_table(
        "segment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False, server_default="100"),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("frozen_at", Utc(), nullable=True),
        sa.Column("signed_at", Utc(), nullable=True),
        sa.Column("signed_by", sa.Integer(), nullable=True),
        sa.Column("sign_reason", sa.String(length=200), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_segment_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["made_by"], ["operator.id"], name=op.f("fk_segment_made_by_operator")),
        sa.ForeignKeyConstraint(["signed_by"], ["operator.id"], name=op.f("fk_segment_signed_by_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        sa.UniqueConstraint("campaign_id", "name", name=op.f("uq_segment_campaign_id_name")),
    )
    op.create_table(
        "segment_order",
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"], name=op.f("fk_segment_order_segment_id_segment")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_segment_order_order_id_customer_order")
        ),
        sa.PrimaryKeyConstraint("segment_id", "order_id", name=op.f("pk_segment_order")),
    )
    op.create_index("ix_segment_order_order_id", "segment_order", ["order_id"], unique=False)


def widen_orders() -> None:
    """Give orders their locks and their parts."""
    with op.batch_alter_table("customer_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("content_locked_at", Utc(), nullable=True))
        batch_op.add_column(sa.Column("address_locked_at", Utc(), nullable=True))
        batch_op.add_column(sa.Column("lock_at", Utc(), nullable=True))
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("part", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_foreign_key(
            op.f("fk_customer_order_parent_id_customer_order"), "customer_order", ["parent_id"], ["id"]
        )
        batch_op.create_unique_constraint(op.f("uq_customer_order_parent_id_part"), ["parent_id", "part"])
        batch_op.create_check_constraint(op.f("ck_customer_order_part"), "(parent_id IS NULL) = (part = 0)")
        batch_op.create_index("ix_customer_order_lock_at", ["lock_at"], unique=False)


def make_checks() -> None:
    """Make the pilot's checks and the lines of orders that go in parts."""
    op.create_table(
        "pilot_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("verdict IN ('right', 'wrong', 'excused')", name=op.f("ck_pilot_check_verdict")),
        sa.CheckConstraint("(parcel_id IS NULL) = (verdict = 'excused')", name=op.f("ck_pilot_check_parcel")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_pilot_check_order_id_customer_order")
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_pilot_check_parcel_id_parcel")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_pilot_check_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot_check")),
        sa.UniqueConstraint("parcel_id", name=op.f("uq_pilot_check_parcel_id")),
    )
    op.create_index(op.f("ix_pilot_check_order_id"), "pilot_check", ["order_id"], unique=False)
    op.create_table(
        "split_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("pledged", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.CheckConstraint("kept >= 0 AND moved >= 0 AND kept + moved = pledged", name=op.f("ck_split_line_sum")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_split_line_order_id_customer_order")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_split_line_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_split_line")),
        sa.UniqueConstraint("order_id", "item_id", name=op.f("uq_split_line_order_id_item_id")),
    )
