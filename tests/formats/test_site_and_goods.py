"""Site, items, kits, people and the small tables: good lines become rows, all bad lines are reported at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wms.formats import equipment
from wms.formats.errors import FormatError
from wms.formats.items import CaseBarcode, read_items, read_kits
from wms.formats.people import read_people, weak_pin
from wms.formats.site import FaceRow, read_faces, read_site

SITE = "code,kind,zone,aisle,bay,level,side,x_mm,y_mm,volume_l,max_kg\n"
BIN = "A-01-01-A,bin,A,01,1,1,L,100,200,180,120.5\n"
ITEMS = "owner,sku,name,barcode,case_barcodes,length_mm,width_mm,height_mm,weight_g,hs_code,origin,lot,value,currency\n"
ITEM = "LNT,CORE,Core game,9520002600011,19520002600018:6,295,295,72,1816,950490,CN,yes,38.00,USD\n"
PEOPLE = "name,badge,pin,roles,language\n"


def faults(reader, text: str) -> list[tuple[int, str]]:
    with pytest.raises(FormatError) as caught:
        reader(text.encode(), "a.csv")
    return [(problem.line, problem.field) for problem in caught.value.problems]


def test_a_bin_is_read_with_volume_in_mm3_and_weight_in_g():
    place = read_site((SITE + BIN).encode(), "a.csv")[0]
    assert (place.name, place.side, place.volume_mm3, place.weight_g) == ("A-01-01-A", "L", 180_000_000, 120_500)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("A-01-01-A", "a 1", "code"),
        (",bin,", ",shelf,", "kind"),
        (",L,", ",X,", "side"),
        (",100,", ",ten,", "x_mm"),
        (",100,", ",,", "x_mm"),
        (",180,", ",,", "volume_l"),
        (",180,", ",-1,", "volume_l"),
        (",01,1,", ",,1,", "aisle"),
    ],
)
def test_a_bad_bin_is_named_by_line_and_field(old, new, field):
    assert (2, field) in faults(read_site, SITE + BIN.replace(old, new, 1))


def test_a_place_code_that_stands_twice_and_a_spot_taken_twice_are_refused():
    second = BIN.replace("A-01-01-A", "A-01-01-X")
    assert faults(read_site, SITE + BIN + BIN.replace(",1,1,", ",2,1,") + second) == [(3, "code"), (4, "bay")]


def test_a_slot_names_the_pack_station_of_its_wall():
    rows = "P1,station,OUT,,,,,0,0,,,\nW-1,slot,OUT,,,,,0,0,,,P1\nW-2,slot,OUT,,,,,0,0,,,P9\n"
    text = SITE.replace("max_kg", "max_kg,station") + rows
    assert faults(read_site, text) == [(4, "station")]
    assert read_site(text.replace("P9", "P1").encode(), "a.csv")[1].station == "P1"


def test_a_missing_and_a_misspelt_column_are_both_named():
    assert faults(read_site, "code,kind,zoen,x_mm,y_mm\n") == [(1, "zone"), (1, "zoen")]


def test_pick_faces_are_bins_kept_for_known_items():
    text = b"sku,place,min,max\nPIN,A-1,5,20\nTEA,A-2,3,\n"
    assert read_faces(text, "a.csv", {"A-1", "A-2"}, {"PIN", "TEA"}) == (
        FaceRow("PIN", "A-1", 5, 20),
        FaceRow("TEA", "A-2", 3, 0),
    )


def test_a_bad_pick_face_is_named_by_line_and_field():
    text = b"sku,place,min,max\nNOPE,A-1,5,20\nPIN,D1,5,20\nPIN,A-2,5,4\nTEA,A-2,1,\n"
    with pytest.raises(FormatError) as caught:
        read_faces(text, "a.csv", {"A-1", "A-2"}, {"PIN", "TEA"})
    found = [(problem.line, problem.field) for problem in caught.value.problems]
    assert found == [(2, "sku"), (3, "place"), (4, "max"), (5, "place")]


def test_an_item_is_read_with_its_case_barcodes():
    item = read_items((ITEMS + ITEM).encode(), "a.csv")[0]
    assert item.case_barcodes == (CaseBarcode("19520002600018", 6),)
    assert (item.weight_g, item.lot, item.expiry, item.value) == (1816, True, False, Decimal("38.00"))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("9520002600011", "9520002600012", "barcode"),
        ("19520002600018:6", "19520002600018", "case_barcodes"),
        ("19520002600018:6", "19520002600018:1", "case_barcodes"),
        (",295,", ",0,", "length_mm"),
        (",1816,", ",,", "weight_g"),
        ("950490", "95.04", "hs_code"),
        (",CN,", ",China,", "origin"),
        (",yes,", ",perhaps,", "lot"),
        ("38.00", "38€", "value"),
        ("USD", "$", "currency"),
        ("Core game", "", "name"),
    ],
)
def test_a_bad_item_is_named_by_line_and_field(old, new, field):
    assert faults(read_items, ITEMS + ITEM.replace(old, new, 1)) == [(2, field)]


def test_an_item_code_that_scans_as_two_items_is_refused():
    assert faults(read_items, ITEMS + ITEM + ITEM.replace("CORE", "OTHER")) == [(3, "barcode"), (3, "barcode")]


def test_kits_hold_known_items_and_are_no_items():
    text = b"kit_sku,sku,qty\nKIT,CORE,1\nKIT,NOPE,1\nCORE,PIN,2\nKIT,CORE,3\nK2,PIN,\n"
    with pytest.raises(FormatError) as caught:
        read_kits(text, "a.csv", {"CORE", "PIN"})
    found = {(problem.line, problem.field) for problem in caught.value.problems}
    assert found == {(2, "sku"), (3, "sku"), (4, "kit_sku"), (5, "sku"), (6, "qty")}


def test_people_are_read_and_a_pin_is_never_shown():
    person = read_people((PEOPLE + "Ada Quist,8RZ4,391740,picker packer,de\n").encode(), "a.csv")[0]
    assert (person.roles, person.pin, "391740" in repr(person)) == (("picker", "packer"), "391740", False)


@pytest.mark.parametrize(
    "pin", ["12345", "1234567", "abcdef", "111111", "123456", "987654", "121212", "123123", "112233"]
)
def test_a_weak_pin_is_refused(pin):
    assert weak_pin(pin)


def test_bad_people_are_named_by_line_and_field_without_their_pin():
    text = PEOPLE + "A,B1,391740,picker,en\nB,B1,123456,boss,english\nC,B3,250968,admin picker,en\n"
    with pytest.raises(FormatError) as caught:
        read_people(text.encode(), "a.csv")
    found = [(problem.line, problem.field) for problem in caught.value.problems]
    assert sorted(found) == [(2, "badge"), (3, "badge"), (3, "language"), (3, "pin"), (3, "roles"), (4, "roles")]
    assert "123456" not in str(caught.value)


def test_a_carton_that_weighs_more_than_it_may_is_refused():
    text = "code,name,length_mm,width_mm,height_mm,tare_g,max_g\nS,Small,1,1,1,500,400\n"
    assert faults(equipment.read_cartons, text) == [(2, "max_g")]


def test_a_star_means_every_country():
    text = b"code,name,countries\nA,Post,*\nB,Lamp,DE FR\n"
    assert [carrier.countries for carrier in equipment.read_carriers(text, "a.csv")] == [(), ("DE", "FR")]


def test_a_printer_of_an_unknown_kind_or_density_is_refused():
    text = "code,name,transport,host,port,dpi,station\nP,Printer,smoke,h,9100,200,S1\n"
    assert sorted(faults(equipment.read_printers, text)) == [(2, "dpi"), (2, "transport")]


PRINTERS = (
    "code,name,transport,host,port,dpi,station,queue,labels,fallback,agent\n"
    "ZP1,Bench 1,tcp,10.0.0.7,9100,203,P1,,parcel cn22,ZP2,\n"
    "ZP2,Bench 2,spooler,,,300,P2,zebra2,,ZP1,\n"
    "ZP3,Hall 2,agent,,,600,,far,item,,hall 2\n"
)
NAMES = equipment.Names({"P1", "P2"}, {"parcel", "cn22", "item"}, {"hall 2"})


def test_printers_come_out_as_the_file_that_goes_in():
    printers = equipment.read_printers(PRINTERS.encode(), "printers.csv", NAMES)
    assert [(each.queue, each.labels, each.fallback, each.agent) for each in printers] == [
        ("", ("parcel", "cn22"), "ZP2", ""),
        ("zebra2", (), "ZP1", ""),
        ("far", ("item",), "", "hall 2"),
    ]
    assert equipment.read_printers(equipment.write_printers(printers), "printers.csv", NAMES) == printers


@pytest.mark.parametrize(
    ("old", "new", "line", "column"),
    [
        ("tcp,10.0.0.7", "tcp,", 2, "host"),
        ("zebra2", "", 3, "queue"),
        ("far,item,,hall 2", ",item,,hall 2", 4, "host"),
        ("far,item,,hall 2", "far,item,,", 4, "agent"),
        ("far,item,,hall 2", "far,item,,hall 9", 4, "agent"),
        ("zebra2,,ZP1,", "zebra2,,ZP1,hall 2", 3, "agent"),
        ("parcel cn22", "parcel cn99", 2, "labels"),
        (",P2,zebra2", ",P9,zebra2", 3, "station"),
        ("cn22,ZP2", "cn22,ZP1", 2, "fallback"),
        ("cn22,ZP2", "cn22,ZP9", 2, "fallback"),
        ("cn22,ZP2", "cn22,ZP3", 2, "fallback"),
        ("zebra2", "z" * 61, 3, "queue"),
    ],
)
def test_what_a_printer_cannot_have_is_named_by_line_and_column(old, new, line, column):
    def read(data, filename):
        return equipment.read_printers(data, filename, NAMES)

    assert faults(read, PRINTERS.replace(old, new, 1)) == [(line, column)]


def test_a_campaign_with_a_misspelt_key_is_refused():
    text = b'code="A"\nname="B"\nplatform="k"\nprofile=""\nower="L"\n'
    with pytest.raises(FormatError, match="owner: This is missing") as caught:
        equipment.read_campaign(text, "campaign.toml")
    assert [problem.field for problem in caught.value.problems] == ["owner", "ower"]


def test_a_carrier_says_when_its_truck_leaves():
    text = "code,name,countries,cutoff\nA,Post,*,\nB,Lamp,DE,16:30\n"
    assert [carrier.cutoff for carrier in equipment.read_carriers(text.encode(), "a.csv")] == ["", "16:30"]
    assert faults(equipment.read_carriers, text.replace("16:30", "26:30")) == [(3, "cutoff")]
