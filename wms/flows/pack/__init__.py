"""Pack: scan a tote, verify every unit into a parcel, choose the carton, weigh, and scan the label that comes out."""

from wms.flows.pack import screens, story
from wms.flows.pack.hand import flow

__all__ = ["flow", "screens", "story"]
