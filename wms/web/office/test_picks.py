"""Office page: every configuration of a campaign once, what was chosen beside what is sent, ticked when it is right."""

from __future__ import annotations

from typing import Any

from flask import request
from pydantic import Field
from werkzeug.wrappers import Response

from wms.errors import BadInput
from wms.operations import mapping
from wms.queries import shapes
from wms.web.auth import needs
from wms.web.office.core import OFFICE, asked, back, bp, draw, there
from wms.web.office.sku_map import NAMES
from wms.web.openapi import Asked
from wms.web.parts import act, by, snapshot

SHOWN = 200


class Which(Asked):
    """All configurations or only those that nobody has seen yet, and from which on."""

    all: str = Field("", pattern="^(yes)?$")
    start: int = Field(0, ge=0, le=10**6)


@bp.get("/map/<id:campaign_id>/test-picks")
@needs(*OFFICE)
def test_picks(campaign_id: int) -> str:
    """Show what to pick for a test of every configuration, commonest first, with bins; it prints."""
    query = asked(Which)
    with snapshot() as tx:
        campaign = there(shapes.campaign_row(tx, campaign_id), f"Campaign {campaign_id}")
        every = shapes.configurations(tx, campaign_id)
        goods = {row.id: row for row in shapes.goods(tx, campaign_id)}
        late = mapping.behind(tx, campaign_id)
        found = [each for each in every if query.all or not each.check]
        shown = found[query.start : query.start + SHOWN]
        bins = shapes.bins(tx, {item_id for each in shown for item_id in each.units})
    counts = {"all": len(every), "open": sum(not each.check for each in every)}
    counts |= {"orders": sum(each.count for each in every if not each.check)}
    facts: dict[str, Any] = {"shown": shown, "total": len(found), "goods": goods, "bins": bins, "names": NAMES}
    return draw("test_picks", "sku_map", campaign=campaign, query=query, counts=counts, late=late, size=SHOWN, **facts)


@bp.post("/map/<id:campaign_id>/test-picks")
@needs(*OFFICE)
def tick_test_picks(campaign_id: int) -> Response:
    """Say that the chosen configurations are right, or take the tick of one back."""
    if undone := request.form.get("undo"):
        act(mapping.untick, campaign_id, undone[:16])
        return back("The tick is taken back.", f"/office/map/{campaign_id}/test-picks?all=yes")
    picked = [each[:16] for each in request.form.getlist("shape")]
    if not picked:
        raise BadInput(field="shape", why="choose at least one configuration (x)")
    done = act(mapping.tick, by(), campaign_id, picked)
    sentence = f"{done} configurations are" if done != 1 else "One configuration is"
    return back(f"{sentence} seen and right.", request.referrer or f"/office/map/{campaign_id}/test-picks")
