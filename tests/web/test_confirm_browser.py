"""A backer's whole story on a telephone of 360 x 640: look, answer, correct, say that it is right, and be too late."""

from __future__ import annotations

from pathlib import Path

from backers import Campaign, backer
from browser import OpenPage, Remarks
from playwright.sync_api import Page, expect
from served import Served
from sqlalchemy import select
from warehouse import Warehouse

from wms.db import table_of
from wms.formats.reward_map import RewardMap
from wms.models.orders import OrderEvent
from wms.operations import confirming, locking, mapping, reviewing, surveying
from wms.operations.ledger import By
from wms.queries.surveys import Question

MAP = {("item", "core"): (("CORE-RED", 1),), ("answer", "Which size?=M"): (("TEE-M", 1),)}
UNLABELLED = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
    .filter(each => !each.labels.length).map(each => each.name)"""
SMALL = """() => [...document.querySelectorAll('input:not([type=hidden], [type=radio]), select, textarea, button')]
    .filter(each => each.getBoundingClientRect().height < 44).map(each => each.outerHTML)"""


def fits(page: Page) -> None:
    """Nothing is wider than the screen, too small for a thumb, or without its words."""
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate(UNLABELLED) == []
    assert page.evaluate(SMALL) == []


def asked_about(warehouse: Warehouse) -> Campaign:
    """A campaign with one order and a survey that was sent."""
    for sku, name in (("CORE-RED", "Core game, red"), ("TEE-M", "T-shirt, M")):
        warehouse.item(sku, name=name)
    campaign = Campaign(warehouse)
    warehouse.do(mapping.set_rewards, campaign.id, RewardMap.of(MAP))
    campaign.take_in(backer(1, "Core"))
    size = Question("choice", "Which size?", "Sizes run small.", ("S", "M", "L"), (), True)
    warehouse.do(surveying.put, By(), campaign.id, size)
    warehouse.do(surveying.publish, By(), campaign.id)
    warehouse.do(reviewing.review_all, warehouse.settings)
    return campaign


def test_a_backer_answers_corrects_confirms_and_is_too_late(
    tmp_path: Path, open_page: OpenPage, page_errors: Remarks
) -> None:
    page_errors.expected = ("422",)  # what could not be kept
    warehouse = Warehouse(f"sqlite:///{tmp_path / 'floor.db'}")
    campaign = asked_about(warehouse)
    with Served(warehouse) as site:
        order = campaign.order(1)
        page = open_page(360, 640)
        page.goto(site.url + warehouse.do(confirming.link, warehouse.settings, order.id))
        expect(page.get_by_role("heading", name="Your order 1")).to_be_visible()
        expect(page.locator(".goods")).to_have_text("1 × Core game, red")
        fits(page)
        answer(page)
        doubt(page)
        expect(page.get_by_role("status")).to_contain_text("everything is right")
        expect(page.locator(".goods li")).to_have_count(2)
        assert (campaign.state(1), campaign.holds(1)) == ("clean", [])
        warehouse.do(locking.lock_content, By(), [order.id])
        warehouse.do(locking.lock_address, By(), [order.id])
        too_late(page)
        told = [row.text for row in warehouse.rows(select(table_of(OrderEvent)))]
        assert "The backer answered: Which size?." in told
        assert "The backer corrected: street." in told


def answer(page: Page) -> None:
    """Forget the question, be told so, and answer it by keyboard."""
    button = page.get_by_role("button", name="Everything is right")
    button.click()
    problem = page.get_by_role("link", name="Which size?: Please answer this.")
    expect(problem).to_be_visible()
    fits(page)
    problem.click()
    page.get_by_role("radio", name="M").focus()
    page.keyboard.press("Space")
    page.get_by_label("Street and number").fill("Lindenhof")
    button.click()


def doubt(page: Page) -> None:
    """Be asked about a street without a number, change it to another one, be asked again, and insist."""
    expect(page.get_by_role("status")).to_contain_text("We are not sure about this")
    expect(page.get_by_role("radio", name="M")).to_be_checked()
    page.get_by_label("Street and number").fill("Birkenhof")
    page.get_by_role("button", name="Yes, this is right").click()
    expect(page.get_by_role("status")).to_contain_text("The street has no house number.")
    fits(page)
    page.get_by_role("button", name="Yes, this is right").click()


def too_late(page: Page) -> None:
    """Find nothing to change any more: neither in a page that was open, nor in a new one."""
    page.get_by_label("Street and number").fill("Too Late Street 9")
    page.get_by_role("button", name="Everything is right").click()
    expect(page.get_by_role("alert")).to_contain_text("The address stays as it is")
    page.goto(page.url)
    expect(page.get_by_role("status")).to_contain_text("The address is locked")
    expect(page.get_by_text("Birkenhof")).to_be_visible()
    expect(page.locator("form, input, button")).to_have_count(0)
    fits(page)
