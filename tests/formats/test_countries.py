"""Customs territories, tax numbers and empty words, as the file of countries tells them."""

from __future__ import annotations

from pathlib import Path

import pytest

from wms.formats.countries import Countries, read_countries
from wms.formats.errors import FormatError
from wms.settings import share


@pytest.fixture(scope="module")
def rules() -> Countries:
    return read_countries(share() / "config" / "countries.toml")


@pytest.mark.parametrize(
    ("home", "country", "postal_code", "customs"),
    [
        ("DE", "DE", "10115", False),
        ("DE", "AT", "8010", False),
        ("DE", "US", "02108", True),
        ("DE", "GB", "SW1A 1AA", True),
        ("DE", "ES", "35001", True),
        ("US", "US", "02108", False),
        ("", "US", "02108", False),
    ],
)
def test_a_parcel_meets_customs_where_a_territory_ends(rules, home, country, postal_code, customs):
    assert rules.customs_between(home, country, postal_code) is customs


@pytest.mark.parametrize(
    ("country", "number", "valid"),
    [
        ("BR", "390.533.447-05", True),
        ("BR", "16.727.230/0001-97", True),
        ("BR", "390.533.447-06", False),
        ("TR", "17291716060", True),
        ("KR", "p123456789012", True),
        ("CN", "", False),
    ],
)
def test_a_tax_number_is_checked_by_its_countrys_rule(rules, country, number, valid):
    assert rules.tax_ids[country].valid(number) is valid


@pytest.mark.parametrize(("words", "empty"), [("Gift box", True), ("Board game of 4 dice", False), ("12", True)])
def test_a_description_of_empty_words_is_found(rules, words, empty):
    assert rules.says_nothing(words) is empty


def test_a_malformed_file_is_named(tmp_path: Path):
    (tmp_path / "countries.toml").write_text("[[tax_id]]\nname = 'x'\nsource = 'y'\n")
    with pytest.raises(FormatError, match=r"countries\.toml"):
        read_countries(tmp_path / "countries.toml")
