"""What is doubtful about one order, by the code of the hold it leads to: the rules of the review, not its writing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from wms import addresses
from wms.db import Tx, table_of
from wms.formats.countries import Countries, read_countries
from wms.formats.reward_map import Chosen
from wms.models.decisions import CountryRule
from wms.models.items import Item
from wms.queries import surveys
from wms.queries.rewards import Catalogue, Sum, chosen
from wms.settings import share

items, country_rules = table_of(Item), table_of(CountryRule)
HOLDS: dict[str, tuple[str, str]] = {
    "PAYMENT": ("The pledge is not paid.", "supervisor"),
    "BALANCE_DUE": ("The backer still owes money.", "supervisor"),
    "SURVEY_MISSING": ("The backer has not answered the survey.", "office"),
    "SELECTION_MISSING": ("Nothing to send was chosen.", "office"),
    "SKU_UNMAPPED": ("The reward map lacks something the backer chose.", "office"),
    "ADDRESS_INVALID": ("The address cannot be right.", "office"),
    "ADDRESS_WARN": ("The address is doubtful.", "office"),
    "PHONE_MISSING": ("The telephone number is missing or wrong.", "office"),
    "DUPLICATE": ("Another order looks like the same backer's.", "office"),
    "NOTE_TO_READ": ("The creator left a note.", "office"),
    "COUNTRY_BLOCKED": ("Nothing is sent to this country.", "supervisor"),
    "CUSTOMS_DATA_MISSING": ("Customs will ask what we do not know.", "office"),
    "TAX_ID_MISSING": ("The country asks for a tax number.", "office"),
    "CANCELLED_UPSTREAM": ("The platform no longer has this order.", "supervisor"),
    "CHANGED_AFTER_LOCK": ("The report changed after the lock.", "supervisor"),
    "SHORT": ("Stock was missing when it was picked.", "supervisor"),
    "PILOT_WRONG": ("The second person found a pilot parcel wrong.", "supervisor"),
}
"""Code -> why, in a sentence, and who may clear it: the office (supervisors and admins), or a supervisor."""
CLEARED_BY = {"office": frozenset({"supervisor", "admin"}), "supervisor": frozenset({"supervisor"})}
FLOOR = {"CHANGED_AFTER_LOCK", "SHORT", "PILOT_WRONG"}  # opened by what happens later
REVIEWED = frozenset(HOLDS) - FLOOR  # what the review opens, and settles by itself
PAID = {"collected"}
DROPPED = {"dropped", "canceled", "cancelled"}
DETAIL_MAX = 300
Doubts = dict[str, str]
"""Code of a hold -> what is doubtful."""


class Judgement(NamedTuple):
    """What holds an order, what is only worth a remark, and by code the stamp of what was looked at."""

    doubts: Doubts
    remark: str
    stamps: dict[str, str]


@dataclass(frozen=True)
class Law:
    """What one review goes by. `home` is the warehouse's country; `blocked` (campaign or None, country) -> why not;
    `asked` are the questions of surveys that were sent, by campaign."""

    home: str = ""
    tolerance: Decimal = Decimal(0)
    countries: Countries = field(default_factory=lambda: read_countries(share() / "config" / "countries.toml"))
    blocked: Mapping[tuple[int | None, str], str] = field(default_factory=dict)
    gaps: Mapping[int, str] = field(default_factory=dict)
    asked: Mapping[int, tuple[surveys.Question, ...]] = field(default_factory=dict)

    def meets_customs(self, row: Any) -> bool:
        """Return whether an order's parcel crosses a customs border."""
        return self.countries.customs_between(self.home, row.country, row.postal_code)


class Case(NamedTuple):
    """An order to be judged: its row, its facts, what else is known of it."""

    row: Any
    facts: Mapping[str, Any]
    catalogue: Catalogue
    alike: dict[Any, Doubts]  # what was found for the same choice before, shared by the orders of one review
    twin: str = ""  # which other orders look like the same person's, in words
    content: frozenset[int] = frozenset()  # items of it whose customs data have gaps
    merged: tuple[Chosen, ...] = ()  # what came from orders that were merged into it
    choice: Doubts | None = None  # what is wrong with the choice, where that is known already


