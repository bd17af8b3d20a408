"""Mails to backers over a real SMTP server: sent once, in doubt when nobody can know, stopped, limited, decided."""

from __future__ import annotations

import email
import email.policy
import re
import signal
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from backers import backer
from postbox import Postbox
from sqlalchemy import event, update
from warehouse import Warehouse
from writing import SECTIONS, Desk, mails, orders, section

from wms import clock, tls
from wms.db import Store
from wms.errors import BadInput
from wms.formats import letters
from wms.models.mail import MailServer
from wms.operations import addressing, jobs, mailing, noticing, posting, wording
from wms.operations.ledger import By
from wms.operations.mailing import Draft, NobodyLeft, NotNow
from wms.queries import mail as reads
from wms.queries import office
from wms.settings import Settings

server = MailServer.__table__


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with Postbox() as box:
        yield box


@pytest.fixture
def desk(tmp_path: Path, postbox: Postbox) -> Iterator[Desk]:
    house = Warehouse(f"sqlite:///{tmp_path}/post.db", mail=section(postbox.port), **SECTIONS)
    yield Desk(house, postbox)
    house.store.close()


@pytest.fixture
def either(database_url: str, postbox: Postbox) -> Iterator[Desk]:
    """As `desk`, on both databases."""
    house = Warehouse(database_url, mail=section(postbox.port), **SECTIONS)
    yield Desk(house, postbox)
    house.store.close()


def test_everybody_gets_the_survey_once_over_one_connection(either: Desk) -> None:
    assert either.send("survey") == (1 + 0, 3, 0)
    assert (either.post(), either.states(), either.box.connections) == (3, ["sent"] * 3, 1)
    letter = either.box.letters[0]
    text, page = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert (letter["To"], letter["Subject"]) == (
        *("Mira Sample1 <mira1@example.test>", "Lanternworks: please check what we send you"),
    )
    assert "https://check.example.test/c/" in text
    assert '<a href="https://check.example.test/c/' in page
    assert either.said() == ["The survey was mailed."]
    with pytest.raises(NobodyLeft):
        either.send("survey")


def test_the_final_notice_starts_the_clock_when_it_went_and_one_that_came_back_stops_it(either: Desk) -> None:
    either.send("final")
    assert either.campaign.order(1).lock_at is None
    either.post()
    until = either.campaign.order(1).lock_at
    assert until - either.mail().ended_at == timedelta(hours=48)
    content = either.box.letters[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "2 × Item CORE-RED" in content
    assert "Example Street 1\n8010 Graz" in content.replace("\r\n", "\n")
    either.decide("bounced", reason="550 unknown")
    assert (either.campaign.order(1).lock_at, either.mail().reason) == (None, "It came back: 550 unknown")
    assert either.campaign.order(2).lock_at == until or either.campaign.order(2).lock_at > until


def test_a_refused_recipient_fails_with_the_servers_words_and_the_others_go(desk: Desk) -> None:
    desk.box.rcpt = lambda to: "550 5.1.1 no such user" if to.startswith("mira2") else None
    desk.send("survey")
    desk.post()
    assert desk.states() == ["sent", "failed", "sent"]
    assert desk.mail(2).reason == "550 5.1.1 no such user"
    desk.box.rcpt = lambda to: None
    desk.decide("again", 2, "The server knows them now.")
    assert (desk.post(), desk.states(), desk.box.connections) == (1, ["sent"] * 3, 2)


def test_what_is_put_off_goes_later_with_the_same_message_id(desk: Desk) -> None:
    told = iter(["451 come back later", None])
    desk.box.after_data = lambda to: next(told) if to.startswith("mira1") else None
    desk.send("survey")
    desk.post()
    row = desk.mail()
    assert (row.state, row.reason, row.run_at - row.created_at >= timedelta(minutes=1)) == (
        *("queued", "451 come back later", True),
    )
    assert desk.post() == 0
    before = posting.message_id(desk.house.settings, row)
    desk.hurry()
    desk.post()
    assert (desk.box.letters[-1]["Message-ID"], desk.states()) == (before, ["sent"] * 3)


def test_a_server_that_puts_a_mail_off_for_ever_makes_it_fail(desk: Desk) -> None:
    desk.box.rcpt = lambda to: "450 busy" if to.startswith("mira1") else None
    desk.send("survey")
    for _ in range(len(posting.LATER_MINUTES) + 1):
        desk.post()
        desk.hurry()
    assert (desk.mail().state, desk.mail().reason) == ("failed", "450 busy")


def test_a_connection_that_ends_after_the_letter_leaves_a_doubt_that_a_person_settles(either: Desk) -> None:
    either.box.after_data = lambda to: "BREAK" if to.startswith("mira1") else None
    either.send("final")
    either.post()
    assert either.states() == ["uncertain", "queued", "queued"]
    either.hurry()
    either.post()
    assert (either.states(), either.campaign.order(1).lock_at) == (["uncertain", "sent", "sent"], None)
    assert [to[:5] for to in either.box.to] == ["mira1", "mira2", "mira3"]
    with pytest.raises(BadInput, match="reason"):
        either.decide("arrived", reason="  ")
    either.decide("arrived", reason="She answered it.")
    assert (either.mail().state, either.campaign.order(1).lock_at is None) == ("sent", False)
    with pytest.raises(NotNow):
        either.decide("arrived")


def test_a_letter_that_breaks_the_connection_before_it_went_stands_back(desk: Desk) -> None:
    desk.box.rcpt = lambda to: "BREAK" if to.startswith("mira1") else None
    desk.send("survey")
    desk.post()
    desk.house.do(mailing.go_on)
    desk.post()
    assert desk.states() == ["queued", "sent", "sent"]
    assert "421" in desk.mail().reason or "connection" in desk.mail().reason


class Killed(BaseException):
    """The worker dies here."""


@pytest.mark.parametrize(("arrives", "after"), [(True, ["uncertain", "sent", "sent"]), (False, ["sent"] * 3)])
def test_a_worker_that_dies_in_the_middle_sends_nothing_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, arrives: bool, after: list[str]
) -> None:
    point = "_hand_over" if arrives else "begin"
    place = posting.Postman if arrives else posting

    def die(*_: Any) -> None:
        raise Killed

    desk.send("survey")
    with monkeypatch.context() as patched:
        patched.setattr(place, point, die)
        with pytest.raises(Killed):
            desk.post()
    assert desk.post() == 0
    later = {"lease_until": desk.mail().created_at - timedelta(hours=1)}
    desk.house.do(lambda tx: tx.execute(update(mails).where(mails.c.lease_until.is_not(None)).values(later)))
    desk.post()
    assert desk.states() == after
    assert len(set(desk.box.to)) == len(desk.box.to) == after.count("sent")


