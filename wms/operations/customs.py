"""Customs forms of parcels: which form, the item number of the post, and what travels as data and is never printed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from wms.barcodes import s10
from wms.db import Tx
from wms.errors import BadInput, NotFound, Refusal, clip
from wms.formats.countries import read_countries
from wms.formats.customs import Rules, Sent, read_customs
from wms.labels.labels import LINES_MAX, Cn22Label, Cn23Label, CustomsLine
from wms.operations import directory
from wms.queries import boxes, papers
from wms.settings import Settings, share

IN_THE_EU = "DE"  # no customs lie between two members
IOSS_RULE = "EU-IOSS"
TRIES_MAX = 50  # item numbers that somebody else took at the same moment


class NoCustomsData(Refusal):
    """A customs form with a gap stops the parcel at the border."""

    sentence = "{sku} has no {what}. Customs ask for it."


class TwoCurrencies(Refusal):
    """A customs form adds its values up."""

    sentence = "{parcel} holds goods in {first} and {second}."


@dataclass(frozen=True)
class Declaration:
    """What a person declares beyond what is known: one of CATEGORIES, what the post took, numbers of papers.

    `importer` is the tax number of the recipient, where it is not known from the order.
    """

    category: str = "sale"
    postage: str = ""
    licence: str = ""
    certificate: str = ""
    invoice: str = ""
    importer: str = ""
    comments: str = ""


PLAIN = Declaration()


@dataclass(frozen=True)
class Goods:
    """What a parcel declares: its lines, their value in all, its currency and the form's name."""

    lines: tuple[CustomsLine, ...]
    value: Decimal
    currency: str
    form: str


def rules() -> Rules:
    """Return the dated rules of config/customs.toml; raises FormatError."""
    return read_customs(share() / "config" / "customs.toml")


def goods_of(tx: Tx, settings: Settings, parcel: Row[Any]) -> Goods:
    """Return what a parcel declares; raises NoCustomsData naming the first gap, TwoCurrencies."""
    rows = papers.declared(tx, parcel.id)
    lines, value = tuple(map(line_of, rows)), sum((row.value * row.qty for row in rows), Decimal(0))
    currency = one_currency(parcel.code, rows)
    restricted = any(row.hazard for row in rows)
    carrier = papers.carrier_of(tx, parcel.id)
    sent = Sent(value, currency, parcel.weight_g, restricted, settings.site.country, carrier)
    form = rules().form(sent, today(tx, settings))
    return Goods(lines, value, currency, "cn23" if len(rows) > LINES_MAX["cn22"] else form)


def customs_label(tx: Tx, settings: Settings, parcel: Row[Any], said: Declaration = PLAIN) -> Cn22Label | Cn23Label:
    """Return the customs form of a parcel: CN22, or CN23 where a rule or the number of goods asks for it.

    Raises NoCustomsData naming the first gap, TwoCurrencies, BadInput without the site's address.
    """
    if not settings.site.address:
        raise BadInput(field="site.address", why="is empty: customs forms name the sender's address")
    goods = goods_of(tx, settings, parcel)
    facts: dict[str, Any] = {
        "code": item_id(tx, settings, parcel),
        "sender_lines": (settings.site.name, *settings.site.address),
        "category": said.category,
        "lines": goods.lines,
        "currency": goods.currency,
        "value": f"{goods.value:.2f}",
        "weight_g": parcel.weight_g,
        "posted_on": today(tx, settings),
        "signed": settings.site.name,
    }
    if goods.form == "cn22":
        return Cn22Label(**facts)
    return Cn23Label(**facts, **to_whom(tx, settings, parcel, said))


def to_whom(tx: Tx, settings: Settings, parcel: Row[Any], said: Declaration) -> dict[str, Any]:
    """Return what a CN23 says beyond a CN22."""
    row = boxes.address_of(tx, parcel.id)
    assert row is not None
    facts = {"recipient_lines": lines_of(row), "country": row.to_country or row.country, "phone": row.phone}
    facts |= {"email": row.email, "reference": settings.customs.eori or row.number}
    facts |= {"importer": said.importer or tax_id_of(tx, parcel.id), "office": settings.customs.office}
    facts |= {"invoice": said.invoice or row.number, "licence": said.licence, "certificate": said.certificate}
    return facts | {"postage": said.postage, "comments": said.comments}


