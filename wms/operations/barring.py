"""Why a segment may not go: every reason at once, which of its orders may, and how many of them the floor can take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import or_

from wms.db import Tx, table_of
from wms.models.orders import Order
from wms.operations import waving
from wms.planning import labour as plan_labour
from wms.planning import piloting
from wms.planning.labour import Job
from wms.planning.piloting import Candidate, Feature, Shape
from wms.queries import coverage, cutoffs, gates, labour, parts, shapes
from wms.queries import segments as reads
from wms.queries.coverage import Content
from wms.queries.gates import PilotOrder
from wms.settings import Settings

orders = table_of(Order)
LEAD = timedelta(hours=1)  # a truck that leaves sooner is not worked for any more
SHOWN = 3  # orders, SKUs and contents named with a reason
Found = Mapping[int, str]
"""Order -> what is wrong with it, in a word or two."""
KINDS = {"sku": "items", "shape": "contents", "group": "ways out"}


@dataclass(frozen=True)
class Reason:
    """Why the gate is shut. With `orders` it concerns so many of them, and they can be left out; 0: all or none go.

    `about` names what it is about: SKUs, countries, rewards.
    """

    code: str
    sentence: str
    orders: int = 0
    examples: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Size:
    """How many orders a release takes: what so many people can pick and pack (`fits`) in these hours, `until` the next
    truck or the shift's end (None), beside what is on the floor; a wave never more than its `most`."""

    orders: int
    people: int
    stations: int
    hours: float
    on_the_floor: int
    fits: int
    most: int
    until: datetime | None


@dataclass(frozen=True)
class Gate:
    """A segment before the gate: how many orders it still has, which may go, why not all or none, and how many fit.

    `pilot` says which kind this is about; `pilots` counts orders of pilots by what was said about them.
    """

    segment: Any
    pilot: bool
    members: int
    everybody: tuple[int, ...]
    ready: tuple[Content, ...]
    reasons: tuple[Reason, ...]
    size: Size
    pilots: Mapping[str, int]
    proposed: piloting.Plan | None = None

    @property
    def going(self) -> int:
        """Return how many orders go when nobody says how many."""
        return len(self.proposed.orders) if self.proposed else min(self.size.orders, len(self.ready))

    @property
    def blocking(self) -> tuple[Reason, ...]:
        """Return the reasons that remain when orders that may not go are left out."""
        return tuple(each for each in self.reasons if not each.orders)


# --- the gate ---


def gate(tx: Tx, settings: Settings, segment: Any, pilot: bool | None = None, most: int | None = None) -> Gate:
    """Return a segment before the gate; a pilot (of at least `most` orders) when its campaign had none yet."""
    home = settings.site.country
    ids = reads.ids_of(segment, home)
    contents = coverage.contents(tx, ids)
    found = gates.pilot_orders(tx, segment.campaign_id)
    pilot = not found if pilot is None else pilot
    shapes = gates.common_shapes(tx, segment.campaign_id, settings.release.pilot_shapes)
    proved = gates.proved(tx, found, home, shapes)
    reasons, bad = order_reasons(tx, settings, ids, contents)
    sound = [each for each in contents if each.order_id not in bad]
    known = gates.candidates(sound, home)
    if not pilot:
        missing = {each.order_id: piloting.unproved([each], shapes, proved) for each in known}
        new = {order_id: words(each) for order_id, each in missing.items() if each}
        reasons += unproved_reason(tx, new, [each for some in missing.values() for each in some], (found, proved))
        sound = [each for each in sound if each.order_id not in new]
    short, ready = stock_reason(tx, settings, segment, sound)
    reasons += short + sign_off_reason(tx, settings, segment, ready) + ([] if pilot else pilot_reasons(found))
    plan = proposed(known, ready, (shapes, proved), most or settings.release.pilot_orders) if pilot and ready else None
    size = sized(tx, settings, (segment, pilot), ready)
    everybody = tuple(each.order_id for each in contents)
    counts = gates.pilot_counts(found)
    return Gate(segment, pilot, len(contents), everybody, tuple(ready), tuple(reasons), size, counts, plan)


