"""Sample data of every label in three tempers, German, Japanese, hostile: for the editor's preview and for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from wms import barcodes
from wms.barcodes import s10
from wms.labels.gs1 import sscc
from wms.labels.labels import (
    KINDS,
    BadgeLabel,
    CartonLabel,
    Cn22Label,
    Cn23Label,
    CustomsLine,
    ItemLabel,
    Label,
    Line,
    LocationLabel,
    LogisticLabel,
    LpnLabel,
    ParcelLabel,
    ToteLabel,
)

DAY = date(2026, 11, 22)
EAN = "4006381333931"
PREFIX = "9521234"  # 952 is kept by GS1 for examples


@dataclass(frozen=True)
class Words:
    """What people and files write, in one temper."""

    person: str
    goods: tuple[str, ...]
    street: tuple[str, ...]
    place: str
    lot: str
    mail: str


WORDS = {
    "german": Words(
        "Jürgen Weißmüller-Øvergård",
        ("Grundspiel, rote Ausgabe", "Drachen-Erweiterung für große Spieltische", "Würfel"),
        ("Hof & Söhne, c/o Café Größe", "Lange Straße 12b", "10115 Berlin"),
        "A-03-12-B",
        "CHARGE-7/A",
        "juergen@example.test",
    ),
    "japanese": Words(
        "山田 太郎",
        ("ドラゴンの拡張セット", "木製のサイコロ 🎲 赤", "ボードゲーム本体"),
        ("東京都千代田区丸の内1-1", "パレスビル 12階", "100-0005"),
        "B-07-01-A",
        "LOT20261122",
        "taro@example.test",
    ),
    "hostile": Words(
        "^XZ~JR^XA^FO0,0^FDowned🚀",
        (
            "~JA^PQ99999 A\\&B",
            "_5EXZ\x00\x1b<script>alert(1)</script>",
            "^FN1^FS^DFE:A.ZPL \u202eZX " + "wide WORDS " * 9,
        ),
        ("^CC* %00 ＾ＸＺ ～ＪＡ", "\ud800^XZ, 12", "~~^^__\\\\"),
        "^XA~JA_5E",
        "A/B-1.2+3",
        "a^b~c@example.test",
    ),
}
TEMPERS = tuple(WORDS)


def samples(temper: str) -> dict[str, Label]:
    """Return one label of every kind, by template name, filled in one of TEMPERS."""
    words = WORDS[temper]
    made = (*on_shelves(words), *on_goods(words), *customs(words))
    return {label.template(): label for label in made}


def on_shelves(words: Words) -> tuple[Label, ...]:
    """Return labels of places, totes, cartons and people."""
    place = barcodes.code("LO", "SAMPLE-12-B")
    return (
        LocationLabel(place, words.place, barcodes.check_of(place), "down"),
        ToteLabel(barcodes.code("TO", "SAMPLE-3"), words.place),
        CartonLabel(barcodes.code("CT", "SAMPLE"), words.goods[0], 300, 200, 150, 12500),
        BadgeLabel(barcodes.code("BD", "SAMPLE"), words.person, ("picker", "packer")),
    )


def on_goods(words: Words) -> tuple[Label, ...]:
    """Return labels of units, plates, parcels and pallets."""
    lines = tuple(Line(f"SKU-{number}", name, number * 7) for number, name in enumerate(words.goods, 1))
    to = (words.person, *words.street)
    content = (("02", f"0{EAN}"), ("15", "270131"), ("37", "24"), ("10", words.lot))
    facts = (f"GTIN 0{EAN}", "Count 24", f"Batch {words.lot}", "Best before 2027-01-31")
    return (
        ItemLabel(EAN, "CORE-RED", words.goods[0]),
        LpnLabel(barcodes.code("LP", "SAMPLE"), lines, "RC-SAMPLE", DAY),
        ParcelLabel(barcodes.code("PA", "SAMPLE"), "KS-1042", to, "DE", words.goods[2][:30], "Paket", 1240, lines),
        LogisticLabel(sscc(PREFIX, 17), words.person, to, content, facts),
    )


def customs(words: Words) -> tuple[Label, ...]:
    """Return the customs forms, full to the last line."""
    goods = tuple(
        CustomsLine(words.goods[number % 3], number, 320 * number, f"{12 * number}.90", "950490", "CN")
        for number in range(1, 8)
    )
    sender = ("Pickwell Fulfilment", *words.street)
    facts: dict[str, Any] = {"code": s10.item_id("LX", 12345678, "DE"), "sender_lines": sender, "category": "sale"}
    facts |= {"currency": "EUR", "value": "342.30", "weight_g": 8960, "posted_on": DAY, "signed": words.person}
    more: dict[str, Any] = {"recipient_lines": (words.person, *words.street), "country": "JP"}
    more |= {
        "phone": "+81 3 1234 5678",
        "email": words.mail,
        "importer": "CPF 390.533.447-05",
        "reference": "DE123456789012345",
        "invoice": "KS-1042",
        "office": "10115 Berlin",
        "licence": "L-77/2026",
    }
    more |= {"certificate": "PHYTO 12", "postage": "EUR 18.40", "comments": words.goods[1]}
    return Cn22Label(lines=goods[:5], **facts), Cn23Label(lines=goods, **facts, **more)


assert set(KINDS) == set(samples(TEMPERS[0])), "every label has its samples"
