"""A board on the wall: right after a nudge, after a cut, after a lost nudge, and honest when it is none of these."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import Bench
from browser import OpenPage, Remarks
from playwright.sync_api import Locator, Page, WebSocketRoute, expect
from served import Served

SIZES = """(query) => Math.min(...[...document.querySelectorAll(query)].map(
  (node) => parseFloat(getComputedStyle(node).fontSize)))"""


class Wall:
    """The packing board in a browser; its socket can be cut, and what the server sends on it can be lost."""

    def __init__(self, page: Page, site: Served) -> None:
        self.page, self.site, self.lossy = page, site, False
        self.sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/socket.io/**", self.connect)

    def connect(self, socket: WebSocketRoute) -> None:
        """Pass everything on, but the server's events while they are lost."""
        server = socket.connect_to_server()
        self.sockets.append(socket)
        server.on_message(lambda said: None if self.lossy and str(said).startswith("42") else socket.send(said))

    def open(self, board: str = "packing") -> Wall:
        """Load the board and wait until it is live."""
        self.page.goto(f"{self.site.url}/boards/{board}")
        self.signs("live")
        return self

    def signs(self, state: str) -> None:
        """Wait for the sign in the corner."""
        expect(self.page.locator(".live")).to_have_attribute("data-state", state)

    def figure(self, label: str) -> Locator:
        """The figure above a label."""
        return self.page.locator(".figure", has_text=label).locator("b")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(f"sqlite:///{tmp_path}/board.db")


@pytest.fixture
def wall(bench: Bench, open_page: OpenPage) -> Iterator[Wall]:
    with Served(bench) as site:
        page = open_page(1920, 1080)
        site.login(page.context)
        yield Wall(page, site).open()
        page.goto("about:blank")


def test_a_board_shows_a_change_at_once(wall: Wall, bench: Bench) -> None:
    expect(wall.figure("totes waiting")).to_have_text("0")
    bench.tote_of({"DICE": 1})
    expect(wall.figure("totes waiting")).to_have_text("1")


def test_a_burst_of_changes_ends_with_the_last_one_on_the_board(wall: Wall, bench: Bench) -> None:
    for _ in range(12):
        bench.tote_of({"DICE": 1})
    expect(wall.figure("totes waiting")).to_have_text("12")


def test_a_board_is_right_again_after_its_socket_was_cut(wall: Wall, bench: Bench) -> None:
    wall.lossy = True
    bench.tote_of({"DICE": 1})
    wall.sockets[-1].close()
    expect(wall.figure("totes waiting")).to_have_text("1")
    wall.signs("live")
    assert len(wall.sockets) == 2


def test_a_lost_nudge_is_healed_by_the_timer(wall: Wall, bench: Bench) -> None:
    wall.page.clock.install()
    wall.open()
    wall.lossy = True
    bench.tote_of({"DICE": 1})
    expect(wall.figure("totes waiting")).to_have_text("0")
    wall.page.clock.fast_forward(31_000)
    expect(wall.figure("totes waiting")).to_have_text("1")


def test_a_board_without_answers_says_since_when_it_is_old(wall: Wall, bench: Bench, page_errors: Remarks) -> None:
    page_errors.expected = ("ERR_FAILED",)
    wall.page.route("**/fragment", lambda route: route.abort())
    bench.tote_of({"DICE": 1})
    wall.signs("stale")
    expect(wall.page.locator(".live")).to_contain_text("stale since")
    wall.page.unroute("**/fragment")
    bench.tote_of({"DICE": 1})
    wall.signs("live")
    expect(wall.figure("totes waiting")).to_have_text("2")


def test_without_a_socket_the_board_says_that_it_looks_every_30_seconds(wall: Wall, page_errors: Remarks) -> None:
    page_errors.expected = ("ERR_FAILED",)
    wall.page.route("**/socket.io.esm.min.js", lambda route: route.abort())
    wall.page.reload()
    wall.signs("slow")
    expect(wall.page.locator(".live")).to_contain_text("every 30 s")


def test_a_board_whose_session_ended_leads_to_the_login(wall: Wall, bench: Bench, page_errors: Remarks) -> None:
    page_errors.expected = ("status of 401",)
    wall.page.context.clear_cookies()
    bench.tote_of({"DICE": 1})
    expect(wall.page).to_have_url(f"{wall.site.url}/office/login?next=/boards/packing")


@pytest.mark.parametrize("board", ["receiving", "picking", "packing"])
def test_every_board_fits_its_screen_and_can_be_read_from_afar(wall: Wall, board: str) -> None:
    wall.open(board)
    assert wall.page.evaluate(SIZES, "#board *") >= 24
    assert wall.page.evaluate(SIZES, ".figure b") >= 72
    assert wall.page.evaluate("Math.max(document.documentElement.scrollHeight, document.body.scrollHeight)") <= 1080
