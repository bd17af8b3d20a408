"""Templates and A4 sheets in the office: drawn while they are written, kept by supervisors, printed at true size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from desk import PAGE, Desk
from playwright.sync_api import Page, expect
from served import PIN, Port
from sqlalchemy import select

from wms.db import table_of
from wms.labels.preview import svg_bars
from wms.labels.sheets import LAYOUTS, cell, pages
from wms.labels.zpl import press
from wms.models.labels import LabelTemplate
from wms.models.places import Location
from wms.settings import Web

versions, places = table_of(LabelTemplate), table_of(Location)
TOTE = press(203).source("tote")
OURS = TOTE + '{{ "OURS"|text((60, 39, 14, 6)) }}\n'
HERE = "/office/labels/templates/tote"


class Writer(Desk):
    """A desk with a supervisor's browser."""

    def send(self, path: str, **form: Any) -> Any:
        """Send a form and return the page that follows."""
        self.session = getattr(self, "session", None) or self.browser("supervisor")
        client, csrf = self.session
        return client.post(path, data=form | {"csrf": csrf}, headers=PAGE, follow_redirects=True)

    def look(self, path: str) -> str:
        """Return a page."""
        self.session = getattr(self, "session", None) or self.browser("supervisor")
        return str(self.session[0].get(path, headers=PAGE).text)

    def kept(self) -> list[tuple[str, int]]:
        """Return the versions in the database."""
        return [(row.name, row.version) for row in self.rows(select(versions).order_by(versions.c.id))]


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    house = Writer(f"sqlite:///{tmp_path}/writer.db")
    yield house
    house.close()


def test_a_draft_is_drawn_with_the_chosen_sample_and_nothing_is_kept(writer: Writer) -> None:
    drawn = writer.send(f"{HERE}/draft", source=OURS, sample="japanese", dpi=300).json
    assert (drawn["faults"], drawn["width"], drawn["height"]) == ([], 100, 50)
    assert ("^FDOURS^FS" in drawn["zpl"], "^PW1200" in drawn["zpl"]) == (True, True)
    assert writer.kept() == []


def test_a_draft_tells_every_fault_by_its_line(writer: Writer) -> None:
    drawn = writer.send(f"{HERE}/draft", source=TOTE + "~JA\n^DFR:A.ZPL\n{{ colour }}\n", sample="german", dpi=203).json
    assert [fault["line"] for fault in drawn["faults"]] == [7, 8, 9]
    assert drawn["zpl"] == ""


def test_a_kept_version_says_who_and_why_and_is_in_force(writer: Writer) -> None:
    page = writer.send(HERE, source=OURS, base=0, note="our sign <b>").text
    assert "Version 1 of tote is in force" in page
    assert ("our sign &lt;b&gt;" in page, "Pat supervisor" in page) == (True, True)
    assert writer.kept() == [("tote", 1)]


def test_what_cannot_be_kept_stays_in_the_editor_with_its_fault(writer: Writer) -> None:
    answer = writer.send(HERE, source=OURS + "^XZ\n", base=0, note="mine")
    assert (answer.status_code, "^XZ is not allowed" in answer.text) == (422, True)
    assert ("^XZ\n</textarea>" in answer.text, 'value="mine"' in answer.text) == (True, True)
    assert writer.kept() == []


def test_an_older_version_is_restored_as_a_new_one(writer: Writer) -> None:
    writer.send(HERE, source=OURS, base=0)
    page = writer.send(f"{HERE}/restore", version=0).text
    assert "Version 0 is in force again, as version 2" in page
    assert "OURS" not in page.split("<textarea")[1].split("</textarea>")[0]
    assert "as shipped" in writer.look("/office/labels/templates")


def test_a_sample_is_queued_and_its_picture_shown(writer: Writer) -> None:
    page = writer.send(f"{HERE}/test", sample="german").text
    assert ("sample tote" in page, "data-label" in page, "TRAINING" in page) == (True, True, True)


@pytest.mark.parametrize("role", ["picker", "packer", "receiver"])
def test_the_floor_neither_reads_nor_writes_templates(writer: Writer, role: str) -> None:
    client, csrf = writer.browser(role)
    assert client.get(HERE, headers=PAGE).status_code == 403
    answer = client.post(HERE, data={"csrf": csrf, "source": OURS, "base": 0}, headers=PAGE)
    assert (answer.status_code, writer.kept()) == (403, [])


