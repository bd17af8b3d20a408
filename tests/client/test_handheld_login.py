"""Badge and PIN at the handheld: the PIN never leaves the login, and nobody is mistaken for another."""

from __future__ import annotations

import pytest
from browser import Remarks
from client.conftest import Handheld
from playwright.sync_api import expect

DUMP = """async () => {
  const db = await new Promise((ok) => { indexedDB.open('pickwell-handheld').onsuccess = (e) => ok(e.target.result); });
  const all = (name) => new Promise((ok) => {
    db.transaction(name).objectStore(name).getAll().onsuccess = (e) => ok(e.target.result);
  });
  return JSON.stringify([await all('scans'), await all('aside'), await all('meta'), Object.values(localStorage)]);
}"""


def test_a_badge_and_six_digits_open_the_menu(handheld: Handheld) -> None:
    handheld.open().login()
    expect(handheld.page.locator("main.menu")).to_be_visible()
    expect(handheld.page.locator("#operator")).to_have_text("Ana · Hall 1")


def test_the_pin_is_neither_kept_nor_queued(handheld: Handheld) -> None:
    handheld.pick()
    assert "246813" not in handheld.page.evaluate(DUMP)
    assert handheld.floor.received == []


def test_the_pin_can_be_tapped(handheld: Handheld) -> None:
    handheld.open().scan("BD-ANA-5")
    for digit in "246813":
        handheld.page.locator(".pad button", has_text=digit).click()
    expect(handheld.page.locator("main.menu")).to_be_visible()


def test_a_wrong_pin_says_so_and_empties_the_dots(handheld: Handheld, page_errors: Remarks) -> None:
    page_errors.expected = ("status of 401",)
    handheld.open().login(pin="111111")
    handheld.band("stop", "Badge and PIN do not match.")
    expect(handheld.page.locator(".dots .on")).to_have_count(0)


def test_a_second_badge_scanned_onto_the_pin_is_a_badge(handheld: Handheld) -> None:
    handheld.open().scan("BD-BEN-7")
    expect(handheld.page.locator("#pin")).to_be_focused()
    handheld.scan("BD-ANA-5")
    expect(handheld.page.locator("#pin")).to_have_value("")
    handheld.page.keyboard.type("246813")
    expect(handheld.page.locator("#operator")).to_have_text("Ana · Hall 1")


def test_a_code_scanned_onto_the_pin_costs_no_attempt(handheld: Handheld) -> None:
    handheld.open().scan("BD-ANA-5")
    expect(handheld.page.locator("#pin")).to_be_focused()
    handheld.scan("4006381333931")
    handheld.band("stop", "That is no PIN.")
    handheld.page.keyboard.type("246813")
    expect(handheld.page.locator("main.menu")).to_be_visible()


def test_a_badge_scanned_during_work_changes_the_person(handheld: Handheld) -> None:
    handheld.pick().scan("BD-BEN-7")
    expect(handheld.page.locator("#pin")).to_be_focused()
    handheld.page.keyboard.type("864213")
    expect(handheld.page.locator("#operator")).to_have_text("Ben · Hall 1")
    expect(handheld.page.locator("main.menu")).to_be_visible()


def test_escape_from_a_badge_scanned_by_mistake_returns_to_the_task(handheld: Handheld) -> None:
    handheld.pick().scan("BD-BEN-7")
    expect(handheld.page.locator("#pin")).to_be_focused()
    handheld.page.keyboard.press("Escape")
    handheld.shows("Go to A-03-12-B")
    handheld.scan("LO-A-03-12-B-7")
    handheld.shows("Take 2")


def test_signing_out_ends_at_the_badge_and_a_reload_stays_there(handheld: Handheld) -> None:
    handheld.open().login()
    handheld.page.locator("#keys button", has_text="Sign out").click()
    expect(handheld.page.locator("main.login")).to_contain_text("Scan your badge")
    handheld.page.reload()
    expect(handheld.page.locator("main.login")).to_contain_text("Scan your badge")


def test_the_menu_takes_function_keys_and_typed_numbers(handheld: Handheld) -> None:
    handheld.open().login()
    expect(handheld.page.locator("main.menu")).to_be_visible()
    handheld.scan("3")
    handheld.shows("Go to A-03-12-B")


@pytest.mark.parametrize("keys", [("1", "0", "Enter"), ("F10",)])
def test_the_tenth_flow_has_a_key_and_a_number_too(handheld: Handheld, keys: tuple[str, ...]) -> None:
    handheld.open().login()
    expect(handheld.page.locator("main.menu")).to_be_visible()
    handheld.page.evaluate("byHand = true")
    for key in keys:
        handheld.page.keyboard.press(key, delay=60)
    handheld.shows("Go to A-03-12-B")


def test_the_key_of_reload_starts_its_flow_at_the_menu(handheld: Handheld) -> None:
    handheld.open().login()
    expect(handheld.page.locator("main.menu")).to_be_visible()
    left = "(name) => { const key = new KeyboardEvent('keydown', { key: name, cancelable: true, bubbles: true });"
    assert handheld.page.evaluate(f"{left} return document.dispatchEvent(key); }}", "F5") is False
    handheld.shows("Go to A-03-12-B")


def test_a_code_that_is_no_badge_is_refused_at_the_login(handheld: Handheld) -> None:
    handheld.open().scan("4006381333931")
    handheld.band("stop", "4006381333931 is no badge.")
    expect(handheld.page.locator("main.login")).to_contain_text("Scan your badge")
