"""Templates that the site changes: checked, versioned, restored; SSCCs given once for ever; customs forms complete."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bench import Bench
from sqlalchemy import select

from wms.barcodes import s10
from wms.db import table_of
from wms.errors import BadInput
from wms.labels.labels import ToteLabel
from wms.labels.zpl import press
from wms.models.items import Code, Item
from wms.models.printing import PrintJob
from wms.models.stock import Lpn
from wms.operations import customs, labelling, papers, stickers, templates
from wms.operations.customs import Declaration, NoCustomsData
from wms.operations.ledger import By
from wms.operations.stickers import Wish
from wms.operations.templates import BadTemplate, ChangedMeanwhile, NothingChanged
from wms.queries import papers as papers_reads
from wms.queries import templates as reads
from wms.settings import Customs, Site

SITE = Site(name="Pickwell Nord", address=("Kai 7", "20457 Hamburg", "DE"), gs1_prefix="4012345")
SHIPPED = press(203).source("tote")
MINE = SHIPPED.replace("{{ name|whole", '{{ "OURS"|text((60, 39, 14, 6)) }}\n{{ name|whole')
items, jobs, plates, codes = map(table_of, (Item, PrintJob, Lpn, Code))
ME = By()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(f"sqlite:///{tmp_path}/templates.db", site=SITE)
    yield bench
    bench.store.close()


def print_tote(bench: Bench, event: str) -> str:
    """Print a tote label and return its ZPL."""
    wish = labelling.Print(ToteLabel("TO-T1-1", "T1"), event, "TO-T1-1")
    made = bench.do(labelling.enqueue, bench.settings, wish, ME)
    return zpl_of(bench, made)


def zpl_of(bench: Bench, job_id: int) -> str:
    """Return what a job sends."""
    return str(bench.do(lambda tx: tx.value(select(jobs.c.zpl).where(jobs.c.id == job_id))))


def test_a_kept_template_is_what_prints_from_then_on(bench: Bench) -> None:
    assert "OURS" not in print_tote(bench, "before")
    assert bench.do(templates.save, ME, "tote", (0, MINE), "ours") == 1
    assert "^FDOURS^FS" in print_tote(bench, "after")


def test_the_shipped_file_comes_back_as_a_new_version(bench: Bench) -> None:
    bench.do(templates.save, ME, "tote", (0, MINE))
    assert bench.do(templates.restore, ME, "tote", 0) == 2
    assert "OURS" not in print_tote(bench, "restored")
    assert bench.do(templates.restore, ME, "tote", 1) == 3
    assert [row.version for row in bench.do(reads.history, "tote")] == [3, 2, 1]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (MINE + "~JA\n", "Line 8: a ~ command"),
        (MINE + "{{ colour }}^FS\n", "colour is not a field"),
        (SHIPPED.replace("(0, 25, 76, 13.5)", "(0, 25, 30, 13.5)"), "needs 50 mm as Code 128, the label has 30 mm"),
        ("\n".join(line for line in SHIPPED.split("\n") if "qr" not in line), "a label needs a QR code"),
        (SHIPPED.replace("(4, 1.5, 92, 21)", "(4, 1.5, 2, 1)"), "must not be cut"),
        ('{#- 100 x 50 mm -#}\n{{ "a" * 999999999 }}', "only numbers may be multiplied"),
        ("{#- 900 x 50 mm -#}\n{{ code }}^FS", "10 to 220 mm wide"),
    ],
)
def test_a_template_that_would_not_print_every_sample_is_not_kept(bench: Bench, source: str, why: str) -> None:
    with pytest.raises(BadTemplate, match=why):
        bench.do(templates.save, ME, "tote", (0, source))
    assert bench.do(reads.history, "tote") == []


def test_who_writes_from_an_old_version_is_told_and_so_is_who_changes_nothing(bench: Bench) -> None:
    with pytest.raises(NothingChanged):
        bench.do(templates.save, ME, "tote", (0, SHIPPED))
    bench.do(templates.save, ME, "tote", (0, MINE))
    with pytest.raises(ChangedMeanwhile):
        bench.do(templates.save, ME, "tote", (0, MINE + "\n^FX second\n"))


def test_templates_are_not_looked_up_for_every_label(bench: Bench) -> None:
    print_tote(bench, "first")

    def statements(tx: Any) -> int:
        before = tx.statements
        for number in range(5):
            templates.render(tx, ToteLabel("TO-T1-1", f"T{number}"), 203, False)
        return int(tx.statements - before)

    assert bench.do(statements) == 0


def test_a_sample_print_is_marked_and_uses_the_newest_version(bench: Bench) -> None:
    bench.do(templates.save, ME, "tote", (0, MINE))
    zpl = zpl_of(bench, bench.do(stickers.sample, bench.settings, ME, "tote", "hostile"))
    assert ("^FDOURS^FS" in zpl, "^FDTRAINING^FS" in zpl) == (True, True)


def test_a_plate_keeps_its_sscc_for_ever_and_no_serial_is_given_twice(bench: Bench) -> None:
    parcels = bench.packed({"CORE-RED": 1}, {"DICE": 2})
    given = [sscc_of(bench, parcel) for parcel in (*parcels, parcels[0])]
    assert given[0] == given[2] == "040123450000000016"
    assert given[1] == "040123450000000023"
    named = bench.do(lambda tx: tx.one(select(codes).where(codes.c.code == given[1])))
    assert (named.kind, named.name) == ("parcel", parcels[1])


def sscc_of(bench: Bench, plate: str) -> str:
    """Print the GS1 label of a plate and return the SSCC on it."""
    made = bench.do(stickers.print_for, bench.settings, ME, Wish("logistic", [plate]))
    return str(bench.do(lambda tx: tx.value(select(jobs.c.subject).where(jobs.c.id == made[0]))))


def test_without_a_company_prefix_no_sscc_is_given(bench: Bench) -> None:
    (parcel,) = bench.packed({"CORE-RED": 1})
    bare = bench.settings.model_copy(update={"site": Site()})
    with pytest.raises(BadInput, match="GS1 company prefix"):
        bench.do(stickers.print_for, bare, ME, Wish("logistic", [parcel]))


@pytest.mark.parametrize(("value", "form"), [("20.00", "cn22"), ("170.00", "cn23")])
def test_value_decides_between_cn22_and_cn23(bench: Bench, value: str, form: str) -> None:
    (parcel,) = bench.packed({"CORE-RED": 2})
    bench.do(declare, value)
    made = bench.do(stickers.print_for, bench.settings, ME, Wish("customs", [parcel]))
    job = bench.do(lambda tx: tx.one(select(jobs).where(jobs.c.id == made[0])))
    assert (job.template, f"{float(value) * 2:.2f} EUR" in job.zpl) == (form, True)


def declare(tx: Any, value: str) -> None:
    """Give every item what customs ask for."""
    facts = {"hs_code": "950490", "origin": "CN", "weight_g": 640, "value": value, "currency": "EUR"}
    tx.execute(items.update().values(**facts))


def test_a_gap_in_the_customs_data_is_named_with_its_item(bench: Bench) -> None:
    (parcel,) = bench.packed({"CORE-RED": 1})
    bench.do(declare, "20.00")
    bench.do(lambda tx: tx.execute(items.update().values(origin="")))
    with pytest.raises(NoCustomsData, match="CORE-RED has no country of origin"):
        bench.do(stickers.print_for, bench.settings, ME, Wish("customs", [parcel]))


POST = Customs(ioss="IM2760000742", s10_service="LX", s10_country="DE", s10_first=47312482, s10_last=47312483)


def test_each_parcel_gets_one_item_number_of_the_post_for_ever_until_none_is_left(bench: Bench) -> None:
    settings = bench.settings.model_copy(update={"customs": POST})
    for _ in range(3):
        parcels = bench.packed({"CORE-RED": 1})
    bench.do(declare, "20.00")

    def asked(code: str) -> str:
        (made,) = bench.do(stickers.print_for, settings, ME, Wish("customs", [code]))
        return str(bench.do(lambda tx: tx.value(select(jobs.c.label).where(jobs.c.id == made)))).split('"')[5]

    assert [asked(parcels[0]), asked(parcels[1]), asked(parcels[0])] == [
        "LX473124829DE",
        s10.item_id("LX", 47312483, "DE"),
        "LX473124829DE",
    ]
    found = bench.do(lambda tx: tx.one(select(codes).where(codes.c.code == "LX473124829DE")))
    assert (found.kind, found.name) == ("parcel", parcels[0])
    with pytest.raises(BadInput, match="the range of item numbers is used up"):
        asked(parcels[2])


def test_an_ioss_number_travels_as_data_and_is_printed_nowhere(bench: Bench) -> None:
    settings = bench.settings.model_copy(update={"customs": POST})
    (parcel,) = bench.packed({"CORE-RED": 1})
    bench.do(declare, "20.00")
    row = bench.do(lambda tx: papers_reads.parcels(tx, [parcel])[0])
    data = bench.do(customs.electronic, settings, row)
    assert (data["ioss"], data["form"], data["value"], data["lines"][0]["hs_code"]) == (
        "IM2760000742",
        "cn22",
        "20.00",
        "950490",
    )
    (made,) = bench.do(stickers.print_for, settings, ME, Wish("customs", [parcel]))
    assert "IM2760000742" not in zpl_of(bench, made)
    said = Declaration(importer="IM2760000742")
    bench.do(declare, "400.00")
    with pytest.raises(BadInput, match=r"importer: holds an IOSS number"):
        bench.do(stickers.print_for, settings, ME, Wish("customs", [parcel], said=said))
    assert bench.do(customs.electronic, settings, row)["ioss"] == ""


def test_what_a_person_declares_stands_on_the_cn23(bench: Bench) -> None:
    (parcel,) = bench.packed({"CORE-RED": 1})
    bench.do(declare, "400.00")
    said = Declaration("gift", "EUR 18.40", "L-77", "PHYTO-12", "R-9", "CPF 39053344705", "fragile")
    (made,) = bench.do(stickers.print_for, bench.settings, ME, Wish("customs", [parcel], said=said))
    zpl = zpl_of(bench, made)
    assert all(word in zpl for word in ("EUR 18.40", "L-77", "PHYTO-12", "R-9", "CPF 39053344705", "fragile"))


def test_an_arrow_stands_on_the_labels_of_places_only_when_asked(bench: Bench) -> None:
    plain, down = (
        zpl_of(bench, bench.do(stickers.print_for, bench.settings, ME, Wish("location", ["A-01-1"], arrow))[0])
        for arrow in ("", "down")
    )
    assert ("^GFA" in plain, "^GFA" in down) == (False, True)
    with pytest.raises(BadInput, match="arrow"):
        bench.do(stickers.print_for, bench.settings, ME, Wish("location", ["A-01-1"], "sideways"))


def test_content_of_one_kind_is_told_as_gs1(bench: Bench) -> None:
    row = bench.do(lambda tx: tx.one(select(items.c.sku, items.c.name)))

    class Row:
        sku, name, barcode, qty, lot, expiry = row.sku, row.name, "4006381333931", 24, "LOT7", None

    assert papers.gs1_content([Row()]) == (("02", "04006381333931"), ("37", "24"), ("10", "LOT7"))  # type: ignore[list-item]
    assert papers.gs1_content([Row(), Row()]) == ()  # type: ignore[list-item]
