"""The benchmark of decoding: one table from a folder of samples, or a sentence when it is not there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from benchmarks import scenes
from decoding.printed import as_file, symbol, turned

ROOT = Path(__file__).resolve().parents[2]


def bench(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.benchmarks.decode", str(folder), *more]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def samples(folder: Path) -> Path:
    """A folder of four samples: one is tilted, one holds no code, and about one the manifest lies."""
    label = symbol("LO-A-03-12-B-7", "Code128")
    pictures = {
        "level": (label, "Code128", "LO-A-03-12-B-7"),
        "tilted": (turned(label, 25), "Code128", "LO-A-03-12-B-7"),
    }
    pictures |= {"empty": (label[:5], "NONE", ""), "lie": (symbol("4006381333931", "EAN13"), "EAN-13", "4006381333948")}
    for name, (picture, _, _) in pictures.items():
        (folder / f"{name}.png").write_bytes(as_file(picture))
    entries = [{"file": f"{name}.png", "symbology": kind, "text": text} for name, (_, kind, text) in pictures.items()]
    (folder / "manifest.json").write_text(json.dumps(entries))
    return folder


def test_a_table_counts_what_each_engine_and_the_pipeline_read(tmp_path: Path) -> None:
    done = bench(samples(tmp_path), "--turned")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["Code128", "2", "1", "1", "2"] in rows  # zbar, zxing-cpp, pipeline
    assert next(row for row in rows if row[:1] == ["EAN-13"])[2:4] == ["0", "(1"]
    assert "turned by 45 degrees" in done.stdout


def test_drawn_scenes_are_the_same_with_every_run_and_none_like_another() -> None:
    drawn = [scenes.scene(np.random.default_rng(seed), "aslant", "Code128") for seed in (1, 1, 2)]
    assert drawn[0][:2] == drawn[1][:2] != drawn[2][:2]
    assert np.array_equal(drawn[0][2], drawn[1][2])


def test_without_samples_it_says_so(tmp_path: Path) -> None:
    done = bench(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "holds no manifest.json" in done.stderr


def test_nothing_to_read_is_said() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.decode"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, "or --scenes N" in done.stderr) == (1, True)
