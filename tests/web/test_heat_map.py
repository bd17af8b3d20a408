"""The picture of the floor: places where they stand, colours that grow with the visits, a legend that is true."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from wms.web.office import heat


class Place(NamedTuple):
    """A row of the floor plan."""

    id: int
    name: str
    kind: str
    aisle: str
    level: int
    x_mm: int
    y_mm: int
    zone: str = "A"


def hall(aisles: int = 4, bays: int = 10, levels: int = 3) -> list[Place]:
    """Aisles of bays with levels, and a station in front."""
    spots = [(aisle, bay, level) for aisle in range(aisles) for bay in range(bays) for level in range(levels)]
    bins = [
        Place(number, f"A-{aisle:02d}-{bay:02d}-{level}", "bin", f"{aisle:02d}", level, 3000 * aisle, 1000 * bay + 3000)
        for number, (aisle, bay, level) in enumerate(spots, start=1)
    ]
    return [*bins, Place(999, "P1", "station", "", 0, 2000, 0)]


def test_every_bin_is_a_box_within_the_picture_and_none_covers_another() -> None:
    picture = heat.picture(hall(), {}, 0)
    assert len(picture.bins) == 120
    corners = {(box.x, box.y) for box in picture.bins}
    assert len(corners) == 120
    assert all(box.x >= 0 and box.x + box.width <= picture.width for box in picture.bins)
    assert all(box.y >= 0 and box.y + box.height <= picture.height for box in picture.bins)


def test_the_front_is_below_and_the_upper_level_above() -> None:
    boxes = {box.title: box for box in heat.picture(hall(), {}, 0).bins}
    assert boxes["A-00-00-0"].y > boxes["A-00-09-0"].y
    assert boxes["A-00-00-2"].y < boxes["A-00-00-0"].y


def test_visits_colour_a_bin_and_stand_in_its_title() -> None:
    picture = heat.picture(hall(), {1: 40, 2: 1}, 40, marked=[2])
    hot, cool, cold = (next(box for box in picture.bins if box.title.startswith(f"A-00-00-{n}")) for n in range(3))
    assert (hot.grade, cool.grade, cold.grade) == (heat.GRADES, 1, 0)
    assert (hot.title, cool.mark, hot.mark) == ("A-00-00-0: 40 visits", True, False)


@pytest.mark.parametrize("most", [0, 1, 2, 5, 6, 7, 26, 300, 100_000])
def test_the_legend_says_which_visits_have_which_colour(most: int) -> None:
    steps = heat.legend(most)
    assert steps[0] == (0, "none")
    for grade, words in steps[1:]:
        ends = [int(part) for part in words.split(" to ")]
        assert {heat.grade_of(visits, most) for visits in ends} == {grade}
    told = [int(part) for _, words in steps[1:] for part in words.split(" to ")]
    assert (told[-1] if told else 0) == most


def test_more_visits_are_never_cooler() -> None:
    grades = [heat.grade_of(visits, 500) for visits in range(501)]
    assert grades == sorted(grades)
    assert (grades[1], grades[500]) == (1, heat.GRADES)


def test_the_levels_of_a_huge_hall_are_drawn_as_one() -> None:
    picture = heat.picture(hall(20, 60, 3), {1: 5, 2: 7}, 12)
    assert len(picture.bins) == 1200
    assert max(picture.bins, key=lambda box: box.grade).title == "A-00-00-0: 12 visits"


def test_aisles_are_named_where_they_stand() -> None:
    words = heat.picture(hall(), {}, 0).words
    assert [word.text for word in words] == ["A", "A1", "A2", "A3"]
    assert [word.x for word in words] == sorted(word.x for word in words)


def test_a_floor_without_places_is_an_empty_picture() -> None:
    assert heat.picture([], {}, 0).bins == ()


def test_one_bin_alone_has_a_picture_too() -> None:
    assert len(heat.picture(hall(1, 1, 1)[:1], {1: 3}, 3).bins) == 1


def test_a_station_carries_its_name() -> None:
    assert [box.name for box in heat.picture(hall(), {}, 0).others] == ["P1"]
