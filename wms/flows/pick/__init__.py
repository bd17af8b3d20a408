"""Pick: a list on a cart, bin by bin, unit by unit into its totes, and down at a pack station."""

from __future__ import annotations

from wms.flows.pick import trouble
from wms.flows.pick.walk import flow

__all__ = ["flow", "trouble"]
