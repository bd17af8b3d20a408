"""Reviewing: decisions about orders, and their undo.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-23 00:30:00.000000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wms.db import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


RECIPIENT = {"uid": 60, "mail_key": 200, "phone_key": 20, "place_key": 40}
ORDER_INDEXES = {
    "ix_customer_order_recipient_id": ["recipient_id"],
    "ix_customer_order_number": ["number"],
    "ix_customer_order_facets": ["campaign_id", "state", "country"],
}


def upgrade() -> None:
    """Go one revision forward: tables for decisions; keys to compare people by; the hold's code as it is called now."""
    make_decisions()
    make_answers()
    with op.batch_alter_table("recipient", schema=None) as batch_op:
        for name, length in RECIPIENT.items():
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
    for name in RECIPIENT:
        op.create_index(f"ix_recipient_{name}", "recipient", [name], unique=False)
    for index, columns in ORDER_INDEXES.items():
        op.create_index(index, "customer_order", columns, unique=False)
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stamp", sa.String(length=16), nullable=False, server_default=""))
    op.create_index("ix_hold_open", "hold", ["cleared_at", "code", "order_id"], unique=False)
    op.execute("UPDATE hold SET code = 'CHANGED_AFTER_LOCK' WHERE code = 'CHANGE_AFTER_LOCK'")
    op.execute("UPDATE recipient SET mail_key = lower(trim(email)) WHERE email <> ''")


def make_decisions() -> None:
    """Make the tables of what people decided."""
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", Utc(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_decision_operator_id_operator")),
        sa.ForeignKeyConstraint(["undone_by"], ["operator.id"], name=op.f("fk_decision_undone_by_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_operator_id", "decision", ["operator_id", "id"], unique=False)
    op.create_table(
        "decision_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.String(length=12), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_row_decision_id_decision")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_decision_row_hold_id_hold")),
        sa.ForeignKeyConstraint(
            ["into_id"], ["customer_order.id"], name=op.f("fk_decision_row_into_id_customer_order")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_decision_row_order_id_customer_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_row")),
    )
    for column in ("decision_id", "into_id", "order_id"):
        op.create_index(op.f(f"ix_decision_row_{column}"), "decision_row", [column], unique=False)
    op.create_table(
        "twin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("low_id", sa.Integer(), nullable=False),
        sa.Column("high_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_twin_decision_id_decision")),
        sa.ForeignKeyConstraint(["high_id"], ["customer_order.id"], name=op.f("fk_twin_high_id_customer_order")),
        sa.ForeignKeyConstraint(["low_id"], ["customer_order.id"], name=op.f("fk_twin_low_id_customer_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_twin")),
        sa.UniqueConstraint("low_id", "high_id", name=op.f("uq_twin_low_id_high_id")),
    )
    for column in ("decision_id", "high_id"):
        op.create_index(op.f(f"ix_twin_{column}"), "twin", [column], unique=False)


def make_answers() -> None:
    """Make the tables of corrected addresses and of countries that get nothing."""
    op.create_table(
        "address_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_address_change_decision_id_decision")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_address_change_operator_id_operator")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_address_change_order_id_customer_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
    )
    for column in ("decision_id", "order_id"):
        op.create_index(op.f(f"ix_address_change_{column}"), "address_change", [column], unique=False)
    op.create_table(
        "country_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_country_rule_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_country_rule_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_country_rule")),
        sa.UniqueConstraint("campaign_id", "country", name=op.f("uq_country_rule_campaign_id_country")),
    )