def test_a_worker_that_is_killed_sends_nothing_twice(desk: Desk) -> None:
    desk.send("survey")
    child = get_context("fork").Process(target=lane_alone, args=(desk.house.settings,), daemon=True)
    desk.box.hook = lambda: child.kill() if len(desk.box.to) == 2 else None
    child.start()
    child.join(30)
    assert (child.exitcode, desk.states()) == (-signal.SIGKILL, ["sent", "sending", "queued"])
    later = {"lease_until": desk.mail().created_at - timedelta(hours=1)}
    desk.house.do(lambda tx: tx.execute(update(mails).where(mails.c.lease_until.is_not(None)).values(later)))
    desk.post()
    assert (desk.states(), len(set(desk.box.to)), len(desk.box.to)) == (["sent", "uncertain", "sent"], 3, 3)


def lane_alone(settings: Settings) -> None:
    """The lane of mails in a process of its own."""
    posting.send_due(Store(settings.database), settings, threading.Event())


def test_the_worker_sends_mails_in_a_thread_of_its_own(desk: Desk) -> None:
    desk.send("survey")
    stop = threading.Event()
    desk.box.hook = lambda: stop.set() if len(desk.box.to) == 3 else None
    working = threading.Thread(target=jobs.work, args=(desk.house.store, desk.house.settings, stop), daemon=True)
    working.start()
    working.join(30)
    assert (working.is_alive(), desk.states()) == (False, ["sent"] * 3)


def test_a_dead_server_delays_mails_and_nothing_else(desk: Desk) -> None:
    desk.send("survey")
    desk.house.settings = desk.house.settings.model_copy(update={"mail": section(1)})
    assert desk.post() == 0
    way = desk.house.rows(server.select())[0]
    assert ("127.0.0.1:1 cannot be reached" in way.trouble, way.failures, way.retry_at is None) == (True, 1, False)
    assert (desk.post(), desk.states()) == (0, ["queued"] * 3)
    desk.house.settings = desk.house.settings.model_copy(update={"mail": section(desk.box.port)})
    desk.hurry()
    assert (desk.post(), desk.house.rows(server.select())[0].trouble) == (3, "")


def test_stop_ends_the_sending_after_the_letter_that_is_on_the_wire(desk: Desk) -> None:
    made = desk.send("survey")
    desk.box.hook = lambda: desk.house.do(mailing.stop, By()) if len(desk.box.to) == 1 else None
    desk.post()
    assert desk.states() == ["sent", "queued", "queued"]
    desk.house.do(mailing.go_on)
    desk.house.do(mailing.stop_one, made.id, True)
    desk.hurry()
    assert desk.post() == 0
    desk.house.do(mailing.drop, By(), made.id, "The wording is wrong.")
    assert desk.states() == ["sent", "void", "void"]


