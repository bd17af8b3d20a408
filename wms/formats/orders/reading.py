"""Exports to orders: every row is accepted whole or rejected with its reason; nothing falls between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from wms.formats import tables
from wms.formats.csv_text import squeeze
from wms.formats.errors import FormatError
from wms.formats.orders import columns as looks
from wms.formats.orders import goods, profiles
from wms.formats.orders.cells import LATE, Cells
from wms.formats.orders.columns import NO_ANSWER, Look
from wms.formats.orders.profiles import Profile
from wms.formats.orders.rows import BadRowError, Column, ExportItem, ExportOrder, OrderFile, Rejected
from wms.formats.tables import BadRow, Row, Source

PREVIEW = 20  # rows that are shown before anything is imported
ONE_ORDER = ("ship_line1", "ship_postal_code", "ship_city", "email")  # the same on every line of an order


@dataclass(frozen=True)
class Choice:
    """How a file is to be read: a profile by name ("" = the header decides), and what a person said of its columns."""

    profile: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    shape: str = ""


AUTO = Choice()


def read_orders(data: bytes, filename: str, profiles: Path, profile: str = "") -> OrderFile:
    """Read an order export (CSV, XLSX, or ZIP of one CSV per reward) at once; see `open_orders`."""
    export = open_orders(data, filename, profiles, Choice(profile))
    orders, rejected = [], []
    for row in export:
        if isinstance(row, ExportOrder):
            orders.append(row)
        else:
            rejected.append(row)
    return OrderFile(export.profile.id, tuple(orders), tuple(rejected), export.columns)


def open_orders(data: bytes, filename: str, folder: Path, choice: Choice = AUTO, most: int = 0) -> Export:
    """Open an order export; iterate over it for its orders and rejected rows, in the order of the file.

    `folder` holds the order profiles; `most` rows are looked at to tell what the columns hold (0: all). Raises
    FormatError when the file is unreadable or fits no profile; single bad rows are yielded as Rejected instead.
    """
    known = profiles.load_profiles(folder)
    chosen = [candidate for candidate in known if not choice.profile or candidate.id == choice.profile]
    if not chosen:
        names = ", ".join(candidate.id for candidate in known)
        raise FormatError(filename, 0, "", f"There is no order profile {choice.profile!r}; known are {names}.")
    spellings = {name for candidate in chosen for name in candidate.spellings} | set(choice.columns)
    if choice.columns or choice.shape:
        chosen = [candidate.with_columns(choice.columns, choice.shape) for candidate in chosen]
    readers = []
    for source in tables.open_sources(data, filename, spellings):
        reader = Reader(source, profiles.guess(source.header, chosen, source.name))
        reader.look(most)
        readers.append(reader)
    return Export(readers)


class Export:
    """An opened export: its profile (of the longest table), how sure that is in percent, and its columns."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        self.readers = readers
        main = max(readers, key=lambda reader: reader.size)
        self.profile = main.profile
        self.confidence = main.confidence()
        self.columns = tuple({column.name: column for reader in readers for column in reader.columns}.values())
        self.size = sum(reader.size for reader in readers)
        self.places: dict[str, dict[str, int]] = {}

    def __iter__(self) -> Iterator[ExportOrder | Rejected]:
        """Every order and every rejected row; a backer who stands in two tables is one order and one rejection."""
        self.places = {}
        for index, reader in enumerate(self.readers):
            for rows in reader.groups():
                yield from self._take(index, reader, rows)

    def numbers(self) -> set[str]:
        """The numbers of the orders in the file, without reading what else is in them."""
        return {number for reader in self.readers for number in reader.numbers()}

    def _take(self, index: int, reader: Reader, rows: Sequence[Row | BadRow]) -> Iterator[ExportOrder | Rejected]:
        try:
            order = reader.order(rows)
            self._claim(index, order, reader.profile.digits)
        except BadRowError as problem:
            for row in rows:
                yield reader.rejected(row, problem)
        else:
            yield order

    def _claim(self, index: int, order: ExportOrder, one_each: bool) -> None:
        names = {"Backer number" if one_each else "Order number": order.number}
        if one_each and order.uid:
            names["Backer UID"] = order.uid
        for word, name in names.items():
            if (place := self.places.setdefault(word, {}).get(name)) is not None:
                line, where = divmod(place, len(self.readers))
                source = self.readers[where].source.name
                raise BadRowError(f"{word} {name} is already on line {line} of {source}.")
        for word, name in names.items():
            self.places[word][name] = order.line * len(self.readers) + index


