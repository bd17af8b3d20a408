"""Background work: jobs are rows, enqueued in the business transaction, claimed with a lease, done at least once.

A job that fails runs again after a pause; after five tries it is dead and keeps its error for a person to read.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, insert, or_, select, update

from wms.db import Store, Tx, dumps, insert_or_nothing, table_of
from wms.errors import BadInput, NotFound, Refusal, clip
from wms.formats.errors import FormatError
from wms.models.jobs import Job
from wms.operations import (
    closing,
    erasing,
    gating,
    importing,
    ledger,
    locking,
    mapping,
    posting,
    replenishing,
    reviewing,
    slotting,
)
from wms.operations.gating import Wish
from wms.operations.lanes import Lanes
from wms.operations.ledger import By
from wms.queries import orders as reads
from wms.settings import Settings

Handler = Callable[[Store, Settings, dict[str, Any]], Any]

TRIES_MAX = 5
LEASE = timedelta(minutes=15)  # longer than the longest planning
# Timed work: its one row is armed again when it is done.
EVERY = {"sweep": timedelta(hours=1), "replenish": timedelta(minutes=10), "lock": timedelta(minutes=5)}
EVERY |= {"forget": timedelta(days=1)}
KEYED = {"release"}  # these are told which job they are, so that a second run finds what the first one made
POLL_SECONDS = 0.2
ARM_SECONDS = 60.0
MAIL_SECONDS = 1.0
PATIENCE_SECONDS = 30.0  # how long a stop waits for the work at hand

job = table_of(Job)
add_keyed = insert_or_nothing(Job, "key")
log = logging.getLogger("wms.worker")


def release(store: Store, settings: Settings, args: dict[str, Any]) -> Any:
    """Release the pilot or a wave: args pilot (true, false or null to choose), orders, operator, and for a gated one
    segment, ready_only, confirmed. Run again after its commit it releases nothing more."""
    known = ("pilot", "orders", "ready_only", "confirmed", "job_key")
    wish = Wish(args.get("segment"), **{name: args[name] for name in known if name in args})
    made = gating.release(store, settings, By(args.get("operator")), wish)
    store.transact(lambda tx: enqueue(tx, "replenish", {}, key="replenish"))  # the next wave finds full faces
    return made


def lock(store: Store, settings: Settings, args: dict[str, Any]) -> int:
    """Lock the addresses whose final notice is old enough."""
    return store.transact(locking.tick)


def take_in(store: Store, settings: Settings, args: dict[str, Any]) -> Any:
    """Read a file of orders, or go on where its import was left: args import."""
    try:
        return importing.run(store, settings, int(args["import"]))
    except FormatError as error:
        return {"refusal": "bad_file", "sentence": str(error)}  # the import says so, too; again would not help


def sweep(store: Store, settings: Settings, args: dict[str, Any]) -> int:
    """Remove the empty balances of totes and parcels."""
    return store.transact(ledger.sweep)


def replenish(store: Store, settings: Settings, args: dict[str, Any]) -> Any:
    """Let the open move tasks be what the pick faces need now."""
    return replenishing.refresh(store, settings)


def slot(store: Store, settings: Settings, args: dict[str, Any]) -> Any:
    """Propose better pick faces: args operator, seconds (at most so long)."""
    return slotting.propose(store, settings, By(args.get("operator")), float(args.get("seconds", 60)))


def remap(store: Store, settings: Settings, args: dict[str, Any]) -> dict[str, int]:
    """Let the orders of a campaign follow its map: args campaign, again (also those that follow it already)."""
    return {"changed": mapping.remap_all(store, settings, int(args["campaign"]), bool(args.get("again")))}


def review(store: Store, settings: Settings, args: dict[str, Any]) -> dict[str, int]:
    """Review the orders of a campaign that are not released: args campaign."""
    with store.read() as tx:
        ids = reads.of_campaign(tx, int(args["campaign"]))
    done = reviewing.review_in_parts(store, settings, ids)
    return {"clean": done.clean, "held": done.held}


def erase(store: Store, settings: Settings, args: dict[str, Any]) -> Any:
    """Erase people's data, or go on where it was left: args erasure."""
    return erasing.run(store, settings, int(args["erasure"]))


