"""Hands one label from standard input to a print queue: `python -m wms.labels.spool QUEUE`.

It runs as a process of its own because the package `zebra` has no timeout and a hung spooler must not hang a worker.
Exit codes: 0 handed over, 3 no spooler on this machine, 4 no such queue, 5 the spooler's client failed half way.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

NO_SPOOLER = 3
NO_QUEUE = 4
FAILED = 5


class Client(subprocess.Popen[bytes]):
    """The spooler's client, of which the package looks at no exit code; we do."""

    started: list[Client] = []  # noqa: RUF012 - of this process

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.started.append(self)


def main(queue: str) -> int:
    """Check that the queue exists (the package would not tell), pass the bytes on unchanged; return the exit code."""
    try:
        from zebra import Zebra  # late: on Windows it needs pywin32, which may be missing

        make: Any = Zebra  # the package has no types
        zebra = make(queue)
        if queue not in zebra.getqueues():
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
