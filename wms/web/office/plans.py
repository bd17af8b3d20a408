"""Office pages: where goods stand and should stand, and the moves that bring them there."""

from __future__ import annotations

import json
from typing import Any

from pydantic import Field
from werkzeug.wrappers import Response

from wms.operations import bringing, replenishing
from wms.queries import outgoing
from wms.queries import replenishing as reads
from wms.queries import slotting as plans
from wms.queries.listing import Cut
from wms.queries.slotting import PlanPage
from wms.web.api.plans import MoveTaskQuery, enqueue, take_over
from wms.web.auth import needs, who
from wms.web.office import heat
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled
from wms.web.openapi import PAGE_MAX, Asked
from wms.web.parts import act, by, settings, snapshot

JOB = Field(None, ge=1, le=2**31 - 1)


class SlottingQuery(Asked):
    """How many moves, and the planning that is under way."""

    budget: str = Field("", pattern=r"^\d{0,5}$")
    job: int | None = JOB


class ReplenishmentQuery(MoveTaskQuery):
    """Which moves, which faces on which page of them, and the planning that is under way."""

    faces: int = Field(1, ge=1, le=PAGE_MAX)
    low: str = Field("", pattern="^(yes)?$")
    job: int | None = JOB


class Nothing(Asked):
    """A form that is only its button."""


class Acceptance(Asked):
    """How many moves are accepted."""

    budget: int = Field(ge=1, le=100_000)


class FaceForm(Asked):
    """A pick face and its limits."""

    sku: str = Field(min_length=1, max_length=60)
    place: str = Field(min_length=1, max_length=30)
    least: int = Field(ge=0, le=10**6)
    most: str = Field("", pattern=r"^\d{0,6}$")


@bp.get("/slotting")
@needs(*OFFICE)
def slotting() -> str:
    """Show the newest plan: the floor before and after, and the moves that lead there."""
    query = asked(SlottingQuery)
    with snapshot() as tx:
        page = plans.plan_page(tx, None, int(query.budget) if query.budget else None)
        rows = plans.floor_plan(tx) if page else []
        job = outgoing.job_row(tx, query.job) if query.job else None
    return draw(
        "slotting", "slotting", query=query, page=page, job=job, said=said(job), **(shown(page, rows) if page else {})
    )


def shown(page: PlanPage, rows: list[Any]) -> dict[str, Any]:
    """Return the two pictures on one scale of colours, and the table of moves."""
    most = max([*page.before.values(), *page.after.values()], default=0)
    chosen = page.moves[: page.chosen]
    leaves, fills = {each.from_id for each in chosen}, {each.to_id for each in chosen}
    return {
        "before": heat.picture(rows, page.before, most, leaves),
        "after": heat.picture(rows, page.after, most, fills),
        "steps": heat.legend(most),
        "rows": page.table,
    }


def said(job: Any) -> str:
    """Return what a finished job came to, as a sentence."""
    told = json.loads(job.result) if job and job.state == "done" and job.result else {}
    if "sentence" in told:
        return str(told["sentence"])
    if "plan_id" in told:
        return f"Plan {told['plan_id']}: {told['moves']} moves."
    if "open" in told:
        missing = f" {told['missing']} units are missing in the reserve." if told["missing"] else ""
        return f"{told['open']} moves to do, {told['new']} of them new.{missing}"
    return ""


@bp.post("/slotting")
@needs(*OFFICE)
def make_slotting() -> Response:
    """Let the worker make a plan, and show its progress."""
    filled(Nothing)
    made = enqueue("slotting", {"operator": who().operator_id})
    return back("The plan is made in the background.", f"/office/slotting?job={made['id']}")


@bp.post("/slotting/<id:plan_id>/accept")
@needs("supervisor")
def accept_slotting(plan_id: int) -> Response:
    """Accept the first moves of a plan."""
    made = act(take_over, settings(), by(), plan_id, filled(Acceptance).budget)
    return back(f"{made['moves']} moves are accepted: {made['tasks']} tasks on the handheld.", "/office/slotting")


@bp.get("/replenishment")
@needs()
def replenishment() -> str:
    """Show the moves to do, and the pick faces."""
    query = asked(ReplenishmentQuery)
    with snapshot() as tx:
        facts = {
            "found": reads.task_list(tx, query.state, query.cut),
            "counts": reads.task_counts(tx),
            "faces": reads.face_list(tx, bool(query.low), Cut(query.faces, query.per_page)),
            "face_counts": reads.face_counts(tx),
        }
        job = outgoing.job_row(tx, query.job) if query.job else None
    return draw("replenishment", "replenishment", query=query, job=job, said=said(job), **facts)


@bp.post("/replenishment")
@needs(*OFFICE)
def plan_replenishment() -> Response:
    """Let the worker look again what the faces need."""
    filled(Nothing)
    made = enqueue("replenish", {})
    return back("The faces are looked at in the background.", f"/office/replenishment?job={made['id']}")


@bp.post("/replenishment/<id:task_id>/drop")
@needs("supervisor")
def withdraw_move(task_id: int) -> Response:
    """Drop a move."""
    filled(Nothing)
    act(bringing.withdraw, by(), task_id)
    return back("The move is dropped.")


@bp.post("/faces")
@needs("supervisor")
def set_face() -> Response:
    """Make a bin the face of an item."""
    form = filled(FaceForm)
    limits = form.least, int(form.most or 0)
    act(replenishing.set_face, form.sku.strip(), form.place.strip().upper(), limits)
    return back(f"{form.place.upper()} is a face of {form.sku}.")


@bp.post("/faces/<name:place>/free")
@needs("supervisor")
def free_face(place: str) -> Response:
    """Let a bin be nobody's face any more."""
    filled(Nothing)
    act(replenishing.free_face, place)
    return back(f"{place} is nobody's face any more.")
