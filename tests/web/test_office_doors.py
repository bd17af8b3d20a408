"""The door: logging in and out, the first admin, forged forms, foreign hosts and origins, headers everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import PAGE, Desk
from flask.testing import FlaskClient
from served import PIN

from wms.operations import people

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Desk]:
    """A house of one's own."""
    desk = Desk(f"sqlite:///{tmp_path}/house.db")
    yield desk
    desk.close()


def door_of(client: FlaskClient, path: str = "/office/login") -> str:
    """Open a door's page and return what its form must repeat."""
    return re.search(r'name="door" value="([^"]+)"', client.get(path, headers=PAGE).text)[1]


def log_in(desk: Desk, client: FlaskClient, **changes: str) -> object:
    """Send the login form."""
    form = {"badge": desk.hire("supervisor"), "pin": PIN, "next": "", "door": door_of(client)}
    return client.post("/office/login", data=form | changes, headers=PAGE)


def test_a_badge_and_its_pin_open_the_office(house: Desk) -> None:
    client = house.app.test_client()
    assert log_in(house, client).location == "/office/"
    assert "Pat supervisor" in client.get("/office/", headers=PAGE).text


def test_a_wrong_pin_says_so_on_the_same_page(house: Desk) -> None:
    answer = log_in(house, house.app.test_client(), pin="111112")
    assert (answer.status_code, "Badge or PIN is wrong." in answer.text) == (401, True)


def test_who_came_from_a_page_goes_back_to_it(house: Desk) -> None:
    client = house.app.test_client()
    asked = client.get("/office/orders?state=held", headers=PAGE)
    assert asked.location == "/office/login?next=/office/orders"
    assert log_in(house, client, next="/office/orders").location == "/office/orders"


@pytest.mark.parametrize(
    "away", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)", "/\t/x", ""]
)
def test_a_login_never_leads_out_of_the_house(house: Desk, away: str) -> None:
    assert log_in(house, house.app.test_client(), next=away).location == "/office/"


@pytest.mark.parametrize("path", ["/office/login", "/office/setup"])
def test_a_form_of_another_site_opens_no_session(house: Desk, path: str) -> None:
    form = {"badge": house.hire("supervisor"), "pin": PIN, "door": "guessed"}
    form = form if path.endswith("login") else {"code": "X", "name": "Eve", "pin": PIN, "door": "guessed"}
    answer = house.app.test_client().post(path, data=form)
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "bad_token")


def test_logging_out_ends_the_session_on_the_server(house: Desk) -> None:
    client, csrf = house.browser("supervisor")
    token = client.get_cookie("wms_session").value
    client.post("/office/logout", data={"csrf": csrf})
    assert house.app.test_client().get("/session", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_the_consoles_code_makes_the_first_admin_once(house: Desk) -> None:
    code, client = house.do(people.new_setup_code), house.app.test_client()
    form = {"code": code, "name": "Otis", "pin": PIN, "door": door_of(client, "/office/setup")}
    page = client.post("/office/setup", data=form, headers=PAGE).text
    badge = re.search(r"BD-[0-9A-Z]+-[0-9A-Z]", page)[0]
    login = house.app.test_client().post("/login", json={"badge": badge, "pin": PIN, "device": "x"})
    assert login.json["operator"]["roles"] == ["admin"]
    again = client.post("/office/setup", data=form, headers=PAGE)
    assert (again.status_code, "wrong or used up" in again.text) == (401, True)


def test_a_weak_pin_is_refused_with_the_name_kept(house: Desk) -> None:
    client = house.app.test_client()
    form = {"code": house.do(people.new_setup_code), "name": "Otis", "pin": "123456"}
    answer = client.post("/office/setup", data=form | {"door": door_of(client, "/office/setup")}, headers=PAGE)
    assert (answer.status_code, 'value="Otis"' in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["/office/waves", "/office/labels", "/api/v1/waves", "/logout"])
def test_an_unsafe_request_by_cookie_needs_its_token(house: Desk, path: str) -> None:
    client, csrf = house.browser("supervisor")
    assert client.post(path, json={}).json["error"]["code"] == "bad_token"
    assert client.post(path, json={}, headers={"X-CSRF-Token": csrf}).status_code != 403


def test_the_cookie_is_for_this_site_and_not_for_scripts(house: Desk) -> None:
    cookie = log_in(house, house.app.test_client()).headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/"))


@pytest.mark.parametrize(
    "path", ["/office/login", "/office/none", "/static/tokens.css", "/api/v1/orders", "/handheld/"]
)
def test_every_answer_carries_the_headers(house: Desk, path: str) -> None:
    answer = house.app.test_client().get(path, buffered=True)
    assert {name: answer.headers.get(name) for name in FIXED} == FIXED
    assert "default-src 'none'; script-src 'self';" in answer.headers["Content-Security-Policy"]


def test_a_bug_carries_them_too_and_tells_its_number_only(house: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = house.as_("supervisor")
    monkeypatch.setitem(house.app.view_functions, "api.meter", lambda: 1 / 0)
    answer = client.get("/api/v1/meter")
    assert (answer.status_code, answer.headers["X-Frame-Options"]) == (500, "DENY")
    assert answer.json["error"]["sentence"].endswith(answer.headers["X-Request-Id"])


def test_only_the_page_that_draws_a_label_may_compile(house: Desk) -> None:
    house.packed({"DICE": 1})
    client = house.as_("supervisor")
    allowed = {path: "wasm-unsafe-eval" in client.get(path).headers["Content-Security-Policy"] for path in
               ("/office/labels/1", "/office/labels")}  # fmt: skip
    assert allowed == {"/office/labels/1": True, "/office/labels": False}


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "10.0.0.9:8000"])
def test_a_foreign_host_is_refused(house: Desk, host: str) -> None:
    assert house.app.test_client().get("/healthz", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(("origin", "status"), [("http://evil.test", 400), ("null", 400)])
def test_a_socket_of_a_foreign_origin_is_refused(house: Desk, origin: str, status: int) -> None:
    path = "/socket.io/?EIO=4&transport=polling"
    assert house.app.test_client().get(path, headers={"Origin": origin}).status_code == status


def test_pages_are_not_kept_by_browsers(house: Desk) -> None:
    assert house.as_("supervisor").get("/office/").headers["Cache-Control"] == "no-store"
