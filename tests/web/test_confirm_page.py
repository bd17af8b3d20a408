"""The backer's page from outside: who gets in, what it carries, what hostile text does to it, who knocks too often."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from backers import Campaign, backer
from desk import HOSTILE, PAGE, Desk
from flask.testing import FlaskClient
from sqlalchemy import select, update

from wms.db import table_of
from wms.models.campaigns import Campaign as CampaignRow
from wms.models.items import Item
from wms.models.orders import OrderEvent
from wms.operations import confirming, locking, reviewing, surveying
from wms.operations.ledger import By
from wms.queries.surveys import Question
from wms.settings import Links
from wms.web import confirm, limits
from wms.web.office import surveys as office_surveys

FORM = re.compile(r'name="form" value="([^"]+)"')
HERE = {"REMOTE_ADDR": "203.0.113.7"}


class Door:
    """A desk with a campaign of three orders, and a survey whose every text tries to be a script."""

    def __init__(self, folder: Any, **links: Any) -> None:
        self.desk = Desk(f"sqlite:///{folder}/floor.db", links=Links(per_minute=1000, **links))
        self.campaign = Campaign(self.desk, Core="CORE-RED")
        self.campaign.take_in(*(backer(number, "Core") for number in (1, 2, 3)))
        texts = {"title": HOSTILE, "help": HOSTILE, "choices": (HOSTILE, "M")}
        self.question = self.desk.do(surveying.put, By(), self.campaign.id, Question("choice", **texts))
        self.text = self.desk.do(surveying.put, By(), self.campaign.id, Question("text", "Engraving"))
        self.desk.do(surveying.introduce, By(), self.campaign.id, HOSTILE)
        self.desk.do(surveying.publish, By(), self.campaign.id)
        self.desk.do(lambda tx: tx.execute(update(table_of(Item)).values(name=HOSTILE)))
        self.desk.do(lambda tx: tx.execute(update(table_of(CampaignRow)).values(name=HOSTILE)))
        self.desk.do(reviewing.review_all, self.desk.settings)

    def path(self, number: int = 1) -> str:
        """The path of an order's link."""
        link: str = self.desk.do(confirming.link, self.desk.settings, self.campaign.order(number).id)
        return link[link.index(confirming.PATH) :]

    def client(self) -> FlaskClient:
        """Somebody's browser."""
        client = self.desk.app.test_client()
        client.environ_base |= HERE
        return client

    def send(self, number: int = 1, **fields: str) -> Any:
        """Fill in the page of an order and send it."""
        client, path = self.client(), self.path(number)
        form = FORM.search(client.get(path).text)
        assert form
        return client.post(path, data={"form": form[1], **fields})


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    found = Door(tmp_path_factory.mktemp("door"))
    yield found
    found.desk.close()


@pytest.fixture(autouse=True)
def _nobody_knocked(door: Door) -> None:
    """Every test begins with fresh counts."""
    for limit in door.desk.app.extensions["wms.knocks"].values():
        limit._counts.clear()


