"""Backer reports of every generation: columns, quantities, amounts, and rows that are no orders."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest

from wms.formats import money
from wms.formats.errors import FormatError
from wms.formats.orders.profiles import load_profiles
from wms.formats.orders.reading import read_orders
from wms.formats.orders.rows import ExportItem

HEADER = "Backer Number,Backer UID,Backer Name,Email,Reward ID,Pledge Amount,Pledged At,Pledged Status,Notes,Box"
LINE = '{0},U{0},Pat,p{0}@example.test,77,$10.00,"2025/06/01, 12:00",collected,,1'


def report(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines]).encode()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ks_2014_legacy.csv", ("kickstarter_2014", 1, 0)),
        ("ks_2018_per_tier.zip", ("kickstarter_2018", 3, 1)),
        ("ks_2024_all_rewards.csv", ("kickstarter_2024", 1, 0)),
        ("ks_2025_all_rewards_addons.csv", ("kickstarter_2025", 20, 0)),
        ("ks_2025_all_rewards_addons_bom.csv", ("kickstarter_2025", 3, 0)),
        ("ks_2025_resaved_by_excel_de.csv", ("kickstarter_2025", 5, 0)),
    ],
)
def test_every_generation_is_recognised_and_every_row_accounted_for(sample, profiles, name, expected):
    found = read_orders(sample(name), name, profiles)
    assert (found.profile, len(found.orders), len(found.rejected)) == expected
    assert found.rows == len(found.orders) + len(found.rejected)


def test_a_tracking_template_is_no_order_export(sample, profiles):
    with pytest.raises(FormatError, match=r"No order profile fits.*missing: "):
        read_orders(sample("ks_tracking_upload.csv"), "ks_tracking_upload.csv", profiles)


def test_reward_item_and_addon_columns_become_items_with_their_keys(sample, profiles):
    order = read_orders(sample("ks_2025_all_rewards_addons.csv"), "a.csv", profiles).orders[1]
    assert order.items == (
        ExportItem("reward", "9100001", "Core Pledge", 1),
        ExportItem("item", "Core Game", "Core Game", 1),
        ExportItem("item", "Promo Pack", "Promo Pack", 1),
        ExportItem("addon", "10750435", "Metal Coins", 2),
        ExportItem("addon", "10750413", "Playmat", 1),
    )


def test_columns_are_classified_for_the_import_screen(sample, profiles):
    found = read_orders(sample("ks_2025_all_rewards_addons.csv"), "a.csv", profiles)
    roles = {column.name: column.role for column in found.columns}
    assert (roles["Email"], roles["Playmat"], roles["[Addon: 10750413] Playmat"]) == ("core", "item", "addon")
    assert (roles["T-shirt size"], roles["Billing Country"]) == ("survey", "other")


def test_the_address_stays_as_the_backer_wrote_it(sample, profiles):
    order = read_orders(sample("ks_2025_all_rewards_addons.csv"), "a.csv", profiles).orders[10]
    assert (order.recipient.postal_code, order.recipient.phone, order.phone) == (
        "sw1a1aa",
        "07911 123456",
        "07911 123456",
    )


def test_status_survey_late_pledge_notes_and_missing_reward_are_told(sample, profiles):
    orders = read_orders(sample("ks_2025_all_rewards_addons.csv"), "a.csv", profiles).orders
    assert [order.survey_answered for order in orders[4:6]] == [True, False]
    assert [order.pledge_status for order in orders[6:8]] == ["errored", "dropped"]
    assert (orders[8].late, orders[7].late, orders[18].items) == (True, False, ())
    assert orders[19].notes == "Moved! new addr by mail 3 Aug"


def test_an_order_keeps_its_whole_row_line_and_file(sample, profiles):
    order = read_orders(sample("ks_2025_resaved_by_excel_de.csv"), "de.csv", profiles).orders[2]
    assert (order.line, order.file, order.raw["Sleeve colour"], len(order.raw)) == (4, "de.csv", "", 37)


def test_a_backer_in_two_files_of_an_archive_is_one_order_and_one_rejection(sample, profiles):
    found = read_orders(sample("ks_2018_per_tier.zip"), "a.zip", profiles)
    assert "Backer number 1 is already on line 2 of 650.00 SEK Base Game" in found.rejected[0].reason
    assert found.rejected[0].raw["Email"] == "bo@example.test"


def test_the_answer_no_response_is_no_answer(profiles):
    header = HEADER.replace(",Box", ",Survey Response,Shipping Delivery Notes")
    line = LINE.format(1).removesuffix(",1") + ",2025/08/01,No response"
    assert read_orders(f"{header}\n{line}\n".encode(), "a.csv", profiles).orders[0].delivery_notes == ""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("1,U1", "x,U1", "backer number 'x' is not a number"),
        ("$10.00", "ten", "amount 'ten' cannot be read"),
        ("2025/06/01", "31/31/31", "date '31/31/31, 12:00' cannot be read"),
        (",,1", ",,two", "Box: 'two' is not a quantity"),
        (",,1", ",,-1", "Box: '-1' is not a quantity"),
        (",,1", ",,1,2", "This row has 12 cells, the header has 11"),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason_and_costs_no_other_row(profiles, old, new, reason):
    header = HEADER.replace(",Box", ",Box,Survey Response")
    rows = [LINE.format(1).replace(old, new) + ",", LINE.format(2) + ","]
    found = read_orders("\n".join([header, *rows]).encode(), "a.csv", profiles, profile="kickstarter_2025")
    assert [order.number for order in found.orders] == ["2"]
    assert (found.rejected[0].line, reason in found.rejected[0].reason) == (2, True)


def test_a_backer_uid_that_stands_twice_is_rejected_the_second_time(profiles):
    found = read_orders(report(LINE.format(1), LINE.format(2).replace("U2", "U1")), "a.csv", profiles)
    assert found.rejected[0].reason == "Backer UID U1 is already on line 2 of a.csv."


def test_numbers_in_an_unknown_column_are_pointed_out(profiles):
    found = read_orders(report(LINE.format(1)), "a.csv", profiles)
    assert [column.name for column in found.columns if column.role == "unknown_quantity"] == ["Box"]


def test_a_profile_can_be_named_instead_of_guessed(sample, profiles):
    found = read_orders(sample("ks_2024_all_rewards.csv"), "a.csv", profiles, profile="kickstarter_2025")
    assert (found.profile, len(found.orders[0].items)) == ("kickstarter_2025", 3)


def test_an_unknown_profile_is_refused_with_the_known_ones(sample, profiles):
    with pytest.raises(FormatError, match=r"known are .*kickstarter_2025"):
        read_orders(sample("ks_2024_all_rewards.csv"), "a.csv", profiles, profile="nope")


def test_a_faulty_profile_names_its_file_and_fault(tmp_path):
    (tmp_path / "mine.toml").write_text('id="a"\ntitle="a"\nplatform="p"\nyear=1\n[roles]\nnumbr="x"\n')
    with pytest.raises(FormatError, match=r"mine\.toml.*unknown: numbr; missing roles: number"):
        load_profiles(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SEK 1,000.00", ("1000.00", "SEK")),
        ("$12.00", ("12.00", "USD")),
        ("$ 50", ("50", "USD")),
        ("$50 USD", ("50", "USD")),
        ("CA$1,234", ("1234", "CAD")),
        ("1.234,56 €", ("1234.56", "EUR")),
        ("0", ("0", "")),
    ],
)
def test_amounts_are_read_as_platforms_write_them(text, expected):
    assert money.amount(text) == (Decimal(expected[0]), expected[1])


@pytest.mark.parametrize("text", ["ten", "$", "1.2.3,4,5", "12.345,6789", "10 bananas", "€5 £5"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        money.amount(text)


def test_moments_of_both_spellings_are_the_same():
    assert money.moment("2018/03/28, 10:27") == money.moment("2018-03-28, 10:27") == dt.datetime(2018, 3, 28, 10, 27)
