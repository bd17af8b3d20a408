"""A print agent, over HTTP against the real application: the same labels, the same outcomes, a token that can end."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bench import Bench
from cups import Working, serving
from served import Served
from sqlalchemy import select

from wms import clock
from wms.db import table_of
from wms.errors import BadInput
from wms.labels.agent import Agent, Away, NotPrivate, NotWelcome, Server
from wms.labels.emulator import Emulator
from wms.labels.labels import ToteLabel
from wms.labels.printers import Allowed, Timeouts
from wms.models.printing import PrintAgent, Printer, PrintJob
from wms.operations import equipping, labelling, lanes, printing
from wms.operations.labelling import Print
from wms.operations.ledger import By

jobs, printers, agents = table_of(PrintJob), table_of(Printer), table_of(PrintAgent)
WAITS = Timeouts(connect=20, status=1, write=20, finish=20)


class Far(Bench):
    """A warehouse whose printer ZP2 stands in another building, beside an agent."""

    url = ""

    def far_printer(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.token = self.do(equipping.add_agent, "hall 2")
        at = {"name": "P2", "transport": "agent", "agent": "hall 2", "host": "127.0.0.1", "port": emulator.port}
        self.far = int(self.do(equipping.add_printer, self.settings, "ZP2", at | {"labels": ["tote"]}))

    def want(self, number: int) -> int:
        label = ToteLabel(code=f"TO-{number:06d}-X", name="t")
        return int(self.do(labelling.enqueue, self.settings, Print(label, f"{number}", label.code), By()))

    def states(self) -> list[str]:
        return [row.state for row in self.rows(select(jobs.c.state).order_by(jobs.c.id))]

    def trouble(self) -> str:
        return str(self.rows(select(printers.c.trouble).where(printers.c.id == self.far))[0].trouble)


@pytest.fixture
def far(database_url: str) -> Iterator[Far]:
    clock.freeze(clock.now())
    house = Far(database_url)
    with Emulator() as emulator, Served(house) as site:
        house.url = site.url
        house.far_printer(emulator)
        yield house
    clock.freeze(None)


def server(far: Far, token: str = "") -> Server:
    return Server(far.url, token or far.token)


def agent(far: Far) -> Agent:
    allowed = Allowed(ports=(far.emulator.port,), loopback=True)
    return Agent(server(far), allowed, WAITS)


def claim(far: Far) -> Any:
    return server(far).post("claim", {"printer": far.far})["label"]


def test_an_agent_prints_what_waits_in_order_and_says_so(far: Far) -> None:
    for number in range(4):
        far.want(number)
    assert server(far).post("look", {"wait": 0})["due"] == [far.far]
    assert agent(far).serve(far.far, threading.Event()) == 4
    assert far.states() == ["confirmed"] * 4
    assert [label.split(b"TO-")[1][:6] for label in far.emulator.printed] == [b"00000%d" % n for n in range(4)]


def test_the_server_never_prints_a_label_of_an_agent_itself(far: Far) -> None:
    far.want(1)
    assert (lanes.round_trip(far.store, far.settings), far.states(), far.emulator.printed) == (0, ["queued"], ())
    assert far.do(printing.claim, far.settings, far.far) is None


def test_what_is_wrong_with_a_far_printer_is_known_here(far: Far) -> None:
    far.emulator.behaviour.mode = "paper_out"
    far.want(1)
    agent(far).serve(far.far, threading.Event())
    assert (far.states(), far.trouble()) == (["queued"], "P2 is not ready: out of paper. Job kept.")


def test_a_far_printer_at_rest_is_asked_and_its_trouble_known_before_a_label_needs_it(far: Far) -> None:
    far.emulator.behaviour.mode = "paper_out"
    stop = threading.Event()
    working = threading.Thread(target=agent(far).run, args=(stop,))
    working.start()
    assert wait_for(lambda: far.trouble() == "P2 is not ready: out of paper.")
    stop.set()
    far.emulator.behaviour.mode = "ready"
    far.want(1)
    working.join(40)


def test_an_agent_tells_of_its_own_printers_only(far: Far) -> None:
    server(far).post("look", {"wait": 0, "states": {str(far.printer): "The printer is on fire."}})
    assert {row.trouble for row in far.rows(select(printers.c.trouble))} == {""}


def test_an_address_that_the_agents_machine_does_not_allow_prints_nothing(far: Far) -> None:
    far.want(1)
    Agent(server(far), Allowed(ports=(far.emulator.port,)), WAITS).serve(far.far, threading.Event())
    assert (far.states(), far.emulator.printed) == (["queued"], ())
    assert "this machine itself" in far.trouble()


def test_an_agent_that_dies_inside_a_label_leaves_it_uncertain_and_before_it_waiting(far: Far) -> None:
    for number in (1, 2):
        far.want(number)
    first = claim(far)
    assert server(far).post("begin", {"label": first["id"], "fence": first["fence"]}) == {"go": True}
    assert claim(far) is None
    clock.advance(timedelta(minutes=10))
    lanes.tidy(far.store, far.settings)
    clock.advance(timedelta(minutes=1))
    assert claim(far) is not None
    clock.advance(timedelta(minutes=10))
    lanes.tidy(far.store, far.settings)
    assert far.states() == ["uncertain", "queued"]


def test_a_lost_answer_to_a_claim_is_asked_for_again_and_the_first_one_is_void(far: Far) -> None:
    far.want(1)
    lost, again = claim(far), claim(far)
    assert (lost["id"], lost["fence"] < again["fence"]) == (again["id"], True)
    told = [server(far).post("begin", {"label": each["id"], "fence": each["fence"]})["go"] for each in (lost, again)]
    assert told == [False, True]


def test_an_outcome_told_twice_counts_once_and_a_late_one_not_at_all(far: Far) -> None:
    far.want(1)
    label = claim(far)
    mine = {"label": label["id"], "fence": label["fence"]}
    for _ in range(2):
        assert server(far).post("begin", mine) == {"go": True}
    for _ in range(2):
        server(far).post("settle", mine | {"state": "confirmed", "reason": ""})
    assert far.states() == ["confirmed"]
    assert server(far).post("settle", mine | {"fence": 99, "state": "uncertain"}) == {"done": False}
    assert far.states() == ["confirmed"]


@pytest.mark.parametrize("verb", ["begin", "settle"])
def test_another_agent_has_no_say_about_the_label(far: Far, verb: str) -> None:
    far.want(1)
    label = claim(far)
    other = server(far, far.do(equipping.add_agent, "hall 3"))
    assert other.post("look", {"wait": 0}) == {"due": [], "rest": []}
    assert other.post("claim", {"printer": far.far}) == {"label": None}
    mine = {"label": label["id"], "fence": label["fence"]}
    told = other.post(verb, mine | ({"state": "confirmed"} if verb == "settle" else {}))
    assert (list(told.values()), far.states()) == ([False], ["claimed"])


def test_a_revoked_token_opens_nothing_from_then_on(far: Far) -> None:
    far.want(1)
    me = far.rows(select(agents.c.id))[0].id
    far.do(equipping.revoke_agent, me)
    for verb, body in (("look", {"wait": 0}), ("claim", {"printer": far.far}), ("begin", {"label": 1, "fence": 1})):
        with pytest.raises(NotWelcome):
            server(far).post(verb, body)
    assert far.do(equipping.add_agent, "hall 2") != far.token


@pytest.mark.parametrize("token", ["pickwell_agent_wrong", "x", "pickwell_agent_'; DROP TABLE print_agent"])
def test_a_wrong_token_opens_nothing(far: Far, token: str) -> None:
    with pytest.raises(NotWelcome):
        server(far, token).post("look", {"wait": 0})


def test_a_token_is_not_kept_and_a_persons_session_is_none(far: Far) -> None:
    assert far.token not in str(far.rows(select(agents)))
    session = far.do(lambda tx: "a" * 43)
    with pytest.raises(NotWelcome):
        server(far, session).post("look", {"wait": 0})


def test_a_long_poll_ends_when_a_label_is_made(far: Far) -> None:
    told: list[Any] = []
    waiting = threading.Thread(target=lambda: told.append(server(far).post("look", {"wait": 25}, 40)))
    waiting.start()
    assert wait_for(lambda: far.rows(select(agents.c.seen_at))[0].seen_at is not None)
    far.want(1)
    waiting.join(20)
    assert [each["due"] for each in told] == [[far.far]]


def test_an_agent_that_fell_silent_is_said_at_its_printers_until_it_asks_again(far: Far) -> None:
    server(far).post("look", {"wait": 0})
    lanes.tidy(far.store, far.settings)
    assert far.trouble() == ""
    clock.advance(timedelta(minutes=2))
    lanes.tidy(far.store, far.settings)
    assert far.trouble() == "Its print agent is silent."
    server(far).post("look", {"wait": 0})
    lanes.tidy(far.store, far.settings)
    assert far.trouble() == ""


def test_the_whole_agent_works_until_it_is_told_to_stop(far: Far) -> None:
    for number in range(3):
        far.want(number)
    stop = threading.Event()
    working = threading.Thread(target=agent(far).run, args=(stop,))
    working.start()
    assert wait_for(lambda: far.states() == ["confirmed"] * 3)
    stop.set()
    far.want(9)  # ends the long poll
    working.join(40)
    assert not working.is_alive()


@pytest.fixture
def queue(far: Far, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Working]:
    """A print queue beside the agent that ends at the emulated printer; from now on ZP2 is this queue."""
    with serving(Working(folder=tmp_path, printer=far.emulator.port)) as system:
        monkeypatch.setenv("PATH", f"{system.install()}{os.pathsep}{os.environ['PATH']}")
        far.do(equipping.change_printer, far.settings, far.far, {"host": "", "queue": "desk"})
        yield system


def by_queue(far: Far, queue: Working) -> Agent:
    return Agent(server(far), Allowed(spooler=f"127.0.0.1:{queue.port}"), WAITS)


def test_an_agent_hands_labels_to_a_print_queue_and_they_come_out_at_its_printer(far: Far, queue: Working) -> None:
    for number in range(2):
        far.want(number)
    assert by_queue(far, queue).serve(far.far, threading.Event()) == 2
    assert far.states() == ["sent"] * 2
    assert wait_for(lambda: len(far.emulator.printed) == 2)
    assert [label.split(b"TO-")[1][:6] for label in far.emulator.printed] == [b"000000", b"000001"]
    assert (queue.folder / "words").read_text() == f"127.0.0.1:{queue.port} -Pdesk -oraw\n" * 2


def test_a_stopped_queue_beside_an_agent_keeps_its_label_here_and_says_why(far: Far, queue: Working) -> None:
    queue.queue = {"printer-state": 5, "printer-state-reasons": "media-empty-error"}
    far.want(1)
    by_queue(far, queue).serve(far.far, threading.Event())
    assert (far.states(), far.trouble()) == (["queued"], "P2 is not ready: out of paper. Job kept.")
    assert not list(queue.folder.glob("*.job"))


def test_an_agent_does_not_send_its_token_in_the_clear() -> None:
    with pytest.raises(NotPrivate):
        Server("http://wms.example.test", "t")
    with pytest.raises(BadInput, match="server"):
        Server("wms.example.test", "t")


def test_a_server_that_is_not_there_is_away_and_not_a_refusal() -> None:
    with Emulator() as nobody:
        port = nobody.port
    with pytest.raises(Away):
        Server(f"http://127.0.0.1:{port}", "t").post("look", {}, 5)


@pytest.mark.parametrize("body", [{}, {"label": 0, "fence": 1}, {"label": 1, "fence": 1, "extra": 1}])
def test_a_body_that_is_none_is_refused(far: Far, body: dict[str, Any]) -> None:
    with pytest.raises(Away, match="422"):
        server(far).post("begin", body)


def wait_for(is_so: Callable[[], bool]) -> bool:
    until = clock.seconds() + 20
    pause = threading.Event()
    while not (found := is_so()) and clock.seconds() < until:
        pause.wait(0.02)
    return found
