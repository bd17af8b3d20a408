"""Which pick face needs how many from which reserve, by when: before it runs empty, in whole cartons where they fit.

A face is drawn down by the next wave. The plan follows it through time: when the next draw would find too little, a
refill is due before that draw, and cannot arrive before an earlier draw has made room for it. What a refill brings:
the lot that expires first; of it whole cartons whose sum lies between what must come and what has room; only when no
sum of whole cartons does, one carton is opened. Cartons are chosen by a subset-sum recursion (Bellman, Dynamic
Programming, 1957), people are sent by due time to whoever is free first (Jackson's earliest due date rule, 1955).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wms.planning import refills
from wms.planning.needs import AT_LEISURE, Face, Plan, Problem, Reserve, Short, Task, Want, shared, with_coming

__all__ = [
    "AT_LEISURE", "DEFAULT", "Face", "Options", "Plan", "Problem", "Reserve", "Short", "Task", "Want",
    "baseline", "plan", "shared", "verify", "with_coming",
]  # fmt: skip


@dataclass(frozen=True)
class Options:
    """`fill`: bring as much as has room, not only what must come; the seed is part of every planner's options."""

    fill: bool = True
    seed: int = 0


DEFAULT = Options()


# --- the plan: each face followed through time ---


@dataclass
class Followed:
    """A face while its draws are followed: what is in it, when it was drawn last, and what the wave still takes."""

    face: Face
    level: int
    ahead: int
    drawn_s: int = 0

    @property
    def lacks(self) -> int:
        """Units that must come for the draws ahead."""
        return max(0, self.ahead - self.level)


@dataclass
class Item:
    """One item while it is planned: its faces, its reserve, and what came of it."""

    faces: dict[int, Followed]
    stacks: list[refills.Stack]
    fill: bool
    tasks: list[Task] = field(default_factory=list)
    short: Counter[tuple[int, int]] = field(default_factory=Counter)


def plan(problem: Problem, options: Options = DEFAULT) -> Plan:
    """Follow every face through the wave; earliest expiry first, whole cartons first, ordered by due time."""
    tasks: list[Task] = []
    short: list[Short] = []
    for item, wants in _items(problem, options.fill):
        for want in sorted(wants, key=lambda want: (want.at_s, want.place_id)):
            _draw(item, want)
        for place_id in sorted(item.faces):
            _top_up(item, item.faces[place_id])
        tasks += item.tasks
        short += [Short(place_id, qty, at_s) for (place_id, at_s), qty in item.short.items()]
    return Plan(_sent(problem, tasks), tuple(sorted(short, key=lambda each: (each.at_s, each.place_id))))


def _items(problem: Problem, fill: bool) -> Iterable[tuple[Item, list[Want]]]:
    ahead = Counter[int]()
    wants: dict[str, list[Want]] = defaultdict(list)
    sku_of = {face.place_id: face.sku for face in problem.faces}
    for want in problem.wants:
        ahead[want.place_id] += want.qty
        wants[sku_of[want.place_id]].append(want)
    for sku in sorted(set(sku_of.values())):
        faces = {f.place_id: Followed(f, f.qty, ahead[f.place_id]) for f in problem.faces if f.sku == sku}
        reserves = (each for each in problem.reserves if each.sku == sku and each.qty_free and problem.serves(each))
        yield Item(faces, refills.stacks(reserves), fill), wants[sku]


def _draw(item: Item, want: Want) -> None:
    """Take from the face what the wave wants, refilling it whenever it would run empty."""
    here, wanted = item.faces[want.place_id], want.qty
    while wanted:
        if here.level < min(wanted, here.face.max_qty) and not _refill(item, here, want.at_s) and not here.level:
            item.short[want.place_id, want.at_s] += wanted
            here.ahead -= wanted
            return
        n = min(here.level, wanted)
        here.level, here.ahead, here.drawn_s = here.level - n, here.ahead - n, want.at_s
        wanted -= n


