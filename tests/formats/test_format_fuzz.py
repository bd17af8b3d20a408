"""Whatever bytes arrive, a reader answers with rows or with FormatError; no other error escapes."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wms import addresses
from wms.formats import equipment, items, money, packing_list, people, reward_map, site, tables
from wms.formats.carton_numbers import expand
from wms.formats.errors import FormatError
from wms.formats.invented import invent
from wms.formats.orders.reading import read_orders
from wms.formats.orders.rows import Recipient

ROOT = Path(__file__).parents[2]
PROFILES = ROOT / "config/order_profiles"
CAMPAIGN = invent(12, 1)
Reader = Callable[[bytes], object]
READERS: dict[str, Reader] = {
    "tables": lambda data: tables.read_tables(data, "f"),
    "orders": lambda data: read_orders(data, "f", PROFILES),
    "packing": lambda data: packing_list.read_packing_list(data, "f"),
    "site": lambda data: site.read_site(data, "f"),
    "items": lambda data: items.read_items(data, "f"),
    "kits": lambda data: items.read_kits(data, "f", {"A"}),
    "people": lambda data: people.read_people(data, "f"),
    "rewards": lambda data: reward_map.read_reward_map(data, "f"),
    "cartons": lambda data: equipment.read_cartons(data, "f"),
    "carriers": lambda data: equipment.read_carriers(data, "f"),
    "printers": lambda data: equipment.read_printers(data, "f"),
    "campaign": lambda data: equipment.read_campaign(data, "f"),
}
SEEDS = {
    "orders": CAMPAIGN.report,
    "packing": CAMPAIGN.packing_list,
    "tables": (ROOT / "tests/data/exports/ks_2018_per_tier.zip").read_bytes(),
    "site": (ROOT / "config/demo/site.csv").read_bytes()[:2000],
    "items": (ROOT / "config/demo/items.csv").read_bytes(),
    "people": (ROOT / "config/demo/people.csv").read_bytes(),
    "rewards": (ROOT / "config/demo/rewards.csv").read_bytes(),
    "cartons": (ROOT / "config/demo/cartons.csv").read_bytes(),
}
fuzz = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
cells = st.one_of(
    st.text(max_size=12), st.sampled_from(["1-3", "3-5", "TOTAL", "5", "A", "", "-1", "1e9", "2026-03-05"])
)


@pytest.mark.parametrize("name", READERS)
@fuzz
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(name, data):
    with contextlib.suppress(FormatError):
        READERS[name](data)


@pytest.mark.parametrize("name", SEEDS)
@fuzz
@given(at=st.integers(0, 10**6), junk=st.binary(max_size=6), cut=st.integers(0, 40))
def test_a_damaged_real_file_is_read_or_refused(name, at, junk, cut):
    seed = SEEDS[name]
    spot = at % len(seed)
    with contextlib.suppress(FormatError):
        READERS[name](seed[:spot] + junk + seed[spot + cut :])


@fuzz
@given(rows=st.lists(st.lists(cells, min_size=10, max_size=10), max_size=6))
def test_any_cells_below_a_packing_header_are_read_or_refused(rows):
    header = "C/NO,SKU,LOT,EXP,CTNS,QTY/CTN,QTY,G.W.(KG),MEAS(CM),CBM"
    text = "\n".join([header, *(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)])
    with contextlib.suppress(FormatError):
        packing_list.read_packing_list(text.encode("utf-8", "ignore"), "f.csv")


@fuzz
@given(rows=st.lists(st.lists(cells, min_size=1, max_size=8), max_size=6))
def test_every_row_of_a_report_is_accepted_or_rejected(rows):
    lines = CAMPAIGN.report.decode().splitlines()[:3]
    text = "\n".join([*lines, *(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)])
    filled = sum(any(cell.replace("\x00", "").strip() for cell in row) for row in rows)
    found = read_orders(text.encode("utf-8", "ignore"), "f.csv", PROFILES)
    assert found.rows == 2 + filled


@fuzz
@given(at=st.integers(0, 10**6), junk=st.binary(max_size=8), cut=st.integers(0, 30))
def test_a_damaged_sheet_inside_a_sound_workbook_is_read_or_refused(at, junk, cut):
    whole = zipfile.ZipFile(io.BytesIO(CAMPAIGN.packing_list)).read("xl/worksheets/sheet1.xml")
    spot = at % len(whole)
    sheet, out = whole[:spot] + junk + whole[spot + cut :], io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(CAMPAIGN.packing_list)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else source.read(name))
    with contextlib.suppress(FormatError):
        packing_list.read_packing_list(out.getvalue(), "f.xlsx")


@fuzz
@given(
    parts=st.lists(st.text(max_size=30), min_size=6, max_size=6),
    country=st.sampled_from(["US", "JP", "CN", "", "%", "ZZ"]),
)
def test_any_address_is_judged_without_an_error(parts, country):
    home = Recipient(*parts, country, "")
    assert all(finding.sentence for finding in addresses.check(home, parts[0], parts[1]))


@fuzz
@given(text=st.text(max_size=20))
def test_any_text_is_an_amount_a_range_or_a_value_error(text):
    for reader in (money.amount, money.moment, expand):
        with contextlib.suppress(ValueError):
            reader(text)
