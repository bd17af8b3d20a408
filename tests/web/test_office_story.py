"""A campaign in the browser: its report is looked at, imported, compared, and goes as a pilot and a wave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gated import GatedShop
from playwright.sync_api import Page, expect
from served import Served
from sqlalchemy import update

from wms.db import table_of
from wms.models.campaigns import ImportChange
from wms.models.items import Item
from wms.operations import jobs

HEADER = "No,Name,Street,Town,Postcode,Country,Phone,Article,Qty"
STREETS = {number: f"{number} Example St" for number in range(1, 13)}


def report(folder: Path, name: str, **moved: str) -> Path:
    """Twelve backers, each with a core game; the last two have no town."""
    streets = STREETS | {int(key.removeprefix("no")): street for key, street in moved.items()}
    towns = {11: "", 12: ""}
    rows = (
        f"{number},Pat Roe{number},{street},{towns.get(number, 'Graz')},8010,Austria,+43 316 555{number:03d},CORE-RED,1"
        for number, street in streets.items()
    )
    path = folder / f"{name}.csv"
    path.write_text("\n".join([HEADER, *rows]), "utf-8")
    return path


class House:
    """A gated shop on a port of its own, and a person at a browser."""

    def __init__(self, site: Served, page: Page) -> None:
        self.site, self.page, self.shop = site, page, site.warehouse
        assert isinstance(self.shop, GatedShop)
        site.login(page.context, "Vera", "supervisor")

    def open(self, path: str) -> None:
        """Go to a page of the office and wait until it listens to keys."""
        self.page.goto(f"{self.site.url}/office/{path}")
        self.awake()

    def awake(self) -> None:
        """Wait until the page listens to keys."""
        expect(self.page.locator("html[data-keys=on]")).to_be_attached()

    def bring(self, path: Path) -> None:
        """Choose a report, look at it, and import it."""
        self.open("imports")
        form = self.page.locator("form:has(button:text('Look at it'))")
        form.locator("input[type=file]").set_input_files(path)
        form.locator("button").click()
        expect(self.page.locator("h1")).to_have_text(path.name)
        self.page.locator("button.primary").click()
        expect(self.page.locator(".work")).to_contain_text("The file is being read")
        self.work()
        expect(self.page.locator(".figure").first).to_have_text("12")  # the page looks again by itself
        expect(self.page.locator(".work")).to_have_count(0)
        self.awake()

    def work(self) -> None:
        """Let the worker do what waits."""
        while jobs.run_once(self.shop.store, self.shop.settings):
            pass

    def press(self, button: str, said: str) -> None:
        """Press a button and read what it did."""
        self.page.get_by_role("button", name=button).first.click()
        expect(self.page.locator(".flash").first).to_contain_text(said)
        self.awake()


@pytest.fixture
def house(tmp_path: Path, page: Page) -> Iterator[House]:
    shop = GatedShop(f"sqlite:///{tmp_path / 'story.db'}", pilot_orders=2)
    shop.do(lambda tx: tx.execute(update(table_of(Item)).values(weight_g=800)))
    with Served(shop) as site:
        yield House(site, page)


def test_a_report_becomes_its_pilot_and_its_first_wave(house: House, tmp_path: Path) -> None:
    page = house.page
    house.bring(report(tmp_path, "first"))
    expect(page.locator(".told")).to_contain_text("All 12 orders are new")
    page.keyboard.press("v")
    expect(page.locator("tbody tr")).to_have_count(2)
    house.open("release/1")
    house.press("Lock their content", "12 orders: content locked.")
    house.press("Lock 10 now", "10 orders: addresses locked.")
    page.keyboard.press("r")
    page.get_by_role("link", name="Test picks").click()
    house.awake()
    page.locator("input[data-all]").check()
    page.keyboard.press("c")
    expect(page.locator(".flash")).to_contain_text("seen and right")
    house.open("segments/1")
    release(house, "Pilot 1: 2 orders")
    house.shop.work()
    house.open("")
    page.get_by_role("link", name="Parcels of Pilot 1 to check").click()
    for code in house.shop.parcel_codes():
        page.get_by_label("Scan the parcel").fill(code)
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("Should be inside")
        house.awake()
        page.keyboard.press("y")
        expect(page.locator(".flash")).to_contain_text(f"{code} is right.")
    house.open("segments/1")
    release(house, "Wave 1: 8 orders")


def release(house: House, said: str) -> None:
    """Leave out what may not go, release, and read what was planned."""
    house.page.get_by_label("Leave out").check()
    house.page.keyboard.press("Escape")
    house.page.keyboard.press("r")
    expect(house.page.locator("[data-job]")).to_be_visible()
    house.work()
    expect(house.page.locator(".work")).to_contain_text(said)


def test_a_later_report_is_a_difference_and_what_is_locked_waits_for_one_press(house: House, tmp_path: Path) -> None:
    page = house.page
    house.bring(report(tmp_path, "first"))
    house.shop.lock()
    house.bring(report(tmp_path, "later", no3="3 New St", no4="4 New St"))
    expect(page.get_by_role("link", name="Waiting")).to_have_text("Waiting 2")
    expect(page.locator(".told tbody").first).to_contain_text("3 Example St")
    expect(page.locator(".told tbody").first).to_contain_text("3 New St")
    house.press("Apply all 2 that wait", "2 changes are applied.")
    expect(page.get_by_role("link", name="Waiting")).to_have_text("Waiting 0")
    decided = house.shop.rows(table_of(ImportChange).select().where(table_of(ImportChange).c.decision == "applied"))
    assert len(decided) == 2