def forget(store: Store, settings: Settings, args: dict[str, Any]) -> Any:
    """Erase the people's data of campaigns whose time is over."""
    return closing.forget(store, settings)


HANDLERS: dict[str, Handler] = {
    "erase": erase,
    "forget": forget,
    "remap": remap,
    "review": review,
    "import": take_in,
    "release": release,
    "lock": lock,
    "sweep": sweep,
    "replenish": replenish,
    "slotting": slot,
}


def enqueue(tx: Tx, kind: str, args: Mapping[str, Any], run_at: datetime | None = None, key: str | None = None) -> int:
    """Queue work of a kind of HANDLERS, at `run_at` or at once, and return its id.

    While a job with the same key waits or runs, its id is returned instead; the key is free again when it has ended.
    """
    if kind not in HANDLERS:
        raise BadInput(field="kind", why=f"one of {', '.join(HANDLERS)}")
    values: dict[str, Any] = {
        "kind": kind,
        "args": dumps(dict(args)),
        "key": key,
        "run_at": run_at or tx.now,
        "created_at": tx.now,
    }
    values |= {"state": "queued", "attempts": 0, "result": "", "error": ""}
    if key is None:
        made = tx.execute(insert(job).values(**values)).inserted_primary_key
        assert made is not None
        return int(made[0])
    tx.execute(add_keyed, values)
    return int(tx.value(select(job.c.id).where(job.c.key == key)))


def due_now(now: datetime) -> Any:
    """Return the condition of a job that may be claimed: queued and due, or left behind by a dead worker."""
    waiting = and_(job.c.state == "queued", job.c.run_at <= now)
    return or_(waiting, and_(job.c.state == "running", job.c.lease_until < now))


def claim(tx: Tx) -> Row[Any] | None:
    """Lease the oldest due job; None when there is none. Two workers never get the same one."""
    oldest = select(job.c.id).where(due_now(tx.now)).order_by(job.c.run_at, job.c.id).limit(1)
    mine = oldest.with_for_update(key_share=True, skip_locked=True).scalar_subquery()
    values = {"state": "running", "attempts": job.c.attempts + 1, "lease_until": tx.now + LEASE}
    return tx.execute(update(job).where(job.c.id == mine).values(**values).returning(job)).first()


def run_once(store: Store, settings: Settings, handlers: Mapping[str, Handler] = HANDLERS) -> bool:
    """Claim and run one due job; return whether there was one."""
    with store.read() as tx:
        if tx.one(select(job.c.id).where(due_now(tx.now)).limit(1)) is None:
            return False
    row = store.transact(claim)
    if row is None:
        return False
    try:
        result = run(store, settings, handlers, row)
    except Exception as error:
        log.exception("job %s (%s) failed", row.id, row.kind)
        sentence = f"{type(error).__name__}: {error}"
        store.transact(lambda tx: fail(tx, row, sentence))
    else:
        store.transact(lambda tx: finish(tx, row, result))
    return True


def run(store: Store, settings: Settings, handlers: Mapping[str, Handler], row: Row[Any]) -> Any:
    """Run one claimed job and return what it says; a refusal is an answer too, trying again would not change it."""
    if row.attempts > TRIES_MAX:
        raise RuntimeError("The worker died each time while it ran this.")
    if row.kind not in handlers:
        raise UnknownKind(row.kind)
    try:
        return handlers[row.kind](store, settings, json.loads(row.args) | named(row))
    except Refusal as refusal:
        return {"refusal": refusal.code(), "sentence": refusal.text}


def named(row: Row[Any]) -> dict[str, str]:
    """Return which job it is, for work that must not be done twice."""
    return {"job_key": f"{row.id} of {row.created_at.isoformat()}"} if row.kind in KEYED else {}


