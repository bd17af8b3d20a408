"""The webcam client before a real server: films become scans, and none is lost or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest
from client.film import desk, film, one, shown
from client.webcam_runs import Webcams, killed, webcams
from sqlalchemy import select

from wms.db import table_of
from wms.models.people import Device, Operator
from wms.operations import people

__all__ = ["webcams"]
devices, operators = table_of(Device), table_of(Operator)


@pytest.fixture
def places(webcams: Webcams) -> list[str]:
    """What the labels of three places and of a pack station encode."""
    return [webcams.hall.code(name) for name in ("A-01-1", "A-01-2", "A-01-3", "P1")]


def by_camera(*codes: str) -> list[str]:
    """The scans of QR codes."""
    return [f"]Q1{code}" for code in codes]


def station_of(webcams: Webcams) -> int | None:
    """Where the webcam stands."""
    found: int | None = webcams.hall.rows(select(devices.c.station_id).where(devices.c.name == "cam"))[0].station_id
    return found


def test_a_label_that_comes_and_goes_is_one_scan(webcams: Webcams, places: list[str]) -> None:
    path = film(webcams.folder / "once.avi", [(desk(), 0.4), (one(places[0]), 1.5), (desk(), 0.4)])
    assert webcams.run(path) == 0
    assert webcams.scanned() == by_camera(places[0])


def test_a_label_that_was_away_for_a_while_is_scanned_anew(webcams: Webcams, places: list[str]) -> None:
    assert webcams.run(shown(webcams.folder / "twice.avi", places[0], places[0], between=2.2)) == 0
    assert webcams.scanned() == by_camera(places[0], places[0])


def test_labels_one_after_the_other_are_scanned_in_order(webcams: Webcams, places: list[str]) -> None:
    assert webcams.run(shown(webcams.folder / "three.avi", *places[:3])) == 0
    assert webcams.scanned() == by_camera(*places[:3])


def test_a_tilted_code_128_is_found_by_its_bars(webcams: Webcams, places: list[str]) -> None:
    path = film(webcams.folder / "tilted.avi", [(desk(), 0.3), (one(places[0], "Code128", 30, 2), 3.0)])
    assert webcams.run(path) == 0
    assert webcams.scanned() == [f"]C0{places[0]}"]


def test_scans_wait_while_the_server_is_away_and_are_sent_in_order(webcams: Webcams, places: list[str]) -> None:
    path = shown(webcams.folder / "away.avi", *places[:3])
    webcams.line.lost = 4  # not even the badge gets through
    assert webcams.run(path) == 0
    assert webcams.scanned() == by_camera(*places[:3])


def test_a_lost_answer_is_asked_for_again_with_the_same_body(webcams: Webcams, places: list[str]) -> None:
    webcams.line.deaf = 2
    assert webcams.run(shown(webcams.folder / "deaf.avi", *places[:2])) == 0
    assert webcams.scanned() == by_camera(*places[:2])
    first, *again, second = webcams.line.bodies
    assert again == [first, first]
    assert second["id"] != first["id"]


def test_what_a_killed_client_kept_is_sent_once_by_the_next(webcams: Webcams, places: list[str]) -> None:
    webcams.line.deaf = 1_000_000  # every scan acts, and no answer is heard
    with webcams.start(shown(webcams.folder / "killed.avi", *places[:3])) as client:
        killed(client, after=f"read {places[2]}")
    before = webcams.scanned()
    webcams.line.deaf = 0
    assert webcams.run(film(webcams.folder / "empty.avi", [(desk(), 0.2)])) == 0
    assert (before, webcams.scanned()) == (by_camera(places[0]), by_camera(*places[:3]))


def test_a_session_that_ended_is_opened_again_and_nothing_is_lost(webcams: Webcams, places: list[str]) -> None:
    cara = webcams.hall.rows(select(operators.c.id).where(operators.c.name == "Cara"))[0].id
    webcams.line.first = lambda: webcams.hall.do(people.end_sessions, cara)
    assert webcams.run(shown(webcams.folder / "ended.avi", *places[:2])) == 0
    assert webcams.scanned() == by_camera(*places[:2])
    assert len({body["id"] for body in webcams.line.bodies}) == 2


def test_scans_of_another_person_wait_for_that_person(webcams: Webcams, places: list[str]) -> None:
    webcams.line.deaf = 1_000_000
    with webcams.start(shown(webcams.folder / "cara.avi", *places[:2])) as client:
        killed(client, after=f"read {places[1]}")
    webcams.line.deaf = 0
    empty = film(webcams.folder / "empty.avi", [(desk(), 0.2)])
    ben = webcams.credentials_of("ben", webcams.site.badge("Ben", "picker"))
    assert webcams.run(empty, "--credentials", str(ben)) == 0
    assert webcams.scanned() == by_camera(places[0])
    assert webcams.run(empty) == 0
    assert webcams.scanned() == by_camera(*places[:2])


def test_scanning_the_code_of_a_station_pairs_the_camera_with_it(webcams: Webcams, places: list[str]) -> None:
    assert webcams.run(shown(webcams.folder / "pair.avi", places[3])) == 0
    assert (station_of(webcams), webcams.scanned()) == (webcams.hall.places["P1"], [])


def test_a_camera_can_be_started_for_a_station(webcams: Webcams, places: list[str]) -> None:
    assert webcams.run(film(webcams.folder / "empty.avi", [(desk(), 0.2)]), "--station", places[3]) == 0
    assert station_of(webcams) == webcams.hall.places["P1"]


def test_a_place_that_is_no_station_is_refused_in_words(
    webcams: Webcams, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert webcams.run(film(webcams.folder / "empty.avi", [(desk(), 0.2)]), "--station", places[0]) == 1
    assert "A-01-1 is no pack station." in capsys.readouterr().err


def test_a_camera_that_is_missing_is_told_with_those_that_are_there(
    webcams: Webcams, capsys: pytest.CaptureFixture[str]
) -> None:
    assert webcams.run("99") == 3
    assert "Camera 99 is not there or in use. Cameras seen: " in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, b"", b"no film"])
def test_a_film_that_cannot_be_played_is_told(
    webcams: Webcams, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    path = webcams.folder / "none.avi"
    if content is not None:
        path.write_bytes(content)
    assert webcams.run(path) == 3
    assert "film" in capsys.readouterr().err


def test_a_wrong_pin_ends_with_the_servers_sentence(webcams: Webcams, capsys: pytest.CaptureFixture[str]) -> None:
    webcams.credentials.write_text(f'badge = "{webcams.badge}"\npin = "111111"\n')
    assert webcams.run(film(webcams.folder / "empty.avi", [(desk(), 0.2)])) == 1
    assert "Badge or PIN is wrong." in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "pin = 1", 'badge = "BD-1"', "?"])
def test_a_file_of_credentials_that_cannot_be_used_is_told(
    webcams: Webcams, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    webcams.credentials.write_text(content)
    with pytest.raises(SystemExit, match="2"):
        webcams.run(Path("any.avi"))
    assert "--credentials" in capsys.readouterr().err


def test_the_help_explains_what_to_do(capsys: pytest.CaptureFixture[str], webcams: Webcams) -> None:
    with pytest.raises(SystemExit, match="0"):
        webcams.run("0", "--help")
    said = capsys.readouterr().out
    assert all(word in said for word in ("--camera", "--station", "--credentials", "Exit code", "1.5 s"))
