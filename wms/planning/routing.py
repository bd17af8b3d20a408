"""In which order to walk the places of a pick list: the shortest walk, from its start to its end.

exact      a sweep over the aisles (see `states`), for floors of a few cross aisles
beyond     the same sweep with some of the cross aisles closed, then exchanges of stretches (see `exchanges`)
by rank    heavy before light, fragile last: exact as well (see `precedence`)
by style   a rule that people know by heart, such as the S-shape (see `guided`)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import get_args

from wms.planning import exchanges, guided, precedence, retracing, speed
from wms.planning.ground import Ground, prepare
from wms.planning.layout import Floor
from wms.planning.problems import require
from wms.planning.styles import Corner, Style


@dataclass(frozen=True)
class Problem:
    """Places to visit between start and end, all by id; a place named twice is visited once.

    `ranks` are none, or one a stop: every stop of a lower rank is visited before any of a higher one (0 heavy,
    1 light, 2 fragile, say). A place that is named with two ranks has the higher one.
    """

    floor: Floor
    stops: tuple[int, ...]
    start: int
    end: int
    ranks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for place_id in (*self.stops, self.start, self.end):
            self.floor.spot(place_id)
        counts = f"{len(self.ranks)} ranks for {len(self.stops)} stops"
        require(len(self.ranks) in (0, len(self.stops)), counts)

    def rank(self) -> dict[int, int]:
        """The rank of every place, 0 when there are none."""
        rank: dict[int, int] = {}
        for stop, value in zip(self.stops, self.ranks or [0] * len(self.stops), strict=True):
            rank[stop] = max(value, rank.get(stop, value))
        return rank


@dataclass(frozen=True)
class Options:
    """`style`: a walking style instead of the shortest walk. `exact_cross_aisles`: up to how many the sweep takes, and
    `ranked_cross_aisles` with ranks, when it measures many walks.

    `rounds_max` limits the search beyond, `sweeps_max` the choices of cross aisles that it begins with, `pairs_max`
    the walks that are measured for ranks.
    """

    exact_cross_aisles: int = 5
    rounds_max: int = 50
    seed: int = 0
    style: Style = "exact"
    ranked_cross_aisles: int = 3
    pairs_max: int = 200
    sweeps_max: int = 8

    def __post_init__(self) -> None:
        require(self.rounds_max >= 0, f"rounds_max must not be negative, but is {self.rounds_max}")
        require(self.style in get_args(Style), f"unknown walking style {self.style}")


DEFAULT = Options()


@dataclass(frozen=True)
class Plan:
    """Every stop once, in walking order, without start and end; the whole walk from start to end in mm.

    `corners` are (x, y) of the turns of a walk by a style, from start to end; without them every way is the shortest.
    """

    order: tuple[int, ...]
    length_mm: int
    corners: tuple[Corner, ...] = ()


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """The shortest walk (exact on floors of a few cross aisles), or the one of a walking style."""
    if options.style != "exact":
        return _styled(problem, options.style)
    rank = problem.rank()
    groups = [[stop for stop in rank if rank[stop] == value] for value in sorted(set(rank.values()))]
    if len(groups) > 1:
        return _ranked(problem, groups, options)
    return _free(problem, tuple(rank), options)


def round_trips(floor: Floor, lists: Sequence[Collection[int]], options: Options = DEFAULT) -> list[Plan]:
    """A walk from start to end of the floor for each list of places, as `plan` finds it; it is made ready once."""
    problems = [Problem(floor, tuple(dict.fromkeys(places)), *floor.ends) for places in lists]
    if options.style != "exact" or not is_swept(floor, options):
        return [plan(problem, options) for problem in problems]
    ground = _ready(floor, *floor.ends, {stop for problem in problems for stop in problem.stops})
    return [_free(problem, problem.stops, options, ground) for problem in problems]


def is_swept(floor: Floor, options: Options = DEFAULT) -> bool:
    """Whether walks between places in the aisles of this floor are shortest because they are swept."""
    return not floor.is_one_way and len(floor.cross_mm) <= options.exact_cross_aisles


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: every stop exactly once, nothing else, ranks kept, and the length is the length."""
    broken = [f"place {stop} is not visited" for stop in sorted(set(problem.stops) - set(plan.order))]
    broken += [f"place {stop} is not on the list" for stop in sorted(set(plan.order) - set(problem.stops))]
    if len(set(plan.order)) != len(plan.order):
        broken.append("a place is visited twice")
    if broken:
        return broken
    rank = problem.rank()
    broken += [f"place {a} comes before place {b}" for a, b in pairwise(plan.order) if rank[a] > rank[b]]
    if plan.corners:
        return broken + guided.faults(problem.floor, _all(problem, plan.order), plan.corners, plan.length_mm)
    if problem.floor.length(_all(problem, plan.order)) != plan.length_mm:
        broken.append(f"the walk is not {plan.length_mm} mm long")
    return broken