class Written(NamedTuple):
    """An address as the backer wrote it, country included, for the check."""

    name: str
    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country_code: str


def law(tx: Tx, home: str = "", tolerance: Decimal = Decimal(0)) -> Law:
    """Return what a review goes by now (three statements)."""
    blocked = {(row.campaign_id, row.country): row.reason for row in tx.all(select(country_rules))}
    return Law(home, tolerance, blocked=blocked, gaps=customs_gaps(tx) if home else {}, asked=surveys.sent(tx))


def customs_gaps(tx: Tx) -> dict[int, str]:
    """Return item id -> what customs ask of it and nobody wrote down, in words."""
    empty = (items.c.hs_code == "", items.c.origin == "", items.c.name == "")
    lacking = or_(*empty, items.c.weight_g == 0, items.c.value == 0)
    return {row.id: f"{row.sku} lacks {', '.join(gaps_of(row))}" for row in tx.all(select(items).where(lacking))}


def gaps_of(item: Any) -> list[str]:
    """Return which of its customs data an item lacks, in words."""
    known = {"tariff number": item.hs_code, "origin": item.origin, "weight": item.weight_g, "value": item.value}
    return [what for what, value in (known | {"description": item.name}).items() if not value]


def judge(case: Case, law: Law) -> Judgement:
    """Return everything that is doubtful about an order."""
    facts = case.facts
    found = money_doubts(facts, law.tolerance)
    if case.twin:
        found["DUPLICATE"] = case.twin
    if facts.get("notes"):
        found["NOTE_TO_READ"] = HOLDS["NOTE_TO_READ"][0]
    if not facts.get("survey"):
        found["SURVEY_MISSING"] = HOLDS["SURVEY_MISSING"][0]
        remark = ""  # without answers there is neither an address nor a choice to judge
    else:
        held, remark = address_doubts(case.row, facts, law.home)
        found |= survey_doubts(case, law) | choice_doubts(case) | border_doubts(case, law) | held
    return Judgement({code: detail[:DETAIL_MAX] for code, detail in found.items()}, remark, stamps(case, found))


def stamps(case: Case, found: Doubts) -> dict[str, str]:
    """Return by code a stamp of what was looked at: another address, note or number is another doubt."""
    if not found:
        return {}
    row, facts = case.row, case.facts
    place = (row.name, row.line1, row.line2, row.city, row.state, row.postal_code, row.country)
    seen = {
        "ADDRESS_INVALID": place,
        "ADDRESS_WARN": place,
        "PHONE_MISSING": (row.phone, row.country),
        "NOTE_TO_READ": (facts.get("notes") or "",),
        "BALANCE_DUE": (str(facts.get("balance")), str(facts.get("currency"))),
        "TAX_ID_MISSING": (str(facts.get("tax_id")), row.country),
    }
    return {code: stamp(seen[code]) for code in found if code in seen}


