"""In which order to walk the places of a pick list: the shortest walk, from its start to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from wms.planning import sweep
from wms.planning.layout import Floor
from wms.planning.problems import require


@dataclass(frozen=True)
class Problem:
    """Places to visit between start and end, all by id; a place named twice is visited once."""

    floor: Floor
    stops: tuple[int, ...]
    start: int
    end: int

    def __post_init__(self) -> None:
        for place_id in (*self.stops, self.start, self.end):
            self.floor.spot(place_id)


@dataclass(frozen=True)
class Options:
    """exact_cross_aisles: up to how many cross aisles the exact sweep is used; rounds_max limits the search beyond."""

    exact_cross_aisles: int = 3
    rounds_max: int = 50
    seed: int = 0

    def __post_init__(self) -> None:
        require(self.rounds_max >= 0, f"rounds_max must not be negative, but is {self.rounds_max}")


DEFAULT = Options()


@dataclass(frozen=True)
class Plan:
    """Every stop once, in walking order, without start and end; the whole walk from start to end in mm."""

    order: tuple[int, ...]
    length_mm: int


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """The shortest walk: exact on floors of a few cross aisles, improved by exchanges on all others."""
    stops = tuple(dict.fromkeys(problem.stops))
    if not stops or len({_column(problem, stop) for stop in _all(problem, stops)}) == 1:
        return _in_one_line(problem, stops)
    if _can_sweep(problem, stops, options):
        return _walked(problem, _nearest_first(problem, _swept(problem, stops)))
    return _walked(problem, _exchanged(problem, baseline(problem).order, options.rounds_max))


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: every stop exactly once, nothing else, and the length is the length."""
    broken = [f"place {stop} is not visited" for stop in sorted(set(problem.stops) - set(plan.order))]
    broken += [f"place {stop} is not on the list" for stop in sorted(set(plan.order) - set(problem.stops))]
    if len(set(plan.order)) != len(plan.order):
        broken.append("a place is visited twice")
    if not broken and problem.floor.length((problem.start, *plan.order, problem.end)) != plan.length_mm:
        broken.append(f"the walk is not {plan.length_mm} mm long")
    return broken


def baseline(problem: Problem) -> Plan:
    """S-shape: aisle after aisle from the start's side, up one and down the next."""
    floor, start = problem.floor, problem.floor.spot(problem.start)
    columns: dict[tuple[int, int], list[int]] = {}
    for stop in dict.fromkeys(problem.stops):
        spot = floor.spot(stop)
        columns.setdefault((spot.x, spot.column), []).append(stop)
    ordered = sorted(columns, key=lambda key: key[0], reverse=_from_the_right(columns, start.x))
    up = start.y <= sum(floor.cross_mm) / len(floor.cross_mm)
    order: list[int] = []
    for index, key in enumerate(ordered):
        climbs = up == (index % 2 == 0)
        order += sorted(columns[key], key=lambda stop: (floor.spot(stop).y, stop), reverse=not climbs)
    return _walked(problem, order)


def _from_the_right(columns: dict[tuple[int, int], list[int]], x: int) -> bool:
    xs = [key[0] for key in columns]
    return bool(xs) and abs(x - max(xs)) < abs(x - min(xs))


def _walked(problem: Problem, order: Sequence[int]) -> Plan:
    return Plan(tuple(order), problem.floor.length((problem.start, *order, problem.end)))


def _all(problem: Problem, stops: tuple[int, ...]) -> tuple[int, ...]:
    return (problem.start, *stops, problem.end)


def _column(problem: Problem, place_id: int) -> tuple[int, int]:
    """The line a place is swept on: its aisle, or a line of its own on the open floor."""
    column = problem.floor.spot(place_id).column
    return (column, 0) if column >= 0 else (-1, place_id)


def _can_sweep(problem: Problem, stops: tuple[int, ...], options: Options) -> bool:
    """Few cross aisles, and no stop in the open, from where one may walk straight to another."""
    inner = set(stops) - {problem.start, problem.end}
    in_aisles = all(problem.floor.spot(stop).column >= 0 for stop in inner)
    return in_aisles and len(problem.floor.cross_mm) <= options.exact_cross_aisles


