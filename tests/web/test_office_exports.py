"""The exports page: numbers in by a file, a platform's file out once, whole tables that are written down."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backers import Campaign, backer
from desk import PAGE, Desk
from sqlalchemy import select, update

from wms.app import create_app
from wms.clock import now
from wms.db import table_of
from wms.models.exports import Export
from wms.models.shipping import Carrier, Parcel
from wms.models.stock import Lpn
from wms.operations import master
from wms.settings import SettingsError, load

exports, parcels = table_of(Export), table_of(Parcel)


class Counter(Desk):
    """A supervisor's browser and one parcel that left without a number."""

    campaign: Campaign
    parcel: int

    def send(self, path: str, **form: Any) -> Any:
        """Send a form and return the page that follows."""
        self.session = getattr(self, "session", None) or self.browser("supervisor")
        client, csrf = self.session
        return client.post(f"/office{path}", data=form | {"csrf": csrf}, headers=PAGE, follow_redirects=True)

    def get(self, path: str) -> Any:
        """Ask for a page or a file."""
        self.session = getattr(self, "session", None) or self.browser("supervisor")
        return self.session[0].get(f"/office{path}", headers=PAGE)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    house = Counter(f"sqlite:///{tmp_path}/counter.db")
    house.item("EXP-1")
    house.campaign = Campaign(house, Core="EXP-1")
    house.campaign.review(backer(1, "Core"))
    lpn = house.do(master.add, table_of(Lpn), code="PA-1-A", kind="parcel")
    order = house.campaign.order(1).id
    facts = {"state": "shipped", "opened_at": now(), "shipped_at": now()}
    house.parcel = house.do(master.add, parcels, code="PA-1-A", lpn_id=lpn, order_id=order, **facts)
    yield house
    house.close()


def numbers(text: str) -> dict[str, Any]:
    return {"file": (io.BytesIO(text.encode()), "ups.csv")}


def test_a_file_of_numbers_becomes_the_platforms_file(counter: Counter) -> None:
    assert "1 shipped order has a parcel without a tracking number" in counter.get("/exports").text
    assert (
        "1 of 1 parcels have a new number"
        in counter.send("/exports/numbers", **numbers("code,tracking\n1,1Z999\n")).text
    )
    page = counter.send("/exports", campaign=counter.campaign.id, platform="kickstarter")
    assert "Export 1 is ready" in page.text
    assert list(csv.reader(io.StringIO(counter.get("/exports/1").text)))[1][3] == "1Z999"


def test_the_api_lists_makes_and_hands_out_what_the_office_does(counter: Counter) -> None:
    client, campaign = counter.as_("supervisor"), f"/api/v1/campaigns/{counter.campaign.id}"
    assert client.get(f"{campaign}/exports").json["unnumbered"] == ["1"]
    counter.send(f"/parcels/{counter.parcel}/tracking", tracking="1Z999")
    fresh = {each["id"]: each["fresh"] for each in client.get(f"{campaign}/exports").json["platforms"]}
    made = client.post(f"{campaign}/exports", json={"platform": "backerkit"}).json["id"]
    file = client.get(f"/api/v1/exports/{made}/file")
    assert (fresh["backerkit"], file.mimetype, "1Z999" in file.text) == (1, "text/csv", True)
    again = client.post(f"{campaign}/exports", json={"platform": "backerkit"})
    assert (again.status_code, again.json["error"]["code"]) == (409, "nothing_new")
    with client.get(f"{campaign}/tables/report?kind=csv") as report:
        assert report.text.count("mira1@example.test") == 1
    assert client.get(f"{campaign}/tables/people").status_code == 404
    listed = client.get(f"{campaign}/exports").json["items"]
    assert {row["kind"]: row["who"] for row in listed} == dict.fromkeys(("report", "backerkit"), "Pat supervisor")


def test_a_parcel_is_followed_where_its_carrier_says(counter: Counter) -> None:
    carrier = counter.do(master.add, table_of(Carrier), code="R", name="Royal Mail", countries="*")
    counter.do(lambda tx: tx.execute(update(parcels).values(carrier_id=carrier, tracking="AB 1/2 GB")))
    page = "https://www.royalmail.com/track-your-item#/tracking-results/AB1%2F2GB"
    counter.send("/exports", campaign=counter.campaign.id, platform="backerkit")
    order = counter.campaign.order(1).id
    assert [page in counter.get(each).text for each in (f"/orders/{order}", "/parcels", "/exports/1")] == [True] * 3


@pytest.mark.parametrize("name", ["carriers", "rates"])
def test_a_bad_file_about_carriers_stops_the_start(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="shipping: "):
        create_app(
            load(overrides={"database.url": f"sqlite:///{tmp_path}/x.db", f"shipping.{name}": str(tmp_path / "none")})
        )


def test_a_bent_number_is_told_with_its_line_and_nothing_is_written(counter: Counter) -> None:
    page = counter.send("/exports/numbers", **numbers("code,tracking\n1,9.25E+11\n"))
    assert page.status_code == 422
    assert "shortened by a spreadsheet" in page.text
    assert counter.rows(select(parcels.c.tracking))[0].tracking == ""


def test_one_parcel_gets_its_number_by_hand(counter: Counter) -> None:
    counter.send(f"/parcels/{counter.parcel}/tracking", tracking=" 1Z998 ")
    assert "1Z998" in counter.get("/parcels?q=1Z998").text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_who_takes_the_whole_report_is_written_down(counter: Counter, kind: str) -> None:
    with counter.get(f"/exports/tables/report?kind={kind}&campaign={counter.campaign.id}") as report:
        assert report.status_code == 200
        assert (b"mira1@example.test" in report.data) == (kind == "csv")
    [row] = counter.rows(select(exports))
    assert (row.kind, row.orders, bool(row.operator_id)) == ("report", 1, True)
