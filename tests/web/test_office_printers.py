"""Printers in the office: found, set up, tested, moved away from; agents get a token that is shown once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk import HOSTILE, PAGE, Desk
from sqlalchemy import select, update

from wms.db import table_of
from wms.formats.equipment import read_printers
from wms.labels.emulator import Emulator
from wms.models.printing import PrintAgent, Printer, PrintJob
from wms.operations import equipping
from wms.settings import Printing

printers, jobs, agents = table_of(Printer), table_of(PrintJob), table_of(PrintAgent)


class Room(Desk):
    """A furnished house with an administrator's browser and an emulated printer on its network."""

    emulator: Emulator

    def send(self, path: str, **form: Any) -> Any:
        """Send a form as an administrator and return the page that follows."""
        self.session = getattr(self, "session", None) or self.browser("admin")
        client, csrf = self.session
        form |= {"csrf": csrf}
        return client.post(f"/office/printers{path}", data=form, headers=PAGE, follow_redirects=True)

    def known(self, code: str) -> Any:
        return self.rows(select(printers).where(printers.c.code == code))[0]

    def add(self, code: str = "ZP7", **more: Any) -> Any:
        at = {
            "transport": "tcp",
            "host": "127.0.0.1",
            "port": self.emulator.port,
            "name": f"printer {code}",
            "dpi": 203,
        }
        return self.send("", code=code, **(at | more))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with Emulator() as emulator:
        ways = Printing(allow_loopback=True, ports=(emulator.port,), networks=("127.0.0.0/8",), status_seconds=20)
        house = Room(f"sqlite:///{tmp_path}/room.db", printing=ways)
        house.emulator = emulator
        yield house
        house.close()


def test_a_printer_is_found_in_the_subnet_and_added_with_its_density(room: Room) -> None:
    room.emulator.behaviour.dots_per_mm = 12
    page = room.send("/find", network="127.0.0.1/32").text
    assert ("1 printer answers" in page, "PICKWELL-EMULATOR" in page) == (True, True)
    assert re.search(r'name="dpi" value="300"', page)
    assert "ZP7 is here" in room.add(dpi=300, station="P1").text
    assert (room.known("ZP7").dpi, room.known("ZP7").station_id) == (300, room.places["P1"])
    assert "No printers answer" in room.send("/find", network="127.0.0.1/32").text  # it is known now


def test_what_a_printer_says_of_itself_is_shown_as_text(room: Room) -> None:
    room.emulator.behaviour.model = "<img src=x onerror=go()>"
    page = room.send("/find", network="127.0.0.1/32").text
    assert ("&lt;img src=x" in page, "<img src=x" in page) == (True, False)


@pytest.mark.parametrize("network", ["8.8.8.0/24", "10.0.0.0/8", "the hall", "192.168.7.0/24"])
def test_a_subnet_that_is_not_the_printers_is_not_searched(room: Room, network: str) -> None:
    answer = room.as_("admin").post("/api/v1/printers/find", json={"network": network})
    assert (answer.status_code, "network" in answer.json["error"]["sentence"]) == (422, True)
    assert room.emulator.accepted == 0


def test_a_printer_whose_density_is_set_wrongly_is_warned_about(room: Room) -> None:
    room.emulator.behaviour.dots_per_mm = 12
    room.add()
    page = room.send(f"/{room.known('ZP7').id}/ask").text
    assert "PICKWELL-EMULATOR V1.0, 300 dpi: ready." in page
    assert "It says 300 dpi and is set to 203" in page


def test_a_printer_that_is_asked_says_what_is_wrong(room: Room) -> None:
    room.add()
    room.emulator.behaviour.mode = "paper_out"
    assert "out of paper" in room.send(f"/{room.known('ZP7').id}/ask").text
    assert room.known("ZP7").trouble == "printer ZP7 is not ready: out of paper."
    room.emulator.stop()
    assert "Nobody answers" in room.send(f"/{room.known('ZP7').id}/ask").text


def test_a_printer_that_prints_or_has_no_network_is_not_asked(room: Room) -> None:
    room.add()
    assert "tells nothing" in room.send("/1/ask").text
    printer = room.known("ZP7").id
    room.send(f"/{printer}/test")
    room.do(lambda tx: tx.execute(update(jobs).values(state="sending", lease_until=tx.now)))
    assert "is printing. Ask again" in room.send(f"/{printer}/ask").text


