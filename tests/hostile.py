"""Scans as nobody should make them: labels, links and codes of ours, whole and spoilt, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from biip.checksums import gs1_standard_check_digit

from wms.barcodes import PREFIXES, Profile, Scanned, code, layouts, understand

AIMS = ("", "", "]C1", "]C0", "]E0", "]E4", "]e0", "]d1", "]d2", "]Q1", "]Q3", "]I1", "]A0", "]L0", "]z0", "]Y9", "]c1")
CHARS = "0123456789ABCXYZabc-/.()<>{}|^%&?=+ "
ODD = "\x1d\x1d\x1d]\x00\x01\x1c\x1e\x1f\n\r\t\u200f\u202e\u2066\ufeffßéà٣४²½\ud800\udfff📦\u2028"


def digits(random: Random, count: int) -> str:
    """So many random digits."""
    return "".join(random.choices("0123456789", k=count))


def checked(random: Random, count: int) -> str:
    """A number of so many digits with the right check digit, mostly."""
    body = digits(random, count - 1)
    return body + (str(gs1_standard_check_digit(body)) if random.random() < 0.9 else digits(random, 1))


def text(random: Random, most: int) -> str:
    """A lot or a serial number."""
    return "".join(random.choices(CHARS[:20] + "-/.", k=random.randint(1, most)))


def element(random: Random) -> str:
    """One element string, mostly a right one."""
    ai = random.choice(("00", "01", "02", "10", "11", "13", "15", "17", "21", "30", "37", "3103", "8003", "8006", "99"))
    if ai in ("00", "01", "02"):
        return ai + checked(random, 18 if ai == "00" else 14)
    if ai in ("11", "13", "15", "17"):
        return f"{ai}{random.randint(0, 99):02d}{random.randint(0, 13):02d}{random.randint(0, 32):02d}"
    if ai in ("30", "37"):
        return ai + digits(random, random.randint(1, 9))
    fixed = {"3103": lambda: digits(random, 6), "8006": lambda: checked(random, 14) + "0101"}
    return ai + (fixed[ai]() if ai in fixed else text(random, 22))


def label(random: Random) -> str:
    """A GS1 label of one to five elements."""
    between = random.choice(("\x1d", "\x1d", "", "\x1d\x1d", "<GS>", "|", "^]"))
    return random.choice(AIMS) + between.join(element(random) for _ in range(random.randint(1, 5)))


def link(random: Random) -> str:
    """A GS1 digital link."""
    query = "&".join(f"{each[:2]}={each[2:]}" for each in (element(random) for _ in range(random.randint(0, 4))))
    return f"{random.choice(AIMS)}https://example.test/01/{checked(random, 14)}/10/{text(random, 8)}?{query}"


def ours(random: Random) -> str:
    """One of our codes, sometimes through another keyboard."""
    made = code(random.choice(sorted(PREFIXES)), "-".join(digits(random, 2) for _ in range(random.randint(1, 4))))
    host = random.choice((layouts.US, layouts.US, layouts.GERMAN, layouts.FRENCH))
    return random.choice(AIMS) + made.translate(str.maketrans(layouts.US, host))


def noise(random: Random) -> str:
    """Anything; once in a while ten thousand characters of it."""
    count = 10_000 if random.random() < 0.0005 else random.randint(0, 60)
    return random.choice(AIMS) + "".join(random.choices(CHARS + ODD, k=count))


def number(random: Random) -> str:
    """A number of a usual length."""
    return random.choice(AIMS) + checked(random, random.choice((2, 7, 8, 12, 13, 14, 16, 18, 20, 24)))


def spoilt(random: Random, made: str) -> str:
    """A text with up to three things wrong: characters lost, doubled, replaced or put in; cut; twice."""
    for _ in range(random.randint(0, 3)):
        at = random.randint(0, len(made))
        other = random.choice(CHARS + ODD)
        made = random.choice(
            (made[:at] + made[at + 1 :], made[:at] + other + made[at:], made[:at] + other + made[at + 1 :], made[:at])
        )
    return made * 2 if random.random() < 0.01 else made


def scans(seed: int, count: int) -> Iterator[str]:
    """So many scans."""
    random = Random(seed)
    for _ in range(count):
        yield spoilt(random, random.choice((label, label, label, link, ours, number, noise))(random))


def survive(scan: str, profiles: list[Profile]) -> Scanned:
    """Understand a scan, as it came and by every profile; raises AssertionError when what came of it cannot be used."""
    for profile in profiles:
        profile.normal(scan)
    found = understand(scan)
    assert found.shown.isprintable(), scan
    assert all(number.isdigit() for number in found.inside), scan
    for reading in found.readings:
        assert reading.count is None or reading.count > 0, scan
        assert reading.lot != "", scan
        assert reading.serial != "", scan
    assert found.key is None or not found.readings, scan
    return found