def test_no_more_than_the_limit_goes_in_any_minute(either: Desk) -> None:
    either.house.settings = either.house.settings.model_copy(update={"mail": section(either.box.port, per_minute=2)})
    either.send("survey")
    assert [either.post(), either.post()] == [2, 0]
    long_ago = {"begun_at": either.mail().created_at - timedelta(minutes=2)}
    either.house.do(lambda tx: tx.execute(update(mails).where(mails.c.begun_at.is_not(None)).values(long_ago)))
    assert either.post() == 1


def test_drafts_do_not_go_and_only_the_version_that_was_seen_is_approved(desk: Desk) -> None:
    mine = desk.campaign.id
    with pytest.raises(BadInput, match=r"\{lnik\} in the body is no placeholder"):
        desk.house.do(wording.save, By(), mine, "survey", (1, "Hello", "Look: {lnik}"))
    desk.house.do(wording.save, By(), mine, "survey", (1, "Hello {name}", "Look: {link}"))
    with pytest.raises(Draft):
        desk.send("survey")
    with pytest.raises(wording.ChangedMeanwhile):
        desk.house.do(wording.approve, By(), mine, "survey", 1)
    desk.house.do(wording.approve, By(), mine, "survey", 2)
    desk.send("survey")
    desk.post()
    assert desk.box.letters[0]["Subject"] == "Hello Mira Sample1"


