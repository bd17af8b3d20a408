"""Real workers, real sockets, kill -9: the benchmark's small run loses nothing, doubles nothing, keeps the order."""

from __future__ import annotations

import pytest

from tests.benchmarks import printing


def test_labels_through_real_workers_all_come_out_once_and_in_order() -> None:
    result = printing.measure(60, faults=False, url="")
    assert (result.lost, result.doubles, result.uncertain, result.out_of_order) == (0, 0, 0, 0)
    assert result.states == {"confirmed": 60}


@pytest.mark.timeout(240)
def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "JOBS_A_KILL", 40)
    result = printing.measure(100, faults=True, url="")
    assert (result.kills, result.lost, result.doubles) == (2, 0, 0)
    assert sum(result.states.values()) == 100
    assert set(result.states) <= {"confirmed", "uncertain"}
