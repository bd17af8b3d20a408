"""Printing: agents, what a printer serves and falls back to, what it told of itself, claimed labels, reasons of copies

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22 21:25:00.000000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wms.db import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = "state IN ('queued', 'claimed', 'sending', 'sent', 'confirmed', 'uncertain', 'failed', 'void')"


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "print_agent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=True),
        sa.Column("revoked_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_agent")),
        sa.UniqueConstraint("name", name=op.f("uq_print_agent_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_print_agent_token_hash")),
    )
    with op.batch_alter_table("printer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("labels", sa.String(length=80), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("fallback_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("agent_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("model", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("firmware", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("told_dpi", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_foreign_key(op.f("fk_printer_fallback_id_printer"), "printer", ["fallback_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_printer_agent_id_print_agent"), "print_agent", ["agent_id"], ["id"])
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("why", sa.String(length=120), nullable=False, server_default=""))
        batch_op.drop_constraint(op.f("ck_print_job_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_print_job_state"), STATES)
        batch_op.drop_index("ix_print_job_state")
        batch_op.create_index(batch_op.f("ix_print_job_subject"), ["subject"], unique=False)
        batch_op.create_index("ix_print_job_state", ["state", "printer_id", "id"], unique=False)