def test_a_test_label_is_queued_at_its_printer(room: Room) -> None:
    room.add(labels=["badge"])
    room.send(f"/{room.known('ZP7').id}/test")
    job = room.rows(select(jobs).where(jobs.c.template == "test"))[0]
    assert (job.printer_id, job.subject, "ZP7" in job.zpl) == (room.known("ZP7").id, "ZP7", True)
    assert room.as_("supervisor").get(f"/office/labels/{job.id}", headers=PAGE).status_code == 200


def test_every_field_of_a_printer_can_be_changed_and_a_box_that_is_not_ticked_is_off(room: Room) -> None:
    room.add(labels=["badge", "tote"], paused="yes")
    printer = room.known("ZP7").id
    room.send(f"/{printer}", name="new", transport="spooler", queue="Zebra_ZD", fallback="ZP1", dpi="300", station="")
    row = room.known("ZP7")
    assert (row.name, row.transport, row.queue, row.dpi, row.labels) == ("new", "spooler", "Zebra_ZD", 300, "")
    assert (row.fallback_id, row.paused, row.station_id) == (1, False, None)


@pytest.mark.parametrize("queue", ["-o raw", "a b", "../../dev", "q#1"])
def test_a_queue_that_could_be_an_option_or_a_path_is_refused(room: Room, queue: str) -> None:
    answer = room.as_("admin").patch("/api/v1/printers/1", json={"queue": queue})
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, ["queue"])


def test_the_token_of_an_agent_is_shown_once_and_can_be_revoked(room: Room) -> None:
    page = room.send("/agents", name="hall 2").text
    token = re.search(r"pickwell_agent_[\w-]{43}", page)
    assert token is not None
    assert token[0] not in room.send("/1/test").text
    assert "There is already an agent hall 2" in room.send("/agents", name="hall 2").text
    room.send(f"/agents/{room.rows(select(agents.c.id))[0].id}/revoke")
    assert room.as_("admin").get("/api/v1/print-agents").json["items"] == []


def test_a_printer_of_an_agent_is_set_up(room: Room) -> None:
    room.send("/agents", name="hall 2")
    room.add("FAR", transport="agent", agent="hall 2", host="10.9.8.7", port=9100)
    listed = room.as_("picker").get("/api/v1/printers").json["items"]
    assert [(row["agent"], row["host"]) for row in listed if row["code"] == "FAR"] == [("hall 2", "10.9.8.7")]


def test_a_copy_keeps_why_it_was_wanted(room: Room) -> None:
    room.furnish()
    client, csrf = room.browser("supervisor")
    room.do(lambda tx: tx.execute(update(jobs).values(state="confirmed")))
    form = {"csrf": csrf, "reason": "Torn or smeared"}
    assert client.post("/office/labels/1/reprint", data=form, headers=PAGE).status_code == 302
    assert "copy 2: Torn or smeared" in client.get("/office/labels", headers=PAGE).text
    client.post("/office/labels/1/reprint", data=form, headers=PAGE)
    assert len(room.labels()) == 2  # the copy still waits


def test_a_waiting_label_is_sent_to_another_printer(room: Room) -> None:
    room.furnish()
    room.add()
    room.do(lambda tx: tx.execute(update(jobs).values(state="queued")))
    client, csrf = room.browser("supervisor")
    client.post("/office/labels/1/move", data={"csrf": csrf, "printer": "ZP7"}, headers=PAGE)
    assert room.labels()[0].printer_id == room.known("ZP7").id
    answer = room.as_("supervisor").post("/api/v1/print-jobs/1/move", json={"printer": "NONE"})
    assert answer.json["error"]["sentence"] == "Printer NONE not found."


def test_a_hostile_name_of_a_printer_is_text(room: Room) -> None:
    assert HOSTILE not in room.add(name=HOSTILE[:60]).text


def test_the_printers_are_exported_as_the_table_that_a_site_is_set_up_from(room: Room) -> None:
    room.add()
    room.send(
        "", code="ZP8", name="Spooled", transport="spooler", queue="zebra", dpi=300, fallback="ZP7", labels="item"
    )
    client, _ = room.session
    answer = client.get("/office/printers.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    before = room.rows(select(printers).order_by(printers.c.id))
    room.store.transact(lambda tx: tx.execute(update(printers).values(fallback_id=None, labels="", queue="", dpi=600)))
    with room.store.read() as tx:
        names = equipping.names(tx)
    table = read_printers(answer.data, "printers.csv", names)
    room.store.transact(lambda tx: equipping.put_printers(tx, table))
    assert room.rows(select(printers).order_by(printers.c.id)) == before
