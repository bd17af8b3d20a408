"""The invented campaign: the same for the same seed, shaped like real ones, and honest about what is in it."""

from __future__ import annotations

from collections import Counter

import pytest

from wms import addresses
from wms.formats.equipment import read_campaign, read_carriers, read_cartons, read_printers
from wms.formats.invented import Campaign, invent
from wms.formats.items import read_items, read_kits
from wms.formats.orders.reading import read_orders
from wms.formats.orders.rows import ExportOrder, OrderFile
from wms.formats.packing_list import read_packing_list
from wms.formats.people import read_people
from wms.formats.reward_map import RewardMap, read_reward_map
from wms.formats.site import read_site


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return invent(2000, 7)


@pytest.fixture
def found(campaign, profiles) -> OrderFile:
    return read_orders(campaign.report, "backer_report.csv", profiles)


@pytest.fixture
def rewards(demo) -> RewardMap:
    skus = {item.sku for item in read_items(*demo("items.csv"))}
    kits = {kit.kit_sku for kit in read_kits(*demo("kits.csv"), skus)}
    return read_reward_map(*demo("rewards.csv"), skus | kits)


def hold(order: ExportOrder, rewards: RewardMap, mails: Counter[str]) -> str:
    """The first reason to hold an order, in the words of the invented campaign; "" for a clean one."""
    doubts = addresses.check(order.recipient, order.email, order.phone)
    reasons = (
        ("CANCELLED_UPSTREAM", order.pledge_status == "dropped"),
        ("PAYMENT", order.pledge_status != "collected"),
        ("SURVEY_MISSING", not order.survey_answered),
        ("NOTE_TO_READ", bool(order.notes)),
        ("SKU_UNMAPPED", bool(rewards.lines(order.items)[1])),
        ("DUPLICATE", mails[order.email.strip().casefold()] > 1),
        *((doubt.code, doubt.hold) for doubt in doubts),
    )
    return next((code for code, holds in reasons if holds), "")


def holds(found: OrderFile, rewards: RewardMap) -> Counter[str]:
    mails = Counter(order.email.strip().casefold() for order in found.orders)
    return Counter(hold(order, rewards, mails) for order in found.orders)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    assert invent(60, 5) == invent(60, 5)
    assert invent(60, 5).report != invent(60, 6).report


def test_every_row_is_an_order_of_the_2025_generation(found):
    assert (found.profile, len(found.orders), found.rejected) == ("kickstarter_2025", 2000, ())


def test_the_dirty_rows_are_found_for_the_reason_they_were_made_for(campaign, found, rewards):
    counted = holds(found, rewards)
    assert counted.pop("") == campaign.clean
    assert counted == campaign.dirty


def test_a_tenth_of_the_rows_is_dirty_in_seven_ways(campaign):
    assert (sum(campaign.dirty.values()), len(campaign.dirty)) == (200, 7)


def test_the_units_of_clean_orders_are_told_with_kits_resolved(campaign, found, rewards, demo):
    parts = {kit.sku: kit.qty for kit in read_kits(*demo("kits.csv"), campaign.units)}
    mails = Counter(order.email.strip().casefold() for order in found.orders)
    units: Counter[str] = Counter()
    for order in found.orders:
        for sku, qty in [] if hold(order, rewards, mails) else rewards.lines(order.items)[0]:
            units.update({part: count * qty for part, count in (parts if sku == "LNT-BUNDLE" else {sku: 1}).items()})
    assert units == campaign.units


def test_choices_are_heavy_tailed_and_a_third_are_single_units(found, rewards):
    shapes = Counter(tuple(sorted(rewards.lines(order.items)[0])) for order in found.orders)
    top = sum(count for _, count in shapes.most_common(5)) / 2000
    single = sum(count for shape, count in shapes.items() if sum(qty for _, qty in shape) == 1) / 2000
    assert 0.55 <= top <= 0.68
    assert 0.28 <= single <= 0.38


def test_the_packing_list_covers_the_demand_with_spares(campaign):
    packed = read_packing_list(campaign.packing_list, "packing_list.xlsx").units
    assert all(packed[sku] > units for sku, units in campaign.units.items())
    assert sum(packed.values()) < 1.2 * sum(campaign.units.values())


@pytest.mark.parametrize("orders", [1, 9, 120, 2000])
def test_a_packing_list_of_any_size_agrees_with_itself(orders):
    found = read_packing_list(invent(orders, 3).packing_list, "packing_list.xlsx")
    doubts = [note.sentence for note in found.warnings if "Excel turned" not in note.sentence]
    assert doubts == ["Sheet 'REMARKS' has no packing table and was left out."]
    assert all(carton.gross_g <= 25_000 for carton in found.cartons if carton.gross_g)


def test_the_packing_list_has_a_mixed_carton_and_dated_lots(campaign):
    found = read_packing_list(campaign.packing_list, "packing_list.xlsx")
    assert any(len(carton.lines) > 1 for carton in found.cartons)
    assert {line.lot for line in found.lines if line.expiry} == {"KT2606A", "KT2607B"}


def test_names_that_hurt_careless_software_are_among_the_recipients(found):
    names = {order.recipient.name for order in found.orders}
    assert {"^XZ~JA Brindle", "山田 花子", "=SUM(A1:A9) Formula"} <= names


def test_the_demo_files_are_the_invented_campaign_byte_for_byte(demo):
    campaign = invent(120, 2026)
    assert demo("backer_report.csv")[0] == campaign.report
    assert demo("packing_list.xlsx")[0] == campaign.packing_list


def test_the_demo_items_are_what_the_packing_list_holds(demo):
    items = {item.sku: item for item in read_items(*demo("items.csv"))}
    packed = read_packing_list(*demo("packing_list.xlsx"))
    assert set(packed.units) == set(items)
    assert {line.sku for line in packed.lines if line.expiry} == {sku for sku, item in items.items() if item.expiry}


def test_the_demo_hall_has_240_bins_80_reserves_and_one_of_everything_else(demo):
    kinds = Counter(place.kind for place in read_site(*demo("site.csv")))
    assert [kinds.pop(kind) for kind in ("bin", "reserve", "slot", "cart")] == [240, 80, 12, 6]
    assert kinds == {"dock": 4, "stage": 1, "station": 2, "quarantine": 1, "problem": 1}


def test_the_demo_crew_covers_every_role_and_has_one_admin(demo):
    roles = Counter(role for person in read_people(*demo("people.csv")) for role in person.roles)
    assert roles["admin"] == 1
    assert min(roles["picker"], roles["packer"], roles["receiver"]) >= 2


def test_the_demo_cartons_hold_the_longest_item(demo):
    longest = max(item.length_mm for item in read_items(*demo("items.csv")))
    assert max(carton.length_mm for carton in read_cartons(*demo("cartons.csv"))) >= longest


def test_the_demo_carriers_reach_every_country_and_printers_stand_at_real_places(demo):
    places = {place.code for place in read_site(*demo("site.csv"))}
    assert any(not carrier.countries for carrier in read_carriers(*demo("carriers.csv")))
    assert {printer.station for printer in read_printers(*demo("printers.csv"))} <= places
    assert read_campaign(*demo("campaign.toml")).owner == "LNT"
