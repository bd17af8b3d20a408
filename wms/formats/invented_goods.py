"""The goods of the invented campaign: what Lanternworks promised, how it was sold, and how the factory packs it."""

from __future__ import annotations

from dataclasses import dataclass

OWNER = "LNT"
SUPPLIER = "Harbour Bright Games Manufacturing Co., Ltd"
KIT = {"LNT-BUNDLE": {"LNT-CORE": 1, "LNT-DELUXE": 1, "LNT-COINS": 1, "LNT-DICE": 1}}


@dataclass(frozen=True)
class Goods:
    """How the factory packs one SKU: units per carton, gross weight of a full carton in g, its size in cm."""

    sku: str
    description: str
    per_carton: int
    gross_g: int
    size_cm: tuple[int, int, int]
    dated: bool = False


GOODS = (
    Goods("LNT-CORE", "Lanternworks core game, English", 6, 11_400, (46, 31, 31)),
    Goods("LNT-DELUXE", "Deluxe wooden parts box", 8, 9_200, (42, 32, 26)),
    Goods("LNT-EXP", "Expansion Tidewatch", 12, 10_800, (46, 31, 31)),
    Goods("LNT-COINS", "Metal coins, set of 60", 20, 12_400, (32, 24, 20)),
    Goods("LNT-DICE", "Engraved dice, set of 12", 40, 7_600, (36, 26, 22)),
    Goods("LNT-SLEEVES", "Card sleeves, pack of 110", 50, 8_000, (38, 28, 24)),
    Goods("LNT-MAT", "Cloth playmat 90 x 60", 20, 9_000, (64, 26, 26)),
    Goods("LNT-NEO", "Neoprene mat 90 x 90", 10, 13_200, (94, 22, 22)),
    Goods("LNT-ART", "Art book, hardcover", 14, 12_900, (34, 28, 26)),
    Goods("LNT-TEA", "Keeper's smoky tea, tin of 80 g", 24, 4_400, (40, 30, 22), dated=True),
    Goods("LNT-PIN", "Enamel pin lighthouse", 100, 3_600, (26, 20, 16)),
    Goods("LNT-PROMO", "Promo card pack", 100, 6_200, (30, 22, 20)),
    Goods("LNT-TEE-S", "T-shirt keeper, size S", 24, 5_000, (40, 30, 26)),
    Goods("LNT-TEE-M", "T-shirt keeper, size M", 24, 5_300, (40, 30, 26)),
    Goods("LNT-TEE-L", "T-shirt keeper, size L", 24, 5_600, (40, 30, 26)),
    Goods("LNT-TEE-XL", "T-shirt keeper, size XL", 24, 5_900, (40, 30, 26)),
)


@dataclass(frozen=True)
class Reward:
    """A reward tier: platform id, title, price in dollars, and the item columns it fills."""

    id: str
    title: str
    price: int
    items: dict[str, int]


# Item columns of the report, in its order, and the SKU (or kit) each stands for.
ITEM_COLUMNS = {
    "Core Game": "LNT-CORE",
    "Tidewatch Expansion": "LNT-EXP",
    "Deluxe Bundle": "LNT-BUNDLE",
    "Art Book": "LNT-ART",
    "Neoprene Mat": "LNT-NEO",
    "Lighthouse Pin": "LNT-PIN",
    "Promo Pack": "LNT-PROMO",
}
# Add-ons: platform id, title as backers see it, SKU, price in dollars. Pin and expansion are also item columns.
ADDONS = (
    ("10871001", "Card Sleeves (110)", "LNT-SLEEVES", 9),
    ("10871002", "Metal Coins", "LNT-COINS", 24),
    ("10871003", "Lighthouse Pin", "LNT-PIN", 8),
    ("10871004", "Cloth Playmat", "LNT-MAT", 25),
    ("10871005", "Dice of the Keepers", "LNT-DICE", 15),
    ("10871006", "Keeper's Smoky Tea", "LNT-TEA", 12),
    ("10871007", "Tidewatch Expansion", "LNT-EXP", 29),
    ("10871008", "Keeper T-shirt M", "LNT-TEE-M", 22),
    ("10871009", "Keeper T-shirt L", "LNT-TEE-L", 22),
    ("10871010", "Keeper T-shirt S", "LNT-TEE-S", 22),
    ("10871011", "Keeper T-shirt XL", "LNT-TEE-XL", 22),
    ("10871012", "Art Book", "LNT-ART", 30),
)
# An add-on that was offered late and never entered in the reward map.
STRAY_ADDON = ("10871099", "Signed Poster (late offer)", "", 18)

PIN = Reward("9300001", "Little Light", 10, {"Lighthouse Pin": 1})
CORE = Reward("9300002", "Keeper", 59, {"Core Game": 1})
BOTH = Reward("9300003", "Keeper and Tidewatch", 85, {"Core Game": 1, "Tidewatch Expansion": 1})
DELUXE = Reward("9300004", "Master Keeper (deluxe bundle)", 119, {"Deluxe Bundle": 1, "Promo Pack": 1})
ALL_IN = Reward(
    "9300005",
    "The Whole Coast",
    189,
    {"Deluxe Bundle": 1, "Tidewatch Expansion": 1, "Art Book": 1, "Neoprene Mat": 1, "Promo Pack": 1},
)
# (weight, reward, add-ons by position): five configurations that most backers choose alike.
COMMON: tuple[tuple[int, Reward, dict[int, int]], ...] = (
    (22, CORE, {}),
    (13, BOTH, {}),
    (10, DELUXE, {}),
    (8, PIN, {}),
    (7, BOTH, {0: 1}),
)
TAIL = 40  # weight of all other configurations together
TAIL_REWARDS = ((14, CORE), (10, BOTH), (8, DELUXE), (5, ALL_IN), (3, PIN))
ADDON_WEIGHTS = (20, 16, 12, 12, 10, 9, 7, 5, 5, 3, 3, 4)


def units_of(sku: str, qty: int) -> dict[str, int]:
    """`qty` pieces of a SKU as units on the shelf: kits become their parts."""
    return {part: count * qty for part, count in KIT.get(sku, {sku: 1}).items()}
