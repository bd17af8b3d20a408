"""Office pages: what backers chose and which SKUs it is, as a table that is edited whole, tried, then saved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response as FlaskResponse
from flask import request
from pydantic import Field
from werkzeug.wrappers import Response

from wms.db import Tx
from wms.errors import BadInput, Refusal
from wms.formats import likeness
from wms.formats.errors import FormatError
from wms.formats.reward_map import (
    MapRow,
    RewardMap,
    plain,
    read_content,
    read_reward_map,
    region_of,
    write_content,
    write_reward_map,
)
from wms.operations import mapping
from wms.operations.mapping import Edit
from wms.queries import outgoing, shapes
from wms.queries import rewards as maps
from wms.web.api.campaigns import follow
from wms.web.auth import needs
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled, there
from wms.web.openapi import Asked
from wms.web.parts import act, by, snapshot

LINES_MAX = 5_000
NAMES = {"reward": "Tier", "item": "Item", "addon": "Add-on", "sku": "SKU", "answer": "Answer"}
FIELDS = ("source", "key", "region", "content", "remark")


@dataclass
class Line:
    """One line of the page: a key in a region, as it is written, and how many orders have it."""

    source: str
    key: str
    region: str = ""
    content: str = ""
    remark: str = ""
    title: str = ""
    orders: int = 0
    pieces: int = 0
    guess: str = ""

    @property
    def name(self) -> str:
        """What to call it: a platform's number says nothing."""
        return self.title or self.key


class Look(Asked):
    """Which version, and the remapping under way."""

    version: int | None = Field(None, ge=0, le=2**31 - 1)
    job: int | None = Field(None, ge=1, le=2**31 - 1)


class Restoring(Asked):
    """Which version shall be in force again."""

    version: int = Field(ge=0, le=2**31 - 1)


@bp.get("/map")
@needs(*OFFICE)
def sku_map() -> str:
    """List the campaigns with their maps."""
    with snapshot() as tx:
        found = shapes.campaign_list(tx)
    return draw("maps", "sku_map", campaigns=found)


@bp.get("/map/<id:campaign_id>")
@needs(*OFFICE)
def campaign_map(campaign_id: int) -> str:
    """Show a campaign's map, unmapped keys first; or what an older version said and how it differed."""
    query = asked(Look)
    with snapshot() as tx:
        job = outgoing.job_row(tx, query.job) if query.job else None
        if query.version is not None:
            return old_version(tx, campaign_id, query.version)
        return editor(tx, campaign_id, RewardMap(maps.in_force(tx, campaign_id)), job=job)


def editor(tx: Tx, campaign_id: int, rows: RewardMap, **more: Any) -> str:
    """Return the page with these lines; `more` may hold what a draft would do, or why it cannot be saved."""
    campaign = there(shapes.campaign_row(tx, campaign_id), f"Campaign {campaign_id}")
    goods = shapes.goods(tx, campaign_id)
    found = shapes.seen(shapes.groups(tx, campaign_id), maps.catalogue(tx, campaign_id))
    lines = lines_of(rows, found, [(row.sku, row.name) for row in goods])
    facts = {
        "lines": more.pop("lines", lines),
        "goods": goods,
        "names": NAMES,
        "questions": questions(tx, campaign_id, rows),
        "history": shapes.history(tx, campaign_id),
        "behind": mapping.behind(tx, campaign_id),
        "untested": len(shapes.untested(tx, campaign_id)),
    }
    base = more.pop("base", campaign.map_version)
    return draw("map", "sku_map", campaign=campaign, base=base, **facts, **({"impact": None, "job": None} | more))


