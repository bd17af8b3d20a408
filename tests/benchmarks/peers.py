"""Other solvers of the same round trip, as far as they are installed; none of them is a dependency."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from wms.planning import exchanges, speed

Solver = Callable[[Any], Sequence[int]]
"""A square matrix of distances -> the places in the order of a round trip."""


def nearest_and_exchanges(far: Any) -> list[int]:
    """Nearest neighbour, then 2-opt and Or-opt until nothing helps."""
    count = len(far)
    walk, left = [0], set(range(1, count))
    while left:
        walk.append(min(left, key=lambda place: (far[walk[-1]][place], place)))
        left.remove(walk[-1])
    order = speed.numbers([*walk, count])  # back to where it began, as a place of its own
    closed = [[int(far[a % count][b % count]) for b in range(count + 1)] for a in range(count + 1)]
    flat, ranks = speed.numbers([n for row in closed for n in row]), speed.numbers([0] * (count + 1))
    exchanges.search(flat, order, ranks, speed.numbers([0] * (3 * count + 3)), (0, 1))
    return [int(place) for place in order[:-1]]


def lin_kernighan(far: Any) -> list[int]:
    """LKH, through elkai."""
    import elkai

    return list(elkai.DistanceMatrix(far.tolist()).solve_tsp())[:-1]


def or_tools(far: Any) -> list[int]:
    """OR-Tools: first solution and local search, as it comes."""
    from ortools.constraint_solver import pywrapcp

    manager = pywrapcp.RoutingIndexManager(len(far), 1, 0)
    model = pywrapcp.RoutingModel(manager)
    cost = model.RegisterTransitMatrix(far.tolist())
    model.SetArcCostEvaluatorOfAllVehicles(cost)
    found = model.Solve()
    tour, index = [], model.Start(0)
    while not model.IsEnd(index):
        tour.append(manager.IndexToNode(index))
        index = found.Value(model.NextVar(index))
    return tour


PEERS: tuple[tuple[str, str, Solver], ...] = (
    ("NN+2-opt+Or-opt", "wms", nearest_and_exchanges),
    ("LKH", "elkai", lin_kernighan),
    ("OR-Tools", "ortools", or_tools),
)


def available() -> list[tuple[str, Solver]]:
    """Name and solver of those that are installed."""
    return [(name, solve) for name, package, solve in PEERS if find_spec(package)]


def missing() -> list[str]:
    """Names of those that are not."""
    return [name for name, package, _ in PEERS if not find_spec(package)]
