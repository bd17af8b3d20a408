"""API: pick faces, the moves that refill or re-slot them, slotting plans, and when a wave will end."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from wms.errors import NotFound
from wms.operations import bringing, replenishing, slotting
from wms.operations import jobs as job_operations
from wms.queries import labour
from wms.queries import replenishing as reads
from wms.queries import slotting as plans
from wms.queries.outgoing import wave_page
from wms.web.api.core import Done, api
from wms.web.api.outgoing import Enqueued
from wms.web.auth import who
from wms.web.openapi import Asked, Deal, Paged, PageQuery, Told
from wms.web.parts import act, by, settings, snapshot

OFFICE = ("supervisor", "admin")
QTY_MAX = 10**6


class MoveTaskRow(Told):
    """Units to bring to a pick face: to refill it, or because a slotting plan moves an item."""

    id: int
    reason: str
    state: str
    sku: str
    qty: int
    moved: int
    reserved: int
    from_place: str
    lpn: str | None
    to_place: str
    why: str
    operator: str | None
    asked_at: datetime
    started_at: datetime | None
    done_at: datetime | None


class FaceRow(Told):
    """A pick face with what stands in it, is promised, comes, and is in reserve; `max_qty` 0 means what fits."""

    sku: str
    place: str
    qty: int
    allocated: int
    coming: int
    min_qty: int
    max_qty: int
    reserve: int


class PlanRow(Told):
    """A slotting plan; walks in mm for an order."""

    id: int
    state: str
    orders: int
    items: int
    before_mm: int
    after_mm: int
    why: str
    made_at: datetime
    by: str | None
    accepted_at: datetime | None


class PlanMove(Told):
    """One step: an item to another face; an empty place is the reserve, or aside for a moment."""

    rank: int
    chain: int
    sku: str
    from_place: str | None
    to_place: str | None
    saved_mm: int
    accepted: bool


class PlanDetail(Told):
    """A plan, its moves, and what the chosen ones come to."""

    plan: PlanRow
    moves: list[PlanMove]
    chosen: int
    saved_mm: int
    after_mm: int


class Accepted(Told):
    """What was accepted: moves of the plan, and the tasks that they became."""

    moves: int
    tasks: int


class CrewRow(Told):
    """When a wave ends with so many people; `in_time` is null when no cut-off is known."""

    people: int
    pickers: int
    packers: int
    picked_at: datetime
    end_at: datetime
    in_time: bool | None


class ForecastTold(Told):
    """When a wave ends with 1, 2, 3, ... people, and how many the first truck needs."""

    rows: list[CrewRow]
    lists_left: int
    orders_left: int
    leaves_at: datetime | None
    needed: int | None


class MoveTaskQuery(PageQuery):
    """Which moves; without a state those that are not ended."""

    state: Literal["", "open", "doing", "done", "short", "void"] = ""


class FaceQuery(PageQuery):
    """Which faces; `low`: those that hold less than their minimum."""

    low: bool = False


class BudgetQuery(Asked):
    """What if only so many moves are done."""

    budget: int | None = Field(None, ge=0, le=100_000)


class CrewQuery(Asked):
    """For how many people the end of a wave is forecast."""

    people: int = Field(8, ge=1, le=100)


class Face(Asked):
    """A pick face: a bin for an item, refilled below the minimum up to the maximum (0: what fits)."""

    sku: str = Field(min_length=1, max_length=60)
    place: str = Field(min_length=1, max_length=30)
    min_qty: int = Field(0, ge=0, le=QTY_MAX)
    max_qty: int = Field(0, ge=0, le=QTY_MAX)


class FaceMade(Told):
    """The face."""

    id: int


class NewPlan(Asked):
    """How long the planner may think."""

    seconds: int = Field(60, ge=1, le=600)


class Budget(Asked):
    """How many moves to accept, the best first; null means all."""

    budget: int | None = Field(None, ge=1, le=100_000)


@api.route("GET /move-tasks", Deal(Paged[MoveTaskRow], query=MoveTaskQuery))
def move_tasks(query: MoveTaskQuery) -> Any:
    """List moves to pick faces in the order in which they are done."""
    with snapshot() as tx:
        return reads.task_list(tx, query.state, query.cut)


@api.route("POST /move-tasks", Deal(Enqueued, status=202), *OFFICE)
def plan_moves() -> Any:
    """Look again what the faces need, in the background; it is done every few minutes and after a release anyway."""
    return enqueue("replenish", {})


@api.route("POST /move-tasks/<id:task_id>/withdraw", Deal(Done), "supervisor")
def withdraw_move(task_id: int) -> Any:
    """Drop a move that is not done, also out of somebody's hands."""
    act(bringing.withdraw, by(), task_id)
    return Done()


