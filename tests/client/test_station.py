"""The pack station in front of the real server: an order is packed with nothing but keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import Bench
from browser import OpenPage, Remarks
from playwright.sync_api import Page, expect
from served import PIN, Served
from sqlalchemy import select, update

from wms.db import table_of
from wms.models.items import Item
from wms.models.printing import PrintJob
from wms.models.shipping import Parcel

TOTE = re.compile("tote")
FOLDER = Path(__file__).resolve().parents[2] / "scanner_client" / "station"
# What reaches over its box or over the edge of the screen; a name in the lines may end in an ellipsis.
CLIPPED = """() => {
  const parts = document.querySelectorAll('main h1, main .big, .count, #box *, header *, #keys *, #band *');
  return [...parts].filter((node) => {
    const box = node.getBoundingClientRect(); if (!box.width || node.closest('svg')) return false;
    const wide = node.clientWidth && node.scrollWidth > node.clientWidth + 1;
    return wide || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
  }).map((node) => node.outerHTML.slice(0, 90));
}"""
TOO_SMALL = """() => [...document.querySelectorAll('body *')].filter((node) => {
  const text = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  const seen = node.getBoundingClientRect().width && !node.closest('[hidden], .sprite, noscript');
  return text && seen && parseFloat(getComputedStyle(node).fontSize) < 16;
}).map((node) => node.outerHTML.slice(0, 90))"""


class Desk:
    """One pack station: its page and its keyboard."""

    def __init__(self, page: Page, site: Served, badge: str) -> None:
        self.page, self.site, self.badge = page, site, badge

    def login(self) -> Desk:
        """Badge by scanner, PIN by keyboard."""
        self.page.goto(f"{self.site.url}/station/")
        expect(self.page.locator("main.login:not(.pin)")).to_be_visible()
        self.scan(self.badge)
        expect(self.page.locator("#pin")).to_be_focused()
        self.page.keyboard.type(PIN)
        return self

    def scan(self, *codes: str) -> Desk:
        """The keys of a scanner: the code, then Enter."""
        for code in codes:
            self.page.keyboard.type(code)
            self.page.keyboard.press("Enter")
        return self

    def press(self, key: str) -> Desk:
        """A key of the keyboard."""
        self.page.keyboard.press(key)
        return self

    def shows(self, title: str | re.Pattern[str]) -> Desk:
        """Wait until the screen asks for this."""
        expect(self.page.locator("main h1")).to_have_attribute("aria-label", title)
        return self

    def band(self, tone: str, note: str = "") -> Desk:
        """Wait until the band has this tone and says this."""
        expect(self.page.locator("#band")).to_have_attribute("data-tone", tone)
        expect(self.page.locator("#band .note")).to_contain_text(note)
        return self


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(f"sqlite:///{tmp_path}/station.db")


@pytest.fixture
def site(bench: Bench) -> Iterator[Served]:
    with Served(bench) as site:
        yield site


@pytest.fixture
def desk(site: Served, open_page: OpenPage) -> Desk:
    return Desk(open_page(1280, 800), site, site.badge("Jonas", "packer"))


def parcel(bench: Bench) -> str:
    """The code of the newest parcel."""
    parcels = table_of(Parcel)
    return str(bench.rows(select(parcels.c.code).order_by(parcels.c.id.desc()))[0].code)


def test_a_whole_order_is_packed_by_keyboard(desk: Desk, bench: Bench) -> None:
    order, tote = bench.tote_of({"CORE-RED": 2, "DICE": 1})
    desk.login().shows(TOTE).scan(tote).shows("Scan CORE-RED")
    desk.scan("CORE-RED").band("ok", "CORE-RED: 1 of 2.").scan("CORE-RED").shows("Scan DICE").scan("DICE")
    desk.shows(re.compile("Take carton")).scan(bench.cartons["L"]).band("ask").scan(bench.cartons["L"])
    desk.shows("Weigh the parcel").scan("350").shows("Scan the label").scan(parcel(bench))
    desk.band("done", "Order 10481 packed.")
    assert (bench.state(order), len(bench.labels())) == ("packed", 1)


def test_lines_say_what_is_missing_and_what_is_done(desk: Desk, bench: Bench) -> None:
    _, tote = bench.tote_of({"CORE-RED": 2, "DICE": 1})
    desk.login().shows(TOTE).scan(tote).shows("Scan CORE-RED").scan("CORE-RED", "CORE-RED").shows("Scan DICE")
    lines = desk.page.locator(".line")
    expect(lines.nth(0)).to_have_class(re.compile("done"))
    expect(lines.nth(1)).to_have_class(re.compile("now"))
    expect(lines.nth(1).locator(".count")).to_have_text("0 of 1")


def sized(bench: Bench, sku: str, sides: tuple[int, int, int], **more: bool) -> None:
    """Give an item its sizes."""
    items = table_of(Item)
    size = dict(zip(("length_mm", "width_mm", "height_mm"), sides, strict=True))
    bench.do(lambda tx: tx.execute(update(items).where(items.c.sku == sku).values(**size, **more)))


def test_the_picture_shows_what_is_in_the_carton_and_what_comes_next(desk: Desk, bench: Bench) -> None:
    sized(bench, "CORE-RED", (140, 140, 60))
    sized(bench, "DICE", (60, 60, 60))
    _, tote = bench.tote_of({"CORE-RED": 2, "DICE": 1})
    desk.login().shows(TOTE).scan(tote).shows("Scan CORE-RED")
    picture = desk.page.locator(".packing")
    expect(desk.page.locator("#box")).to_contain_text(re.compile(r"\d+ × \d+ × \d+ mm"))
    expect(picture.locator(".unit")).to_have_count(1)
    expect(picture.locator(".unit.next")).to_have_attribute("data-sku", "CORE-RED")
    desk.scan("CORE-RED", "CORE-RED").shows("Scan DICE")
    expect(picture.locator(".unit.in")).to_have_count(2)
    expect(picture.locator(".steps")).to_contain_text("DICE")
    assert desk.page.evaluate("(how => how.scrollWidth <= how.clientWidth)(document.querySelector('.steps .how'))")
    assert desk.page.evaluate(CLIPPED) == []


def test_the_arrows_turn_the_pages_of_the_picture(desk: Desk, bench: Bench) -> None:
    sized(bench, "CORE-RED", (140, 140, 60))
    sized(bench, "DICE", (250, 180, 25), soft=True)
    _, tote = bench.tote_of({"CORE-RED": 2, "DICE": 1})
    desk.login().shows(TOTE).scan(tote).shows("Scan CORE-RED")
    picture = desk.page.locator(".packing")
    expect(picture.locator(".steps")).to_contain_text("Into the gaps: 1 × DICE")
    desk.press("ArrowRight").press("ArrowRight")
    expect(picture).to_have_attribute("data-step", "2")
    desk.press("ArrowRight")
    expect(picture).to_have_attribute("data-step", "1")


def test_a_wrong_unit_is_seen_and_changes_nothing(desk: Desk, bench: Bench) -> None:
    _, tote = bench.tote_of({"CORE-RED": 1})
    desk.login().shows(TOTE).scan(tote).shows("Scan CORE-RED")
    desk.scan("DICE").band("stop", "This is DICE. This order takes CORE-RED.").shows("Scan CORE-RED")
    expect(desk.page.locator("#flash")).to_have_attribute("data-tone", "stop")


def test_a_held_order_fills_the_screen_in_amber(desk: Desk, bench: Bench) -> None:
    order, tote = bench.tote_of({"CORE-RED": 2})
    desk.login().shows(TOTE).scan(tote).shows("Scan CORE-RED").scan("CORE-RED").band("ok")
    bench.hold(order, "CHANGED_AFTER_LOCK")
    desk.scan("CORE-RED").band("stop", "on hold")
    expect(desk.page.locator(".held h1")).to_have_text("On hold: changed after lock")
    expect(desk.page.locator(".held")).to_contain_text("F3: Problem shelf")
    desk.press("F3").band("done", "problem shelf")
    expect(desk.page.locator(".held")).to_have_count(0)


def test_a_tote_on_hold_says_who_clears_it(desk: Desk, bench: Bench) -> None:
    order, tote = bench.tote_of({"CORE-RED": 1})
    bench.tote_of({"DICE": 1})
    bench.hold(order, "SHORT")
    desk.login().shows(TOTE).scan(tote)
    expect(desk.page.locator(".held")).to_contain_text("On hold: SHORT. A supervisor clears it.")
    expect(desk.page.locator(".held")).to_contain_text("tote")


def test_whoever_signs_in_begins_to_pack_and_can_leave(desk: Desk, bench: Bench) -> None:
    bench.tote_of({"CORE-RED": 1})
    ready = desk.page.locator("main.menu h1")
    desk.login().shows(TOTE).press("Escape")
    expect(ready).to_have_text("Ready to pack")
    desk.press("F1").shows(TOTE).press("Escape")
    expect(ready).to_have_text("Ready to pack")
    desk.press("F9")
    expect(desk.page.locator("html")).to_have_attribute("data-theme", "night")
    desk.press("F10")
    expect(desk.page.locator("main.login")).to_be_visible()


def test_the_menu_of_a_station_has_no_other_flow_on_its_keys(desk: Desk) -> None:
    desk.badge = desk.site.badge("Ida", "picker", "packer", "supervisor")
    desk.login()
    expect(desk.page.locator("main.menu")).to_be_visible()
    desk.band("done", "No tote waits")
    desk.press("F2").press("F3")
    expect(desk.page.locator("#keys button")).to_have_text(["F1Pack", "F9Night", "F10Sign out"])
    expect(desk.page.locator("main.menu")).to_be_visible()


def test_somebody_who_does_not_pack_is_told_so(desk: Desk) -> None:
    desk.badge = desk.site.badge("Pia", "picker")
    desk.login()
    expect(desk.page.locator("main.menu h1")).to_have_text("Your badge does not pack")


def test_scans_without_network_are_kept_and_sent_in_order(desk: Desk, bench: Bench, page_errors: Remarks) -> None:
    _, tote = bench.tote_of({"CORE-RED": 3})
    desk.login().shows(TOTE).scan(tote).shows("Scan CORE-RED")
    page_errors.expected = ("ERR_INTERNET_DISCONNECTED",)
    desk.page.context.set_offline(True)
    desk.scan("CORE-RED", "CORE-RED", "CORE-RED")
    expect(desk.page.locator("#waiting")).to_have_text("3 waiting")
    desk.page.context.set_offline(False)
    desk.shows(re.compile("Take carton"))


def test_the_screen_tells_by_itself_when_the_label_is_printed(desk: Desk, bench: Bench) -> None:
    _, tote = bench.tote_of({"DICE": 1})
    desk.login().shows(TOTE).scan(tote).shows("Scan DICE").scan("DICE").shows(re.compile("Take carton"))
    desk.scan(bench.cartons["S"]).shows("Weigh the parcel").scan("150").shows("Scan the label")
    expect(desk.page.locator("#box .label")).to_have_text("Waits for the printer")
    jobs = table_of(PrintJob)
    bench.do(lambda tx: tx.execute(update(jobs).values(state="confirmed")))
    expect(desk.page.locator("#box .label")).to_have_text("Printed")


def test_the_packer_sees_the_label_as_it_is_printed_and_settles_a_doubt(desk: Desk, bench: Bench) -> None:
    _, tote = bench.tote_of({"DICE": 1})
    desk.login().shows(TOTE).scan(tote).shows("Scan DICE").scan("DICE").shows(re.compile("Take carton"))
    desk.scan(bench.cartons["S"]).shows("Weigh the parcel").scan("150").shows("Scan the label")
    picture = desk.page.locator("#box .print img")
    expect(picture).to_be_visible()
    size = picture.evaluate("how => [how.naturalWidth, how.naturalHeight]")
    drawn = picture.get_attribute("src")
    assert (size, desk.page.evaluate(CLIPPED)) == ([800, 1200], [])
    jobs = table_of(PrintJob)
    bench.do(lambda tx: tx.execute(update(jobs).values(state="uncertain", reason="The printer fell silent.")))
    expect(desk.page.locator("#box .label")).to_have_text("Did it come out? Scan it, or F6, F7.")
    expect(desk.page.locator("#box")).to_contain_text("The printer fell silent.")
    desk.press("F7").band("ok", "A copy of the label")
    expect(picture).not_to_have_attribute("src", drawn or "")  # the copy is another label, and says so
    desk.scan(parcel(bench)).band("done", "packed")


def test_a_reload_in_the_middle_of_an_order_loses_nothing(desk: Desk, bench: Bench) -> None:
    _, tote = bench.tote_of({"CORE-RED": 2})
    desk.login().shows(TOTE).scan(tote).shows("Scan CORE-RED").scan("CORE-RED").band("ok", "1 of 2")
    desk.page.reload()
    desk.shows("Scan CORE-RED")
    expect(desk.page.locator(".line .count")).to_have_text("1 of 2")


def test_a_reload_says_who_took_the_order_over_meanwhile(desk: Desk, bench: Bench) -> None:
    _, tote = bench.tote_of({"CORE-RED": 2})
    desk.login().shows(TOTE).scan(tote).shows("Scan CORE-RED").scan("CORE-RED").band("ok", "1 of 2")
    bench.worker("Ana", frozenset({"packer"}), "P1").scan(tote).scan(tote).sees("Scan CORE-RED")
    desk.page.reload()
    desk.band("stop", "Ana took tote 1 over. Choose a job.")


def test_nothing_is_clipped_or_too_small_in_any_state(desk: Desk, bench: Bench) -> None:
    names = [f"LONG-ITEM-NAME-{n:02d}" for n in range(9)]
    bench.items |= {sku: bench.item(sku, name="A rather long name of a thing, second edition") for sku in names}
    _, tote = bench.tote_of(dict.fromkeys(names, 1))
    desk.login().shows(TOTE)
    found = [desk.page.evaluate(CLIPPED), desk.page.evaluate(TOO_SMALL)]
    desk.scan(tote).shows(f"Scan {names[0]}").scan(*names).shows(re.compile("Take carton"))
    found += [desk.page.evaluate(CLIPPED), desk.page.evaluate(TOO_SMALL)]
    assert found == [[], [], [], []]


def test_every_module_of_the_station_is_short() -> None:
    assert [path.name for path in FOLDER.glob("*.js") if path.read_text().count("\n") > 120] == []
