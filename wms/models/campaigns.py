"""Campaigns, the map from rewards to SKUs, and the record of every imported file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc

IMPORT_STATES = ("draft", "reading", "applying", "done", "failed")


class Campaign(Base):
    """A creator's campaign on a platform. Orders of a gated one go only through the gate; `channel` is who buys:
    backers, retail or shop."""

    __tablename__ = "campaign"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    platform: Mapped[str] = mapped_column(String(20), default="")
    map_version: Mapped[int] = mapped_column(default=0, server_default="0")  # of the reward map in force
    profile: Mapped[str] = mapped_column(String(40), default="", server_default="")  # of its order files
    mapping: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")  # JSON: what a person made of columns
    gated: Mapped[bool] = mapped_column(default=False, server_default=false())
    channel: Mapped[str] = mapped_column(String(8), default="backers", server_default="backers")
    closed_at: Mapped[datetime | None] = mapped_column(Utc)  # from then on its people's data have a time to go


class Reward(Base):
    """One line of the map in force: something that backers chose is so many of an item, in some countries or in all.

    Without an item it is ignored on purpose, or `question` names whose answer says which item it is.
    """

    __tablename__ = "reward"
    __table_args__ = (Index("ix_reward_key", "campaign_id", "source", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    source: Mapped[str] = mapped_column(String(8))  # reward, item, addon, sku, answer
    key: Mapped[str] = mapped_column(String(200))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    qty: Mapped[int] = mapped_column(default=1)
    region: Mapped[str] = mapped_column(
        String(200), default="", server_default=""
    )  # "" = wherever no other line is for
    question: Mapped[str] = mapped_column(String(200), default="", server_default="")
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")


class MapVersion(Base):
    """What a campaign's map said at a time, whole: every save is a version, going back is a new one."""

    __tablename__ = "map_version"
    __table_args__ = (UniqueConstraint("campaign_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    version: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    note: Mapped[str] = mapped_column(String(200), default="")
    entries: Mapped[str] = mapped_column(Text)  # JSON: [[source, key, sku, qty, region, note]], sku as in the CSV


class ShapeCheck(Base):
    """Somebody looked at a configuration, what was chosen beside what is sent, and found it right."""

    __tablename__ = "shape_check"
    __table_args__ = (UniqueConstraint("campaign_id", "shape"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    shape: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]  # of the map when it was looked at
    at: Mapped[datetime] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class Import(Base):
    """One file that was read: rows = accepted + rejected + unchanged, with the reasons of the rejected ones.

    A file of orders is a draft until somebody says how to read it; then it is read whole, applied in short steps
    (`done` of `orders` so far, so that a killed worker goes on where it was), and reviewed.
    """

    __tablename__ = "import"
    __table_args__ = (
        CheckConstraint(f"state IN {IMPORT_STATES}", name="state"),
        Index("ix_import_campaign_id", "campaign_id", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # orders, packing, items, site
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    rows: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    problems: Mapped[str] = mapped_column(Text, default="[]")  # JSON: [{line, field, sentence}]
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    state: Mapped[str] = mapped_column(String(8), default="done", server_default="done")
    profile: Mapped[str] = mapped_column(String(40), default="", server_default="")
    platform: Mapped[str] = mapped_column(String(20), default="", server_default="")
    confidence: Mapped[int] = mapped_column(default=0, server_default="0")  # percent of the profile's columns found
    mapping: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")  # JSON, as in the campaign
    whole: Mapped[bool] = mapped_column(default=True, server_default=true())  # whoever is not in it is gone
    orders: Mapped[int] = mapped_column(default=0, server_default="0")  # to apply and review, two steps each
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str] = mapped_column(Text, default="", server_default="")
    ended_at: Mapped[datetime | None] = mapped_column(Utc)


class ImportPiece(Base):
    """A part of a file that waits to be read, packed; gone when the import has ended."""

    __tablename__ = "import_piece"
    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"), index=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class ImportReject(Base):
    """A row of a file that is no order: where it stands, why, and all of it."""

    __tablename__ = "import_reject"
    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"), index=True)
    file: Mapped[str] = mapped_column(String(200))
    line: Mapped[int]
    column: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(300))
    raw: Mapped[str] = mapped_column(Text, default="{}")  # JSON: column -> cell


class ImportChange(Base):
    """What an import did to an order, or would: a change of a locked one waits until a person decides on it."""

    __tablename__ = "import_change"
    __table_args__ = (
        CheckConstraint("kind IN ('added', 'changed', 'gone', 'back')", name="kind"),
        CheckConstraint("decision IN ('', 'applied', 'refused', 'replaced')", name="decision"),
        Index("ix_import_change_import_id", "import_id", "kind"),
        Index("ix_import_change_order_id", "order_id", "kind"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("customer_order.id"))
    number: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(8))
    applied: Mapped[bool] = mapped_column(default=True)
    fields: Mapped[str] = mapped_column(Text, default="{}")  # JSON: field -> [old, new]
    row: Mapped[str] = mapped_column(Text, default="")  # JSON: what a change that waits would write
    row_hash: Mapped[str] = mapped_column(String(64), default="")
    decision: Mapped[str] = mapped_column(String(8), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
