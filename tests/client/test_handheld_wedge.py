"""What goes wrong between a scanner's trigger and the page: every trigger is one scan, no more and no less."""

from __future__ import annotations

import gzip
import re

import pytest
from client.conftest import Handheld
from client.fake_floor import FOLDERS
from playwright.sync_api import expect

KIB = 1000
PLACE, DICE = "LO-A-03-12-B-7", "4006381333931"
ECHO = """async ([one, other]) => {
  const { Echo, once } = await import('./twice.js');
  const signs = ([text, at, key]) => [...text].map((_, place) => ({ at: at + (key ? 5 * place : 0), key }));
  const echo = new Echo();
  echo.of(one[0], signs(one));
  return echo.of(other[0], signs(other));
}"""
BOTH_WAYS = """(text) => {
  const field = document.getElementById('wedge');
  const fire = (event, at) => { Object.defineProperty(event, 'timeStamp', { value: at }); field.dispatchEvent(event); };
  field.value = text;
  fire(new InputEvent('input'), 1000);
  [...text].forEach((sign, place) => {
    fire(new KeyboardEvent('keydown', { key: sign, bubbles: true }), 1005 + place);
    field.value += sign;
    fire(new InputEvent('input'), 1005 + place);
  });
}"""
FIRST_SCREEN = """() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)"""


def test_a_scan_that_comes_as_text_and_as_keys_in_one_field_counts_once(handheld: Handheld) -> None:
    handheld.pick().page.evaluate("byHand = true")
    handheld.page.evaluate(BOTH_WAYS, PLACE)
    handheld.page.keyboard.press("Enter")
    handheld.shows("Take 2")
    assert handheld.texts() == [PLACE]


@pytest.mark.parametrize(
    ("one", "other", "echo"),
    [
        ([DICE, 0, False], [DICE, 20, True], True),  # the text, then its keys: no finger is as fast
        ([DICE, 0, True], [DICE, 70, False], True),  # the keys (60 ms), then the text
        ([DICE, 0, True], [DICE, 70, True], False),  # two triggers of a scanner that buffers
        ([DICE, 0, False], [DICE, 200, True], False),  # long enough for a second trigger
        ([DICE, 0, False], [PLACE, 20, True], False),
    ],
)
def test_only_what_is_certainly_one_trigger_is_taken_once(
    handheld: Handheld, one: list[object], other: list[object], echo: bool
) -> None:
    assert handheld.open().page.evaluate(ECHO, [one, other]) is echo


def test_two_equal_scans_without_a_pause_are_two_units(handheld: Handheld) -> None:
    handheld.pick().scan(PLACE, DICE, DICE)
    handheld.shows("Into tote 3")
    assert handheld.texts() == [PLACE, DICE, DICE]


def test_a_slow_scanner_is_a_scanner_all_the_same(handheld: Handheld) -> None:
    handheld.pick().page.evaluate("byHand = true")
    handheld.page.keyboard.type(PLACE, delay=100)
    handheld.page.keyboard.press("Enter")
    handheld.shows("Take 2")
    assert handheld.texts() == [PLACE]


def test_text_of_an_input_method_is_taken_as_it_is(handheld: Handheld) -> None:
    handheld.pick()
    handheld.page.keyboard.insert_text("倉庫😀Ü-7")
    handheld.page.keyboard.press("Enter")
    handheld.band("stop")
    assert handheld.texts() == ["倉庫😀Ü-7"]


def test_enter_that_ends_a_composition_does_not_end_the_scan(handheld: Handheld) -> None:
    handheld.pick().page.keyboard.insert_text("ni")
    composing = "new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })"
    handheld.page.evaluate(f"document.getElementById('wedge').dispatchEvent({composing})")
    handheld.page.keyboard.insert_text("hao")
    handheld.page.keyboard.press("Enter")
    handheld.band("stop")
    assert handheld.texts() == ["nihao"]


