"""Who scans with the webcam: a badge before the camera, a PIN in the live view, and the next person after that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from client.webcam_runs import Webcams, webcams
from served import PIN

from scanner_client.door import Door
from scanner_client.webcam.board import Board
from scanner_client.webcam.kept import Queue
from scanner_client.webcam.sending import Refused, Sender, Wishes

__all__ = ["webcams"]


@pytest.fixture
def sender(webcams: Webcams) -> Iterator[Sender]:
    """A sender that nobody signed in to."""
    queue = Queue(webcams.folder / "queue.db")
    sender = Sender(Door(webcams.site.url), queue, Board(), Wishes("cam"))
    sender.start()
    yield sender
    sender.stop()
    sender.join(20)
    queue.close()


def until(sender: Sender, **facts: object) -> None:
    """Wait until the view shows these facts."""
    version, now = sender.board.news(-1, 0)
    for _ in range(100):
        if facts.items() <= now.items():
            return
        version, now = sender.board.news(version, 1)
    raise AssertionError(now)


def test_a_badge_before_the_camera_asks_for_its_pin(webcams: Webcams, sender: Sender) -> None:
    until(sender, asks="badge")
    sender.scan(f"]Q1{webcams.badge}")
    until(sender, asks="pin", badge=webcams.badge)
    sender.sign_in(webcams.badge, PIN)
    until(sender, asks="", person="Cara")


def test_a_label_before_anybody_signed_in_is_told_and_not_kept(webcams: Webcams, sender: Sender) -> None:
    until(sender, asks="badge")
    sender.scan(f"]Q1{webcams.hall.code('A-01-1')}")
    until(sender, tone="stop", note="Show your badge first.", unsent=0)


def test_a_wrong_pin_is_told_in_the_servers_words(webcams: Webcams, sender: Sender) -> None:
    with pytest.raises(Refused, match="Badge or PIN is wrong"):
        sender.sign_in(webcams.badge, "111111")


def test_after_signing_out_the_next_person_scans_in_their_own_name(webcams: Webcams, sender: Sender) -> None:
    sender.sign_in(webcams.badge, PIN)
    until(sender, person="Cara")
    sender.sign_out()
    until(sender, person="", asks="badge")
    sender.sign_in(webcams.site.badge("Ben", "picker"), PIN)
    sender.scan(f"]Q1{webcams.hall.code('A-01-1')}")
    until(sender, person="Ben", unsent=0, tone="ok")
    assert webcams.scanned() == [f"]Q1{webcams.hall.code('A-01-1')}"]
