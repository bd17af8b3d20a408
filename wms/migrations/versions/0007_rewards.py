"""Versions of the reward map.

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-23 00:30:00.000000
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from wms import clock
from wms.db import Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FOUND = """SELECT reward.campaign_id, reward.source, reward.key, item.sku, reward.qty
FROM reward LEFT JOIN item ON item.id = reward.item_id ORDER BY reward.campaign_id, reward.id"""
KEPT = """INSERT INTO map_version (campaign_id, version, made_at, note, entries)
VALUES (:campaign, 1, :at, 'As it was when versions began.', :entries)"""


def upgrade() -> None:
    """Go one revision forward: the map that is there becomes version 1, and orders say that they come from it."""
    add_tables()
    op.add_column("campaign", sa.Column("map_version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("reward", sa.Column("region", sa.String(length=200), server_default="", nullable=False))
    op.add_column("reward", sa.Column("question", sa.String(length=200), server_default="", nullable=False))
    op.add_column("reward", sa.Column("note", sa.String(length=200), server_default="", nullable=False))
    op.add_column("customer_order", sa.Column("map_version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("customer_order", sa.Column("shape", sa.String(length=16), server_default="", nullable=False))
    op.create_index("ix_customer_order_shape", "customer_order", ["campaign_id", "state", "shape"])
    keep_maps()


def add_tables() -> None:
    """Add the versions, and what people have looked at."""
    op.create_table(
        "map_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_map_version_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_map_version_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_version")),
        sa.UniqueConstraint("campaign_id", "version", name=op.f("uq_map_version_campaign_id_version")),
    )
    op.create_table(
        "shape_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("shape", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_shape_check_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_shape_check_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shape_check")),
        sa.UniqueConstraint("campaign_id", "shape", name=op.f("uq_shape_check_campaign_id_shape")),
    )


def keep_maps() -> None:
    """Keep each campaign's map as its version 1."""
    conn = op.get_bind()
    maps: dict[int, list[list[object]]] = {}
    for campaign, source, key, sku, qty in conn.execute(sa.text(FOUND)):
        maps.setdefault(campaign, []).append([source, key, sku or "-", qty, "", ""])
    now = clock.now()
    for campaign, entries in maps.items():
        values = {"campaign": campaign, "at": now, "entries": json.dumps(entries, ensure_ascii=False)}
        conn.execute(sa.text(KEPT).bindparams(sa.bindparam("at", type_=Utc())), values)
        for table, column in (("campaign", "id"), ("customer_order", "campaign_id")):
            conn.execute(sa.text(f"UPDATE {table} SET map_version = 1 WHERE {column} = :it"), {"it": campaign})
