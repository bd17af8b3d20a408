"""Scans on their way: kept before they are sent, first in first out, the same body again until it is answered."""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass, replace

from scanner_client.door import Answer, Door, Reply
from scanner_client.webcam.board import Board
from scanner_client.webcam.kept import Kept, Queue

PROFILE, TYPED = "camera", "typed"  # config/device_profiles.toml
BACKOFF_SECONDS = (0.3, 0.6, 1.2, 2.5, 5.0, 10.0, 15.0)
LOOK_SECONDS = 0.7  # how long a stop or a question stays before the next kept scan may replace it
ASK_FOR_WORK_SECONDS = 10.0
PLACE = re.compile(r"(\][A-Za-z][0-9A-Za-z])?LO-", re.IGNORECASE)
BADGE = re.compile(r"(?:\][A-Za-z][0-9A-Za-z])?(BD-.*)", re.IGNORECASE)
NOT_YET, BUSY_CODES = (408, 425, 429, 503), ("busy", "in_flight")
AWAY = "The server does not answer. Scans are kept."
ASIDES = 20  # as many are listed
DOUBLED = "scanned before the question was on screen"


@dataclass(frozen=True)
class Wishes:
    """What was asked for at the start: a flow to work in, the code of the station to stand at, the device's name."""

    device: str
    flow: str = ""
    station: str = ""
    credentials: tuple[str, str] | None = None  # badge, PIN


class Refused(RuntimeError):
    """The server does not let this badge in; the message is its sentence."""