def lines_of(rows: RewardMap, found: Sequence[shapes.Seen], goods: Sequence[tuple[str, str]]) -> list[Line]:
    """Return the lines of the page: what orders have and the map lacks, then the map with its counts."""
    counted = {(each.source, plain(each.key)): each for each in found}
    titles = {(each.source, plain(each.title)): each for each in found}
    made: dict[tuple[str, str, str], Line] = {}
    pairs: dict[tuple[str, str, str], list[tuple[str, int]]] = defaultdict(list)
    for row in rows.rows:
        where = (row.source, plain(row.key), row.region)
        made.setdefault(where, Line(row.source, row.key, row.region, remark=row.note))
        pairs[where].append((row.sku, row.qty))
    for where, line in made.items():
        line.content = write_content(pairs[where])
        known = counted.get(where[:2]) or titles.get(where[:2])
        if known:
            line.title, line.orders, line.pieces = known.title, known.orders, known.pieces
    mapped = {where[:2] for where in made}
    new = [each for each in found if not each.known and (each.source, plain(each.key)) not in mapped]
    fresh = [Line(each.source, each.key, "", "", "", each.title, each.orders, each.pieces) for each in new]
    for line in fresh:
        guess = likeness.guess(f"{line.title} {line.key}", goods)
        line.guess = guess.sku if guess else ""
    return fresh + sorted(made.values(), key=in_turn)


def in_turn(line: Line) -> tuple[int, int, str, str]:
    """Return where a line stands: tiers first, then by how many orders have it, regions below each other."""
    return list(NAMES).index(line.source), -line.orders, plain(line.key), line.region


def questions(tx: Tx, campaign_id: int, rows: RewardMap) -> dict[str, Counter[str]]:
    """Return the survey's questions that the map does not use, with their answers."""
    known = rows.rules.questions
    found = shapes.questions(tx, campaign_id)
    return {question: said for question, said in found.items() if plain(question) not in known}


# --- what was typed ---


@bp.post("/map/<id:campaign_id>")
@needs(*OFFICE)
def edit_map(campaign_id: int) -> Any:
    """Try or save what was typed, or put an SKU into the chosen keys besides; nothing typed is lost."""
    typed = typed_lines()
    do = request.form.get("do", "try")
    base = int(request.form.get("base", "0")) if request.form.get("base", "0").isdecimal() else 0
    with snapshot() as tx:
        skus = {row.sku for row in shapes.goods(tx, campaign_id)}
        try:
            rows = written(typed, skus)
            if do == "append":
                rows = append_typed(rows, skus)
            if do != "save":
                effect = mapping.impact(tx, campaign_id, rows)
                return editor(tx, campaign_id, rows, impact=effect, base=base, note=request.form.get("note", ""))
        except Refusal as refused:
            return editor(tx, campaign_id, RewardMap(()), lines=typed, fault=refused.text, base=base), 422
    try:
        version = act(mapping.save, campaign_id, rows, Edit(by(), request.form.get("note", "")[:200], base))
    except Refusal as refused:
        with snapshot() as tx:
            return editor(tx, campaign_id, RewardMap(()), lines=typed, fault=refused.text, base=base), 422
    return saved(campaign_id, f"Version {version} is in force.")


def saved(campaign_id: int, sentence: str) -> Response:
    """Let the orders follow, at once or in the background, and show the map."""
    job, changed = follow(campaign_id)
    if job:
        return back(f"{sentence} The orders follow in the background.", f"/office/map/{campaign_id}?job={job}")
    return back(f"{sentence} {changed} orders have other lines.", f"/office/map/{campaign_id}")


def typed_lines() -> list[Line]:
    """Return the lines of the form as they were typed; raises BadInput when the form is not whole."""
    columns = [request.form.getlist(name) for name in FIELDS]
    if len({len(column) for column in columns}) != 1 or len(columns[0]) > LINES_MAX:
        raise BadInput(field="map", why="the form is not whole; load the page again")
    return [Line(*(cell.replace("\x00", "").strip() for cell in cells)) for cells in zip(*columns, strict=True)]


def written(typed: Iterable[Line], skus: set[str]) -> RewardMap:
    """Return typed lines as a map; blank ones are left out. Raises BadInput naming the line."""
    rows: list[MapRow] = []
    for line in typed:
        if not line.key or not line.content:
            continue
        try:
            if line.source not in NAMES:
                raise ValueError("choose what kind of thing it is")
            region = region_of(line.region)
            pairs = read_content(line.content, skus)
        except ValueError as problem:
            raise BadInput(field=line.key, why=str(problem)) from None
        rows += [MapRow(line.source, line.key, sku, qty, region, line.remark) for sku, qty in pairs]
    found = RewardMap(tuple(rows))
    if unknown := sorted(found.skus - skus):
        raise BadInput(field="sku", why=f"unknown: {', '.join(unknown)}")
    mapping.check(found)
    return found