@pytest.mark.parametrize("implicit", [False, True])
def test_mails_go_encrypted_and_to_nobody_whose_certificate_is_not_known(
    tmp_path: Path, implicit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tls.init(tmp_path / "tls", ["127.0.0.1"], "Post").store
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    with Postbox(context, implicit) as box:
        known = section(box.port, tls="tls" if implicit else "starttls", ca=str(made.authority))
        house = Warehouse(f"sqlite:///{tmp_path}/post.db", mail=known, **SECTIONS)
        desk = Desk(house, box, people=1)
        desk.send("survey")
        house.settings = house.settings.model_copy(update={"mail": known.model_copy(update={"ca": ""})})
        assert (desk.post(), box.letters) == (0, [])
        desk.hurry()
        house.settings = house.settings.model_copy(update={"mail": known})
        assert (desk.post(), desk.states()) == (1, ["sent"])
        house.store.close()


HOSTILE = (
    *("Ada\r\nBcc: other@example.test", '"><other@example.test>, third@example.test', "=?utf-8?q?=0D=0ABcc:_x=40y?="),
    *("日本 太郎" * 30, "\x00\u202eadA", "a" * 300, 'Zoë \\ " ; , <b@example.test>', ".\r\n.\r\nQUIT"),
)


HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_a_header_or_another_recipient(name: str) -> None:
    body = letters.fill("Hello {name}\n.\nBye {link}", {"name": name, "link": "https://a.example.test/c/1"})
    letter = letters.Letter("ada@bücher.example.test", name, f"S {name}", body, "https://a.example.test/c/1")
    sender = letters.Sender("post@house.example.test", name)
    raw = letters.compose(letter, sender, "<1@house.example.test>", clock.now()).as_bytes()
    read: Any = email.message_from_bytes(raw, policy=email.policy.default)
    assert set(read.keys()) == HEADERS
    assert len(read.keys()) == len(HEADERS)
    assert [each.addr_spec for each in read["To"].addresses] == ["ada@xn--bcher-kva.example.test"]
    assert [each.addr_spec for each in read["From"].addresses] == ["post@house.example.test"]
    assert not {"<b@", "<other"} & set(re.findall(r"<b@|<other", read.get_body(("html",)).get_content()))


BAD = ("", "ada", "ada@", "@x.test", "a b@x.test", "a@x", "a@-x.test", "a..b@x.test", "a@x.test>\r\nRCPT TO:<b@y.test")


@pytest.mark.parametrize("address", [*BAD, "a@x.test,b@y.test", "<a@x.test>", "a@x.test\0", f"{'a' * 65}@x.test"])
def test_what_is_no_address_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(letters.BadAddress):
        letters.checked(address)


def test_many_mails_go_over_one_connection_with_few_statements(tmp_path: Path, postbox: Postbox) -> None:
    house = Warehouse(f"sqlite:///{tmp_path}/many.db", mail=section(postbox.port), **SECTIONS)
    desk = Desk(house, postbox, people=120)
    desk.send("survey")
    seen: list[str] = []
    event.listen(house.store.engine, "before_cursor_execute", lambda *facts: seen.append(str(facts[2])))
    assert desk.post() == 120
    assert (len(set(postbox.to)), postbox.connections, set(desk.states())) == (120, 1, {"sent"})
    assert len([each for each in seen if not each.startswith("BEGIN")]) <= 120 * 3 + 60
    house.store.close()


def test_orders_that_are_gone_and_parts_of_split_ones_get_no_mail(desk: Desk) -> None:
    number = {n: desk.campaign.order(n).id for n in (1, 2, 3)}
    split = {"parent_id": number[1], "part": 2}
    desk.house.do(lambda tx: tx.execute(update(orders).where(orders.c.id == number[2]).values(split)))
    assert desk.send("survey").mails == 2
    desk.house.do(lambda tx: tx.execute(update(orders).where(orders.c.id == number[3]).values(state="cancelled")))
    desk.post()
    assert (desk.states(), desk.mail(3).reason) == (["sent", "void"], "Its order is gone.")
    with pytest.raises(NotNow):
        desk.decide("again", 3)


def test_reminders_go_to_the_silent_and_not_again_within_the_week(either: Desk) -> None:
    either.campaign.review(backer(2, "2 Core", survey_answered=False), backer(1, "2 Core"), backer(3, "2 Core"))
    assert either.send("reminder").mails == 1
    either.post()
    with pytest.raises(NobodyLeft):
        either.send("reminder")
    long_ago = {"created_at": either.mail(2).created_at - timedelta(days=8)}
    either.house.do(lambda tx: tx.execute(update(mails).values(long_ago)))
    assert either.send("reminder").mails == 1
    assert either.box.to == ["mira2@example.test"]


def test_who_answered_while_the_reminder_waited_is_left_in_peace(desk: Desk) -> None:
    desk.campaign.review(*(backer(n, "2 Core", survey_answered=False) for n in (1, 2)), backer(3, "2 Core"))
    assert desk.send("reminder").mails == 2
    desk.campaign.review(backer(1, "2 Core"), backer(2, "2 Core", survey_answered=False), backer(3, "2 Core"))
    desk.post()
    assert (desk.states(), desk.mail(1).reason) == (["void", "sent"], "It was answered meanwhile.")


def test_a_list_starts_the_clock_of_those_on_it_when_it_went_out(either: Desk) -> None:
    made, house = either.send("final", way="list"), either.house
    assert (either.post(), either.campaign.order(1).lock_at) == (0, None)
    house.do(mailing.void, By(), either.mail(3).id, "He writes that he moves.")
    assert house.do(noticing.went_out, house.settings, By(), made.id) == 2
    assert [either.campaign.order(n).lock_at is None for n in (1, 2, 3)] == [False, False, True]
    with pytest.raises(NotNow):
        house.do(noticing.went_out, house.settings, By(), made.id)


def test_the_office_reads_how_far_everybody_is(either: Desk) -> None:
    either.send("survey")
    either.box.rcpt = lambda to: "550 no" if to.startswith("mira2") else None
    either.post()
    with either.house.store.read() as tx:
        board = noticing.board(tx, either.house.settings, either.campaign.id)
        found = reads.mail_list(tx, reads.Filters(text="MIRA2"))
        counts = reads.counts(tx, reads.Filters(kind="survey"))
        sent = reads.mailing_list(tx, either.campaign.id)
        waiting = [(row.kind, row.subject, row.number) for row in office.attention(tx)]
    assert (board[0].figures.asked, board[0].next, board[0].by_mail["final"]) == (2, "final", 3)
    assert [(row.state, row.reason) for row in found["items"]] == [("failed", "550 no")]
    assert ("mail", "failed", 1) in waiting
    assert (counts["state"], sent[0]["states"]) == ({"sent": 2, "failed": 1}, {"sent": 2, "failed": 1})


def test_who_was_corrected_by_the_office_is_told_once_more(desk: Desk) -> None:
    facts = (
        desk.house.settings,
        By(desk.house.worker().who.operator_id),
        desk.campaign.order(1).id,
        {"line1": "New Street 9"},
    )
    desk.house.do(addressing.change, *facts)
    assert desk.send("changed").mails == 1
    desk.post()
    assert "New Street 9" in desk.box.letters[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    with pytest.raises(NobodyLeft):
        desk.send("changed")


def test_the_lane_ends_when_the_worker_stops(desk: Desk) -> None:
    desk.send("survey")
    stop = threading.Event()
    desk.box.hook = stop.set
    assert posting.send_due(desk.house.store, desk.house.settings, stop) == 1
    assert desk.post() == 2
