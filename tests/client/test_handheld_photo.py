"""Where a page may not run the camera live: a photo goes to the server, and the code in it is a scan like any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import clips
import cv2
import numpy as np
import pytest
from browser import OpenPage
from client.test_handheld_camera import symbol
from playwright.sync_api import Page, expect
from served import PIN, Served
from warehouse import Warehouse

INSECURE = "delete Navigator.prototype.mediaDevices"
WITH_CAMERA = "async () => (await (await import('./store.js')).openStore()).set('camera', true)"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    """A small warehouse with a unit in A-01-1."""
    warehouse = Warehouse(f"sqlite:///{tmp_path / 'site.db'}")
    warehouse.put("A-01-1", warehouse.item("DICE"), 1)
    with Served(warehouse) as site:
        yield site


@pytest.fixture
def page(site: Served, open_page: OpenPage) -> Page:
    """A phone without HTTPS, somebody signed in at Move, the camera's sentence on the screen."""
    page = open_page(360, 640)
    page.add_init_script(INSECURE)
    page.goto(f"{site.url}/handheld/")
    page.evaluate(WITH_CAMERA)
    page.reload()
    expect(page.locator("main.login")).to_be_visible()
    page.keyboard.type(f"{site.badge('Vera', 'picker')}\n")
    expect(page.locator("#pin")).to_be_focused()
    page.keyboard.type(PIN)
    page.locator(".flows button", has_text="Move").click()
    expect(page.locator("main.task")).to_be_visible()
    page.locator("#keys button", has_text="Camera").click()
    return page


def take(page: Page, *labels: clips.Image) -> None:
    """Take a photo of these labels, one above the other."""
    widest = max(label.shape[1] for label in labels)
    paper = [
        cv2.copyMakeBorder(each, 0, 60, 0, widest - each.shape[1], cv2.BORDER_CONSTANT, value=255) for each in labels
    ]
    content = cv2.imencode(".png", np.vstack(paper))[1].tobytes()
    with page.expect_file_chooser() as chooser:
        page.locator("#camera button", has_text="Take a photo").click()
    assert chooser.value.element.get_attribute("capture") == "environment"
    chooser.value.set_files({"name": "label.png", "mimeType": "image/png", "buffer": content})


def test_the_code_in_a_photo_is_a_scan(page: Page, site: Served) -> None:
    with page.expect_request("**/scan") as sent:
        take(page, symbol(site.warehouse.code("A-01-1")))
    assert sent.value.post_data_json["text"] == f"]C0{site.warehouse.code('A-01-1')}"
    assert sent.value.post_data_json["profile"] == "camera"
    expect(page.locator("#head")).to_contain_text("From A-01-1")


def test_of_several_codes_in_a_photo_a_person_chooses(page: Page, site: Served) -> None:
    codes = [site.warehouse.code(name) for name in ("A-01-2", "A-01-3")]
    take(page, *(symbol(code) for code in codes))
    expect(page.locator("#band")).to_contain_text("Which one?")
    with page.expect_request("**/scan") as sent:
        page.locator("#camera button", has_text=codes[1]).click()
    assert sent.value.post_data_json["text"] == f"]C0{codes[1]}"


def test_a_photo_without_a_code_asks_for_another(page: Page) -> None:
    take(page, np.full((300, 400), 200, np.uint8))
    expect(page.locator("#band[data-tone=stop]")).to_contain_text("No code found.")
    expect(page.locator("#camera button", has_text="Take a photo")).to_be_visible()
