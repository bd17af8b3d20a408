"""`wms erase`: a dry run first, one order or a campaign, what stands against it in one clear line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from click.testing import CliRunner
from forgotten import Life, traces

from wms.cli import main
from wms.db import Store
from wms.settings import Database, Printing, Settings


@pytest.fixture
def url(tmp_path: Path) -> Any:
    url = f"sqlite:///{tmp_path / 'floor.db'}"
    Life(url, tmp_path / "labels").store.close()
    place = {"WMS__PRINTING__FOLDER": str(tmp_path / "labels"), "WMS__PRIVACY__ERASED_LIST": str(tmp_path / "gone.csv")}
    with mock.patch.dict("os.environ", place):
        yield url


def erase(url: str, *words: str) -> Any:
    return CliRunner().invoke(main, ["erase", *words, "--database", url])


def test_a_campaign_is_erased_after_a_dry_run_that_writes_nothing(url: str, tmp_path: Path) -> None:
    dry = json.loads(erase(url, "--campaign", "LNT1", "--dry-run", "--json").output)
    assert (dry["orders"], dry["dry_run"], dry["against"]) == (3, True, "")
    done = json.loads(erase(url, "--campaign", "LNT1", "--reason", "Over.", "--json").output)
    assert (done["done"], done["files"], done["tables"]["recipient"]) == (3, 3, 3)
    assert (tmp_path / "gone.csv").read_text().count("LNT1,") == 3
    assert traces(opened(url, tmp_path), ["vandersloot"]) == []


def opened(url: str, tmp_path: Path) -> Life:
    """The database as it is, nothing built."""
    life = Life.__new__(Life)
    life.settings = Settings(database=Database(url=url), printing=Printing(folder=str(tmp_path / "labels")))
    life.store = Store(life.settings.database)
    return life


def test_what_cannot_be_is_said_in_one_line(url: str) -> None:
    assert "reason: say why" in erase(url, "--order", "1").output
    assert "No orders are called 99." in erase(url, "--order", "99", "--reason", "x").output
    assert "no campaign NOPE" in erase(url, "--campaign", "NOPE").output
    assert "Whose?" in erase(url).output
    assert "1 orders would be erased" in erase(url, "--order", "1", "--dry-run").output