def order_reasons(
    tx: Tx, settings: Settings, ids: Any, contents: Sequence[Content]
) -> tuple[list[Reason], Collection[int]]:
    """Return what is wrong with single orders, and which they are."""
    home, every = settings.site.country, {each.order_id for each in contents}
    rates = parts.tariff(settings)
    found: list[tuple[str, str, Found]] = [
        ("HOLDS", "have open holds", dict.fromkeys(gates.held(tx, ids), "")),
        ("LOCKS", "are not locked", dict.fromkeys(gates.unlocked(tx, ids), "")),
        untested(tx, ids),
        ("MAP", "do not follow the SKU map yet", dict.fromkeys(shapes.behind(tx, orders.c.id.in_(ids)), "")),
        ("WEIGHT", "hold items without a weight", gates.without_weight(tx, ids)),
        ("CUSTOMS", "go abroad with items that lack customs data", gates.without_customs(tx, ids, home)),
        (
            "RATE",
            "find no carrier with a rate" if rates else "go where no carrier goes",
            gates.without_rate(tx, list(contents), rates),
        ),
    ]
    shown = [(code, what, {key: word for key, word in bad.items() if key in every}) for code, what, bad in found]
    return [reason_of(tx, code, what, bad) for code, what, bad in shown if bad], {
        order_id for _, _, bad in shown for order_id in bad
    }


def untested(tx: Tx, ids: Any) -> tuple[str, str, Found]:
    """Return orders whose configuration nobody test-picked, and of how many configurations they are."""
    found = shapes.unticked(tx, ids)
    kinds = len({row.shape for row in found})
    what = f"one of {kinds} configurations" if kinds > 1 else "a configuration"
    return "TEST_PICKS", f"have {what} that nobody ticked", {row.id: "" for row in found}


def reason_of(tx: Tx, code: str, what: str, bad: Found) -> Reason:
    """Return a reason that concerns single orders: how many, why, and the first of them by number."""
    why = [word for word, _ in Counter(filter(None, bad.values())).most_common(SHOWN)]
    more = ", ..." if len(set(bad.values())) > SHOWN else ""
    count = f"{len(bad)} orders {what}" if len(bad) > 1 else f"One order {singular(what)}"
    names = gates.named(tx, sorted(bad)[:SHOWN])
    said = f"{count}: {', '.join(why)}{more}" if why else count
    return Reason(code, said if more else f"{said}.", len(bad), tuple(names), tuple(why))


def singular(what: str) -> str:
    """Return what is said of many orders as it is said of one."""
    verb, _, rest = what.partition(" ")
    one = {"have": "has", "are": "is", "do": "does", "go": "goes", "hold": "holds", "lack": "lacks", "find": "finds"}
    return f"{one[verb]} {rest}"


def stock_reason(
    tx: Tx, settings: Settings, segment: Any, sound: Sequence[Content]
) -> tuple[list[Reason], list[Content]]:
    """Return which orders the stock does not cover after those that are served before, and the others."""
    free = coverage.free_units(tx, settings)
    free.subtract(earlier(tx, segment, settings.site.country))
    complete, lacking = coverage.served(sound, free)
    going = set(complete)
    ready = [each for each in sound if each.order_id in going]
    if not lacking:
        return [], ready
    need = units_by_item(sound)
    skus = skus_by_item(sound)
    short = {skus[item]: need[item] - max(0, free[item]) for some in lacking.values() for item in some}
    worst = sorted((pair for pair in short.items() if pair[1] > 0), key=lambda pair: (-pair[1], pair[0]))
    reason = reason_of(tx, "STOCK", "lack stock", dict.fromkeys(lacking, ""))
    return [replace(reason, sentence=f"{reason.sentence[:-1]}: {waving.shortfall(dict(worst))}.")], ready


def units_by_item(contents: Sequence[Content]) -> Counter[int]:
    """Return item -> units that orders lack together."""
    found = Counter[int]()
    for each in contents:
        found.update(dict(each.units))
    return found


def skus_by_item(contents: Sequence[Content]) -> dict[int, str]:
    """Return item -> SKU of what orders lack."""
    pairs = (pair for each in contents for pair in zip(each.units, each.shape, strict=True))
    return {item: sku for (item, _), (sku, _) in pairs}


def earlier(tx: Tx, segment: Any, home: str) -> Counter[int]:
    """Return item -> units that segments want which are served before this one."""
    sooner = [reads.ids_of(each, home) for each in reads.before(tx, segment)]
    if not sooner:
        return Counter()
    mine = orders.c.id.in_(reads.ids_of(segment, home))
    return coverage.demand(tx, or_(*(orders.c.id.in_(each) for each in sooner)), ~mine)


