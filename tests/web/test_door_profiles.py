"""A scan names the profile of its scanner: the floor gets what the label said, whatever the scanner typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from contract import Hall, scans
from flask.testing import FlaskClient
from sqlalchemy import select

from wms.app import create_app
from wms.settings import Floor, SettingsError

UNIT = "04006381333931"


@pytest.fixture(scope="module")
def client(hall: Hall, person: dict[str, Any]) -> Iterator[FlaskClient]:
    """A handheld at its menu, logged in with a badge read by a scanner that frames its codes."""
    app = create_app(hall.settings)
    client = app.test_client()
    body = {"badge": f"]C0{person['badge']}\r", "pin": person["pin"], "device": "tablet", "profile": "aim-bar"}
    client.environ_base["HTTP_AUTHORIZATION"] = client.post("/login", json=body).json["send"]["value"]  # type: ignore[index]
    yield client
    app.extensions["wms.ticker"].stop()
    app.extensions["wms.store"].close()


def kept(hall: Hall, scan_id: str) -> str:
    """What the floor kept of a scan."""
    return str(hall.rows(select(scans.c.text).where(scans.c.id == scan_id))[0].text)


def scan(scan_id: str, text: str, **more: str) -> dict[str, Any]:
    return {"id": scan_id, "task": None, "turn": 0, "text": text} | more


def test_the_set_up_page_gets_the_profiles_before_anybody_is_logged_in(client: FlaskClient) -> None:
    found = client.application.test_client().get("/scanners").json["profiles"]  # type: ignore[index]
    assert {"name": "aim-bar", "separators": ["|"], "aim": True}.items() <= next(
        each for each in found if each["name"] == "aim-bar"
    ).items()


@pytest.mark.parametrize(("profile", "sign"), [("aim-bar", "|"), ("aim-angle", "<GS>"), ("aim", "\x1d")])
def test_a_scan_is_kept_as_the_label_says_it(client: FlaskClient, hall: Hall, profile: str, sign: str) -> None:
    body = scan(f"scan-{profile}", f"]C101{UNIT}10L7{sign}17310331", profile=profile)
    assert client.post("/scan", json=body).status_code == 200
    assert kept(hall, f"scan-{profile}") == f"]C101{UNIT}10L7\x1d17310331"


def test_without_a_profile_a_scan_is_kept_as_it_came(client: FlaskClient, hall: Hall) -> None:
    client.post("/scan", json=scan("scan-without", "]Q1A|B<GS>C"))
    assert kept(hall, "scan-without") == "]Q1A|B<GS>C"


def test_the_same_scan_again_gets_the_same_answer(client: FlaskClient) -> None:
    body = scan("scan-again", f"]C101{UNIT}10L7|21S1", profile="aim-bar")
    assert client.post("/scan", json=body).json == client.post("/scan", json=body).json


def test_the_set_up_page_is_told_how_a_scan_is_understood(client: FlaskClient) -> None:
    stranger = client.application.test_client()
    body = {"text": f"]C101{UNIT}17310331310300125010L7|21S1", "profile": "aim-bar"}
    found = stranger.post("/scanners/try", json=body).json
    assert {"lot": "L7", "serial": "S1", "weight_g": 1250}.items() <= found["label"].items()  # type: ignore[index]
    assert (UNIT in found["codes"], "·" in found["text"], found["trouble"]) == (True, True, "")  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        (f"]C101{UNIT}17311331", "Part of the label makes no sense. Check it."),
        *(
            (f"]C101{UNIT}10L7{sign}17310331", "Separator missing? Check the scanner's set-up.")
            for sign in ("", "|", "<GS>", "{GS}", "^]")
        ),
        ("LOßAß03ß12ßBß2", "Keyboard layout of the scanner is wrong: set it to US."),
        ("", ""),
    ],
)
def test_the_set_up_page_is_told_what_is_wrong(client: FlaskClient, text: str, trouble: str) -> None:
    found = client.application.test_client().post("/scanners/try", json={"text": text}).json
    assert found["trouble"] == trouble  # type: ignore[index]


def test_a_suppliers_label_that_says_f1_starts_nothing_and_typing_f1_does(client: FlaskClient) -> None:
    for profile in ("plain", "aim", "camera"):
        answer = client.post("/scan", json=scan(f"scan-f1-{profile}", "F1", profile=profile)).json
        assert (answer["task"], answer["note"]) == (None, "F1 starts nothing here. Choose a job.")  # type: ignore[index]
    typed = client.post("/scan", json=scan("scan-f1-typed", "F1", profile="typed")).json
    assert typed["note"] != "F1 starts nothing here. Choose a job."  # type: ignore[index]


def test_a_code_of_any_qr_size_is_refused_by_the_floor_and_named_too_long(client: FlaskClient) -> None:
    answer = client.post("/scan", json=scan("scan-longest", "]Q1" + "A" * 7089, profile="camera"))
    assert (answer.status_code, answer.json["tone"]) == (200, "stop")  # type: ignore[index]
    assert answer.json["note"] == "Code too long: 7092 characters. Scan another one."  # type: ignore[index]


def test_an_unknown_profile_is_named_and_nothing_is_kept(client: FlaskClient, hall: Hall) -> None:
    answer = client.post("/scan", json=scan("scan-unknown", "A", profile="rign"))
    assert (answer.status_code, "no scanner profile rign" in answer.json["error"]["sentence"]) == (422, True)  # type: ignore[index]
    assert hall.rows(select(scans.c.id).where(scans.c.id == "scan-unknown")) == []


def test_a_site_whose_own_profiles_cannot_be_read_does_not_start(hall: Hall, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[[profile]]\nname = "a"\n')
    settings = hall.settings.model_copy(update={"floor": Floor(device_profiles=str(tmp_path / "mine.toml"))})
    with pytest.raises(SettingsError, match=r"floor\.device_profiles: mine\.toml: profile a: title"):
        create_app(settings)
