"""Putaway."""

from __future__ import annotations

from wms.flows.engine import Flow

flow = Flow("putaway", "Putaway", ())
