"""The rules of the house that no linter knows; beside each stands a test that plants a violation and sees it found."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import fields

import pytest
from house import (
    CLOCKS,
    ENVIRONMENT,
    ROOT,
    Module,
    blank_cuts,
    commits,
    files,
    foreign_addresses,
    inline_code,
    long_functions,
    modules,
    parse,
    selects,
    short,
    stock_writes,
    written,
)
from jinja2 import Environment, nodes

ROOMS = {"config", "label_templates", "wms", "scanner_client", "tests"}
PAPERS = {"README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml"}
MADE_HERE = {"var", "dist"}  # ignored by git


def clock_reads(module: Module) -> list[str]:
    return module.mentions(CLOCKS)


def environment_reads(module: Module) -> list[str]:
    return module.mentions(ENVIRONMENT)


def everywhere_but(finder: Callable[[Module], list[str]], *rooms: str) -> list[str]:
    """What `finder` finds in all modules but those whose path starts with one of `rooms`."""
    return [place for module in modules() if not module.path.startswith(rooms or ("-",)) for place in finder(module)]


def none_of(found: list[str], rule: str) -> None:
    assert not found, "\n  ".join([rule, *found])


# --- one place for each of: stock, transaction, clock, settings ------------------------------------------------------


def test_stock_is_written_only_in_the_ledger() -> None:
    found = everywhere_but(stock_writes, "wms/operations/ledger.py")
    none_of(found, "Stock moves, it is never edited: call wms.operations.ledger instead of writing stock here:")


def test_only_db_commits() -> None:
    none_of(everywhere_but(commits, "wms/db.py"), "Run the work through transact() of wms/db.py instead of committing:")


def test_only_clock_reads_the_clock() -> None:
    none_of(everywhere_but(clock_reads, "wms/clock.py"), "Ask wms.clock for the time, so that tests can set it:")


def test_only_settings_read_the_environment() -> None:
    found = everywhere_but(environment_reads, "wms/settings.py")
    none_of(found, "Make it a setting of wms/settings.py instead of reading the environment:")


def test_no_flow_selects() -> None:
    found = [place for module in modules() if module.path.startswith("wms/flows/") for place in selects(module)]
    none_of(found, "A flow tells the story; the rows come from wms.queries or wms.operations:")


SCANS = ("wms/barcodes/", "wms/floor.py", "wms/flows/", "wms/queries/codes.py", "wms/web/scan", "scanner_client/")


def test_no_scan_is_cut_at_white_space() -> None:
    found = [place for module in modules() if module.path.startswith(SCANS) for place in blank_cuts(module)]
    none_of(found, "GS is data in a scan, and white space to Python: name the characters, as in strip(FRAMING):")


PLANTED = [
    (stock_writes, "from wms.models.stock import Stock\nfrom sqlalchemy import update\nupdate(Stock).values(qty=1)"),
    (stock_writes, "import sqlalchemy as sa\nfrom wms.models import stock as s\nsa.insert(s.StockMove)"),
    (stock_writes, "from wms.models.stock import Stock as Balance\nsession.add(Balance(qty=1))"),
    (stock_writes, "from wms.models.stock import Stock\nfrom wms.db import table_of\nt = table_of(Stock)\nt.delete()"),
    (stock_writes, "from wms.models.stock import Lot, Stock\na, b = Lot.__table__, Stock.__table__\nb.update()"),
    (stock_writes, "from wms.operations.ledger import stock\nfrom sqlalchemy import delete\ndelete(stock)"),
    (stock_writes, "run('UPDATE stock SET qty = qty - 1')"),
    (stock_writes, "run(f'insert into stock_move values ({row})')"),
    (commits, "session.commit()"),
    (commits, "database().connection().commit()"),
    (clock_reads, "from datetime import datetime\ndatetime.now()"),
    (clock_reads, "import datetime as dt\ncolumn(default=dt.datetime.utcnow)"),
    (clock_reads, "from time import time as now\nnow()"),
    (environment_reads, "import os\nos.environ['A'] = 'b'"),
    (environment_reads, "from os import getenv as ask\nask('A')"),
    (selects, "import sqlalchemy as sa\nsa.select(1)"),
    (blank_cuts, "text.strip()"),
    (blank_cuts, "scan.text.split(maxsplit=1)[0].upper()"),
    (blank_cuts, "f(text).splitlines()"),
    (blank_cuts, "re.split(r'[\\s,]+', text)"),
]
INNOCENT = [
    (stock_writes, "from wms.models.stock import Lot, Stock\nupdate(Lot)\nselect(Stock.qty)"),
    (stock_writes, "from wms.planning.problems import Stock\nStock(qty=1)"),
    (stock_writes, "def move():\n    'Insert into stock and delete from stock, says this docstring.'"),
    (commits, "commit = 1"),
    (clock_reads, "import time\ntime.monotonic()\nfrom wms import clock\nclock.now()"),
    (environment_reads, "def load(environ):\n    return environ['A']"),
    (selects, "import select\nselect.poll()"),
    (blank_cuts, "text.strip(FRAMING)\ntext.split('-')\n're.split at \\\\s'"),
]


@pytest.mark.parametrize(("finder", "source"), PLANTED)
def test_a_planted_violation_is_found(finder: Callable[[Module], list[str]], source: str) -> None:
    assert finder(parse(source))


@pytest.mark.parametrize(("finder", "source"), INNOCENT)
def test_innocent_code_is_left_in_peace(finder: Callable[[Module], list[str]], source: str) -> None:
    assert finder(parse(source)) == []


# --- sizes and shape -------------------------------------------------------------------------------------------------


def test_no_function_is_longer_than_a_screen() -> None:
    by_hand = (module for module in modules() if not module.path.startswith("wms/migrations/versions/"))
    sized = ((module, 60 if module.path.startswith("wms/planning/") else 40) for module in by_hand)
    none_of([place for module, most in sized for place in long_functions(module, most)], "Split these functions:")


def test_no_file_is_longer_than_400_lines() -> None:
    ours = written(files("*.py", "*.js", "*.mjs", "*.css", "*.html", under=("wms", "scanner_client", "tests")))
    sizes = {short(path): path.read_text(encoding="utf-8").count("\n") for path in ours}
    none_of([f"{path}: {size} lines" for path, size in sizes.items() if size > 400], "Split these files:")


def test_a_function_of_41_lines_is_found() -> None:
    body = "\n".join("    a = 1" for _ in range(40))
    assert long_functions(parse(f"def longest():\n{body}"), 40) == ["planted.py:1 longest: 41 lines"]
    assert long_functions(parse(f"def longest():\n{body}"), 41) == []


def test_every_module_says_its_promise() -> None:
    bare = [short(path) for path in files("*.py", under=("wms", "scanner_client", "tests")) if not promised(path)]
    none_of(bare, "Write a one-line docstring that says what this module promises:")


def promised(path: object) -> bool:
    text = (ROOT / str(path)).read_text(encoding="utf-8")
    return re.match(r'\s*(#.*\n)*\s*r?"""\S', text) is not None or parse(text).tree.body == []


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in files("*.py", under=("wms",)) if "versions" not in path.parts}
    none_of([short(at) for at in sorted(folders) if not (at / "__init__.py").exists()], "Add an __init__.py to:")


