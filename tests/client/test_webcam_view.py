"""The live view: what the camera sees and the server says, for this machine's own page and for no other."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from queue import Queue
from typing import Any

import pytest
from browser import OpenPage
from client.film import one
from playwright.sync_api import expect

from scanner_client.decoding import Decoder
from scanner_client.webcam.board import Board, Sighting
from scanner_client.webcam.view import OURS, View


class Seen:
    """A view with a board, and what its buttons did."""

    def __init__(self) -> None:
        self.board, self.deeds = Board(), Queue[dict[str, Any]]()
        self.view = View(0, self.board, self.deed)
        self.thread = threading.Thread(target=self.view.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def deed(self, asked: dict[str, Any]) -> str:
        self.deeds.put(asked)
        return "Badge or PIN is wrong. Try again." if asked["do"] == "signin" else ""

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """Ask as any program of this machine can."""
        line = HTTPConnection("127.0.0.1", self.view.server_port, timeout=10)
        line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer: HTTPResponse = line.getresponse()
        content = answer.read()
        line.close()
        return answer.status, content


@pytest.fixture
def seen() -> Iterator[Seen]:
    seen = Seen()
    yield seen
    seen.board.close()
    seen.view.shutdown()
    seen.view.server_close()
    seen.thread.join()


def test_a_button_needs_the_header_that_only_our_page_sends(seen: Seen) -> None:
    body = json.dumps({"do": "again"}).encode()
    assert seen.ask("POST", "/do", body)[0] == 403
    assert seen.ask("POST", "/do", body, **{OURS: "1", "Origin": "http://evil.test"})[0] == 403
    assert seen.ask("POST", "/do", body, **{OURS: "1", "Host": "evil.test"})[0] == 403
    assert seen.deeds.empty()
    assert seen.ask("POST", "/do", body, **{OURS: "1"}) == (200, b'{"why": ""}')
    assert seen.deeds.get(timeout=20) == {"do": "again"}


@pytest.mark.parametrize("path", ["/", "/events", "/video"])
def test_a_name_that_was_bent_to_this_machine_gets_nothing(seen: Seen, path: str) -> None:
    assert seen.ask("GET", path, Host="evil.test") == (403, b"")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b"\xff", b'{"do": "again"}' + b" " * 5000])
def test_nonsense_is_refused_and_the_view_goes_on(seen: Seen, body: bytes) -> None:
    seen.ask("POST", "/do", body, **{OURS: "1"})
    assert seen.ask("GET", "/")[0] == 200


def test_no_file_of_the_machine_can_be_asked_for(seen: Seen) -> None:
    for path in ("/view.py", "/../kept.py", "//etc/passwd", "/%2e%2e/kept.py"):
        assert seen.ask("GET", path)[0] == 404


def test_the_page_shows_picture_answer_and_keys(seen: Seen, open_page: OpenPage) -> None:
    picture = one("LO-A-01-1-7")
    seen.board.saw(Sighting(picture, tuple(Decoder().glance(picture)), 1))
    answer = {"title": "Take 2", "target": {"label": "A-01-1"}, "keys": {"F1": "Short"}, "task": 1}
    seen.board.say("stop", "Wrong place <b>.", answer=answer, unsent=2, person="Cara", station="P1")
    page = open_page()
    page.goto(seen.view.url)
    expect(page.locator("#note")).to_have_text("Wrong place <b>.")
    expect(page.locator("body")).to_have_attribute("data-tone", "stop")
    expect(page.locator("#waiting")).to_have_text("2 waiting")
    expect(page.locator("#video")).to_have_js_property("naturalWidth", 640)
    page.get_by_role("button", name="F1 Short").click()
    page.locator("#title").click()
    page.keyboard.press("Space")
    page.get_by_label("Type it").fill("12")
    page.keyboard.press("Enter")
    done = [seen.deeds.get(timeout=20) for _ in range(3)]
    assert done == [{"do": "key", "key": "F1"}, {"do": "again"}, {"do": "type", "text": "12"}]


def test_a_badge_shown_to_the_camera_asks_for_its_pin(seen: Seen, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(seen.view.url)
    seen.board.say("ready", "Enter the PIN.", asks="pin", badge="BD-CARA-7")
    expect(page.get_by_label("Badge")).to_have_value("BD-CARA-7")
    expect(page.get_by_label("PIN")).to_be_focused()
    page.keyboard.type("864213")
    page.keyboard.press("Enter")
    expect(page.locator("#trouble")).to_have_text("Badge or PIN is wrong. Try again.")
    assert seen.deeds.get(timeout=20) == {"do": "signin", "badge": "BD-CARA-7", "pin": "864213"}
