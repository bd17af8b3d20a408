"""Imports by row: what changed, what was rejected, and files that wait to be read.

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-23 00:30:00.000000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wms.db import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATES = "state IN ('draft', 'reading', 'applying', 'done', 'failed')"


def upgrade() -> None:
    """Go one revision forward."""
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(sa.Column("profile", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("mapping", sa.Text(), nullable=False, server_default="{}"))
    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.add_column(sa.Column("campaign_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("operator_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(length=8), nullable=False, server_default="done"))
        batch_op.add_column(sa.Column("profile", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("platform", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("confidence", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("mapping", sa.Text(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("whole", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("orders", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("done", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("error", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("ended_at", Utc(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_import_campaign_id_campaign"), "campaign", ["campaign_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_import_operator_id_operator"), "operator", ["operator_id"], ["id"])
        batch_op.create_check_constraint(op.f("ck_import_state"), STATES)
        batch_op.create_index("ix_import_campaign_id", ["campaign_id", "state"], unique=False)
    make_pieces()
    make_rejects()
    make_changes()
    op.execute(
        "UPDATE import SET campaign_id = (SELECT min(campaign_id) FROM customer_order WHERE import_id = import.id)"
    )


def make_pieces() -> None:
    """Make room for files that wait."""
    op.create_table(
        "import_piece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_import_piece_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_piece")),
    )
    with op.batch_alter_table("import_piece", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_piece_import_id"), ["import_id"], unique=False)


def make_rejects() -> None:
    """Make room for rows that are no orders."""
    op.create_table(
        "import_reject",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_import_reject_import_id_import")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_reject")),
    )
    with op.batch_alter_table("import_reject", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_reject_import_id"), ["import_id"], unique=False)


def make_changes() -> None:
    """Make room for what imports did to orders."""
    op.create_table(
        "import_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('added', 'changed', 'gone', 'back')", name=op.f("ck_import_change_kind")),
        sa.CheckConstraint(
            "decision IN ('', 'applied', 'refused', 'replaced')", name=op.f("ck_import_change_decision")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_import_change_import_id_import")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_import_change_order_id_customer_order")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["operator.id"], name=op.f("fk_import_change_decided_by_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_change")),
    )
    with op.batch_alter_table("import_change", schema=None) as batch_op:
        batch_op.create_index("ix_import_change_import_id", ["import_id", "kind"], unique=False)
        batch_op.create_index("ix_import_change_order_id", ["order_id", "kind"], unique=False)
