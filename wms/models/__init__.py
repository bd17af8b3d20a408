"""Nouns: tables, constraints, tiny properties. Importing this package knows every table."""

from wms.models import (
    campaigns,
    counting,
    floor,
    inbound,
    items,
    jobs,
    labels,
    orders,
    outbound,
    people,
    places,
    printing,
    shipping,
    slotting,
    stock,
)

__all__ = [
    "campaigns",
    "counting",
    "floor",
    "inbound",
    "items",
    "jobs",
    "labels",
    "orders",
    "outbound",
    "people",
    "places",
    "printing",
    "shipping",
    "slotting",
    "stock",
]
