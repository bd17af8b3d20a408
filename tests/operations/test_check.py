"""`wms check` has teeth: for every rule a breakage is planted in a healthy database, and that rule is named."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest
from click.testing import CliRunner, Result
from shift import at_noon

from wms.cli import main
from wms.queries.invariants import RULES

FREE = "(SELECT MIN(s.id) FROM stock s JOIN location l ON l.id = s.location_id WHERE l.kind = 'bin' AND s.lpn_id = 0 AND s.qty > s.allocated)"
OPEN_PICK = "(SELECT MIN(id) FROM pick WHERE state = 'open' AND taken = 0)"
DONE_PICK = "(SELECT MIN(id) FROM pick WHERE state = 'done')"
ON_TRUCK = "(SELECT MIN(id) FROM parcel WHERE state = 'loaded')"
PACKED = "(SELECT MIN(id) FROM parcel WHERE state = 'packed')"
CLOSED = "(SELECT MIN(id) FROM manifest WHERE state = 'closed')"
HALF = "(SELECT MIN(id) FROM order_line WHERE picked > 0 AND packed = 0)"
MOVED_SCAN = "(SELECT MIN(scan_id) FROM stock_move WHERE scan_id IS NOT NULL)"
NOW = "'2026-01-01 00:00:00.000000'"
JOB = f"INSERT INTO job (kind, args, state, run_at, attempts, result, error, created_at) VALUES ('sweep', '{{}}', '%s', {NOW}, 1, '', '', {NOW})"
HOLD = "INSERT INTO hold (order_id, code, detail, opened_at, reason) SELECT MIN(id), 'SHORT', '', '2001-01-01 00:00:00.000000', '' FROM customer_order WHERE state = '%s'"
LABEL = "INSERT INTO print_job (template, subject, event, copy, label, zpl, state, reason, attempts, created_at) SELECT template, subject, %s, %s, label, zpl, state, '', 0, created_at FROM print_job WHERE template = 'parcel' LIMIT 1"
TASK = "INSERT INTO task (flow, state, turn, subject, memo, operator_id, device_id, opened_at, seen_at) SELECT flow, state, 0, subject, '{}', operator_id, device_id, opened_at, seen_at FROM task WHERE closed_at IS NULL AND subject <> '' LIMIT 1"

# Rule, the breakage, and the start of other rules that this breakage cannot but break as well.
PLANTED = [
    ("I1 conservation", f"UPDATE stock SET qty = qty + 1 WHERE id = {FREE}", "I2"),
    ("I2 balances are sums", f"UPDATE stock SET location_id = (SELECT id FROM location WHERE kind = 'stage') WHERE id = {FREE}", "I4"),
    ("I3 nothing negative", "INSERT INTO stock (location_id, lpn_id, item_id, lot_id, condition, qty, allocated) VALUES (-2, 0, 1, 0, 'hold', 0, 0)", ""),
    ("I3 nothing negative", f"UPDATE stock SET qty = -1 WHERE id = {FREE}", "I1 I2"),
    ("I4 reservations are picks", f"UPDATE stock SET allocated = allocated + 1 WHERE id = {FREE}", ""),
    ("I4 reservations are picks", f"UPDATE pick SET state = 'void' WHERE id = {OPEN_PICK}", ""),
    ("I5 never more than ordered", f"UPDATE order_line SET qty = 0 WHERE id = (SELECT order_line_id FROM pick WHERE id = {OPEN_PICK})", ""),
    ("I5 picked is taken", f"UPDATE order_line SET picked = picked - 1 WHERE id = {HALF}", ""),
    ("I5 picks end with their list", f"UPDATE pick_list SET state = 'picked' WHERE id = (SELECT list_id FROM pick WHERE id = {OPEN_PICK})", ""),
    ("I6 picks are known", "UPDATE stock_move SET task_id = 999999 WHERE reason = 'pick'", ""),
    ("I6 takes are movements", f"UPDATE pick SET location_id = (SELECT MIN(id) FROM location WHERE kind = 'dock') WHERE id = {DONE_PICK}", ""),
    ("I7 movements have causes", f"UPDATE scan SET refusal = 'not_enough' WHERE id = {MOVED_SCAN}", ""),
    ("I7 movements have causes", f"DELETE FROM scan WHERE id = {MOVED_SCAN}", ""),
    ("I7 movements have causes", f"UPDATE scan SET operator_id = operator_id - 1 WHERE id = {MOVED_SCAN}", ""),
    ("I8 serials are single", "UPDATE item SET serial_tracked = 1 WHERE id = (SELECT MIN(item_id) FROM parcel_line)", ""),
    ("I9 parcels hold what was verified", "UPDATE parcel_line SET item_id = item_id % 2 + 1 WHERE id = 1", ""),
    ("I9 packed orders are whole", "UPDATE customer_order SET state = 'packed' WHERE state = 'picking'", ""),
    ("I9 packed is verified", f"UPDATE order_line SET packed = 1 WHERE id = {HALF}", ""),
    ("I9 shipped has left", f"UPDATE parcel SET state = 'shipped', manifest_id = {CLOSED} WHERE id = {PACKED}", ""),
    ("I9 trucks have their parcels", f"UPDATE manifest SET state = 'open' WHERE id = {CLOSED}", ""),
    ("I9 trucks have their parcels", f"UPDATE parcel SET manifest_id = NULL WHERE id = {ON_TRUCK}", ""),
    ("I9 shipped orders are gone", f"UPDATE customer_order SET state = 'shipped' WHERE id = (SELECT order_id FROM parcel WHERE id = {PACKED})", ""),
    ("I10 one current label", "DELETE FROM print_job WHERE template = 'parcel'", ""),
    ("I10 one current label", LABEL % ("'another'", "1"), ""),
    ("I10 one current label", LABEL % ("event", "3"), ""),
    ("I10 one current label", "UPDATE print_job SET state = 'void' WHERE template = 'parcel'", ""),
    ("I11 no job is lost", JOB % "dead", ""),
    ("I11 no job is lost", JOB % "running", ""),
    ("I11 no job is lost", "UPDATE print_job SET state = 'uncertain' WHERE template = 'lpn'", ""),
    ("I12 one person a task", TASK, ""),
    ("I14 counts explain themselves", "UPDATE count_line SET counted = counted + 1", ""),
    ("I14 counts explain themselves", "UPDATE count_line SET book = NULL", ""),
    ("I14 adjustments are counted", "UPDATE stock_move SET document = 'count:99' WHERE reason = 'count'", ""),
    ("I15 nothing expired was picked", "UPDATE lot SET expiry = '2001-01-01'", ""),
    ("I17 imports add up", 'UPDATE "import" SET rejected = rejected + 1', ""),
    ("L1 plates stand where their goods do", "UPDATE lpn SET location_id = NULL WHERE id IN (SELECT lpn_id FROM stock WHERE qty > 0 AND lpn_id <> 0)", ""),
    ("L2 totes have a list", "UPDATE lpn SET list_id = NULL WHERE kind = 'tote'", ""),
    ("L3 held orders do not go", "UPDATE customer_order SET state = 'clean' WHERE state = 'held'", ""),
    ("L3 held orders do not go", HOLD % "packed", ""),
    ("L3 held orders do not go", HOLD % "shipped", ""),
    ("L4 receipts are the ledger", "UPDATE receipt_line SET received = received + 1 WHERE id = 1", ""),
    ("L5 every label names its thing", "DELETE FROM code WHERE kind = 'order'", ""),
    ("L5 every label names its thing", "UPDATE code SET ref = ref + 1 WHERE kind = 'tote'", ""),
    ("L6 plates know whose they are", "UPDATE lpn SET order_id = 999999 WHERE kind = 'carton'", ""),
    ("L7 a wave ends with its lists", "UPDATE wave SET state = 'done'", ""),
]  # fmt: skip


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
            raw.execute(f"DROP TRIGGER IF EXISTS stock_move_no_{verb}")
        raw.execute("PRAGMA ignore_check_constraints = ON")
        assert raw.execute(breakage).rowcount > 0, "nothing was planted"


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


@pytest.mark.parametrize(("rule", "breakage", "also"), PLANTED, ids=[rule for rule, _, _ in PLANTED])
def test_a_planted_breakage_is_named(database: Path, rule: str, breakage: str, also: str) -> None:
    plant(database, breakage)
    result = check(database, "--json")
    named = {each["rule"] for each in json.loads(result.output)["broken"]}
    assert result.exit_code == 1
    assert rule in named
    assert {name.split()[0] for name in named - {rule}} <= set(also.split())


def test_what_is_broken_is_told_in_words_with_the_rows(database: Path) -> None:
    plant(database, f"UPDATE stock SET allocated = allocated + 1 WHERE id = {FREE}")
    result = check(database)
    assert result.exit_code == 1
    assert result.output.startswith("I4 reservations are picks: What is reserved in a balance is what its open picks")
    assert "'reserved': 2, 'wanted': 1" in result.output


def test_a_hold_that_comes_after_packing_breaks_nothing(database: Path) -> None:
    plant(database, HOLD.replace("2001", "2099") % "packed")
    assert check(database).exit_code == 0


def test_a_lost_label_and_its_copy_break_nothing(database: Path) -> None:
    plant(database, LABEL % ("event", "2"))
    plant(
        database,
        "UPDATE print_job SET state = 'void' WHERE template = 'parcel' AND copy = 1 AND event IN (SELECT event FROM print_job WHERE copy = 2)",
    )
    assert check(database).exit_code == 0


def test_every_rule_has_a_planted_breakage() -> None:
    assert {rule for rule, _, _ in PLANTED} == {rule.name for rule in RULES}
