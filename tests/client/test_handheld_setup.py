"""The set-up page: what a scanner really sends, what is wrong with it, and which profile fits it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
import zxingcpp
from browser import OpenPage
from client.test_handheld_look import TOO_SMALL
from playwright.sync_api import Locator, Page, expect
from served import PIN, Served
from warehouse import Warehouse

GS1, REST = "0104006381333931" + "10LOT7", "17301231"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A warehouse whose server every test of this module uses."""
    with Served(Warehouse(f"sqlite:///{tmp_path_factory.mktemp('setup') / 'site.db'}")) as site:
        yield site


@pytest.fixture
def setup(site: Served, open_page: OpenPage) -> Callable[..., Page]:
    """`setup(width, height)`: the page on a new device, its profiles loaded."""

    def new(width: int = 360, height: int = 640) -> Page:
        page = open_page(width, height)
        page.goto(f"{site.url}/handheld/setup")
        expect(page.locator("#profiles li")).not_to_have_count(0)
        return page

    return new


def scan(page: Page, *parts: str, end: str = "Enter") -> Locator:
    """What a scanner types; between two parts it sends GS as Ctrl+]. Returns the page's advice."""
    for number, part in enumerate(parts):
        if number:
            page.keyboard.press("Control+]")
        page.keyboard.type(part)
    if end:
        page.keyboard.press(end)
    return page.locator("#result .advice")


def test_a_good_scan_is_shown_byte_by_byte(setup: Callable[..., Page]) -> None:
    page = setup()
    page.locator("#profile").select_option("aim")
    expect(scan(page, f"]C1{GS1}", REST)).to_have_text("All is well with this scan.")
    expect(page.locator(".bytes .aim")).to_have_count(3)
    expect(page.locator(".bytes .control")).to_have_text("GS1D")
    expect(page.locator("#result dl")).to_contain_text("]C1 Code 128")
    expect(page.locator("#result dl")).to_contain_text("Enter key")


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        (f"]C1{GS1}<GS>{REST}", "AIM identifiers on, GS typed as <GS>"),
        (f"{GS1}|{REST}", "No identifiers, GS typed as |"),
    ],
)
def test_the_profile_that_fits_a_scanner_is_offered_and_kept(
    setup: Callable[..., Page], typed: str, title: str
) -> None:
    page = setup()
    expect(scan(page, typed)).to_contain_text(f"Choose the profile “{title}”.")
    page.locator("#result button").click()
    expect(page.locator("#result .good")).to_have_text(f"Chosen: {title}")
    page.reload()
    expect(page.locator("#profile option:checked")).to_have_text(title)


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        (GS1 + REST, "The separator (GS) is lost."),
        (f"{GS1}*{REST}", "It writes * for the separator, which no profile knows."),
        (f"~{GS1}|{REST}", "It puts ~ in front."),
        ("Pickwell-zy/ZY:7", "Scanner and device speak of different keyboards."),
        ("pICKWELL/YZ-yz:7", "Switch off Caps Lock"),
    ],
)
def test_what_is_wrong_with_a_scanner_is_said(setup: Callable[..., Page], typed: str, advice: str) -> None:
    expect(scan(setup(), typed)).to_contain_text(advice)


def test_a_code_that_nothing_ends_is_noticed(setup: Callable[..., Page]) -> None:
    expect(scan(setup(), "LO-A-01-1-X", end="")).to_contain_text("Nothing ends the code.")


def test_a_slow_scanner_is_noticed(setup: Callable[..., Page]) -> None:
    page = setup()
    page.evaluate("byHand = true")
    page.keyboard.type("LO-A-01", delay=90)
    page.keyboard.press("Enter")
    expect(page.locator("#result .advice")).to_contain_text("Set the delay between characters to 0.")


def test_a_scanned_profile_code_chooses_the_profile_and_scans_name_it(setup: Callable[..., Page], site: Served) -> None:
    page, badge = setup(), site.badge("Noor", "picker")
    expect(scan(page, "]C0PW-AIM-BAR")).to_contain_text("GS typed as |")
    page.locator("a", has_text="Done").click()
    expect(page.locator("main.login")).to_be_visible()
    page.keyboard.type(f"]C0{badge}\n")
    expect(page.locator("#pin")).to_be_focused()
    page.keyboard.type(PIN)
    expect(page.locator("main.menu")).to_be_visible()
    with page.expect_request("**/scan") as sent:
        page.keyboard.type("]C1109|X\n")
    assert (sent.value.post_data_json["profile"], sent.value.post_data_json["text"]) == ("aim-bar", "]C1109|X")


def test_the_printed_codes_can_be_read(setup: Callable[..., Page]) -> None:
    page = setup(1280, 800)
    page.locator("#profiles img").last.scroll_into_view_if_needed()
    page.wait_for_function("[...document.images].every((each) => each.complete && each.naturalWidth)")
    shot = cv2.imdecode(np.frombuffer(page.screenshot(full_page=True), np.uint8), cv2.IMREAD_GRAYSCALE)
    found = {each.text for each in zxingcpp.read_barcodes(shot, text_mode=zxingcpp.TextMode.Plain)}
    assert {"PW-AIM", "PW-BRACE", "Pickwell/yz-YZ:7", f"{GS1}\x1d{REST}"} <= found


@pytest.mark.parametrize(("width", "height"), [(320, 533), (360, 640), (412, 824)])
def test_the_page_is_no_wider_than_the_screen_and_large_enough(
    setup: Callable[..., Page], width: int, height: int
) -> None:
    page = setup(width, height)
    scan(page, f"]C1{GS1}", REST)
    expect(page.locator(".bytes")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(TOO_SMALL) == []
