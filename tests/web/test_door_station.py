"""A device stands at the pack station whose code it scanned, whatever flow it is in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from contract import Hall
from flask.testing import FlaskClient
from sqlalchemy import select

from wms import demo
from wms.app import create_app
from wms.db import table_of
from wms.models.people import Device

devices = table_of(Device)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(f"sqlite:///{tmp_path / 'floor.db'}")
    yield hall
    hall.store.close()


@pytest.fixture
def client(hall: Hall) -> Iterator[FlaskClient]:
    """A webcam that somebody signed in to."""
    person = demo.hire(hall.store, hall.settings, 1)[0]
    app = create_app(hall.settings)
    client = app.test_client()
    body = {"badge": person["badge"], "pin": person["pin"], "device": "cam"}
    client.environ_base["HTTP_AUTHORIZATION"] = client.post("/login", json=body).json["send"]["value"]  # type: ignore[index]
    yield client
    app.extensions["wms.ticker"].stop()
    app.extensions["wms.store"].close()


def stand(client: FlaskClient, text: str, **more: Any) -> tuple[int, Any]:
    """Scan a station's code."""
    answer = client.post("/station", json={"text": text, **more})
    return answer.status_code, answer.json


def station(hall: Hall) -> int | None:
    """Where the webcam stands."""
    found: int | None = hall.rows(select(devices.c.station_id).where(devices.c.name == "cam"))[0].station_id
    return found


def test_the_code_of_a_station_as_a_camera_reads_it_pairs_the_device(client: FlaskClient, hall: Hall) -> None:
    assert stand(client, f"]Q1{hall.code('P1')}", profile="camera") == (200, {"station": {"name": "P1"}})
    assert station(hall) == hall.places["P1"]


@pytest.mark.parametrize("text", ["LO-A-01-1", "no such thing", "", "]", "\x1d\x00", "F1"])
def test_anything_else_is_refused_in_words_and_changes_nothing(client: FlaskClient, hall: Hall, text: str) -> None:
    status, answer = stand(client, hall.code("A-01-1") if text == "LO-A-01-1" else text)
    assert status in (400, 409, 422)
    assert answer["error"]["sentence"].endswith("is no pack station.")
    assert station(hall) is None


def test_strangers_stand_nowhere(client: FlaskClient, hall: Hall) -> None:
    assert client.application.test_client().post("/station", json={"text": hall.code("P1")}).status_code == 401
