"""`wms release` at a gate: the reasons one a line, as JSON for programs, and what it takes to get through."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from backers import backer
from click.testing import CliRunner, Result
from gated import GatedShop

from wms.cli import main


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[GatedShop]:
    with mock.patch.dict("os.environ", {"WMS__SITE__COUNTRY": "AT"}):
        shop = GatedShop(f"sqlite:///{tmp_path / 'floor.db'}")
        shop.campaign.review(backer(1, "Core"), backer(2, "Core", pledge_status="errored"))
        shop.lock()
        yield shop
        shop.store.close()


def wms(shop: GatedShop, *options: str) -> Result:
    """Run `wms release`."""
    return CliRunner().invoke(main, ["release", *options, "--database", shop.settings.database.url])


def test_a_shut_gate_ends_with_its_reasons_and_code_one(shop: GatedShop) -> None:
    result = wms(shop, "--campaign", "LNT1")
    assert (result.exit_code, result.output.splitlines()) == (
        1,
        ["Error: not released.", "  HOLDS        One order has open holds."],
    )
    told = json.loads(wms(shop, "--campaign", "LNT1", "--json").output)
    assert told["refused"][0] == {
        **{"code": "HOLDS", "sentence": "One order has open holds.", "orders": 1, "examples": ["2"]},
        "about": [],
    }


def test_what_may_go_goes_when_the_rest_is_left_out(shop: GatedShop) -> None:
    result = wms(shop, "--campaign", "LNT1", "--ready-only", "--json")
    assert {key: json.loads(result.output)[key] for key in ("name", "orders")} == {"name": "Pilot 1", "orders": 1}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--campaign", "NONE"), "Campaign NONE not found."),
        (("--campaign", "LNT1", "--segment", "EU"), "Segment EU not found."),
        (("--segment", "EU"), "--segment needs --campaign."),
        ((), "Campaign LNT1: release a segment, its gate decides."),
    ],
)
def test_what_is_not_there_is_named(shop: GatedShop, options: tuple[str, ...], why: str) -> None:
    result = wms(shop, *options)
    assert result.exit_code != 0
    assert why in result.output
