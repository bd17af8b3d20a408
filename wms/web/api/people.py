"""API: people, their roles and PINs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from wms.operations import people, staffing
from wms.queries import office
from wms.web.api.core import Done, api
from wms.web.auth import who
from wms.web.openapi import Asked, Deal, Paged, PageQuery, Told
from wms.web.parts import act, settings, snapshot

OFFICE = ("supervisor", "admin")
Role = Literal["picker", "packer", "receiver", "supervisor", "admin"]


class OperatorRow(Told):
    """A person; an administrator's badge is shown to administrators only."""

    id: int
    name: str
    badge: str | None
    roles: list[str]
    active: bool
    locked_until: datetime | None
    seen_at: datetime | None


class Hired(Told):
    """A person who was added, and the badge to print."""

    id: int
    badge: str


class PeopleQuery(PageQuery):
    """Which people; `q` is a part of the name."""

    q: str = Field("", max_length=80)


class NewOperator(Asked):
    """A person to add; the badge's code is made here."""

    name: str = Field(min_length=1, max_length=80)
    pin: str = Field(min_length=6, max_length=6)
    roles: list[Role] = Field(min_length=1, max_length=5)


class OperatorChange(Asked):
    """What to change; what is left out stays."""

    roles: list[Role] | None = Field(None, min_length=1, max_length=5)
    active: bool | None = None


class NewPin(Asked):
    """Six digits."""

    pin: str = Field(min_length=6, max_length=6)


@api.route("GET /operators", Deal(Paged[OperatorRow], query=PeopleQuery), *OFFICE)
def operators(query: PeopleQuery) -> Any:
    """List people."""
    with snapshot() as tx:
        found = office.people_list(tx, query.q, query.cut)
    return found | {"items": [without_admin_badge(row) for row in found["items"]]}


def without_admin_badge(row: dict[str, Any]) -> dict[str, Any]:
    """Return a person; the badge of an administrator only for administrators."""
    hidden = "admin" in row["roles"] and "admin" not in who().roles
    return row | {"badge": None} if hidden else row


@api.route("POST /operators", Deal(Hired, body=NewOperator, status=201), "admin")
def add_operator(body: NewOperator) -> Any:
    """Add a person."""
    roles = tuple(dict.fromkeys(body.roles))
    person = people.Person(body.name, body.pin, roles)
    made, badge = act(people.add_operator, settings().security, person)
    return {"id": made, "badge": badge}


@api.route("PATCH /operators/<id:operator_id>", Deal(Done, body=OperatorChange), "admin")
def change_operator(operator_id: int, body: OperatorChange) -> Any:
    """Change a person's roles, or keep them out; their sessions end."""

    roles = None if body.roles is None else tuple(body.roles)
    act(staffing.change, who().operator_id, operator_id, roles, body.active)
    return {"done": True}


@api.route("POST /operators/<id:operator_id>/pin", Deal(Done, body=NewPin), *OFFICE)
def reset_pin(operator_id: int, body: NewPin) -> Any:
    """Give a person a new PIN and take all locks off."""
    act(staffing.reset_pin, settings().security, who().roles, operator_id, body.pin)
    return {"done": True}