def baseline(problem: Problem) -> Plan:
    """S-shape: aisle after aisle from the start's side, up one and down the next; rank by rank."""
    floor, start, rank = problem.floor, problem.floor.spot(problem.start), problem.rank()
    columns: dict[tuple[int, int], list[int]] = {}
    for stop in rank:
        spot = floor.spot(stop)
        columns.setdefault((spot.x, spot.column), []).append(stop)
    ordered = sorted(columns, key=lambda key: key[0], reverse=_from_the_right(columns, start.x))
    up = start.y <= sum(floor.cross_mm) / len(floor.cross_mm)
    order: list[int] = []
    for index, key in enumerate(ordered):
        climbs = up == (index % 2 == 0)
        order += sorted(columns[key], key=lambda stop: (floor.spot(stop).y, stop), reverse=not climbs)
    return _walked(problem, sorted(order, key=rank.__getitem__))


def _from_the_right(columns: dict[tuple[int, int], list[int]], x: int) -> bool:
    xs = [key[0] for key in columns]
    return bool(xs) and abs(x - max(xs)) < abs(x - min(xs))


def _walked(problem: Problem, order: Iterable[int]) -> Plan:
    order = tuple(order)
    return Plan(order, problem.floor.length(_all(problem, order)))


def _all(problem: Problem, stops: Iterable[int]) -> tuple[int, ...]:
    return (problem.start, *stops, problem.end)


def _styled(problem: Problem, style: Style) -> Plan:
    require(not problem.floor.is_one_way, f"{style} does not know one-way aisles: choose the style exact")
    require(len(set(problem.ranks)) <= 1, f"{style} does not know ranks: choose the style exact")
    ends = (problem.floor.spot(problem.start), problem.floor.spot(problem.end))
    order, corners = guided.walked(problem.floor, tuple(dict.fromkeys(problem.stops)), ends, style)
    return Plan(tuple(order), guided.length(corners), tuple(corners))


# --- the shortest walk ---


def _free(problem: Problem, stops: tuple[int, ...], options: Options, ground: Ground | None = None) -> Plan:
    floor = problem.floor
    if not floor.is_one_way:
        if not stops or len({_line(floor, place) for place in _all(problem, stops)}) == 1:
            return _in_one_line(problem, stops)
        if is_swept(floor, options) and _can_sweep(problem, stops):
            length, order = _swept(problem, ground or _ready(floor, problem.start, problem.end, stops), stops)
            return Plan(tuple(_nearest_first(problem, order)), length)
    return _searched(problem, _starts(problem, stops, options), options)


def _ready(floor: Floor, start: int, end: int, stops: Iterable[int]) -> Ground:
    """The floor as the sweep wants it now."""
    ground = prepare(floor, start, end, stops)
    return ground if speed.running() else ground.lists()


def _line(floor: Floor, place_id: int) -> tuple[int, int]:
    """The line a place is on: its aisle, or one of its own on the open floor."""
    column = floor.spot(place_id).column
    return (column, 0) if column >= 0 else (-1, place_id)


def _can_sweep(problem: Problem, stops: Iterable[int]) -> bool:
    """No one-way aisle, and no stop in the open, from where one may walk straight to another."""
    inner = set(stops) - {problem.start, problem.end}
    return not problem.floor.is_one_way and all(problem.floor.spot(stop).column >= 0 for stop in inner)


