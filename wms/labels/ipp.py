"""What the print system of this machine says of its queues and jobs, over IPP (RFC 8010 and 8011), as CUPS does."""

from __future__ import annotations

import http.client
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

HERE = "localhost:631"
SECONDS = 2.0
REPLY_MAX = 1_000_000
CANCEL_JOB, GET_JOB, GET_JOBS, GET_PRINTER = 0x0008, 0x0009, 0x000A, 0x000B
OPERATION_GROUP, END = 0x01, 0x03
INTEGER, BOOLEAN, NO_VALUE = 0x21, 0x22, 0x13
TAGS = {"charset": 0x47, "language": 0x48, "uri": 0x45, "keyword": 0x44, "integer": INTEGER, "name": 0x42}
NOT_FOUND = 0x0406
PENDING, HELD, CANCELED, ABORTED, COMPLETED = 3, 4, 7, 8, 9
STOPPED = 5  # of a queue
ENDED = (CANCELED, ABORTED, COMPLETED)
# What a queue says of its printer, as people say it; the first that it names counts (RFC 8011, 5.4.12).
REASONS = {
    "media-empty": "out of paper",
    "media-needed": "out of paper",
    "media-jam": "its paper is jammed",
    "cover-open": "head open",
    "door-open": "head open",
    "marker-supply-empty": "out of ribbon",
    "offline": "it is switched off or away",
    "connecting-to-device": "it is switched off or away",
    "timed-out": "it is switched off or away",
    "paused": "its print queue is paused",
}
Group = dict[str, list[Any]]


class NoAnswer(Exception):
    """There is no print system that speaks IPP here, or it says nothing sensible."""


@dataclass(frozen=True)
class Job:
    """A job of a queue; `begun` tells whether any of it was ever handed to the printer."""

    id: int
    state: int
    begun: bool


@dataclass(frozen=True)
class Queue:
    """A print queue of this machine."""

    name: str
    server: str = HERE

    def trouble(self) -> str | None:
        """Return why nothing can be printed now, "" when it can, None when there is no such queue; raises NoAnswer."""
        status, groups = self.ask(GET_PRINTER, [("keyword", "requested-attributes", "all")])
        if status == NOT_FOUND:
            return None
        found = groups[0] if groups else {}
        named = " ".join(map(str, found.get("printer-state-reasons", ())))
        said = next((words for reason, words in REASONS.items() if reason in named), "")
        if found.get("printer-is-accepting-jobs") == [False]:
            return said or "its print queue takes no labels"
        if found.get("printer-state") == [STOPPED]:
            return said or "its print queue is stopped"
        return said if "-error" in named else ""

    def jobs(self, after: int = 0) -> list[Job]:
        """Return the jobs with a greater id than `after`, ended ones too, in order; raises NoAnswer."""
        wanted = [("keyword", "which-jobs", "all"), ("integer", "first-job-id", after + 1), *JOB_FACTS]
        found = [job_of(group) for group in self.ask(GET_JOBS, wanted)[1] if "job-id" in group]
        return sorted((job for job in found if job.id > after), key=lambda job: job.id)

    def cancel(self, job_id: int) -> Job:
        """Take a job out of the queue and return what became of it; raises NoAnswer."""
        self.ask(CANCEL_JOB, [("integer", "job-id", job_id)])
        groups = self.ask(GET_JOB, [("integer", "job-id", job_id), *JOB_FACTS])[1]
        if not groups:
            raise NoAnswer("the job is gone")
        return job_of(groups[0] | {"job-id": [job_id]})

    def ask(self, operation: int, attributes: Sequence[tuple[str, str, Any]]) -> tuple[int, list[Group]]:
        """Return the status and the groups of attributes that answer a request; raises NoAnswer."""
        host, _, port = self.server.rpartition(":")
        path = f"/printers/{quote(self.name, safe='')}"
        head = [("charset", "attributes-charset", "utf-8"), ("language", "attributes-natural-language", "en")]
        body = packed(operation, [*head, ("uri", "printer-uri", f"ipp://localhost{path}"), *attributes])
        connection = http.client.HTTPConnection(host, int(port), timeout=SECONDS)
        try:
            connection.request("POST", path, body, {"Content-Type": "application/ipp"})
            answer = connection.getresponse()
            if answer.status != 200:
                raise NoAnswer(f"HTTP {answer.status}")
            return unpacked(answer.read(REPLY_MAX))
        except (OSError, http.client.HTTPException, struct.error, IndexError, ValueError) as error:
            raise NoAnswer(type(error).__name__) from error
        finally:
            connection.close()


JOB_FACTS = [("keyword", "requested-attributes", ["job-id", "job-state", "time-at-processing"])]


def job_of(group: Group) -> Job:
    """Return the job that a group of attributes tells of."""
    begun = group.get("time-at-processing", [None])[0] is not None
    return Job(int(group["job-id"][0]), int(group.get("job-state", [PENDING])[0]), begun)


def packed(operation: int, attributes: Sequence[tuple[str, str, Any]]) -> bytes:
    """Return a request; each attribute is (kind, name, value or values), RFC 8010, 3.1."""
    data = struct.pack(">BBHI", 2, 0, operation, 1) + bytes([OPERATION_GROUP])
    for kind, name, value in attributes:
        values = value if isinstance(value, list) else [value]
        for number, each in enumerate(values):
            raw = struct.pack(">i", each) if kind == "integer" else str(each).encode()
            label = name.encode() if number == 0 else b""  # further values have no name
            data += struct.pack(">BH", TAGS[kind], len(label)) + label + struct.pack(">H", len(raw)) + raw
    return data + bytes([END])


def unpacked(data: bytes) -> tuple[int, list[Group]]:
    """Return the status and the groups after the first, which only names the character set; raises struct.error or
    IndexError for what is cut short."""
    status, at = struct.unpack_from(">H", data, 2)[0], 8
    groups: list[Group] = []
    name = ""
    while data[at] != END:
        tag = data[at]
        at += 1
        if tag < 0x10:
            groups.append({})
            continue
        (length,) = struct.unpack_from(">H", data, at)
        name = data[at + 2 : at + 2 + length].decode() or name
        at += 2 + length
        (length,) = struct.unpack_from(">H", data, at)
        groups[-1].setdefault(name, []).append(value_of(tag, data[at + 2 : at + 2 + length]))
        at += 2 + length
    return status, groups[1:]


def value_of(tag: int, raw: bytes) -> Any:
    """Return a value: numbers and yes or no as such, none at all as None, everything else as text."""
    if tag in (INTEGER, 0x23):
        return struct.unpack(">i", raw)[0]
    if tag == BOOLEAN:
        return raw != b"\0"
    return None if tag in range(0x10, 0x20) else raw.decode("utf-8", "replace")