def stamp(parts: tuple[str, ...]) -> str:
    """Return a digest of what was looked at; case and blanks do not count."""
    text = "\n".join(" ".join(part.split()).casefold() for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# --- money ---


def money_doubts(facts: Mapping[str, Any], tolerance: Decimal) -> Doubts:
    """Return what is wrong with the pledge and its payment."""
    found: Doubts = {}
    status = facts.get("status") or "without a status"
    if status in DROPPED:
        found["CANCELLED_UPSTREAM"] = f"The pledge is {status}."
    elif status not in PAID:
        found["PAYMENT"] = f"The pledge is {status}, not collected."
    owed = balance(facts)
    if owed > tolerance:
        found["BALANCE_DUE"] = f"The backer still owes {owed:.2f} {facts.get('currency') or ''}".rstrip() + "."
    return found


def balance(facts: Mapping[str, Any]) -> Decimal:
    """Return what a backer owes; less than 0 is what was paid too much, and what cannot be read is nothing."""
    try:
        owed = Decimal(str(facts.get("balance") or 0))
    except InvalidOperation:
        return Decimal(0)
    return owed if owed.is_finite() else Decimal(0)


# --- what was chosen ---


def wanted(case: Case) -> list[Chosen]:
    """Return everything an order is to hold, what was merged into it included."""
    return [*chosen(case.facts), *case.merged]


def choice_doubts(case: Case) -> Doubts:
    """Return what is wrong with what the backer chose."""
    found = case.choice
    if found is None:
        everything, country = wanted(case), case.row.country
        same = (case.row.campaign_id, country, tuple(everything))
        if same not in case.alike:
            case.alike[same] = map_doubts(case.catalogue, everything, country)
        found = case.alike[same]
    if found or case.row.n_lines or case.merged:
        return found
    return {"SELECTION_MISSING": HOLDS["SELECTION_MISSING"][0]}


def survey_doubts(case: Case, law: Law) -> Doubts:
    """Return which questions of our own survey an order must answer and does not, while it still may."""
    asked = law.asked.get(case.row.campaign_id, ())
    if not asked or case.row.content_locked_at is not None:
        return {}
    missing = surveys.unanswered(asked, case.row.reward, case.facts)
    return {"SELECTION_MISSING": f"Not answered: {'; '.join(missing)}"} if missing else {}


def map_doubts(catalogue: Catalogue, everything: Sequence[Chosen], country: str) -> Doubts:
    """Return what the map cannot say about a choice; many backers choose the same."""
    return lacks(catalogue.meaning(everything, country))


def lacks(found: Sum) -> Doubts:
    """Return what the map lacks, or which answer."""
    if found.unmapped:
        told = "; ".join(f"{each[0]} {each[2]}" for each in found.unmapped)
        return {"SKU_UNMAPPED": f"Not in the reward map: {told}"}
    if found.unanswered:
        return {"SELECTION_MISSING": f"Not answered: {'; '.join(found.unanswered)}"}
    return {}


# --- where it goes ---


def address_doubts(row: Any, facts: Mapping[str, Any], home: str) -> tuple[Doubts, str]:
    """Return what the address check holds the order for, and its remarks."""
    held: dict[str, list[str]] = defaultdict(list)
    held[addresses.WARN] += facts.get("warnings") or []
    remarks = []
    for finding in check(row, facts, home):
        if finding.hold:
            held[finding.code].append(finding.sentence)
        else:
            remarks.append(finding.sentence)
    doubts = {code: " ".join(dict.fromkeys(sentences)) for code, sentences in held.items() if sentences}
    return doubts, " ".join(remarks)[:DETAIL_MAX]


def check(row: Any, facts: Mapping[str, Any], home: str) -> list[addresses.Finding]:
    """Return what the address check finds about a recipient's row; the country as the report spelled it."""
    country = row.country or facts.get("country") or ""
    written = Written(row.name, row.line1, row.line2, row.city, row.state, row.postal_code, country)
    return addresses.check(written, row.email, row.phone, home)


def border_doubts(case: Case, law: Law) -> Doubts:
    """Return what keeps a parcel from its country: our own rules, customs data, a tax number."""
    row, found = case.row, Doubts()
    why = law.blocked.get((case.row.campaign_id, row.country)) or law.blocked.get((None, row.country))
    if why:
        found["COUNTRY_BLOCKED"] = f"{row.country}: {why}"
    if not law.meets_customs(row):
        return found
    if case.content:
        found["CUSTOMS_DATA_MISSING"] = "; ".join(sorted(law.gaps[item] for item in case.content)) + "."
    asked = law.countries.tax_ids.get(row.country)
    number = str(case.facts.get("tax_id") or "")
    if asked and not asked.valid(number):
        state = "is not valid" if number.strip() else "is missing"
        found["TAX_ID_MISSING"] = f"{row.country} asks for a {asked.name}; it {state}."
    return found