def sign_off_reason(tx: Tx, settings: Settings, segment: Any, ready: Sequence[Content]) -> list[Reason]:
    """Return why other channels wait: locked backers want what they would take. A signature ends it."""
    if segment.channel == "backers" or segment.signed_at is not None:
        return []
    free, backers = coverage.free_units(tx, settings), coverage.locked_backers(tx)
    skus, wanted = skus_by_item(ready), units_by_item(ready)
    short = sorted(skus[item] for item, qty in wanted.items() if backers[item] and free[item] - backers[item] < qty)
    if not short:
        return []
    shown = ", ".join(short[:SHOWN]) + (", ..." if len(short) > SHOWN else "")
    words = f"Locked backers wait for {shown}. A supervisor must sign that {segment.channel} may go."
    return [Reason("SIGN_OFF", words)]


# --- the pilot ---


def pilot_reasons(found: Sequence[PilotOrder]) -> list[Reason]:
    """Return what speaks against a wave after the pilots that there were."""
    counts = gates.pilot_counts(found)
    reasons = []
    if wrong := counts["wrong"]:
        reasons.append(Reason("PILOT_WRONG", f"{wrong} of the pilot's orders {'are' if wrong > 1 else 'is'} wrong."))
    if waiting := counts["open"]:
        words = f"{waiting} of the pilot's {len(found)} orders are not packed and checked by a second person."
        reasons.append(Reason("PILOT_OPEN", words))
    return reasons


def unproved_reason(
    tx: Tx, new: Found, features: Sequence[Feature], known: tuple[Collection[PilotOrder], Collection[Feature]]
) -> list[Reason]:
    """Return that orders hold what no pilot showed; `known` is the pilot's orders, and what they proved."""
    pilots, proved = known
    if not new:
        return []
    if not pilots:
        return [Reason("PILOT", "No pilot was packed and checked yet.", len(new))]
    if not proved:
        return [Reason("PILOT", f"{len(new)} orders wait for what the pilot will prove.", len(new))]
    reason = reason_of(tx, "PILOT", "hold what no pilot proved", dict.fromkeys(new, ""))
    return [replace(reason, sentence=f"{reason.sentence[:-1]}: {words(sorted(set(features), key=str))}.")]


def words(features: Sequence[Feature]) -> str:
    """Return features as a person reads them: "items DICE-BLUE; ways out abroad"."""
    parts = []
    for kind, name in KINDS.items():
        values = [written(each) for each in features if each[0] == kind]
        more = ", ..." if len(values) > SHOWN else ""
        parts += [f"{name} {', '.join(values[:SHOWN])}{more}"] if values else []
    return "; ".join(parts)


def written(feature: Feature) -> str:
    """Return what a feature is: a SKU, a group, or a content as filters write it."""
    return reads.written(dict(cast(Shape, feature[1]))) if feature[0] == "shape" else str(feature[1])


def proposed(
    known: Sequence[Candidate], ready: Sequence[Content], features: tuple[Any, Any], least: int
) -> piloting.Plan:
    """Return which of the ready orders make the pilot."""
    going = {each.order_id for each in ready}
    shapes, proved = features
    candidates = tuple(each for each in known if each.order_id in going)
    return piloting.plan(piloting.Problem(candidates, shapes, proved, least))


# --- size ---


def sized(tx: Tx, settings: Settings, what: tuple[Any, bool], ready: Sequence[Content]) -> Size:
    """Return how many orders the people at work can pick and pack until the next truck leaves or the shift ends.

    `what` is (the segment, whether this is its pilot): a pilot is as large as it must be to show everything.
    """
    rates, way = labour.measured(tx).rates, labour.way_mm(tx)
    left = labour.works(tx, rates)
    people, stations = cutoffs.people(tx, settings), int(tx.value(labour.count_stations) or 1)
    each_ms = rates.pick_ms + way * 1_000 // rates.walk_mm_s
    share_ms = rates.list_ms // settings.release.totes_max
    jobs = (
        Job(share_ms + len(each.units) * each_ms, rates.packing_ms(sum(qty for _, qty in each.units))) for each in ready
    )
    before = Job(sum(work.pick_ms for work in left), sum(sum(work.pack_ms) for work in left))
    until = cutoffs.next_truck(tx, settings, {each.country for each in ready}, LEAD)
    shift = timedelta(hours=settings.release.shift_hours)
    until = until if until and until - tx.now < shift else None
    length = until - tx.now if until else shift
    fits = plan_labour.fitting(jobs, (people, stations), int(length.total_seconds() * 1_000), before)
    most = reads.most(what[0], settings)
    going = fits if what[1] else min(fits, most)
    hours = round(length.total_seconds() / 3_600, 2)
    return Size(going, people, stations, hours, sum(len(work.pack_ms) for work in left), fits, most, until)
