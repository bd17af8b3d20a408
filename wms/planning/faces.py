"""What slotting is about: items, the pick faces that hold them, who stands where, and the moves that lead there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from wms.planning.layout import Floor
from wms.planning.problems import require, require_distinct

Faces = tuple[tuple[str, int], ...]
"""Items and their places, as (sku, place id)."""
UNLIMITED = 1 << 60
"""What a face carries, or an item may weigh, when nobody says: more than anything."""
AWAY = 0
"""Place of an item that has no face: it is served from reserve, or waits on a cart while others move."""


class ItemDemand(NamedTuple):
    """An item: picks (order lines) of the period, volume in mm3 and weight in g of what each of its faces must hold.

    `owner` keeps it out of the zones of other owners; `faces` is how many faces it gets when there are enough.
    """

    sku: str
    picks: int
    mm3: int = 0
    hazard: bool = False
    grams: int = 0
    owner: str = ""
    faces: int = 1


class Face(NamedTuple):
    """A pick face: walking distance in mm from the depot, shelf level, the volume in mm3 and weight in g it holds.

    A face with an `owner` is kept for that owner's items.
    """

    place_id: int
    distance_mm: int
    level: int
    mm3: int
    hazard_ok: bool = True
    grams: int = UNLIMITED
    owner: str = ""


@dataclass(frozen=True)
class Problem:
    """Items, faces, and what reaching costs: `handy_level` is free, each level off it is like `level_mm` more walk.

    Items above `heavy_g` stay at or below the handy level. With a `floor` and the `history` (past orders as their
    items, oldest first) the walks themselves are shortened, of lists of `orders_per_list` orders as the floor runs
    them. `current` is where items are now, as (sku, place).
    """

    items: tuple[ItemDemand, ...]
    faces: tuple[Face, ...]
    handy_level: int = 1
    level_mm: int = 2_000
    heavy_g: int = UNLIMITED
    floor: Floor | None = None
    history: tuple[tuple[str, ...], ...] = ()
    orders_per_list: int = 1
    current: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        require_distinct("item", (item.sku for item in self.items))
        require_distinct("face", (face.place_id for face in self.faces))
        require(self.level_mm >= 0, f"level_mm must not be negative: {self.level_mm}")
        require(self.orders_per_list >= 1, f"orders_per_list must be at least 1, not {self.orders_per_list}")
        require_distinct("place of current", (place for _, place in self.current))
        for item in self.items:
            require(item.picks >= 0 and item.mm3 >= 0, f"picks or volume of {item.sku} is negative")
            require(item.grams >= 0 and item.faces >= 1, f"weight of {item.sku} is negative, or it wants no face")
        for face in self.faces:
            on_floor = self.floor is None or face.place_id in self.floor.spots
            require(on_floor, f"face {face.place_id} is not on the floor")

    @property
    def walks(self) -> bool:
        """Whether past orders can be walked again; else the distance of each face stands for the walks.

        A face outside all aisles, as on an open floor, has no place in the sweep of a walk: then distances decide too.
        """
        floor = self.floor
        return floor is not None and bool(self.history) and all(floor.aisle(face.place_id) for face in self.faces)

    def reach_mm(self, face: Face) -> int:
        """What the level of a face costs a pick, in mm."""
        return self.level_mm * abs(face.level - self.handy_level)

    def pick_mm(self, face: Face) -> int:
        """What one pick from the face costs: there and back, and the reach, in mm."""
        return 2 * face.distance_mm + self.reach_mm(face)

    def fault(self, item: ItemDemand, face: Face) -> str:
        """Why the face is not for the item; nothing when it is."""
        faults = (
            (item.mm3 > face.mm3, "too small"),
            (item.grams > face.grams, "too weak"),
            (item.hazard and not face.hazard_ok, "not for hazardous goods"),
            (face.owner not in ("", item.owner), f"kept for {face.owner}"),
            (item.grams > self.heavy_g and face.level > self.handy_level, "too high for a heavy item"),
        )
        return next((said for broken, said in faults if broken), "")

    @property
    def reserve_mm(self) -> int:
        """What one pick of an item without a face costs: as from beyond the worst face."""
        return 2 * max((self.pick_mm(face) for face in self.faces), default=0) + 1


@dataclass(frozen=True)
class Options:
    """`rounds_max`: passes of exchanges over all faces. `trials_max`: exchanges tried against the walks.

    `moves_max`: start from where items are and move at most so many times (None: as the planner likes).
    """

    rounds_max: int = 3
    seed: int = 0
    trials_max: int = 3_000_000
    moves_max: int | None = None
    seconds_max: float = 60.0


DEFAULT = Options()


class Move(NamedTuple):
    """Carry an item from a face to another, in this order; AWAY stands for reserve or a cart.

    `saved_mm_per_order` is the chain's saving shared by its moves; the moves of a chain belong together.
    """

    sku: str
    from_face: int
    to_face: int
    saved_mm_per_order: float
    chain: int


@dataclass(frozen=True)
class Plan:
    """Faces as (sku, place) by sku, items without a face, and the cost of all picks of the period in mm.

    `moves` lead there from `current`, the best saving per move first; the walks are means per order of past orders
    that the planner did not learn from (None without history); `method` says what won: velocity, route, or as it is.
    """

    faces: tuple[tuple[str, int], ...]
    unplaced: tuple[str, ...]
    cost_mm: int
    moves: tuple[Move, ...] = ()
    walk_before_mm: float | None = None
    walk_after_mm: float | None = None
    method: str = "velocity"
    limit_hit: bool = False

    @property
    def place_of(self) -> Mapping[str, int]:
        """Place of each item that has a face; of the first of its faces when it has several."""
        return dict(reversed(self.faces))
