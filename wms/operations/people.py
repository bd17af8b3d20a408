"""People: badges and PINs, logins and their limits, sessions that end on the server."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import case, insert, select, update

from wms import barcodes
from wms.db import Store, Tx, insert_or_nothing, table_of
from wms.errors import BadInput, NotFound, Refusal
from wms.models.people import ROLES, Device, Operator, Session, SetupCode
from wms.operations import directory, master
from wms.settings import Security

operators, devices, sessions, setup_codes = table_of(Operator), table_of(Device), table_of(Session), table_of(SetupCode)
# OWASP password storage cheat sheet, minimum profile of argon2id: 19 MiB, 2 iterations, 1 lane.
hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
one_at_a_time = threading.Semaphore(1)  # a shift change must not stop the scans
PIN_LENGTH = 6
OFFICE = "office "  # how the name of an office browser begins
SETUP_MINUTES = 60


class WrongPin(Refusal):
    """Badge or PIN are wrong; which one is not said."""

    sentence = "Badge or PIN is wrong. Try again."
    status = 401


class Locked(Refusal):
    """Too many wrong PINs for this person."""

    sentence = "Locked after wrong PINs. Wait {minutes} min."
    status = 423


class NeedsReset(Refusal):
    """Locked too often; only a supervisor can set a new PIN."""

    sentence = "This PIN is blocked. A supervisor sets a new one."
    status = 423


class DeviceLocked(Refusal):
    """Too many wrong PINs on this device."""

    sentence = "This device is locked for an hour. Use another."
    status = 429


class WeakPin(BadInput):
    """A PIN that guessers try first."""


class WrongSetupCode(Refusal):
    """The console's one-time code is wrong, used or too old."""

    sentence = "That setup code is wrong or used up. Run wms setup-code."
    status = 401


def check_pin(pin: str) -> None:
    """Raise WeakPin unless the PIN has six digits, no run, no repetition."""
    if len(pin) != PIN_LENGTH or not (pin.isascii() and pin.isdigit()):
        raise WeakPin(field="pin", why="six digits, please")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(steps) == 1 or pin[:3] == pin[3:] or pin[:2] * 3 == pin:
        raise WeakPin(field="pin", why="too easy to guess; no runs, no repetitions")


def hash_pin(pin: str, security: Security) -> str:
    """Return the argon2id hash of a PIN with the site's pepper."""
    return hasher.hash(peppered(pin, security))


def peppered(pin: str, security: Security) -> bytes:
    """Return what is hashed: an HMAC of the PIN under the pepper, so that a stolen table alone is not enough."""
    return hmac.digest(security.pepper.encode(), pin.encode(), "sha256")


@dataclass(frozen=True)
class Person:
    """Somebody to be added; without a badge body a random one is made."""

    name: str
    pin: str
    roles: tuple[str, ...]
    badge: str = ""


def add_operator(tx: Tx, security: Security, person: Person) -> tuple[int, str]:
    """Add a person; return (id, badge code). Raises WeakPin, BadInput naming the field."""
    name, pin, roles, badge = person.name, person.pin, person.roles, person.badge
    if unknown := [role for role in roles if role not in ROLES]:
        raise BadInput(field="roles", why=f"unknown role {unknown[0]}; one of {', '.join(ROLES)}")
    if not name.strip() or not roles:
        raise BadInput(field="name" if not name.strip() else "roles", why="missing")
    if "admin" in roles and len(roles) > 1:
        raise BadInput(field="roles", why="an admin does no floor work; make a second person")
    check_pin(pin)
    code = barcodes.code("BD", badge or secrets.token_hex(8).upper())
    facts = {"name": name, "badge": code, "pin_hash": hash_pin(pin, security), "roles": ",".join(roles)}
    operator_id = master.add(tx, operators, **facts)
    directory.register(tx, code, "badge", operator_id, name)
    return operator_id, code


def set_pin(tx: Tx, security: Security, operator_id: int, pin: str) -> None:
    """Give a person a new PIN and take all locks off; their sessions end."""
    check_pin(pin)
    fresh = {"pin_hash": hash_pin(pin, security), "wrong_pins": 0, "lockouts": 0, "locked_until": None}
    if tx.execute(update(operators).where(operators.c.id == operator_id).values(**fresh)).rowcount != 1:
        raise NotFound(what="Operator")
    end_sessions(tx, operator_id)


def set_active(tx: Tx, operator_id: int, active: bool) -> None:
    """Let a person in, or end all their sessions."""
    if tx.execute(update(operators).where(operators.c.id == operator_id).values(active=active)).rowcount != 1:
        raise NotFound(what="Operator")
    if not active:
        end_sessions(tx, operator_id)


def end_sessions(tx: Tx, operator_id: int) -> None:
    """End every open session of a person."""
    mine = (sessions.c.operator_id == operator_id, sessions.c.ended_at.is_(None))
    tx.execute(update(sessions).where(*mine).values(ended_at=tx.now))
    tx.announce("people")


def login(store: Store, security: Security, badge: str, pin: str, device: str) -> dict[str, Any]:
    """Check badge and PIN and open a session: {token, csrf, operator_id, name, roles, device_id}.

    The try is counted in the database before the PIN is looked at, so that many processes share one limit.
    Raises WrongPin, Locked, NeedsReset or DeviceLocked.
    """
    found, device_id = store.transact(lambda tx: count_try(tx, security, badge, device))
    with one_at_a_time:
        good = verify(found.pin_hash if found else DUMMY, pin, security)
    if found is None or not good:
        raise WrongPin
    return store.transact(lambda tx: open_session(tx, security, found, device_id))


