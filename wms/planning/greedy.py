"""A first division into lists: a far order, then whoever saves most by joining, until the list is full.

The saving is the walk alone and the walk of the list, less the walk of both together (Clarke & Wright, Operations
Research 12(4), 1964), worked out anew for every joining.
"""

from __future__ import annotations

from wms.planning import annealing
from wms.planning.annealing import Memory, Task
from wms.planning.speed import kernel, uncounted
from wms.planning.strides import PICKS
from wms.planning.walking import Numbers


@kernel
@uncounted
def seeded(
    task: Task,
    memory: Memory,
    known: tuple[Numbers, Numbers, Numbers],
    group_of: Numbers,
    room: tuple[Numbers, Numbers],
) -> None:
    """Open a list with the order that walks farthest, and add the like that saves most, until none fits.

    `known` are the orders by distance, their likes, and their costs alone; group_of is written.
    """
    farthest = known[0]
    members, load = room
    for order in range(len(group_of)):
        group_of[order] = -1
    group = -1
    for seed in farthest:
        if group_of[seed] >= 0:
            continue
        group += 1
        for kind in range(len(load)):
            load[kind] = 0
        count, cost, joins = 0, 0, seed
        while joins >= 0:
            members[count] = joins
            count += 1
            group_of[joins] = group
            for kind in range(len(load)):
                load[kind] += task.sizes[joins * len(load) + kind]
            cost = annealing.walked(task, memory, members, count) // PICKS
            joins = best_join(task, memory, known, (group_of, members, load), (count, cost))


@kernel
@uncounted
def best_join(
    task: Task,
    memory: Memory,
    known: tuple[Numbers, Numbers, Numbers],
    now: tuple[Numbers, Numbers, Numbers],
    group: tuple[int, int],
) -> int:
    """The like of the first or the last member that saves most by joining; else the farthest that fits; -1 if none."""
    farthest, near, alone = known
    group_of, members, load = now
    count, cost = group
    width = len(near) // len(group_of)
    best, saved = -1, -1
    for i in range(2 * width):
        like = near[members[0] * width + i] if i < width else near[members[count - 1] * width + i - width]
        if group_of[like] < 0 and joinable(task, like, load):
            members[count] = like
            value = annealing.walked(task, memory, members, count + 1)
            saving = cost + alone[like] - value // PICKS
            if saving > saved and annealing.crowd(task.picks_max, task.picks_price, value) == 0:
                best, saved = like, saving
    if best >= 0:
        return best
    for order in farthest:
        if group_of[order] < 0 and joinable(task, order, load):
            members[count] = order
            value = annealing.walked(task, memory, members, count + 1)
            if annealing.crowd(task.picks_max, task.picks_price, value) == 0:
                return int(order)
    return -1


@kernel
@uncounted
def joinable(task: Task, order: int, load: Numbers) -> bool:
    """Whether the order's sizes fit beside the load."""
    for kind in range(len(load)):  # noqa: SIM110  (a compiler that knows no generators)
        if load[kind] + task.sizes[order * len(load) + kind] > task.limits[kind]:
            return False
    return True
