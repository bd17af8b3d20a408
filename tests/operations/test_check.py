"""`wms check` has teeth: for every rule a breakage is planted in a healthy database, and that rule is named."""

from __future__ import annotations

import json
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from click.testing import CliRunner, Result
from shift import at_noon

from wms.cli import main
from wms.queries.invariants import RULES

DATA = tomllib.loads((Path(__file__).parents[1] / "data" / "breakages.toml").read_text())
PLANTED, HARMLESS = DATA["breakage"], DATA["harmless"]


@pytest.fixture(scope="module")
def noon(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("noon") / "noon.db"
    at_noon(path)
    return path


@pytest.fixture
def database(noon: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "copy.db"
    copy.write_bytes(noon.read_bytes())
    return copy


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    """The command writes its settings into the environment for its children; a test leaves none behind."""
    with mock.patch.dict("os.environ"):
        yield


def plant(database: Path, breakage: str) -> None:
    """Write what no operation writes: without triggers, checks and foreign keys."""
    with closing(sqlite3.connect(database, isolation_level=None)) as raw:
        for verb in ("update", "delete"):
            raw.execute(f"DROP TRIGGER stock_move_no_{verb}")
        raw.execute("PRAGMA ignore_check_constraints = ON")
        for statement in breakage.format(**DATA["rows"]).split(";"):
            assert raw.execute(statement).rowcount > 0, "nothing was planted"


def check(database: Path, *options: str) -> Result:
    """Run `wms check`."""
    return CliRunner().invoke(main, ["check", "--database", f"sqlite:///{database}", *options])


def test_a_healthy_database_passes(database: Path) -> None:
    result = check(database)
    assert (result.exit_code, result.output) == (0, f"All {len(RULES)} rules hold.\n")


def test_a_healthy_database_passes_as_json(database: Path) -> None:
    assert json.loads(check(database, "--json").output) == {"rules": len(RULES), "broken": []}


def test_an_empty_database_passes(tmp_path: Path) -> None:
    assert check(tmp_path / "new.db").exit_code == 0


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted["rule"])
def test_a_planted_breakage_is_named(database: Path, planted: dict[str, Any]) -> None:
    plant(database, planted["sql"])
    result = check(database, "--json")
    named = {each["rule"] for each in json.loads(result.output)["broken"]}
    assert result.exit_code == 1
    assert planted["rule"] in named
    assert {name.split()[0] for name in named - {planted["rule"]}} <= set(planted.get("also", ()))


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change["name"])
def test_what_may_happen_is_not_called_broken(database: Path, change: dict[str, str]) -> None:
    plant(database, change["sql"])
    assert check(database).exit_code == 0


def test_what_is_broken_is_told_in_words_with_the_rows(database: Path) -> None:
    plant(database, "UPDATE stock SET allocated = allocated + 1 WHERE id = {free}")
    result = check(database)
    assert result.exit_code == 1
    assert result.output.startswith("I4 reservations are picks: What is reserved in a balance is what its open picks")
    (reserved, wanted) = re.findall(r"'reserved': (\d+), 'wanted': (\d+)", result.output)[0]
    assert int(reserved) == int(wanted) + 1


def test_every_rule_has_a_planted_breakage() -> None:
    assert {planted["rule"] for planted in PLANTED} == {rule.name for rule in RULES}
