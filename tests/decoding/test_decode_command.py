"""The command, and what happens when an engine is missing or fails."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from decoding.printed import as_file, symbol, turned

from scanner_client import decode
from scanner_client.decoding import Decoder
from scanner_client.decoding.engines import Careful

LABEL = "LO-A-03-12-B-7"


@pytest.fixture
def label(tmp_path: Path) -> Path:
    path = tmp_path / "label.png"
    path.write_bytes(as_file(symbol(LABEL, "Code128")))
    return path


def test_a_line_of_json_per_picture(label: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert decode.main([str(label), str(label), "--json"]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == second
    (found,) = first["results"]
    assert (first["file"], base64.b64decode(found["bytes"]).decode(), found["text"]) == (str(label), LABEL, LABEL)
    assert set(found) == {"bytes", "text", "symbology", "aim", "corners", "engine", "agreed"}


def test_a_bad_file_is_told_and_the_others_are_read(label: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert decode.main(["nowhere.png", str(label), "--json"]) == 1
    bad, good = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (bad["results"], "cannot be read" in bad["error"], len(good["results"])) == ([], True, 1)


def test_people_get_words(label: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "paper.png").write_bytes(as_file(symbol(LABEL, "Code128")[:5]))
    assert decode.main([str(label), str(tmp_path / "paper.png")]) == 0
    assert [line.split("  ")[1] for line in capsys.readouterr().out.splitlines()] == ["Code128", "no code"]


def test_rules_that_are_wrong_end_it_with_2(label: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        decode.main([str(label), "--symbologies", "nowhere.toml"])
    assert ended.value.code == 2


HIDE = """
import sys
for name in {hidden}:
    sys.modules[name] = None
from scanner_client import decode
sys.exit(decode.main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("hidden", "engine"), [(["pyzbar.pyzbar"], "libzbar0"), (["cv2"], "OpenCV"), (["zxingcpp"], "zxing-cpp")]
)
def test_a_missing_engine_is_one_line_and_the_others_go_on(hidden: list[str], engine: str, tmp_path: Path) -> None:
    path = tmp_path / "ean.png"
    path.write_bytes(as_file(symbol("4006381333931", "EAN13")))
    command = [sys.executable, "-c", HIDE.format(hidden=hidden), str(path), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(engine)
    assert done.stdout.count("4006381333931") == 2


def test_zbar_prints_nothing_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "databar.png"
    path.write_bytes(as_file(turned(symbol("(01)09501101020917(10)AB12", "DataBarExpStk"), 12)))
    command = [sys.executable, "-m", "scanner_client.decode", str(path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stderr == ""


class Broken:
    """An engine that raises."""

    name = "broken"

    def read(self, picture: object, view: str = "whole") -> list[object]:
        raise RuntimeError("inside a native library")


def test_an_engine_that_fails_costs_its_answer_only(capsys: pytest.CaptureFixture[str]) -> None:
    decoder = Decoder()
    decoder.zxing = Careful(Broken())  # type: ignore[arg-type]
    assert [code.text for code in decoder.read(symbol("4006381333931", "EAN13"))] == ["4006381333931"]
    assert "broken failed" in capsys.readouterr().err
