"""The small tables of a site: carton types, carriers, printers; and the campaign's own few facts (TOML)."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields

from wms.formats.errors import FormatError, Problem
from wms.formats.fields import Form, Line, open_form

DENSITIES = (203, 300, 600)
# Transport -> the columns of which it needs at least one.
WAYS = {"tcp": ("host",), "file": (), "spooler": ("queue",), "agent": ("host", "queue")}


@dataclass(frozen=True)
class CartonType:
    """A box for parcels: inner size in mm, own weight and greatest total weight in g, cost in the smallest coin."""

    code: str
    name: str
    length_mm: int
    width_mm: int
    height_mm: int
    tare_g: int
    max_g: int
    cost: int = 0


@dataclass(frozen=True)
class CarrierRow:
    """A way out; `countries` are ISO codes, empty for all; `cutoff` is HH:MM on the site's clock, "" when unknown."""

    code: str
    name: str
    countries: tuple[str, ...]
    cutoff: str = ""


@dataclass(frozen=True)
class PrinterRow:
    """A label printer and the station whose labels it prints; `dpi` is its density, `queue` its name in the spooler.

    `labels` are the kinds on its roll (none: all), `fallback` is the code of the printer that takes its waiting labels,
    `agent` the print agent beside it when its transport is "agent".
    """

    code: str
    name: str
    transport: str
    host: str
    port: int
    dpi: int
    station: str
    queue: str = ""
    labels: tuple[str, ...] = ()
    fallback: str = ""
    agent: str = ""


@dataclass(frozen=True)
class Names:
    """Names that printers may use: places, kinds of labels, print agents, and printers that are there already."""

    places: Collection[str]
    kinds: Collection[str]
    agents: Collection[str] = ()
    printers: Collection[str] = ()


@dataclass(frozen=True)
class CampaignRow:
    """A campaign's own facts; `profile` names the order profile its export is read with ("" = recognise it)."""

    code: str
    name: str
    platform: str
    profile: str
    owner: str


def read_cartons(data: bytes, filename: str) -> tuple[CartonType, ...]:
    """Carton types in file order. Raises FormatError with every bad line."""
    names = [field.name for field in fields(CartonType)]
    form = open_form(data, filename, names[:-1], names[-1:])
    cartons = tuple(_carton(line) for line in form.lines())
    _close(form, [carton.code for carton in cartons])
    return cartons


def _carton(line: Line) -> CartonType:
    sizes = [line.integer(name, 1, 5_000) for name in ("length_mm", "width_mm", "height_mm") if line.required(name)]
    tare, most = line.integer("tare_g", 0, 100_000), line.integer("max_g", 1, 1_000_000)
    if tare >= most:
        line.problem("max_g", "A carton must hold more than its own weight.")
    length, width, height = (*sizes, 0, 0, 0)[:3]
    cost = line.integer("cost", 0, 1_000_000)
    return CartonType(line.code("code"), line.required("name"), length, width, height, tare, most, cost)


def read_carriers(data: bytes, filename: str) -> tuple[CarrierRow, ...]:
    """Carriers in file order; countries are "*" or several codes. Raises FormatError with every bad line."""
    form = open_form(data, filename, ("code", "name", "countries"), ("cutoff",))
    carriers = tuple(_carrier(line) for line in form.lines())
    _close(form, [carrier.code for carrier in carriers])
    return carriers


def _carrier(line: Line) -> CarrierRow:
    cutoff = line.text("cutoff")
    if cutoff and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", cutoff):
        line.problem("cutoff", f"{cutoff!r} is no time of day such as 16:30.")
    return CarrierRow(line.code("code"), line.required("name"), _countries(line), cutoff)


def _countries(line: Line) -> tuple[str, ...]:
    codes = re.split(r"[\s;,]+", line.required("countries"))
    if codes in (["*"], [""]):
        return ()
    for code in codes:
        if not re.fullmatch(r"[A-Z]{2}", code):
            line.problem("countries", f"{code!r} is not a country code of two capitals.")
    return tuple(codes)