def append_typed(rows: RewardMap, skus: set[str]) -> RewardMap:
    """Return the map with an SKU put into the chosen keys. Raises BadInput."""
    picked = [each.partition("|") for each in request.form.getlist("pick")]
    pairs = read_content(request.form.get("more", ""), skus)
    if not picked or len(pairs) != 1 or pairs[0][0] not in skus:
        raise BadInput(field="more", why="choose keys (x) and name one SKU, such as 1 PIN")
    return mapping.appended(rows, [(source, key) for source, _, key in picked], *pairs[0])


@bp.post("/map/<id:campaign_id>/file")
@needs(*OFFICE)
def bring_map(campaign_id: int) -> Any:
    """Show a map from a CSV file as a draft: nothing is saved before somebody looked at it."""
    content = request.files.get("file")
    data, name = (content.read(), content.filename or "map.csv") if content else (b"", "map.csv")
    with snapshot() as tx:
        skus = [row.sku for row in shapes.goods(tx, campaign_id)]
        now = RewardMap(maps.in_force(tx, campaign_id))
        try:
            rows = read_reward_map(data, name, skus)
        except FormatError as wrong:
            return editor(tx, campaign_id, now, fault=str(wrong)), 422
        return editor(tx, campaign_id, rows, impact=mapping.impact(tx, campaign_id, rows), note="From a file.")


@bp.get("/map/<id:campaign_id>.csv")
@needs(*OFFICE)
def map_file(campaign_id: int) -> FlaskResponse:
    """Give the map, or one of its versions, as CSV."""
    query = asked(Look)
    with snapshot() as tx:
        campaign = there(shapes.campaign_row(tx, campaign_id), f"Campaign {campaign_id}")
        rows = maps.in_force(tx, campaign_id)
        if query.version is not None:
            rows = mapping.version_rows(tx, campaign_id, query.version).rows
    name = f"{campaign.code}-map-{query.version or campaign.map_version}.csv"
    told = {"Content-Disposition": f'attachment; filename="{name}"'}
    return FlaskResponse(write_reward_map(rows), mimetype="text/csv", headers=told)


# --- versions ---


def old_version(tx: Tx, campaign_id: int, version: int) -> str:
    """Return the page of a version: what changed with it, and what it said."""
    campaign = there(shapes.campaign_row(tx, campaign_id), f"Campaign {campaign_id}")
    rows = mapping.version_rows(tx, campaign_id, version)
    before = mapping.version_rows(tx, campaign_id, version - 1) if version else RewardMap(())
    history = shapes.history(tx, campaign_id)
    about = next((each for each in history if each.version == version), None)
    changes = differences(before, rows)
    facts = {"version": version, "about": about, "changes": changes, "lines": lines_of(rows, [], []), "names": NAMES}
    return draw("map_version", "sku_map", campaign=campaign, **facts)


def differences(before: RewardMap, after: RewardMap) -> list[tuple[Line, str, str]]:
    """Return what changed between two maps: the key, what it was, what it is; blank is not there."""
    was = {(line.source, plain(line.key), line.region): line for line in lines_of(before, [], [])}
    now = {(line.source, plain(line.key), line.region): line for line in lines_of(after, [], [])}
    found = []
    for where in [*was, *(each for each in now if each not in was)]:
        old, new = was.get(where), now.get(where)
        if (old.content if old else "") != (new.content if new else ""):
            found.append((new or was[where], old.content if old else "", new.content if new else ""))
    return found


@bp.post("/map/<id:campaign_id>/restore")
@needs(*OFFICE)
def restore_map(campaign_id: int) -> Response:
    """Put an older version in force again, as a new one."""
    version = filled(Restoring).version
    made = act(mapping.restore, campaign_id, version, by())
    return saved(campaign_id, f"Version {version} is in force again, as version {made}.")


@bp.post("/map/<id:campaign_id>/again")
@needs(*OFFICE)
def again_map(campaign_id: int) -> Response:
    """Apply the map to all orders again: a kit has other components now."""
    job, changed = follow(campaign_id, again=True)
    where = f"/office/map/{campaign_id}" + (f"?job={job}" if job else "")
    return back("The orders follow in the background." if job else f"{changed} orders have other lines.", where)
