"""From coverage to the first wave in the office: a handful of decisions, refused with every reason when it must be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backers import backer
from gated import GatedShop
from served import PIN

from wms.app import create_app
from wms.operations import jobs, people

PAGE = {"Accept": "text/html"}


class Desk:
    """A gated shop behind the application, and a person at a browser."""

    def __init__(self, folder: Path) -> None:
        self.shop = GatedShop(f"sqlite:///{folder}/release.db", pilot_orders=2)
        self.app = create_app(self.shop.settings)
        self.shop.store.close()
        self.shop.store = self.app.extensions["wms.store"]
        self.shop.floor = self.app.extensions["wms.floor"]
        self.sit("Vera")

    def sit(self, name: str) -> None:
        """Let a supervisor sit down at the browser."""
        person = people.Person(name, PIN, ("supervisor",))
        badge = self.shop.do(people.add_operator, self.shop.settings.security, person)[1]
        self.browser = self.app.test_client()
        body = {"badge": badge, "pin": PIN, "device": f"desk of {name}"}
        self.csrf = self.browser.post("/login", json=body).json["csrf"]

    def see(self, path: str) -> str:
        """A page as it reads."""
        answer = self.browser.get(f"/office/{path}", headers=PAGE)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def press(self, path: str, **form: Any) -> str:
        """Press a button and read the page it leads to."""
        where = {"Referer": "http://localhost/office/release/1"}
        made = self.browser.post(f"/office/{path}", data=form | {"csrf": self.csrf}, headers=PAGE | where)
        assert made.status_code == 302, made.text
        return self.see(made.location.partition("/office/")[2])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.app.extensions["wms.ticker"].stop()
    desk.shop.store.close()


def test_a_campaign_goes_from_the_review_to_its_first_wave_in_seven_decisions(desk: Desk) -> None:
    shop = desk.shop
    shop.campaign.review(*(backer(n, "Core") for n in range(1, 7)), backer(7, "Sleeves", pledge_status="errored"))
    assert "7 orders: content locked." in desk.press("release/1/locks", what="content")
    assert "7 orders: addresses locked." in desk.press("release/1/locks", what="address")
    shut = desk.press("release/1/everything")
    assert ["One order has open holds." in shut, '/office/map/1/test-picks">Test picks</a>' in shut] == [True, True]
    chosen = re.findall(r'name="shape" value="(\w+)"', desk.see("map/1/test-picks"))
    assert "2 configurations are seen and right." in desk.press("map/1/test-picks", shape=chosen)
    desk.press("segments/1/release", kind="pilot", ready_only="yes")
    jobs.run_once(shop.store, shop.settings)
    shop.work()
    assert "Parcels of Pilot 1 to check" in desk.see("")
    desk.sit("Ben")
    for code in shop.parcel_codes():
        assert "It is right" in desk.see(f"pilot?code={code}")
        assert f"{code} is right." in desk.press("pilot", code=code, verdict="right")
    desk.press("segments/1/release", kind="wave", ready_only="yes")
    assert "Parcels of Pilot 1" not in desk.see("")
    while jobs.run_once(shop.store, shop.settings):
        pass
    assert "Wave 1" in desk.see("segments/1")
    assert [shop.campaign.state(n) for n in (3, 7)] == ["released", "held"]


def test_a_shut_gate_says_every_reason_and_releases_nothing(desk: Desk) -> None:
    desk.shop.campaign.review(backer(1, "Core"), backer(2, "Core", pledge_status="errored"))
    desk.press("release/1/everything")
    said = desk.press("segments/1/release", kind="pilot")
    assert "Not released. One order has open holds. 2 orders are not locked. 2 orders have a configuration" in said


def test_the_largest_wave_and_a_signature_for_test_picks_are_given_on_the_segments_page(desk: Desk) -> None:
    desk.shop.campaign.review(backer(1, "Core"), backer(2, "Core"))
    desk.press("release/1/everything")
    assert "The largest wave is changed." in desk.press("segments/1/size", orders="300")
    assert '<span class="figure num">300</span>at most in one wave' in desk.see("segments/1")
    assert "Signed: 2 orders go without a test pick." in desk.press("segments/1/untested", reason="One box.")


def test_a_new_segment_is_counted_while_it_is_described_and_then_saved(desk: Desk) -> None:
    desk.shop.campaign.review(backer(1, "Core"), backer(2, "Core", "Sleeves"))
    asked = "/office/release/1/count?with_skus=SLEEVES&groups=home"
    assert desk.browser.get(asked).json == {"orders": 1, "units": 2, "held": 0, "locked": 0}
    form = {"name": "Sleeves at home", "with_skus": "SLEEVES", "groups": "home", "priority": "5"}
    assert "home · with SLEEVES" in desk.press("release/1/segments", **form)


def test_the_add_on_of_a_segment_comes_later_after_its_cost_was_seen(desk: Desk) -> None:
    desk.shop.campaign.review(backer(1, "Core"), backer(2, "Core", "Sleeves"))
    desk.press("release/1/everything")
    assert "Split 1 orders" in desk.see("segments/1?later=SLEEVES")
    assert "1 orders go in parts" in desk.press("segments/1/split", later="SLEEVES")
    assert "Not in this parcel: 1 × Item SLEEVES" in desk.see("orders/2/parts")
    assert "later, not planned yet" in desk.see("orders/2/slip")
    assert "1 units came back" in desk.press("orders/2/join")