class Reader:
    """One table read with one profile."""

    def __init__(self, source: Source, profile: Profile) -> None:
        self.source = source
        self.profile = profile
        self.size = 0
        self.at = looks.places([squeeze(name) for name in source.header], profile)
        by_line = not profile.fallback or bool(self.at.keys() & {"item_sku", "item_name", "item_qty"})
        self.lines = profile.shape == "lines" and by_line and "number" in self.at
        self.columns: tuple[Column, ...] = ()
        self.goods: goods.Goods = ()
        self.counted: tuple[int, ...] = ()
        self.blocks = goods.blocks_of(source.header, profile.block)
        self.questions: tuple[tuple[int, str], ...] = ()
        self.preview: list[tuple[str, ...]] = []

    def look(self, most: int) -> None:
        """Look through the table once: how long it is, and what its columns hold."""
        look: Look = looks.classify(self.source.header, self.profile)
        for row in islice(self.source.rows(), most or None):
            self.size += 1
            if isinstance(row, Row):
                look.note(row.cells)
                if len(self.preview) < PREVIEW:
                    self.preview.append(row.cells)
        self.columns = look.settle(self.profile)
        self.goods = goods.columns_of_goods(self.columns, self.profile)
        self.counted = tuple(position for position, *_ in self.goods)
        self.questions = tuple((at, column.name) for at, column in enumerate(self.columns) if column.role == "survey")

    def confidence(self) -> int:
        """How sure the profile is, in percent: how many of its columns are there, or how many of these it explains.

        A profile for any file at all is never sure.
        """
        found, all_of_them = self.profile.found(self.source.header)
        explained = sum(column.role not in ("survey", "unknown_quantity") for column in self.columns)
        best = max(found / max(all_of_them, 1), explained / len(self.columns))
        return min(50 if self.profile.fallback else 100, round(100 * best))

    def groups(self) -> Iterator[Sequence[Row | BadRow]]:
        """The rows of one order at a time: one row each, or, where every item has its line, all lines of a number."""
        if not self.lines:
            for row in self.source.rows():
                yield (row,)
            return
        found: dict[str, list[Row | BadRow]] = {}
        at = self.at["number"]
        for count, row in enumerate(self.source.rows()):
            key = row.cells[at] if isinstance(row, Row) and row.cells[at] else f"\0{count}"
            found.setdefault(key, []).append(row)
        yield from found.values()

    def numbers(self) -> Iterator[str]:
        """The order numbers of the table that can be read."""
        for row in self.source.rows():
            if isinstance(row, Row):
                with suppress(BadRowError):
                    yield Cells(self.profile, self.source.header, self.at, (row.cells,)).number()

    def rejected(self, row: Row | BadRow, problem: BadRowError) -> Rejected:
        """A row with the reason why it is no order."""
        if isinstance(row, BadRow):
            raw = {f"{position}": cell for position, cell in enumerate(row.cells, 1)}
            return Rejected(self.source.name, row.line, row.reason, raw)
        raw = dict(zip(self.source.header, row.cells, strict=True))
        return Rejected(self.source.name, row.line, str(problem), raw, problem.column)

    def order(self, rows: Sequence[Row | BadRow]) -> ExportOrder:
        """The order that these rows make, or BadRowError."""
        good = [row for row in rows if isinstance(row, Row)]
        if len(good) < len(rows):
            raise BadRowError("A line of this order does not fit the header.")
        cells = Cells(self.profile, self.source.header, self.at, [row.cells for row in good])
        self._agree(cells, good)
        number, email = cells.number(), cells.text("email")
        amount, currency = cells.amount()
        recipient = cells.recipient()
        return ExportOrder(
            number=number,
            uid=cells.uid(),
            name=cells.text("name") or recipient.name,
            email=email,
            reward_id=cells.text("reward_id"),
            reward_title=cells.text("reward_title"),
            items=self._items(cells, good),
            pledge_status=cells.status(email),
            survey_answered=cells.survey(),
            notes=cells.notes(),
            delivery_notes=cells.answer("delivery_notes"),
            amount=amount,
            currency=currency,
            pledged_at=cells.pledged_at(),
            late=cells.text("late").casefold() in LATE,
            shipping_country=cells.text("shipping_country"),
            recipient=recipient,
            file=self.source.name,
            line=good[0].line,
            header=self.source.header,
            cells=good[0].cells,
            balance=cells.balance(),
            tax_id=cells.answer("tax_id"),
            stage=cells.text("stage"),
            answers=self._answers(good[0]),
            warnings=cells.warnings(recipient.country_code),
            more=tuple((row.line, row.cells) for row in good[1:]),
            counted=self.counted,
        )

    def _agree(self, cells: Cells, rows: Sequence[Row]) -> None:
        """Lines of one order must not go to two places."""
        for role in ONE_ORDER if len(rows) > 1 else ():
            at = self.at.get(role)
            if at is None:
                continue
            said = {row.cells[at].casefold(): row.line for row in rows if row.cells[at]}
            if len(said) > 1:
                lines = " and ".join(str(line) for line in sorted(said.values())[:2])
                reason = f"Lines {lines} of one order differ in {cells.column(role)}."
                raise BadRowError(reason, cells.column(role))

    def _items(self, cells: Cells, rows: Sequence[Row]) -> tuple[ExportItem, ...]:
        named: list[ExportItem] = []
        for row in rows:
            if self.goods:
                named += goods.in_columns(row.cells, self.goods)
            if self.blocks:
                named += goods.in_blocks(row.cells, self.blocks)
            if "item_sku" in self.at or "item_name" in self.at:
                one = Cells(self.profile, self.source.header, self.at, [row.cells])
                named += goods.on_line(one.text)
        if "skus" in self.at:
            named += goods.in_list(cells.text("skus"))
        key, title = cells.text("reward_id"), cells.text("reward_title")
        if (key or title) and not (named and self.profile.reward_alone):
            return (ExportItem("reward", key or title, title or key, 1), *named)
        return tuple(named)

    def _answers(self, row: Row) -> dict[str, str]:
        cells = row.cells
        return {name: cells[at] for at, name in self.questions if cells[at] and cells[at].casefold() not in NO_ANSWER}
