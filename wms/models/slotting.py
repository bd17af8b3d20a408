"""Where items belong: pick faces with their limits, plans that move them, and the moves that people do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc


class PickFace(Base):
    """A bin from which an item is picked: replenished below `min_qty` units, up to `max_qty` (0: as many as fit).

    An item may have several faces; a face is kept for its one item.
    """

    __tablename__ = "pick_face"
    __table_args__ = (
        UniqueConstraint("location_id"),
        CheckConstraint("min_qty >= 0 AND max_qty >= 0 AND (max_qty = 0 OR min_qty <= max_qty)", name="limits"),
        Index("ix_pick_face_item_id", "item_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    min_qty: Mapped[int] = mapped_column(default=0)
    max_qty: Mapped[int] = mapped_column(default=0)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("slotting_plan.id"))


class SlottingPlan(Base):
    """A proposal of other faces: proposed, active (accepted, wholly or in part), old (a newer one replaced it).

    `before_mm` and `after_mm` are the mean walk for one order, measured on `orders` of the history; `heat` is JSON:
    how often each item was picked, and where it stood when the plan was made.
    """

    __tablename__ = "slotting_plan"
    __table_args__ = (CheckConstraint("state IN ('proposed', 'active', 'old')", name="state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(8), default="proposed")
    orders: Mapped[int]
    items: Mapped[int]
    before_mm: Mapped[int]
    after_mm: Mapped[int]
    heat: Mapped[str] = mapped_column(Text, default="{}")
    why: Mapped[str] = mapped_column(String(300), default="")
    made_at: Mapped[datetime] = mapped_column(Utc)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    accepted_at: Mapped[datetime | None] = mapped_column(Utc)
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class SlottingMove(Base):
    """One step of a plan: an item to another place; None stands for the reserve, or for waiting out of the way.

    Steps are done in the order of `rank`, those of one `chain` all or none; `saved_mm` is the walk that the step saves
    an order, its share of what the chain saves.
    """

    __tablename__ = "slotting_move"
    __table_args__ = (UniqueConstraint("plan_id", "rank"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("slotting_plan.id"))
    rank: Mapped[int]
    chain: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    from_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    saved_mm: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[bool] = mapped_column(default=False)


class MoveTask(Base):
    """Units to bring from one place to a bin: a wish while open, reserved at its source while somebody does it.

    States: open, doing (`reserved` units are promised to it), done, short (its source had less), void.
    Orders come first: an open task reserves nothing, so that it never keeps an order waiting.
    """

    __tablename__ = "move_task"
    __table_args__ = (
        CheckConstraint("reason IN ('replenish', 'slotting')", name="reason"),
        CheckConstraint("state IN ('open', 'doing', 'done', 'short', 'void')", name="state"),
        CheckConstraint("qty > 0 AND moved >= 0 AND reserved >= 0 AND moved + reserved <= qty", name="counts"),
        CheckConstraint("reserved = 0 OR state = 'doing'", name="reserved"),
        CheckConstraint("from_location_id <> to_location_id", name="moves"),
        Index("ix_move_task_state", "state", "seq"),
        Index("ix_move_task_to_location_id", "to_location_id", "item_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(8), default="open")
    seq: Mapped[int] = mapped_column(default=0)  # the smallest is done first; skipped ones go to the end
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), default=0)
    from_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    from_lpn_id: Mapped[int] = mapped_column(ForeignKey("lpn.id"), default=0)
    to_location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    qty: Mapped[int]
    reserved: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(String(120), default="")
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("slotting_plan.id"))
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    asked_at: Mapped[datetime] = mapped_column(Utc)
    started_at: Mapped[datetime | None] = mapped_column(Utc)
    done_at: Mapped[datetime | None] = mapped_column(Utc)