def test_a_code_that_nothing_ends_waits_in_sight_for_the_button(handheld: Handheld) -> None:
    handheld.pick().page.keyboard.type(PLACE)
    expect(handheld.page.locator("#typed-text")).to_have_text(PLACE)
    handheld.page.locator("#typed-enter").click()
    handheld.shows("Take 2")


def test_a_scan_over_an_open_sheet_is_a_scan_and_closes_it(handheld: Handheld) -> None:
    handheld.pick().page.locator("#keys button", has_text="Type").click()
    handheld.scan(PLACE)
    handheld.shows("Take 2")
    expect(handheld.page.locator("#sheet")).to_be_hidden()


def test_a_separator_at_either_end_is_kept(handheld: Handheld) -> None:
    handheld.pick().page.keyboard.press("Control+]")
    handheld.page.keyboard.type("10LOT7")
    handheld.page.keyboard.press("Control+]")
    handheld.page.keyboard.press("Enter")
    handheld.band("stop")
    assert handheld.texts() == ["\x1d10LOT7\x1d"]


def test_a_scan_names_the_profile_of_its_scanner_and_typing_names_typing(handheld: Handheld) -> None:
    handheld.open()
    keep = (
        "async () => (await (await import('./store.js')).openStore()).set('scanner', { name: 'aim-bar', prefix: '~' })"
    )
    handheld.page.evaluate(keep)
    handheld.pick().scan("~]C110L|7")
    handheld.band("stop")
    handheld.page.evaluate("flashOver()")
    handheld.page.locator("#keys button", has_text="Type").click()
    handheld.page.locator("#sheet .pad button", has_text="7").first.click()
    with handheld.page.expect_response("**/scan"):
        handheld.page.locator("#sheet button.primary").click()
    assert [(body["text"], body["profile"]) for body in handheld.floor.received] == [
        ("~]C110L|7", "aim-bar"),
        ("7", "typed"),
    ]


@pytest.mark.usefixtures("lost_network")  # the floor behind this page knows no scans at the menu: 404
def test_a_label_that_says_f1_or_1_chooses_nothing_from_the_menu(handheld: Handheld) -> None:
    handheld.open().login()
    expect(handheld.page.locator("main.menu")).to_be_visible()
    for text in ("F1", "12"):
        with handheld.page.expect_response("**/scan"):
            handheld.scan(text)
    assert [(body["text"], body["profile"]) for body in handheld.floor.received] == [("F1", "plain"), ("12", "plain")]


@pytest.mark.parametrize("front", ["]C0", "]Q1"])
def test_a_badge_is_a_badge_behind_its_aim_identifier(handheld: Handheld, front: str) -> None:
    handheld.open().scan(f"{front}BD-ANA-5")
    expect(handheld.page.locator("#pin")).to_be_focused()


def test_a_badge_on_the_pin_pad_is_a_badge_behind_its_aim_identifier(handheld: Handheld) -> None:
    handheld.open().scan("BD-ANA-5")
    expect(handheld.page.locator("#pin")).to_be_focused()
    handheld.page.keyboard.type("]C0BD-BEN-7\n")
    expect(handheld.page.locator("#pin")).to_have_value("")
    handheld.page.keyboard.type("864213")
    expect(handheld.page.locator("#operator")).to_contain_text("Ben")


def test_the_first_screen_weighs_at_most_60_kb_compressed(handheld: Handheld) -> None:
    handheld.open().login()
    expect(handheld.page.locator("main.menu")).to_be_visible()
    paths = {*handheld.page.evaluate(FIRST_SCREEN), "/handheld/index.html"}
    files = [match.groups() for path in paths if (match := re.fullmatch(r"/(handheld|static)/([\w./-]+\.\w+)", path))]
    weight = sum(len(gzip.compress((FOLDERS[folder] / name).read_bytes(), 9)) for folder, name in files)
    assert len(files) > 25
    assert weight <= 60 * KIB
    assert not [name for _, name in files if name in ("camera.js", "reader.js") or "zxing" in name]
