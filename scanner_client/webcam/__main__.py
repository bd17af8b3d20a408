"""`python -m scanner_client.webcam --server URL --camera N|FILE|URL [--station CODE]`: labels before a camera."""

from __future__ import annotations

import sys
import threading
import time
from argparse import Namespace
from typing import Any

from scanner_client.decoding import Code, Decoder
from scanner_client.door import Door
from scanner_client.webcam.board import Board
from scanner_client.webcam.capture import Camera, NoCamera, Source
from scanner_client.webcam.kept import Queue, QueueUnusable
from scanner_client.webcam.options import parse
from scanner_client.webcam.passes import Passes
from scanner_client.webcam.presence import Presence
from scanner_client.webcam.sending import TYPED, Refused, Sender, Wishes
from scanner_client.webcam.view import View
from scanner_client.webcam.watching import Eye, Watcher, shown

REFUSED, NO_CAMERA, NO_QUEUE = 1, 3, 4
TICK_SECONDS, STOP_SECONDS = 0.05, 5.0
ANSWER_SECONDS = 10.0  # without one for so long, a request is asked again


class Client:
    """All parts of one webcam; `run` works until the film is over, the server refuses, or Ctrl+C."""

    def __init__(self, options: Namespace) -> None:
        """Open the camera and the queue; raises NoCamera, QueueUnusable."""
        self.board = Board()
        self.presence = Presence(by_trigger=options.count_by == "trigger")
        self.camera = Camera(Source(options.camera, options.size), self.board.camera)
        self.queue = Queue(options.queue)
        wishes = Wishes(options.device, options.flow, options.station, options.login)
        self.sender = Sender(Door(options.server, answer_seconds=ANSWER_SECONDS), self.queue, self.board, wishes)
        eye = Eye(Passes(Decoder(options.rules)), self.presence)
        self.watcher = Watcher(self.camera, eye, self.board, self.scanned)
        self.view = None if options.no_view else View(options.view, self.board, self.deed)

    def scanned(self, code: Code) -> None:
        """A code was shown to the camera."""
        self.sender.scan(code.scan)
        print(f"read {shown(code.text)}", flush=True)

    def deed(self, asked: dict[str, Any]) -> str:
        """Do what a button of the live view says; return a sentence when it could not be done."""
        what = asked["do"]
        if what == "signin":
            try:
                self.sender.sign_in(str(asked["badge"]), str(asked["pin"]))
            except (Refused, ConnectionError) as error:
                return str(error)
        elif what == "key":
            self.sender.press(str(asked["key"]))
        elif what == "type":
            self.sender.scan(str(asked["text"]), TYPED)
        elif what == "again":
            self.presence.again()
        elif what == "signout":
            self.sender.sign_out()
        elif what == "seen":
            self.sender.drop_asides()
        return ""

    def run(self) -> int:
        """Work; return the exit code."""
        if self.view is not None:
            print(f"Live view: {self.view.url}", flush=True)
            threading.Thread(target=self.view.serve_forever, name="view", daemon=True).start()
        self.sender.start()
        if self.camera.source.is_film and self.sender.owner:
            self._wait_for(self.sender.idle)  # nobody holds its labels up again
        self.camera.start()
        self.watcher.start()
        self._wait_for(lambda: not self.watcher.is_alive())
        self._wait_for(lambda: self.sender.idle() or not self.sender.owner)
        if self.sender.failure:
            print(self.sender.failure, file=sys.stderr)
        return REFUSED if self.sender.failure else 0

    def _wait_for(self, happened: Any) -> None:
        while not happened() and not self.sender.failure:
            time.sleep(TICK_SECONDS)

    def close(self) -> None:
        """Stop the threads and say what is left."""
        self.camera.stop()
        self.sender.stop()
        self.board.close()
        if self.view is not None:
            self.view.shutdown()
            self.view.server_close()
        for thread in (self.camera, self.watcher, self.sender):
            if thread.is_alive():
                thread.join(STOP_SECONDS)
        left = self.queue.counts(self.sender.owner)
        print(f"{self.sender.sent} codes sent.")
        if left["unsent"] or left["others"]:
            print(f"{left['unsent'] + left['others']} kept for the next start.")
        self.queue.close()


def main(arguments: list[str] | None = None) -> int:
    """Read the options, open what is needed, work; return the exit code."""
    options = parse(arguments)
    try:
        client = Client(options)
    except NoCamera as error:
        print(error, file=sys.stderr)
        return NO_CAMERA
    except QueueUnusable as error:
        print(error, file=sys.stderr)
        return NO_QUEUE
    try:
        return client.run()
    except KeyboardInterrupt:
        return 0
    finally:
        client.close()


if __name__ == "__main__":
    sys.exit(main())
