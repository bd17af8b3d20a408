"""The pages about people's data: who may erase and how, everything of one person as a file, who has seen what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk import PAGE, Desk
from forgotten import Life, canaries, line, name_of, traces
from sqlalchemy import select

from wms.app import create_app
from wms.db import table_of
from wms.models.privacy import Access
from wms.operations import jobs

log = table_of(Access)


class House(Desk):
    """The life of a campaign behind the application."""

    def __init__(self, url: str, folder: Path) -> None:
        self.life = Life(url, folder)
        self.life.store.close()
        self.settings, self.app = self.life.settings, create_app(self.life.settings)
        self.store = self.life.store = self.app.extensions["wms.store"]
        self.badges, self.clients = {}, {}

    def page(self, role: str, path: str) -> Any:
        """Ask for a page as somebody with a role."""
        return self.as_(role).get(f"/office{path}", headers=PAGE)

    def send(self, role: str, path: str, **form: Any) -> Any:
        """Send a form from a browser and return the page that follows."""
        client, csrf = self.browser(role)
        return client.post(f"/office{path}", data=form | {"csrf": csrf}, headers=PAGE, follow_redirects=True)

    def id_of(self, number: int) -> int:
        """An order's id."""
        return int(self.life.campaign.order(number).id)

    def accesses(self) -> list[tuple[str, str, int]]:
        """What was written down."""
        return [(row.kind, row.what, row.rows) for row in self.rows(select(log).order_by(log.c.id))]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(f"sqlite:///{tmp_path / 'floor.db'}", tmp_path / "labels")
    yield house
    house.close()


def test_an_admin_erases_one_order_after_typing_its_number(house: House) -> None:
    where = f"/orders/{house.id_of(1)}/erase"
    shown = house.page("admin", where).text
    assert "names and addresses" in shown.lower()
    assert "type 1 to say" in house.send("admin", where, typed="2", reason="Asked for it.").text
    assert "Erasing has begun" in house.send("admin", where, typed="1", reason="Asked for it.").text
    while jobs.run_once(house.store, house.settings):
        pass
    assert traces(house.life, canaries(1)) == []
    assert "Asked for it." in house.page("supervisor", "/privacy").text
    assert "nobody knows whose order it was" in house.page("admin", f"/orders/{house.id_of(1)}").text
    assert house.page("admin", f"/orders/{house.id_of(1)}/backer").status_code == 200


def test_a_campaign_is_closed_and_the_page_says_when_its_people_go(house: House) -> None:
    assert "Close it" in house.page("supervisor", "/privacy").text
    house.send("supervisor", f"/privacy/{house.life.campaign_id}/close")
    assert "kept for now" in house.page("supervisor", "/privacy").text
    house.send("supervisor", f"/privacy/{house.life.campaign_id}/reopen")
    assert "campaign open" in house.page("supervisor", "/privacy").text


def test_open_orders_are_cancelled_only_when_somebody_says_so(house: House) -> None:
    house.life.take(line(9))
    where = f"/privacy/{house.life.campaign_id}"
    assert "1 order waits and would be cancelled first" in house.page("admin", where).text
    asked = {"typed": "LNT1", "reason": "Over."}
    assert "Open orders need their address" in house.send("admin", f"{where}/erase", **asked).text
    house.send("admin", f"{where}/erase", **asked, force="yes")
    while jobs.run_once(house.store, house.settings):
        pass
    assert traces(house.life, ["vandersloot"]) == []
    assert house.page("admin", "/privacy").text.count('data-tone="done">erased') == 1


def test_everything_of_one_person_is_one_file_and_that_is_written_down(house: House) -> None:
    told = house.page("supervisor", f"/orders/{house.id_of(1)}/person.json")
    found = json.loads(told.data)
    assert found["orders"] == ["1"]
    assert found["held"]["recipient"][0]["name"] == name_of(1)
    assert {"customer_order", "address_change", "mail", "print_job", "parcel", "hold"} <= set(found["held"])
    assert name_of(2) not in told.text
    assert house.accesses() == [("person", "everything", 1)]


def test_who_takes_or_sees_people_is_written_down_once_and_without_a_name(house: House) -> None:
    for _ in range(2):
        house.page("supervisor", f"/orders/{house.id_of(1)}")
    house.page("supervisor", "/orders?q=Vandersloot1")
    house.page("supervisor", f"/exports/tables/report?campaign={house.life.campaign_id}").close()
    house.page("picker", "/orders")
    assert house.accesses() == [("address", "order", 1), ("search", "orders", 1), ("file", "report", 3)]
    shown = house.page("admin", "/privacy/seen").text
    assert ("Pat supervisor" in shown, "Vandersloot" in shown) == (True, False)
    assert "Searched" in house.page("admin", "/privacy/seen?kind=search").text
