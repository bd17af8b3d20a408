"""Which customs form a parcel needs follows from dated rows with their sources; a row that is wrong is named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from wms.barcodes import s10
from wms.formats.customs import Sent, read_customs
from wms.formats.errors import FormatError
from wms.settings import share

RULES = read_customs(share() / "config" / "customs.toml")
DAY = date(2026, 11, 23)


def sent(value: str, currency: str = "EUR", weight_g: int = 500, **more: object) -> Sent:
    return Sent(Decimal(value), currency, weight_g, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parcel", "form"),
    [
        (sent("300"), "cn22"),
        (sent("300.01"), "cn23"),
        (sent("270", "GBP", country="GB"), "cn22"),
        (sent("270.01", "GBP", country="GB"), "cn23"),
        (sent("1", "JPY"), "cn23"),  # nobody knows what an SDR is in yen here: the larger form is always allowed
        (sent("20", weight_g=2000), "cn22"),
        (sent("20", weight_g=2001), "cn23"),
        (sent("20", restricted=True), "cn23"),
    ],
)
def test_value_weight_and_restricted_goods_decide_the_form(parcel: Sent, form: str) -> None:
    assert RULES.form(parcel, DAY) == form


def test_a_rule_that_asks_for_a_cn23_is_named_with_its_source() -> None:
    (rule,) = RULES.why_cn23(sent("10", weight_g=2500), DAY)
    assert (rule.id, rule.checked_on.year, bool(rule.source)) == ("UPU-CN22-KG", 2026, True)


def test_a_rule_holds_from_its_first_day_to_its_last_and_a_disabled_one_never() -> None:
    def held(day: date) -> set[str]:
        return {rule.id for rule in RULES.in_force(day, "EU")}

    assert ("EU-DUTY-0" in held(date(2026, 6, 30)), "EU-DUTY-3" in held(date(2026, 6, 30))) == (True, False)
    assert ("EU-DUTY-0" in held(date(2026, 7, 1)), "EU-DUTY-3" in held(date(2026, 7, 1))) == (False, True)
    assert "EU-HANDLING" not in held(DAY)


def test_every_row_says_where_it_was_read_and_when() -> None:
    assert len(RULES.rules) >= 20
    assert all(rule.source and rule.text and rule.checked_on for rule in RULES.rules)


def test_a_bad_row_is_named_with_everything_that_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "customs.toml"
    path.write_text(
        '[[rule]]\nid = "X"\njurisdiction = "UPU"\naction = "cn23"\ntext = "t"\nsuorce = "s"\n'
        '[[sdr]]\ncurrency = "EUR"\n'
    )
    with pytest.raises(FormatError) as caught:
        read_customs(path)
    told = [f"{problem.field} {problem.sentence}" for problem in caught.value.problems]
    assert [
        words
        for words in ("source is missing", "checked_on is missing", "suorce is not known", "field is one of", "sdr EUR")
        if not any(words in each for each in told)
    ] == []


def test_an_item_number_has_the_check_digit_of_the_standard() -> None:
    assert s10.item_id("RR", 47312482, "GB") == "RR473124829GB"  # the example that postal services publish
    assert (s10.is_valid("RR473124829GB"), s10.is_valid("RR473124828GB"), s10.serial_of("RR473124829GB")) == (
        True,
        False,
        47312482,
    )
    with pytest.raises(ValueError, match="no item number"):
        s10.item_id("R", 1, "GB")
