"""Printers, print agents and print jobs: a row per physical label, with what is known of its fate."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc

JOB_STATES = ("queued", "claimed", "sending", "sent", "confirmed", "uncertain", "failed", "void")
TRANSPORTS = ("tcp", "file", "spooler", "agent")


class PrintAgent(Base):
    """A program beside printers that this server cannot reach: it fetches their labels with a token of its own."""

    __tablename__ = "print_agent"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Utc)
    seen_at: Mapped[datetime | None] = mapped_column(Utc)
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)


class Printer(Base):
    """A label printer and how to reach it; `station_id` is where people stand to use it.

    `labels` is a comma list of the kinds that fit its paper (none: all), `fallback_id` the printer that takes its
    waiting labels when it cannot print. One of transport `agent` is reached by its agent, over TCP or its spooler.
    """

    __tablename__ = "printer"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    transport: Mapped[str] = mapped_column(String(8))  # one of TRANSPORTS
    host: Mapped[str] = mapped_column(String(120), default="")
    port: Mapped[int] = mapped_column(default=9100)
    queue: Mapped[str] = mapped_column(String(60), default="")
    dpi: Mapped[int] = mapped_column(default=203)
    station_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    paused: Mapped[bool] = mapped_column(default=False)
    trouble: Mapped[str] = mapped_column(String(120), default="")
    trouble_since: Mapped[datetime | None] = mapped_column(Utc)
    labels: Mapped[str] = mapped_column(String(80), default="")
    fallback_id: Mapped[int | None] = mapped_column(ForeignKey("printer.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("print_agent.id"))
    model: Mapped[str] = mapped_column(String(60), default="")  # as the printer itself told
    firmware: Mapped[str] = mapped_column(String(40), default="")
    told_dpi: Mapped[int] = mapped_column(default=0)  # 0: not told


class PrintJob(Base):
    """One label. `event` names why it exists, so that no event prints twice; reprints count `copy` up.

    `claimed` is leased with nothing sent, so it may go back to queued; `sending` is leased and bytes may be out.
    After the first byte left, only the printer's own word makes it confirmed; without it it is uncertain, and a
    person decides. Nothing uncertain is ever resent by itself.
    """

    __tablename__ = "print_job"
    __table_args__ = (
        UniqueConstraint("event", "copy"),
        CheckConstraint(f"state IN {JOB_STATES}", name="state"),
        Index("ix_print_job_state", "state", "printer_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    printer_id: Mapped[int | None] = mapped_column(ForeignKey("printer.id"))
    template: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(60), index=True)  # the code on the label
    event: Mapped[str] = mapped_column(String(80))
    copy: Mapped[int] = mapped_column(default=1)
    label: Mapped[str] = mapped_column(Text, default="{}")  # JSON of its fields, from which a copy is made
    zpl: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    reason: Mapped[str] = mapped_column(String(200), default="")
    why: Mapped[str] = mapped_column(String(120), default="")  # of a copy: why somebody wanted it
    attempts: Mapped[int] = mapped_column(default=0)  # also the fence: who holds an older number writes nothing
    lease_until: Mapped[datetime | None] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
