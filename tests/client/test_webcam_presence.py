"""Presence: one scan for each time that a label is shown, however long it stays and whatever lies beside it."""

from __future__ import annotations

import pytest

from scanner_client.decoding import Code
from scanner_client.webcam.presence import Presence


def code(text: str, x: float = 100, symbology: str = "QR") -> Code:
    """A code of 40 x 40 px with its left edge at x."""
    corners = ((x, 100.0), (x + 40, 100.0), (x + 40, 140.0), (x, 140.0))
    return Code(text.encode(), text, symbology, "]Q1", corners, "zxing-cpp")


A, B, FAR = code("A"), code("B", 160), code("FAR", 900)


def play(presence: Presence, *looks: tuple[float, list[Code]], target: str = "", counting: bool = False) -> list[str]:
    """What becomes a scan, look by look."""
    found = [presence.look(codes, at, target, counting) for at, codes in looks]
    return [one.text for one in found if one is not None]


def steady(codes: list[Code], start: float, seconds: float) -> list[tuple[float, list[Code]]]:
    """The same looks ten times a second."""
    return [(start + n / 10, codes) for n in range(round(seconds * 10))]


def test_forty_looks_at_one_label_are_one_scan() -> None:
    assert play(Presence(), *steady([A], 0, 4)) == ["A"]


def test_one_look_alone_is_no_scan() -> None:
    assert play(Presence(), (0.0, [A]), (0.1, []), (0.2, [A]), (0.3, [B]), (0.4, [A])) == []


def test_two_looks_far_apart_do_not_agree() -> None:
    assert play(Presence(), (0.0, [A]), (1.2, [A])) == []


def test_other_digits_in_every_look_are_never_a_scan() -> None:
    assert play(Presence(), *((n / 10, [code(f"{n}")]) for n in range(20))) == []


@pytest.mark.parametrize(("away", "scans"), [(1.0, ["A"]), (1.8, ["A", "A"])])
def test_a_label_is_scanned_anew_after_it_was_away_long_enough(away: float, scans: list[str]) -> None:
    assert play(Presence(), *steady([A], 0, 0.5), *steady([A], 0.4 + away, 0.5)) == scans


def test_a_label_that_replaces_another_is_scanned_at_once() -> None:
    assert play(Presence(), *steady([A], 0, 0.4), *steady([B], 0.4, 0.4)) == ["A", "B"]


def test_the_bars_beside_the_qr_code_of_one_content_are_no_second_scan() -> None:
    bars = code("A", 160, "Code128")
    assert play(Presence(), *steady([A, bars], 0, 1), *steady([bars], 1, 1)) == ["A"]


def test_another_code_of_the_same_label_is_no_second_scan() -> None:
    assert play(Presence(), *steady([A], 0, 1), *steady([A, B], 1, 2)) == ["A"]


def test_a_label_that_lies_around_does_not_hide_another() -> None:
    assert play(Presence(), *steady([A], 0, 2), *steady([A, FAR], 2, 1), *steady([A], 3, 1)) == ["A", "FAR"]


def test_of_two_codes_the_one_that_the_screen_asks_for_is_taken() -> None:
    assert play(Presence(), *steady([A, B], 0, 1), target="B") == ["B"]


def test_the_other_code_of_a_label_is_scanned_once_the_screen_asks_for_it() -> None:
    presence = Presence()
    assert play(presence, *steady([A, B], 0, 1), target="A") == ["A"]
    assert play(presence, *steady([A, B], 1, 1), target="B") == ["B"]


def test_a_trigger_reads_what_is_in_view_again() -> None:
    presence = Presence()
    assert play(presence, *steady([A], 0, 1)) == ["A"]
    presence.again()
    assert play(presence, *steady([A], 1, 1)) == ["A"]


def test_units_are_counted_by_the_trigger_and_not_by_a_pause() -> None:
    presence = Presence()
    assert play(presence, *steady([A], 0, 1), *steady([A], 4, 1), counting=True) == ["A"]
    presence.again()
    assert play(presence, *steady([A], 5, 1), counting=True) == ["A"]


def test_another_label_between_counts_the_unit_too() -> None:
    looks = [*steady([A], 0, 1), *steady([B], 2, 1), *steady([A], 4, 1)]
    assert play(Presence(), *looks, counting=True) == ["A", "B", "A"]


def test_a_site_may_count_by_taking_the_unit_away() -> None:
    assert play(Presence(by_trigger=False), *steady([A], 0, 1), *steady([A], 4, 1), counting=True) == ["A", "A"]


def sliding(here: Code, text: str, start: float) -> list[tuple[float, list[Code]]]:
    """Looks at a label that is pushed from the right until it touches one that lies there."""
    return [
        (start + n / 10, [here, code(text, x)]) for n, x in enumerate((220, 210, 200, 190, 180, 170, 160, 150, 150))
    ]


def test_a_label_that_is_pushed_against_another_is_one_of_its_own() -> None:
    assert play(Presence(), *steady([A], 0, 1), *sliding(A, "B", 1)) == ["A", "B"]


def test_a_second_label_of_equal_content_is_another_presentation() -> None:
    assert play(Presence(), *steady([A], 0, 1), *sliding(A, "A", 1), counting=True) == ["A", "A"]


def test_a_label_that_bears_its_code_twice_counts_once_however_it_is_held() -> None:
    looks = [(n / 10, [code("A", 100 + 9 * n), code("A", 150 + 9 * n)]) for n in range(20)]
    assert play(Presence(), *looks, counting=True) == ["A"]


def test_a_label_that_is_moved_about_is_one_presentation() -> None:
    assert play(Presence(), *((n / 10, [code("A", 100 + 35 * (n % 5))]) for n in range(30)), counting=True) == ["A"]
