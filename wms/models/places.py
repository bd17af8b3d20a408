"""Places: bins, docks, stations, slots of a put-wall, carts and the outside, with their coordinates."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wms.db import Base

KINDS = ("bin", "reserve", "dock", "stage", "station", "slot", "cart", "quarantine", "problem", "outside")
# Ids of the outside: none above zero, so that one comparison tells a place with a balance from one without.
SUPPLIER, CUSTOMER, ADJUSTMENT, SCRAP, ASSEMBLY = -1, -2, -3, -4, 0
OUTSIDE = {SUPPLIER: "SUPPLIER", CUSTOMER: "CUSTOMER", ADJUSTMENT: "ADJUSTMENT", SCRAP: "SCRAP", ASSEMBLY: "ASSEMBLY"}


class Location(Base):
    """A place. `outside` places (supplier, customer, …) are the other side of moves in and out and hold no balance.

    Coordinates in mm on the floor plan; capacity 0 means unlimited. A bin keeps loose units; a reserve keeps LPNs.
    A slot is one order's compartment of the put-wall that stands at `station_id`.
    """

    __tablename__ = "location"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("kind <> 'slot' OR station_id IS NOT NULL", name="slot"),
        Index("ix_location_kind_zone", "kind", "zone"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(30), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    zone: Mapped[str] = mapped_column(String(8), default="")
    aisle: Mapped[str] = mapped_column(String(8), default="")
    bay: Mapped[int] = mapped_column(default=0)
    level: Mapped[int] = mapped_column(default=0)
    side: Mapped[str] = mapped_column(String(1), default="")
    x_mm: Mapped[int] = mapped_column(default=0)
    y_mm: Mapped[int] = mapped_column(default=0)
    capacity_mm3: Mapped[int] = mapped_column(BigInteger, default=0)
    capacity_g: Mapped[int] = mapped_column(default=0)
    hazard_ok: Mapped[bool] = mapped_column(default=False)
    station_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    active: Mapped[bool] = mapped_column(default=True)
