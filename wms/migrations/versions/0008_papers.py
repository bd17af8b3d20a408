"""Papers that go back to the platforms.

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-23 00:30:00.000000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wms.db import Utc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_export_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_export_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index("ix_export_campaign_id", "export", ["campaign_id", "kind"])
    op.create_table(
        "export_parcel",
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["export_id"], ["export.id"], name=op.f("fk_export_parcel_export_id_export")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_export_parcel_parcel_id_parcel")),
        sa.PrimaryKeyConstraint("export_id", "parcel_id", name=op.f("pk_export_parcel")),
    )
    op.create_index(op.f("ix_export_parcel_parcel_id"), "export_parcel", ["parcel_id"])
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tracking", sa.String(length=40), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_parcel_tracking"), ["tracking"])
