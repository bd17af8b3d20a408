"""What people decided about orders, who else an order may belong to, and what a campaign does not send to."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from wms.db import Tx, table_of
from wms.formats.reward_map import Chosen
from wms.models.campaigns import Campaign
from wms.models.decisions import AddressChange, CountryRule, Decision, DecisionRow
from wms.models.orders import Hold, Order, Recipient
from wms.models.people import Operator
from wms.models.shipping import Parcel
from wms.queries.rewards import chosen

decisions, rows, orders = table_of(Decision), table_of(DecisionRow), table_of(Order)
recipients, holds, parcels, campaigns = table_of(Recipient), table_of(Hold), table_of(Parcel), table_of(Campaign)
operators, address_changes, rules = table_of(Operator), table_of(AddressChange), table_of(CountryRule)
in_force = and_(decisions.c.id == rows.c.decision_id, decisions.c.undone_at.is_(None))
CHAIN_MAX = 5  # merged into what was merged
OTHERS_MAX = 200

merges = (
    select(rows.c.order_id, rows.c.into_id, orders.c.number, orders.c.raw, decisions.c.id.label("decision_id"))
    .join(decisions, in_force)
    .join(orders, orders.c.id == rows.c.order_id)
    .where(decisions.c.kind == "merge", orders.c.state == "cancelled")
    .order_by(rows.c.id)
)


def merged_items(tx: Tx, order_ids: Sequence[int]) -> dict[int, tuple[Chosen, ...]]:
    """Return order id -> what was chosen in the orders that were merged into it, over some generations."""
    root = {each: each for each in order_ids}
    found: dict[int, list[Chosen]] = defaultdict(list)
    heads = list(order_ids)
    for _ in range(CHAIN_MAX):
        below = tx.all(merges.where(rows.c.into_id.in_(heads)))
        for row in below:
            root[row.order_id] = root[row.into_id]
            found[root[row.into_id]] += chosen(json.loads(row.raw))
        heads = [row.order_id for row in below]
        if not heads:
            break
    return {order_id: tuple(parts) for order_id, parts in found.items()}


def merged_into(tx: Tx, order_id: int) -> list[Row[Any]]:
    """Return the orders that were merged into one."""
    return tx.all(merges.where(rows.c.into_id == order_id))


last_decision = (
    select(decisions)
    .where(decisions.c.undone_at.is_(None), decisions.c.kind != "")
    .order_by(decisions.c.id.desc())
    .limit(1)
)


def last_of(tx: Tx, operator_id: int) -> Row[Any] | None:
    """Return the latest decision of a person that still stands."""
    return tx.one(last_decision.where(decisions.c.operator_id == operator_id))


def decision_of(tx: Tx, decision_id: int) -> Row[Any] | None:
    """Return one decision."""
    return tx.one(select(decisions).where(decisions.c.id == decision_id))


def rows_of(tx: Tx, decision_id: int) -> list[Row[Any]]:
    """Return what a decision did, with the orders' states and locks now and the holds, in the order of the orders."""
    now = (orders.c.state, orders.c.number, orders.c.content_locked_at, orders.c.address_locked_at, orders.c.erased_at)
    wanted = select(rows, *now, holds.c.code, holds.c.cleared_at, holds.c.cleared_by)
    joined = wanted.join(orders, orders.c.id == rows.c.order_id).outerjoin(holds, holds.c.id == rows.c.hold_id)
    return tx.all(joined.where(rows.c.decision_id == decision_id).order_by(rows.c.order_id, rows.c.id))


def decisions_about(tx: Tx, order_id: int) -> list[Row[Any]]:
    """Return the decisions about an order, the newest first, with where it was merged or kept."""
    into = orders.alias("into")
    wanted = select(decisions, rows.c.into_id, into.c.number.label("into"), operators.c.name.label("operator"))
    joined = wanted.join(rows, rows.c.decision_id == decisions.c.id).outerjoin(into, into.c.id == rows.c.into_id)
    named = joined.outerjoin(operators, operators.c.id == decisions.c.operator_id)
    return tx.all(named.where(rows.c.order_id == order_id).order_by(decisions.c.id.desc()))


# --- addresses ---


def address_changes_of(tx: Tx, order_id: int) -> list[dict[str, Any]]:
    """Return who corrected an order's address and how: `fields` is {field: [before, after]}, people's data."""
    wanted = select(address_changes, operators.c.name.label("operator")).outerjoin(
        operators, operators.c.id == address_changes.c.operator_id
    )
    found = tx.all(wanted.where(address_changes.c.order_id == order_id).order_by(address_changes.c.id.desc()))
    return [dict(row._mapping) | {"fields": json.loads(row.fields)} for row in found]


# --- who else it is ---


def same_person(order: Any) -> Any:
    """Return what finds the orders of one person in all campaigns: the platform's number, or the mail address."""
    ways = [recipients.c.uid == order.uid] if order.uid else []
    ways += [recipients.c.mail_key == order.mail_key] if order.mail_key else []
    return or_(*ways) if ways else recipients.c.id == order.recipient_id


n_open = select(func.count()).where(holds.c.order_id == orders.c.id, holds.c.cleared_at.is_(None)).scalar_subquery()
n_parcels = select(func.count()).where(parcels.c.order_id == orders.c.id, parcels.c.state != "void").scalar_subquery()
of_somebody = (
    select(*(orders.c[name] for name in ("id", "number", "state", "reward", "units", "country", "imported_at")))
    .add_columns(*(orders.c[name] for name in ("shipped_at", "campaign_id", "content_locked_at", "parent_id")))
    .add_columns(*(recipients.c[name] for name in ("name", "line1", "line2", "city", "postal_code", "email", "phone")))
    .add_columns(recipients.c.state.label("to_state"), campaigns.c.code.label("campaign"))
    .add_columns(n_open.label("n_holds"), n_parcels.label("n_parcels"))
    .join(recipients, recipients.c.id == orders.c.recipient_id)
    .join(campaigns, campaigns.c.id == orders.c.campaign_id)
    .order_by(orders.c.id.desc())
)


def orders_of_person(tx: Tx, order: Any) -> list[Row[Any]]:
    """Return all orders of the person behind an order, in all campaigns, itself included, the newest first."""
    return tx.all(of_somebody.where(same_person(order)).limit(OTHERS_MAX))


def orders_by_id(tx: Tx, order_ids: Sequence[int]) -> list[Row[Any]]:
    """Return orders as the page of a person shows them."""
    return tx.all(of_somebody.where(orders.c.id.in_(order_ids)))


# --- countries ---


def country_rules(tx: Tx) -> list[Row[Any]]:
    """Return the countries that get nothing: of which campaign (None: of all), why, since when and by whom."""
    wanted = select(rules, campaigns.c.code.label("campaign"), operators.c.name.label("operator"))
    joined = wanted.outerjoin(campaigns, campaigns.c.id == rules.c.campaign_id)
    named = joined.outerjoin(operators, operators.c.id == rules.c.operator_id)
    return tx.all(named.order_by(rules.c.country, rules.c.campaign_id))
