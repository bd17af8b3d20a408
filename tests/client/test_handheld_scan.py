"""A scanner, a keypad and a thumb at the handheld: what they send becomes exactly the right scans."""

from __future__ import annotations

import pytest
from client.conftest import Handheld
from playwright.sync_api import expect

PICK = ["LO-A-03-12-B-7", "4006381333931", "4006381333931", "TO-3-X", "LO-A-05-02-A-7", "4006381333948", "TO-1-X"]
PICK += ["LO-B-01-07-C-7", *["4006381333955"] * 3, "TO-3-X", "LO-P2-4"]


def test_a_whole_pick_is_done_by_scanning_alone(handheld: Handheld) -> None:
    handheld.pick()
    for code in PICK:
        handheld.scan(code)
    handheld.band("done", "List 17 complete.")
    expect(handheld.page.locator("main.menu")).to_be_visible()
    assert handheld.texts() == PICK


def test_a_robot_that_only_scans_the_target_completes_the_pick(handheld: Handheld) -> None:
    handheld.pick()
    pick = handheld.floor.picks["Ana"]
    while not pick.over:
        turn = pick.turn
        with handheld.page.expect_response("**/scan"):
            handheld.scan(pick.code())
        assert pick.turn == turn + 1
    expect(handheld.page.locator("main.menu")).to_be_visible()


def test_two_scans_without_a_pause_are_two_scans_in_order(handheld: Handheld) -> None:
    handheld.pick().floor.may_answer.clear()
    handheld.scan("LO-A-03-12-B-7", "4006381333931")
    expect(handheld.waiting).to_have_text("2 waiting")
    handheld.floor.may_answer.set()
    handheld.shows("Take 1")
    assert handheld.texts() == ["LO-A-03-12-B-7", "4006381333931"]


def test_a_wrong_item_stops_with_band_flash_and_a_long_buzz(handheld: Handheld) -> None:
    handheld.pick().scan("LO-A-03-12-B-7", "4006381333948")
    handheld.band("stop", "This is 4006381333948. Take 2.")
    expect(handheld.page.locator("#flash[data-tone=stop]")).to_be_visible()
    assert handheld.page.evaluate("felt.at(-1)") == [260, 90, 380]
    handheld.shows("Take 2")


def test_a_flash_ends_by_itself(handheld: Handheld) -> None:
    handheld.pick().scan("LO-A-03-12-B-7", "4006381333948")
    expect(handheld.page.locator("#flash")).to_be_visible()
    handheld.page.evaluate("flashOver()")
    expect(handheld.page.locator("#flash")).to_be_hidden()


def test_the_next_scan_ends_the_flash(handheld: Handheld) -> None:
    handheld.pick().scan("LO-A-03-12-B-7", "4006381333948")
    expect(handheld.page.locator("#flash")).to_be_visible()
    handheld.scan("4006381333931")
    handheld.shows("Take 1")
    expect(handheld.page.locator("#flash")).to_be_hidden()


def test_a_question_is_confirmed_by_the_same_code_scanned_after_it_was_asked(handheld: Handheld) -> None:
    handheld.pick().scan("LO-A-03-12-B-7", "2", "TO-9-K")
    handheld.band("ask", "Scan it again")
    handheld.scan("TO-9-K")
    handheld.band("done")


def test_a_code_scanned_twice_before_the_question_does_not_confirm_it(handheld: Handheld) -> None:
    handheld.pick().scan("LO-A-03-12-B-7", "2")
    handheld.shows("Into tote 3")
    handheld.floor.may_answer.clear()
    handheld.scan("TO-9-K", "TO-9-K")
    expect(handheld.waiting).to_have_text("2 waiting")
    handheld.floor.may_answer.set()
    handheld.band("ask")
    expect(handheld.waiting).to_have_text("1 aside")
    assert handheld.texts().count("TO-9-K") == 1


def test_a_typed_quantity_is_shown_until_enter_and_sets_the_line(handheld: Handheld) -> None:
    handheld.pick().scan("LO-A-03-12-B-7")
    handheld.shows("Take 2")
    handheld.page.keyboard.press("2")
    expect(handheld.page.locator("#typed-text")).to_have_text("2")
    handheld.page.keyboard.press("Enter")
    handheld.shows("Into tote 3")
    expect(handheld.page.locator("#typed")).to_be_hidden()


def test_a_typist_is_not_taken_for_a_scanner(handheld: Handheld) -> None:
    handheld.pick().page.evaluate("byHand = true")
    handheld.page.keyboard.type("LO-A-03-12-B-7", delay=90)
    expect(handheld.page.locator("#typed-text")).to_have_text("LO-A-03-12-B-7")
    handheld.page.keyboard.press("Enter")
    handheld.shows("Take 2")


