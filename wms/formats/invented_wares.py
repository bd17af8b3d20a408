"""What a large invented campaign promised: goods, tiers, add-ons, their map to SKUs, and what backers choose."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from wms.formats.reward_map import MapRow, RewardMap

OWNER = "CQL"
SIZES = ("S", "M", "L", "XL")
QUESTION = "T-shirt size"
WORLDS = (
    "Tide",
    "Ember",
    "Frost",
    "Moss",
    "Storm",
    "Dusk",
    "Amber",
    "Raven",
    "Cinder",
    "Salt",
    "Thorn",
    "Mist",
    "Iron",
)
# name, length, width, height in mm, weight in g, HS code, origin, value in dollars, price in dollars
THINGS = (
    ("Expansion", 295, 295, 50, 980, "950490", "CN", 18, 29),
    ("Miniatures", 200, 150, 60, 420, "950490", "CN", 22, 35),
    ("Dice", 90, 60, 30, 95, "950490", "CN", 6, 12),
    ("Sleeves", 100, 70, 20, 110, "392690", "CN", 4, 9),
    ("Playmat", 620, 60, 60, 450, "570500", "CN", 12, 25),
    ("Art Book", 300, 230, 22, 1150, "490199", "PL", 15, 30),
    ("Pin", 60, 40, 12, 18, "711719", "CN", 2, 8),
    ("Coins", 120, 80, 35, 540, "711719", "CN", 11, 24),
    ("Card Deck", 95, 70, 25, 130, "950440", "DE", 7, 15),
    ("Mug", 120, 110, 100, 380, "691200", "CN", 5, 16),
)
TIERS = (("Spark", 9), ("Keeper", 59), ("Keeper with Expansion", 85), ("Warden", 119), ("The Whole Hearth", 199))
STRAY = ("21900999", "Signed Poster (late offer)")
CORE, BUNDLE, STARTER, SHIRT, LAMP = "Core Game", "Warden Bundle", "Starter Pack", "T-shirt", "Hearth Lamp"
FIXED = (CORE, BUNDLE, STARTER, SHIRT, LAMP)
COMMON = (0.24, 0.15, 0.10, 0.06, 0.05)  # shares of the five configurations that most backers choose


@dataclass(frozen=True)
class Ware:
    """One SKU; sizes in mm, weight in g, value in dollars."""

    sku: str
    name: str
    size: tuple[int, int, int]
    weight_g: int
    hs_code: str
    origin: str
    value: int


@dataclass(frozen=True)
class Choice:
    """What many backers choose alike: a tier by position, pieces by item column and by add-on, a shirt size."""

    tier: int
    items: tuple[int, ...]
    addons: tuple[int, ...]
    shirt: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing at all was chosen."""
        return not any(self.items) and not any(self.addons)


@dataclass(frozen=True)
class Wares:
    """The goods and how they are sold. `columns` are item columns, `addons` (platform id, title, price)."""

    goods: tuple[Ware, ...]
    kits: dict[str, dict[str, int]]
    columns: tuple[str, ...]
    addons: tuple[tuple[str, str, int], ...]
    map: RewardMap

    def tier_id(self, tier: int) -> str:
        """The platform's number of a tier."""
        return str(21_100_001 + tier)


