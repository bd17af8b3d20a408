"""Which cartons an order goes into and how: as few parcels as possible, then the cheapest, then the least void.

One carton that takes everything is looked for first, the cheapest at the head of the queue. When there is none the
units are divided: carton after carton is filled, which gives a plan and a number of parcels; then sets of fewer or
cheaper cartons are tried, from the fewest that volume and weight allow. How a carton is filled says `searching`;
whether a plan is true says `certificate`, which knows nothing of the search.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from wms.planning.bounds import fewest
from wms.planning.cartons import (
    ANY_WAY,
    THIS_SIDE_UP,
    Carton,
    Parcel,
    Placement,
    Plan,
    Problem,
    Unit,
    flat,
    takes_one,
)
from wms.planning.certificate import verify
from wms.planning.dividing import CHEAPER, DOGGED, FEWER, HARD, MANY, QUICK, STUBBORN, Divider, Filled, steps
from wms.planning.packer import Effort

__all__ = [
    "ANY_WAY",
    "THIS_SIDE_UP",
    "Carton",
    "Options",
    "Parcel",
    "Placement",
    "Plan",
    "Problem",
    "Unit",
    "baseline",
    "fewest",
    "flat",
    "plan",
    "verify",
]


@dataclass(frozen=True)
class Options:
    """How hard to search: blocks looked at for one problem; `seconds_max` is a safety net.

    `quick` for a first plan, `hard` for a cheaper carton, `dogged` and then `stubborn` for a parcel less. Nothing is
    left to chance: the seed changes nothing.
    """

    seed: int = 0
    looks: int = 600_000
    seconds_max: float = 60.0
    quick: Effort = QUICK
    hard: Effort = HARD
    dogged: Effort = DOGGED
    stubborn: Effort | None = None


DEFAULT = Options(stubborn=STUBBORN)


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """As few parcels as possible, then the least cost, then the least room; never worse than the baseline."""
    units, refused = _packable(problem)
    if not units:
        return _plan(problem, [], units, refused)
    divider = Divider(problem, units, options.looks, options.seconds_max)
    single = _single(divider, options)
    if single:
        return _plan(problem, [single], units, refused)
    ways = list(_divided(divider, options))
    if divider.looks <= 0 or divider.late:
        ways.append(_by_kind(divider))
    found = min(ways, key=lambda parcels: _price(problem, parcels))
    return replace(_plan(problem, found, units, refused), limit_hit=divider.late)


def baseline(problem: Problem) -> Plan:
    """Kind after kind in rows and layers, in the largest carton that takes it, as long as there are units."""
    units, refused = _packable(problem)
    return _plan(problem, _by_kind(Divider(problem, units, 0)), units, refused)


def _by_kind(divider: Divider) -> list[Filled]:
    """Every kind in cartons of its own, as a grid."""
    parcels = list[Filled]()
    large = sorted(divider.cheapest, key=lambda k: -divider.cartons[k].mm3)
    for k, left in enumerate(divider.all):
        carton, counts = next(c for c in large if divider.fits[c][k]), left
        while counts:
            tries = (divider.grid(carton, _only(len(divider.all), k, qty)) for qty in range(counts, 0, -1))
            parcels.append(next(filled for filled in tries if filled))
            counts -= sum(parcels[-1].counts)
    return parcels


def _only(kinds: int, kind: int, qty: int) -> tuple[int, ...]:
    return tuple(qty if k == kind else 0 for k in range(kinds))


def _packable(problem: Problem) -> tuple[list[Unit], list[Unit]]:
    fits = {unit.sku: any(takes_one(carton, unit) for carton in problem.cartons) for unit in problem.units}
    return [unit for unit in problem.units if fits[unit.sku]], [unit for unit in problem.units if not fits[unit.sku]]


def _single(divider: Divider, options: Options) -> Filled | None:
    """The cheapest carton that takes all: found by a quick search, or by a hard one among the cheaper ones."""
    found = divider.smallest(divider.all, options.quick)
    below = divider.price(found.carton) if found else None
    for carton in divider.cheapest:
        if below is not None and divider.price(carton) >= below:
            break
        hopeful = divider.could(carton, divider.all) and divider.promises((carton,))
        better = hopeful and divider.whole(carton, divider.all, options.hard)
        if better:
            return better
    return found


def _divided(divider: Divider, options: Options) -> Iterator[list[Filled]]:
    """Plans of several parcels, the first by filling carton after carton."""
    first, least = divider.one_by_one(options.quick), divider.least(MANY)
    if len(first) > least:
        least = fewest(divider.problem, min(MANY, len(first)))  # sharper, and dearer to know
    if len(first) > least:
        first = min(first, divider.one_by_one(options.hard), key=len)
    first = [_shrunk(divider, each, options) for each in first]
    yield first
    if len(first) > MANY:
        return
    dear = divider.prices([each.carton for each in first])
    for many in range(least, len(first) + 1):
        fewer = many < len(first)
        choices = list(islice(divider.choices(many, None if fewer else dear), FEWER if fewer else CHEAPER))
        # a parcel less is worth more than a smaller one
        for effort, choice in product((options.dogged, options.stubborn) if fewer else (options.hard,), choices):
            found = effort and _shared(divider, choice, effort)
            if found:
                yield [_shrunk(divider, each, options) for each in found]
                return


def _shared(divider: Divider, choice: Sequence[int], effort: Effort) -> list[Filled] | None:
    """All units in these cartons, in one of a few orders and by one of two rules."""
    orders = {tuple(choice), tuple(reversed(choice))}
    for order in sorted(orders):
        for by_weight in (False, True):
            found = divider.looks > 0 and divider.together(order, by_weight, effort)
            if found:
                return found
    return None


def _shrunk(divider: Divider, filled: Filled, options: Options) -> Filled:
    """The same content in the cheapest carton that takes it."""
    return divider.smallest(filled.counts, options.hard, divider.price(filled.carton)) or filled


def _price(problem: Problem, parcels: Sequence[Filled]) -> tuple[int, int, int]:
    kinds = [problem.cartons[each.carton] for each in parcels]
    return len(parcels), sum(kind.cost for kind in kinds), sum(kind.mm3 for kind in kinds)


def _plan(problem: Problem, parcels: Sequence[Filled], units: Sequence[Unit], refused: Sequence[Unit]) -> Plan:
    _, cost, mm3 = _price(problem, parcels)
    packed = tuple(_parcel(problem.cartons[each.carton], each, units) for each in parcels)
    return Plan(packed, tuple((unit.sku, unit.qty) for unit in refused), mm3, cost)


def _parcel(carton: Carton, filled: Filled, units: Sequence[Unit]) -> Parcel:
    content = [(unit, qty) for unit, qty in zip(units, filled.counts, strict=True) if qty]
    grams = carton.tare_g + sum(unit.weight_g * qty for unit, qty in content)
    named = tuple(sorted((unit.sku, qty) for unit, qty in content))
    return Parcel(carton.code, named, grams, steps(filled.rows, units))
