"""The whole chain: our own ZPL, an independent renderer, a film, the webcam client, the server, a stock move."""

from __future__ import annotations

import time
from datetime import date

import cv2
from client.film import Picture, desk, film
from client.webcam_runs import Webcams, webcams
from contract import FROM, TO, Hall
from labels.conftest import Renderer, renderer

from wms import barcodes
from wms.labels.labels import Label, Line, LocationLabel, LpnLabel
from wms.models.places import SUPPLIER
from wms.operations import ledger, master
from wms.operations.ledger import By, Move, Spot

__all__ = ["renderer", "webcams"]
SIZE = (1280, 720)
SECONDS_MAX = 15


def carton(hall: Hall, qty: int) -> str:
    """Put a carton of CORE on the dock; return its code."""
    plate, code = hall.do(master.add_lpn, "carton", hall.places["D1"])
    spots = Spot(SUPPLIER), Spot(hall.places["D1"], plate)
    hall.do(ledger.post, By(), [Move(hall.core, qty, *spots, "receipt")])
    return str(code)


def held(renderer: Renderer, label: Label) -> Picture:
    """A label as printed, held before a camera of 1280 x 720."""
    paper = renderer.label(label, 203)
    scale = min(SIZE[0] * 0.95 / paper.shape[1], SIZE[1] * 0.95 / paper.shape[0], 1.0)
    smaller = cv2.resize(paper, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return desk((smaller, (SIZE[0] // 2, SIZE[1] // 2)), size=SIZE)


def test_two_printed_labels_before_the_camera_move_stock(webcams: Webcams, renderer: Renderer) -> None:
    hall, began = webcams.hall, time.process_time()
    plate, place = carton(hall, 24), hall.code(TO)
    of_carton = held(renderer, LpnLabel(plate, (Line("CORE", "Item CORE", 24),), "RC-000001", date(2026, 11, 22)))
    of_place = held(renderer, LocationLabel(place, TO, barcodes.check_of(place)))
    empty = desk(size=SIZE)
    scenes = [(empty, 0.2), (of_carton, 4.0), (empty, 0.3), (of_place, 4.0), (empty, 0.2)]
    clip = film(webcams.folder / "chain.avi", scenes)
    drawn = time.process_time() - began  # the same on a busy machine; what follows takes as long as the film
    assert drawn + sum(seconds for _, seconds in scenes) < SECONDS_MAX
    assert webcams.run(clip, "--flow", "move") == 0
    assert (hall.qty("D1", hall.core), hall.qty(TO, hall.core), hall.qty(FROM, hall.core)) == (0, 24, 100)
    assert hall.broken() == []
