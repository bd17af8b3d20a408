"""What a parcel costs by tables: zones by country and postcode, rates by weight, dated surcharges; money is Decimal.

Three files of a folder: rate_zones.csv (the longest postal prefix wins), rate_table.csv (a band holds its `max_g`;
above the last band each begun kilogram costs `per_extra_kg`, where that is given) and rate_surcharges.csv, which may
be missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple, TypeVar

from wms.formats.errors import FormatError
from wms.formats.fields import Line, iso_date, open_form

CENT = Decimal("0.01")
KINDS = ("percent", "fixed")
WHENS = ("always", "ddp=1", "residential=1")
SIZE_MAX, COUNTRY_LETTERS = 10**7, 2


@dataclass(frozen=True)
class Zone:
    """Where a carrier's zone lies: a country, or the part of it whose postcodes begin so."""

    carrier: str
    zone: str
    country: str
    prefix: str


@dataclass(frozen=True)
class Rate:
    """One band of a service: what it costs up to `max_g`, between two days (both included)."""

    carrier: str
    service: str
    currency: str
    valid_from: dt.date
    valid_to: dt.date
    zone: str
    max_g: int
    price: Decimal
    per_extra_kg: Decimal | None
    ddp: bool
    max_len_mm: int
    max_girth_mm: int
    dim_divisor: int


@dataclass(frozen=True)
class Surcharge:
    """What comes on top: per cent of the price, or an amount; always, in zones whose name holds a text, or with DDP."""

    carrier: str
    service: str
    valid_from: dt.date
    valid_to: dt.date
    code: str
    kind: str
    value: Decimal
    when: str


class Sent(NamedTuple):
    """A parcel: weight in g, its sides in mm (0: not known), and where it goes."""

    weight_g: int
    sides_mm: tuple[int, int, int]
    country: str
    postcode: str = ""


class Quote(NamedTuple):
    """What a service asks for a parcel, line by line; the first line is its price."""

    carrier: str
    service: str
    currency: str
    lines: tuple[tuple[str, Decimal], ...]

    @property
    def total(self) -> Decimal:
        """All lines together."""
        return sum((amount for _, amount in self.lines), Decimal(0))


@dataclass(frozen=True)
class Tariff:
    """All tables of a house."""

    zones: tuple[Zone, ...] = ()
    rates: tuple[Rate, ...] = ()
    surcharges: tuple[Surcharge, ...] = ()

    def quotes(self, parcel: Sent, day: dt.date) -> list[Quote]:
        """What every service asks for a parcel on a day, the cheapest first; none when no rate takes it."""
        zones = self.zones_of(parcel)
        bands: dict[tuple[str, str], list[Rate]] = {}
        for rate in self.rates:
            if zones.get(rate.carrier) == rate.zone and rate.valid_from <= day <= rate.valid_to and fits(rate, parcel):
                bands.setdefault((rate.carrier, rate.service), []).append(rate)
        priced = ((rates[0], band_price(rates, parcel)) for rates in bands.values())
        found = [self.quote(rate, price, day) for rate, price in priced if price is not None]
        return sorted(found, key=lambda quote: (quote.total, quote.carrier, quote.service))

    def zones_of(self, parcel: Sent) -> dict[str, str]:
        """Carrier -> its zone of an address: the longest postal prefix wins."""
        code = "".join(parcel.postcode.split()).upper()
        mine = (each for each in self.zones if each.country == parcel.country and code.startswith(each.prefix))
        return {each.carrier: each.zone for each in sorted(mine, key=lambda each: len(each.prefix))}

    def quote(self, rate: Rate, price: Decimal, day: dt.date) -> Quote:
        """A price with its surcharges, each rounded to the cent."""
        lines = [("price", price)]
        for extra in self.surcharges:
            service = extra.service in ("*", rate.service)
            if (
                extra.carrier == rate.carrier
                and service
                and extra.valid_from <= day <= extra.valid_to
                and due(extra, rate)
            ):
                amount = price * extra.value / 100 if extra.kind == "percent" else extra.value
                lines.append((extra.code, amount.quantize(CENT, ROUND_HALF_UP)))
        return Quote(rate.carrier, rate.service, rate.currency, tuple(lines))


def fits(rate: Rate, parcel: Sent) -> bool:
    """Whether the sides of a parcel are not too long for a rate; length and girth as carriers count them."""
    long, *others = sorted(parcel.sides_mm, reverse=True)
    girth = long + 2 * sum(others)
    return (not rate.max_len_mm or long <= rate.max_len_mm) and (not rate.max_girth_mm or girth <= rate.max_girth_mm)