def test_places_of_an_aisle_stand_on_sheets_after_what_was_used(writer: Writer) -> None:
    page = writer.look("/office/labels/sheets?kind=location&refs=A-01-1&layout=3x8&skip=5&arrow=down")
    assert (page.count('class="cell used"'), page.count('class="cell"')) == (5, 1)
    assert ("A-01-1" in page, "↓" in page) == (True, True)


def test_a_supervisors_sheet_of_badges_has_no_administrators(writer: Writer) -> None:
    admin = writer.hire("admin")
    page = writer.look("/office/labels/sheets?kind=badge")
    assert (writer.hire("supervisor") in page, admin in page) == (True, False)


def test_sheets_fill_page_after_page() -> None:
    made = [cell("LO-A-1-X", "A", LAYOUTS["3x8"])] * 50
    assert [len(page) for page in pages(made, LAYOUTS["3x8"], 3)] == [24, 24, 5]


class Served:
    """The house on a port of its own, for a real browser."""

    def __init__(self, folder: Path) -> None:
        self.port = Port()
        self.url = self.port.url
        self.desk = Desk(f"sqlite:///{folder}/served.db", web=Web(port=self.port.number))
        self.port.serve(self.desk.app)

    def enter(self, page: Page, path: str) -> None:
        """Log in as a supervisor and go to a page."""
        page.goto(f"{self.url}{path}")
        page.keyboard.type(self.desk.hire("supervisor"))
        page.locator("#pin").fill(PIN)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{self.url}{path}")  # all of it: the door's own address ends with this path, too

    def close(self) -> None:
        """Close the port and the database."""
        self.port.close()
        self.desk.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    served.close()


def test_the_picture_follows_the_text_in_the_browser(served: Served, page: Page) -> None:
    served.enter(page, HERE)
    picture = page.locator("[data-picture]")
    expect(picture).to_have_attribute("data-drawn", "german 203", timeout=20_000)
    page.locator("form.editor select[name=sample]").select_option("hostile")
    expect(picture).to_have_attribute("data-drawn", "hostile 203", timeout=20_000)
    page.locator("textarea").fill(TOTE + "~JA\n")
    expect(page.locator("[data-faults] li")).to_have_text(re.compile("Line 7 a ~ command acts at once"))
    page.locator("[data-faults] button").click()
    assert page.evaluate("document.activeElement.selectionStart") == len(TOTE)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_code_on_a_sheet_is_read_as_it_comes_from_the_printer(served: Served, page: Page, layout: str) -> None:
    names = [row.name for row in served.desk.rows(select(places).where(places.c.kind == "bin").limit(6))]
    path = f"/office/labels/sheets?kind=location&refs={','.join(names)}&layout={layout}&arrow=up"
    served.enter(page, "/office/labels")
    page.set_viewport_size({"width": 1000, "height": 1200})
    page.goto(served.url + path)
    page.emulate_media(media="print")
    shot = page.locator(".a4").screenshot(scale="css")
    image = cv2.imdecode(np.frombuffer(shot, np.uint8), cv2.IMREAD_GRAYSCALE)
    large = cv2.resize(image, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    squares = {each.text for each in zxingcpp.read_barcodes(large, formats=[zxingcpp.BarcodeFormat.QRCode])}
    wanted = {row.code for row in served.desk.rows(select(places).where(places.c.name.in_(names)))}
    assert squares == wanted
    widths = page.evaluate("[...document.querySelectorAll('.cell')].map((n) => n.scrollWidth - n.clientWidth)")
    assert max(widths) <= 0
    size = page.evaluate("['width', 'height'].map((n) => document.querySelector('.cell').getBoundingClientRect()[n])")
    assert [round(side * 25.4 / 96, 1) for side in size] == [LAYOUTS[layout].width_mm, LAYOUTS[layout].height_mm]


def test_the_bars_of_a_sheet_are_as_wide_as_its_label_allows() -> None:
    widths = {
        name: float(re.search(r'width="([\d.]+)mm"', svg_of(each.width_mm))[1])  # type: ignore[index]
        for name, each in LAYOUTS.items()
    }
    assert all(widths[name] <= each.width_mm - 4 + 0.1 for name, each in LAYOUTS.items())


def svg_of(width_mm: float) -> str:
    """Return the bars of a long place for a label this wide."""
    return svg_bars("LO-MEZZ-03-12-B-7", width_mm - 4, 9)
