"""Office pages: people, their badges and PINs."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from wms.errors import NotAllowed
from wms.models.people import ROLES
from wms.operations import people as operations
from wms.operations import staffing
from wms.queries import office
from wms.queries.listing import Cut
from wms.web.api.people import NewOperator, NewPin, OperatorChange, PeopleQuery, without_admin_badge
from wms.web.auth import needs, who
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled, there
from wms.web.parts import act, settings, snapshot


@bp.get("/people")
@needs(*OFFICE)
def people() -> str:
    """List people."""
    query = asked(PeopleQuery)
    with snapshot() as tx:
        found = office.people_list(tx, query.q, query.cut)
    found["items"] = [without_admin_badge(row) for row in found["items"]]
    return draw("people", "people", query=query, found=found, roles=ROLES)


@bp.post("/people")
@needs("admin")
def add_person() -> Response:
    """Add a person and go to the badge to print."""
    given = {name: request.form.get(name, "") for name in ("name", "pin")}
    form = NewOperator.model_validate(given | {"roles": request.form.getlist("roles")})
    person = operations.Person(form.name, form.pin, tuple(dict.fromkeys(form.roles)))
    made, _ = act(operations.add_operator, settings().security, person)
    return back(f"{form.name} is here. Print the badge.", f"/office/people/{made}/badge")


@bp.post("/people/<id:operator_id>/pin")
@needs(*OFFICE)
def reset_pin(operator_id: int) -> Response:
    """Give a person a new PIN."""
    act(staffing.reset_pin, settings().security, who().roles, operator_id, filled(NewPin).pin)
    return back("The new PIN works from now on.")


@bp.post("/people/<id:operator_id>")
@needs("admin")
def change_person(operator_id: int) -> Response:
    """Change a person's roles or access."""
    given = {"roles": request.form.getlist("roles") or None, "active": request.form.get("active") == "yes"}
    form = OperatorChange.model_validate(given)
    roles = None if form.roles is None else tuple(form.roles)
    act(staffing.change, who().operator_id, operator_id, roles, form.active)
    return back("Changed. Their sessions have ended.")


@bp.get("/people/<id:operator_id>/badge")
@needs(*OFFICE)
def badge(operator_id: int) -> str:
    """Show one badge to print; an administrator's only to administrators."""
    with snapshot() as tx:
        person = there(office.person(tx, operator_id), f"Person {operator_id}")
    if "admin" in person.roles.split(",") and "admin" not in who().roles:
        raise NotAllowed(what="an admin's badge")
    return draw("badges", "people", people=[dict(person._mapping) | {"roles": person.roles.split(",")}])


@bp.get("/people/badges")
@needs(*OFFICE)
def badges() -> str:
    """Show the badges of everybody who may come in, as a sheet to print."""
    query = asked(PeopleQuery)
    with snapshot() as tx:
        found = office.people_list(tx, query.q, Cut(per_page=200))["items"]
    shown = [row for row in map(without_admin_badge, found) if row["active"] and row["badge"]]
    return draw("badges", "people", people=shown)
