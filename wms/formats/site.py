"""The site layout: every place of the hall with coordinates in mm, capacity and kind, and which bins are pick faces."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from wms.formats.fields import Form, Line, open_form

KINDS = ("bin", "reserve", "dock", "stage", "station", "slot", "cart", "quarantine", "problem")
STORES = ("bin", "reserve")
SIDES = ("L", "R")
REQUIRED = ("code", "kind", "zone", "x_mm", "y_mm")
OPTIONAL = ("name", "aisle", "bay", "level", "side", "z_mm", "volume_l", "max_kg", "station")
MOST = 1_000_000  # units in one bin
FAR = 10_000_000  # mm: ten kilometres, beyond any hall


@dataclass(frozen=True)
class Place:
    """One place. Coordinates in mm from the hall's corner; volume in mm3 and weight in g, 0 where nothing is stored.

    `station` is the pack station at which a slot of a put-wall stands.
    """

    code: str
    kind: str
    name: str
    zone: str
    aisle: str
    bay: int
    level: int
    side: str
    x_mm: int
    y_mm: int
    z_mm: int
    volume_mm3: int
    weight_g: int
    station: str = ""


def read_site(data: bytes, filename: str) -> tuple[Place, ...]:
    """Places in file order. Raises FormatError with every bad line: codes twice, bins without aisle or capacity, ..."""
    form = open_form(data, filename, REQUIRED, OPTIONAL)
    places = tuple(_place(line) for line in form.lines())
    _check_codes(form, places)
    _check_spots(form, places)
    _check_walls(form, places)
    if not places:
        form.problem(0, "", "The layout names no place.")
    form.close()
    return places


@dataclass(frozen=True)
class FaceRow:
    """A bin kept for one item: refilled below `least` units, up to `most` (0: as many as fit)."""

    sku: str
    place: str
    least: int
    most: int


def read_faces(data: bytes, filename: str, bins: Collection[str], skus: Collection[str]) -> tuple[FaceRow, ...]:
    """Pick faces in file order. Raises FormatError with every bad line: no bin, no item, one bin for two items, ..."""
    form = open_form(data, filename, ("sku", "place", "min"), ("max",))
    faces = tuple(_face(line, bins, skus) for line in form.lines())
    first: dict[str, int] = {}
    for face, row in zip(faces, form.table.rows, strict=True):
        if face.place and first.setdefault(face.place, row.line) != row.line:
            form.problem(row.line, "place", f"{face.place} is already on line {first[face.place]}.")
    form.close()
    return faces


def _face(line: Line, bins: Collection[str], skus: Collection[str]) -> FaceRow:
    face = FaceRow(line.code("sku"), line.code("place"), line.integer("min", 0, MOST), line.integer("max", 0, MOST))
    if face.sku not in skus:
        line.problem("sku", f"{face.sku} is no known item.")
    if face.place not in bins:
        line.problem("place", f"{face.place} is no bin of the site.")
    if 0 < face.most < face.least:
        line.problem("max", f"The maximum {face.most} is below the minimum {face.least}.")
    return face


def _place(line: Line) -> Place:
    code = line.code("code", longest=20)
    kind = line.choice("kind", KINDS)
    if kind in STORES:
        _check_store(line)
    return Place(
        code,
        kind,
        line.text("name", code),
        line.required("zone"),
        line.text("aisle"),
        line.integer("bay", 0, 9999),
        line.integer("level", 0, 99),
        line.choice("side", SIDES) if kind in STORES else line.text("side"),
        line.integer("x_mm", 0, FAR),
        line.integer("y_mm", 0, FAR),
        line.integer("z_mm", 0, FAR),
        int(line.decimal("volume_l") * 1_000_000),
        int(line.decimal("max_kg") * 1_000),
        line.text("station"),
    )


def _check_store(line: Line) -> None:
    for name in ("aisle", "bay", "level", "x_mm", "y_mm", "volume_l", "max_kg"):
        if line.text(name) in ("", "0") and name not in ("x_mm", "y_mm"):
            line.problem(name, "A bin needs this; it must not be blank or 0.")
        elif not line.text(name):
            line.problem(name, "A bin needs its coordinates.")


def _check_codes(form: Form, places: tuple[Place, ...]) -> None:
    first: dict[str, int] = {}
    for place, row in zip(places, form.table.rows, strict=True):
        if place.code and first.setdefault(place.code, row.line) != row.line:
            form.problem(row.line, "code", f"{place.code} is already on line {first[place.code]}.")


def _check_spots(form: Form, places: tuple[Place, ...]) -> None:
    spots: dict[tuple[object, ...], str] = {}
    for place, row in zip(places, form.table.rows, strict=True):
        spot = (place.zone, place.aisle, place.bay, place.level, place.side)
        if place.kind in STORES and spots.setdefault(spot, place.code) != place.code:
            form.problem(row.line, "bay", f"{place.code} is at the same spot as {spots[spot]}.")


def _check_walls(form: Form, places: tuple[Place, ...]) -> None:
    stations = {place.code for place in places if place.kind == "station"}
    for place, row in zip(places, form.table.rows, strict=True):
        if place.kind == "slot" and place.station not in stations:
            form.problem(row.line, "station", "A slot needs the pack station at which its wall stands.")
