"""Who may be the same person: keys that people are compared by, and orders that look like twins. Nothing is merged."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import phonenumbers
from sqlalchemy import ColumnElement, and_, bindparam, func, select, update

from wms.db import Tx, table_of
from wms.models.decisions import Twin
from wms.models.orders import Order, Recipient
from wms.queries.orders import in_parts

orders, recipients, twins = table_of(Order), table_of(Recipient), table_of(Twin)
RELAYS = ("privaterelay.appleid.com", "relay.firefox.com", "mozmail.com", "duck.com", "simplelogin.com")
FAMILY_FIRST = {"CN", "HU", "JP", "KR", "TW", "VN"}  # countries whose people write the family's name first
CROWD = 6  # a telephone that more orders share belongs to a forwarder or a shop, not to a person
FEW = 1000  # orders whose keys are looked up one by one; for more of them the whole campaign is read
NO_DIGIT = re.compile(r"\D")
KEYS = ("mail_key", "phone_key", "place_key")
GROUP_MAX = 60  # orders compared with each other; whoever shares an address with more needs no list of all
STRENGTH = ("telephone", "e-mail but for its tag", "address", "e-mail")  # the strongest last
WHY = {"place_key": "address", "mail_key": "e-mail", "phone_key": "telephone"}

rekey = (
    update(recipients)
    .where(recipients.c.id == bindparam("recipient"))
    .values({name: bindparam(f"new_{name}") for name in KEYS})
)
alive = and_(orders.c.state != "cancelled", orders.c.parent_id.is_(None))
people = select(
    *(orders.c.id, orders.c.campaign_id, orders.c.number, orders.c.state),
    *(recipients.c[name] for name in ("email", *KEYS)),
).join(recipients, recipients.c.id == orders.c.recipient_id)


class Hit(NamedTuple):
    """Another order that may be the same person's: its id, its number and why."""

    order_id: int
    number: str
    why: str


def keys(person: Any) -> dict[str, str]:
    """Return the keys of a recipient's row; an empty key says nothing about who it is."""
    place = place_key(person.name, person.line1, person.postal_code, person.country)
    return {
        "mail_key": mail_key(person.email),
        "phone_key": phone_key(person.phone, person.country),
        "place_key": place,
    }


def mail_key(email: str) -> str:
    """Return an e-mail as it is compared: case and +tag do not count."""
    local, at, domain = email.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" if at and local and domain else ""


def phone_key(phone: str, country: str) -> str:
    """Return the digits of a telephone number with its country's, so that +43 316 and 0316 from Austria are one.

    Fewer digits than six tell nobody apart.
    """
    text = phone.replace("(0)", "")
    digits = NO_DIGIT.sub("", text)
    if len(digits) < 6 or len(set(digits)) == 1:
        return ""
    if text.strip().startswith("+") or digits.startswith("00"):
        return digits.removeprefix("00")[:20]
    calling = str(phonenumbers.country_code_for_region(country) or "")
    national = digits.lstrip("0")
    same = calling == "1" and len(national) == 11 and national.startswith("1")
    return (national if same else calling + national)[:20]


def place_key(name: str, line1: str, postal_code: str, country: str) -> str:
    """Return a digest of surname and address, or nothing when one of them is missing."""
    words = name.split()
    if not words or not line1.strip():
        return ""
    surname = words[0] if country in FAMILY_FIRST else words[-1]
    parts = ("".join(filter(str.isalnum, part.casefold())) for part in (surname, line1, postal_code, country))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


def refresh(tx: Tx, rows: Iterable[Any]) -> None:
    """Write the keys of recipients that changed; rows have their columns and `recipient_id`."""
    changed = []
    for row in rows:
        fresh = keys(row)
        if any(getattr(row, name) != value for name, value in fresh.items()):
            changed.append({"recipient": row.recipient_id} | {f"new_{name}": value for name, value in fresh.items()})
    if changed:
        tx.execute(rekey, changed)


# --- twins ---