@pytest.mark.parametrize(
    ("gaps", "start"),
    [
        ([5] * 12, 0),
        ([110, 600, *[5] * 12], 2),  # two typed digits, then the trigger
        ([600, *[5] * 12], 1),  # one typed digit, then the trigger
        ([5, 5, 600, *[5] * 12], 0),  # a radio scanner that stalled
        ([110] * 12, 0),  # a typist
        ([90, 900, 90, 90, 90, 90], 0),  # a typist who thought for a while
    ],
)
def test_leftover_typing_is_told_from_a_stalled_scanner(handheld: Handheld, gaps: list[int], start: int) -> None:
    handheld.open()
    stamps = [sum(gaps[:i]) for i in range(len(gaps) + 1)]
    script = "async (stamps) => (await import('./rhythm.js')).scanStart(stamps)"
    assert handheld.page.evaluate(script, stamps) == start


def test_ctrl_and_bracket_is_the_gs1_separator(handheld: Handheld) -> None:
    handheld.pick().page.keyboard.type("0104006381333931")
    handheld.page.keyboard.press("Control+]")
    handheld.scan("10LOT7")
    handheld.band("stop")
    assert handheld.texts() == ["0104006381333931\x1d10LOT7"]


@pytest.mark.parametrize("sign", ["<GS>", "{GS}", "|", "\x1d"])
def test_what_stands_for_a_separator_is_left_to_the_profile_of_the_scanner(handheld: Handheld, sign: str) -> None:
    handheld.pick()
    handheld.page.keyboard.insert_text(f"10LOT7{sign}3002")
    handheld.page.keyboard.press("Enter")
    handheld.band("stop")
    assert handheld.texts() == [f"10LOT7{sign}3002"]


def test_a_suffix_sent_as_text_ends_the_scan_too(handheld: Handheld) -> None:
    handheld.pick().page.keyboard.type("LO-A-03-12-B-7\\n")
    handheld.shows("Take 2")
    assert handheld.texts() == ["LO-A-03-12-B-7"]


def test_tab_ends_a_scan_and_the_enter_behind_it_is_no_scan(handheld: Handheld) -> None:
    handheld.pick().scan("LO-A-03-12-B-7", end="Tab")
    handheld.page.keyboard.press("Enter")
    handheld.shows("Take 2")
    assert handheld.texts() == ["LO-A-03-12-B-7"]


def test_a_scan_keeps_its_first_letter_when_a_button_has_the_focus(handheld: Handheld) -> None:
    handheld.pick().page.locator("#keys button").first.focus()
    handheld.scan("LO-A-03-12-B-7")
    handheld.shows("Take 2")
    assert handheld.texts() == ["LO-A-03-12-B-7"]


def test_a_bouncing_key_is_pressed_once(handheld: Handheld) -> None:
    handheld.pick().floor.may_answer.clear()
    handheld.page.locator("#keys button", has_text="Short").dblclick()
    handheld.floor.may_answer.set()
    handheld.shows("Go to A-05-02-A")
    assert handheld.texts() == ["F2"]


def test_a_key_is_sent_for_the_screen_it_was_pressed_on(handheld: Handheld) -> None:
    handheld.pick().floor.may_answer.clear()
    handheld.scan("LO-A-03-12-B-7")
    handheld.page.keyboard.press("F2")
    handheld.floor.may_answer.set()
    handheld.band("stop", "The screen has moved on.")
    assert [body["turn"] for body in handheld.floor.received] == [1, 1]


def test_a_code_can_be_typed_on_the_screen_without_the_phones_keyboard(handheld: Handheld) -> None:
    handheld.pick().page.locator("#keys button", has_text="Type").click()
    for sign in "LO-A-03-12-B-7":
        handheld.page.locator("#sheet .pad button", has_text=sign).first.click()
    handheld.page.locator("#sheet button.primary").click()
    handheld.shows("Take 2")
    assert handheld.page.locator("#wedge").get_attribute("inputmode") == "none"


def test_one_press_takes_the_whole_quantity(handheld: Handheld) -> None:
    handheld.pick().scan("LO-A-03-12-B-7")
    handheld.page.locator("#keys button.primary", has_text="All 2").click()
    handheld.shows("Into tote 3")


def test_escape_goes_to_the_menu_and_one_key_back_to_the_task(handheld: Handheld) -> None:
    handheld.pick().page.keyboard.press("Escape")
    expect(handheld.page.locator("main.menu")).to_be_visible()
    handheld.page.locator("#keys button.primary", has_text="Back to Pick · list 17").click()
    handheld.shows("Go to A-03-12-B")
