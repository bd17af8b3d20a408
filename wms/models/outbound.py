"""Waves, pick lists and picks: the way from released orders to totes at a station."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc

BULK = ("single", "shape", "batch")  # units of many orders together; a unit finds its order when it is packed or sorted
MODES = ("cluster", *BULK)


class Wave(Base):
    """Orders released together: a pilot, or a wave; of a segment, when their campaign is gated.

    `job_key` names the background job that made it: the same job makes no second one.
    """

    __tablename__ = "wave"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(8))  # pilot, wave
    state: Mapped[str] = mapped_column(String(8), default="open")  # open, done
    released_at: Mapped[datetime] = mapped_column(Utc)
    released_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    done_at: Mapped[datetime | None] = mapped_column(Utc)
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"), index=True)
    job_key: Mapped[str | None] = mapped_column(String(60), unique=True)


class PickList(Base):
    """One walk: ready, picking, picked (dropped at a station), packed, void. `why` says what it saves; `due_at` is
    when the first truck leaves for which it picks.

    Modes: cluster (every order in totes of its own), single (one-unit orders), shape (orders that are all alike),
    batch (orders that are sorted into a put-wall before they are packed).
    """

    __tablename__ = "pick_list"
    __table_args__ = (
        CheckConstraint(f"mode IN {MODES}", name="mode"),
        CheckConstraint("state IN ('ready', 'picking', 'picked', 'packed', 'void')", name="state"),
        Index("ix_pick_list_state", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    mode: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8), default="ready")
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    cart_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    walk_mm: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(Utc)
    why: Mapped[str] = mapped_column(String(300), default="")
    started_at: Mapped[datetime | None] = mapped_column(Utc)
    dropped_at: Mapped[datetime | None] = mapped_column(Utc)


class ListOrder(Base):
    """An order on a pick list: its slot on the cart and its tote (in bulk they share one); `place_id` is its slot of
    the put-wall while its units lie there."""

    __tablename__ = "list_order"
    __table_args__ = (UniqueConstraint("list_id", "slot"), Index("ix_list_order_order_id", "order_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("pick_list.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"))
    slot: Mapped[int]
    tote_id: Mapped[int | None] = mapped_column(ForeignKey("lpn.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"), unique=True)


class Pick(Base):
    """A pending move: `qty` allocated in a bin for an order line, `taken` of it posted, the rest open or voided.

    States: open, done, short (the rest voided with a reason), void.
    """

    __tablename__ = "pick"
    __table_args__ = (
        CheckConstraint("qty > 0 AND taken >= 0 AND taken <= qty", name="counts"),
        CheckConstraint("state IN ('open', 'done', 'short', 'void')", name="state"),
        Index("ix_pick_list_id", "list_id", "state", "seq"),
        Index("ix_pick_stock", "location_id", "item_id", "state"),
        Index("ix_pick_order_line_id", "order_line_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("pick_list.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), default=0)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    lpn_id: Mapped[int] = mapped_column(ForeignKey("lpn.id"), default=0)
    qty: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8), default="open")
    seq: Mapped[int] = mapped_column(default=0)  # the walk; skipped picks go to the end
    reason: Mapped[str] = mapped_column(String(20), default="")
    done_at: Mapped[datetime | None] = mapped_column(Utc)
