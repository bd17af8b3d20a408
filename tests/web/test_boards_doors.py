"""Who may see a board, and what its pages carry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import Bench
from flask.testing import FlaskClient
from served import PIN, Served

PAGE = {"Accept": "text/html"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    with Served(Bench(f"sqlite:///{tmp_path}/doors.db")) as site:
        yield site


@pytest.fixture
def browser(site: Served) -> FlaskClient:
    """A browser of somebody who is logged in."""
    client = site.app.test_client()
    client.post("/login", json={"badge": site.badge("Vera", "picker"), "pin": PIN, "device": "wall"})
    return client


@pytest.mark.parametrize("path", ["/boards/", "/boards/receiving", "/boards/picking", "/boards/packing"])
def test_a_page_of_a_board_asks_strangers_to_log_in(site: Served, path: str) -> None:
    answer = site.app.test_client().get(path, headers=PAGE)
    assert (answer.status_code, answer.location) == (302, f"/office/login?next={path}")


def test_a_fragment_tells_strangers_so_and_nothing_else(site: Served) -> None:
    answer = site.app.test_client().get("/boards/packing/fragment")
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "not_logged_in")


def test_anybody_who_is_logged_in_finds_all_boards(browser: FlaskClient) -> None:
    page = browser.get("/boards/", headers=PAGE).text
    assert all(f'href="/boards/{name}"' in page for name in ("receiving", "picking", "packing"))


@pytest.mark.parametrize("name", ["receiving", "picking", "packing"])
def test_the_fragment_is_the_part_of_the_page_that_changes(browser: FlaskClient, name: str) -> None:
    page, fragment = browser.get(f"/boards/{name}", headers=PAGE).text, browser.get(f"/boards/{name}/fragment").text
    inside = page[page.index("<main") : page.index("</main>")]
    without_time = [text[text.index("<section") :] for text in (inside, fragment[: fragment.index("</main>")])]
    assert without_time[0] == without_time[1]


def test_a_board_that_does_not_exist_is_not_found(browser: FlaskClient) -> None:
    assert browser.get("/boards/sorting").status_code == 404


def test_names_from_outside_are_written_as_text(site: Served, browser: FlaskClient) -> None:
    bench = site.warehouse
    assert isinstance(bench, Bench)
    bench.place("<script>alert(1)</script>", "station")
    assert "&lt;script&gt;alert(1)" in browser.get("/boards/packing/fragment").text


@pytest.mark.parametrize("client", ["handheld", "station"])
def test_the_clients_are_served_with_and_without_the_slash(site: Served, client: str) -> None:
    browser = site.app.test_client()
    assert browser.get(f"/{client}").location == f"/{client}/"
    with browser.get(f"/{client}/") as page, browser.get(f"/{client}/main.js") as script:
        assert (page.mimetype, script.mimetype) == ("text/html", "text/javascript")
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_files_beside_the_clients_are_not_served(site: Served) -> None:
    browser = site.app.test_client()
    outside = ["/station/../robot.py", "/station/%2e%2e/robot.py"]
    assert [browser.get(path).status_code for path in outside] == [404, 404]
