"""Small plans of every planner that a worker runs, so that their machine code is there before a shift needs it.

Parcels are not among them: they are planned while a packer waits, in a web process, which never compiles.
"""

from __future__ import annotations

from dataclasses import replace

from wms.planning import batching, routing, slotting, waves
from wms.planning.batching import Line, OrderDemand
from wms.planning.layout import Floor, Place, measure

AISLES, BAYS, PITCH_MM, BAY_MM = 3, 6, 3_000, 1_000


def warm() -> None:
    """Plan walks, pick lists, waves and shelves of a small floor; compiling takes a minute, once."""
    floor = _floor()
    places = tuple(place.id for place in floor.places[:-1])
    walk = routing.Problem(floor, places, floor.depot.id, floor.depot.id)
    for exact_cross_aisles in (5, 0):  # by the sweep, and by the search beyond it
        routing.plan(walk, routing.Options(exact_cross_aisles=exact_cross_aisles))
    orders = _orders(floor, places)
    batching.plan(orders, batching.THOROUGH)
    late = replace(orders, orders=tuple(replace(order, due=order.order_id // 12) for order in orders.orders))
    waves.plan(waves.Problem(late, 2, 1))
    slotting.plan(_shelves(floor, places))


def _floor() -> Floor:
    bins = [
        Place(1 + aisle * BAYS + bay, "A", aisle + 1, aisle * PITCH_MM, bay * BAY_MM)
        for aisle in range(AISLES)
        for bay in range(BAYS)
    ]
    rows = (-BAY_MM, 2 * BAY_MM + BAY_MM // 2, BAYS * BAY_MM)
    return measure(bins, Place(AISLES * BAYS + 1, "", 0, 0, -2 * BAY_MM), rows)


def _orders(floor: Floor, places: tuple[int, ...]) -> batching.Problem:
    orders = tuple(
        OrderDemand(
            number,
            tuple(
                Line(f"SKU-{at}", places[at], 1, 1_000)
                for at in {number % len(places), 3 * number % len(places), 7 * number % len(places)}
            ),
            1 + number % 3,
        )
        for number in range(1, 25)
    )
    return batching.Problem(orders, floor, 6, 1_000_000, 60)


def _shelves(floor: Floor, places: tuple[int, ...]) -> slotting.Problem:
    items = tuple(slotting.ItemDemand(f"SKU-{number}", 1 + number % 7, 1, faces=1) for number in range(len(places)))
    faces = tuple(slotting.Face(place, floor.distance(floor.depot.id, place), 1, 10) for place in places)
    history = tuple((f"SKU-{number % 5}", f"SKU-{number % 11}") for number in range(120))
    now = tuple((item.sku, place) for item, place in zip(items, places, strict=True))
    return slotting.Problem(items, faces, floor=floor, history=history, current=now)