def _in_one_line(problem: Problem, stops: tuple[int, ...]) -> Plan:
    """All in one aisle: to the nearer turning point first, then through to the other, then to the end."""
    upward = sorted(stops, key=lambda stop: (problem.floor.spot(stop).y, stop))
    return min((_walked(problem, order) for order in (upward, upward[::-1])), key=lambda plan: plan.length_mm)


# --- exact: translate to columns, sweep, read the order off the walk ---


def _swept(problem: Problem, stops: tuple[int, ...]) -> list[int]:
    floor = problem.floor
    keys = sorted({_column(problem, stop) for stop in _all(problem, stops)}, key=lambda key: (_x(problem, key), key))
    columns = [_swept_column(problem, stops, key) for key in keys]
    _, edges = sweep.shortest(columns, floor.cross_mm)
    index = {key: number for number, key in enumerate(keys)}
    places: dict[sweep.Vertex, list[int]] = {}
    for stop in sorted(stops):
        places.setdefault((index[_column(problem, stop)], 1, floor.spot(stop).y), []).append(stop)
    start = (index[_column(problem, problem.start)], 1, floor.spot(problem.start).y)
    walk = sweep.euler_walk(edges, start)
    return [stop for vertex in dict.fromkeys(walk) for stop in places.get(vertex, ())]


def _nearest_first(problem: Problem, order: list[int]) -> list[int]:
    """A round trip is as long either way: begin with the nearer end."""
    first, last = (problem.floor.distance(problem.start, stop) for stop in (order[0], order[-1]))
    return order[::-1] if problem.start == problem.end and last < first else order


def _x(problem: Problem, key: tuple[int, int]) -> int:
    return problem.floor.aisles[key[0]].x_mm if key[0] >= 0 else problem.floor.spot(key[1]).x


def _swept_column(problem: Problem, stops: tuple[int, ...], key: tuple[int, int]) -> sweep.Column:
    members = [stop for stop in _all(problem, stops) if _column(problem, stop) == key]
    points = tuple(sorted({problem.floor.spot(stop).y for stop in members}))
    odd: frozenset[int] = frozenset()
    for end in (problem.start, problem.end):
        if _column(problem, end) == key:
            odd ^= {problem.floor.spot(end).y}
    return sweep.Column(_x(problem, key), points, odd)


# --- beyond: 2-opt and Or-opt from the S-shape (Croes 1958; Or 1976) ---


def _exchanged(problem: Problem, order: Sequence[int], rounds_max: int) -> list[int]:
    walk = [problem.start, *order, problem.end]
    for _ in range(rounds_max):
        if not (_reversed_once(problem.floor, walk) | _moved_once(problem.floor, walk)):
            break
    return walk[1:-1]


def _reversed_once(floor: Floor, walk: list[int]) -> bool:
    """One pass of 2-opt: turn every stretch that is shorter the other way round."""
    better = False
    for i in range(1, len(walk) - 2):
        for j in range(i + 1, len(walk) - 1):
            before, first, last, after = walk[i - 1], walk[i], walk[j], walk[j + 1]
            old = floor.distance(before, first) + floor.distance(last, after)
            if floor.distance(before, last) + floor.distance(first, after) < old:
                walk[i : j + 1] = walk[i : j + 1][::-1]
                better = True
    return better


def _moved_once(floor: Floor, walk: list[int]) -> bool:
    """One pass of Or-opt: take every stretch of one to three stops to where it costs least."""
    better = False
    for size in (1, 2, 3):
        for i in range(1, len(walk) - size):
            better |= _moved(floor, walk, i, size)
    return better


def _moved(floor: Floor, walk: list[int], i: int, size: int) -> bool:
    piece, rest = walk[i : i + size], walk[:i] + walk[i + size :]
    gain = floor.length(walk[i - 1 : i + size + 1]) - floor.distance(walk[i - 1], walk[i + size])
    gain -= floor.length(piece)
    costs = (
        (floor.distance(a, piece[0]) + floor.distance(piece[-1], b) - floor.distance(a, b), at)
        for at, (a, b) in enumerate(pairwise(rest), start=1)
    )
    cost, at = min(costs)
    if cost < gain:
        walk[:] = [*rest[:at], *piece, *rest[at:]]
    return cost < gain
