"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wms.db import Utc
from wms.migrations.rules import append_only, seed

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "carrier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("countries", sa.String(length=400), nullable=False),
        sa.Column("cutoff", sa.String(length=5), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier")),
        sa.UniqueConstraint("code", name=op.f("uq_carrier_code")),
    )
    op.create_table(
        "carton_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Integer(), nullable=False),
        sa.Column("height_mm", sa.Integer(), nullable=False),
        sa.Column("tare_g", sa.Integer(), nullable=False),
        sa.Column("max_g", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carton_type")),
        sa.UniqueConstraint("code", name=op.f("uq_carton_type_code")),
        sa.UniqueConstraint("name", name=op.f("uq_carton_type_name")),
    )
    op.create_table(
        "code",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_code")),
    )
    with op.batch_alter_table("code", schema=None) as batch_op:
        batch_op.create_index("ix_code_kind_ref", ["kind", "ref"], unique=False)

    op.create_table(
        "import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_sha256"), ["sha256"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("run_at", Utc(), nullable=False),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'dead')", name=op.f("ck_job_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_state", ["state", "run_at"], unique=False)

    op.create_table(
        "location",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("zone", sa.String(length=8), nullable=False),
        sa.Column("aisle", sa.String(length=8), nullable=False),
        sa.Column("bay", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.Column("x_mm", sa.Integer(), nullable=False),
        sa.Column("y_mm", sa.Integer(), nullable=False),
        sa.Column("capacity_mm3", sa.BigInteger(), nullable=False),
        sa.Column("capacity_g", sa.Integer(), nullable=False),
        sa.Column("hazard_ok", sa.Boolean(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind <> 'slot' OR station_id IS NOT NULL", name=op.f("ck_location_slot")),
        sa.CheckConstraint(
            "kind IN ('bin', 'reserve', 'dock', 'stage', 'station', 'slot', 'cart', 'quarantine', 'problem', 'outside')",
            name=op.f("ck_location_kind"),
        ),
        sa.ForeignKeyConstraint(["station_id"], ["location.id"], name=op.f("fk_location_station_id_location")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("code", name=op.f("uq_location_code")),
        sa.UniqueConstraint("name", name=op.f("uq_location_name")),
    )
    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.create_index("ix_location_kind_zone", ["kind", "zone"], unique=False)

    op.create_table(
        "operator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("badge", sa.String(length=60), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.Column("roles", sa.String(length=80), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("wrong_pins", sa.Integer(), nullable=False),
        sa.Column("lockouts", sa.Integer(), nullable=False),
        sa.Column("locked_until", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
        sa.UniqueConstraint("badge", name=op.f("uq_operator_badge")),
    )
    op.create_table(
        "owner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner")),
        sa.UniqueConstraint("code", name=op.f("uq_owner_code")),
    )
    op.create_table(
        "recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("line1", sa.String(length=200), nullable=False),
        sa.Column("line2", sa.String(length=200), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=80), nullable=False),
        sa.Column("postal_code", sa.String(length=30), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
    )
    op.create_table(
        "setup_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup_code")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name=op.f("fk_campaign_owner_id_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_code")),
    )
    op.create_table(
        "count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("recount_of", sa.Integer(), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("done_at", Utc(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'counting', 'done', 'recount')", name=op.f("ck_count_state")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_count_location_id_location")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_count_operator_id_operator")),
        sa.ForeignKeyConstraint(["recount_of"], ["count.id"], name=op.f("fk_count_recount_of_count")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count")),
    )
    with op.batch_alter_table("count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_count_location_id"), ["location_id"], unique=False)
        batch_op.create_index("ix_count_state", ["state"], unique=False)

    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("wrong_pins", sa.Integer(), nullable=False),
        sa.Column("window_from", Utc(), nullable=True),
        sa.Column("seen_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["location.id"], name=op.f("fk_device_station_id_location")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("name", name=op.f("uq_device_name")),
    )
    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("barcode", sa.String(length=60), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Integer(), nullable=False),
        sa.Column("height_mm", sa.Integer(), nullable=False),
        sa.Column("hs_code", sa.String(length=12), nullable=False),
        sa.Column("origin", sa.String(length=2), nullable=False),
        sa.Column("value", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("colour", sa.String(length=7), nullable=False),
        sa.Column("hazard", sa.String(length=20), nullable=False),
        sa.Column("lot_tracked", sa.Boolean(), nullable=False),
        sa.Column("expiry_tracked", sa.Boolean(), nullable=False),
        sa.Column("serial_tracked", sa.Boolean(), nullable=False),
        sa.Column("fragile", sa.Boolean(), nullable=False),
        sa.Column("upright", sa.Boolean(), nullable=False),
        sa.Column("soft", sa.Boolean(), nullable=False),
        sa.Column("is_kit", sa.Boolean(), nullable=False),
        sa.CheckConstraint("weight_g >= 0", name=op.f("ck_item_weight")),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name=op.f("fk_item_owner_id_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("sku", name=op.f("uq_item_sku")),
    )
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "lpn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("list_id", sa.Integer(), nullable=True),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('loose', 'carton', 'pallet', 'tote', 'parcel')", name=op.f("ck_lpn_kind")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_lpn_location_id_location")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lpn")),
        sa.UniqueConstraint("code", name=op.f("uq_lpn_code")),
    )
    with op.batch_alter_table("lpn", schema=None) as batch_op:
        batch_op.create_index("ix_lpn_kind_location", ["kind", "location_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lpn_list_id"), ["list_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lpn_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lpn_receipt_id"), ["receipt_id"], unique=False)

    op.create_table(
        "manifest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("carrier_id", sa.Integer(), nullable=False),
        sa.Column("dock_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_manifest_carrier_id_carrier")),
        sa.ForeignKeyConstraint(["dock_id"], ["location.id"], name=op.f("fk_manifest_dock_id_location")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_manifest_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest")),
        sa.UniqueConstraint("code", name=op.f("uq_manifest_code")),
    )
    op.create_table(
        "printer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("transport", sa.String(length=8), nullable=False),
        sa.Column("host", sa.String(length=120), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(length=60), nullable=False),
        sa.Column("dpi", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.String(length=120), nullable=False),
        sa.Column("trouble_since", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["location.id"], name=op.f("fk_printer_station_id_location")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printer")),
        sa.UniqueConstraint("code", name=op.f("uq_printer_code")),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("supplier", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("dock_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.CheckConstraint("state IN ('expected', 'receiving', 'closed')", name=op.f("ck_receipt_state")),
        sa.ForeignKeyConstraint(["dock_id"], ["location.id"], name=op.f("fk_receipt_dock_id_location")),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name=op.f("fk_receipt_owner_id_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("code", name=op.f("uq_receipt_code")),
        sa.UniqueConstraint("number", name=op.f("uq_receipt_number")),
    )
    op.create_table(
        "slotting_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("before_mm", sa.Integer(), nullable=False),
        sa.Column("after_mm", sa.Integer(), nullable=False),
        sa.Column("heat", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("accepted_at", Utc(), nullable=True),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'active', 'old')", name=op.f("ck_slotting_plan_state")),
        sa.ForeignKeyConstraint(["accepted_by"], ["operator.id"], name=op.f("fk_slotting_plan_accepted_by_operator")),
        sa.ForeignKeyConstraint(["made_by"], ["operator.id"], name=op.f("fk_slotting_plan_made_by_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slotting_plan")),
    )
    op.create_table(
        "wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("released_at", Utc(), nullable=False),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.Column("done_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["released_by"], ["operator.id"], name=op.f("fk_wave_released_by_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
        sa.UniqueConstraint("name", name=op.f("uq_wave_name")),
    )
    op.create_table(
        "customer_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("reward", sa.String(length=200), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("row_hash", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("imported_at", Utc(), nullable=False),
        sa.Column("shipped_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "state IN ('held', 'clean', 'released', 'picking', 'picked', 'packing', 'packed', 'shipped', 'cancelled')",
            name=op.f("ck_customer_order_state"),
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_customer_order_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_customer_order_import_id_import")),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipient.id"], name=op.f("fk_customer_order_recipient_id_recipient")
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_customer_order_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_order")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_customer_order_campaign_id_number")),
        sa.UniqueConstraint("code", name=op.f("uq_customer_order_code")),
    )
    with op.batch_alter_table("customer_order", schema=None) as batch_op:
        batch_op.create_index("ix_customer_order_state", ["state"], unique=False)
        batch_op.create_index("ix_customer_order_wave_id", ["wave_id"], unique=False)

    op.create_table(
        "kit_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_kit_line_qty")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_kit_line_item_id_item")),
        sa.ForeignKeyConstraint(["kit_id"], ["item.id"], name=op.f("fk_kit_line_kit_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_line")),
        sa.UniqueConstraint("kit_id", "item_id", name=op.f("uq_kit_line_kit_id_item_id")),
    )
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_lot_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("item_id", "code", name=op.f("uq_lot_item_id_code")),
    )
    op.create_table(
        "packaging",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_packaging_qty")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_packaging_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packaging")),
        sa.UniqueConstraint("code", name=op.f("uq_packaging_code")),
    )
    with op.batch_alter_table("packaging", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_packaging_item_id"), ["item_id"], unique=False)

    op.create_table(
        "pick_face",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("min_qty", sa.Integer(), nullable=False),
        sa.Column("max_qty", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "min_qty >= 0 AND max_qty >= 0 AND (max_qty = 0 OR min_qty <= max_qty)", name=op.f("ck_pick_face_limits")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_pick_face_item_id_item")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_pick_face_location_id_location")),
        sa.ForeignKeyConstraint(["plan_id"], ["slotting_plan.id"], name=op.f("fk_pick_face_plan_id_slotting_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick_face")),
        sa.UniqueConstraint("location_id", name=op.f("uq_pick_face_location_id")),
    )
    with op.batch_alter_table("pick_face", schema=None) as batch_op:
        batch_op.create_index("ix_pick_face_item_id", ["item_id"], unique=False)

    op.create_table(
        "pick_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("cart_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("walk_mm", sa.Integer(), nullable=False),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("started_at", Utc(), nullable=True),
        sa.Column("dropped_at", Utc(), nullable=True),
        sa.CheckConstraint("mode IN ('cluster', 'single', 'shape', 'batch')", name=op.f("ck_pick_list_mode")),
        sa.CheckConstraint(
            "state IN ('ready', 'picking', 'picked', 'packed', 'void')", name=op.f("ck_pick_list_state")
        ),
        sa.ForeignKeyConstraint(["cart_id"], ["location.id"], name=op.f("fk_pick_list_cart_id_location")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_pick_list_operator_id_operator")),
        sa.ForeignKeyConstraint(["station_id"], ["location.id"], name=op.f("fk_pick_list_station_id_location")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_pick_list_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick_list")),
        sa.UniqueConstraint("code", name=op.f("uq_pick_list_code")),
    )
    with op.batch_alter_table("pick_list", schema=None) as batch_op:
        batch_op.create_index("ix_pick_list_state", ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_pick_list_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "print_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("printer_id", sa.Integer(), nullable=True),
        sa.Column("template", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("event", sa.String(length=80), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("zpl", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'confirmed', 'uncertain', 'failed', 'void')",
            name=op.f("ck_print_job_state"),
        ),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_print_job_operator_id_operator")),
        sa.ForeignKeyConstraint(["printer_id"], ["printer.id"], name=op.f("fk_print_job_printer_id_printer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
        sa.UniqueConstraint("event", "copy", name=op.f("uq_print_job_event_copy")),
    )
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.create_index("ix_print_job_state", ["state", "printer_id"], unique=False)

    op.create_table(
        "receipt_carton",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("lpn_id", sa.Integer(), nullable=False),
        sa.Column("loose", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("received_at", Utc(), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('expected', 'open', 'received')", name=op.f("ck_receipt_carton_state")),
        sa.ForeignKeyConstraint(["lpn_id"], ["lpn.id"], name=op.f("fk_receipt_carton_lpn_id_lpn")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_receipt_carton_operator_id_operator")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_carton_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_carton")),
        sa.UniqueConstraint("lpn_id", name=op.f("uq_receipt_carton_lpn_id")),
        sa.UniqueConstraint("receipt_id", "number", name=op.f("uq_receipt_carton_receipt_id_number")),
    )
    with op.batch_alter_table("receipt_carton", schema=None) as batch_op:
        batch_op.create_index("ix_receipt_carton_receipt_id", ["receipt_id", "state"], unique=False)

    op.create_table(
        "reward",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_reward_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_reward_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward")),
    )
    with op.batch_alter_table("reward", schema=None) as batch_op:
        batch_op.create_index("ix_reward_key", ["campaign_id", "source", "key"], unique=False)

    op.create_table(
        "scan",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("flow", sa.String(length=12), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("tone", sa.String(length=4), nullable=False),
        sa.Column("refusal", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_scan_device_id_device")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_scan_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_at"), ["at"], unique=False)
        batch_op.create_index("ix_scan_operator_id", ["operator_id", "at"], unique=False)
        batch_op.create_index("ix_scan_task_id", ["task_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_session_device_id_device")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_session_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_operator_id"), ["operator_id"], unique=False)

    op.create_table(
        "slotting_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("chain", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=True),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("saved_mm", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["location.id"], name=op.f("fk_slotting_move_from_id_location")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_slotting_move_item_id_item")),
        sa.ForeignKeyConstraint(["plan_id"], ["slotting_plan.id"], name=op.f("fk_slotting_move_plan_id_slotting_plan")),
        sa.ForeignKeyConstraint(["to_id"], ["location.id"], name=op.f("fk_slotting_move_to_id_location")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slotting_move")),
        sa.UniqueConstraint("plan_id", "rank", name=op.f("uq_slotting_move_plan_id_rank")),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("flow", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_task_device_id_device")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_task_operator_id_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_operator_id", ["operator_id", "closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_seen_at"), ["seen_at"], unique=False)
        batch_op.create_index("ix_task_subject", ["subject"], unique=False)

    op.create_table(
        "count_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("count_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("book", sa.Integer(), nullable=True),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_count_line_counted")),
        sa.ForeignKeyConstraint(["count_id"], ["count.id"], name=op.f("fk_count_line_count_id_count")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_count_line_item_id_item")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_count_line_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_line")),
        sa.UniqueConstraint("count_id", "item_id", "lot_id", name=op.f("uq_count_line_count_id_item_id_lot_id")),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("cleared_at", Utc(), nullable=True),
        sa.Column("cleared_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["cleared_by"], ["operator.id"], name=op.f("fk_hold_cleared_by_operator")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_hold_order_id_customer_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index("ix_hold_order_id", ["order_id", "cleared_at"], unique=False)

    op.create_table(
        "list_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("tote_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["pick_list.id"], name=op.f("fk_list_order_list_id_pick_list")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_list_order_order_id_customer_order")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["location.id"], name=op.f("fk_list_order_place_id_location")),
        sa.ForeignKeyConstraint(["tote_id"], ["lpn.id"], name=op.f("fk_list_order_tote_id_lpn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_order")),
        sa.UniqueConstraint("list_id", "slot", name=op.f("uq_list_order_list_id_slot")),
        sa.UniqueConstraint("place_id", name=op.f("uq_list_order_place_id")),
    )
    with op.batch_alter_table("list_order", schema=None) as batch_op:
        batch_op.create_index("ix_list_order_order_id", ["order_id"], unique=False)

    op.create_table(
        "move_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("from_location_id", sa.Integer(), nullable=False),
        sa.Column("from_lpn_id", sa.Integer(), nullable=False),
        sa.Column("to_location_id", sa.Integer(), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=120), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("started_at", Utc(), nullable=True),
        sa.Column("done_at", Utc(), nullable=True),
        sa.CheckConstraint("reason IN ('replenish', 'slotting')", name=op.f("ck_move_task_reason")),
        sa.CheckConstraint("reserved = 0 OR state = 'doing'", name=op.f("ck_move_task_reserved")),
        sa.CheckConstraint("state IN ('open', 'doing', 'done', 'short', 'void')", name=op.f("ck_move_task_state")),
        sa.CheckConstraint("from_location_id <> to_location_id", name=op.f("ck_move_task_moves")),
        sa.CheckConstraint(
            "qty > 0 AND moved >= 0 AND reserved >= 0 AND moved + reserved <= qty", name=op.f("ck_move_task_counts")
        ),
        sa.ForeignKeyConstraint(
            ["from_location_id"], ["location.id"], name=op.f("fk_move_task_from_location_id_location")
        ),
        sa.ForeignKeyConstraint(["from_lpn_id"], ["lpn.id"], name=op.f("fk_move_task_from_lpn_id_lpn")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_move_task_item_id_item")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_move_task_lot_id_lot")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_move_task_operator_id_operator")),
        sa.ForeignKeyConstraint(["plan_id"], ["slotting_plan.id"], name=op.f("fk_move_task_plan_id_slotting_plan")),
        sa.ForeignKeyConstraint(["to_location_id"], ["location.id"], name=op.f("fk_move_task_to_location_id_location")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move_task")),
    )
    with op.batch_alter_table("move_task", schema=None) as batch_op:
        batch_op.create_index("ix_move_task_state", ["state", "seq"], unique=False)
        batch_op.create_index("ix_move_task_to_location_id", ["to_location_id", "item_id"], unique=False)

    op.create_table(
        "order_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_order_event_operator_id_operator")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_order_event_order_id_customer_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
    )
    with op.batch_alter_table("order_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_event_order_id"), ["order_id"], unique=False)

    op.create_table(
        "order_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Integer(), nullable=False),
        sa.Column("packed", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "packed >= 0 AND packed <= qty AND picked >= 0 AND picked <= qty", name=op.f("ck_order_line_counts")
        ),
        sa.CheckConstraint("qty > 0", name=op.f("ck_order_line_qty")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_order_line_item_id_item")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_order_line_order_id_customer_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order_id", "item_id", name=op.f("uq_order_line_order_id_item_id")),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_line_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_line_order_id"), ["order_id"], unique=False)

    op.create_table(
        "parcel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("lpn_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("carrier_id", sa.Integer(), nullable=True),
        sa.Column("carton_id", sa.Integer(), nullable=True),
        sa.Column("manifest_id", sa.Integer(), nullable=True),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("expected_g", sa.Integer(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("packed_at", Utc(), nullable=True),
        sa.Column("packed_by", sa.Integer(), nullable=True),
        sa.Column("shipped_at", Utc(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'packed', 'loaded', 'shipped', 'void')", name=op.f("ck_parcel_state")),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name=op.f("fk_parcel_carrier_id_carrier")),
        sa.ForeignKeyConstraint(["carton_id"], ["carton_type.id"], name=op.f("fk_parcel_carton_id_carton_type")),
        sa.ForeignKeyConstraint(["lpn_id"], ["lpn.id"], name=op.f("fk_parcel_lpn_id_lpn")),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_parcel_manifest_id_manifest")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_parcel_order_id_customer_order")),
        sa.ForeignKeyConstraint(["packed_by"], ["operator.id"], name=op.f("fk_parcel_packed_by_operator")),
        sa.ForeignKeyConstraint(["station_id"], ["location.id"], name=op.f("fk_parcel_station_id_location")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
        sa.UniqueConstraint("code", name=op.f("uq_parcel_code")),
        sa.UniqueConstraint("lpn_id", name=op.f("uq_parcel_lpn_id")),
    )
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parcel_manifest_id"), ["manifest_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parcel_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_parcel_state", ["state", "carrier_id"], unique=False)

    op.create_table(
        "receipt_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("carton_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("lot_code", sa.String(length=40), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.Column("spare", sa.Boolean(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.CheckConstraint("expected >= 0 AND received >= 0 AND damaged >= 0", name=op.f("ck_receipt_line_counts")),
        sa.ForeignKeyConstraint(
            ["carton_id"], ["receipt_carton.id"], name=op.f("fk_receipt_line_carton_id_receipt_carton")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_receipt_line_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_line")),
        sa.UniqueConstraint(
            "carton_id", "item_id", "lot_code", "spare", name=op.f("uq_receipt_line_carton_id_item_id_lot_code_spare")
        ),
    )
    with op.batch_alter_table("receipt_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_line_carton_id"), ["carton_id"], unique=False)

    op.create_table(
        "stock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("lpn_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(length=12), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "condition IN ('available', 'quarantine', 'damaged', 'hold', 'spare')", name=op.f("ck_stock_condition")
        ),
        sa.CheckConstraint("qty >= 0 AND allocated >= 0 AND allocated <= qty", name=op.f("ck_stock_balance")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_stock_item_id_item")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_stock_location_id_location")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_lot_id_lot")),
        sa.ForeignKeyConstraint(["lpn_id"], ["lpn.id"], name=op.f("fk_stock_lpn_id_lpn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock")),
        sa.UniqueConstraint(
            "location_id",
            "lpn_id",
            "item_id",
            "lot_id",
            "condition",
            name=op.f("uq_stock_location_id_lpn_id_item_id_lot_id_condition"),
        ),
    )
    with op.batch_alter_table("stock", schema=None) as batch_op:
        batch_op.create_index("ix_stock_item_id", ["item_id", "condition"], unique=False)
        batch_op.create_index("ix_stock_lpn_id", ["lpn_id"], unique=False)

    op.create_table(
        "stock_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(length=12), nullable=False),
        sa.Column("to_condition", sa.String(length=12), nullable=False),
        sa.Column("from_location_id", sa.Integer(), nullable=False),
        sa.Column("from_lpn_id", sa.Integer(), nullable=False),
        sa.Column("to_location_id", sa.Integer(), nullable=False),
        sa.Column("to_lpn_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("document", sa.String(length=40), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("scan_id", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "from_location_id <> to_location_id OR from_lpn_id <> to_lpn_id OR condition <> to_condition",
            name=op.f("ck_stock_move_moves"),
        ),
        sa.CheckConstraint("qty > 0", name=op.f("ck_stock_move_qty")),
        sa.ForeignKeyConstraint(
            ["from_location_id"], ["location.id"], name=op.f("fk_stock_move_from_location_id_location")
        ),
        sa.ForeignKeyConstraint(["from_lpn_id"], ["lpn.id"], name=op.f("fk_stock_move_from_lpn_id_lpn")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_stock_move_item_id_item")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_move_lot_id_lot")),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"], name=op.f("fk_stock_move_operator_id_operator")),
        sa.ForeignKeyConstraint(
            ["to_location_id"], ["location.id"], name=op.f("fk_stock_move_to_location_id_location")
        ),
        sa.ForeignKeyConstraint(["to_lpn_id"], ["lpn.id"], name=op.f("fk_stock_move_to_lpn_id_lpn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
    )
    with op.batch_alter_table("stock_move", schema=None) as batch_op:
        batch_op.create_index("ix_stock_move_document", ["document"], unique=False)
        batch_op.create_index("ix_stock_move_item_id", ["item_id", "id"], unique=False)
        batch_op.create_index("ix_stock_move_scan_id", ["scan_id"], unique=False)

    op.create_table(
        "parcel_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.CheckConstraint("qty >= 0", name=op.f("ck_parcel_line_qty")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_parcel_line_item_id_item")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_parcel_line_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_parcel_line_order_line_id_order_line")
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_parcel_line_parcel_id_parcel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_line")),
        sa.UniqueConstraint(
            "parcel_id", "order_line_id", "lot_id", name=op.f("uq_parcel_line_parcel_id_order_line_id_lot_id")
        ),
    )
    op.create_table(
        "pick",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("lpn_id", sa.Integer(), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("done_at", Utc(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'short', 'void')", name=op.f("ck_pick_state")),
        sa.CheckConstraint("qty > 0 AND taken >= 0 AND taken <= qty", name=op.f("ck_pick_counts")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_pick_item_id_item")),
        sa.ForeignKeyConstraint(["list_id"], ["pick_list.id"], name=op.f("fk_pick_list_id_pick_list")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_pick_location_id_location")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_pick_lot_id_lot")),
        sa.ForeignKeyConstraint(["lpn_id"], ["lpn.id"], name=op.f("fk_pick_lpn_id_lpn")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_pick_order_id_customer_order")),
        sa.ForeignKeyConstraint(["order_line_id"], ["order_line.id"], name=op.f("fk_pick_order_line_id_order_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick")),
    )
    with op.batch_alter_table("pick", schema=None) as batch_op:
        batch_op.create_index("ix_pick_list_id", ["list_id", "state", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_pick_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_pick_order_line_id", ["order_line_id"], unique=False)
        batch_op.create_index("ix_pick_stock", ["location_id", "item_id", "state"], unique=False)

    op.create_table(
        "serial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("parcel_id", sa.Integer(), nullable=True),
        sa.Column("scanned_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_serial_item_id_item")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_serial_parcel_id_parcel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serial")),
        sa.UniqueConstraint("item_id", "serial", name=op.f("uq_serial_item_id_serial")),
    )
    seed()
    append_only("stock_move")
