"""Receive: dock or receipt, then carton by carton, each unit counted against the packing list."""

from wms.flows.receive import arrivals, tracking, units
from wms.flows.receive.hand import flow

__all__ = ["arrivals", "flow", "tracking", "units"]
