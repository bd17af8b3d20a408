"""GS1 labels: every symbology, every element that a warehouse uses, and labels that are broken in part or in whole."""

from __future__ import annotations

from datetime import date

import pytest
from biip.checksums import gs1_standard_check_digit

from wms.barcodes import Reading, Scanned, understand

GS = "\x1d"
EAN = "4006381333931"
UNIT = f"0{EAN}"
SSCC = f"34003404340000018{gs1_standard_check_digit('34003404340000018')}"


def case(indicator: int) -> str:
    """The GTIN-14 of a case of the unit."""
    body = f"{indicator}{EAN[:12]}"
    return f"{body}{gs1_standard_check_digit(body)}"


def named(found: Scanned) -> set[str]:
    return {each.text for each in found.readings}


def item(text: str, number: str = EAN) -> Reading:
    """The reading of a scan under one number."""
    return next(each for each in understand(text).readings if each.text == number)


# --- symbologies -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("aim", ["]C1", "]e0", "]d2", "]Q3", "]J1", "]d5", "]Q4", ""])
def test_a_gs1_symbol_is_an_element_string(aim: str) -> None:
    assert item(f"{aim}01{UNIT}10L7").lot == "L7"


@pytest.mark.parametrize(
    "aim", ["]E0", "]C0", "]A0", "]I0", "]I1", "]d1", "]Q1", "]L0", "]z0", "]G0", "]X0", "]E3", ""]
)
def test_a_trade_number_is_found_in_every_symbol(aim: str) -> None:
    assert {EAN, UNIT} <= named(understand(f"{aim}{EAN}"))


@pytest.mark.parametrize("aim", ["]C0", "]A0", "]d1", "]Q1"])
def test_what_begins_like_gs1_in_another_symbol_is_no_gs1_label(aim: str) -> None:
    assert named(understand(f"{aim}01{UNIT}10L7")) == {f"01{UNIT}10L7"}


def test_the_add_on_behind_an_ean_is_left_out() -> None:
    assert EAN in named(understand(f"]E3{EAN}12345"))


@pytest.mark.parametrize("text", ["]E01234558", "]E00123455", "12345670"])
def test_eight_digits_are_a_number_and_never_an_internal_element(text: str) -> None:
    assert not any(each.facts.partial or each.lot for each in understand(text).readings)


def test_an_ean_8_is_found_under_all_its_spellings_though_it_begins_like_element_96() -> None:
    found = understand("96385074")
    assert named(found) == {"96385074", "00000096385074", "0000096385074", "000096385074"}


def test_a_shortened_upc_is_found_under_its_twelve_digits() -> None:
    assert "042100005264" in named(understand("]E004252614"))


def test_a_upc_is_found_with_a_zero_in_front() -> None:
    assert {"614141007349", "0614141007349", "00614141007349"} <= named(understand("614141007349"))


@pytest.mark.parametrize(("text", "found"), [(f"00{SSCC}", True), (SSCC, True), (f"01{SSCC}", False)])
def test_twenty_digits_are_a_logistic_unit_only_behind_00(text: str, found: bool) -> None:
    assert (SSCC in named(understand(text))) is found


def test_twenty_digits_with_a_wrong_check_digit_are_just_a_number() -> None:
    wrong = f"00{SSCC[:-1]}{(int(SSCC[-1]) + 1) % 10}"
    assert (named(understand(wrong)), understand(wrong).fault) == ({wrong}, "")


@pytest.mark.parametrize(
    "link",
    [
        f"https://id.gs1.org/01/{UNIT}/10/L7?17=310331",
        f"]Q1https://example.test/shop/01/{UNIT}/10/L7?17=310331&colour=red",
        f"]d1HTTPS://EXAMPLE.TEST/01/{UNIT}/10/L7?17=310331",
        f"]Q3http://example.test/01/{EAN}/10/L7?17=310331",
    ],
)
def test_a_digital_link_is_a_label_with_and_without_an_identifier(link: str) -> None:
    assert (item(link).lot, item(link).expiry) == ("L7", date(2031, 3, 31))


