"""Invented recipients from a dozen countries: names, addresses and telephones that pass the checks and are nobody's."""

from __future__ import annotations

import random
from dataclasses import dataclass

from wms.formats.orders.rows import Recipient


@dataclass(frozen=True)
class Land:
    """How an address of one country is invented. `phone` takes a running number; `share` is its weight among orders."""

    code: str
    name: str
    share: int
    places: tuple[tuple[str, str, str], ...]  # city, state, postal code
    street: str
    streets: tuple[str, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]
    phones: tuple[str, ...]
    shipping: int  # dollars


ENGLISH_FIRST = (
    "Pat", "Ines", "Tess", "Rowan", "Marlo", "Jude", "Corin", "Della", "Emrys", "Faye", "Gwen", "Hollis", "Isla",
    "Joss", "Kit", "Lowell", "Mara", "Nell", "Orin", "Perrin", "Quill", "Rhea", "Sable", "Tamsin", "Una", "Vesper",
)  # fmt: skip
ENGLISH_LAST = (
    "Roe", "Vale", "O'Dell", "Ashgrove", "Brindle", "Copperfield", "Dunmore", "Eastlake", "Fenwright", "Greymoor",
    "Hathersedge", "Inglewick", "Juniper", "Kestrelby", "Larkhill", "Mossford", "Netherby", "Oakhollow", "Pemberlow",
    "Quickwater", "Ravenhurst", "Stillwell", "Thornbury-Day", "Underhill", "Wexcombe", "Yarrowdale",
)  # fmt: skip
STREETS = ("Beacon", "Harbour", "Lantern", "Mill", "Orchard", "Chapel", "Station", "Willow", "Quarry", "Meadow")

