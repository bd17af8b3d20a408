"""Gives out invented recipients from many countries; no two share a telephone, or a home with a surname."""

from __future__ import annotations

import random

from wms.formats.invented_lands import Country, countries
from wms.formats.invented_people import ENGLISH_FIRST, ENGLISH_LAST
from wms.formats.orders.rows import Recipient

FIRST = (
    *ENGLISH_FIRST, "Anke", "Benoît", "Chiara", "Dagny", "Élodie", "Femke", "Göran", "Hanne", "Inês", "Joaquín",
    "Käthe", "Loïc", "Maëlle", "Nuria", "Øystein", "Paavo", "Radka", "Søren", "Tereza", "Uwe", "Vilma", "Wiebke",
    "Ximena", "Zofia",
)  # fmt: skip
LAST = (
    *ENGLISH_LAST, "Achtermeer", "Bergström", "Castelnovo", "Dubrova", "Engelhart", "Fjellheim", "Grönlund", "Havelaar",
    "Ibarrola", "Jalkanen", "Kormoran", "Lindqvist", "Montclair", "Nyström", "Ouwehand", "Przybył", "Quintela", "Rozsa",
    "Sandvoß", "Teixeira", "Uusimaa", "Valderrama", "Wielgosz", "Ylönen", "Zeman", "Müllerin", "Ørsted", "Peñalba",
)  # fmt: skip
STREETS = (
    "Beacon Street", "Harbour Road", "Lantern Lane", "Mill Street", "Orchard Road", "Chapel Lane", "Station Road",
    "Willow Way", "Quarry Road", "Meadow Lane", "Juniper Street", "Ferry Road", "Copper Lane", "Rowan Avenue",
)  # fmt: skip
AFTER_STREET = (
    *("AT", "BE", "CH", "CZ", "DE", "DK", "FI", "HR", "HU", "IS"),
    *("LT", "NL", "NO", "PL", "RO", "SE", "SI", "SK"),
)
NUMBERS = 2_000


class Crowd:
    """The backers of a campaign from its `lands` largest countries, one after the other."""

    def __init__(self, rng: random.Random, lands: int) -> None:
        self.rng = rng
        self.lands = countries()[:lands]
        self.shares = [land.share for land in self.lands]
        self.given: dict[str, int] = {}
        self.homes: set[tuple[str, str, str]] = set()

    def next(self, serial: int) -> tuple[Recipient, Country]:
        """A new recipient and the country; the first ones are from each country once."""
        rng = self.rng
        land = self.lands[serial] if serial < len(self.lands) else rng.choices(self.lands, self.shares)[0]
        place = land.places[rng.randrange(len(land.places))]
        name, line1 = self._home(land, place.postal)
        line2 = f"Apt {rng.randint(1, 90)}" if rng.random() < 0.2 else ""
        nth = self.given.get(land.code, 0)
        self.given[land.code] = nth + 1
        where = (line1, line2, place.city, place.state, place.postal, land.code)
        return Recipient(name, *where, land.phone(nth)), land

    def _home(self, land: Country, postal: str) -> tuple[str, str]:
        rng = self.rng
        while True:
            last, street = LAST[rng.randrange(len(LAST))], STREETS[rng.randrange(len(STREETS))]
            number = rng.randint(1, NUMBERS)
            line1 = f"{street} {number}" if land.code in AFTER_STREET else f"{number} {street}"
            if (line1, postal, last) not in self.homes:
                self.homes.add((line1, postal, last))
                return f"{FIRST[rng.randrange(len(FIRST))]} {last}", line1