def test_a_digital_link_with_one_bad_element_keeps_the_others() -> None:
    found = understand(f"]Q1https://example.test/01/{UNIT}/10/L7?17=311331&21=S%2F9")
    reading = found.readings[-1]
    assert (reading.lot, reading.serial, reading.expiry, reading.partial) == ("L7", "S/9", None, True)
    assert found.doubt == "part"


def test_another_address_is_just_text() -> None:
    assert understand("]Q1https://example.test/instructions").readings[0].text == "https://example.test/instructions"


def test_identifiers_in_parentheses_are_understood() -> None:
    assert item(f"(01){UNIT}(17)310331(10)L7").lot == "L7"


# --- elements --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("indicator", [1, 2, 8])
def test_the_number_of_a_case_is_its_own_and_tells_what_is_inside(indicator: int) -> None:
    found = understand(f"]C101{case(indicator)}")
    assert (case(indicator) in named(found), EAN in named(found), EAN in found.inside) == (True, False, True)


@pytest.mark.parametrize("number", [UNIT, case(9), EAN])
def test_units_and_goods_by_weight_are_no_cases(number: str) -> None:
    assert understand(number).inside == []


def test_a_logistic_unit_tells_what_it_holds_and_how_much() -> None:
    found = understand(f"]C100{SSCC}02{UNIT}37144{GS}10L7")
    assert [each.text for each in found.readings[1:]] == [SSCC, UNIT, EAN]
    assert (found.readings[-1].count, found.readings[-1].lot) == (144, "L7")


def test_content_without_a_count_cannot_be_counted() -> None:
    found = understand(f"]C102{UNIT}10L7")
    assert (EAN in named(found), found.fault) == (False, "no_count")


def test_the_logistic_unit_stands_though_its_content_has_no_count() -> None:
    assert SSCC in named(understand(f"]C100{SSCC}02{UNIT}"))


def test_a_count_that_belongs_to_no_content_is_not_used_and_told() -> None:
    found = understand(f"]C101{UNIT}3712")
    assert (found.readings[-1].count, found.doubt) == (None, "count")


def test_pieces_within_a_trade_item_are_counted() -> None:
    assert item(f"]C101{UNIT}3025").count == 25


@pytest.mark.parametrize("zero", [f"02{UNIT}3700", f"01{UNIT}300"])
def test_a_count_of_zero_is_not_used(zero: str) -> None:
    assert (item(f"]C1{zero}").count, understand(f"]C1{zero}").doubt) == (None, "count")


@pytest.mark.parametrize(("ai", "grams"), [("3103", 1_250), ("3100", 1_250_000), ("3102", 12_500), ("3105", 12)])
def test_a_weight_is_read_in_grams(ai: str, grams: int) -> None:
    assert item(f"]C101{UNIT}{ai}001250").facts.weight_g == grams


def test_every_date_is_read() -> None:
    facts = item(f"]C101{UNIT}11250102132502031528030417310331").facts
    assert (facts.made, facts.packed, facts.expiry) == (date(2025, 1, 2), date(2025, 2, 3), date(2031, 3, 31))


def test_best_before_stands_in_for_the_expiry_date() -> None:
    assert item(f"]C101{UNIT}15280304").expiry == date(2028, 3, 4)


@pytest.mark.parametrize(("text", "day"), [("310200", date(2031, 2, 28)), ("320200", date(2032, 2, 29))])
def test_day_00_is_the_last_of_the_month(text: str, day: date) -> None:
    assert item(f"]C101{UNIT}17{text}").expiry == day


def test_two_digits_of_a_year_are_at_most_50_years_ahead_and_49_back() -> None:
    years = sorted({item(f"]C101{UNIT}17{year:02d}0101").facts.expiry.year for year in range(100)})  # type: ignore[union-attr]
    assert (len(years), years[-1] - years[0]) == (100, 99)


@pytest.mark.parametrize("text", [f"]C121S-99{GS}", "]C121S-99", f"{GS}21S-99{GS}"])
def test_a_label_may_tell_a_fact_alone(text: str) -> None:
    assert understand(text).readings[-1] == Reading("", item(f"]C101{UNIT}21S-99").facts)


def test_the_number_of_a_returnable_asset_is_looked_up() -> None:
    assert "4006381333931BOX7" in named(understand("]C180030" + EAN + "BOX7"))


