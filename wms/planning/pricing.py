"""What many lists cost, in one call: a thousand calls of a kernel take longer than what they reckon."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from wms.planning import annealing
from wms.planning.annealing import Memory, Task
from wms.planning.speed import kernel, numbers, uncounted
from wms.planning.strides import PICKS
from wms.planning.walking import Numbers


def priced(task: Task, memory: Memory, groups: Sequence[Sequence[int]]) -> Numbers:
    """Return the cost in mm of every list of orders."""
    first = numbers([0, *accumulate(map(len, groups))])
    costs = numbers([0] * len(groups))
    price_all(task, memory, (first, numbers(order for group in groups for order in group)), costs)
    return costs


@kernel
@uncounted
def price_all(task: Task, memory: Memory, lists: tuple[Numbers, Numbers], costs: Numbers) -> None:
    """Write the cost of every list; list i has the orders members[first[i]:first[i + 1]]."""
    first, members = lists
    for i in range(len(costs)):
        count = 0
        for k in range(first[i], first[i + 1]):
            memory.members[count] = members[k]
            count += 1
        costs[i] = annealing.walked(task, memory, memory.members, count) // PICKS