class Sender(threading.Thread):
    """The only one who talks to the server about scans. `lane` is held while a request is under way."""

    def __init__(self, door: Door, queue: Queue, board: Board, wishes: Wishes) -> None:
        super().__init__(name="sender", daemon=True)
        self.door, self.queue, self.board, self.wishes = door, queue, board, wishes
        self.owner = wishes.credentials[0].upper() if wishes.credentials else ""
        self.sent = 0
        self.failure: str = ""  # why the start was refused: nobody can go on without a person
        self._signed_in = self._begun = False
        self._failures, self._wait_seconds = 0, 0.0
        self._lane = threading.Lock()
        self._wake = threading.Event()
        self._stopped = threading.Event()

    # -- what other threads ask for -----------------------------------------------------------------------------------

    def scan(self, text: str, profile: str = PROFILE) -> None:
        """Keep a scan, then send it; a badge shown while nobody is signed in asks for its PIN."""
        badge = BADGE.fullmatch(text)
        if badge and not self._signed_in and not self.wishes.credentials:
            self.board.say("ready", "Enter the PIN.", asks="pin", badge=badge[1])
        elif not self.owner:
            self.board.say("stop", "Show your badge first.")
        else:
            self._keep(text, profile)

    def press(self, key: str) -> None:
        """Keep a key; it goes to the screen that it was pressed on and to no other."""
        if self.owner:
            self._keep(key, TYPED, self.queue.screen(self.owner))

    def sign_in(self, badge: str, pin: str) -> None:
        """Open a session; raises Refused with the server's sentence, or when there was no answer."""
        with self._lane:
            body = {"badge": badge, "pin": pin, "device": self.wishes.device}
            reply = self.door.once("POST", "/login", body)
            if reply is None or reply.status >= 500:
                raise ConnectionError(f"{self.door.server} does not answer.")
            if reply.status != 200:
                raise Refused(sentence(reply))
            self.door.headers = {reply.body["send"]["header"]: reply.body["send"]["value"]}
            self.owner, self._signed_in, self._begun, self._failures = badge.upper(), True, False, 0
            self.board.tell(person=reply.body["operator"]["name"], asks="", badge="")
            self.board.trouble("")
        self._wake.set()

    def sign_out(self) -> None:
        """End the session; what this person's scans wait for stays on the disk until they are back."""
        with self._lane:
            self.door.once("POST", "/logout", {})
            self.door.headers = {}
            self.owner, self._signed_in, self._begun = "", False, False
            self.wishes = replace(self.wishes, credentials=None)
            self.board.tell(person="", asks="", answer={}, **self.queue.counts(""))
        self._wake.set()

    def drop_asides(self) -> None:
        """A person has seen what was set aside."""
        self.queue.drop_asides()
        self._counted()

    def idle(self) -> bool:
        """Return whether everything of this person was answered and the work was asked for."""
        return self._begun and self.queue.first(self.owner) is None

    def stop(self) -> None:
        """End the thread after the request at hand; what waits stays on the disk."""
        self._stopped.set()
        self._wake.set()

    def _keep(self, text: str, profile: str, screen: Answer | None = None) -> None:
        self.queue.add(self.owner, text, profile, screen)
        self._counted()
        self._wake.set()

    def _counted(self) -> None:
        asides = [{"text": scan.text, "why": scan.why} for scan in self.queue.asides()[:ASIDES]]
        self.board.tell(**self.queue.counts(self.owner), asides=asides)

    # -- the thread ---------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Sign in, stand at the station, get work, send scan after scan."""
        self._counted()
        while not self._stopped.is_set() and not self.failure:
            pause = self._step()
            if pause:
                self._wake.wait(pause)
            self._wake.clear()

    def _step(self) -> float:
        """Do the next thing; return how many seconds to wait when nobody wakes us."""
        if not self._signed_in:
            return self._come_in()
        with self._lane:
            if not self._begun:
                return self._begin()
            if (scan := self.queue.first(self.owner)) is not None:
                return self._deliver(scan)
            if self.wishes.flow and not self.queue.screen(self.owner).get("task"):
                return self._work() or ASK_FOR_WORK_SECONDS
        return ASK_FOR_WORK_SECONDS

    def _come_in(self) -> float:
        """Sign in with the credentials of the start, else wait for a badge and its PIN."""
        if self.wishes.credentials is None:
            if not self.board.fact("asks"):
                self.board.say("ready", "Show your badge to the camera.", asks="badge", person="")
            return ASK_FOR_WORK_SECONDS
        try:
            self.sign_in(*self.wishes.credentials)
        except ConnectionError:
            return self._later()
        except Refused as refused:
            self.board.say("stop", str(refused))
            if not self._begun:
                self.failure = str(refused)
            self.wishes = replace(self.wishes, credentials=None)  # asking again and again would lock the PIN
        return 0.0

    def _begin(self) -> float:
        """Stand at the station, then go on where this person was, unless scans wait that know where they belong."""
        if self.wishes.station and not self.board.fact("station"):
            reply = self._ask("POST", "/station", {"text": self.wishes.station, "profile": TYPED})
            if reply is None:
                return self._later()
            if reply.status != 200:
                self.failure = f"--station {self.wishes.station}: {sentence(reply)}"
                return 0.0
            self._stands(reply)
        if self.queue.first(self.owner) is None and (pause := self._screen()):
            return pause
        self._begun = True
        self._counted()
        return 0.0

    def _screen(self) -> float:
        task = self.queue.screen(self.owner).get("task")
        if not task and self.wishes.flow:
            return self._work()
        return self._drawn(self._ask("GET", f"/task/{task}" if task else "/task", None))

    def _work(self) -> float:
        return self._drawn(self._ask("POST", "/task", {"flow": self.wishes.flow}))

    def _drawn(self, reply: Reply | None) -> float:
        """Take a screen that came without a scan; return how long to wait when there was none."""
        if reply is None:
            return self._later()
        if reply.status != 200:
            if self.wishes.flow and not self._begun:
                self.failure = sentence(reply)
            return 0.0
        before = self.queue.screen(self.owner)
        self.queue.move_to(self.owner, reply.body)
        if before.get("task") != reply.body.get("task") or not self._begun:
            self._shows(reply.body)
        return 0.0

    def _deliver(self, scan: Kept) -> float:
        """Send one scan; return how many seconds to wait before the next attempt or the next scan."""
        screen = self.queue.screen(self.owner)
        if scan.body is None and not screen.get("task") and PLACE.match(scan.text):
            reply = self._ask("POST", "/station", {"text": scan.text, "profile": scan.profile})
            if reply is None:
                return self._later()
            if reply.status == 200:
                self.queue.settle(scan, None)
                self._counted()
                return self._stands(reply)
        reply = self._ask("POST", "/scan", self.queue.bind(scan, screen))
        return self._settle(scan, reply) if reply else self._later()

    def _ask(self, method: str, path: str, body: Answer | None) -> Reply | None:
        """Return an answer that is one; None when the same must be asked again later."""
        reply = self.door.once(method, path, body)
        if reply is not None and reply.status == 401:
            self._signed_in = False
            self.board.tell(person="", asks="")
        if reply is not None and is_answer(reply):
            self._failures = 0
            self.board.trouble("")
            return reply
        self._wait_seconds = reply.wait_seconds if reply else 0.0
        return None

    def _later(self) -> float:
        """Return how long to wait; each time longer, and never as long as the others in the hall."""
        pause = max(self._wait_seconds, BACKOFF_SECONDS[min(self._failures, len(BACKOFF_SECONDS) - 1)])
        self._failures += 1
        self._counted()
        self.board.trouble(AWAY)
        return pause * (1 + random.random() / 4)

    def _settle(self, scan: Kept, reply: Reply) -> float:
        """Take an answered scan off the queue and say the answer."""
        if not is_screen(reply.body):
            self.queue.set_aside(scan, sentence(reply))
            self.board.say("stop", sentence(reply))
            self._counted()
            return LOOK_SECONDS
        self.queue.settle(scan, reply.body)
        self.sent += 1
        if reply.body["tone"] == "ask":
            self.queue.doubles_aside(scan, DOUBLED)
        self._counted()
        self._shows(reply.body)
        waits = self.queue.first(self.owner) is not None
        return LOOK_SECONDS if waits and reply.body["tone"] in ("ask", "stop") else 0.0

    def _shows(self, answer: Answer) -> None:
        self.board.say(answer["tone"], answer["note"] or answer["title"], answer=answer)

    def _stands(self, reply: Reply) -> float:
        name = reply.body["station"]["name"]
        self.board.say("ok", f"This is {name} now.", station=name)
        return 0.0


def is_screen(body: Answer) -> bool:
    """Return whether JSON is a screen of the scan contract."""
    return {"turn", "tone", "title"} <= set(body)


def is_answer(reply: Reply) -> bool:
    """Return whether a reply ends a request: neither a busy or broken server nor the page of something in between."""
    if reply.status in NOT_YET or reply.status >= 500 or reply.status == 401:
        return False
    if reply.status == 200:
        return True
    return "error" in reply.body and reply.body["error"].get("code") not in BUSY_CODES


def sentence(reply: Reply) -> str:
    """Return what the server says is wrong."""
    error = reply.body.get("error")
    return str(error.get("sentence", "")) if isinstance(error, dict) else f"The server answered {reply.status}."