def band_price(rates: Iterable[Rate], parcel: Sent) -> Decimal | None:
    """The price of the first band that holds a parcel, or of the last one and its extra kilograms; None: too heavy."""
    bands = sorted(rates, key=lambda rate: rate.max_g)
    for rate in bands:
        if billed_g(rate, parcel) <= rate.max_g:
            return rate.price
    last = bands[-1]
    over = billed_g(last, parcel) - last.max_g
    return None if last.per_extra_kg is None else last.price + last.per_extra_kg * -(-over // 1000)


def billed_g(rate: Rate, parcel: Sent) -> int:
    """The weight that is paid for: the real one, or that of the space (cm³ by the divisor, in kg) when it is more."""
    length, width, height = parcel.sides_mm
    return max(parcel.weight_g, -(-length * width * height // rate.dim_divisor) if rate.dim_divisor else 0)


def due(extra: Surcharge, rate: Rate) -> bool:
    """Whether a surcharge is due with a rate. Backers live at home: what is due for homes is always due."""
    if extra.when.startswith("zone=~"):
        return extra.when.removeprefix("zone=~") in rate.zone
    return rate.ddp if extra.when == "ddp=1" else True


# --- files ---

ZONE_COLUMNS = ("carrier", "origin", "zone", "country", "postal_prefix")
RATE_COLUMNS = (
    *("carrier", "service", "currency", "valid_from", "valid_to", "zone", "max_g", "price", "per_extra_kg", "tracked"),
    *("ddp", "min_days", "max_days", "max_len_mm", "max_girth_mm", "dim_divisor"),
)
EXTRA_COLUMNS = ("carrier", "service", "valid_from", "valid_to", "code", "kind", "value", "when")
T = TypeVar("T")


def read_rates(folder: Path, currency: str) -> Tariff:
    """The tables of a folder, in the currency that the house reckons in.

    Raises FormatError naming every bad line, and a file that is not there.
    """
    return Tariff(
        rows(folder / "rate_zones.csv", ZONE_COLUMNS, zone_of),
        rows(folder / "rate_table.csv", RATE_COLUMNS, lambda line: rate_of(line, currency)),
        rows(folder / "rate_surcharges.csv", EXTRA_COLUMNS, surcharge_of) if has_surcharges(folder) else (),
    )


def has_surcharges(folder: Path) -> bool:
    """Whether a folder names surcharges at all."""
    return (folder / "rate_surcharges.csv").exists()


def rows(path: Path, columns: Collection[str], make: Callable[[Line], T]) -> tuple[T, ...]:
    """Every line of a table as a row. Raises FormatError."""
    try:
        form = open_form(path.read_bytes(), path.name, columns)
    except OSError as problem:
        raise FormatError(path.name, 0, "", f"The file cannot be read ({problem.strerror}).") from problem
    found = tuple(make(line) for line in form.lines())
    form.close()
    return found


def zone_of(line: Line) -> Zone:
    """A line of rate_zones.csv."""
    country = line.required("country")
    if len(country) != COUNTRY_LETTERS or not country.isupper():
        line.problem("country", f"{country!r} is no country code such as DE.")
    prefix = "".join(line.text("postal_prefix").split()).upper()
    return Zone(line.required("carrier"), line.required("zone"), country, prefix)


def rate_of(line: Line, currency: str) -> Rate:
    """A line of rate_table.csv."""
    if (given := line.required("currency")) != currency:
        line.problem("currency", f"{given} cannot be added to {currency}, the site's currency (site.currency).")
    extra = line.decimal("per_extra_kg") if line.text("per_extra_kg") else None
    sizes = (line.integer(name, 0, SIZE_MAX) for name in ("max_len_mm", "max_girth_mm", "dim_divisor"))
    first = (line.required("carrier"), line.required("service"), given, day(line, "valid_from"), day(line, "valid_to"))
    price = (line.integer("max_g", 1, SIZE_MAX, 1), line.decimal("price"), extra)
    return Rate(*first, line.required("zone"), *price, line.flag("ddp"), *sizes)


def surcharge_of(line: Line) -> Surcharge:
    """A line of rate_surcharges.csv."""
    when = line.text("when", "always")
    if when not in WHENS and not when.startswith("zone=~"):
        line.problem("when", f"{when!r} is not one of {', '.join(WHENS)}, zone=~TEXT.")
    first = (line.required("carrier"), line.text("service", "*"), day(line, "valid_from"), day(line, "valid_to"))
    return Surcharge(*first, line.required("code"), line.choice("kind", KINDS), line.decimal("value"), when)


def day(line: Line, name: str) -> dt.date:
    """A date; a blank one is the first or the last of all days."""
    text = line.text(name)
    if text and iso_date(text) is None:
        line.problem(name, f"{text!r} is no date such as 2026-07-01.")
    return iso_date(text) or (dt.date.min if name == "valid_from" else dt.date.max)
