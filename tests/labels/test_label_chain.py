"""From our label to a moved unit: ZPL, an independent renderer, a clip, a browser's camera, handheld, ledger."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import clips
from labels.conftest import Renderer
from playwright.sync_api import Browser, Page, expect
from served import PIN, Served
from warehouse import Warehouse

from wms.labels.labels import ItemLabel, Label, LocationLabel

SECONDS_MAX = 15.0
EAN = "4006381333931"


def show(renderer: Renderer, *labels: Label) -> list[tuple[clips.Image, float]]:
    """Each label as it would be printed, held before the camera for a moment."""
    return [(clips.frame(renderer.label(label, 203)), 0.8) for label in labels]


def sign_in(page: Page, site: Served) -> None:
    """Sign in and choose the flow Move."""
    page.goto(f"{site.url}/handheld/")
    page.keyboard.type(f"{site.badge('Vera', 'picker')}\n")
    expect(page.locator("#pin")).to_be_focused()
    page.keyboard.type(PIN)
    page.locator(".flows button", has_text="Move").click()
    expect(page.locator("main.task")).to_be_visible()


def moved(renderer: Renderer, chromium: Browser, folder: Path) -> float:
    """Let printed labels move a unit from A-01-1 to A-02-3; return the seconds from the ZPL to the ledger."""
    folder.mkdir()
    warehouse = Warehouse(f"sqlite:///{folder / 'chain.db'}")
    item = warehouse.item("DICE", barcode=EAN)
    warehouse.put("A-01-1", item, 1)
    source, target = (LocationLabel(warehouse.code(name), name, "7") for name in ("A-01-1", "A-02-3"))
    begun = monotonic()
    clip = clips.write(folder / "clip.y4m", *show(renderer, source, ItemLabel(EAN, "DICE", "Dice"), target))
    with Served(warehouse) as site, clips.camera(chromium, clip) as page:
        sign_in(page, site)
        page.locator("#keys button", has_text="Camera").click()
        expect(page.locator("#band[data-tone=done]")).to_be_visible()
        assert (warehouse.qty("A-01-1", item), warehouse.qty("A-02-3", item)) == (0, 1)
    return monotonic() - begun


def test_printed_labels_before_the_camera_move_a_unit_in_the_ledger_within_15_seconds(
    renderer: Renderer, chromium: Browser, tmp_path: Path
) -> None:
    seconds = moved(renderer, chromium, tmp_path / "first")
    if seconds > SECONDS_MAX:  # a busy machine may be late, but not always
        seconds = moved(renderer, chromium, tmp_path / "second")
    assert seconds < SECONDS_MAX