def electronic(tx: Tx, settings: Settings, parcel: Row[Any]) -> dict[str, Any]:
    """Return what travels to the carrier and customs as data, the IOSS number with it, which is never printed.

    Money is text with two decimals, weights are g; the item number is the one that its form was given. Raises as
    `customs_label` does.
    """
    goods, row = goods_of(tx, settings, parcel), boxes.address_of(tx, parcel.id)
    assert row is not None
    country = row.to_country or row.country
    facts: dict[str, Any] = {"item_id": given_id(tx, parcel) or str(parcel.code), "form": goods.form}
    facts |= {"country": country, "sender_eori": settings.customs.eori, "importer_tax_id": tax_id_of(tx, parcel.id)}
    facts |= {"ioss": ioss_of(settings, goods, (country, row.postal_code), today(tx, settings))}
    facts |= {"currency": goods.currency, "value": f"{goods.value:.2f}", "weight_g": parcel.weight_g}
    return facts | {"lines": [vars(line) for line in goods.lines]}


def data_of(tx: Tx, settings: Settings, parcel_id: int) -> dict[str, Any]:
    """Return `electronic` of a parcel by its id; raises NotFound."""
    row = papers.parcel_by_id(tx, parcel_id)
    if row is None:
        raise NotFound(what=f"Parcel {parcel_id}")
    return electronic(tx, settings, row)


def ioss_of(settings: Settings, goods: Goods, to: tuple[str, str], day: date) -> str:
    """Return the seller's IOSS number when it holds for a parcel: to the EU, and up to the limit of the rule."""
    limit = next((rule for rule in rules().in_force(day, "EU") if rule.id == IOSS_RULE), None)
    eu = not read_countries(share() / "config" / "countries.toml").customs_between(IN_THE_EU, *to)
    if limit is None or not eu or goods.currency != limit.currency or goods.value > limit.above:
        return ""
    return settings.customs.ioss


def item_id(tx: Tx, settings: Settings, parcel: Row[Any]) -> str:
    """Return the item number of a parcel from the range that its postal service gave (UPU S10), the same one for ever;
    it opens the parcel when it is scanned. Without a range, or with another carrier, it is the parcel's own code.

    Raises BadInput when the range is used up.
    """
    ours = settings.customs
    if not ours.s10_last or (ours.s10_carriers and papers.carrier_of(tx, parcel.id) not in ours.s10_carriers):
        return str(parcel.code)
    if given := given_id(tx, parcel):
        return given
    last = papers.last_code(
        tx, *(s10.item_id(ours.s10_service, n, ours.s10_country) for n in (ours.s10_first, ours.s10_last))
    )
    serial = s10.serial_of(last) + 1 if last else ours.s10_first
    for number in range(serial, min(serial + TRIES_MAX, ours.s10_last + 1)):
        code = s10.item_id(ours.s10_service, number, ours.s10_country)
        if directory.claim(tx, code, "parcel", parcel.id, parcel.code):
            return code
    raise BadInput(field="customs.s10_last", why="the range of item numbers is used up; ask the post for another")


def given_id(tx: Tx, parcel: Row[Any]) -> str:
    """Return the item number that a parcel has already, "" without one."""
    return next((code for code in papers.codes_of(tx, parcel.id) if s10.is_valid(code)), "")


def tax_id_of(tx: Tx, parcel_id: int) -> str:
    """Return the recipient's tax number as the order tells it."""
    return str(json.loads(papers.raw_of(tx, parcel_id)).get("tax_id") or "")


def today(tx: Tx, settings: Settings) -> date:
    """Return the date on the site's clock."""
    return tx.now.astimezone(settings.site.zone).date()


def line_of(row: Row[Any]) -> CustomsLine:
    """Return one line of a customs form; raises NoCustomsData for what is not known of its item."""
    known = {"tariff number": row.hs_code, "country of origin": row.origin, "weight": row.weight_g, "value": row.value}
    for what, value in known.items():
        if not value:
            raise NoCustomsData(sku=row.sku, what=what)
    value = f"{row.value * row.qty:.2f}"
    return CustomsLine(clip(row.name, 120), row.qty, row.weight_g * row.qty, value, row.hs_code, row.origin)


def one_currency(parcel: str, rows: list[Row[Any]]) -> str:
    """Return the currency of all rows; raises TwoCurrencies, and BadInput for a parcel with nothing in it."""
    found = sorted({row.currency for row in rows})
    if not found:
        raise BadInput(field=parcel, why="holds nothing to declare")
    if len(found) > 1:
        raise TwoCurrencies(parcel=parcel, first=found[0], second=found[1])
    return str(found[0])


def lines_of(row: Row[Any] | None) -> tuple[str, ...]:
    """Return an address as lines, the country last."""
    if row is None:
        return ()
    town = " ".join(part for part in (row.postal_code, row.city, row.state) if part)
    return tuple(part for part in (row.name, row.line1, row.line2, town, row.to_country or row.country) if part)
