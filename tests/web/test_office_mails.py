"""Backers and mails in the office: words are approved, mails and lists go out, what is in doubt is decided."""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from backers import HOME, Campaign, backer
from desk import HOSTILE, PAGE
from desk import Desk as Office
from openpyxl import load_workbook
from postbox import Postbox
from writing import SECTIONS, section

from wms.operations import posting, segmenting
from wms.operations.ledger import By
from wms.operations.segmenting import NewSegment
from wms.queries.segments import SegmentFilter


class Desk(Office):
    """A supervisor's browser and a campaign of three backers, one of whom never answered."""

    box: Postbox
    campaign: Campaign
    csrf: str
    client: Any

    def sit(self) -> None:
        """Let a supervisor sit down."""
        self.client, self.csrf = self.browser("supervisor")

    def see(self, path: str, status: int = 200) -> str:
        """A page as it reads."""
        with self.client.get(f"/office/{path}", headers=PAGE) as answer:
            assert answer.status_code == status, answer.text
            return str(answer.text)

    def press(self, path: str, **form: Any) -> str:
        """Press a button and read the page it leads to."""
        data, where = form | {"csrf": self.csrf}, {"Referer": "http://localhost/office/backers/1"}
        made = self.client.post(f"/office/{path}", data=data, headers=PAGE | where, follow_redirects=True)
        return str(made.text)

    def approve(self, kind: str) -> None:
        """Approve the shipped words."""
        self.press(f"backers/1/wordings/{kind}/approve", version="0")

    def post(self) -> int:
        """Let the worker's lane run."""
        return posting.send_due(self.store, self.settings, threading.Event())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Postbox, Path]]:
    with Postbox() as box:
        yield box, tmp_path_factory.mktemp("post")


@pytest.fixture
def desk(made: tuple[Postbox, Path], tmp_path: Path) -> Iterator[Desk]:
    box = made[0]
    box.__dict__.update(taken=[], to=[], rcpt=lambda to: None, after_data=lambda to: None)
    desk = Desk(f"sqlite:///{tmp_path}/desk.db", mail=section(box.port), **SECTIONS)
    desk.box = box
    desk.item("EXP-1")
    desk.campaign = Campaign(desk, Core="EXP-1")
    silent = backer(3, "Core", survey_answered=False, recipient=replace(HOME, name=HOSTILE))
    desk.campaign.review(backer(1, "Core"), backer(2, "Core"), silent)
    desk.sit()
    yield desk
    desk.close()


def test_words_are_looked_at_tried_approved_and_then_mails_go(desk: Desk) -> None:
    assert "its wording is a draft" in desk.press("backers/1/send", kind="survey")
    page = desk.press("backers/1/wordings/survey", base="0", subject="{campagne}", body="{link}")
    assert "{campagne} in the subject is no placeholder" in page
    look = desk.press("backers/1/wordings/survey", base="0", subject="Hi {name}", body="At {link}", look="yes")
    assert "Hi Mira Sample" in look
    assert "not kept yet" in look
    desk.press("backers/1/wordings/survey", base="0", subject="Hi {name}", body="At\n{link}")
    desk.press("backers/1/wordings/survey/test", address="me@house.example.test")
    desk.post()
    assert (desk.box.to, desk.box.letters[0]["Subject"]) == (["me@house.example.test"], "[Test] Hi Mira Sample")
    desk.press("backers/1/wordings/survey/approve", version="1")
    assert "3 mails are on their way" in desk.press("backers/1/send", kind="survey")
    assert (desk.post(), "3 sent" in desk.see("backers/1")) == (3, True)
    letter = next(each for each in desk.box.letters if each["To"].endswith("<mira1@example.test>"))
    base, path = re.search(r"(https://[^/]+)(/c/\S+)", letter.get_body(("plain",)).get_content()).groups()  # type: ignore[union-attr]
    page = desk.app.test_client().get(path, base_url=base, headers=PAGE)
    assert (page.status_code, "Mira Sample1" in page.text) == (200, True)


def test_the_final_notice_goes_as_a_list_and_its_clock_starts_when_it_went_out(desk: Desk) -> None:
    desk.do(segmenting.make, By(), desk.campaign.id, NewSegment("Home", SegmentFilter(countries=("AT",))))
    assert "A list of 2 orders is ready" in desk.press("backers/1/send", kind="final", way="list", segment="1")
    rows = list(csv.DictReader(io.StringIO(desk.see("mailings/1/list"))))
    assert [row["email"] for row in rows] == ["mira1@example.test", "mira2@example.test"]
    assert all(row["link"].startswith("https://check.example.test/c/") for row in rows)
    desk.campaign.review(backer(1, "Core"), backer(2, "Core"), backer(4, "Core"))
    assert "2 backers are told" in desk.press("mailings/1/went-out")
    assert desk.campaign.order(1).lock_at is not None
    assert desk.campaign.order(4).lock_at is None
    assert "was said before" in desk.press("mailings/1/went-out")
    assert re.search(r"Final notice to 1\b", desk.see("backers/1"))


def test_the_chase_list_holds_the_silent_and_no_formula(desk: Desk) -> None:
    named = replace(HOME, name="=cmd|' /C calc'!A0")
    desk.campaign.review(backer(3, "Core", survey_answered=False, recipient=named))
    with desk.client.get("/office/backers/1/chase?kind=xlsx", headers=PAGE) as answer:
        rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert (rows[0][:4], len(rows)) == (("order", "name", "email", "link"), 2)
    assert rows[1][1] == "'=cmd|' /C calc'!A0"
    assert (rows[1][-1], rows[1][-3]) == ("the platform's survey", "0")
    assert "chase-list" in desk.see("exports")


def test_a_mail_in_doubt_waits_on_the_first_page_until_somebody_decides(desk: Desk) -> None:
    desk.approve("survey")
    desk.press("backers/1/send", kind="survey")
    desk.box.after_data = lambda to: "BREAK" if to.startswith("mira1") else None
    desk.post()
    assert "Mails uncertain" in desk.see("")
    assert "The mail server broke off" in desk.see("backers/1")
    found = desk.see("mails")
    assert found.index("mail-1") < found.index("mail-3")
    assert "reason: say why" in desk.press("mails/1/arrived", reason=" ")
    assert "It counts as sent" in desk.press("mails/1/arrived", reason="Their log has it.")
    desk.press("mails/stop")
    assert "Somebody stopped them." in desk.see("")
    desk.press("mails/go-on")
    desk.post()
    assert "Mails uncertain" not in desk.see("")
    assert "Pat supervisor: Their log has it." in desk.see("mails?state=sent")


def test_hostile_names_stay_text_on_every_page(desk: Desk) -> None:
    desk.campaign.review(backer(1, "Core", email='"><script>alert(1)</script>@example.test'))
    desk.approve("survey")
    desk.press("backers/1/send", kind="survey")
    desk.box.rcpt = lambda to: "550 <script>alert(1)</script>"
    desk.post()
    pages = [desk.see(path) for path in ("mails", "backers/1", "mails?q=%3Cscript%3E", "backers/1/wordings/final")]
    assert not any("<script>alert" in page for page in pages)
    assert "The mail address cannot be right." in pages[0]


def test_without_a_server_there_are_only_lists(desk: Desk) -> None:
    desk.app.extensions["wms.settings"] = replaced = desk.settings.model_copy(update={"mail": section(1, host="")})
    assert replaced.mail.host == ""
    desk.approve("survey")
    page = desk.see("backers/1")
    assert "No mail server is set" in page
    assert "Make a list of 3" in page
    assert "No mail server is set" in desk.press("backers/1/send", kind="survey", way="mail")