DUMMY = hasher.hash(b"nobody")  # an unknown badge costs as much time as a wrong PIN


def verify(pin_hash: str, pin: str, security: Security) -> bool:
    """Return whether a PIN matches its hash."""
    try:
        return bool(hasher.verify(pin_hash, peppered(pin, security)))
    except (VerifyMismatchError, InvalidHashError):
        return False


def count_try(tx: Tx, security: Security, badge: str, device: str) -> tuple[Any, int]:
    """Count one try against the person and the device; return the person's row (None if unknown) and the device id."""
    device_id = device_row(tx, security, device)
    scanned = barcodes.understand(badge)
    found = tx.one(select(operators).where(operators.c.badge == scanned.text).with_for_update(key_share=True))
    if found is None or not found.active:
        return None, device_id
    if found.lockouts >= security.pin_lockouts_max:
        raise NeedsReset
    if found.locked_until and found.locked_until > tx.now:
        raise Locked(minutes=int((found.locked_until - tx.now).total_seconds() // 60) + 1)
    tries = found.wrong_pins + 1
    locks = tries >= security.pin_tries_max
    until = tx.now + timedelta(minutes=security.pin_lock_minutes) if locks else None
    count = {"wrong_pins": 0 if locks else tries, "lockouts": found.lockouts + locks, "locked_until": until}
    tx.execute(update(operators).where(operators.c.id == found.id).values(**count))
    return found, device_id


def device_row(tx: Tx, security: Security, name: str) -> int:
    """Return the id of a device by its name, made when new, and count a try; raises DeviceLocked."""
    name = name.strip()[:60] or "unnamed"
    tx.execute(insert_or_nothing(Device, "name"), {"name": name, "wrong_pins": 0})
    row = tx.one(select(devices).where(devices.c.name == name).with_for_update(key_share=True))
    assert row is not None
    fresh = row.window_from is None or row.window_from < tx.now - timedelta(hours=1)
    tries = 1 if fresh else row.wrong_pins + 1
    if tries > security.device_tries_max:
        raise DeviceLocked
    count = {"wrong_pins": tries, "window_from": tx.now if fresh else row.window_from, "seen_at": tx.now}
    tx.execute(update(devices).where(devices.c.id == row.id).values(**count))
    return int(row.id)


def open_session(tx: Tx, security: Security, operator: Any, device_id: int) -> dict[str, Any]:
    """Open a session after a right PIN and take the counted tries back."""
    clean = {"wrong_pins": 0, "lockouts": 0, "locked_until": None}
    tx.execute(update(operators).where(operators.c.id == operator.id).values(**clean))
    tx.execute(update(devices).where(devices.c.id == device_id).values(wrong_pins=0, window_from=None))
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    times = {"opened_at": tx.now, "seen_at": tx.now, "expires_at": tx.now + timedelta(hours=security.floor_hours_max)}
    ids = {"operator_id": operator.id, "device_id": device_id}
    tx.execute(insert(sessions).values(token_hash=token_hash(token), csrf=csrf, **times, **ids))
    return {"token": token, "csrf": csrf, "name": operator.name, "roles": operator.roles.split(",")} | ids


def token_hash(token: str) -> str:
    """Return what is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


session_row = (
    select(
        *(sessions.c.id, sessions.c.csrf, sessions.c.seen_at, sessions.c.expires_at, sessions.c.device_id),
        *(operators.c.id.label("operator_id"), operators.c.name, operators.c.roles),
        *(devices.c.name.label("device"), devices.c.station_id),
    )
    .join(operators, operators.c.id == sessions.c.operator_id)
    .join(devices, devices.c.id == sessions.c.device_id)
)


def session_of(tx: Tx, security: Security, token: str) -> Any:
    """Return the live session of a token with its operator and device, or None."""
    live = (sessions.c.ended_at.is_(None), operators.c.active, sessions.c.expires_at > tx.now)
    floor = tx.now - timedelta(minutes=security.floor_idle_minutes)
    office = tx.now - timedelta(minutes=security.office_idle_minutes)
    awake = sessions.c.seen_at > case((devices.c.name.startswith(OFFICE), office), else_=floor)
    return tx.one(session_row.where(sessions.c.token_hash == token_hash(token), *live, awake))


def touch(tx: Tx, session_id: int) -> None:
    """Note that a session is in use."""
    tx.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=tx.now))


def logout(tx: Tx, token: str) -> None:
    """End the session of a token."""
    tx.execute(update(sessions).where(sessions.c.token_hash == token_hash(token)).values(ended_at=tx.now))
    tx.announce("people")


def new_setup_code(tx: Tx) -> str:
    """Return a one-time code for the first administrator, valid for an hour; older codes end."""
    tx.execute(update(setup_codes).where(setup_codes.c.used_at.is_(None)).values(used_at=tx.now))
    code = secrets.token_hex(5).upper()
    until = tx.now + timedelta(minutes=SETUP_MINUTES)
    tx.execute(insert(setup_codes).values(code_hash=token_hash(code), expires_at=until))
    return code


def first_admin(tx: Tx, security: Security, code: str, name: str, pin: str) -> tuple[int, str]:
    """Make the first administrator with the console's code; return (id, badge). Raises WrongSetupCode, WeakPin."""
    good = (setup_codes.c.code_hash == token_hash(code.strip().upper()), setup_codes.c.used_at.is_(None))
    used = update(setup_codes).where(*good, setup_codes.c.expires_at > tx.now).values(used_at=tx.now)
    if tx.execute(used).rowcount != 1:
        raise WrongSetupCode
    return add_operator(tx, security, Person(name, pin, ("admin",)))
