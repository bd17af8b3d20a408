"""`python -m scanner_client.webcam --server URL --badge BD-… --pin …… --flow pick`: hold labels before the camera."""

from __future__ import annotations

import argparse
import sys
import time

import cv2

from scanner_client.door import Answer, Door
from scanner_client.webcam.decoding import Agreement, Decoder


def say(answer: Answer) -> None:
    """Print what a handheld would show."""
    target = answer["target"]["label"] if answer["target"] else ""
    print(f"[{answer['tone']}] {answer['note']}\n    {answer['title']}  {target}", flush=True)


def run(door: Door, flow: str, camera: cv2.VideoCapture) -> int:
    """Scan what the camera sees until the work or the film is over; return how many codes were sent."""
    answer = door.work(flow)
    decoder, agreement, sent = Decoder(), Agreement(), 0
    while answer and answer["task"] is not None:
        more, frame = camera.read()
        if not more:
            break
        for text in agreement.accept(decoder.read(frame), time.monotonic()):
            answer = door.scan(answer, text)
            sent += 1
            say(answer)
    return sent


def main() -> None:
    """Read the options, open the camera, work."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("server", "badge", "pin", "flow"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--camera", default="0", help="number of the camera, or a film")
    parser.add_argument("--device", default="webcam")
    options = parser.parse_args()
    camera = cv2.VideoCapture(int(options.camera) if options.camera.isdigit() else options.camera)
    if not camera.isOpened():
        sys.exit(f"Camera {options.camera} cannot be opened.")
    door = Door(options.server)
    door.login(options.badge, options.pin, options.device)
    print(f"{run(door, options.flow, camera)} codes sent.")


if __name__ == "__main__":
    main()
