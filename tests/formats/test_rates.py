"""Rates by tables: the band that holds a parcel, zones by postcode, surcharges by day; bad lines are named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from wms.formats.errors import FormatError
from wms.formats.rates import Sent, Tariff, read_rates

ZONES = """carrier,origin,zone,country,postal_prefix
tableship,NL,EU1,DE,
tableship,NL,GB,GB,
tableship,NL,GB-REMOTE,GB,BT
tableship,NL,US,US,
"""
COLUMNS = (
    "carrier,service,currency,valid_from,valid_to,zone,max_g,price,per_extra_kg,tracked,ddp,"
    "min_days,max_days,max_len_mm,max_girth_mm,dim_divisor\n"
)
RATES = f"""{COLUMNS}tableship,parcel,EUR,2026-07-01,,EU1,1000,6.50,,1,0,2,4,1000,3000,5000
tableship,parcel,EUR,2026-07-01,,EU1,5000,9.90,,1,0,2,4,1000,3000,5000
tableship,letter,EUR,2026-07-01,2026-12-31,EU1,2000,5.00,,0,0,2,4,350,900,
tableship,parcel,EUR,,,US,1000,18.20,,1,1,6,12,1000,2000,5000
tableship,parcel,EUR,,,US,20000,24.00,6.10,1,1,6,12,1000,2000,5000
tableship,parcel,EUR,,,GB,2000,8.00,,1,0,2,4,,,
tableship,parcel,EUR,,,GB-REMOTE,2000,8.00,,1,0,2,4,,,
"""
EXTRAS = """carrier,service,valid_from,valid_to,code,kind,value,when
tableship,*,2026-11-01,,fuel,percent,14.5,always
tableship,parcel,2026-07-01,,remote,fixed,4.00,zone=~REMOTE
tableship,parcel,2026-07-01,,ddp_fee,fixed,2.50,ddp=1
"""
AUTUMN, WINTER, NEXT = date(2026, 10, 5), date(2026, 11, 5), date(2027, 1, 5)
SMALL, LONG, LARGE = (300, 200, 50), (500, 100, 50), (400, 300, 100)


def written(folder: Path, zones: str = ZONES, rates: str = RATES, extras: str = EXTRAS) -> Path:
    for name, text in (("rate_zones", zones), ("rate_table", rates), ("rate_surcharges", extras)):
        if text:
            (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


@pytest.fixture
def tariff(tmp_path: Path) -> Tariff:
    return read_rates(written(tmp_path), "EUR")


@pytest.mark.parametrize(
    ("parcel", "day", "total"),
    [
        (Sent(1000, SMALL, "DE"), NEXT, "7.44"),  # a band holds its limit
        (Sent(1001, SMALL, "DE"), NEXT, "11.34"),
        (Sent(900, SMALL, "DE"), AUTUMN, "5.00"),  # the letter
        (Sent(900, LONG, "DE"), AUTUMN, "6.50"),  # too long for a letter
        (Sent(900, LARGE, "DE"), AUTUMN, "9.90"),  # 12,000 cm3 are paid as 2.4 kg
        (Sent(900, SMALL, "US"), AUTUMN, "20.70"),  # with the fee for duties paid
        (Sent(21_500, SMALL, "US"), AUTUMN, "38.70"),  # two begun kilograms more
        (Sent(900, SMALL, "GB", "b t1 1aa"), WINTER, "13.16"),  # a remote postcode, and fuel
        (Sent(900, SMALL, "GB", "SW1A 1AA"), AUTUMN, "8.00"),
    ],
)
def test_a_parcel_costs_what_its_cheapest_service_asks(tariff: Tariff, parcel: Sent, day: date, total: str) -> None:
    assert tariff.quotes(parcel, day)[0].total == Decimal(total)


@pytest.mark.parametrize("parcel", [Sent(900, SMALL, "JP"), Sent(5001, SMALL, "DE"), Sent(900, (1001, 9, 9), "DE")])
def test_what_no_rate_takes_has_no_quote(tariff: Tariff, parcel: Sent) -> None:
    assert tariff.quotes(parcel, AUTUMN) == []


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    rates = (
        RATES.replace("6.50", "six")
        .replace("2026-12-31", "soon")
        .replace("tableship,parcel,EUR,,,GB,", "x,y,USD,,,GB,")
    )
    with pytest.raises(FormatError) as refused:
        read_rates(written(tmp_path, rates=rates), "EUR")
    assert [(each.line, each.field) for each in refused.value.problems] == [
        (2, "price"),
        (4, "valid_to"),
        (7, "currency"),
    ]


def test_a_folder_without_its_files_is_refused_and_surcharges_may_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"rate_zones\.csv"):
        read_rates(tmp_path, "EUR")
    assert read_rates(written(tmp_path, extras=""), "EUR").surcharges == ()
