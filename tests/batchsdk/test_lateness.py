"""How late the end of a job is known, and by how many calls, on a clock that does not wait."""

from __future__ import annotations

import statistics

import pytest

import batchsdk
from benchmarks import waiting
from benchmarks.waiting import Case, measure
from tests.batchsdk.fakes import START, FakeClock, FakeTransport, connect, job

BEFORE = {2: 10.4, 10: 13.4, 60: 18.4, 600: 36.3}
"""Calls for one job when each interval was half as long again as the one before."""
BEFORE_ARRAY = {2: 8, 10: 10, 60: 14, 600: 32}
BEFORE_WAVES = {2: 10, 10: 13, 60: 20, 600: 92}


@pytest.mark.parametrize("case", [each for each in waiting.CASES if not each.separate], ids=str)
def test_the_end_is_known_within_the_bound(case: Case) -> None:
    for seconds in (2, 10, 60, 600):
        late, calls, lasted = measure(case, seconds, 3)
        assert 0 <= late <= waiting.bound(case, lasted), seconds
        before = BEFORE_ARRAY if case.sweep else BEFORE
        most = (before if case.waves == 1 else BEFORE_WAVES)[seconds]
        assert calls <= (most if case.known else 1.5 * most), seconds


@pytest.mark.parametrize(
    ("case", "seconds", "before"),
    [(Case("array", sweep=True), 60, 14.0), (Case("array", sweep=True, waves=4), 10, 13.0)],
    ids=str,
)
def test_the_calls_of_several_rounds_are_within_the_bound(
    case: Case, seconds: float, before: float
) -> None:
    calls = [measure(case, seconds, seed)[1] for seed in range(4)]
    assert statistics.mean(calls) <= 1.5 * before


def test_an_earlier_run_of_the_same_definition_tells_when_to_look(tmp_path) -> None:
    ledger = tmp_path / "ledger"
    calls = []
    began = START.timestamp() * 1000
    for number in range(2):
        transport, clock = FakeTransport(), FakeClock()
        batch = connect(transport, clock)
        answers = transport.describe_jobs

        def described(job_ids, clock=clock, answers=answers):
            answers(job_ids)
            times = {"startedAt": began, "jobDefinition": "dev-hello:3"}
            if clock.seconds < 50:
                return [job("RUNNING", each, **times) for each in job_ids]
            return [job("SUCCEEDED", each, stoppedAt=began + 50_000, **times) for each in job_ids]

        transport.describe_jobs = described  # type: ignore[method-assign]
        with batch.run(f"nightly-{number}", ledger=ledger) as run:
            run.submit("a", "hello")
            entries = run.wait()
        assert entries["a"].state is batchsdk.EntryState.SUCCEEDED
        calls.append((transport.count("DescribeJobs"), clock.seconds))
    (first, late), (second, known) = calls
    assert second < first / 2
    assert 50 < late <= 60.5
    assert 50 < known <= 53
