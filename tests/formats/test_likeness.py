"""Guesses which SKU a title means: sure ones are offered, wild ones are not."""

from __future__ import annotations

import pytest

from wms.formats.likeness import guess

GOODS = (("LNT-CORE", "Lanternworks core game"), ("LNT-PIN", "Enamel pin lighthouse"), ("LNT-TEE-M", "T-shirt, size M"))


@pytest.mark.parametrize(
    ("title", "sku"),
    [("Core Game", "LNT-CORE"), ("Lighthouse Pins", "LNT-PIN"), ("Reward (lnt-tee-m)", "LNT-TEE-M")],
)
def test_a_title_is_guessed_by_its_words_or_the_sku_in_it(title: str, sku: str) -> None:
    found = guess(title, GOODS)
    assert found
    assert found.sku == sku


@pytest.mark.parametrize("title", ["Signed Poster", "", "The of and"])
def test_a_title_like_nothing_is_not_guessed(title: str) -> None:
    assert guess(title, GOODS) is None
