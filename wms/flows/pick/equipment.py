"""What a list needs before it is begun: a cart, and empty totes."""

from __future__ import annotations

from wms.db import Tx
from wms.flows.engine import NoWork
from wms.queries import walks


class NoFreeCart(NoWork):
    """Every cart is out."""

    sentence = "No free cart. Bring one back from the stations."


class NoFreeTotes(NoWork):
    """The totes of the next list are still at the stations."""

    sentence = "Too few empty totes. Pack some orders first."


def check(tx: Tx) -> None:
    """Raise NoFreeCart or NoFreeTotes when the next list could not be begun."""
    if walks.free_cart(tx, 0) is None:
        raise NoFreeCart
    if not walks.totes_suffice(tx):
        raise NoFreeTotes
