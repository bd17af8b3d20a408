"""Who may change whom: roles, access and PINs, so that nobody lifts himself up and an administrator is always left."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select, update

from wms.db import Tx, table_of
from wms.errors import BadInput, NotAllowed, NotFound, Refusal
from wms.models.people import ROLES, Operator
from wms.operations import people
from wms.settings import Security

operators = table_of(Operator)


class LastAdmin(Refusal):
    """A house without an administrator cannot be opened again from inside."""

    sentence = "{name} is the last admin. Add another one first."


class OwnAccess(Refusal):
    """Nobody changes their own roles or access."""

    sentence = "Somebody else must change your own access."


def reset_pin(tx: Tx, security: Security, roles: Iterable[str], operator_id: int, pin: str) -> None:
    """Give a person a new PIN; an administrator's only by an administrator. Raises NotAllowed, NotFound, WeakPin."""
    if "admin" in roles_of(tx, operator_id) and "admin" not in roles:
        raise NotAllowed(what="an admin's PIN")
    people.set_pin(tx, security, operator_id, pin)
    tx.announce("people")


def change(tx: Tx, me: int, operator_id: int, roles: tuple[str, ...] | None, active: bool | None) -> None:
    """Change a person's roles, access, or both; what is None stays. Raises what set_roles and set_active raise."""
    if roles is not None:
        set_roles(tx, me, operator_id, roles)
    if active is not None:
        set_active(tx, me, operator_id, active)


def set_roles(tx: Tx, me: int, operator_id: int, roles: tuple[str, ...]) -> None:
    """Give a person other roles and end their sessions. Raises BadInput, OwnAccess, LastAdmin, NotFound."""
    before = check_other(tx, me, operator_id)
    if unknown := [role for role in roles if role not in ROLES]:
        raise BadInput(field="roles", why=f"unknown role {unknown[0]}; one of {', '.join(ROLES)}")
    if not roles or ("admin" in roles and len(set(roles)) > 1):
        raise BadInput(field="roles", why="an admin does no floor work; make a second person" if roles else "missing")
    if "admin" in before and "admin" not in roles:
        check_another_admin(tx, operator_id)
    tx.execute(update(operators).where(operators.c.id == operator_id).values(roles=",".join(dict.fromkeys(roles))))
    people.end_sessions(tx, operator_id)
    tx.announce("people")


def set_active(tx: Tx, me: int, operator_id: int, active: bool) -> None:
    """Let a person in or keep them out at once. Raises OwnAccess, LastAdmin, NotFound."""
    before = check_other(tx, me, operator_id)
    if not active and "admin" in before:
        check_another_admin(tx, operator_id)
    people.set_active(tx, operator_id, active)
    tx.announce("people")


def check_other(tx: Tx, me: int, operator_id: int) -> list[str]:
    """Return the roles of somebody who is not oneself; raises OwnAccess, NotFound."""
    if me == operator_id:
        raise OwnAccess
    return roles_of(tx, operator_id)


def roles_of(tx: Tx, operator_id: int) -> list[str]:
    """Return a person's roles and keep others off the row; raises NotFound."""
    found = tx.value(select(operators.c.roles).where(operators.c.id == operator_id).with_for_update(key_share=True))
    if found is None:
        raise NotFound(what="Operator")
    return str(found).split(",")


def check_another_admin(tx: Tx, operator_id: int) -> None:
    """Raise LastAdmin unless somebody else is an active administrator."""
    others = select(func.count()).where(operators.c.roles == "admin", operators.c.active, operators.c.id != operator_id)
    if not tx.value(others):
        raise LastAdmin(name=tx.value(select(operators.c.name).where(operators.c.id == operator_id)))
