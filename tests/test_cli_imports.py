"""`wms import orders`: what it prints, for people and for programs, and what it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from click.testing import CliRunner

from wms.cli import main

SAMPLES = Path(__file__).parent / "data" / "exports"
KICKSTARTER = SAMPLES / "ks_2025_all_rewards_addons.csv"
# The rows that the notes on this file speak of: no survey, errored, dropped, a note, nothing chosen, a lost zero.
HELD = (
    "SURVEY_MISSING",
    "PAYMENT",
    "CANCELLED_UPSTREAM",
    "NOTE_TO_READ",
    "SELECTION_MISSING",
    "DUPLICATE",
    "ADDRESS_WARN",
)


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    with mock.patch.dict("os.environ"):
        yield


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'floor.db'}"


def orders(url: str, file: Path, *more: str) -> dict[str, Any]:
    words = ("import", "orders", str(file), "--campaign", "NEW1", "--owner", "NEW", "--json", "--database", url, *more)
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.output.splitlines()[-1]))


def test_a_dry_run_says_what_the_import_then_does_and_again_nothing_changes(url: str) -> None:
    dry = orders(url, KICKSTARTER, "--dry-run")
    done = orders(url, KICKSTARTER)
    again = orders(url, KICKSTARTER)
    assert (dry["dry_run"], done["dry_run"]) == (True, False)
    for name in ("profile", "confidence", "verified", "rows", "accepted", "held", "rejected", "changes"):
        assert dry[name] == done[name], name
    assert (done["profile"], done["confidence"], done["verified"], done["rows"]) == ("kickstarter_2025", 1.0, True, 20)
    assert {code: done["held"].get(code, 0) > 0 for code in HELD} == dict.fromkeys(HELD, True)
    assert (again["again"], again["changes"]["unchanged"], again["held"]) == (True, 20, done["held"])


def test_a_rejected_row_is_told_with_line_and_reason(url: str) -> None:
    found = orders(url, SAMPLES / "ks_2018_per_tier.zip")
    assert (found["rows"], found["accepted"], len(found["rejected"])) == (4, 3, 1)
    assert found["rejected"][0]["line"] == 2
    assert "Backer number 1 is already on line 2" in found["rejected"][0]["reason"]


def test_a_campaign_that_nobody_knows_is_refused_with_what_to_do(url: str) -> None:
    words = ("import", "orders", str(KICKSTARTER), "--campaign", "NOPE", "--database", url)
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, "a new one needs --owner" in result.output) == (1, True)
