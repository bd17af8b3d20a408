"""API: a campaign's SKU map in versions, and the configurations that people look at before a release."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from wms.errors import NotFound
from wms.formats.reward_map import MOST, MapRow, RewardMap
from wms.operations import jobs, mapping
from wms.operations.mapping import Edit
from wms.queries import rewards as maps
from wms.queries import shapes
from wms.web.api.core import Done, api
from wms.web.openapi import Asked, Deal, Told
from wms.web.parts import act, by, settings, snapshot, store

OFFICE = ("supervisor", "admin")
AT_ONCE = 2_000  # orders that follow a map while somebody waits; more follow in the background
ROWS_MAX = 5_000


class MapLine(Told):
    """One line of the map: `sku` is an SKU, "-" (ignored) or "?question"; `region` names countries, "" the others."""

    source: str
    key: str
    sku: str
    qty: int
    region: str
    note: str


class CampaignMap(Told):
    """The map in force. `behind` orders do not follow it yet."""

    version: int
    lines: list[MapLine]
    behind: int


class NewLine(Asked):
    """One line to write."""

    source: Literal["reward", "item", "addon", "sku", "answer"]
    key: str = Field(min_length=1, max_length=200)
    sku: str = Field(min_length=1, max_length=200)
    qty: int = Field(1, ge=1, le=MOST)
    region: str = Field("", max_length=200)
    note: str = Field("", max_length=200)


class NewMap(Asked):
    """A whole map, the version it was made from, and why."""

    lines: list[NewLine] = Field(max_length=ROWS_MAX)
    base: int | None = Field(None, ge=0, le=2**31 - 1)
    note: str = Field("", max_length=200)


class Saved(Told):
    """The version in force now; `changed` orders have other lines, or the job sees to them."""

    version: int
    changed: int
    job: int | None


class Effect(Told):
    """What a map would change if it were saved: `fixed` orders are locked or released and keep their lines."""

    orders: int
    fixed: int
    units: dict[str, int]
    lacking: tuple[int, int]


class Shape(Told):
    """A configuration: orders that chose the same and get the same; SKU -> units as the floor sees them."""

    shape: str
    count: int
    clean: int
    example: str
    reward: str
    chosen: list[tuple[str, str, int]]
    units: dict[str, int]
    seen_by: str | None
    seen_at: datetime | None


class Shapes(Told):
    """Every configuration of a campaign's orders that are not released."""

    items: list[Shape]


class Ticks(Asked):
    """Configurations that somebody found right."""

    shapes: list[str] = Field(min_length=1, max_length=ROWS_MAX)


@api.route("GET /campaigns/<id:campaign_id>/map", Deal(CampaignMap), *OFFICE)
def campaign_map(campaign_id: int) -> Any:
    """Give the map in force."""
    with snapshot() as tx:
        campaign = known(tx, campaign_id)
        rows = maps.in_force(tx, campaign_id)
        return {"version": campaign.map_version, "lines": rows, "behind": mapping.behind(tx, campaign_id)}


@api.route("PUT /campaigns/<id:campaign_id>/map", Deal(Saved, body=NewMap), *OFFICE)
def write_map(campaign_id: int, body: NewMap) -> Any:
    """Save a map as the next version; its orders follow."""
    version = act(mapping.save, campaign_id, as_map(body), Edit(by(), body.note, body.base))
    job, changed = follow(campaign_id)
    return {"version": version, "changed": changed, "job": job}


@api.route("POST /campaigns/<id:campaign_id>/map/try", Deal(Effect, body=NewMap), *OFFICE)
def try_map(campaign_id: int, body: NewMap) -> Any:
    """Say what a map would change; nothing is saved."""
    rows = as_map(body)
    mapping.check(rows)
    with snapshot() as tx:
        known(tx, campaign_id)
        return mapping.impact(tx, campaign_id, rows)


@api.route("GET /campaigns/<id:campaign_id>/configurations", Deal(Shapes), *OFFICE)
def configurations(campaign_id: int) -> Any:
    """List every configuration of orders that are not released, commonest first."""
    with snapshot() as tx:
        known(tx, campaign_id)
        skus = {row.id: row.sku for row in shapes.goods(tx, campaign_id)}
        return {"items": [as_shape(each, skus) for each in shapes.configurations(tx, campaign_id)]}


@api.route("POST /campaigns/<id:campaign_id>/configurations/seen", Deal(Done, body=Ticks), *OFFICE)
def tick(campaign_id: int, body: Ticks) -> Any:
    """Say that configurations are right."""
    act(mapping.tick, by(), campaign_id, body.shapes)
    return {"done": True}


def as_map(body: NewMap) -> RewardMap:
    """Return the lines of a request as a map."""
    return RewardMap(tuple(MapRow(**line.model_dump()) for line in body.lines))


def as_shape(each: shapes.Configuration, skus: dict[int, str]) -> dict[str, Any]:
    """Return a configuration as it is told."""
    return {
        **{"shape": each.shape, "count": each.count, "clean": each.clean},
        **{"example": each.example.number, "reward": each.example.reward},
        "chosen": [(given.chosen[0], given.chosen[2], given.chosen[3]) for given in each.given],
        "units": {skus.get(item_id, str(item_id)): qty for item_id, qty in each.units.items()},
        **{"seen_by": each.check.name if each.check else None, "seen_at": each.check.at if each.check else None},
    }


def known(tx: Any, campaign_id: int) -> Any:
    """Return a campaign; raises NotFound."""
    found = shapes.campaign_row(tx, campaign_id)
    if found is None:
        raise NotFound(what=f"Campaign {campaign_id}")
    return found


def follow(campaign_id: int, again: bool = False) -> tuple[int | None, int]:
    """Let orders follow the map: at once when they are few (how many changed), else by a job (its id)."""
    with snapshot() as tx:
        many = shapes.open_orders(tx, campaign_id) > AT_ONCE
    if many:
        args = {"campaign": campaign_id, "again": again}
        return act(jobs.enqueue, "remap", args, None, f"remap:{campaign_id}"), 0
    return None, mapping.remap_all(store(), settings(), campaign_id, again)
