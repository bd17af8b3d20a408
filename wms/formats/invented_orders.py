"""The orders of a large invented campaign, some of them dirty in known ways, and the truth about each."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from wms.formats.invented_crowd import Crowd
from wms.formats.invented_lands import Country
from wms.formats.invented_wares import QUESTION, STRAY, TIERS, Choice, Wares, choices, wares
from wms.formats.orders.rows import Recipient
from wms.formats.reward_map import Chosen, Rules, added_up

# Orders up to this; SKUs, things more than one in the tail's choices, countries, orders for each different choice.
SIZES = ((1_000, 12, 1.0, 35, 15), (30_000, 40, 1.8, 60, 25), (10**9, 120, 4.5, 110, 25))
NOTES = ("Moved! New address by mail on 3 Aug.", "Asked to wait until October.", "Wants the box signed; see mail.")
UNFIT = {"US": "94043-9", "GB": "1AA E6", "CA": "V6B", "AU": "30", "JP": "16", "NL": "12", "SE": "1", "DE": "D12"}
NUMBERED = {"AT", "AU", "BE", "CA", "CH", "CZ", "DE", "DK", "NO", "PL", "SE", "US"}
STATES = {"US", "CA", "AU"}


@dataclass(frozen=True)
class Backer:
    """One invented order; `holds` are the hold codes that a correct review opens, none for a clean order."""

    serial: int
    recipient: Recipient
    land: Country
    email: str
    choice: Choice
    late: bool = False
    status: str = "collected"
    notes: str = ""
    answered: bool = True
    stray: bool = False
    shirt: str = ""
    holds: tuple[str, ...] = ()
    why: str = ""

    @property
    def clean(self) -> bool:
        """Whether it can be released as it is."""
        return not self.holds

    def answers(self) -> dict[str, str]:
        """Survey question -> answer."""
        return {QUESTION: self.shirt} if self.answered else {}


Soiling = Callable[[Backer, random.Random], "Backer | None"]
"""Makes a clean order dirty; None when this order cannot be made so."""


def _spoil(code: str, why: str, backer: Backer, **facts: object) -> Backer:
    changed: Backer = replace(backer, holds=(code,), why=why, **facts)  # type: ignore[arg-type]
    return changed


def _survey(backer: Backer, _: random.Random) -> Backer:
    blank = Recipient(*[""] * 8)
    return _spoil("SURVEY_MISSING", "never answered", backer, answered=False, recipient=blank, shirt="")


def _payment(backer: Backer, rng: random.Random) -> Backer:
    return _spoil("PAYMENT", "the card failed", backer, status="errored")


def _dropped(backer: Backer, _: random.Random) -> Backer:
    return _spoil("CANCELLED_UPSTREAM", "the pledge is dropped", backer, status="dropped")


def _bad(backer: Backer, rng: random.Random) -> Backer | None:
    """A part that is missing or cannot be right."""
    to, land = backer.recipient, backer.land.code
    ways: list[tuple[str, dict[str, str]]] = [("the street is missing", {"line1": "", "line2": ""})]
    ways += [("the postal code cannot be", {"postal_code": UNFIT[land]})] if land in UNFIT else []
    ways += [("the state does not exist", {"state": "Lampland"})] if land in STATES else []
    ways += [("the country is missing", {"country_code": ""})] if land not in STATES else []
    why, facts = rng.choice(ways)
    return _spoil("ADDRESS_INVALID", why, backer, recipient=replace(to, **facts))


def _warn(backer: Backer, rng: random.Random) -> Backer | None:
    """Something that a person must look at."""
    to, land = backer.recipient, backer.land.code
    ways: list[tuple[str, dict[str, str]]] = [("initials for a name", {"name": f"{to.name[0]}."})]
    ways.append(("no street", {"line1": "asdf asdf"}))
    if land in NUMBERED:
        ways.append(
            (
                "no house number",
                {"line1": "".join(each for each in to.line1 if not each.isdigit()).strip(), "line2": ""},
            )
        )
    if land == "US" and to.postal_code.startswith("0"):
        ways.append(("the ZIP lost its zero", {"postal_code": to.postal_code[1:]}))
    why, facts = rng.choice(ways)
    return _spoil("ADDRESS_WARN", why, backer, recipient=replace(to, **facts))


def _phone(backer: Backer, rng: random.Random) -> Backer:
    why, number = rng.choice((("no telephone", ""), ("an invented telephone", "1234567890"), ("no number", "none")))
    return _spoil("PHONE_MISSING", why, backer, recipient=replace(backer.recipient, phone=number))


def _note(backer: Backer, rng: random.Random) -> Backer:
    return _spoil("NOTE_TO_READ", "the creator left a note", backer, notes=rng.choice(NOTES))


def _stray(backer: Backer, _: random.Random) -> Backer:
    return _spoil("SKU_UNMAPPED", "an add-on that the map lacks", backer, stray=True)


def _nothing(backer: Backer, _: random.Random) -> Backer:
    """A pledge without one selection, or a shirt without a size."""
    if backer.shirt:
        return _spoil("SELECTION_MISSING", "a shirt without a size", backer, shirt="")
    none = replace(backer.choice, items=(0,) * len(backer.choice.items), addons=(0,) * len(backer.choice.addons))
    return _spoil("SELECTION_MISSING", "nothing was selected", backer, choice=none)


# Shares of all orders; duplicates come in pairs besides.
DIRT: tuple[tuple[float, Soiling], ...] = (
    (0.050, _survey),
    (0.015, _payment),
    (0.015, _bad),
    (0.030, _warn),
    (0.003, _phone),
    (0.003, _note),
    (0.002, _dropped),
    (0.002, _stray),
    (0.002, _nothing),
)
PAIRS = 0.0025  # pairs of orders that look like one person's: half a percent of the orders


@dataclass(frozen=True)
class Campaign:
    """A large invented campaign: its goods, its orders, and units per SKU (kits resolved) that the clean ones need."""

    wares: Wares
    backers: tuple[Backer, ...]
    configurations: int

    @property
    def holds(self) -> dict[str, int]:
        """Hold code -> how many orders a correct review holds for it."""
        counted = Counter(code for backer in self.backers for code in backer.holds)
        return dict(sorted(counted.items()))

    def units(self) -> dict[str, int]:
        """SKU -> units of the clean orders."""
        totals: Counter[str] = Counter()
        for backer in self.backers:
            if backer.clean:
                totals.update(units(self.wares, backer))
        return dict(sorted(totals.items()))


def invent(orders: int, seed: int) -> Campaign:
    """The campaign of `orders` backers (at least 1) grown from `seed`. Everybody in it is invented."""
    rng = random.Random(seed)
    skus, extras, lands, alike = next(size[1:] for size in SIZES if orders <= size[0])
    found = wares(skus)
    made, shares = choices(found, max(8, orders // alike), extras, rng)
    crowd = Crowd(rng, lands)
    picked = rng.choices(made, shares, k=orders)
    backers, serial = [], 0
    for place, choice in enumerate(picked):
        serial += 1 if rng.random() < 0.96 else 2  # gaps are what cancelled pledges leave
        to, land = crowd.next(place)
        facts = {"late": rng.random() < 0.06, "shirt": choice.shirt}
        backers.append(Backer(serial, to, land, f"backer{serial}@example.test", choice, **facts))  # type: ignore[arg-type]
    return Campaign(found, tuple(_soil(backers, rng)), len(set(picked)))


def _soil(backers: list[Backer], rng: random.Random) -> list[Backer]:
    """Make some orders dirty, each in one way, so that what a review finds can be compared."""
    soiled = list(backers)
    places = list(range(len(soiled)))
    rng.shuffle(places)
    for share, soil in DIRT:
        for _ in range(round(share * len(soiled)) if len(soiled) > 50 else 0):
            place = places.pop()
            soiled[place] = soil(soiled[place], rng) or soiled[place]
    for number in range(round(PAIRS * len(soiled))):
        first, second = places.pop(), places.pop()
        soiled[first], soiled[second] = _twins(soiled[first], soiled[second], number)
    return soiled


def _twins(first: Backer, second: Backer, number: int) -> tuple[Backer, Backer]:
    """Two orders of one person: by mail, by home and surname, or by telephone, in turn."""
    why = ("the same mail", "the same home", "the same telephone")[number % 3]
    to = second.recipient
    if number % 3 == 0:
        second = replace(second, email=f" {first.email.capitalize()}")
    elif number % 3 == 1:
        second = replace(second, recipient=replace(first.recipient, phone=to.phone), land=first.land)
    else:
        second = replace(second, recipient=replace(first.recipient, name=to.name, line1=f"{first.recipient.line1} B"))
        second = replace(second, land=first.land)
    twins = (replace(each, holds=("DUPLICATE",), why=why) for each in (first, second))
    return next(twins), next(twins)


# --- what an order is in SKUs ---


def chosen(found: Wares, backer: Backer) -> list[Chosen]:
    """What a backer chose, as the map reads it."""
    items = [("item", name, name, qty) for name, qty in zip(found.columns, backer.choice.items, strict=True) if qty]
    addons = [
        ("addon", number, title, qty)
        for (number, title, _), qty in zip(found.addons, backer.choice.addons, strict=True)
        if qty
    ]
    answers = [("answer", f"{question}={text}", question, 1) for question, text in backer.answers().items() if text]
    return [*items, *addons, *([("addon", *STRAY, 1)] if backer.stray else []), *answers]


def skus(found: Wares, rules: Rules[str], backer: Backer) -> dict[str, int]:
    """SKU (or kit) -> pieces of an order."""
    return added_up(rules.resolve(chosen(found, backer), backer.land.code))


def units(found: Wares, backer: Backer) -> dict[str, int]:
    """SKU -> units of an order, kits resolved."""
    totals: Counter[str] = Counter()
    for sku, qty in skus(found, found.map.rules, backer).items():
        for part, each in found.kits.get(sku, {sku: 1}).items():
            totals[part] += each * qty
    return dict(totals)


def price(found: Wares, backer: Backer) -> tuple[int, int]:
    """What the tier costs, and the add-ons, in dollars."""
    extras = sum(each[2] * qty for each, qty in zip(found.addons, backer.choice.addons, strict=True))
    return TIERS[backer.choice.tier][1] + (5 if backer.late else 0), extras