@api.route("GET /faces", Deal(Paged[FaceRow], query=FaceQuery))
def faces(query: FaceQuery) -> Any:
    """List pick faces by item."""
    with snapshot() as tx:
        return reads.face_list(tx, query.low, query.cut)


@api.route("POST /faces", Deal(FaceMade, body=Face), "supervisor")
def set_face(body: Face) -> Any:
    """Make a bin the pick face of an item, or change its limits."""
    return {"id": act(replenishing.set_face, body.sku, body.place, (body.min_qty, body.max_qty))}


@api.route("DELETE /faces/<name:place>", Deal(Done), "supervisor")
def free_face(place: str) -> Any:
    """Let a bin be nobody's face any more."""
    act(replenishing.free_face, place)
    return Done()


@api.route("GET /slotting-plans", Deal(Paged[PlanRow], query=PageQuery), *OFFICE)
def slotting_plans(query: PageQuery) -> Any:
    """List slotting plans, the newest first."""
    with snapshot() as tx:
        return plans.plan_list(tx, query.cut)


@api.route("POST /slotting-plans", Deal(Enqueued, body=NewPlan, status=202), *OFFICE)
def make_plan(body: NewPlan) -> Any:
    """Propose better pick faces, in the background."""
    return enqueue("slotting", {"operator": who().operator_id, "seconds": body.seconds})


@api.route("GET /slotting-plans/<id:plan_id>", Deal(PlanDetail, query=BudgetQuery), *OFFICE)
def slotting_plan(plan_id: int, query: BudgetQuery) -> Any:
    """Show a plan with its moves, and what the first of them come to."""
    with snapshot() as tx:
        found = plans.plan_page(tx, plan_id, query.budget)
    if found is None:
        raise NotFound(what=f"Slotting plan {plan_id}")
    return found


@api.route("POST /slotting-plans/<id:plan_id>/accept", Deal(Accepted, body=Budget), "supervisor")
def accept_plan(plan_id: int, body: Budget) -> Any:
    """Let the first moves of a proposal become tasks, and its faces the ones in force."""
    return act(take_over, settings(), by(), plan_id, body.budget)


@api.route("GET /waves/<id:wave_id>/forecast", Deal(ForecastTold, query=CrewQuery))
def forecast(wave_id: int, query: CrewQuery) -> Any:
    """Say when a wave will be picked and packed, from how fast people picked, walked and packed here before."""
    with snapshot() as tx:
        if wave_page(tx, wave_id) is None:
            raise NotFound(what=f"Wave {wave_id}")
        return labour.forecast(tx, wave_id, query.people, settings().site.zone)


def enqueue(kind: str, args: dict[str, Any]) -> dict[str, Any]:
    """Queue planning and return the job's id and state; a second wish meanwhile is the same one."""
    return {"id": act(job_operations.enqueue, kind, args, None, kind), "state": "queued"}


def take_over(tx: Any, *wish: Any) -> dict[str, int]:
    """Accept a plan and let its new faces be refilled."""
    made = slotting.accept(tx, *wish)
    job_operations.enqueue(tx, "replenish", {}, None, "replenish")
    return made