def read_printers(data: bytes, filename: str, names: Names | None = None) -> tuple[PrinterRow, ...]:
    """Printers in file order; with `names` every name that it uses must be known. Raises FormatError with every bad
    line."""
    columns = [field.name for field in fields(PrinterRow)]
    form = open_form(data, filename, columns[:7], columns[7:])
    lines = list(form.lines())
    printers = tuple(_printer(line) for line in lines)
    for line, printer in zip(lines, printers, strict=True):
        _check_names(line, printer, names)
        _check_fallback(line, printer, {each.code: each for each in printers}, names)
    _close(form, [printer.code for printer in printers])
    return printers


def _printer(line: Line) -> PrinterRow:
    dpi = line.integer("dpi", 1, 2_400, 203)
    if dpi not in DENSITIES:
        line.problem("dpi", f"{dpi} is not one of 203, 300, 600.")
    transport = line.choice("transport", WAYS)
    needed = WAYS.get(transport, ())
    if needed and not any(map(line.text, needed)):
        line.problem(needed[0], f"A printer of kind {transport} needs a {' or a '.join(needed)}.")
    if (transport == "agent") != bool(line.text("agent")):
        line.problem("agent", "A printer of kind agent names its print agent, and no other does.")
    return PrinterRow(
        line.code("code", 20),
        line.required("name") and _short(line, "name", 60),
        transport,
        _short(line, "host", 120),
        line.integer("port", 0, 65_535, 9100),
        dpi,
        line.text("station"),
        queue=_short(line, "queue", 60),
        labels=tuple(dict.fromkeys(re.findall(r"[^\s;,]+", line.text("labels")))),
        fallback=line.text("fallback"),
        agent=line.text("agent"),
    )


def _short(line: Line, name: str, longest: int) -> str:
    """The cell, which must not be longer than its place in the house."""
    value = line.text(name)
    if len(value) > longest:
        line.problem(name, f"This has {len(value)} characters, {longest} fit.")
    return value


def _check_names(line: Line, printer: PrinterRow, names: Names | None) -> None:
    """Note the names that nobody has."""
    if names is None:
        return
    if printer.station and printer.station not in names.places:
        line.problem("station", f"There is no place {printer.station}.")
    if printer.agent and printer.agent not in names.agents:
        line.problem("agent", f"There is no print agent {printer.agent}; make it in the office first.")
    for kind in printer.labels:
        if kind not in names.kinds:
            line.problem("labels", f"No label is called {kind}; there are {', '.join(sorted(names.kinds))}.")


def _check_fallback(line: Line, printer: PrinterRow, all_of_them: dict[str, PrinterRow], names: Names | None) -> None:
    """Note a fallback that could never take a label."""
    if not printer.fallback:
        return
    other = all_of_them.get(printer.fallback)
    if printer.fallback == printer.code:
        line.problem("fallback", "A printer cannot take its own labels; name another one.")
    elif other is None and not (names and printer.fallback in names.printers):
        line.problem("fallback", f"There is no printer {printer.fallback}.")
    elif other and printer.labels and other.labels and not set(printer.labels) & set(other.labels):
        line.problem("fallback", f"{other.code} has none of these labels on its roll.")


def write_printers(printers: Iterable[PrinterRow]) -> bytes:
    """The file that `read_printers` reads."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = [field.name for field in fields(PrinterRow)]
    writer.writerow(columns)
    for printer in printers:
        cells = {name: getattr(printer, name) for name in columns} | {"labels": " ".join(printer.labels)}
        writer.writerow([cells[name] for name in columns])
    return text.getvalue().encode()


def _close(form: Form, codes: Sequence[str]) -> None:
    for code, row in zip(codes, form.table.rows, strict=True):
        if code and codes.count(code) > 1:
            form.problem(row.line, "code", f"{code} stands on more than one line.")
    form.close()


def read_campaign(data: bytes, filename: str) -> CampaignRow:
    """The facts of a campaign from TOML. Raises FormatError for a missing, unknown or non-text key."""
    try:
        facts = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise FormatError(filename, 0, "", f"This is no TOML file ({problem}).") from problem
    names = [field.name for field in fields(CampaignRow)]
    problems = [Problem(0, name, "This is missing.") for name in names if name not in facts]
    problems += [Problem(0, name, "This key is not known.") for name in facts if name not in names]
    problems += [Problem(0, name, "This must be text.") for name in facts if not isinstance(facts[name], str)]
    if problems:
        raise FormatError.many(filename, problems)
    return CampaignRow(**facts)