def test_test_files_have_names_of_their_own() -> None:
    names = Counter(path.name for path in files("*.py", under=("tests",)) if path.name != "conftest.py")
    none_of([name for name, count in names.items() if count > 1], "Give these test files names of their own:")


# --- pages and labels ------------------------------------------------------------------------------------------------


def test_no_page_holds_inline_code() -> None:
    pages = files("*.html", "*.html.j2", "*.jinja")
    found = [f"{short(path)} {what}" for path in pages for what in inline_code(path.read_text(encoding="utf-8"))]
    none_of(found, "The content security policy refuses inline scripts, styles and handlers:")


@pytest.mark.parametrize(
    "html",
    [
        "<script>start()</script>",
        "<style>a{}</style>",
        "<p {% if a > b %}{{ c }}style='x'{% endif %}>",
        "<button\n onclick=go()>",
    ],
)
def test_planted_inline_code_is_found(html: str) -> None:
    assert inline_code(html)


def test_a_page_with_files_and_data_attributes_is_left_in_peace() -> None:
    assert inline_code("<script type=module src='/a.js'></script><p data-on='{{ x }}' class='style'>style=on</p>") == []


def test_no_template_marks_text_as_safe() -> None:
    pages = [path for path in files("*.html", "*.html.j2", "*.jinja") if re.search(r"\|\s*safe\b", path.read_text())]
    code = everywhere_but(lambda module: module.mentions({"markupsafe.Markup", "flask.Markup"}))
    none_of([short(path) for path in pages] + code, "Let the template escape what comes from outside:")


