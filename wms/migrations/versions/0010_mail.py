"""Mails to backers.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-23 04:00:00.000000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wms.db import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
KINDS = "kind IN ('survey', 'reminder', 'final', 'changed')"


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "mail_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", Utc(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", Utc(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_mail_wording_kind")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_mail_wording_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["saved_by"], ["operator.id"], name=op.f("fk_mail_wording_saved_by_operator")),
        sa.ForeignKeyConstraint(["approved_by"], ["operator.id"], name=op.f("fk_mail_wording_approved_by_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_wording")),
        sa.UniqueConstraint("campaign_id", "kind", name=op.f("uq_mail_wording_campaign_id_kind")),
    )
    op.create_table(
        "mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("way", sa.String(length=4), nullable=False),
        sa.Column("whom", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("stopped_at", Utc(), nullable=True),
        sa.Column("went_at", Utc(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_mailing_kind")),
        sa.CheckConstraint("way IN ('mail', 'list', 'test')", name=op.f("ck_mailing_way")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_mailing_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_mailing_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    op.create_index("ix_mailing_campaign_id", "mailing", ["campaign_id", "kind"])
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("state", sa.String(length=10), nullable=False, server_default="queued"),
        sa.Column("reason", sa.String(length=300), nullable=False, server_default=""),
        sa.Column("why", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("fence", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("run_at", Utc(), nullable=False),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("begun_at", Utc(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'uncertain', 'void')", name=op.f("ck_mail_state")
        ),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_mail_mailing_id_mailing")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_mail_order_id_customer_order")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_mail_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index("ix_mail_state", "mail", ["state", "run_at"])
    op.create_index("ix_mail_mailing_id", "mail", ["mailing_id", "state"])
    op.create_index("ix_mail_order_id", "mail", ["order_id"])
    op.create_index("ix_mail_begun_at", "mail", ["begun_at"])
    server = op.create_table(
        "mail_server",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stopped_at", Utc(), nullable=True),
        sa.Column("stopped_by", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.String(length=300), nullable=False, server_default=""),
        sa.Column("trouble_since", Utc(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("retry_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["stopped_by"], ["operator.id"], name=op.f("fk_mail_server_stopped_by_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_server")),
    )
    op.bulk_insert(server, [{"id": 1}])