def test_the_page_is_for_nobody_else(door: Door) -> None:
    answer = door.client().get(door.path())
    told = {name: answer.headers[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")}
    assert answer.status_code == 200
    assert told == {
        "Cache-Control": "no-store, private",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
    }
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.findall(r'(?:src|href)="(?!/static/|#|data:,)', answer.text)
    assert "<script" not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_every_wrong_link_gets_the_same_answer(door: Door) -> None:
    path = door.path()
    wrong = [
        f"{path[:-20]}{path[-20:].swapcase()}",
        "/c/1",
        "/c/999.aaaaaa.bbb",
        "/c/%00",
        "/c/a/b/c",
        f"/c/{'9' * 3000}",
        path[:3] + path[3:].swapcase(),
    ]
    answers = {(answer.status_code, answer.text) for answer in map(door.client().get, wrong)}
    posted = {(answer.status_code, answer.text) for answer in map(door.client().post, wrong)}
    assert len(answers) == 1
    assert answers == posted
    assert "This link does not work" in next(iter(answers))[1]


def test_who_tries_links_is_stopped_and_nobody_else(door: Door) -> None:
    client = door.client()
    codes = [client.get(f"/c/{number}.a.b").status_code for number in range(confirm.LINKS_WRONG + 2)]
    assert codes[-2:] == [429, 429]
    assert client.get(door.path()).status_code == 429
    assert door.desk.app.test_client().get(door.path()).status_code == 200


def test_a_page_is_saved_so_often_and_no_oftener(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door.desk.app.extensions["wms.knocks"]["saves"], "most", 2)
    codes = [door.send(3).status_code for _ in range(3)]
    assert codes[-2:] == [303, 429]
    assert door.send(2).status_code == 303


def test_a_household_is_one_knocker() -> None:
    assert limits.neighbourhood("2001:db8:1:2:3::4") == limits.neighbourhood("2001:db8:1:2::9") == "2001:db8:1:2::"
    assert limits.neighbourhood("::ffff:203.0.113.7") == "203.0.113.7"
    assert limits.neighbourhood(None) == "unknown"


def test_the_oldest_knockers_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEPT", 2)
    limit = limits.Limit(1, 60.0)
    assert [limit.knock(key) for key in ("a", "a", "b", "c", "a")] == [False, True, False, False, False]


def test_hostile_texts_of_the_house_and_of_backers_stay_texts(door: Door) -> None:
    fields = {"to-name": HOSTILE, "to-line1": f"{HOSTILE[:20]} 7", f"q-{door.text}": HOSTILE}
    assert door.send(2, **fields, **{f"q-{door.question}": HOSTILE}).status_code == 303
    for page in (door.client().get(door.path(2)).text, *office_pages(door)):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert HOSTILE in confirming_facts(door, 2)["answers"].values()


def office_pages(door: Door) -> list[str]:
    """The pages of the office that show what backers wrote."""
    order, campaign = door.campaign.order(2).id, door.campaign.id
    names = ("", f"/{campaign}", f"/{campaign}/preview", f"/{campaign}/answers.csv")
    paths = [f"/office/surveys{name}" for name in names[:3]] + [
        f"/office/orders/{order}",
        f"/office/orders/{order}/link",
    ]
    return [door.desk.as_("supervisor").get(path, headers=PAGE).text for path in paths]


def confirming_facts(door: Door, number: int) -> dict[str, Any]:
    """What is known of an order."""
    with door.desk.store.read() as tx:
        shown = confirming.reads.view(tx, door.campaign.order(number).id)
    assert shown is not None
    return dict(shown.facts)


@pytest.mark.parametrize("text", ["a\x00b", "x" * 10_240, "\x1b[2J\r\n", "\ud7ff" * 300])
def test_strange_text_in_every_field_is_named_and_breaks_nothing(door: Door, text: str) -> None:
    names = [*(f"to-{name}" for name in confirm.FIELDS), f"q-{door.question}", f"q-{door.text}", "tax_id", "accepted"]
    answer = door.send(1, **dict.fromkeys(names, text), **{f"q-{'9' * 30}": text, "q-x": text, text[:50]: text})
    assert answer.status_code == 422
    assert "Not everything could be kept yet" in answer.text
    assert door.send(1, form=text).status_code == 403
    assert door.send(1, big="x" * confirm.BODY_MAX).status_code == 413


def test_what_could_not_be_kept_stands_there_again_beside_its_reason(door: Door) -> None:
    answer = door.send(1, **{"to-line1": "New Street 7", "to-postal_code": "99", "to-city": "Wien"})
    assert answer.status_code == 422
    assert 'value="New Street 7"' in answer.text
    assert 'id="why-to-postal_code">The postal code does not fit Austria.' in answer.text
    assert '<a href="#to-postal_code">' in answer.text


def test_a_locked_order_is_read_only_and_says_what_to_do(door: Door) -> None:
    mine = door.campaign.order(3).id
    door.desk.do(locking.lock_content, By(), [mine])
    door.desk.do(locking.lock_address, By(), [mine])
    page = door.client().get(door.path(3)).text
    assert "The address is locked" in page
    assert "<form" not in page
    assert "<input" not in page


def test_who_is_logged_in_looks_but_changes_nothing(door: Door) -> None:
    path = door.path()
    form = FORM.search(door.client().get(path).text)
    assert form
    client, csrf = door.desk.browser("supervisor")
    page = client.get(path).text
    assert "This is what the backer sees" in page
    assert '<fieldset class="form" disabled>' in page
    assert "<form" not in page
    assert client.post(path, data={"form": form[1], "csrf": csrf}).status_code == 403
    assert client.post(path, data={"form": form[1]}).status_code == 403
    assert door.desk.as_("supervisor").post(path, data={"form": form[1]}).status_code == 403


def test_the_office_shows_a_link_says_so_and_takes_it_back(door: Door) -> None:
    mine, office = door.campaign.order(1).id, door.desk.as_("supervisor")
    page = office.post(f"/office/orders/{mine}/link").text
    assert door.path() in page
    assert office.post(f"/office/orders/{mine}/link/revoke", data={"reason": "Wrong person"}).status_code == 302
    old = re.search(r'value="http://localhost(/c/[^"]+)"', page)
    assert old
    assert door.client().get(old[1]).status_code == 404
    events = table_of(OrderEvent)
    told = [row.text for row in door.desk.rows(select(events).where(events.c.kind == "link"))]
    assert told[-2:] == ["The backer's link was shown.", "The backer's link was taken back: Wrong person"]


def test_answers_come_as_a_file_that_no_spreadsheet_works_out(door: Door) -> None:
    assert door.send(1, **{f"q-{door.text}": '=HYPERLINK("x")'}).status_code == 303
    text = door.desk.as_("supervisor").get(f"/office/surveys/{door.campaign.id}/answers.csv").text
    assert text.splitlines()[0].startswith("Order,Reward,Answered (UTC),")
    assert "'=HYPERLINK(" in text


def test_a_name_of_its_own_shows_nothing_of_the_house(tmp_path: Any) -> None:
    door = Door(tmp_path, base_url="https://parcels.example.test")
    client, path = door.client(), door.path()
    public = {"base_url": "https://parcels.example.test"}
    assert client.get(path, **public).status_code == 200
    assert client.get("/static/confirm.css", buffered=True, **public).status_code == 200
    inside = ("/", "/office/", "/login", "/scan", "/handheld/", "/api/v1/orders", "/healthz", "/boards/")
    assert {client.get(each, **public).status_code for each in inside} == {404}
    assert client.get("/healthz").status_code == 200
    door.desk.close()


def test_the_answers_of_very_many_orders_are_counted_when_asked_for(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert door.send(1, **{f"q-{door.question}": "M"}).status_code == 303
    path, office = f"/office/surveys/{door.campaign.id}", door.desk.as_("supervisor")
    assert '<b class="num">1</b>' in office.get(path).text
    monkeypatch.setattr(office_surveys, "COUNTED_AT_ONCE", 2)
    assert '<b class="num">1</b>' not in office.get(path).text
    assert '<b class="num">1</b>' in office.get(f"{path}?count=yes").text
