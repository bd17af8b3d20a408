"""The `wms` command: teaches by --help, says in one line what is wrong, and prints what it promises."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from wms import settings as settings_module
from wms.cli import main
from wms.db import Store
from wms.flows import FLOWS
from wms.flows.engine import DONE
from wms.operations import people
from wms.settings import Database, Settings

WITHOUT_DATA = {"diagram", "printer-emulator", "campaign generate"}
DEMO = settings_module.share() / "config" / "demo"


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    """The command writes its settings into the environment for its children; a test leaves none behind."""
    with mock.patch.dict("os.environ"):
        yield


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new' / 'floor.db'}"


def wms(*words: str) -> Result:
    """Run a command as typed."""
    return CliRunner().invoke(main, words)


def said(result: Result) -> str:
    """The one line of a command that failed, without a traceback."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, len(result.output.splitlines())) == (1, 1), result.output
    return result.output.removeprefix("Error: ").strip()


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command with the words that lead to it."""
    found = []
    for name, each in group.commands.items():
        found += commands(each, (*path, name)) if isinstance(each, click.Group) else [(*path, name)]
    return found


def rows(url: str, statement: str) -> list[Any]:
    """Read something back."""
    store = Store(Database(url=url))
    with store.read() as tx:
        found = [tuple(row) for row in tx.all(text(statement))]
    store.close()
    return found


def test_the_help_says_how_to_begin() -> None:
    result = wms("--help")
    assert result.exit_code == 0
    for word in ("wms demo", "wms init; wms serve", "wms release", "wms check"):
        assert word in result.output


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_every_command_explains_itself_and_its_options(path: tuple[str, ...]) -> None:
    result = wms(*path, "--help")
    assert result.exit_code == 0
    usage, _, rest = result.output.partition("\n\n")
    assert usage.startswith("Usage:")
    assert len(rest.split("Options:")[0].strip()) > 20, "no explanation"
    undescribed = [line for line in rest.splitlines() if re.fullmatch(r"  --?[a-z][^ ]*( [A-Z]+)?", line)]
    assert undescribed == []


@pytest.mark.parametrize(
    "path", [each for each in commands() if not {each[0], " ".join(each)} & WITHOUT_DATA], ids=" ".join
)
def test_every_command_that_touches_data_takes_the_database(path: tuple[str, ...]) -> None:
    assert {"--database", "--config"} <= set(re.findall(r"--[a-z]+", wms(*path, "--help").output))


def test_init_prints_a_setup_code_and_no_password(url: str) -> None:
    result = wms("init", "--database", url)
    assert result.exit_code == 0
    assert re.match(r"Setup code \S+, good for one hour", result.output)
    assert "PIN" not in result.output
    assert rows(url, "SELECT name FROM operator") == []


def test_the_setup_code_makes_the_first_administrator_once(url: str) -> None:
    code = json.loads(wms("init", "--database", url, "--json").output)["setup_code"]
    store, security = Store(Database(url=url)), Settings().security
    first = ("Ada", "864213")
    assert store.transact(lambda tx: people.first_admin(tx, security, code, *first))[1].startswith("BD-")
    with pytest.raises(people.WrongSetupCode):
        store.transact(lambda tx: people.first_admin(tx, security, code, *first))
    store.close()
    assert rows(url, "SELECT name, roles FROM operator") == [("Ada", "admin")]


def test_a_new_setup_code_can_be_had(url: str) -> None:
    codes = {wms("setup-code", "--database", url).output.strip() for _ in range(2)}
    assert len(codes) == 2


def test_the_demo_refuses_a_database_that_it_would_empty(url: str) -> None:
    refused = wms("demo", "--database", url)
    assert (refused.exit_code, "Leave --database out" in refused.output) == (2, True)


def test_init_demo_prints_its_people_and_may_be_repeated(url: str) -> None:
    first, again = (json.loads(wms("init", "--demo", "--json", "--database", url).output) for _ in range(2))
    assert first["operators"] == again["operators"]
    assert {"badge", "pin", "roles"} <= set(first["operators"][0])
    assert {role for person in first["operators"] for role in person["roles"]} >= {"picker", "packer", "receiver"}
    assert rows(url, "SELECT COUNT(*) FROM receipt, campaign") == [(1,)]
    assert rows(url, "SELECT COUNT(*) FROM customer_order") == [(first["counts"]["orders"],)]
    person = first["operators"][0]
    store = Store(Database(url=url))
    assert people.login(store, Settings().security, person["badge"], person["pin"], "tablet")["token"]
    store.close()
    assert wms("check", "--database", url).exit_code == 0


def test_the_environment_names_the_database_too(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMS__DATABASE__URL", url)
    assert wms("check").output.startswith("All ")
    assert rows(url, "SELECT version_num FROM alembic_version") != []


def test_an_unknown_setting_of_the_environment_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMS__FLOOR__WIEGH", "1")
    assert said(wms("check", "--database", url)) == "floor.wiegh: unknown setting"


def test_an_unknown_setting_of_a_file_is_named(url: str, tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text("[floor]\nwiegh = true\n")
    result = wms("check", "--database", url, "--config", str(tmp_path / "my.toml"))
    assert said(result) == "floor.wiegh: unknown setting"


def test_a_bad_value_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMS__WEB__PORT", "eighty")
    assert said(wms("check", "--database", url)).startswith("web.port: ")


@pytest.mark.parametrize(
    "database", ["nonsense", "mysql://localhost/x", "postgresql+psycopg://127.0.0.1:1/x", "sqlite:////proc/x/y.db"]
)
def test_a_database_that_cannot_be_had_is_one_line(database: str) -> None:
    assert "database" in said(wms("check", "--database", database)).lower()


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "floor.db").write_text("Dear diary, " * 100)
    assert "not a database" in said(wms("check", "--database", f"sqlite:///{tmp_path / 'floor.db'}"))


def test_release_without_orders_says_why_in_one_sentence(url: str) -> None:
    assert re.fullmatch(r"[A-Z][^.]*\.", said(wms("release", "--database", url)))


def test_a_packing_list_of_an_unknown_owner_is_refused_by_name(url: str) -> None:
    paper = DEMO / "packing_list.xlsx"
    assert said(wms("import", "packing", str(paper), "--owner", "NOBODY", "--database", url)) == (
        "Owner NOBODY not found."
    )


def test_a_weak_pin_is_refused(url: str) -> None:
    result = wms("people", "add", "Ada", "--roles", "picker", "--pin", "123456", "--database", url)
    assert said(result).startswith("pin: too easy to guess")
    assert rows(url, "SELECT name FROM operator") == []


def test_an_unknown_role_is_refused(url: str) -> None:
    result = wms("people", "add", "Ada", "--roles", "wizard", "--pin", "864213", "--database", url)
    assert "wizard" in said(result)


@pytest.mark.parametrize("name", sorted(FLOWS))
def test_a_diagram_is_the_table_of_its_flow(name: str) -> None:
    flow = FLOWS[name]
    lines = wms("diagram", name).output.splitlines()
    arrows = [re.fullmatch(r"    (\S+) --> (\S+?)(: .+)?", line) for line in lines[1:]]
    drawn = {(arrow[1], arrow[2]) for arrow in arrows if arrow}
    table = {(at, "[*]" if to == DONE else to) for (at, _), way in flow.ways.items() for to in way.to}
    assert lines[0] == "stateDiagram-v2"
    assert None not in arrows
    assert drawn == table | {("[*]", start) for start in flow.starts}


def test_a_diagram_of_an_unknown_flow_names_the_known_ones() -> None:
    result = wms("diagram", "dance")
    assert result.exit_code == 2
    assert "'putaway'" in result.output
