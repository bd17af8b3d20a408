"""The free room of a carton while it is filled, as the largest empty cuboids that fit in it.

Every empty cuboid that cannot grow in any direction is kept, so they overlap. A box that is put in cuts each cuboid it
touches into at most six smaller ones: left and right of it, before and behind it, below and above it; those that lie
inside another are dropped (Lai & Chan, Computers & Industrial Engineering 32, 1997: maximal spaces).

A cuboid is x1, y1, z1, x2, y2, z2 in mm. Where goods may not float (`stand`), the cuboid above a box reaches no
further than the box, and two neighbours of one height are joined, so that whatever is in a cuboid stands on something.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wms.planning.speed import kernel

Ints = npt.NDArray[np.int64]


@kernel
def apart(a: Ints, b: Ints) -> bool:
    """Return whether two cuboids have no volume in common."""
    return bool(
        a[3] <= b[0] or b[3] <= a[0] or a[4] <= b[1] or b[4] <= a[1] or a[5] <= b[2] or b[5] <= a[2]
    )  # fmt: skip


@kernel
def inside(a: Ints, b: Ints) -> bool:
    """Return whether cuboid a lies in cuboid b, or is equal."""
    return bool(
        a[0] >= b[0] and a[1] >= b[1] and a[2] >= b[2] and a[3] <= b[3] and a[4] <= b[4] and a[5] <= b[5]
    )  # fmt: skip


@kernel
def write(target: Ints, source: Ints) -> None:
    """Make the first six numbers of a row equal to another's (a loop compiles many times faster than a slice)."""
    for k in range(6):
        target[k] = source[k]


@kernel
def roomy(space: Ints, least: int) -> bool:
    """Return whether a unit with no side below `least` could go in."""
    return bool(space[3] - space[0] >= least and space[4] - space[1] >= least and space[5] - space[2] >= least)


@kernel
def split(space: Ints, box: Ints, stand: bool, out: Ints) -> int:
    """Write the up to six cuboids that `box` leaves of `space` to `out`; return how many."""
    n = 0
    for axis in range(3):
        if box[axis] > space[axis]:
            write(out[n], space)
            out[n, axis + 3] = box[axis]
            n += 1
        if box[axis + 3] < space[axis + 3]:
            write(out[n], space)
            out[n, axis] = box[axis + 3]
            if axis == 2 and stand:
                for side in range(2):
                    out[n, side] = max(space[side], box[side])
                    out[n, side + 3] = min(space[side + 3], box[side + 3])
            n += 1
    return n


@kernel
def cut(spaces: Ints, n: int, box: Ints, rule: Ints, fresh: Ints) -> int:
    """Take `box` out of the first `n` spaces, in place; return how many there are then.

    `rule` is the least side of any unit (narrower cuboids are useless) and 1 where goods may not float. `fresh` is
    workspace. When the spaces outgrow their array the rest is forgotten: room is lost, nothing else.
    """
    kept, new = 0, 0
    for i in range(n):
        if apart(spaces[i], box):
            if kept < i:
                write(spaces[kept], spaces[i])
            kept += 1
        elif new + 6 <= fresh.shape[0]:
            new = sift(fresh, new, split(spaces[i], box, rule[1] == 1, fresh[new:]), int(rule[0]))
    if rule[1] == 1:
        new = join(spaces, kept, new, int(box[5]), fresh)
    return merge(spaces, kept, new, fresh)


@kernel
def sift(fresh: Ints, start: int, more: int, least: int) -> int:
    """Keep those of the `more` cuboids from `start` on that are roomy; return the end."""
    end = start
    for i in range(start, start + more):
        if roomy(fresh[i], least):
            if end < i:
                write(fresh[end], fresh[i])
            end += 1
    return end


@kernel
def join(spaces: Ints, n: int, new: int, level: int, fresh: Ints) -> int:
    """Add to `fresh` the cuboids that span a new one on `level` and a neighbour that stands as high; return the end."""
    end = new
    for i in range(new):
        if fresh[i, 2] != level:
            continue
        for j in range(n + i):
            other = spaces[j] if j < n else fresh[j - n]
            if other[2] == level and end < fresh.shape[0]:
                end += span(fresh[i], other, fresh[end])
    return end


@kernel
def span(a: Ints, b: Ints, out: Ints) -> int:
    """Write the cuboid over both bases, where they touch along x or along y; return 1 when there is one, else 0."""
    for axis in range(2):
        other = 1 - axis
        low, high = max(a[other], b[other]), min(a[other + 3], b[other + 3])
        touching = a[axis] <= b[axis + 3] and b[axis] <= a[axis + 3]
        longer = min(a[axis], b[axis]) < a[axis] or max(a[axis + 3], b[axis + 3]) > a[axis + 3]
        if touching and longer and low < high:
            out[axis], out[axis + 3] = min(a[axis], b[axis]), max(a[axis + 3], b[axis + 3])
            out[other], out[other + 3] = low, high
            out[2], out[5] = a[2], min(a[5], b[5])
            if not (inside(out, a) or inside(out, b)):
                return 1
    return 0


@kernel
def merge(spaces: Ints, n: int, new: int, fresh: Ints) -> int:
    """Append the new cuboids that lie in no other; return how many spaces there are."""
    end = n
    for i in range(new):
        useful = end < spaces.shape[0]
        for j in range(n):
            if useful and inside(fresh[i], spaces[j]):
                useful = False
        for j in range(new):
            if useful and j != i and inside(fresh[i], fresh[j]) and (j < i or not inside(fresh[j], fresh[i])):
                useful = False
        if useful:
            write(spaces[end], fresh[i])
            end += 1
    return end
