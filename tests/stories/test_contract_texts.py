"""Whatever a scanner types, the floor answers with one sentence, keeps what came, and moves nothing by accident."""

from __future__ import annotations

from collections.abc import Iterator

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


@pytest.fixture
def hall(database_url: str) -> Iterator[Hall]:
    hall = Hall(database_url)
    yield hall
    hall.store.close()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("where", ["menu", "flow"])
def test_a_hostile_scan_is_refused_in_one_sentence_and_moves_nothing(hall: Hall, where: str, text: str) -> None:
    ana = hall.mover(60) if where == "flow" else hall.worker()
    before = ana.answer
    ana.scan(text, "scan-0001").hears("stop")
    assert 0 < len(ana.answer["note"]) <= 60
    assert (ana.answer["task"], ana.answer["turn"], hall.moved()) == (before["task"], before["turn"], 0)
    again = hall.floor.scan(ana.who, "scan-0001", before["task"], before["turn"], text)
    assert again == ana.answer


def test_what_was_scanned_is_kept_up_to_the_limit(hall: Hall) -> None:
    hall.worker().scan("Ünïcode 📦 " + "x" * 10_000, "scan-0001")
    kept = hall.rows(select(scans.c.text).where(scans.c.id == "scan-0001"))[0].text
    assert (kept[:10], len(kept)) == ("Ünïcode 📦 ", hall.settings.floor.scan_length_max)


@pytest.mark.parametrize("frame", ["{}\r\n", "\x02{}\x03", " {} ", "{}\t", "]C1{}"])
def test_the_framing_of_a_wedge_does_not_matter(hall: Hall, frame: str) -> None:
    hall.mover(60).scan(frame.format(hall.code("A-02-3"))).hears("done")


def test_no_text_at_all_breaks_the_floor(tmp_path_factory: pytest.TempPathFactory) -> None:
    hall = Hall(f"sqlite:///{tmp_path_factory.mktemp('texts') / 'floor.db'}")
    ana = hall.mover(60)

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.text(st.characters(exclude_categories=()), max_size=80))
    def any_text(text: str) -> None:
        ana.scan(text)
        if ana.answer["task"] is None:
            ana.start("move")
        assert (ana.answer["flow"], hall.moved(), len(ana.answer["note"]) <= 60) == ("move", 0, True)

    any_text()
    hall.store.close()
