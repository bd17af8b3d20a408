"""The commands around printers: the emulator does as its standard input says, the agent says what it is missing."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from unittest import mock

import pytest
from click.testing import CliRunner

from wms.cli import main


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    with mock.patch.dict("os.environ"):
        yield


def line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().strip()


def test_the_emulator_prints_and_obeys_its_standard_input() -> None:
    words = ["printer-emulator", "--port", "0", "--say", "paper 1"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-m", "wms", *words], **pipes) as process:
        found = re.search(r"port (\d+)", line(process.stdout))
        assert found is not None
        with socket.create_connection(("127.0.0.1", int(found[1])), 20) as raw:
            raw.sendall(b"^XA1^XZ^XA2^XZ~HS")
            assert raw.recv(200).startswith(b"\x02030,1,0,1200,001")
        assert process.stdin is not None
        process.stdin.write("printed\npaper full\ncount\n")
        process.stdin.flush()
        assert json.loads(line(process.stdout)) == ["^XA1^XZ"]
        assert [line(process.stdout), line(process.stdout)] == ["ok", "2"]
        process.kill()


def test_the_emulator_refuses_a_behaviour_that_it_does_not_know() -> None:
    result = CliRunner().invoke(main, ["printer-emulator", "--port", "0", "--say", "fly"])
    assert (result.exit_code, "mode NAME" in result.output) == (2, True)


def test_an_agent_without_a_token_is_told_where_to_get_one() -> None:
    result = CliRunner().invoke(main, ["print-agent", "--server", "https://wms.example.test"])
    assert (result.exit_code, "WMS_PRINT_TOKEN" in result.output) == (2, True)


def test_an_agent_does_not_talk_to_another_machine_in_the_clear(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("pickwell_agent_x\n")
    words = ["print-agent", "--server", "http://wms.example.test", "--token-file", str(tmp_path / "token")]
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, "Use https://" in result.output) == (1, True)
