"""Operators, their sessions and devices, and the first administrator's one-time code."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base, Utc

ROLES = ("picker", "packer", "receiver", "supervisor", "admin")


class Operator(Base):
    """A person with a badge and a PIN. `roles` is a comma list of ROLES."""

    __tablename__ = "operator"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    badge: Mapped[str] = mapped_column(String(60), unique=True)
    pin_hash: Mapped[str] = mapped_column(String(200))
    roles: Mapped[str] = mapped_column(String(80))
    active: Mapped[bool] = mapped_column(default=True)
    wrong_pins: Mapped[int] = mapped_column(default=0)
    lockouts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Utc)


class Device(Base):
    """A handheld, station or browser, named by itself; too many wrong PINs lock it for an hour."""

    __tablename__ = "device"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    station_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    wrong_pins: Mapped[int] = mapped_column(default=0)
    window_from: Mapped[datetime | None] = mapped_column(Utc)
    seen_at: Mapped[datetime | None] = mapped_column(Utc)


class Session(Base):
    """A login, kept on the server; only the token's SHA-256 is stored."""

    __tablename__ = "session"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    csrf: Mapped[str] = mapped_column(String(64))
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    opened_at: Mapped[datetime] = mapped_column(Utc)
    seen_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)


class SetupCode(Base):
    """The one-time code, shown on the console, that makes the first administrator."""

    __tablename__ = "setup_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)
