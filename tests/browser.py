"""A headless Chromium for tests: every page fails its test on a console error, a CSP violation or a foreign address."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from services import Unavailable, lacking

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Keys come at the pace of a scanner, however busy the machine is; with `byHand` at the pace of the test.
SCANNER = """
  const real = Object.getOwnPropertyDescriptor(Event.prototype, 'timeStamp').get;
  const stamps = new WeakMap(); let keys = 0; globalThis.byHand = false;
  Object.defineProperty(KeyboardEvent.prototype, 'timeStamp', { get() {
    if (!stamps.has(this)) stamps.set(this, byHand ? real.call(this) : (keys += 5));
    return stamps.get(this);
  } });
"""
HERE = {"localhost", "127.0.0.1", "::1"}
OpenPage = Callable[..., Page]
expect.set_options(timeout=20_000)  # what is slow on a busy machine is not wrong


def chromium_path() -> str:
    """The system's Chromium; raises Unavailable. Playwright's own download is never used.

    The one without windows does the same for half of the time, where it is installed.
    """
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise Unavailable("no Chromium is installed (make setup as root, or: apt install chromium)")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this worker; each page lives in a context of its own."""
    try:
        path = chromium_path()
    except Unavailable as reason:
        lacking(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Remarks(list[str]):
    """What went wrong in pages. A browser tells it when it likes: what a test provokes is named before it comes."""

    expected: tuple[str, ...] = ()

    def append(self, remark: str) -> None:
        """Keep a remark that nobody expected."""
        if not any(mark in remark for mark in self.expected):
            super().append(remark)


@pytest.fixture
def page_errors() -> Remarks:
    """What went wrong in the pages of this test; `page_errors.expected = ("ERR_FAILED",)` names what it provokes."""
    return Remarks()


@pytest.fixture
def open_page(chromium: Browser, page_errors: list[str]) -> Iterator[OpenPage]:
    """`open_page(width=1280, height=800)`: a new empty page, a device of its own (nothing shared with the others)."""
    contexts = []

    def open_page(width: int = 1280, height: int = 800) -> Page:
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}, locale="en-GB"))
        contexts[-1].add_init_script(SCANNER)
        return _watched(contexts[-1].new_page(), page_errors)

    yield open_page
    for context in contexts:
        for page in context.pages:
            page.evaluate("0")  # an answer from the page comes after all that it had to complain of
        context.close()
    if page_errors:
        pytest.fail("in the browser:\n" + "\n".join(page_errors), pytrace=False)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """One page of 1280 x 800, the pack station's screen."""
    return open_page()


def _watched(page: Page, errors: list[str]) -> Page:
    page.on("console", lambda said: errors.append(f"{said.text} ({page.url})") if _is_error(said) else None)
    page.on("pageerror", lambda error: errors.append(f"uncaught: {error} ({page.url})"))
    page.on("request", lambda request: errors.append(f"asks {request.url}") if _foreign(request.url) else None)
    return page


def _is_error(said: ConsoleMessage) -> bool:
    """A kept connection that the server had closed meanwhile is opened again by Chromium: it complains for nothing."""
    return said.type == "error" and "ERR_SOCKET_NOT_CONNECTED" not in said.text


def _foreign(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in HERE
