"""ZPL from templates in millimetres: one press per printer density, every field escaped, every barcode checked."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateNotFound, meta
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from wms.errors import BadInput
from wms.labels import gs1, lint
from wms.labels.escaping import Zpl, fd, field
from wms.labels.fitting import ADVANCE, PITCH, Fitted, advance, fit, fit_all
from wms.labels.glyphs import Fonts, clean, in_printer, tidy
from wms.labels.lettering import SLACK, Piece, Script, arrow
from wms.labels.symbols import (
    QUIET_128,
    QUIET_QR,
    bar_dots,
    check_payload,
    code128_dots,
    code128_mode,
    code128_modules,
    matrix_dots,
    matrix_modules,
    qr_dots,
    qr_modules,
)
from wms.settings import share

DPMM = {203: 8, 300: 12, 600: 24}  # dots per millimetre: 203.2, 304.8 and 609.6 dpi
MM_MAX = 400  # no printer here is wider, no label longer
QR_DROP = 10  # ^BQ starts lower by the bar height of ^BY, which is set to this before each one
COUNTERS = {"index", "index0"}
PLACED_MAX = 4096  # texts with their box whose size and place are kept, of each density
LOADED_MAX = 64  # templates and versions of them that are kept ready
UNKNOWN = "[?]"  # stands for a word that no font has
SLIP = "[see packing slip]"  # the same in an address, where guessing is no help
Box = tuple[float, float, float, float]  # left, top, width, height in mm
Square = tuple[float, float, float]  # left, top, side in mm
Parts = tuple[tuple[str, str], ...]  # GS1: application identifier and value, in the order of printing
Align = Literal["L", "C", "R"]
SHIFT: dict[Align, int] = {"L": 0, "C": 1, "R": 2}  # halves of what is left of the width
Placed = tuple[tuple[Piece, ...], bool]  # what stands in a box, and whether something had to be left out


class Sheet:
    """The filters of a template for one printer density: millimetres in, dots and escaped fields out."""

    escape: Callable[[str], Zpl] = staticmethod(fd)

    def __init__(self, dpi: int, fonts: Fonts | None = None) -> None:
        """Take the density in dots per inch (203, 300 or 600); raises BadInput for another."""
        if dpi not in DPMM:
            raise BadInput(field="dpi", why=f"is {dpi}, a label printer here has 203, 300 or 600")
        self.dpmm = DPMM[dpi]
        self.fonts = fonts or Fonts()
        self.mm = lru_cache(maxsize=PLACED_MAX)(self._whole)
        # Names of goods, tariff numbers, the sender: most texts stand on many labels.
        self._place = lru_cache(maxsize=PLACED_MAX)(self._placed)
        self._place_all = lru_cache(maxsize=PLACED_MAX // 4)(self._placed_all)

    def _whole(self, length: float) -> int:
        """Return a length in mm as whole dots; raises BadInput for one that no label has."""
        if not 0 <= length <= MM_MAX:
            raise BadInput(field="length", why=f"is {length:g} mm, a label here has 0 to {MM_MAX}")
        return round(length * self.dpmm)

    def text(self, value: object, box: Box, lines: int = 1, align: Align = "L") -> Zpl:
        """Return `value` as large as fits `box` on at most `lines` lines; too long a text ends in an ellipsis."""
        return self._ink(self._place(str(value), box[2:], lines, align)[0], box)

    def whole(self, value: object, box: Box, align: Align = "L") -> Zpl:
        """Return `value` on one line; raises BadInput when it does not fit, because a code must not be cut."""
        pieces, cut = self._place(str(value), box[2:], 1, align)
        if cut:
            content = self.fonts.printable(clean(str(value)), UNKNOWN)
            raise BadInput(field="text", why=f"{content[:40]!r} does not fit {box[2]:g} mm and must not be cut")
        return self._ink(pieces, box)

    def address(self, values: tuple[str, ...], box: Box) -> Zpl:
        """Return address lines at one common size, long ones wrapped; words that no font has become a marked note.

        Raises BadInput when they do not fit even at 1.8 mm: an address is never cut.
        """
        pieces, cut = self._place_all(values, box[2:])
        if cut:
            raise BadInput(field="recipient_lines", why=f"do not fit the {box[2]:g} x {box[3]:g} mm of the address")
        return self._ink(pieces, box)

    def code128(self, payload: str, box: Box, align: Align = "L") -> Zpl:
        """Return a Code 128 whose quiet zones stay inside `box`, bars as wide as fit; raises BadInput if none do."""
        check_payload(payload)
        modules = code128_modules(payload)
        dots = code128_dots(payload, self.mm(box[2]), self.dpmm)
        return self._bars((payload, code128_mode(payload)), (modules, dots), box, align)

    def gs1_128(self, parts: Parts, box: Box, align: Align = "L") -> Zpl:
        """Return (identifier, value) pairs as GS1-128, FNC1 where needed; raises BadInput as `code128` does."""
        message = gs1.of(parts)
        data, modules = gs1.bars(message)
        dots = bar_dots(message.hri, modules, self.mm(box[2]), self.dpmm)
        return self._bars((data, "N"), (modules, dots), box, align)

    def _bars(self, data: tuple[str, str], width: tuple[int, int], box: Box, align: Align) -> Zpl:
        """Return ^BC of (data, mode), its (modules, dots of each) placed in `box`."""
        modules, dots = width
        left, top, room, height = map(self.mm, box)
        spare = room - (modules + 2 * QUIET_128) * dots
        left += QUIET_128 * dots + {"L": 0, "C": spare // 2, "R": spare}[align]
        return Zpl(f"^BY{dots},2,{QR_DROP}^FO{left},{top}^BCN,{height},N,N,N,{data[1]}{self.escape(data[0])}^FS")

    def qr(self, payload: str, box: Square) -> Zpl:
        """Return a QR code (level Q) with its quiet zone inside the square (left, top, side in mm)."""
        check_payload(payload)
        x, y, side = map(self.mm, box)
        dots = qr_dots(payload, side, self.dpmm)
        margin = (side - qr_modules(payload) * dots) // 2
        top = max(0, y + max(margin, QUIET_QR * dots) - QR_DROP)
        return Zpl(f"^BY2,2,{QR_DROP}^FO{x + margin},{top}^BQN,2,{dots}{self.escape('QA,' + payload)}^FS")

    def matrix(self, payload: str, box: Square) -> Zpl:
        """Return a Data Matrix with its quiet zone inside the square (left, top, side in mm)."""
        return self._matrix(check_payload(payload), payload, box, ">")  # no payload has a >, so nothing is escaped

    def gs1_matrix(self, parts: Parts, box: Square) -> Zpl:
        """Return (identifier, value) pairs as a GS1 Data Matrix inside the square (left, top, side in mm)."""
        message = gs1.of(parts)
        return self._matrix(gs1.matrix(message), gs1.FNC1 + message.scanned, box)

    def _matrix(self, data: str, payload: str, box: Square, escape: str = "_") -> Zpl:
        """Return ^BX of `data`, as large as `payload` needs, in the middle of its square."""
        x, y, side = map(self.mm, box)
        dots = matrix_dots(payload, side, self.dpmm)
        margin = (side - matrix_modules(payload) * dots) // 2
        return Zpl(f"^FO{x + margin},{y + margin}^BXN,{dots},200,0,0,6,{escape}{self.escape(data)}^FS")

    def arrow(self, way: str, box: Box) -> Zpl:
        """Return a filled arrow that points up, down, left or right, nothing for ""; raises BadInput otherwise."""
        left, top, width, height = map(self.mm, box)
        return arrow(way, (left, top), (width, height)) if way else Zpl()

    def tick(self, chosen: bool, box: Square) -> Zpl:
        """Return a box to be ticked (left, top, side in mm), with a cross when `chosen`."""
        left, top, side = box
        dots, thick = self.mm(side), self.mm(0.25)
        frame = f"^FO{self.mm(left)},{self.mm(top)}^GB{dots},{dots},{thick}^FS"
        return Zpl(frame + (self.text("X", (left, top, side, side), 1, "C") if chosen else ""))

    def fits128(self, payload: str, width: float) -> bool:
        """Return whether `payload` fits `width` mm as Code 128, quiet zones included."""
        try:
            return code128_dots(check_payload(payload), self.mm(width), self.dpmm) > 0
        except BadInput:
            return False

    def fits_gs1(self, parts: Parts, width: float) -> bool:
        """Return whether GS1 elements fit `width` mm as GS1-128, quiet zones included."""
        try:
            return bool(self.gs1_128(parts, (0, 0, width, 1)))
        except BadInput:
            return False

    def inside(self, value: str, box: Box) -> Zpl:
        """Return `value` white on the black box drawn before it."""
        left, top, width, height = box
        return reverse(self.whole(value, (left + 1, top + 0.5, width - 2, height - 1), "C"))

    def filters(self) -> dict[str, Any]:
        """Return what a template may call."""
        return {
            "mm": self.mm,
            "text": self.text,
            "whole": self.whole,
            "address": self.address,
            "code128": self.code128,
            "gs1_128": self.gs1_128,
            "qr": self.qr,
            "matrix": self.matrix,
            "gs1_matrix": self.gs1_matrix,
            "hri": hri,
            "arrow": self.arrow,
            "tick": self.tick,
            "fits_gs1": self.fits_gs1,
            "fits128": self.fits128,
            "inside": self.inside,
            "kg": kg,
            "count": count,
            "join": join,
            "length": len,
        }

    def _placed(self, value: str, room: tuple[float, float], lines: int, align: Align) -> Placed:
        """Return `value` at the size that fits `room` (width, height in mm)."""
        content, script = (value, None) if tidy(value) else self._drawn(value, UNKNOWN)
        dots = self._dots(room, script)
        fitted = fit(content, dots, (lines, self.dpmm), script.widths if script else ADVANCE)
        return self._lines(fitted, dots, align, script), fitted.cut

    def _placed_all(self, values: tuple[str, ...], room: tuple[float, float]) -> Placed:
        """Return all lines of an address at the size at which they fit `room` (width, height in mm)."""
        lines = tuple(self.fonts.printable(line, SLIP) for line in map(clean, values) if line)
        foreign = [line for line in lines if not in_printer(line)]
        script = Script(self.fonts, foreign) if foreign else None
        dots = self._dots(room, script)
        fitted = fit_all(lines, dots, self.dpmm, script.widths if script else ADVANCE)
        return self._lines(fitted, dots, "L", script), fitted.cut

    def _drawn(self, value: str, mark: str) -> tuple[str, Script | None]:
        """Return what can be printed of a text, and how to draw it where the printer's font does not do."""
        content = clean(value)
        if in_printer(content) or in_printer(content := self.fonts.printable(content, mark)):
            return content, None
        return content, Script(self.fonts, [content])

    def _dots(self, room: tuple[float, float], script: Script | None) -> tuple[int, int]:
        """Return how many dots wide and high text may be in a room in mm."""
        return self.mm(room[0]) - (SLACK if script else 0), self.mm(room[1])

    def _lines(self, fitted: Fitted, room: tuple[int, int], align: Align, script: Script | None) -> tuple[Piece, ...]:
        """Return fitted lines as fields: a single one in the middle of the room's height, several from its top."""
        lines, height, _ = fitted
        width, pitch = room[0], height * PITCH
        if len(lines) == 1:
            return self._line(lines[0], (max(0, round((room[1] - pitch) / 2)), width), (height, align), script)
        rows = ((line, (round(number * pitch), width)) for number, line in enumerate(lines))
        return tuple(piece for line, place in rows for piece in self._line(line, place, (height, align), script))

    def _line(
        self, line: str, place: tuple[int, int], how: tuple[int, Align], script: Script | None
    ) -> tuple[Piece, ...]:
        """Return one line in `place` (dots down, dots of width), so high and aligned so: a field, or its letters."""
        (top, width), (height, align) = place, how
        if script is not None and not in_printer(line):
            left = 0 if align == "L" else max(0, SHIFT[align] * (width - script.length(line, height)) // 2)
            return script.line(line, height, (left, top), width)
        if not line:
            return ()
        left = 0 if align == "L" else max(0, SHIFT[align] * (width - round(advance(line) * height)) // 2)
        return ((left, top + round(height * 0.2), f"^A0N,{height},{height}{self.escape(line)}^FS"),)

    def _ink(self, pieces: tuple[Piece, ...], box: Box) -> Zpl:
        """Return what stands in a box as ZPL."""
        x, y = self.mm(box[0]), self.mm(box[1])
        return Zpl("".join([f"^FO{x + left},{y + top}{what}" for left, top, what in pieces]))


class Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox of templates, which reads the fields of a label's lines without asking twice whether it may."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute: a loop's counter or a dataclass's public field as it is, all else by the rules."""
        if obj.__class__ is LoopContext and attribute in COUNTERS:
            return getattr(obj, attribute)
        if attribute[:1] != "_" and attribute in getattr(type(obj), "__dataclass_fields__", ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


class Press:
    """Loaded and linted templates for one density; `environment` is the sandbox that they run in."""

    def __init__(self, dpi: int, folder: Path, fonts: Fonts | None = None) -> None:
        """Open the template folder for printers of `dpi` dots per inch."""
        self.sheet = Sheet(dpi, fonts)
        self.environment = Sandbox(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            finalize=field,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals.clear()
        self.environment.tests.clear()
        self.environment.filters = self.sheet.filters()
        self._loaded: dict[tuple[str, str], tuple[Template, tuple[int, int]]] = {}

    def load(self, name: str, source: str = "") -> tuple[Template, tuple[int, int]]:
        """Return a template and its size in mm: the file of that name, or `source` in its place.

        Raises BadInput when it is missing or the lint refuses it.
        """
        key = (name, source)
        if key not in self._loaded:
            source = source or self.source(name)
            lint.check(source, f"{name}.zpl", self.environment)
            if len(self._loaded) >= LOADED_MAX:
                self._loaded.clear()
            self._loaded[key] = self.environment.from_string(source), lint.size_mm(source, f"{name}.zpl")
        return self._loaded[key]

    def variables(self, name: str) -> set[str]:
        """Return the fields that a template prints."""
        return meta.find_undeclared_variables(self.environment.parse(self.source(name)))

    def render(self, name: str, fields: dict[str, Any], strip: str = "", source: str = "") -> str:
        """Return one label, ^XA to ^XZ, from a template and its fields; `strip` stands white on black at the foot.

        `source` is the text of the template that takes the file's place.
        """
        template, size = self.load(name, source)
        return self._framed(template.render(fields), size, strip)

    def draft(self, source: str, fields: dict[str, Any]) -> str:
        """Return one label from a template that was linted, without keeping it."""
        return self._framed(self.environment.from_string(source).render(fields), lint.size_mm(source, "draft"), "")

    def _framed(self, body: str, size: tuple[int, int], strip: str) -> str:
        """Return ^XA to ^XZ around what a template printed."""
        width, height = size
        mm = self.sheet.mm
        # ^JZY: a label spoilt by an empty roll is printed again by the printer, whatever its panel was set to.
        head = f"^XA^CI28^JZY^LH0,0^LS0^PW{mm(width)}^LL{mm(height)}"
        return f"{head}\n{body.strip()}\n{self._strip(strip, width, height)}^PQ1^XZ\n"

    def _strip(self, words: str, width: int, height: int) -> str:
        """Return the black band along the foot; every template leaves this much of its foot white."""
        if not words:
            return ""
        mm = self.sheet.mm
        deep = strip_mm(height)
        top = mm(height) - mm(deep)
        text = self.sheet.text(words, (2, height - deep, width - 4, deep), 1, "C")
        return f"^FO0,{top}^GB{mm(width)},{mm(deep)},{mm(deep)}^FS{reverse(text)}\n"

    def source(self, name: str) -> str:
        """Return the text of a template's file; raises BadInput naming it when there is none."""
        try:
            loader = self.environment.loader
            assert loader is not None
            return loader.get_source(self.environment, f"{name}.zpl")[0]
        except TemplateNotFound:
            raise BadInput(field="template", why=f"{name}.zpl does not exist") from None


def reverse(field: Zpl) -> Zpl:
    """Return text of `Sheet` drawn white where the ground is black."""
    return Zpl(field.replace("^A0N", "^FR^A0N").replace("^GFA", "^FR^GFA"))


def hri(parts: Parts) -> str:
    """Return GS1 elements as people read them: (00)340123450000000017."""
    return gs1.of(parts).hri


def kg(grams: int) -> str:
    """Return a weight as people read it: 12500 g is "12.5 kg"."""
    return f"{grams / 1000:.3f}".rstrip("0").rstrip(".") + " kg"


def count(number: int) -> str:
    """Return a quantity with its sign: 24 is "× 24"."""
    return f"× {number}"


def join(words: tuple[str, ...], between: str) -> str:
    """Return words in one text."""
    return between.join(words)


def strip_mm(height: int) -> float:
    """Return how much of the foot of a label `height` mm high belongs to the marks TRAINING and COPY."""
    return max(3.5, height / 20)


@lru_cache(maxsize=8)
def press(dpi: int, folder: Path | None = None) -> Press:
    """Return the press for a printer of `dpi` dots per inch, with the shipped templates or those of `folder`."""
    return Press(dpi, folder or share() / "label_templates")