@pytest.mark.parametrize(("piece", "found", "fault"), [("0101", True, ""), ("0203", False, "piece")])
def test_one_piece_of_several_is_not_the_item(piece: str, found: bool, fault: str) -> None:
    label = understand(f"]C18006{UNIT}{piece}")
    assert (EAN in named(label), label.fault) == (found, fault)


def test_an_ean_with_its_weight_inside_is_just_a_number() -> None:
    assert named(understand("2012345001256")) >= {"2012345001256"}


# --- separators ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["{gs}01{unit}10L7{gs}17310331", "01{unit}10L7{gs}{gs}17310331{gs}", "01{unit}{gs}17310331{gs}10L7"]
)
def test_separators_at_the_edges_doubled_or_not_needed_do_no_harm(text: str) -> None:
    found = item("]C1" + text.format(gs=GS, unit=UNIT))
    assert (found.lot, found.expiry, found.partial) == ("L7", date(2031, 3, 31), False)


@pytest.mark.parametrize(
    "swallowed",
    ["AB-12317261231", "L71731033121S1", f"L701{UNIT}", "L715280304", f"L700{SSCC}", "L7173103313103001250"],
)
def test_a_lot_that_swallowed_another_element_is_doubted(swallowed: str) -> None:
    found = understand(f"]C101{UNIT}10{swallowed}"[:64])
    assert (found.doubt, found.readings[-1].text) == ("separator", EAN)


def test_the_doubtful_lot_is_kept_as_it_was_read() -> None:
    found = item(f"]C101{UNIT}10AB-12317261231")
    assert (found.lot, found.facts.unsure) == ("AB-12317261231", True)


@pytest.mark.parametrize("lot", ["ABCDEFGH1712345678XY", "A17B", "L17991331", "20251117", "L3712", "17310331", "AB-7"])
def test_an_honest_lot_is_not_doubted(lot: str) -> None:
    found = understand(f"]C101{UNIT}10{lot}")
    assert (found.doubt, found.readings[-1].lot) == ("", lot)


def test_a_lot_that_runs_into_the_next_element_at_full_length_is_not_used() -> None:
    found = understand(f"]C101{UNIT}10ABCDEFGHIJKLMNOP17261231")
    assert (found.doubt, found.readings[-1].lot, found.readings[-1].partial) == ("separator", None, True)


# --- broken labels ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", ["17261331", "17260431", "17AB0101", f"5510{GS}"])
def test_one_bad_element_leaves_the_item_as_a_partial_reading(bad: str) -> None:
    found = understand(f"]C101{UNIT}{bad}10L7")
    assert (found.readings[-1].text, found.readings[-1].partial, found.doubt) == (EAN, True, "part")


def test_behind_a_bad_date_the_lot_is_still_read() -> None:
    assert item(f"]C101{UNIT}1726133110L7").lot == "L7"


@pytest.mark.parametrize(
    ("label", "fault"),
    [
        ("010400638133393210L7", "check"),
        ("01040063813339", "cut"),
        (f"00{SSCC[:-3]}", "cut"),
        (f"01{UNIT}02{UNIT}3712", "two_items"),
        (f"01{UNIT}01{case(1)}", "two_items"),
    ],
)
def test_a_label_without_a_sure_number_is_a_fault(label: str, fault: str) -> None:
    found = understand(f"]C1{label}")
    assert (found.fault, EAN in named(found)) == (fault, False)


def test_the_same_element_twice_is_no_contradiction() -> None:
    assert (item(f"]C101{UNIT}01{UNIT}10L7").lot, understand(f"]C101{UNIT}01{UNIT}").doubt) == ("L7", "")


def test_two_lots_on_one_label_are_told_and_neither_is_used() -> None:
    found = understand(f"]C101{UNIT}10L7{GS}10L8")
    assert (found.readings[-1].lot, found.doubt) == (None, "twice")


def test_a_number_of_zeros_names_nothing() -> None:
    assert understand("]C10100000000000000").readings[1:] == ()


def test_what_stays_the_same_from_label_to_label_is_the_trade_number() -> None:
    assert [understand(text).trade for text in (f"]C101{UNIT}21S1", EAN, "CORE-RED")] == [UNIT, None, None]
