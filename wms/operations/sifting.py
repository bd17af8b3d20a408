"""New orders are mapped and judged in memory before they are written: once for all that chose the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from wms import barcodes
from wms.db import Tx, table_of
from wms.formats.orders.fresh import Fresh, Parts
from wms.models.campaigns import Campaign
from wms.operations import judging, matching
from wms.operations.judging import Case, Doubts, Judgement, Law
from wms.queries import rewards as maps
from wms.queries.rewards import Catalogue
from wms.settings import Settings

campaigns = table_of(Campaign)
UID_MAX = 60
KNOWN_MAX = 8_000  # choices that are remembered
NOTHING: frozenset[int] = frozenset()


class Meant(NamedTuple):
    """What a choice comes to: item id -> units, the shape, what is doubtful about it, its items with customs gaps."""

    lines: Mapping[int, int]
    shape: str
    units: int
    doubts: Doubts
    gaps: frozenset[int]


class Newcomer(NamedTuple):
    """A new order as the review sees one: the columns that it looks at."""

    name: str
    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country: str
    phone: str
    email: str
    campaign_id: int
    reward: str
    n_lines: int
    content_locked_at: datetime | None


class Sifted(NamedTuple):
    """A new order with all that is written of it, in the order of intake's columns; without a law nobody judged it."""

    row: Fresh
    code: str
    person: tuple[str, ...]  # address, uid, keys
    meant: Meant
    judged: Judgement | None

    def parts(self) -> Parts:
        """Return what it is made of besides its row, in plain things."""
        return self.code, self.person, tuple(self.meant), tuple(self.judged) if self.judged else None

    @classmethod
    def of(cls, row: Fresh, parts: Parts) -> Sifted:
        """Return what these were the parts of."""
        code, person, meant, judged = parts
        return cls(row, code, person, Meant._make(meant), Judgement._make(judged) if judged else None)


@dataclass
class Sieve:
    """What the new orders of one campaign are mapped and judged by, and what was worked out already."""

    campaign: Any
    catalogue: Catalogue
    law: Law | None = None
    known: dict[Any, Meant] = field(default_factory=dict)

    def find(self, row: Fresh) -> Meant:
        """Return what a row's choice comes to."""
        country = row.to["country"] if self.catalogue.rules.regional else ""
        answers = row.facts.get("answers") or {}
        key = (tuple(map(tuple, row.facts["items"])), tuple(answers.items()), country)
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= KNOWN_MAX:
                self.known.clear()
            found = self.known[key] = self.meant(row.facts, country)
        return found

    def meant(self, facts: Mapping[str, Any], country: str) -> Meant:
        """Work out what a choice comes to in a country."""
        found = self.catalogue.meaning(maps.chosen(facts), country)
        gaps = frozenset(found.lines.keys() & self.law.gaps.keys()) if self.law else NOTHING
        return Meant(found.lines, found.shape, sum(found.lines.values()), judging.lacks(found), gaps)

    def sift(self, row: Fresh) -> Sifted:
        """Return a new order ready to be written."""
        meant = self.find(row)
        address = tuple(row.to.values())  # as many texts as a newcomer begins with
        newcomer = Newcomer._make((*address, self.campaign.id, row.reward, len(meant.lines), None))
        keys = matching.keys(newcomer)
        judged = None
        if self.law:
            case = Case(newcomer, row.facts, self.catalogue, {}, content=meant.gaps, choice=meant.doubts)
            judged = judging.judge(case, self.law)
        code = barcodes.code("OR", f"{self.campaign.code}-{row.number}")
        uid = str(row.facts.get("uid") or "")[:UID_MAX] if judged else ""
        return Sifted(row, code, (*address, uid, *(keys.values() if judged else ("", "", ""))), meant, judged)

    def sift_all(self, rows: Sequence[Fresh]) -> dict[str, Sifted]:
        """Return new orders by number."""
        return {row.number: self.sift(row) for row in rows}


def sieve_of(tx: Tx, campaign: Any, settings: Settings | None = None) -> Sieve:
    """Return what a campaign's new orders are mapped by now and, with the site's settings, judged by."""
    law = judging.law(tx, settings.site.country, settings.review.balance_tolerance) if settings else None
    return Sieve(campaign, maps.catalogue(tx, campaign.id), law)


def still_good(tx: Tx, sieve: Sieve) -> Sieve:
    """Return a sieve itself while nothing that it goes by has changed, else a new one."""
    campaign = tx.one(select(campaigns).where(campaigns.c.id == sieve.campaign.id))
    law = judging.law(tx, sieve.law.home, sieve.law.tolerance) if sieve.law else None
    assert campaign is not None
    if campaign.map_version == sieve.catalogue.version and law == sieve.law:
        return sieve
    return replace(sieve, campaign=campaign, catalogue=maps.catalogue(tx, campaign.id), law=law, known={})
