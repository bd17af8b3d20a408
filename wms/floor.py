"""The door to the floor: every scan of every flow comes through here, is answered exactly once, and is remembered."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from wms.barcodes import Scanned, understand
from wms.db import Store, Tx, dumps, table_of
from wms.errors import Ask, BadInput, Refusal
from wms.flows import FLOWS
from wms.flows.engine import DONE, Flow, NoWork, Task, Who
from wms.flows.envelope import BLANK, Answer, Asked, after_loss, envelope, storable
from wms.flows.scans import UnknownCode, WrongKind, spoilt_scan
from wms.models import floor as models
from wms.models.people import Operator
from wms.operations import claims
from wms.queries.codes import meanings
from wms.settings import Settings

tasks, scans, operators = table_of(models.Task), table_of(models.Scan), table_of(Operator)
SCAN_ID = re.compile(r"^[A-Za-z0-9_.:-]{8,64}$")
CONFIRM_SECONDS = 60  # how long a question at the menu waits for the same scan again

lock_task = (
    select(
        tasks,
        scans.c.answer,
        scans.c.text,
        scans.c.task_id.label("scan_task"),
        scans.c.operator_id.label("scan_operator"),
    )
    .select_from(tasks.outerjoin(scans, scans.c.id == bindparam("scan")))
    .where(tasks.c.id == bindparam("task"))
    .with_for_update(key_share=True, of=tasks)
)
answered = select(scans.c.answer, scans.c.text, scans.c.task_id, scans.c.operator_id).where(
    scans.c.id == bindparam("scan")
)
save_task = (
    update(tasks)
    .where(tasks.c.id == bindparam("task"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("state", "turn", "subject", "memo", "device_id", "seen_at", "closed_at")
        }
    )
)
keep_answer = insert(scans)


class ScanIdReused(BadInput):
    """One scan id came with two different scans: a broken client, not a second delivery."""

    sentence = "{field}: this id was used for another scan."


class Moved(Refusal):
    """The scan was made for a screen that is gone."""

    sentence = "The screen has moved on. Look again."


class Taken(Refusal):
    """A colleague works on this."""

    sentence = "{name} took this over."


class Nothing(Refusal):
    """An empty scan, or one no label of ours can carry."""

    sentence = "That was no scan. Try again."


class TooLong(Refusal):
    """A code with more characters than anything here is named by: a page of text, or two scans run together."""

    sentence = "Code too long: {length} characters. Scan another one."


class NotHere(Refusal):
    """The menu starts flows; this code starts none."""

    sentence = "{name} starts nothing here. Choose a job."


class Floor:
    """The scan contract: `scan`, `start`, `show` and `menu`, each answering with the same envelope."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings
        self.meter = Meter()

    # -- the four questions ---------------------------------------------------------------------------------------

    def scan(self, who: Who, scan_id: str, task_id: int | None, turn: int, text: str) -> Answer:
        """Answer one scan. The same id always gets the same answer and never acts twice.

        Raises BadInput for a malformed id or an id that was used for another scan; every other refusal is an answer.
        """
        if not SCAN_ID.fullmatch(scan_id):
            raise BadInput(field="id", why="8 to 64 letters, digits, dots, dashes")
        ask = Asked(who, scan_id, task_id, turn, storable(text)).cut(self.settings.floor.scan_length_max)
        try:
            return self.store.transact(lambda tx: self._act(tx, ask))
        except Refused as refused:
            cause = refused.cause
            return self.store.transact(lambda tx: self._refuse(tx, ask, cause))

    def start(self, who: Who, flow_name: str, args: dict[str, Any] | None = None) -> Answer:
        """Start or resume work in a flow ("get me work"); the answer has task null when there is none."""
        flow = FLOWS.get(flow_name)
        if flow is None:
            raise BadInput(field="flow", why=f"one of {', '.join(FLOWS)}")
        flow.allow(who)
        try:
            return self.store.transact(lambda tx: self._start(tx, who, flow, args or {}))
        except Refusal as refusal:
            return self._menu(who, refusal.text, refusal.tone)

    def show(self, who: Who, task_id: int) -> Answer:
        """Draw the current screen of a task again, on this device; a finished task shows the menu."""
        return self.store.transact(lambda tx: self._show(tx, who, task_id))

    def menu(self, who: Who) -> Answer:
        """Draw the menu: the flows this person may play, on F1 to F10."""
        return self._menu(who, "", "ok")

    # -- scans ----------------------------------------------------------------------------------------------------

    def _act(self, tx: Tx, ask: Asked) -> Answer:
        row = tx.one(lock_task, task=ask.task_id, scan=ask.scan_id) if ask.task_id else None
        if stored := self._stored(tx, ask, row):
            return stored
        if row is not None and (told := self._told(tx, ask.who, row)):
            return self._keep(tx, ask, told, told["refusal"])
        scanned = understand(ask.text)
        try:
            if not scanned.text:
                raise Nothing
            if ask.length > len(ask.text):
                raise TooLong(length=ask.length)
            if row is None or row.closed_at is not None:
                return self._keep(tx, ask, self._at_menu(tx, ask, scanned))
            self._check_turn(tx, ask, row)
            return self._keep(tx, ask, self._step(tx, ask, self._task(tx, ask, row), scanned))
        except Refusal as refusal:
            raise Refused(refusal) from refusal

    def _stored(self, tx: Tx, ask: Asked, row: Any) -> Answer | None:
        """Return the stored answer of an id that came before; raises ScanIdReused when the scan differs."""
        if row is None:
            found = tx.one(answered, scan=ask.scan_id)
            if found is None:
                return None
            same = (found.text, found.task_id, found.operator_id) == (ask.text, ask.task_id, ask.who.operator_id)
            answer = found.answer
        else:
            if row.answer is None:
                return None
            same = (row.text, row.scan_task, row.scan_operator) == (ask.text, ask.task_id, ask.who.operator_id)
            answer = row.answer
        if not same:
            raise ScanIdReused(field="id")
        return dict(json.loads(answer))

    def _check_turn(self, tx: Tx, ask: Asked, row: Any) -> None:
        if row.operator_id != ask.who.operator_id:
            raise Taken(name=tx.value(select(operators.c.name).where(operators.c.id == row.operator_id)))
        if row.turn != ask.turn:
            raise Moved

    def _step(self, tx: Tx, ask: Asked, task: Task, scanned: Scanned) -> Answer:
        flow = FLOWS[task.flow]
        task.confirmed = task.memo.pop("confirm", None) == scanned.text
        if scanned.key == "Esc":
            self._save(tx, replace(task, turn=task.turn + 1))
            return self._menu(ask.who, "Paused. It waits for you.", "ok")
        task.state = flow.step(task, scanned)
        task.turn += 1
        if task.state == DONE:
            self._save(tx, task, closed=True)
            return self._next(tx, task, flow)
        screen = flow.draw(task)
        self._save(tx, task)
        return envelope(task, flow, screen)

    def _next(self, tx: Tx, task: Task, flow: Flow) -> Answer:
        """Go on to the next work of a flow that repeats; else to the menu."""
        if flow.repeats:
            try:
                answer = self._begin(tx, task.who, flow, {})
                return answer | {"note": task.note, "tone": "done"}
            except NoWork:
                pass
        return self._menu(task.who, task.note, "done" if task.note else "ok")  # whoever leaves has completed nothing

    def _at_menu(self, tx: Tx, ask: Asked, scanned: Scanned) -> Answer:
        if ask.task_id:  # made for a task that ended meanwhile: its F1 is not the F1 of the menu
            raise Moved
        flows = self._flows(ask.who)
        if scanned.key:
            place = int(scanned.key[1:]) - 1 if scanned.key[1:].isdigit() else -1
            if not 0 <= place < len(flows):
                return self._menu(ask.who, "", "ok")
            return self._start(tx, ask.who, flows[place], {})
        for meaning in meanings(tx, scanned):
            for flow in flows:
                if meaning.kind in flow.opens:
                    confirmed = self._was_asked(tx, ask)
                    args = {"kind": meaning.kind, "ref": meaning.ref, "name": meaning.name, "confirmed": confirmed}
                    return self._start(tx, ask.who, flow, args)
            raise NotHere(name=meaning.name)
        raise spoilt_scan(scanned) or NotHere(name=scanned.shown)

    def _was_asked(self, tx: Tx, ask: Asked) -> bool:
        """Return whether this person's last scan was this very one, and was answered with a question."""
        last = tx.one(
            select(scans.c.text, scans.c.tone, scans.c.task_id)
            .where(scans.c.operator_id == ask.who.operator_id, scans.c.at > tx.now - timedelta(seconds=CONFIRM_SECONDS))
            .order_by(scans.c.at.desc())
            .limit(1)
        )
        return last is not None and (last.text, last.tone, last.task_id) == (ask.text, "ask", ask.task_id)

    def _refuse(self, tx: Tx, ask: Asked, refusal: Refusal) -> Answer:
        """Store and return the refusal; the state stays, only a question to confirm is kept or dropped."""
        row = tx.one(lock_task, task=ask.task_id, scan=ask.scan_id) if ask.task_id else None
        if stored := self._stored(tx, ask, row):
            return stored
        if row is not None and (told := self._told(tx, ask.who, row)):
            return self._keep(tx, ask, told, told["refusal"])
        if row is None or row.closed_at is not None or row.operator_id != ask.who.operator_id:
            answer = self._menu(ask.who, refusal.text, refusal.tone)
        else:
            task = self._task(tx, ask, row)
            task.memo.pop("confirm", None)
            if isinstance(refusal, Ask):
                task.memo["confirm"] = understand(ask.text).text
            task.say(refusal.text, refusal.tone)
            if self._is_sibling(tx, row, refusal):
                task.say("Another code of that label. Ignored.")
            flow = FLOWS[task.flow]
            answer = envelope(task, flow, flow.draw(task))
            self._save(tx, task)
        return self._keep(tx, ask, answer | {"refusal": refusal.code()}, refusal.code())

    def _is_sibling(self, tx: Tx, row: Any, refusal: Refusal) -> bool:
        """Return whether a scan is but another code of the label that was taken a moment ago."""
        window = timedelta(milliseconds=self.settings.floor.sibling_ms)
        return isinstance(refusal, UnknownCode | WrongKind) and row.turn > 0 and tx.now - row.seen_at < window

    def _keep(self, tx: Tx, ask: Asked, answer: Answer, refusal: str = "") -> Answer:
        values = {
            "id": ask.scan_id,
            "task_id": ask.task_id,
            "operator_id": ask.who.operator_id,
            "device_id": ask.who.device_id,
            "flow": answer["flow"] or "",
            "turn": ask.turn,
            "text": ask.text,
            "tone": answer["tone"],
            "refusal": refusal,
            "answer": dumps(answer),
            "at": tx.now,
        }
        tx.execute(keep_answer, values)
        self.meter.scans += 1
        self.meter.statements += tx.statements
        return answer

    # -- tasks ----------------------------------------------------------------------------------------------------

    def _start(self, tx: Tx, who: Who, flow: Flow, args: dict[str, Any]) -> Answer:
        flow.allow(who)
        open_task = tx.one(
            select(tasks)
            .where(tasks.c.operator_id == who.operator_id, tasks.c.flow == flow.name, tasks.c.closed_at.is_(None))
            .order_by(tasks.c.id.desc())
            .limit(1)
            .with_for_update(key_share=True)
        )
        if open_task is not None and (told := self._told(tx, who, open_task, args)):
            return told
        if open_task is None or not resumes(open_task, args):
            return self._begin(tx, who, flow, args)
        task = self._task(tx, Asked(who, "", open_task.id, 0, ""), open_task)
        elsewhere = open_task.device_id != who.device_id
        task.say("Session recovered. Go on here." if elsewhere else "Go on where you stopped.")
        answer = envelope(task, flow, flow.draw(task))
        self._save(tx, task)
        return answer

    def _told(self, tx: Tx, who: Who, row: Any, args: dict[str, Any] | None = None) -> Answer | None:
        """Tell a person who took over what they had in hand, and go on with other work; None when nobody did."""
        lost = claims.loss(tx, row) if row.operator_id == who.operator_id else None
        if lost is None:
            return None
        tx.execute(update(tasks).where(tasks.c.id == row.id).values(closed_at=row.closed_at or tx.now))
        try:
            answer = self._start(tx, who, FLOWS[row.flow], args or {}) if FLOWS[row.flow].repeats else None
        except Refusal:
            answer = None
        return after_loss(answer or self._menu(who, "", "ok"), lost)

    def _begin(self, tx: Tx, who: Who, flow: Flow, args: dict[str, Any]) -> Answer:
        """Open a task; raises NoWork when the flow finds nothing to do."""
        task = Task(tx, self.settings, who, 0, flow.name, "start", args=args, confirmed=bool(args.get("confirmed")))
        values = {"operator_id": who.operator_id, "device_id": who.device_id, "opened_at": tx.now, "seen_at": tx.now}
        key = tx.execute(insert(tasks).values(flow=flow.name, state="start", **values)).inserted_primary_key
        assert key is not None
        task.id = key[0]
        try:
            task.state = flow.start(task)
        except Refusal:  # `_next` and `_told` go on to the menu in this very transaction: no task may be left behind
            tx.execute(delete(tasks).where(tasks.c.id == task.id))
            raise
        answer = envelope(task, flow, flow.draw(task))
        self._save(tx, task)
        return answer

    def _show(self, tx: Tx, who: Who, task_id: int) -> Answer:
        row = tx.one(lock_task, task=task_id, scan="")
        if row is not None and (told := self._told(tx, who, row)):
            return told
        if row is None or row.closed_at is not None:
            return self._menu(who, "That work is finished.", "ok")
        if row.operator_id != who.operator_id:
            name = tx.value(select(operators.c.name).where(operators.c.id == row.operator_id))
            return self._menu(who, Taken(name=name).text, "stop")
        task = self._task(tx, Asked(who, "", task_id, 0, ""), row)
        if row.device_id != who.device_id:
            task.say("Session recovered. Go on here.")
            self._save(tx, task)
        flow = FLOWS[task.flow]
        return envelope(task, flow, flow.draw(task))

    def _task(self, tx: Tx, ask: Asked, row: Any) -> Task:
        place = (row.id, row.flow, row.state, row.turn, row.subject, json.loads(row.memo))
        return Task(tx, self.settings, ask.who, *place, scan_id=ask.scan_id)

    def _save(self, tx: Tx, task: Task, closed: bool = False) -> None:
        values = {
            "new_state": task.state,
            "new_turn": task.turn,
            "new_subject": "" if closed else task.subject,
            "new_memo": dumps(task.memo),
            "new_device_id": task.who.device_id,
            "new_seen_at": tx.now,
            "new_closed_at": tx.now if closed else None,
        }
        tx.execute(save_task, values | {"task": task.id})

    # -- the menu -------------------------------------------------------------------------------------------------

    def _flows(self, who: Who) -> list[Flow]:
        return [flow for flow in FLOWS.values() if self.may(flow, who.roles)]

    def may(self, flow: Flow, roles: frozenset[str]) -> bool:
        """Return whether people with these roles play this flow."""
        return bool((flow.roles | {"supervisor"}) & roles)

    def _menu(self, who: Who, note: str, tone: str) -> Answer:
        keys = {f"F{n}": flow.title for n, flow in enumerate(self._flows(who), start=1)}
        return BLANK | {"tone": tone, "note": note, "head": who.name, "keys": keys}


@dataclass
class Meter:
    """How many scans this process answered, and with how many SQL statements."""

    scans: int = 0
    statements: int = 0


class Refused(Exception):
    """Carries a refusal out of a transaction that must be rolled back."""

    def __init__(self, cause: Refusal) -> None:
        super().__init__(cause.text)
        self.cause = cause


def resumes(open_task: Any, args: dict[str, Any]) -> bool:
    """Return whether asking for work means the open task: always, unless another thing was scanned at the menu."""
    return not args.get("ref") or open_task.subject == f"{args.get('kind')}:{args['ref']}"
