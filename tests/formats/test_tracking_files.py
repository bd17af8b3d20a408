"""Tracking numbers go back to each platform as it wants them, and come in without losing a digit."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from wms.formats import tracking
from wms.formats.errors import FormatError
from wms.formats.tracking import Gone, Sent
from wms.formats.workbooks import read_workbook

PROFILES = tracking.load_profiles(Path("config/tracking_profiles"))
UPS = Gone("1Z999AA10123456784", "UPS", "UPS", "", "2026-11-20", True)
USPS = Gone("9400111899223100001234", "USPS", "US Mail", "", "2026-11-21", True)


def order(*parcels: Gone, complete: bool = True, name: str = "Pat Roe") -> Sent:
    return Sent("1", name, "pat@example.test", parcels, complete)


def table(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode())))


def sheet(data: bytes, name: str) -> list[tuple[str, ...]]:
    return next(list(found.rows) for found in read_workbook(data, "x.xlsx") if found.name == name)


def test_kickstarter_gets_every_number_of_a_backer_in_one_row() -> None:
    [(name, data)] = tracking.write(PROFILES["kickstarter"], [order(UPS, USPS)])
    assert name == "kickstarter-tracking.csv"
    numbers = "1Z999AA10123456784, 9400111899223100001234"
    assert table(data)[1] == ["1", "Pat Roe", "pat@example.test", numbers]


def test_an_order_without_a_new_number_is_not_sent_again() -> None:
    old = Gone("1Z999AA10123456784", "UPS", "UPS", "", "2026-11-20", False)
    assert tracking.write(PROFILES["kickstarter"], [order(old)]) == []


def test_a_parcel_without_a_number_is_refused_because_its_row_would_say_shipped() -> None:
    with pytest.raises(ValueError, match="Order 1 has a parcel without a tracking number"):
        tracking.write(PROFILES["backerkit"], [order(Gone("", "UPS", "UPS", "", "", True))])


def test_pledgebox_gets_a_second_file_for_a_second_parcel() -> None:
    files = tracking.write(PROFILES["pledgebox"], [order(UPS, USPS), order(UPS)])
    assert [name for name, _ in files] == ["pledgebox-tracking-1.xlsx", "pledgebox-tracking-2.xlsx"]
    rows = [sheet(data, "tracking")[1:] for _, data in files]
    assert rows[0] == [("1", "ups", "1Z999AA10123456784", "Y"), ("1", "ups", "1Z999AA10123456784", "")]
    assert rows[1] == [("1", "usps", "9400111899223100001234", "Y")]


def test_a_number_of_twenty_two_digits_stays_a_text_in_a_workbook() -> None:
    [(_, data)] = tracking.write(PROFILES["gamefound"], [order(USPS)])
    assert sheet(data, "Orders")[1][2] == "9400111899223100001234"


def test_indiegogo_gets_the_carrier_in_the_spelling_it_knows() -> None:
    dhl = Gone("JD014600003", "DHL-EXPRESS", "Parcel van", "", "2026-11-20", True)
    [(_, data)] = tracking.write(PROFILES["indiegogo"], [order(dhl)])
    assert table(data)[1] == ["1", "DHLExpress", "JD014600003"]


def test_a_name_that_begins_like_a_formula_is_only_a_text() -> None:
    [(_, data)] = tracking.write(PROFILES["kickstarter"], [order(UPS, name="=HYPERLINK(1)")])
    assert table(data)[1][1] == "'=HYPERLINK(1)"


def test_a_list_of_numbers_is_read_as_text() -> None:
    data = b'code,tracking,carrier\nPA-1-X,="9400111899223100001234",USPS\n'
    [told] = tracking.read_tracking(data, "numbers.csv")
    assert (told.code, told.tracking, told.carrier) == ("PA-1-X", "9400111899223100001234", "USPS")


@pytest.mark.parametrize("number", ["9.40011E+21", "9400111899223100000000", "no", "=1+1"])
def test_a_number_that_a_spreadsheet_bent_is_named_with_its_line(number: str) -> None:
    with pytest.raises(FormatError, match=r"numbers\.csv: line 2, tracking: "):
        tracking.read_tracking(f"code,tracking\nPA-1-X,{number}\n".encode(), "numbers.csv")


def test_the_same_number_twice_is_refused_with_both_lines() -> None:
    with pytest.raises(FormatError, match="line 3, tracking: 1Z999 stands in line 2, too"):
        tracking.read_tracking(b"code,tracking\nA,1Z999\nB,1Z999\n", "numbers.csv")


def test_a_profile_with_an_unknown_value_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text('id = "a"\ntitle = "A"\nplatform = "a"\ncolumns = [["X", "colour"]]\n')
    with pytest.raises(FormatError, match=r"odd\.toml: The tracking profile cannot be read"):
        tracking.load_profiles(tmp_path)
