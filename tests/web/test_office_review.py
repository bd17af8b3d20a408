"""The review in the office and by the API: an order on one screen, many at once, a person's orders, the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from backers import HOME, Campaign, backer
from desk import PAGE, Desk
from flask.testing import FlaskClient

BAD = replace(HOME, name="Uwe Falk", postal_code="80 10", phone="+43 316 872777")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(f"sqlite:///{tmp_path}/review.db")
    yield desk
    desk.close()


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    """Order 1 with a bad address and a note, 2 and 3 of one person, 4 in order."""
    campaign = Campaign(desk, Core="CORE-RED", Dice="DICE")
    campaign.review(
        backer(1, "Core", recipient=BAD, notes="Wants blue dice.", uid="u-77"),
        backer(2, "Core", email="mira@example.test"),
        backer(3, "2 Dice", email="mira@example.test"),
        backer(4, "Core"),
    )
    return campaign


def post(person: tuple[FlaskClient, str], path: str, **form: object) -> str:
    """Send a form of the office and return what the next page says."""
    client, csrf = person
    answer = client.post(f"/office/{path}", data={"csrf": csrf} | form, headers=PAGE)
    assert answer.status_code == 302, answer.text
    return client.get("/office/orders", headers=PAGE).text


def test_an_order_shows_what_was_pledged_and_what_is_doubtful(desk: Desk, campaign: Campaign) -> None:
    page = desk.as_("supervisor").get(f"/office/orders/{campaign.order(1).id}?state=held", headers=PAGE).text
    assert all(words in page for words in ("ADDRESS_INVALID", "does not fit Austria", "Wants blue dice.", "Uwe Falk"))
    assert "1 × CORE-RED" in page
    assert f"/office/orders/{campaign.order(2).id}?state=held" in page


def test_a_packer_sees_neither_note_nor_address_nor_who_else_it_is(desk: Desk, campaign: Campaign) -> None:
    page = desk.as_("packer").get(f"/office/orders/{campaign.order(1).id}", headers=PAGE).text
    assert not [words for words in ("Wants blue dice.", "Falk", "872777", "mira") if words in page]
    assert "ADDRESS_INVALID" in page


def test_an_address_is_corrected_in_place(desk: Desk, campaign: Campaign) -> None:
    person, order = desk.browser("supervisor"), campaign.order(1).id
    assert "The address is in order." in post(person, f"orders/{order}/address", postal_code="8010")
    assert campaign.holds(1) == ["NOTE_TO_READ"]
    page = person[0].get(f"/office/orders/{order}", headers=PAGE).text
    assert "postal code: 80 10 → 8010" in page
    assert "80 10" not in desk.as_("packer").get(f"/office/orders/{order}", headers=PAGE).text


def test_all_that_a_filter_shows_are_cleared_at_once_and_taken_back(desk: Desk, campaign: Campaign) -> None:
    person = desk.browser("supervisor")
    form = {"everything": "yes", "code": "DUPLICATE", "reason": "A household."}
    page = post(person, "orders/clear?hold=DUPLICATE", **form)
    assert "2 DUPLICATE holds cleared." in page
    assert "You cleared 2 orders" in page
    assert [campaign.state(n) for n in (1, 2, 3)] == ["held", "clean", "clean"]
    assert "Taken back: 2 orders." in post(person, "decisions/1/undo")
    assert campaign.holds(2) == ["DUPLICATE"]


def test_twins_are_merged_on_the_page_of_one(desk: Desk, campaign: Campaign) -> None:
    two, three = campaign.order(2).id, campaign.order(3).id
    page = desk.as_("supervisor").get(f"/office/orders/{two}", headers=PAGE).text
    assert "Same e-mail" in page
    post(desk.browser("supervisor"), "orders/twins", choice="merge", main=two, order=[two, three])
    page = desk.as_("supervisor").get(f"/office/orders/{two}", headers=PAGE).text
    assert "Order 3 was merged into it." in page
    assert "2 × DICE" in page
    assert f"/office/orders/{two}" in desk.as_("supervisor").get(f"/office/orders/{three}", headers=PAGE).text


def test_a_person_has_one_page_for_all_orders(desk: Desk, campaign: Campaign) -> None:
    page = desk.as_("supervisor").get(f"/office/orders/{campaign.order(3).id}/backer", headers=PAGE).text
    assert ("2 orders" in page, "mira@example.test" in page, "Uwe Falk" in page) == (True, True, False)


def test_a_country_is_blocked_and_opened_again(desk: Desk, campaign: Campaign) -> None:
    person = desk.browser("admin")
    post(person, "countries", country="AT", campaign="", reason="No tax number.")
    assert "COUNTRY_BLOCKED" in campaign.holds(4)
    post(person, "countries/1/drop")
    assert campaign.state(4) == "clean"


def test_the_api_decides_and_undoes(desk: Desk, campaign: Campaign) -> None:
    client, order = desk.as_("supervisor"), campaign.order(4).id
    done = client.post("/api/v1/orders/cancel", json={"orders": [order], "reason": "Refunded."}).json
    assert (done["number"], campaign.state(4)) == (1, "cancelled")
    assert client.post(f"/api/v1/decisions/{done['decision_id']}/undo").json == {"orders": 1, "left": 0}
    checked = client.patch(f"/api/v1/orders/{order}/address", json={"line1": "Example Street"}).json
    assert (checked["verdict"], checked["findings"][0]["field"], campaign.state(4)) == ("WARN", "line1", "held")
    again = client.patch(f"/api/v1/orders/{order}/address", json={"country": "Austria"})
    assert (again.status_code, campaign.order(4).country) == (422, "AT")


def test_an_admin_may_not_say_that_an_order_is_paid(desk: Desk, campaign: Campaign) -> None:
    campaign.review(*(backer(n, "Core", pledge_status="errored", email=f"x{n}@example.test") for n in (1, 2, 3, 4)))
    body = {"orders": [campaign.order(4).id], "code": "PAYMENT", "reason": "Paid."}
    assert desk.as_("admin").post("/api/v1/orders/clear", json=body).status_code == 403
    assert desk.as_("supervisor").post("/api/v1/orders/clear", json=body).json["number"] == 1
