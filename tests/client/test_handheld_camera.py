"""The phone's camera as a scanner: a real browser sees a clip, and what it reads acts on the floor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import clips
import cv2
import numpy as np
import pytest
import zxingcpp
from client.conftest import SPY, Handheld
from client.fake_floor import Floor
from client.test_handheld_look import TOO_SMALL
from playwright.sync_api import Browser, expect

NewCamera = Callable[..., AbstractContextManager[Handheld]]
EMPTY = clips.frame(np.full((80, 200), 235, np.uint8))

FRAMES_LATER = """async (frames) => {
  const video = document.querySelector('#camera video');
  for (let n = 0; n < frames; n++) await new Promise((seen) => video.requestVideoFrameCallback(seen));
}"""


def symbol(text: str, kind: str = "Code128") -> clips.Image:
    """A grey picture of one symbol on white paper."""
    bars = np.array(zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind)).to_image(scale=3))
    bars = cv2.resize(bars, None, fx=1, fy=90 / bars.shape[0]) if bars.shape[0] < 60 else bars
    return cv2.copyMakeBorder(bars, 30, 30, 30, 30, cv2.BORDER_CONSTANT, value=255)


@pytest.fixture
def new_camera(chromium: Browser, floor: Floor, tmp_path: Path) -> NewCamera:
    """`with new_camera((frame, seconds), …) as handheld:` a device whose camera shows these frames."""

    @contextmanager
    def new(*shown: tuple[clips.Image, float], flags: tuple[str, ...] = ()) -> Iterator[Handheld]:
        clip = clips.write(tmp_path / "clip.y4m", *shown) if shown else None
        with clips.camera(chromium, clip, *flags) as page:
            page.add_init_script(SPY)
            yield Handheld(page, floor, floor.url)

    return new


def look(handheld: Handheld) -> None:
    """Open the camera."""
    handheld.page.locator("#keys button", has_text="Camera").click()


def state(handheld: Handheld, name: str) -> None:
    """Wait until the camera is in this state."""
    expect(handheld.page.locator("#camera")).to_have_attribute("data-state", name)


@pytest.mark.parametrize("kind", ["Code128", "QRCode", "DataMatrix"])
def test_a_label_before_the_camera_is_a_scan_with_its_aim_identifier(new_camera: NewCamera, kind: str) -> None:
    aim = {"Code128": "]C0", "QRCode": "]Q1", "DataMatrix": "]d1"}[kind]
    with new_camera((clips.frame(symbol("LO-A-03-12-B-7", kind)), 2)) as handheld:
        with handheld.pick().page.expect_response("**/scan"):
            look(handheld)
        sent = handheld.floor.received[0]
        assert (sent["text"], sent["profile"]) == (f"{aim}LO-A-03-12-B-7", "camera")


def test_a_label_that_stays_in_sight_is_scanned_once_and_again_on_demand(new_camera: NewCamera) -> None:
    with new_camera((clips.frame(symbol("LO-A-03-12-B-7")), 2)) as handheld:
        with handheld.pick().page.expect_response("**/scan"):
            look(handheld)
        handheld.page.evaluate(FRAMES_LATER, 30)
        assert len(handheld.texts()) == 1
        handheld.page.evaluate("flashOver()")
        with handheld.page.expect_response("**/scan"):
            handheld.page.get_by_role("button", name="Read again").click()


def test_a_badge_before_the_camera_asks_for_the_pin(new_camera: NewCamera) -> None:
    with new_camera((clips.frame(symbol("BD-ANA-5", "QRCode")), 2)) as handheld:
        look(handheld.open())
        expect(handheld.page.locator("#pin")).to_be_focused()
        expect(handheld.page.locator("#camera")).to_be_hidden()


def test_a_device_without_a_camera_says_so_and_lets_the_code_be_typed(new_camera: NewCamera) -> None:
    with new_camera() as handheld:
        look(handheld.pick())
        expect(handheld.page.locator("#camera .caption")).to_contain_text("No camera is found.")
        handheld.page.locator("#camera button", has_text="Type it").click()
        expect(handheld.page.locator("#sheet")).to_be_visible()


def test_a_camera_that_is_not_allowed_says_where_to_allow_it(new_camera: NewCamera) -> None:
    with new_camera((EMPTY, 1)) as handheld:
        refuse = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
        handheld.page.add_init_script(refuse)
        look(handheld.pick())
        expect(handheld.page.locator("#camera .caption")).to_contain_text("Allow it in the site settings.")


def test_a_page_without_https_offers_a_photo(new_camera: NewCamera) -> None:
    with new_camera((EMPTY, 1)) as handheld:
        handheld.page.add_init_script("delete Navigator.prototype.mediaDevices")
        look(handheld.pick())
        expect(handheld.page.locator("#camera .caption")).to_contain_text("Live pictures need HTTPS.")
        expect(handheld.page.locator("#camera button.primary")).to_have_text("Take a photo")


@pytest.mark.parametrize("file", ["zxing-reader-3.1.4.wasm", "zxing-reader-3.1.4.js", "reader.js"])
def test_a_reader_that_does_not_load_says_so(new_camera: NewCamera, file: str) -> None:
    with new_camera((EMPTY, 1)) as handheld:
        handheld.page.context.route(f"**/{file}", lambda route: route.fulfill(status=404))
        look(handheld.pick())
        expect(handheld.page.locator("#camera .caption")).to_contain_text("The reader did not load.")


def test_a_camera_that_is_taken_away_says_so_and_starts_again(new_camera: NewCamera) -> None:
    with new_camera((EMPTY, 1)) as handheld:
        look(handheld.pick())
        state(handheld, "live")
        ended = "document.querySelector('#camera video').srcObject.getTracks()[0].dispatchEvent(new Event('ended'))"
        handheld.page.evaluate(ended)
        expect(handheld.page.locator("#camera .caption")).to_contain_text("The camera was switched off.")
        handheld.page.locator("#camera button", has_text="Try again").click()
        state(handheld, "live")


def test_a_hidden_page_gives_the_camera_back_and_takes_it_again(new_camera: NewCamera) -> None:
    with new_camera((EMPTY, 1)) as handheld:
        look(handheld.pick())
        state(handheld, "live")
        seen = "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); "
        seen += "document.dispatchEvent(new Event('visibilitychange')); }"
        handheld.page.evaluate(seen, True)
        assert handheld.page.evaluate("document.querySelector('#camera video').srcObject") is None
        handheld.page.evaluate(seen, False)
        state(handheld, "live")
        assert handheld.page.evaluate("document.querySelector('#camera video').srcObject.active") is True


def test_the_camera_reads_without_network_once_it_was_used(new_camera: NewCamera) -> None:
    with new_camera((clips.frame(symbol("LO-A-03-12-B-7")), 2)) as handheld:
        handheld.open().page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
        handheld.page.reload()
        expect(handheld.login().page.locator("main.menu")).to_be_visible()
        with handheld.page.expect_response("**/scan"):
            look(handheld)
        handheld.floor.down = True
        handheld.page.reload()
        look(handheld)
        expect(handheld.waiting).to_have_text("1 waiting")


def test_the_camera_keeps_its_controls_large_at_every_size(new_camera: NewCamera) -> None:
    with new_camera((EMPTY, 1)) as handheld:
        look(handheld.pick())
        state(handheld, "live")
        for width, height in ((320, 533), (360, 640), (412, 824)):
            handheld.page.set_viewport_size({"width": width, "height": height})
            assert handheld.page.evaluate(TOO_SMALL) == []
            box = handheld.page.locator("#camera video").bounding_box()
            assert box is not None
            assert box["height"] >= 100


RULES = """async ([frames, options]) => {
  const { Presence } = await import('./presence.js');
  const presence = new Presence();
  const code = ([aim, text]) => ({ aim, text, corners: [[0, 0], [1, 0], [1, 1], [0, 1]] });
  return frames.map(([at, ...codes]) => presence.frame(codes.map(code), at, options)?.text ?? null).filter(Boolean);
}"""
A, B, QR = ["]C0", "A"], ["]C0", "B"], ["]Q1", "Q"]


@pytest.mark.parametrize(
    ("frames", "options", "scans"),
    [
        ([[0, A], [50, A], [100, A], [150, A]], {}, ["A"]),  # two frames agree, then it is only held there
        ([[0, A], [50, B], [100]], {}, []),  # single frames that differ
        ([[0, A], [1500, A]], {}, []),  # too far apart to agree
        ([[0, A], [50, A], [1700, A], [1750, A]], {}, ["A", "A"]),  # away for 1.5 s
        ([[0, A], [50, A], [1700, A], [1750, A]], {"counting": True}, ["A"]),  # units are counted on purpose only
        ([[0, A], [50, A], [300, B], [350, B], [600, A], [650, A]], {"counting": True}, ["A", "B", "A"]),
        ([[0, A, QR], [50, A, QR], [100, QR], [150, QR]], {}, ["A"]),  # the QR beside the bars is the same label
        ([[0, B, A], [50, B, A]], {"target": "A"}, ["A"]),  # two labels: the one that is asked for
    ],
)
def test_what_the_camera_sees_becomes_the_right_scans(
    handheld: Handheld, frames: list[object], options: dict[str, object], scans: list[str]
) -> None:
    assert handheld.open().page.evaluate(RULES, [frames, options]) == scans