LANDS = (
    Land("US", "United States", 40,
         (("Boston", "MA", "02108"), ("Portland", "OR", "97205"), ("Austin", "TX", "78701"), ("Denver", "CO", "80202"),
          ("Madison", "WI", "53703"), ("Newark", "NJ", "07102"), ("Tucson", "AZ", "85701"), ("Duluth", "MN", "55802")),
         "{n} {s} Street", STREETS, ENGLISH_FIRST, ENGLISH_LAST,
         ("+1617555{:04d}", "+1503555{:04d}", "+1512555{:04d}", "+1303555{:04d}", "+1608555{:04d}"), 12),
    Land("GB", "United Kingdom", 14,
         (("London", "", "E1 6AN"), ("Leeds", "", "LS1 4AP"), ("Bristol", "", "BS1 5TR"), ("Edinburgh", "", "EH1 1YZ")),
         "{n} {s} Lane", STREETS, ENGLISH_FIRST, ENGLISH_LAST,
         ("+44207946{:04d}", "+44113496{:04d}", "+44117496{:04d}", "+44131496{:04d}"), 14),
    Land("DE", "Germany", 12,
         (("Berlin", "", "10115"), ("Hamburg", "", "20095"), ("Köln", "", "50667"), ("München", "", "80331")),
         "{s} {n}", ("Mühlenweg", "Leuchtturmstraße", "Hafengasse", "Musterallee", "Lindenstraße", "Am Deich"),
         ("Anke", "Bernd", "Jörg", "Käthe", "Uwe", "Silke", "Lutz", "Heike", "Torben", "Grete"),
         ("Beispiel", "Muster", "Probst", "Großmann", "Müllerin", "Sandvoß", "Deichgräber", "Kranz", "Übelacker"),
         ("+493023125{:03d}", "+494066969{:03d}", "+496990009{:03d}", "+498999998{:03d}"), 15),
    Land("CA", "Canada", 8,
         (("Toronto", "ON", "M5V 2T6"), ("Vancouver", "BC", "V6B 1A1"), ("Montréal", "QC", "H2Y 1C6")),
         "{n} {s} Avenue", STREETS, ENGLISH_FIRST, ENGLISH_LAST,
         ("+1416555{:04d}", "+1604555{:04d}", "+1514555{:04d}"), 16),
    Land("AU", "Australia", 5,
         (("Sydney", "NSW", "2000"), ("Melbourne", "VIC", "3000"), ("Hobart", "TAS", "7000")),
         "{n} {s} Road", STREETS, ENGLISH_FIRST, ENGLISH_LAST, ("+6128000{:04d}", "+6139000{:04d}"), 22),
    Land("FR", "France", 5,
         (("Paris", "", "75011"), ("Lyon", "", "69002"), ("Brest", "", "29200")),
         "{n} rue {s}", ("du Phare", "de l'Exemple", "des Écluses", "du Vieux Moulin"),
         ("Aurélie", "Benoît", "Chloé", "Élodie", "Loïc", "Maëlle"), ("Exemplaire", "Dufanal", "Lanternier", "Démo"),
         ("+331990{:05d}",), 15),
    Land("NL", "Netherlands", 4,
         (("Amsterdam", "", "1012 AB"), ("Utrecht", "", "3511 LN"), ("Venlo", "", "5911 AA")),
         "{s} {n}", ("Damrak", "Voorbeeldweg", "Vuurtorenlaan", "Kade"),
         ("Jo", "Sjoerd", "Femke", "Maaike", "Joost"), ("Bos", "van Voorbeeld", "de Proef", "Lantaarn"),
         ("+3120{:07d}",), 13),
    Land("SE", "Sweden", 3,
         (("Tyresö", "", "135 44"), ("Malmö", "", "211 20"), ("Umeå", "", "903 26")),
         "{s} {n}", ("Provgatan", "Fyrvägen", "Exempelstigen"),
         ("Bo", "Åsa", "Björn", "Linnéa"), ("Lind", "Öberg", "Provström", "Fyrlund"), ("+468465{:05d}",), 15),
    Land("JP", "Japan", 3,
         (("Shinjuku-ku", "Tokyo", "160-0022"), ("Kita-ku", "Osaka", "530-0001")),
         "{n}-2-3 {s}", ("Mihon", "Todai-cho", "Rei"),
         ("花子", "太郎", "蓮", "陽菜"), ("見本", "灯台", "例文", "試山"), ("+81367{:06d}",), 20),
    Land("PL", "Poland", 3,
         (("Warszawa", "", "00-950"), ("Kraków", "", "31-001"), ("Gdańsk", "", "80-831")),
         "{s} {n}", ("Próbna", "Latarniana", "Przykładowa"),
         ("Ewa", "Łukasz", "Zofia", "Michał"), ("Łoś", "Próbowska", "Latarnik"), ("+4822{:07d}",), 14),
    Land("NZ", "New Zealand", 2, (("Wellington", "", "6011"), ("Dunedin", "", "9016")),
         "{n} {s} Terrace", STREETS, ENGLISH_FIRST, ENGLISH_LAST, ("+6448{:06d}",), 22),
    Land("CH", "Switzerland", 1, (("Zürich", "", "8001"), ("Bern", "", "3011")),
         "{s} {n}", ("Mustergasse", "Laternenweg"), ("Reto", "Ursina", "Beat"), ("Musterli", "Probst", "Lampe"),
         ("+4144{:07d}",), 16),
)  # fmt: skip
# Names that hurt careless software and belong to orders like any other.
AWKWARD = (
    "^XZ~JA Brindle",
    'Zoë "Lampkin" Đặng',
    "=SUM(A1:A9) Formula",
    "Null Island",
    "Κώστας Φάρος",
    "Robert'); DROP Quill",
    "Nils, Jr. Ågren",
    "山田 花子",
)
FIRST_LINE = {"US": 100, "CA": 100}  # 555-0100 and up are set aside for invented people


class People:
    """Gives out recipients; no two share a telephone or an address with a surname."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.given: dict[str, int] = {}
        self.homes: set[tuple[str, str, str]] = set()
        self.shares = [land.share for land in LANDS]

    def next(self) -> tuple[Recipient, Land]:
        """A new recipient and the country."""
        land = self.rng.choices(LANDS, self.shares)[0]
        city, state, postal = self.rng.choice(land.places)
        name, line1 = self._home(land, postal)
        line2 = self.rng.choice(("", "", "", "", f"Apt {self.rng.randint(1, 40)}"))
        return Recipient(name, line1, line2, city, state, postal, land.code, self._phone(land)), land

    def _home(self, land: Land, postal: str) -> tuple[str, str]:
        while True:
            last = self.rng.choice(land.last)
            first = self.rng.choice(land.first)
            line1 = land.street.format(n=self.rng.randint(1, 999), s=self.rng.choice(land.streets))
            if (line1, postal, last) not in self.homes:
                self.homes.add((line1, postal, last))
                return (f"{last} {first}" if land.code == "JP" else f"{first} {last}"), line1

    def _phone(self, land: Land) -> str:
        serial = self.given.get(land.code, 0)
        self.given[land.code] = serial + 1
        line = FIRST_LINE.get(land.code, 0) + serial // len(land.phones)
        return land.phones[serial % len(land.phones)].format(line)
