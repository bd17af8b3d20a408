"""The webcam's queue: what was kept is there after everything, in order, and is sent with the very same body."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_client.webcam.kept import NOWHERE, Queue, QueueUnusable

SCREEN = {"task": 7, "turn": 3, "title": "Take 2", "tone": "ok"}
HOSTILE = ["\x1d0104006381333931\x1d", "a\x00b", "' OR 1=1 --", "東京 🏷", "\ud800", "x" * 2000]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "queue.db"


@pytest.fixture
def queue(path: Path) -> Iterator[Queue]:
    queue = Queue(path)
    yield queue
    queue.close()


def again(queue: Queue, path: Path) -> Queue:
    """The same file after a restart."""
    queue.close()
    return Queue(path)


def test_scans_come_back_in_order_after_a_restart(queue: Queue, path: Path) -> None:
    for text in "ABCA":
        queue.add("BD-1", text, "camera")
    later = again(queue, path)
    assert [scan.text for scan in later.waiting("BD-1")] == ["A", "B", "C", "A"]
    later.close()


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_kept_as_it_is(queue: Queue, text: str) -> None:
    queue.add("BD-1", text, "camera")
    assert [scan.text for scan in queue.waiting("BD-1")] == [text]


def test_a_body_is_bound_once(queue: Queue, path: Path) -> None:
    queue.add("BD-1", "A", "camera")
    (scan,) = queue.waiting("BD-1")
    body = queue.bind(scan, SCREEN)
    later = again(queue, path)
    (kept,) = later.waiting("BD-1")
    assert later.bind(kept, {"task": 8, "turn": 0}) == body == kept.body
    assert body == {"id": scan.id, "task": 7, "turn": 3, "text": "A", "profile": "camera"}
    later.close()


def test_a_key_belongs_to_the_screen_that_it_was_pressed_on(queue: Queue) -> None:
    queue.add("BD-1", "F1", "typed", SCREEN)
    (scan,) = queue.waiting("BD-1")
    assert queue.bind(scan, NOWHERE)["turn"] == 3


def test_an_answered_scan_leaves_and_its_screen_stays(queue: Queue) -> None:
    queue.add("BD-1", "A", "camera")
    (scan,) = queue.waiting("BD-1")
    queue.settle(scan, SCREEN)
    assert (queue.waiting("BD-1"), queue.screen("BD-1"), queue.screen("BD-2")) == ([], SCREEN, NOWHERE)


def test_people_have_queues_of_their_own(queue: Queue) -> None:
    queue.add("BD-1", "A", "camera")
    queue.add("BD-2", "B", "camera")
    assert [scan.text for scan in queue.waiting("BD-2")] == ["B"]
    assert queue.counts("BD-1") == {"unsent": 1, "others": 1, "aside": 0}


def test_a_scan_made_before_a_question_does_not_confirm_it(queue: Queue) -> None:
    for text in "ABA":
        queue.add("BD-1", text, "camera")
    first = queue.waiting("BD-1")[0]
    queue.doubles_aside(first, "before the question")
    queue.settle(first, SCREEN)
    assert [scan.text for scan in queue.waiting("BD-1")] == ["B"]
    assert [(scan.text, scan.why) for scan in queue.asides()] == [("A", "before the question")]
    queue.drop_asides()
    assert queue.counts("BD-1") == {"unsent": 1, "others": 0, "aside": 0}


def test_a_second_client_on_the_same_file_is_told_so(queue: Queue, path: Path) -> None:
    with pytest.raises(QueueUnusable, match="another webcam client"):
        Queue(path)


def test_a_file_that_is_no_queue_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear customer, " * 100)
    with pytest.raises(QueueUnusable, match=r"letter\.txt"):
        Queue(path)
    assert path.read_text().startswith("Dear customer")
