"""A photo of a label, sent by a device whose camera may not run live, is answered with its codes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from decoding.printed import as_file, blurred, symbol, turned
from desk import Desk

from wms.app import create_app
from wms.settings import Scanning, SettingsError
from wms.web import photos

LABEL = "LO-A-03-12-B-7"


def send(client: Any, content: bytes, name: str = "photo", **headers: str) -> Any:
    return client.post("/photo", data={name: (BytesIO(content), "label.jpg")}, headers=headers)


@pytest.fixture(autouse=True)
def _fresh(desk: Desk) -> None:
    desk.app.extensions["wms.photos"] = photos.Turnstile()


def test_a_tilted_label_in_a_photo_is_read(desk: Desk) -> None:
    photo = as_file(blurred(turned(symbol(LABEL, "Code128", module_px=4), 25), 1.5), "JPEG", "RGB")
    answer = send(desk.as_("picker"), photo)
    (code,) = answer.json["codes"]
    assert (answer.status_code, code["scan"], code["symbology"], len(code["corners"])) == (
        200,
        f"]C0{LABEL}",
        "Code128",
        4,
    )


def test_the_scan_of_a_gs1_label_keeps_its_separator(desk: Desk) -> None:
    photo = as_file(symbol("(01)09501101020917(10)AB-123(17)261231", "DataMatrix", gs1=True))
    assert [code["scan"] for code in send(desk.as_("picker"), photo).json["codes"]] == [
        "]d2010950110102091710AB-123\x1d17261231"
    ]


def test_a_photo_without_a_code_has_no_codes(desk: Desk) -> None:
    assert send(desk.as_("picker"), as_file(symbol(LABEL, "Code128")[:9])).json == {"codes": []}


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_names_the_field(desk: Desk, content: bytes) -> None:
    answer = send(desk.as_("picker"), content)
    assert (answer.status_code, answer.json["error"]["facts"]["field"]) == (422, "photo")


def test_a_form_without_a_photo_says_so(desk: Desk) -> None:
    answer = send(desk.as_("picker"), as_file(symbol(LABEL, "Code128")), name="picture")
    assert (answer.status_code, "missing" in answer.json["error"]["sentence"]) == (422, True)


def test_a_file_that_is_too_large_is_refused(desk: Desk) -> None:
    form = "multipart/form-data; boundary=x"
    assert desk.as_("picker").post("/photo", data=bytes(photos.BODY_MAX + 1), content_type=form).status_code == 413


def test_a_stranger_sends_no_photos(desk: Desk) -> None:
    assert send(desk.app.test_client(), as_file(symbol(LABEL, "Code128"))).status_code == 401


def test_a_browser_sends_its_token_along(desk: Desk) -> None:
    client, csrf = desk.browser("picker")
    photo = as_file(symbol(LABEL, "Code128"))
    assert send(client, photo).status_code == 403
    assert send(client, photo, **{"X-CSRF-Token": csrf}).status_code == 200


def test_a_device_that_sends_too_many_waits_a_minute(desk: Desk) -> None:
    turnstile = photos.Turnstile(a_minute=2)
    for at in (0.0, 1.0):
        turnstile.count(7, at)
    turnstile.count(8, 2.0)
    with pytest.raises(photos.TooManyPhotos):
        turnstile.count(7, 3.0)
    turnstile.count(7, 60.5)


def test_no_more_photos_are_read_at_once_than_may_be(desk: Desk) -> None:
    turnstile = photos.Turnstile(at_once=1)
    with turnstile.passed(1), pytest.raises(photos.Reading), turnstile.passed(2, wait_seconds=0.01):
        pass
    with turnstile.passed(2):
        pass


def test_a_site_says_in_a_file_of_its_own_which_readings_are_believed(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text("[ITF]\nlengths = [14]\n")
    app = create_app(desk.app.extensions["wms.settings"].model_copy(update={"scanning": site(tmp_path / "ours.toml")}))
    with app.app_context():
        assert [code.text for code in photos.read(as_file(symbol("04006381333931", "ITF")))] == ["04006381333931"]
        assert photos.read(as_file(symbol(LABEL, "Code128"))) == []


def test_a_site_whose_own_file_cannot_be_read_does_not_start(desk: Desk, tmp_path: Path) -> None:
    settings = desk.app.extensions["wms.settings"].model_copy(update={"scanning": site(tmp_path / "none.toml")})
    with pytest.raises(SettingsError, match=r"scanning\.symbologies: .*none\.toml"):
        create_app(settings)


def site(file: Path) -> Scanning:
    return Scanning(symbologies=str(file))
