"""The print agent: runs beside printers that the server cannot reach, fetches their labels, tells what became of them.

It keeps nothing: the server leases each label to it, with a number that a second agent or a late answer does not have.
It says "begin" before the first byte leaves and sends none without the server's yes.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import urllib3

from wms import clock
from wms.errors import BadInput, Refusal
from wms.labels.printers import Allowed, Outcome, PrinterAddress, Session, Timeouts, transport

LONG_POLL_SECONDS = 25.0  # until the server counts as away
WATCH_SECONDS = 10.0  # how often a printer at rest is asked how it is, and how long work is waited for
BUSY_SECONDS = 0.5  # between two questions while printers are at work
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
TELL_SECONDS = 600.0  # how long an outcome is told to a server that does not answer; its lease is over before
HERE = {"localhost", "127.0.0.1", "::1"}
Json = dict[str, Any]
log = logging.getLogger("wms.agent")


class NotWelcome(Refusal):
    """The server does not know this token, or not any more."""

    sentence = "The server does not know this token. Make a new one."
    status = 401


class NotPrivate(Refusal):
    """Addresses and tokens do not travel in the clear."""

    sentence = "Use https:// for a server on another machine."


class Away(Exception):
    """The server did not answer; ask again."""


@dataclass(frozen=True)
class Server:
    """The server's side of the agent, over HTTPS."""

    url: str
    token: str
    ca: str | None = None

    def __post_init__(self) -> None:
        """Raise NotPrivate for plain http to another machine, BadInput for what is no address."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadInput(field="server", why="an address such as https://wms.example.org, please")
        if parts.scheme == "http" and parts.hostname not in HERE:
            raise NotPrivate
        pool = urllib3.PoolManager(maxsize=32, retries=False, ca_certs=self.ca)
        object.__setattr__(self, "_pool", pool)

    def post(self, path: str, body: Json, patience: float = 10.0) -> Json:
        """Return the server's answer; raises Away when there is none, NotWelcome for a token that it does not know."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        pool: urllib3.PoolManager = vars(self)["_pool"]
        waits = urllib3.Timeout(connect=5, read=patience)
        try:
            address = f"{self.url.rstrip('/')}/agent/{path}"
            answer = pool.request("POST", address, body=json.dumps(body), headers=headers, timeout=waits)
            if answer.status in (401, 403):
                raise NotWelcome
            if answer.status != 200:
                raise Away(f"the server says {answer.status}")
            told: Json = answer.json()
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise Away(type(error).__name__) from error
        return told


class Agent:
    """Asks for work and prints it, every printer in a thread of its own."""

    def __init__(self, server: Server, allowed: Allowed, timeouts: Timeouts) -> None:
        """Print for `server` on printers that are `allowed` here, whatever the server says."""
        self.server, self.allowed, self.timeouts = server, allowed, timeouts
        self.threads: dict[int, threading.Thread] = {}
        self.states: dict[str, str] = {}  # printer -> what is wrong with it, to be told
        self._looked: dict[int, float] = {}
        self._new = True  # it does not know yet which printers there are

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; raises NotWelcome. A server that is away is asked again and again."""
        misses = 0
        while not stop.is_set():
            began = clock.seconds()
            try:
                told = self.look()
            except Away as away:
                log.warning("no answer (%s), asking again", away)
                stop.wait(PAUSES[min(misses, len(PAUSES) - 1)])
                misses += 1
                continue
            misses = 0
            for printer in told["due"]:
                self._start(printer, partial(self._serve, printer, stop))
            for each in told["rest"]:
                if began - self._looked.get(each["id"], float("-inf")) >= WATCH_SECONDS:
                    self._start(each["id"], partial(self._ask, each))
            if clock.seconds() - began < BUSY_SECONDS:
                stop.wait(BUSY_SECONDS)  # an early answer is not asked for in circles
        for thread in self.threads.values():
            thread.join(self.timeouts.most)

    def look(self) -> Json:
        """Tell how the printers are and learn which have work; wait for work when nothing is going on here."""
        at_work = any(thread.is_alive() for thread in self.threads.values())
        wait = 0.0 if at_work or self._new else WATCH_SECONDS
        telling, self.states = self.states, {}
        try:
            told = self.server.post("look", {"wait": wait, "states": telling}, LONG_POLL_SECONDS)
        except Away:
            self.states = telling | self.states
            raise
        self._new = False
        return told

    def _start(self, printer: int, task: Callable[[], None]) -> None:
        """Start a thread for a printer that has none."""
        self.threads = {number: thread for number, thread in self.threads.items() if thread.is_alive()}
        if printer not in self.threads:
            self.threads[printer] = threading.Thread(target=task, daemon=True)
            self.threads[printer].start()

    def _ask(self, each: Json) -> None:
        """Ask a printer at rest how it is."""
        way = self.open(each)
        found = way if isinstance(way, Outcome) else way.ready()
        if not isinstance(way, Outcome):
            way.close()
        self.states[str(each["id"])] = found.reason if found else ""
        self._looked[each["id"]] = clock.seconds()

    def _serve(self, printer: int, stop: threading.Event) -> None:
        try:
            self.serve(printer, stop)
        except Away as away:
            log.warning("printer %s: the server is away (%s)", printer, away)
        except Exception:
            log.exception("printer %s: stopped; its label is in doubt unless nothing was sent", printer)

    def serve(self, printer: int, stop: threading.Event) -> int:
        """Print what is due at a printer, in order, over one connection; return how many labels were tried."""
        tried, way = 0, None
        try:
            while not stop.is_set() and (label := self.server.post("claim", {"printer": printer})["label"]):
                way = way or self.open(label)
                outcome = way if isinstance(way, Outcome) else self.print(way, label)
                if outcome is None:
                    break
                self.tell(label, outcome)
                tried += 1
                if outcome.state not in ("sent", "confirmed"):
                    break
        finally:
            if way and not isinstance(way, Outcome):
                way.close()
        return tried

    def open(self, label: Json) -> Session | Outcome:
        """Return a session with the printer of a label; an address that is not allowed here is an outcome."""
        kind, host, port, queue = (label[name] for name in ("kind", "host", "port", "queue"))
        if kind not in ("tcp", "spooler"):
            return Outcome("not_sent", "The printer is of a kind that its print agent does not know.")
        try:
            return transport(PrinterAddress(kind, host, port, queue), self.allowed).open(self.timeouts)
        except BadInput as bad:
            return Outcome("not_sent", f"The printer's {bad.text}.")

    def print(self, way: Session, label: Json) -> Outcome | None:
        """Send one label if the printer is ready and the server says yes; None when the lease is another's."""
        if outcome := way.ready():
            return outcome
        mine = {"label": label["id"], "fence": label["fence"]}
        go = self.surely(lambda: self.server.post("begin", mine), self.timeouts.most)
        if not go["go"]:
            return None
        return way.ready() or way.print(label["zpl"].encode("utf-8"))

    def tell(self, label: Json, outcome: Outcome) -> None:
        """Say what became of a label, until the server has heard it."""
        told = {"label": label["id"], "fence": label["fence"], "state": outcome.state, "reason": outcome.reason}
        self.surely(lambda: self.server.post("settle", told), TELL_SECONDS)

    def surely(self, ask: Callable[[], Json], seconds: float) -> Json:
        """Ask until there is an answer, for so long; raises Away."""
        until, misses = clock.seconds() + seconds, 0
        while True:
            try:
                return ask()
            except Away:
                pause = PAUSES[min(misses, len(PAUSES) - 1)]
                if clock.seconds() + pause > until:
                    raise
                clock.sleep(pause)
                misses += 1