def test_no_page_script_or_style_names_another_machine() -> None:
    ours = files("*.html", "*.js", "*.mjs", "*.css")
    found = [f"{short(path)} {host}" for path in ours for host in foreign_addresses(path.read_text(encoding="utf-8"))]
    none_of(found, "The floor works without the internet; put libraries into wms/web/package.json:")


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("import a from 'https://cdn.example.test/a.js'", ["cdn.example.test"]),
        ("<link href='//cdn.example.test/a.css'>", ["cdn.example.test"]),
        ("a { background: url(//cdn.example.test/a.png) }", ["cdn.example.test"]),
        ('<svg xmlns="http://www.w3.org/2000/svg"> http://localhost:8000 // a comment', []),
    ],
)
def test_a_planted_address_is_found(text: str, hosts: list[str]) -> None:
    assert foreign_addresses(text) == hosts


def test_every_label_template_uses_exactly_the_fields_of_its_dataclass() -> None:
    from wms.labels.labels import KINDS

    folder = ROOT / "label_templates"
    assert {path.stem for path in folder.glob("*.zpl")} == set(KINDS), (
        "one template per dataclass of wms/labels/labels.py"
    )
    wrong = {
        name: odd for name, kind in KINDS.items() if (odd := odd_fields((folder / f"{name}.zpl").read_text(), kind))
    }
    assert not wrong, f"only in the template or only in the dataclass: {wrong}"


def odd_fields(template: str, kind: type) -> set[str]:
    """The names in which a template and its dataclass differ; the frame prints `copy` itself."""
    names = list(Environment().parse(template).find_all(nodes.Name))
    used = {name.name for name in names if name.ctx == "load"} - {name.name for name in names if name.ctx == "store"}
    used.discard("loop")
    return used ^ {each.name for each in fields(kind) if each.name != "copy"}


def test_a_template_with_an_unknown_or_a_forgotten_field_is_found() -> None:
    from wms.labels.labels import ToteLabel

    assert odd_fields("{{ code }} {{ colour }}", ToteLabel) == {"colour", "name"}


# --- what stands around the code -------------------------------------------------------------------------------------


def test_neither_eventlet_nor_gevent_is_installed_or_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + [name for extra in project["optional-dependencies"].values() for name in extra]
    asked = [name for name in wanted if re.match(r"eventlet|gevent", name)]
    there = [name for name in ("eventlet", "gevent", "geventwebsocket") if importlib.util.find_spec(name)]
    none_of(asked + there, "Flask-SocketIO would choose it silently and break the threads:")


def test_the_top_level_is_the_one_of_the_design() -> None:
    there = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - MADE_HERE
    strangers = {name for name in there - ROOMS - PAPERS if not name.endswith(".egg-info")}
    assert not strangers, f"the top level is fixed, find these a room: {sorted(strangers)}"


def test_the_readme_explains_every_room() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = ROOMS | {path.name for path in (ROOT / "wms").iterdir() if (path / "__init__.py").exists()}
    missing = sorted(room for room in rooms if not re.search(rf"\b{room}\b", readme))
    assert not missing, f"a folder that the README cannot explain in a line is not finished: {missing}"


def test_the_npm_lock_names_no_download_address() -> None:
    lock = json.loads((ROOT / "wms/web/package-lock.json").read_text())
    named = [name for name, package in lock["packages"].items() if "resolved" in package]
    none_of(named, "Install with npm install --omit-lockfile-registry-resolved:")


def test_no_work_is_left_for_later_without_an_issue() -> None:
    marks = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "raise NotImplemented" + "Error"]))
    ours = files("*.py", "*.js", "*.mjs", "*.css", "*.html", under=("wms", "scanner_client", "tests"))
    none_of([short(path) for path in ours if marks.search(path.read_text(encoding="utf-8"))], "Finish the work in:")
