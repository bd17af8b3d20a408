"""`wms campaign`: invented files that open as a campaign, the same for the same seed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from wms.cli import main


def run(*arguments: str) -> str:
    answer = CliRunner().invoke(main, ["campaign", *arguments])
    assert answer.exit_code == 0, answer.output
    return answer.output


def column(path: Path, name: str) -> list[str]:
    return [row[name] for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]


def records(path: Path) -> set[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {tuple(row) for row in csv.reader(file)}


def test_a_generated_campaign_tells_what_is_in_it(tmp_path: Path) -> None:
    told = json.loads(run("generate", "--orders", "120", "--seed", "3", "--out", str(tmp_path), "--json"))
    assert (told["orders"], told["clean"] + sum(told["held"].values())) == (120, 120)
    assert len(column(tmp_path / "truth.csv", "number")) == 120 - told["clean"]
    assert len(column(tmp_path / "orders.csv", "Backer Number")) == 120


@pytest.mark.parametrize("platform", ["kickstarter", "backerkit", "shopify"])
def test_an_edited_export_differs_by_its_edits(tmp_path: Path, platform: str) -> None:
    run("generate", "--orders", "120", "--out", str(tmp_path), "--edits", "20", "--platform", platform)
    kinds = column(tmp_path / "edits.csv", "kind")
    assert (kinds.count("address"), kinds.count("gone")) == (20, 2)
    assert len(records(tmp_path / "orders_later.csv") - records(tmp_path / "orders.csv")) == 20


def test_a_generated_campaign_is_opened_and_may_be_opened_again(tmp_path: Path) -> None:
    run("generate", "--orders", "30", "--out", str(tmp_path))
    for _ in range(2):
        assert "12 items" in run("open", str(tmp_path), "--database", f"sqlite:///{tmp_path}/site.db")
