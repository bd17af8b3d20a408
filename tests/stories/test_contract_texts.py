"""Whatever a scanner types, the floor answers with one sentence, keeps what came, and moves nothing by accident."""

from __future__ import annotations

import pytest
from contract import Hall, scans
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

HOSTILE = {
    "empty": "",
    "only framing": "\r\n\t \x02\x03",
    "NUL": "\x00",
    "NUL inside": "CO\x00RE\x00-X",
    "ten thousand characters": "A" * 10_000,
    "ten thousand digits": "9" * 10_000,
    "lone surrogate": "\ud800",
    "surrogates the wrong way round": "\udc00\ud800 box",
    "emoji": "👩‍🚀📦",
    "right to left": "\u202eEROC\u202c شحن",
    "control characters": "".join(chr(n) for n in range(32)) + "\x7f\x85",
    "format specifiers": "{scanned} %s %(x)s {0.__class__}",
    "SQL": "'; DROP TABLE stock_move; --",
    "ZPL": "^XA~JA^XZ",
    "markup": "<script>alert(1)</script>",
    "GS1 noise": "]C101" + "\x1d" * 40 + "17999999",
    "half a GS1 label": "]d20104",
    "AIM prefix only": "]C1",
    "other digits": "٣٤",
    "line separators": "A\u2028B\u2029C",
    "not a key": "F0",
}


@pytest.mark.parametrize("where", ["menu", "flow"])
def test_every_hostile_scan_is_refused_in_one_sentence_and_moves_nothing(hall: Hall, where: str) -> None:
    ana = hall.mover(60) if where == "flow" else hall.worker()
    before = ana.answer
    for name, text in HOSTILE.items():
        ana.scan(text, f"scan-{name.replace(' ', '-')}").hears("stop")
        assert 0 < len(ana.answer["note"]) <= 60, name
        assert (ana.answer["task"], ana.answer["turn"]) == (before["task"], before["turn"]), name
    assert hall.moved() == 0


def test_a_hostile_scan_that_comes_twice_is_the_same_scan(hall: Hall) -> None:
    ana = hall.mover(60)
    for name, text in HOSTILE.items():
        answers = [ana.scan(text, f"scan-{name.replace(' ', '-')}").answer for _ in range(2)]
        assert answers[0] == answers[1], name


def test_what_was_scanned_is_kept_up_to_the_limit(hall: Hall) -> None:
    hall.worker().scan("Ünïcode 📦 " + "x" * 10_000, "scan-0001")
    kept = hall.rows(select(scans.c.text).where(scans.c.id == "scan-0001"))[0].text
    assert (kept[:10], len(kept)) == ("Ünïcode 📦 ", hall.settings.floor.scan_length_max)


def test_a_code_beyond_the_limit_is_refused_even_when_it_begins_like_a_known_one(hall: Hall) -> None:
    place, most = hall.code("A-02-3"), hall.settings.floor.scan_length_max
    ana = hall.mover(60).scan(place + " " * most + "x").hears("stop", "Code too long")
    ana.scan(place + "\r\n").hears("done")


@pytest.mark.parametrize("frame", ["{}\r\n", "\x02{}\x03", " {} ", "{}\t", "]C1{}"])
def test_the_framing_of_a_wedge_does_not_matter(hall: Hall, frame: str) -> None:
    hall.mover(60).scan(frame.format(hall.code("A-02-3"))).hears("done")


@pytest.mark.parametrize("hall", ["sqlite"], indirect=True)
def test_no_text_at_all_breaks_the_floor(hall: Hall) -> None:
    ana = hall.mover(60)

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.text(st.characters(exclude_categories=()), max_size=80))
    def any_text(text: str) -> None:
        ana.scan(text)
        if ana.answer["task"] is None:
            ana.start("move")
        assert (ana.answer["flow"], hall.moved(), len(ana.answer["note"]) <= 60) == ("move", 0, True)

    any_text()
