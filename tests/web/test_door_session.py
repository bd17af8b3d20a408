"""The door over HTTP: how a client logs in and sends its token, what a cookie needs, and how bad requests are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from contract import FROM, TO, Hall
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from wms.app import create_app


@pytest.fixture(scope="module")
def app(hall: Hall) -> Iterator[Flask]:
    app = create_app(hall.settings)
    yield app
    app.extensions["wms.ticker"].stop()
    app.extensions["wms.store"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def ticket(client: FlaskClient, person: dict[str, Any]) -> dict[str, Any]:
    """The answer of a login; the client keeps its cookie as a browser does."""
    body = {"badge": person["badge"], "pin": person["pin"], "device": "tablet"}
    return dict(client.post("/login", json=body).json)  # type: ignore[arg-type]


def refusal(response: TestResponse) -> tuple[int, str]:
    """The status and the code of a refused request, which always has a sentence."""
    error = response.get_json()["error"]
    assert error["sentence"]
    return response.status_code, error["code"]


def scan(task: Any = None, turn: Any = 0, text: Any = "F1", **more: Any) -> dict[str, Any]:
    """A scan as JSON."""
    return {"id": "scan-0001", "task": task, "turn": turn, "text": text} | more


def bearer(ticket: dict[str, Any]) -> dict[str, str]:
    return {ticket["send"]["header"]: ticket["send"]["value"]}


def test_login_says_how_to_send_the_token_and_it_opens_the_door(app: Flask, ticket: dict[str, Any]) -> None:
    stranger = app.test_client()
    assert stranger.get("/session", headers=bearer(ticket)).json["operator"]["name"] == "Vera"  # type: ignore[index]
    assert stranger.post("/task", json={"flow": "move"}, headers=bearer(ticket)).status_code == 200
    assert {each["flow"] for each in ticket["flows"]} >= {"move", "pick", "pack"}


def test_without_a_session_nothing_opens(client: FlaskClient) -> None:
    for response in (client.post("/scan", json=scan()), client.post("/task", json={}), client.get("/task/1")):
        assert refusal(response) == (401, "not_logged_in")


def test_a_made_up_token_opens_nothing(client: FlaskClient) -> None:
    for value in ("Bearer x", "Bearer ", "Basic QTpC", "bearer \udcff", "Bearer " + "A" * 5000):
        sent = {"Authorization": value.encode("utf-8", "surrogateescape").decode("latin-1")}
        assert refusal(client.get("/session", headers=sent)) == (401, "not_logged_in")


def test_a_cookie_needs_the_token_of_the_page(client: FlaskClient, ticket: dict[str, Any]) -> None:
    assert client.get("/session").status_code == 200
    assert refusal(client.post("/task", json={"flow": "move"})) == (403, "bad_token")
    assert refusal(client.post("/scan", json=scan(), headers={"X-CSRF-Token": "guess"})) == (403, "bad_token")
    assert client.post("/task", json={"flow": "move"}, headers={"X-CSRF-Token": ticket["csrf"]}).status_code == 200


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: FlaskClient, person: dict[str, Any]) -> None:
    body = {"badge": person["badge"], "pin": person["pin"], "device": "tablet"}
    cookie = client.post("/login", json=body).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_a_logout_ends_the_session_on_the_server(app: Flask, client: FlaskClient, ticket: dict[str, Any]) -> None:
    assert client.post("/logout", headers=bearer(ticket)).status_code == 200
    assert refusal(app.test_client().get("/session", headers=bearer(ticket))) == (401, "not_logged_in")


def test_a_move_is_made_by_reading_the_answers(hall: Hall, client: FlaskClient, ticket: dict[str, Any]) -> None:
    answer = client.post("/task", json={"flow": "move"}, headers=bearer(ticket)).json
    for n, text in enumerate(("F4", hall.code(FROM), "60", hall.code(TO))):
        assert answer
        body = scan(answer["task"], answer["turn"], text, id=f"move-000{n}")
        answer = client.post("/scan", json=body, headers=bearer(ticket)).json
    assert answer
    assert (answer["tone"], hall.qty(TO, hall.core)) == ("done", 60)


def test_an_id_used_for_another_scan_is_422(client: FlaskClient, ticket: dict[str, Any]) -> None:
    first = client.post("/scan", json=scan(text="NEVER-SEEN", id="twice-0001"), headers=bearer(ticket))
    assert (first.status_code, first.json["refusal"]) == (200, "not_here")  # type: ignore[index]
    again = client.post("/scan", json=scan(text="OTHER", id="twice-0001"), headers=bearer(ticket))
    assert refusal(again) == (422, "scan_id_reused")


BAD = {
    "no body": (None, "id"),
    "a list": ([], "body"),
    "a number": (7, "body"),
    "no text": ({"id": "scan-0001"}, "text"),
    "text is a number": (scan(text=5), "text"),
    "text is an object": (scan(text={"$ne": 1}), "text"),
    "text without end": (scan(text="A" * 9000), "text"),
    "turn below zero": (scan(turn=-1), "turn"),
    "turn beyond an integer": (scan(turn=2**63), "turn"),
    "task beyond an integer": (scan(task=2**31), "task"),
    "task is a word": (scan(task="x"), "task"),
    "task is zero": (scan(task=0), "task"),
    "an unknown field": (scan(force=True), "force"),
    "a short id": (scan(id="short"), "id"),
    "an id with a newline": (scan(id="scan-0001\n"), "id"),
    "an id with a NUL": (scan(id="scan\x000001"), "id"),
}


@pytest.mark.parametrize(("body", "field"), BAD.values(), ids=BAD)
def test_a_bad_scan_is_422_and_names_the_field(
    client: FlaskClient, ticket: dict[str, Any], body: Any, field: str
) -> None:
    response = client.post("/scan", json=body, headers=bearer(ticket))
    assert refusal(response) == (422, "bad_input")
    assert response.get_json()["error"]["sentence"].startswith(f"{field}:")


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b'{"id": "scan-0001", "text": "\\ud800"}', b"[" * 100_000])
def test_a_body_that_is_no_scan_is_never_a_bug(client: FlaskClient, ticket: dict[str, Any], raw: bytes) -> None:
    sent = bearer(ticket) | {"Content-Type": "application/json"}
    assert client.post("/scan", data=raw, headers=sent).status_code in (200, 422)


def test_unknown_flows_are_refused_with_the_known_ones(client: FlaskClient, ticket: dict[str, Any]) -> None:
    for flow in ("dance", "", "x" * 21, "__class__"):
        status, code = refusal(client.post("/task", json={"flow": flow}, headers=bearer(ticket)))
        assert (status, code) == (422, "bad_input")


@pytest.mark.parametrize("task", ["0", "999999", "99999999999999999999"])
def test_a_task_that_never_was_shows_the_menu(client: FlaskClient, ticket: dict[str, Any], task: str) -> None:
    answer = client.get(f"/task/{task}", headers=bearer(ticket)).json
    assert answer
    assert (answer["task"], answer["state"]) == (None, "menu")
