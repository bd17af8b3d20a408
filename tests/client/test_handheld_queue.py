"""No scan is lost and none acts twice: lost answers, reloads, dead networks, failing servers, two people."""

from __future__ import annotations

from collections import Counter

import pytest
from client.conftest import Handheld
from playwright.sync_api import expect

pytestmark = pytest.mark.usefixtures("lost_network")
BIN, ITEM = "LO-A-03-12-B-7", "4006381333931"


def ids(handheld: Handheld) -> Counter[str]:
    """How often each scan's id came to the floor."""
    return Counter(body["id"] for body in handheld.floor.received)


def test_a_lost_answer_is_asked_for_again_with_the_same_id_and_body(handheld: Handheld) -> None:
    handheld.pick().floor.drop = 2
    handheld.scan(BIN)
    handheld.shows("Take 2")
    first, *again = handheld.floor.received
    assert again
    assert all(body == first for body in again)
    assert handheld.texts() == [BIN]


def test_scans_behind_a_lost_answer_wait_their_turn(handheld: Handheld) -> None:
    handheld.pick().floor.drop = 1
    handheld.scan(BIN, ITEM, ITEM)
    handheld.shows("Into tote 3")
    assert handheld.texts() == [BIN, ITEM, ITEM]


def test_equal_scans_are_two_units_and_a_double_delivery_is_one(handheld: Handheld) -> None:
    handheld.pick().scan(BIN)
    handheld.floor.drop = 1
    handheld.scan(ITEM, ITEM)
    handheld.shows("Into tote 3")
    assert handheld.texts() == [BIN, ITEM, ITEM]
    assert sorted(ids(handheld).values(), reverse=True)[0] >= 2


def test_without_network_scans_are_kept_counted_and_sent_when_it_is_back(handheld: Handheld) -> None:
    handheld.pick().page.context.set_offline(True)
    handheld.scan(BIN, ITEM)
    expect(handheld.waiting).to_have_text("2 waiting")
    handheld.band("kept", "No network. 2 scans are kept")
    handheld.page.context.set_offline(False)
    handheld.shows("Take 1")
    expect(handheld.waiting).to_be_hidden()
    assert handheld.texts() == [BIN, ITEM]


def test_a_reload_with_unsent_scans_loses_none(handheld: Handheld) -> None:
    handheld.pick().floor.failing = 10_000
    handheld.scan(BIN, ITEM)
    expect(handheld.waiting).to_have_text("2 waiting")
    handheld.page.reload()
    expect(handheld.waiting).to_have_text("2 waiting")
    handheld.floor.failing = 0
    handheld.shows("Take 1")
    assert handheld.texts() == [BIN, ITEM]


def test_a_reload_between_act_and_answer_does_not_act_twice(handheld: Handheld) -> None:
    handheld.pick().floor.drop = 10_000
    with handheld.page.expect_event("requestfailed"):
        handheld.scan(BIN)
    handheld.page.reload()
    expect(handheld.waiting).to_have_text("1 waiting")
    handheld.floor.drop = 0
    handheld.shows("Take 2")
    assert handheld.texts() == [BIN]
    assert len(ids(handheld)) == 1


def test_a_reload_draws_the_task_again(handheld: Handheld) -> None:
    handheld.pick().scan(BIN)
    handheld.shows("Take 2")
    handheld.page.reload()
    handheld.shows("Take 2")


def test_a_page_without_network_starts_from_its_shell_with_the_last_screen(handheld: Handheld) -> None:
    handheld.pick().scan(BIN)
    handheld.shows("Take 2")
    handheld.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    handheld.floor.down = True
    handheld.page.reload()
    handheld.shows("Take 2")


def test_an_ended_session_asks_for_the_login_and_keeps_the_queue(handheld: Handheld) -> None:
    handheld.pick().floor.people.clear()
    handheld.scan(BIN, ITEM)
    handheld.band("kept", "Sign in again.")
    expect(handheld.waiting).to_contain_text("2 waiting")
    handheld.login()
    handheld.shows("Take 1")
    assert handheld.texts() == [BIN, ITEM]


# The second scan is being kept on the device when the answer to the first one ends the session.
ENDS_MEANWHILE = """async () => {
  const { code } = await import('./hand.js');
  const said = [];
  const app = { signedIn: true, state: {}, keypad: { close() {}, echo() {} } };
  app.band = { unflash() {}, show: (tone, note) => said.push(`${tone}: ${note}`) };
  const end = async () => { Object.assign(app, { signedIn: false, state: { unsent: 0, others: 2, trouble: null } }); };
  app.sender = { last: {}, scan: end };
  await code(app, 'X');
  return said;
}"""


def test_a_scan_is_not_called_sent_when_the_session_ended_while_it_was_kept(handheld: Handheld) -> None:
    handheld.pick()
    assert handheld.page.evaluate(ENDS_MEANWHILE) == ["kept: Sign in again. 2 scans are kept."]


def test_scans_are_never_sent_in_the_name_of_a_colleague(handheld: Handheld) -> None:
    handheld.pick().floor.people.clear()
    handheld.scan(BIN)
    handheld.band("kept", "Sign in again. 1 scan is kept.")
    handheld.login("BD-BEN-7", "864213")
    handheld.band("ready", "1 scan of a colleague waits here")
    assert handheld.texts() == []
    handheld.scan("BD-ANA-5")
    expect(handheld.page.locator("#pin")).to_be_focused()
    handheld.page.keyboard.type("246813")
    handheld.shows("Take 2")
    assert handheld.floor.acted == [("Ana", BIN)]


def test_a_scan_on_which_the_server_fails_is_set_aside_by_a_person_only(handheld: Handheld) -> None:
    handheld.pick().floor.failing = 10_000
    handheld.scan(BIN)
    for _ in range(6):
        with handheld.page.expect_response("**/scan"):
            handheld.page.evaluate("dispatchEvent(new Event('online'))")  # tries again at once
    handheld.band("stop", "The server fails on this scan.")
    handheld.page.locator("#flash").click()
    handheld.waiting.click()
    handheld.page.locator("#sheet button", has_text="Set aside").click()
    expect(handheld.waiting).to_have_text("1 aside")
    assert handheld.texts() == []


def test_an_unknown_code_at_the_menu_is_answered_and_leaves_the_queue(handheld: Handheld) -> None:
    handheld.open().login()
    expect(handheld.page.locator("main.menu")).to_be_visible()
    handheld.scan("NO-SUCH-1")
    handheld.band("stop", "NO-SUCH-1 is not known here.")
    expect(handheld.waiting).to_be_hidden()


def test_the_menu_waits_for_scans_that_belong_to_the_task(handheld: Handheld) -> None:
    handheld.pick().floor.down = True
    handheld.scan(BIN)
    handheld.band("kept", "No network.")
    handheld.page.keyboard.press("Escape")
    handheld.band("kept", "Then the menu opens.")
    handheld.shows("Go to A-03-12-B")


def test_every_id_is_a_uuid_of_version_7(handheld: Handheld) -> None:
    handheld.pick().scan(BIN, ITEM)
    handheld.shows("Take 1")
    first, second = (body["id"] for body in handheld.floor.received)
    assert first[14] == second[14] == "7"
    assert first < second