def _refill(item: Item, here: Followed, due_s: int) -> bool:
    """Bring what the draws ahead need and the minimum after them, as far as it has room; False when nothing comes."""
    room = here.face.max_qty - here.level
    must = min(room, here.ahead + here.face.min_qty - here.level)
    spare = sum(stack.left for stack in item.stacks) - sum(each.lacks for each in item.faces.values())
    most = min(room, max(here.lacks, here.lacks + spare))  # what other faces need is not put here for later
    must = min(must, most)
    if must <= 0:
        return False
    loads = refills.chosen(item.stacks, must, most if item.fill else must)
    for stock_id, qty, whole in loads:
        item.tasks.append(Task(stock_id, here.face.place_id, qty, here.drawn_s, due_s, whole))
        here.level += qty
    return bool(loads)


def _top_up(item: Item, here: Followed) -> None:
    """After the wave: a face below its minimum is filled at leisure."""
    if here.level < here.face.min_qty:
        _refill(item, here, AT_LEISURE)


def _sent(problem: Problem, tasks: Sequence[Task]) -> tuple[Task, ...]:
    """Send people by due time, each task to whoever would be there first."""
    places = {reserve.stock_id: reserve.place_id for reserve in problem.reserves}
    free: list[tuple[int, int | None]] = [(0, None)] * problem.walkers
    sent: list[Task] = []
    for task in sorted(tasks, key=lambda task: (task.due_s, task.after_s, task.place_id)):
        source = places[task.stock_id]

        def there(walker: int, source: int = source) -> int:
            at_s, place = free[walker]
            return at_s + (0 if place is None else -(-problem.way_mm(place, source) // problem.speed_mm_s))

        walker = min(range(problem.walkers), key=lambda walker: (there(walker), walker))
        walk_s = -(-problem.way_mm(source, task.place_id) // problem.speed_mm_s)
        end_s = max(there(walker) + problem.handle_s + walk_s, task.after_s)
        sent.append(task._replace(walker=walker, start_s=free[walker][0], end_s=end_s))
        free[walker] = end_s, task.place_id
    return tuple(sent)


def baseline(problem: Problem) -> Plan:
    """Look at the faces one by one as they are now; fill those below their minimum from the first stock there is."""
    left = {each.stock_id: each.qty_free for each in problem.reserves if problem.serves(each)}
    tasks: list[Task] = []
    for face in problem.faces:
        room = face.max_qty - face.qty if face.qty < face.min_qty else 0
        for reserve in problem.reserves:
            if reserve.sku == face.sku and (qty := min(room, left.get(reserve.stock_id, 0))):
                whole = reserve.whole and qty == reserve.qty_free
                tasks.append(Task(reserve.stock_id, face.place_id, qty, 0, 0, whole))
                left[reserve.stock_id] -= qty
                room -= qty
    filled = replay(problem, tasks)
    return Plan(_sent(problem, tasks), tuple(Short(place, qty, at_s) for (place, at_s), qty in filled.short.items()))


# --- verification: from the rules alone ---


@dataclass
class Replayed:
    """What becomes of the faces when tasks arrive at their due times: end levels, and draws that found too little."""

    levels: dict[int, int]
    short: Counter[tuple[int, int]]


def replay(problem: Problem, tasks: Iterable[Task]) -> Replayed:
    """Draw what the wave takes; every task arrives when the draw that it is due for has emptied the face."""
    coming = _by_face(tasks)
    levels = {face.place_id: face.qty for face in problem.faces}
    short = Counter[tuple[int, int]]()
    for want in sorted(problem.wants, key=lambda want: want.at_s):
        place, wanted = want.place_id, want.qty
        while wanted > levels[place] and coming[place] and coming[place][0].due_s <= want.at_s:
            levels[place] += coming[place].pop(0).qty
        levels[place] -= (taken := min(levels[place], wanted))
        if wanted > taken:
            short[place, want.at_s] += wanted - taken
    for place, rest in coming.items():
        levels[place] += sum(task.qty for task in rest)
    return Replayed(levels, short)


def _by_face(tasks: Iterable[Task]) -> dict[int, list[Task]]:
    mine: dict[int, list[Task]] = defaultdict(list)
    for task in sorted(tasks, key=lambda task: (task.due_s, task.after_s)):
        mine[task.place_id].append(task)
    return mine


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Broken rules in words: stock, expiry order, room in the face, every draw served that can be, minimum kept."""
    broken = [*_unknown(problem, plan)]
    if broken:
        return broken
    return [*_stock(problem, plan), *_room(problem, plan), *_served(problem, plan), *_walked(problem, plan)]


def _unknown(problem: Problem, plan: Plan) -> Iterable[str]:
    stocks = {reserve.stock_id: reserve for reserve in problem.reserves}
    faces = {face.place_id: face for face in problem.faces}
    for task in plan.tasks:
        if task.stock_id not in stocks or task.place_id not in faces:
            yield f"stock {task.stock_id} or face {task.place_id} is unknown"
        elif stocks[task.stock_id].sku != faces[task.place_id].sku:
            yield f"face {task.place_id} is for {faces[task.place_id].sku}, not for {stocks[task.stock_id].sku}"
        elif task.qty < 1 or task.after_s > task.due_s:
            yield f"{task.qty} units of stock {task.stock_id} between {task.after_s} and {task.due_s} s"


def _stock(problem: Problem, plan: Plan) -> Iterable[str]:
    used = Counter[int]()
    for task in plan.tasks:
        used[task.stock_id] += task.qty
    latest: dict[str, int] = {}
    for each in problem.reserves:
        if used[each.stock_id] > each.qty_free:
            yield f"stock {each.stock_id} has {each.qty_free} free, but {used[each.stock_id]} are taken"
        if used[each.stock_id] and not problem.serves(each):
            yield f"stock {each.stock_id} expires too soon"
        if used[each.stock_id]:
            latest[each.sku] = max(latest.get(each.sku, 0), refills.day(each))
    for each in problem.reserves:
        if problem.serves(each) and used[each.stock_id] < each.qty_free and refills.day(each) < latest.get(each.sku, 0):
            yield f"stock {each.stock_id} expires first, but is left over"


def _room(problem: Problem, plan: Plan) -> Iterable[str]:
    """Tasks that arrive as early as they may: what was to be drawn by then is drawn, as far as it was there."""
    coming, missed = _by_face(plan.tasks), {(short.place_id, short.at_s): short.qty for short in plan.short}
    for face in problem.faces:
        level, drawn = face.qty, 0
        wants = Counter[int]()
        for want in (want for want in problem.wants if want.place_id == face.place_id):
            wants[want.at_s] += want.qty
        for task in coming[face.place_id]:
            wanted = sum(qty - missed.get((face.place_id, s), 0) for s, qty in wants.items() if s <= task.after_s)
            n = min(level, max(0, wanted - drawn))
            level, drawn = level - n + task.qty, drawn + n
            if level > face.max_qty:
                yield f"face {face.place_id} holds {face.max_qty}, and {level} would stand in it at {task.after_s} s"


def _served(problem: Problem, plan: Plan) -> Iterable[str]:
    after = replay(problem, plan.tasks)
    if +after.short != Counter({(short.place_id, short.at_s): short.qty for short in plan.short}):
        yield "draws find less or more than the plan says"
    left = Counter[str]()
    for each in problem.reserves:
        taken = sum(task.qty for task in plan.tasks if task.stock_id == each.stock_id)
        left[each.sku] += each.qty_free - taken if problem.serves(each) else 0
    sku_of = {face.place_id: face.sku for face in problem.faces}
    yield from (f"face {s.place_id} runs empty, but stock is left over" for s in plan.short if left[sku_of[s.place_id]])
    for face in problem.faces:
        if after.levels[face.place_id] < face.min_qty and left[face.sku]:
            yield f"face {face.place_id} stays below its minimum, but stock is left over"


def _walked(problem: Problem, plan: Plan) -> Iterable[str]:
    busy: dict[int, int] = {}
    for task in plan.tasks:
        if not 0 <= task.walker < problem.walkers:
            yield f"walker {task.walker} is unknown"
        elif task.start_s < busy.get(task.walker, 0) or task.end_s < max(task.start_s + problem.handle_s, task.after_s):
            yield f"walker {task.walker} cannot bring stock {task.stock_id} at {task.end_s} s"
        busy[task.walker] = task.end_s
    if [task.due_s for task in plan.tasks] != sorted(task.due_s for task in plan.tasks):
        yield "a task that is due later comes first"