def _in_one_line(problem: Problem, stops: tuple[int, ...]) -> Plan:
    """All in one aisle: to the nearer turning point first, then through to the other, then to the end."""
    upward = sorted(stops, key=lambda stop: (problem.floor.spot(stop).y, stop))
    return min((_walked(problem, order) for order in (upward, upward[::-1])), key=lambda plan: plan.length_mm)


def _swept(problem: Problem, ground: Ground, stops: Sequence[int]) -> tuple[int, list[int]]:
    """Length and exact order: of points as the sweep finds them, of places at one point by id."""
    in_open = [stop for stop in stops if stop not in ground.points]  # the start or the end itself
    places: dict[int, list[int]] = {}
    for stop in sorted(stops):
        if stop in ground.points:
            places.setdefault(ground.points[stop], []).append(stop)
    points = sorted({*places, *ground.home})
    length, order = (
        retracing.order(ground, points) if points else (problem.floor.distance(problem.start, problem.end), [])
    )
    inner = [place for point in order for place in places.get(point, ())]
    first = [stop for stop in in_open if stop == problem.start]
    return length, [*first, *inner, *(stop for stop in in_open if stop not in first)]


def _nearest_first(problem: Problem, order: list[int]) -> list[int]:
    """A round trip is as long either way: begin with the nearer end."""
    first, last = (problem.floor.distance(problem.start, stop) for stop in (order[0], order[-1]))
    return order[::-1] if problem.start == problem.end and last < first else order


# --- by rank ---


def _ranked(problem: Problem, groups: Sequence[Sequence[int]], options: Options) -> Plan:
    floor = problem.floor
    stops = [stop for group in groups for stop in group]
    exact = len(floor.cross_mm) <= options.ranked_cross_aisles and precedence.pairs(groups) <= options.pairs_max
    if exact and all(floor.spot(stop).column >= 0 for stop in stops) and not floor.is_one_way:
        ends = precedence.chained(floor, groups, problem.start, problem.end)
        parts = (
            _free(Problem(floor, tuple(group), *way), tuple(group), options)
            for group, way in zip(groups, ends, strict=True)
        )
        return _walked(problem, [stop for part in parts for stop in part.order])
    starts = _starts(replace(problem, ranks=()), tuple(stops), options)
    rank = problem.rank()
    return _searched(problem, [sorted(order, key=rank.__getitem__) for order in starts], options)


# --- where no sweep tells the whole truth ---


def _starts(problem: Problem, stops: tuple[int, ...], options: Options) -> list[Sequence[int]]:
    """Walks to begin a search with: the S-shape, and the exact ones when only some of the cross aisles are open."""
    floor = problem.floor
    starts: list[Sequence[int]] = [baseline(problem).order]
    if stops and _can_sweep(problem, stops) and len({_line(floor, place) for place in _all(problem, stops)}) > 1:
        for rows in _most_useful(floor, _all(problem, stops), options):
            ground = _ready(replace(floor, cross_mm=rows), problem.start, problem.end, stops)
            starts.append(_swept(problem, ground, stops)[1])
    return starts


def _most_useful(floor: Floor, places: Sequence[int], options: Options) -> list[tuple[int, ...]]:
    """As many cross aisles as a sweep takes, in several choices: those first to which the places have a short way."""
    ys = [floor.spot(place).y for place in places]
    ways = {row: [abs(y - row) for y in ys] for row in floor.cross_mm}
    size = min(len(ways), max(2, options.exact_cross_aisles))

    def far(rows: tuple[int, ...]) -> int:
        return sum(map(min, zip(*(ways[row] for row in rows), strict=True)))

    return sorted(combinations(floor.cross_mm, size), key=far)[: options.sweeps_max]


def _searched(problem: Problem, starts: Sequence[Sequence[int]], options: Options) -> Plan:
    """The best walk that exchanges make of the best start."""
    best = min((_walked(problem, order) for order in starts), key=lambda plan: plan.length_mm)
    if len(best.order) < 2:
        return best
    rank = problem.rank()
    places = _all(problem, best.order)
    far = [problem.floor.distance(a, b) for a in places for b in places]
    ranks = [min(rank.values()), *(rank[stop] for stop in best.order), max(rank.values())]
    walk = exchanges.ordered(far, range(len(places)), ranks, (options.rounds_max, options.seed))
    return _walked(problem, [places[index] for index in walk[1:-1]])