def look_alikes(tx: Tx, rows: Sequence[Any]) -> dict[int, list[Hit]]:
    """Return order id -> the other orders of its campaign that look like the same person's, the strongest hit each.

    `rows` have `id`, `campaign_id` and the keys, which are up to date. Pairs that somebody told apart are left out;
    relays never match by mail.
    """
    if not rows:
        return {}
    found: dict[tuple[int, int], str] = {}
    members: dict[int, Any] = {}
    for name in KEYS:
        for group in groups(tx, name, rows):
            members |= {row.id: row for row in group}
            for pair, why in hits(name, group[:GROUP_MAX]):
                found[pair] = max(why, found.get(pair, why), key=STRENGTH.index)
    for pair in told_apart(tx, members):
        found.pop(pair, None)
    result: dict[int, list[Hit]] = defaultdict(list)
    for (low, high), why in sorted(found.items()):
        result[low].append(Hit(high, members[high].number, why))
        result[high].append(Hit(low, members[low].number, why))
    return result


def groups(tx: Tx, name: str, rows: Sequence[Any]) -> list[list[Any]]:
    """Return orders of a campaign that share one key, in groups of at least two."""
    key = recipients.c[name]
    campaigns = sorted({row.campaign_id for row in rows})
    here: list[ColumnElement[bool]] = [orders.c.campaign_id.in_(campaigns), alive, key != ""]
    shared = sorted({getattr(row, name) for row in rows} - {""})
    if len(rows) > FEW:
        joined = select(key).select_from(orders.join(recipients, recipients.c.id == orders.c.recipient_id))
        often = joined.where(*here).group_by(orders.c.campaign_id, key).having(func.count() > 1)
        shared = sorted({row[0] for row in tx.all(often)})
    found: dict[tuple[int, str], list[Any]] = defaultdict(list)
    # "+ 0" keeps SQLite from walking the whole campaign, or all orders that are no parts, instead of the keys.
    near = and_((orders.c.campaign_id + 0).in_(campaigns), (orders.c.parent_id + 0).is_(None))
    live = and_(near, orders.c.state != "cancelled")
    rows = [row for part in in_parts(shared) for row in tx.all(people.where(live, key.in_(part)))]
    for row in sorted(rows, key=lambda row: int(row.id)):
        found[row.campaign_id, getattr(row, name)].append(row)
    return [group for group in found.values() if len(group) > 1]


def sharing(tx: Tx, campaign_id: int) -> set[int]:
    """Return the orders of a campaign that share a key with another one, told apart or not.

    Who shares one in the whole house is known from the keys' index alone; only of those the orders are looked up.
    """
    found: set[int] = set()
    joined = orders.join(recipients, recipients.c.id == orders.c.recipient_id)
    near = and_((orders.c.campaign_id + 0) == campaign_id, (orders.c.parent_id + 0).is_(None))  # by the keys, as above
    for name in KEYS:
        key = recipients.c[name]
        often = [row[0] for row in tx.all(select(key).where(key != "").group_by(key).having(func.count() > 1))]
        for part in in_parts(often):
            here = select(key, orders.c.id).select_from(joined).where(near, orders.c.state != "cancelled")
            rows = tx.all(here.where(key.in_(part)))
            times = Counter(row[0] for row in rows)
            found |= {row.id for row in rows if times[row[0]] > 1}
    return found


def hits(name: str, group: Sequence[Any]) -> Iterable[tuple[tuple[int, int], str]]:
    """Yield the pairs of a group with why they are one; a crowd at one telephone is none."""
    if name == "phone_key" and len(group) > CROWD:
        return
    for one, other in combinations(group, 2):
        if name != "mail_key":
            yield (one.id, other.id), WHY[name]
        elif not one.mail_key.endswith(RELAYS):
            same = one.email.strip().casefold() == other.email.strip().casefold()
            yield (one.id, other.id), WHY[name] if same else "e-mail but for its tag"


def told_apart(tx: Tx, order_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return the pairs of which somebody said that both are shipped."""
    found: set[tuple[int, int]] = set()
    for part in in_parts(sorted(order_ids)):
        pairs = select(twins.c.low_id, twins.c.high_id).where(twins.c.low_id.in_(part))
        found |= {(row.low_id, row.high_id) for row in tx.all(pairs)}
    return found


def in_words(found: Sequence[Hit]) -> str:
    """Return hits as a sentence: "Same e-mail as order 12. Same address as order 14, 15."."""
    by_why: dict[str, list[str]] = defaultdict(list)
    for hit in found:
        by_why[hit.why].append(hit.number)
    ranked = sorted(by_why.items(), key=lambda each: -STRENGTH.index(each[0]))
    return " ".join(f"Same {why} as order {', '.join(numbers)}." for why, numbers in ranked)
