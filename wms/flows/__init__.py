"""Stories: one table of states per flow, run by the engine. FLOWS is all of them, in the order of the menu."""

from wms.flows import count, load, lookup, move, pack, pick, putaway, receive, replenish, sort
from wms.flows.engine import Flow

FLOWS: dict[str, Flow] = {
    module.flow.name: module.flow
    for module in (receive, putaway, pick, sort, pack, load, replenish, move, count, lookup)
}
