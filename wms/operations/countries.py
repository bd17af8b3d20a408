"""Which countries get nothing, of one campaign or of all; orders to them are held, or let go, at once."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from wms.db import Tx, table_of
from wms.errors import BadInput, NotFound
from wms.models.campaigns import Campaign
from wms.models.decisions import CountryRule
from wms.models.orders import Order
from wms.operations import reviewing
from wms.operations.ledger import By
from wms.settings import Settings

rules, campaigns, orders = table_of(CountryRule), table_of(Campaign), table_of(Order)


def block(tx: Tx, settings: Settings, by: By, country: str, why: tuple[str, str]) -> int:
    """Send nothing to a country; `why` is (campaign's code or "" for all, reason). Returns the rule's id.

    Said again, the reason is replaced. Raises BadInput for a code of another form, NotFound.
    """
    code, reason = why[0], why[1].strip()
    if len(country) != 2 or not country.isascii() or not country.isupper():
        raise BadInput(field="country", why="two capitals, such as RU")
    if not reason:
        raise BadInput(field="reason", why="say why nothing is sent there")
    campaign = tx.value(select(campaigns.c.id).where(campaigns.c.code == code)) if code else None
    if code and campaign is None:
        raise NotFound(what=f"Campaign {code}")
    same = (rules.c.country == country, rules.c.campaign_id.is_not_distinct_from(campaign))
    facts = {"reason": reason[:200], "at": tx.now, "operator_id": by.operator_id}
    if not tx.execute(update(rules).where(*same).values(facts)).rowcount:
        tx.execute(insert(rules).values(country=country, campaign_id=campaign, **facts))
    review_again(tx, settings, country)
    return int(tx.value(select(rules.c.id).where(*same)))


def allow(tx: Tx, settings: Settings, by: By, rule_id: int) -> None:
    """Send to a country again. Raises NotFound."""
    country = tx.value(select(rules.c.country).where(rules.c.id == rule_id))
    if country is None:
        raise NotFound(what=f"Rule {rule_id}")
    tx.execute(delete(rules).where(rules.c.id == rule_id))
    review_again(tx, settings, str(country))


def review_again(tx: Tx, settings: Settings, country: str) -> None:
    """Review the orders to a country that are not released."""
    ids = [row.id for row in tx.all(select(orders.c.id).where(orders.c.country == country))]
    reviewing.review_all(tx, settings, ids)