class UnknownKind(Exception):
    """A job of a kind that this worker does not know, perhaps of a newer version."""


def finish(tx: Tx, row: Row[Any], result: Any) -> None:
    """Close a job with its result; timed work is armed again in the same row."""
    values: dict[str, Any] = {"state": "done", "ended_at": tx.now, "key": None}
    if row.key == timed(row.kind):
        values = {"state": "queued", "run_at": tx.now + EVERY[row.kind], "attempts": 0}
    settle(tx, row, values | {"result": json.dumps(result, default=str), "error": ""})


def fail(tx: Tx, row: Row[Any], error: str) -> None:
    """Let a job run again after 2, 4, 8, 16 seconds; after the fifth try it is dead, with its error."""
    dead = row.attempts >= TRIES_MAX
    later = {"state": "queued", "run_at": tx.now + timedelta(seconds=2**row.attempts)}
    values = {"state": "dead", "ended_at": tx.now, "key": None} if dead else later
    settle(tx, row, values | {"error": clip(error, 2000)})


def settle(tx: Tx, row: Row[Any], values: dict[str, Any]) -> None:
    """Write the end of a try, unless the lease was lost to another worker meanwhile."""
    ours = and_(job.c.id == row.id, job.c.state == "running", job.c.attempts == row.attempts)
    tx.execute(update(job).where(ours).values(lease_until=None, **values))


def revive(tx: Tx, job_id: int) -> None:
    """Give a dead job five more tries; raises NotFound when there is no such dead job."""
    dead = and_(job.c.id == job_id, job.c.state == "dead")
    fresh = {"state": "queued", "attempts": 0, "run_at": tx.now, "ended_at": None}
    if tx.execute(update(job).where(dead).values(**fresh)).rowcount != 1:
        raise NotFound(what=f"Dead job {job_id}")


def timed(kind: str) -> str:
    """Return the key of the one row of timed work; the same work can be asked for besides."""
    return f"timed:{kind}"


def arm(tx: Tx) -> None:
    """See to it that every kind of timed work has its one row."""
    for kind in EVERY:
        enqueue(tx, kind, {}, key=timed(kind))


# -- the loop of `wms worker` -----------------------------------------------------------------------------------------


def work(store: Store, settings: Settings, stop: threading.Event, prepare: Callable[[], None] = lambda: None) -> None:
    """Run jobs and print labels until `stop` is set; then end the work at hand and return.

    `prepare` is called before each look for a job, in the thread of the jobs.

    Jobs run in one thread, mails in another, every printer has one of its own, so that neither a long plan nor a dead
    printer or mail server delays the others.
    """
    running = threading.Thread(
        target=loop, args=(stop, lambda: run_jobs(store, settings, prepare)), name="jobs", daemon=True
    )
    arming = threading.Thread(target=loop, args=(stop, lambda: arm_all(store), ARM_SECONDS), name="timer", daemon=True)
    mailing = threading.Thread(
        target=loop,
        args=(stop, lambda: posting.send_due(store, settings, stop), MAIL_SECONDS),
        name="mail",
        daemon=True,
    )
    lanes = Lanes(store, settings, stop)
    threads = (running, arming, *([mailing] if settings.mail.host else []))
    for thread in threads:
        thread.start()
    loop(stop, lanes.start_due)
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    lanes.join(PATIENCE_SECONDS)


def loop(stop: threading.Event, step: Callable[[], Any], pause: float = POLL_SECONDS) -> None:
    """Take a step, pause, again; what goes wrong is logged and tried again a second later."""
    while not stop.is_set():
        try:
            step()
        except Exception:
            log.exception("the worker stumbled and goes on")
            stop.wait(1.0)
        stop.wait(pause)


def run_jobs(store: Store, settings: Settings, prepare: Callable[[], None]) -> None:
    """Run one due job, if there is one."""
    prepare()
    run_once(store, settings)


def arm_all(store: Store) -> None:
    """Arm timed work in a transaction of its own."""
    store.transact(arm)
