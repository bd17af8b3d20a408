"""A handheld in a browser in front of the fake floor, driven by the keys of a scanner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from browser import OpenPage, Remarks
from client.fake_floor import Floor, serve
from playwright.sync_api import Locator, Page, expect

# What the device felt and said: every vibration, and every tone that the band took, with the time since the last Enter.
# The flash of a stop ends when the test says so: on a busy machine it would be gone before anybody looked.
SPY = """
  const later = setTimeout; globalThis.flashOver = () => {};
  globalThis.setTimeout = (work, ms, ...rest) => {
    if (ms === 1100) globalThis.flashOver = work;
    return later(work, ms === 1100 ? 120_000 : ms, ...rest);
  };
  globalThis.felt = []; globalThis.tones = []; let entered = 0;
  navigator.vibrate = (pattern) => { felt.push(pattern); return true; };
  addEventListener('keydown', (event) => { if (event.key === 'Enter') entered = performance.now(); }, true);
  addEventListener('DOMContentLoaded', () => {
    const band = document.getElementById('band');
    const note = () => tones.push([band.dataset.tone, performance.now() - entered]);
    new MutationObserver(note).observe(band, { attributes: true, attributeFilter: ['data-tone'] });
  });
"""


@dataclass
class Handheld:
    """One device: its page, the floor behind it, and how a hand uses it."""

    page: Page
    floor: Floor
    url: str

    def open(self) -> Handheld:
        """Load the page; scans are taken from then on, keys when it has drawn a screen."""
        self.page.goto(self.url)
        return self

    def login(self, badge: str = "BD-ANA-5", pin: str = "246813") -> Handheld:
        """Badge by scanner, PIN by keypad."""
        expect(self.page.locator("main.login:not(.pin)")).to_be_visible()
        self.scan(badge)
        expect(self.page.locator("#pin")).to_be_focused()
        self.page.keyboard.type(pin)
        return self

    def pick(self) -> Handheld:
        """Signed in, with list 17 on the screen."""
        self.open().login()
        expect(self.page.locator("main.menu")).to_be_visible()
        self.page.keyboard.press("F3")
        self.shows("Go to A-03-12-B")
        return self

    def scan(self, *codes: str, end: str = "Enter") -> None:
        """What a scanner sends: the keys without a pause, then Enter."""
        for code in codes:
            self.page.keyboard.type(code)
            self.page.keyboard.press(end)

    def shows(self, title: str) -> None:
        """Wait until the screen asks for this."""
        expect(self.page.locator("main h1")).to_have_attribute("aria-label", title)

    def band(self, tone: str, note: str = "") -> None:
        """Wait until the band has this tone (and says this)."""
        expect(self.page.locator("#band")).to_have_attribute("data-tone", tone)
        if note:
            expect(self.page.locator("#band .note")).to_contain_text(note)

    @property
    def waiting(self) -> Locator:
        """The sign that counts unsent scans."""
        return self.page.locator("#waiting")

    def texts(self) -> list[str]:
        """What acted on the floor, in order, each once."""
        return [text for _, text in self.floor.acted]


@pytest.fixture
def floor() -> Iterator[Floor]:
    """A floor with one list to pick, on a port of its own."""
    floor = Floor()
    server = serve(floor)
    floor.url = f"http://127.0.0.1:{server.server_port}/handheld/"
    yield floor
    server.shutdown()
    server.server_close()


@pytest.fixture
def new_handheld(open_page: OpenPage, floor: Floor) -> Callable[..., Handheld]:
    """`new_handheld(width=360, height=640)`: another device on the same floor."""

    def new(width: int = 360, height: int = 640) -> Handheld:
        page = open_page(width, height)
        page.add_init_script(SPY)
        return Handheld(page, floor, floor.url)

    return new


@pytest.fixture
def handheld(new_handheld: Callable[..., Handheld]) -> Handheld:
    """One device of 360 x 640, its page not yet loaded."""
    return new_handheld()


@pytest.fixture
def lost_network(page_errors: Remarks) -> None:
    """This test loses answers on purpose: the browser's own remarks about them are expected, all others are not."""
    page_errors.expected = (
        "ERR_EMPTY_RESPONSE",
        "ERR_INTERNET_DISCONNECTED",
        "ERR_CONNECTION_RESET",
        "status of 4",
        "status of 5",
    )
