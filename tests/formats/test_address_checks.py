"""Addresses, telephones and names: what is refused, what is doubted, and what good addresses must never suffer."""

from __future__ import annotations

import dataclasses

import phonenumbers
import pytest

from wms.addresses import check, respaced, verdict
from wms.formats.orders.reading import read_orders
from wms.formats.orders.rows import Recipient

GOOD = Recipient("Pat Roe", "1 Beacon St", "Apt 4", "Boston", "MA", "02108", "US", "+16175550101")


def findings(phone: str = GOOD.phone, **changes: str) -> list[tuple[str, str, bool]]:
    found = check(dataclasses.replace(GOOD, **changes), "pat@example.test", phone)
    return [(finding.code, finding.field, finding.hold) for finding in found]


def abroad(country: str, postal_code: str, city: str = "City", state: str = "", line1: str = "Street 1") -> list[str]:
    found = findings(country_code=country, postal_code=postal_code, city=city, state=state, line1=line1)
    return [f"{code} {field}" for code, field, hold in found if hold]


def test_a_good_address_has_no_finding():
    assert findings() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"postal_code": "94043"}, "postal_code"),
        ({"postal_code": "02108.0"}, "postal_code"),
        ({"postal_code": ""}, "postal_code"),
        ({"state": ""}, "state"),
        ({"state": "Lampland"}, "state"),
        ({"city": " "}, "city"),
        ({"line1": ""}, "line1"),
        ({"country_code": "UK"}, "country_code"),
        ({"country_code": "XX"}, "country_code"),
        ({"country_code": "%s"}, "country_code"),
        ({"country_code": ""}, "country_code"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_delivered_is_invalid_and_holds(changes, field):
    assert ("ADDRESS_INVALID", field, True) in findings(**changes)


@pytest.mark.parametrize(
    ("country", "code", "city", "state"),
    [
        ("NL", "1012ab", "Amsterdam", ""),
        ("PL", "00950", "Warszawa", ""),
        ("SE", "SE-13544", "Tyresö", "Stockholms Län"),
        ("GB", "sw1a1aa", "London", ""),
        ("CA", "m5v2t6", "Toronto", "on"),
        ("BR", "01310100", "Sao Paulo", "SP"),
        ("JP", "１６００００２２"[:7], "Shinjuku-ku", "Tokyo"),
        ("PT", "1000001", "Lisboa", ""),
        ("DE", "D-10115", "Berlin", ""),
        ("IE", "", "Dublin", "Dublin"),
        ("US", "02108-1234", "Boston", "Massachusetts"),
    ],
)
def test_a_good_address_in_a_careless_spelling_is_never_held(country, code, city, state):
    assert abroad(country, code, city, state) == []


def test_a_japanese_address_in_latin_letters_keeps_its_city():
    home = Recipient("Ren Ito", "1-2-3 Mihon", "", "Shinjuku-ku", "Tokyo", "160-0022", "JP", "+81312345678")
    assert check(home, "ren@example.test", home.phone) == []
    assert home.city == "Shinjuku-ku"


@pytest.mark.parametrize(
    ("country", "code", "state"),
    [("CA", "V6B 1A1", "ON"), ("AU", "3000", "NSW"), ("DE", "1011", ""), ("GB", "SWIA 1AA", ""), ("NL", "12", "")],
)
def test_a_postal_code_of_another_state_or_form_is_invalid(country, code, state):
    assert abroad(country, code, state=state) == ["ADDRESS_INVALID postal_code"]


def test_a_zip_code_that_lost_its_zero_is_asked_about():
    found = check(dataclasses.replace(GOOD, postal_code="2108"), "a@example.test", GOOD.phone)
    assert [(finding.code, finding.hold, finding.better) for finding in found] == [("ADDRESS_WARN", True, "02108")]


@pytest.mark.parametrize(
    ("changes", "field", "hold"),
    [
        ({"line1": "asdf"}, "line1", True),
        ({"line1": "PO Box 77"}, "line1", False),
        ({"line1": "Beacon Street", "line2": ""}, "line1", True),
        ({"name": "AB"}, "name", True),
        ({"name": "J. K."}, "name", True),
        ({"name": "Sukarno"}, "name", False),
        ({"line2": "x" * 36}, "line2", False),
        ({"name": "Pat \u202eRoe"}, "name", True),
        ({"name": "Κώστας Φάρος"}, "name", False),
        ({"state": "AE", "city": "APO", "postal_code": "09012"}, "state", False),
    ],
)
def test_doubts_are_warnings_and_hold_only_where_a_parcel_would_fail(changes, field, hold):
    assert findings(**changes) == [("ADDRESS_WARN", field, hold)]


@pytest.mark.parametrize(("line2", "held"), [("", True), ("Postnummer 1234567", False)])
def test_a_parcel_locker_needs_the_customers_number(line2, held):
    home = dataclasses.replace(GOOD, country_code="DE", state="", postal_code="10115", line1="Packstation 123")
    found = check(dataclasses.replace(home, line2=line2), "a@example.test", "+4930123456")
    assert [finding.code for finding in found if finding.hold] == (["ADDRESS_WARN"] if held else [])


@pytest.mark.parametrize("phone", ["", "555-555-1212", "1-234-567-8900", "000000000", "none", "4.61E+09", "+1 12"])
def test_a_missing_fake_or_impossible_telephone_holds(phone):
    assert findings(phone) == [("PHONE_MISSING", "phone", True)]


def test_a_parcel_that_stays_at_home_needs_no_telephone():
    assert [finding.hold for finding in check(GOOD, "a@example.test", "", home="US")] == [False]


def test_a_name_of_han_letters_needs_no_blank():
    assert [field for _, field, hold in findings(name="山田花子") if hold] == []


def test_a_name_full_of_printer_commands_is_nobodys_fault():
    assert findings(name="^XZ~JA Brindle") == []


def test_a_missing_mail_address_is_a_warning():
    assert [finding.field for finding in check(GOOD, "nobody", GOOD.phone)] == ["email"]


def test_a_postal_code_is_respaced_for_checking_only():
    assert (respaced("sw1a1aa", "GB"), respaced("〒1600022", "JP")) == ("SW1A 1AA", "160-0022")


OK, WARN, BAD = ("OK", False), ("WARN", False), ("BAD", False)
SAMPLE = {  # row -> the verdict on its address, and whether its telephone holds it
    **dict.fromkeys(("1", "2", "3", "7", "8", "9", "10", "11", "13", "17", "19", "20"), OK),
    "4": WARN,  # the ZIP lost its zero
    "5": BAD,  # ZIP of another state
    "6": ("BAD", True),  # never answered
    "12": ("OK", True),  # lower case is no fault, a missing telephone is
    "14": ("OK", True),  # an APO is a remark
    "15": ("WARN", True),  # initials, and a number nobody has
    "16": WARN,  # no street
    "18": WARN,  # a locker without the customer's number
}


def test_every_row_of_the_sample_export_gets_the_verdict_that_its_notes_say(sample, profiles):
    orders = read_orders(sample("ks_2025_all_rewards_addons.csv"), "a.csv", profiles).orders
    found = {}
    for order in orders:
        doubts = check(order.recipient, order.email, order.phone)
        address = [finding for finding in doubts if finding.code != "PHONE_MISSING"]
        found[order.number] = (verdict(address), any(each.hold for each in doubts if each not in address))
    assert found == SAMPLE


@pytest.mark.parametrize("region", ["US", "DE", "GB", "JP", "BR", "CA", "IT", "KR"])
def test_the_short_way_to_a_valid_telephone_never_says_more_than_the_library(region):
    example = phonenumbers.example_number(region)
    digits = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    for place in range(4, len(digits)):
        for digit in "0159":
            written = digits[:place] + digit + digits[place + 1 :]
            wrong = not phonenumbers.is_valid_number(phonenumbers.parse(written))
            assert findings(written) or not wrong, written
