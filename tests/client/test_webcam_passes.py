"""The passes: cheap looks at most frames, a search only where it is worth it, and every code seen twice."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from client.film import Picture, desk, label, one
from decoding.printed import noisy

from scanner_client.webcam.passes import SEARCH_AFTER, WHOLE_EVERY, Passes
from scanner_client.webcam.presence import Presence

CODE = "LO-A-01-1-7"


def read(passes: Passes, pictures: Iterable[Picture]) -> list[list[str]]:
    """What 20 frames a second show."""
    return [[code.text for code in passes.look(picture, n / 20)] for n, picture in enumerate(pictures)]


def test_a_code_in_the_middle_is_read_in_every_frame() -> None:
    assert read(Passes(), [one(CODE)] * 4) == [[CODE]] * 4


def test_a_colour_frame_is_read_as_well() -> None:
    assert read(Passes(), [np.repeat(one(CODE)[..., np.newaxis], 3, axis=2)]) == [[CODE]]


def test_a_code_at_the_edge_is_found_by_the_whole_and_then_followed() -> None:
    seen = read(Passes(), [desk((label(CODE), (90, 90)))] * 12)
    assert seen[WHOLE_EVERY - 1 :] == [[CODE]] * (12 - WHOLE_EVERY + 1)


def test_bars_that_only_a_search_can_read_are_found_and_seen_twice() -> None:
    seen = read(Passes(), [noisy(one(CODE, "Code128", 30, 2), 4, n) for n in range(30)])
    first = seen.index([CODE])
    assert first <= WHOLE_EVERY * SEARCH_AFTER + 1
    assert seen[first + 1] == [CODE]


def test_tilted_bars_are_found_beside_a_label_that_lies_around() -> None:
    lying = label("TO-000012-7")
    passes = Passes()
    both = desk((lying, (110, 110)), (label(CODE, "Code128", 30, 2), (420, 270)))
    seen = read(passes, [*[desk((lying, (110, 110)))] * 20, *[both] * 30])
    assert any(CODE in codes for codes in seen[20:])


def test_a_code_that_does_not_move_costs_no_decoding_between() -> None:
    passes = Passes()
    seen = read(passes, [noisy(one(CODE), 4, n) for n in range(40)])
    assert seen == [[CODE]] * 40
    assert passes.count["still"] > passes.count["near"] + passes.count["whole"]


def test_an_empty_desk_is_searched_seldom() -> None:
    passes = Passes()
    assert read(passes, [noisy(desk(), 4, n) for n in range(100)]) == [[]] * 100
    assert passes.count["search"] <= 3


def test_a_label_exchanged_for_a_like_one_is_noticed() -> None:
    other = "LO-A-01-2-5"
    seen = read(Passes(), [*[one(CODE)] * 20, *[one(other)] * 10])
    assert [other] in seen[20 : 20 + WHOLE_EVERY + 1]


def test_a_picture_without_a_code_gives_nothing() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (480, 640), dtype=np.uint8)
    assert read(Passes(), [noise] * 15) == [[]] * 15


def presented(pictures: Iterable[Picture], counting: bool = False) -> list[str]:
    """What 20 frames a second, each with noise of its own, become as scans."""
    passes, presence = Passes(), Presence()
    frames = (noisy(picture, 4, n) for n, picture in enumerate(pictures))
    looks = (presence.look(passes.look(frame, n / 20), n / 20, counting=counting) for n, frame in enumerate(frames))
    return [code.text for code in looks if code is not None]


@pytest.mark.parametrize("other", ["TO-000012-7", CODE])
def test_a_label_that_is_pushed_against_another_in_a_clip_is_scanned_too(other: str) -> None:
    lying, pushed = (label(CODE), (200, 240)), label(other)
    clip = [desk(lying)] * 24 + [desk(lying, (pushed, (max(332, 530 - 12 * n), 240))) for n in range(30)]
    assert presented(clip, counting=True) == [CODE, other]
