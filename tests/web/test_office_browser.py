"""The office in a browser: everything by keyboard, no console errors, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import OpenPage
from desk import HOSTILE, Desk
from playwright.sync_api import Page, expect
from served import PIN, Port

from wms.settings import Web

EVERYTHING = (
    *(
        "",
        "orders",
        "orders/{done}",
        "orders/{held}",
        "orders/{held}/backer",
        "countries",
        "items",
        "items/CORE-RED",
        "balances",
        "moves",
        "places",
    ),
    *("places/A-01-1", "plates", "plates/{parcel}", "receipts", "receipts/{receipt}", "imports", "waves", "waves/1"),
    *("replenishment", "replenishment?state=void&low=yes", "slotting", "slotting?budget=1"),
    *("release", "release/1", "segments/1?later=DICE", "pilot", "orders/{done}/parts", "orders/{done}/slip"),
    *("parcels", "trucks", "labels", "printers", "people", "people/badges"),
    *("backers/1", "backers/1/wordings/final", "mails"),
    *("labels/templates", "labels/templates/tote", "labels/sheets?kind=location&refs=A-01-1&layout=2x4"),
)


class Office:
    """A furnished house on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = Port()
        self.url = self.port.url
        self.desk = Desk(f"sqlite:///{folder}/office.db", web=Web(port=self.port.number)).furnish()
        self.port.serve(self.desk.app)

    def close(self) -> None:
        """Close the port and the database."""
        self.port.close()
        self.desk.close()

    def enter(self, page: Page, role: str = "supervisor") -> Page:
        """Give the browser the session of a person, and go to the orders."""
        body = {"badge": self.desk.hire(role), "pin": PIN, "device": "browser"}
        answer = page.context.request.post(f"{self.url}/login", data=body)
        assert answer.ok, answer.text()
        return self.open(page, "orders")

    def type_in(self, page: Page, role: str = "supervisor") -> Page:
        """Log in by badge and PIN, typing like a scanner and a person."""
        page.goto(f"{self.url}/office/orders")
        page.keyboard.type(self.desk.hire(role))
        page.locator("#pin").fill(PIN)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Orders")
        return awake(page)

    def open(self, page: Page, path: str) -> Page:
        """Go to a page of the office."""
        page.goto(self.path(path))
        return awake(page)

    def path(self, page: str) -> str:
        """Return the address of a page."""
        desk = self.desk
        return f"{self.url}/office/" + page.format(
            done=desk.done, held=desk.held, parcel=desk.parcel, receipt=desk.receipt
        )


def awake(page: Page) -> Page:
    """Wait until the page listens to keys."""
    expect(page.locator("html[data-keys=on]")).to_be_attached()
    return page


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A house that tests look at and leave as it is."""
    office = Office(tmp_path_factory.mktemp("office"))
    yield office
    office.close()


@pytest.fixture
def own_office(tmp_path: Path) -> Iterator[Office]:
    """A house for a test that changes something."""
    office = Office(tmp_path)
    yield office
    office.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (800, 1000)])
def test_no_page_is_wider_than_the_screen_nor_complains(
    office: Office, open_page: OpenPage, width: int, height: int
) -> None:
    page = office.enter(open_page(width, height))
    wide = []
    for each in EVERYTHING:
        page.goto(office.path(each), wait_until="load")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(each)
    assert not wide


def test_a_badge_scanned_as_soon_as_the_page_has_loaded_goes_into_its_field(office: Office, page: Page) -> None:
    page.goto(f"{office.url}/office/login", wait_until="load")
    assert page.evaluate("document.activeElement.id") == "badge"


def test_small_print_is_fourteen_pixels_or_more(office: Office, page: Page) -> None:
    office.enter(page)
    smallest = """Math.min(...[...document.querySelectorAll('main *, header *, nav *')]
        .filter((node) => node.offsetParent).map((node) => parseFloat(getComputedStyle(node).fontSize)))"""
    for each in ("", "orders", "labels", "waves/1", "people"):
        page.goto(office.path(each))
        assert page.evaluate(smallest) >= 14, each


def test_rows_are_walked_chosen_and_opened_by_keys(office: Office, page: Page) -> None:
    office.type_in(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_have_text("1")
    expect(page.locator("tr.cursor input[type=checkbox]")).to_be_checked()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Order 1048")


def test_the_bulk_bar_offers_the_hold_of_the_chosen_order(own_office: Office, page: Page) -> None:
    own_office.enter(page)
    own_office.open(page, "orders?state=held")
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".bulk select")).to_have_value("ADDRESS_INVALID")
    page.locator(".bulk input[name=reason]").fill("called the backer")
    page.keyboard.press("Enter")
    expect(page.locator(".flash")).to_have_text("One ADDRESS_INVALID hold cleared.")
    assert own_office.desk.state(own_office.desk.held) == "clean"


def test_two_keys_lead_through_the_house_and_a_question_mark_lists_them(office: Office, page: Page) -> None:
    office.enter(page)
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page.locator("h1")).to_have_text("Waves")
    awake(page)
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_contain_text("next, previous row")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()


def test_a_scan_into_the_box_opens_the_page_of_the_thing(office: Office, page: Page) -> None:
    office.enter(page)
    page.keyboard.press("/")
    page.keyboard.type(office.desk.parcel)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(office.desk.parcel)


def test_a_letter_typed_into_a_field_is_no_hotkey(office: Office, page: Page) -> None:
    office.enter(page)
    page.locator(".search input").fill("")
    page.locator(".search input").press_sequentially("gw jx?")
    expect(page.locator("h1")).to_have_text("Orders")
    expect(page.locator("dialog")).to_be_hidden()


def test_a_label_is_drawn_from_its_zpl(office: Office, page: Page) -> None:
    office.enter(page)
    office.open(page, "labels/1")
    expect(page.locator(".paper[data-drawn] img")).to_be_visible(timeout=30_000)
    size = page.evaluate(
        "(({naturalWidth, naturalHeight}) => [naturalWidth, naturalHeight])(document.querySelector('.paper img'))"
    )
    assert size[0] > 400
    assert size[1] > 400


def test_names_that_try_to_be_scripts_are_read_as_names(office: Office, page: Page) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    office.enter(page)
    expect(page.locator("tbody tr").first).to_contain_text(HOSTILE)
    assert dialogs == []


def test_a_release_reports_when_the_worker_has_planned_it(own_office: Office, page: Page) -> None:
    from wms.operations import jobs

    own_office.enter(page)
    own_office.open(page, "waves")
    page.keyboard.press("r")
    expect(page.locator("[data-job]")).to_be_visible()
    jobs.run_once(own_office.desk.store, own_office.desk.settings)
    expect(page.locator(".work")).to_contain_text("No clean order waits")


def test_the_badge_sheet_prints_nothing_but_badges(office: Office, page: Page) -> None:
    office.enter(page)
    office.open(page, "people/badges")
    page.emulate_media(media="print")
    expect(page.locator(".tabs")).to_be_hidden()
    expect(page.locator(".badge").first).to_be_visible()
