"""Label templates by version, and serials of SSCCs

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-22 22:40:00.000000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wms.db import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "label_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_label_template_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_template")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_label_template_name_version")),
    )
    op.create_table(
        "sscc",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=True),
        sa.Column("lpn_id", sa.Integer(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["lpn_id"], ["lpn.id"], name=op.f("fk_sscc_lpn_id_lpn")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_sscc_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sscc")),
        sa.UniqueConstraint("code", name=op.f("uq_sscc_code")),
        sa.UniqueConstraint("lpn_id", name=op.f("uq_sscc_lpn_id")),
        sqlite_autoincrement=True,
    )
