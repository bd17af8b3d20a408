"""The invented backer report: heavy-tailed choices, a tenth of the rows dirty in known ways, as CSV of 2025."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from wms.formats.invented_goods import (
    ADDON_WEIGHTS,
    ADDONS,
    COMMON,
    ITEM_COLUMNS,
    STRAY_ADDON,
    TAIL,
    TAIL_REWARDS,
    Reward,
    units_of,
)
from wms.formats.invented_people import AWKWARD, Land, People
from wms.formats.orders.rows import Recipient

BEFORE = (
    "Backer Number", "Backer UID", "Backer Name", "Email", "Shipping Country", "Shipping Amount", "Reward Title",
    "Backing Minimum", "Reward ID", "Bonus Support", "Pledge Amount", "Pledged At", "Late Pledge",
    "Fulfillment Status", "Pledged Status", "Notes", "Billing State/Province", "Billing Country",
)  # fmt: skip
AFTER = (
    "Survey Response", "Shipping Name", "Shipping Address 1", "Shipping Address 2", "Shipping City", "Shipping State",
    "Shipping Postal Code", "Shipping Country Name", "Shipping Country Code", "Shipping Phone Number",
    "Shipping Delivery Notes", "How did you hear of us?",
)  # fmt: skip
SOLD = (*ADDONS, STRAY_ADDON)
ANSWERS = ("A friend", "No response", "Newsletter", "A convention", "")
NOTES = ("Moved! New address by mail on 3 Aug.", "Asked to wait until October.", "Wants the box signed; see mail.")
UNFIT = {"US": "94043-9", "GB": "1AA E6", "CA": "V6B", "AU": "30", "JP": "16", "NL": "12", "SE": "1", "PL": "0"}
BOTH_HELD = "DUPLICATE"


@dataclass(frozen=True)
class Pledge:
    """One invented row before it is written; `hold` is the reason why it cannot be released, "" for a clean one."""

    serial: int
    recipient: Recipient
    land: Land
    email: str
    reward: Reward
    addons: dict[int, int]
    late: bool = False
    status: str = "collected"
    notes: str = ""
    answered: bool = True
    hold: str = ""


@dataclass(frozen=True)
class Report:
    """The file and what stands in it: clean orders, dirty ones by hold code, units per SKU of the clean ones."""

    data: bytes
    clean: int
    dirty: dict[str, int]
    units: dict[str, int] = field(default_factory=dict)


def _dirty_payment(pledge: Pledge, _: random.Random) -> Pledge:
    return replace(pledge, status="errored", hold="PAYMENT")


def _dirty_dropped(pledge: Pledge, _: random.Random) -> Pledge:
    return replace(pledge, status="dropped", hold="CANCELLED_UPSTREAM")


def _dirty_survey(pledge: Pledge, _: random.Random) -> Pledge:
    return replace(pledge, answered=False, recipient=Recipient(*[""] * 8), hold="SURVEY_MISSING")


def _dirty_postal(pledge: Pledge, _: random.Random) -> Pledge:
    code = UNFIT.get(pledge.land.code, "?")
    return replace(pledge, recipient=replace(pledge.recipient, postal_code=code), hold="ADDRESS_INVALID")


def _dirty_state(pledge: Pledge, _: random.Random) -> Pledge:
    """A state that does not exist; in countries without states the city is missing instead."""
    gone = {"state": "Lampland"} if pledge.recipient.state else {"city": ""}
    return replace(pledge, recipient=replace(pledge.recipient, **gone), hold="ADDRESS_INVALID")


def _dirty_note(pledge: Pledge, rng: random.Random) -> Pledge:
    return replace(pledge, notes=rng.choice(NOTES), hold="NOTE_TO_READ")


def _dirty_stray(pledge: Pledge, _: random.Random) -> Pledge:
    return replace(pledge, addons={**pledge.addons, len(ADDONS): 1}, hold="SKU_UNMAPPED")


DIRT: tuple[Callable[[Pledge, random.Random], Pledge], ...] = (
    _dirty_survey,
    _dirty_payment,
    _dirty_postal,
    _dirty_note,
    _dirty_stray,
    _dirty_survey,
    _dirty_dropped,
    _dirty_state,
)


def report(orders: int, seed: int) -> Report:
    """A backer report of `orders` rows. Two orders of one mail count as two dirty ones: a person decides on both."""
    rng = random.Random(seed)
    people = People(rng)
    pledges = _soil(_named([_pledge(serial, people, rng) for serial in _serials(orders, rng)]), rng)
    clean = [pledge for pledge in pledges if not pledge.hold]
    dirty = Counter(pledge.hold for pledge in pledges if pledge.hold)
    units: Counter[str] = Counter()
    for pledge in clean:
        units.update(_units(pledge))
    return Report(_write(pledges, rng), len(clean), dict(sorted(dirty.items())), dict(sorted(units.items())))


def _serials(orders: int, rng: random.Random) -> list[int]:
    """Backer numbers: rising, with the gaps that cancelled pledges leave."""
    serials, number = [], 0
    for _ in range(orders):
        number += 1 if rng.random() < 0.96 else 2
        serials.append(number)
    return serials


def _pledge(serial: int, people: People, rng: random.Random) -> Pledge:
    recipient, land = people.next()
    weights = [weight for weight, _, _ in COMMON]
    chosen = rng.choices(range(len(COMMON) + 1), [*weights, TAIL])[0]
    if chosen < len(COMMON):
        _, reward, addons = COMMON[chosen]
    else:
        reward, addons = _tail(rng)
    email = f"backer{serial}@example.test"
    return Pledge(serial, recipient, land, email, reward, addons, late=rng.random() < 0.06)


def _tail(rng: random.Random) -> tuple[Reward, dict[int, int]]:
    """One of the many rare configurations: a reward and one to five add-ons, now and then two of a kind."""
    reward = rng.choices([tier for _, tier in TAIL_REWARDS], [weight for weight, _ in TAIL_REWARDS])[0]
    kinds = rng.choices((1, 2, 3, 4, 5), (35, 30, 20, 10, 5))[0]
    picked = rng.choices(range(len(ADDONS)), ADDON_WEIGHTS, k=kinds)
    return reward, {position: 2 if rng.random() < 0.08 else 1 for position in sorted(set(picked))}


def _named(pledges: list[Pledge]) -> list[Pledge]:
    """Every 13th recipient gets a name that hurts careless software; the order stays clean."""
    named = list(pledges)
    for turn, position in enumerate(range(6, len(pledges), 13)):
        recipient = replace(pledges[position].recipient, name=AWKWARD[turn % len(AWKWARD)])
        named[position] = replace(pledges[position], recipient=recipient)
    return named


def _soil(pledges: list[Pledge], rng: random.Random) -> list[Pledge]:
    """Make a tenth of the rows dirty, evenly over the kinds; the last of each ten is the second half of a pair."""
    soiled = list(pledges)
    spots = sorted(rng.sample(range(len(pledges)), k=round(len(pledges) * 0.1)))
    pairs = len(spots) // 10
    kinds, twins = spots[: len(spots) - 2 * pairs], spots[len(spots) - 2 * pairs :]
    for turn, position in enumerate(kinds):
        soiled[position] = DIRT[turn % len(DIRT)](soiled[position], rng)
    for first, second in zip(twins[::2], twins[1::2], strict=True):
        soiled[first] = replace(soiled[first], hold=BOTH_HELD)
        email = f" {soiled[first].email.capitalize()}"
        home = soiled[first].recipient
        soiled[second] = replace(soiled[second], email=email, recipient=home, land=soiled[first].land, hold=BOTH_HELD)
    return soiled


def _units(pledge: Pledge) -> Counter[str]:
    units: Counter[str] = Counter()
    for column, qty in pledge.reward.items.items():
        units.update(units_of(ITEM_COLUMNS[column], qty))
    for position, qty in pledge.addons.items():
        units.update(units_of(SOLD[position][2], qty))
    return units


def _write(pledges: list[Pledge], rng: random.Random) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*BEFORE, *ITEM_COLUMNS, *(f"[Addon: {number}] {title}" for number, title, _, _ in SOLD), *AFTER])
    for pledge in pledges:
        writer.writerow([*_before(pledge, rng), *_quantities(pledge), *_after(pledge, rng)])
    return out.getvalue().encode("utf-8")


def _before(pledge: Pledge, rng: random.Random) -> list[str]:
    extras = sum(SOLD[position][3] * qty for position, qty in pledge.addons.items())
    minimum = pledge.reward.price + (5 if pledge.late else 0)
    paid = 0 if pledge.status == "errored" else minimum + extras + pledge.land.shipping
    moment = f"2025/{rng.randint(5, 6):02d}/{rng.randint(1, 28):02d}, {rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"
    backer = f"Backer {pledge.serial}"
    return [
        str(pledge.serial), str(410_000_000 + pledge.serial * 37), backer, pledge.email, pledge.land.code,
        f"${pledge.land.shipping}.00", pledge.reward.title, f"${minimum}.00", pledge.reward.id, f"${extras}.00",
        f"${paid:,}.00", moment, "Yes" if pledge.late else "", "", pledge.status, pledge.notes, "", pledge.land.code,
    ]  # fmt: skip


def _quantities(pledge: Pledge) -> list[int]:
    items = [pledge.reward.items.get(column, 0) for column in ITEM_COLUMNS]
    return items + [pledge.addons.get(position, 0) for position in range(len(SOLD))]


def _after(pledge: Pledge, rng: random.Random) -> list[str]:
    home = pledge.recipient
    answered = f"2025/{rng.randint(8, 9):02d}/{rng.randint(1, 28):02d}, {rng.randint(0, 23):02d}:15"
    country = pledge.land.name if home.country_code else ""
    answer = rng.choice(ANSWERS)
    return [
        answered if pledge.answered else "", home.name, home.line1, home.line2, home.city, home.state,
        home.postal_code, country, home.country_code, home.phone, "", answer if pledge.answered else "",
    ]  # fmt: skip
