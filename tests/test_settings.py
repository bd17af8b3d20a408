"""Settings: files, then the environment; what is unknown stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from wms import settings
from wms.settings import SettingsError
from wms.web import headers


def test_the_shipped_file_is_every_setting_with_its_default() -> None:
    written = settings.read(settings.share() / "config" / "default.toml")
    known = {
        name: set(type(getattr(settings.Settings(), name)).model_fields) for name in settings.Settings.model_fields
    }
    assert {name: set(table) for name, table in written.items()} == known
    assert settings.load(environ={}) == settings.Settings()


def test_the_environment_wins_over_the_file() -> None:
    assert settings.load(environ={"WMS__FLOOR__RECOUNT_UNITS": "7"}).floor.recount_units == 7


def test_a_comma_makes_a_list_where_the_setting_is_one() -> None:
    found = settings.load(environ={"WMS__WEB__ORIGINS": "http://a:1, http://b:2"})
    assert found.web.origins == ("http://a:1", "http://b:2")


def test_an_unknown_key_stops_the_start_and_is_named() -> None:
    with pytest.raises(SettingsError, match=r"floor\.wiegh: unknown setting"):
        settings.load(environ={"WMS__FLOOR__WIEGH": "1"})


def test_a_bad_value_is_named() -> None:
    with pytest.raises(SettingsError, match=r"web\.port"):
        settings.load(environ={"WMS__WEB__PORT": "eight"})


def test_a_file_named_by_the_environment_is_read(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text('[site]\nname = "Hall 2"\n')
    assert settings.load(environ={"WMS_CONFIG": str(tmp_path / "site.toml")}).site.name == "Hall 2"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml does not exist"):
        settings.load(files=[tmp_path / "nowhere.toml"], environ={})


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"WMS__WEB__ORIGINS": "*"}, "never a star"),
        ({"WMS__WEB__HOST": "0.0.0.0"}, "set web.base_url"),
        ({"WMS__WEB__WORKERS": "2"}, "needs PostgreSQL"),
        ({"WMS__WEB__THREADS": "20"}, "must exceed"),
    ],
)
def test_settings_that_leave_a_door_open_are_refused(environ: dict[str, str], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        headers.check(settings.load(environ=environ))


def test_the_clock_of_the_site_is_in_a_zone_that_exists() -> None:
    there = settings.load(environ={"WMS__SITE__TIME_ZONE": "Europe/Vienna"}).site
    assert str(there.zone) == "Europe/Vienna"
    with pytest.raises(SettingsError, match=r"site\.time_zone: .*Mars/Base is no time zone"):
        settings.load(environ={"WMS__SITE__TIME_ZONE": "Mars/Base"})