def wares(skus: int) -> Wares:
    """A campaign of `skus` SKUs (at least 12)."""
    fixed = (
        Ware(f"{OWNER}-CORE", "Cinder and Quill, core game", (295, 295, 72), 1816, "950490", "CN", 38),
        Ware(f"{OWNER}-PARTS", "Wooden parts box", (300, 200, 50), 1087, "950490", "CN", 24),
        *(Ware(f"{OWNER}-TEE-{size}", f"T-shirt, {size}", (300, 250, 20), 210, "610910", "PT", 9) for size in SIZES),
        Ware(f"{OWNER}-LAMP-EU", "Hearth lamp, 230 V", (180, 120, 120), 640, "940510", "CN", 21),
        Ware(f"{OWNER}-LAMP-US", "Hearth lamp, 110 V", (180, 120, 120), 640, "940510", "CN", 21),
    )
    themed = [_themed(number) for number in range(skus - len(fixed))]
    in_columns = [ware for ware, _ in themed[: max(2, len(themed) // 5)]]
    columns = (*FIXED, *(ware.name for ware in in_columns))
    sold = [(ware, price) for ware, price in themed if ware not in in_columns[1:]]  # the first is sold both ways
    addons = tuple((str(21_900_001 + place), ware.name, price) for place, (ware, price) in enumerate(sold))
    goods = (*fixed, *(ware for ware, _ in themed))
    kits = {f"{OWNER}-WARDEN": {f"{OWNER}-CORE": 1, f"{OWNER}-PARTS": 1, themed[0][0].sku: 1}}
    return Wares(goods, kits, columns, addons, RewardMap(_map(in_columns, [ware for ware, _ in sold])))


def _themed(number: int) -> tuple[Ware, int]:
    name, length, width, height, weight, code, origin, value, price = THINGS[number % len(THINGS)]
    world = WORLDS[(number // len(THINGS) + number) % len(WORLDS)]
    serial = number // (len(THINGS) * len(WORLDS))
    title = f"{world} {name}" + (f" {serial + 1}" if serial else "")
    sku = f"{OWNER}-{title.upper().replace(' ', '-')}"
    return Ware(sku, title, (length, width, height), weight, code, origin, value), price


def _map(in_columns: Sequence[Ware], sold: Sequence[Ware]) -> tuple[MapRow, ...]:
    tiers = (
        MapRow("reward", str(21_100_001 + place), note=f"{title}: item columns")
        for place, (title, _) in enumerate(TIERS)
    )
    fixed = (
        MapRow("item", CORE, f"{OWNER}-CORE"),
        MapRow("item", BUNDLE, f"{OWNER}-WARDEN"),
        MapRow("item", STARTER, f"{OWNER}-CORE"),
        MapRow("item", STARTER, in_columns[0].sku, 2),
        MapRow("item", SHIRT, f"?{QUESTION}"),
        *(MapRow("answer", f"{QUESTION}={size}", f"{OWNER}-TEE-{size}") for size in SIZES),
        MapRow("item", LAMP, f"{OWNER}-LAMP-EU"),
        MapRow("item", LAMP, f"{OWNER}-LAMP-US", region="US CA MX JP TW CO CR PA"),
    )
    items = (MapRow("item", ware.name, ware.sku) for ware in in_columns)
    addons = (MapRow("addon", str(21_900_001 + place), ware.sku, note=ware.name) for place, ware in enumerate(sold))
    return (*tiers, *fixed, *items, *addons)


# --- what is chosen together ---


def choices(found: Wares, count: int, extras: float, rng: random.Random) -> tuple[list[Choice], list[float]]:
    """`count` different choices with their shares: five common ones take 60 %, a long tail the rest.

    `extras` is how many more things a choice of the tail has, on average.
    """
    made = dict.fromkeys(_common(found))
    while len(made) < count:
        made[_rare(found, extras, rng)] = None
    tail = [1 / (place + 4) for place in range(count - len(COMMON))]
    scale = (1 - sum(COMMON)) / sum(tail) if tail else 0
    return list(made), [*COMMON, *(share * scale for share in tail)]


def _common(found: Wares) -> list[Choice]:
    none = (0,) * len(found.addons)

    def has(tier: int, *names: str) -> Choice:
        return Choice(tier, tuple(int(name in names) for name in found.columns), none)

    first = found.columns[len(FIXED)]
    with_addon = Choice(1, has(1, CORE).items, (1, *none[1:]))
    return [has(1, CORE), has(2, CORE, first), has(3, BUNDLE), has(0, found.columns[len(FIXED) + 1]), with_addon]


def _rare(found: Wares, extras: float, rng: random.Random) -> Choice:
    """One of the many rare choices: a tier and some more things, now and then two of a kind."""
    tier = rng.choices(range(1, 5), (40, 25, 20, 15))[0]
    items, addons = [0] * len(found.columns), [0] * len(found.addons)
    items[{1: 0, 2: 0, 3: 1, 4: 2}[tier]] = 1
    wanted = 1 + min(40, int(rng.expovariate(1 / max(extras, 0.1))))
    for _ in range(wanted):
        where, room = (items, len(items)) if rng.random() < 0.3 else (addons, len(addons))
        place = min(int(rng.expovariate(4 / room)), room - 1)
        where[place] += 2 if rng.random() < 0.08 else 1
    shirt = rng.choice(SIZES) if items[found.columns.index(SHIRT)] else ""
    return Choice(tier, tuple(items), tuple(addons), shirt)
