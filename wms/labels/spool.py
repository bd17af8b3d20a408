"""Hands one label from standard input to a print queue and watches what becomes of it: `python -m wms.labels.spool
QUEUE SECONDS SERVER`.

It runs as a process of its own because the package `zebra` has no timeout and a hung spooler must not hang a worker.
Exit codes: 0 handed on to the printer, or (where the spooler tells nothing) to the spooler; 3 no spooler on this
machine, 4 no such queue, 5 the spooler's client failed half way, 6 nothing of it reached the printer and it is out of
the queue, 7 nobody knows. With 6 and 7 the last line of standard error says why.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from wms import clock
from wms.labels import ipp

NO_SPOOLER = 3
NO_QUEUE = 4
FAILED = 5
HELD_BACK = 6
UNKNOWN = 7
LOOK_SECONDS = 0.2
STUCK = "its print queue did not take it up"


class Client(subprocess.Popen[bytes]):
    """The spooler's client, of which the package looks at no exit code; we do."""

    started: list[Client] = []  # noqa: RUF012 - of this process

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.started.append(self)


def main(name: str, seconds: float, server: str = ipp.HERE) -> int:
    """Check the queue, pass the bytes on unchanged, watch the job; return the exit code."""
    queue = ipp.Queue(name, server)
    try:
        trouble = queue.trouble()
        if trouble:
            return say(HELD_BACK, trouble)
        last = max((job.id for job in queue.jobs()), default=0) if trouble is not None else 0
    except ipp.NoAnswer:  # another spooler, or another system: it takes the label and tells no more
        return hand_over(name, listed=True)
    if trouble is None:
        return NO_QUEUE
    code = hand_over(name, listed=False)
    return code or watch(queue, last, clock.seconds() + seconds)


def hand_over(name: str, listed: bool) -> int:
    """Give the label to the queue; `listed` looks first whether there is such a one, for the package would not."""
    try:
        from zebra import Zebra  # late: on Windows it needs pywin32, which may be missing

        make: Any = Zebra  # the package has no types
        zebra = make(name)
        if listed and name not in zebra.getqueues():
            return NO_QUEUE
    except (ImportError, OSError, subprocess.SubprocessError):
        return NO_SPOOLER
    payload = sys.stdin.buffer.read()
    subprocess.Popen = Client  # type: ignore[misc, assignment]
    try:
        zebra.output(payload)
    except FileNotFoundError:
        return NO_SPOOLER
    except (OSError, subprocess.SubprocessError):
        return FAILED
    return FAILED if any(client.wait() for client in Client.started) else 0


def watch(queue: ipp.Queue, last: int, until: float) -> int:
    """Return what became of the job that came after job `last`; one that nobody took up is taken back."""
    ours: list[ipp.Job] = []
    try:
        while clock.seconds() < until:
            ours = queue.jobs(last)
            if ours and all(job.state in ipp.ENDED for job in ours):
                return ended(ours)
            clock.sleep(LOOK_SECONDS)
        return taken_back(queue, ours)
    except ipp.NoAnswer:
        return say(UNKNOWN, "The print spooler fell silent with the label in its queue.")


def ended(ours: list[ipp.Job]) -> int:
    """Return what jobs that came to an end tell; others' jobs may be among them, and then all must have gone well."""
    if all(job.state == ipp.COMPLETED for job in ours):
        return 0
    if all(job.state == ipp.CANCELED and not job.begun for job in ours):
        return say(HELD_BACK, "somebody took it out of the print queue")
    return say(UNKNOWN, "The print queue gave the label up half way.")


def taken_back(queue: ipp.Queue, ours: list[ipp.Job]) -> int:
    """Take a job that waits out of the queue, for nothing may print it behind our back; return what is known then."""
    if len(ours) == 1 and not ours[0].begun:
        job = queue.cancel(ours[0].id)
        if job.state == ipp.CANCELED and not job.begun:
            return say(HELD_BACK, queue.trouble() or STUCK)
    return say(UNKNOWN, "The label is still in the print queue; it may come out later.")


def say(code: int, why: str) -> int:
    """Tell why, and return the code."""
    print(why, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]), sys.argv[3]))
