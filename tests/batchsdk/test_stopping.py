from __future__ import annotations

import pytest

from batchsdk import JobLostError, StopEffect
from tests.batchsdk.fakes import FakeTransport, connect, job


@pytest.mark.parametrize("status", ["STARTING", "RUNNING"])
def test_cancelling_a_started_job_is_said_to_do_nothing_and_terminate_is_named(status: str) -> None:
    transport = FakeTransport()
    transport.script("job-1", job(status))
    result = connect(transport).job("job-1").cancel("why")
    assert result.effect is StopEffect.NOTHING
    assert "batchsdk terminate job-1" in result.message


@pytest.mark.parametrize("status", ["SUBMITTED", "RUNNABLE"])
def test_cancelling_a_job_that_waits_stops_it(status: str) -> None:
    transport = FakeTransport()
    transport.script("job-1", job(status))
    assert connect(transport).job("job-1").cancel("why").effect is StopEffect.STOPS
    assert ("CancelJob", ("job-1", "why")) in transport.calls


def test_a_job_that_starts_just_before_it_is_cancelled_goes_on_and_that_is_said() -> None:
    transport = FakeTransport()
    transport.script("job-1", job("RUNNABLE"), job("STARTING"))
    assert connect(transport).job("job-1").cancel("why").effect is StopEffect.NOTHING


def test_a_pending_job_stops_only_after_its_dependencies() -> None:
    transport = FakeTransport()
    transport.script("job-1", job("PENDING"))
    result = connect(transport).job("job-1").cancel("why")
    assert result.effect is StopEffect.STOPS_AFTER_DEPENDENCIES


def test_terminating_a_running_job_stops_it() -> None:
    transport = FakeTransport()
    transport.script("job-1", job("RUNNING"))
    assert connect(transport).job("job-1").terminate("why").effect is StopEffect.STOPS
    assert ("TerminateJob", ("job-1", "why")) in transport.calls


@pytest.mark.parametrize("verb", ["cancel", "terminate"])
def test_nothing_is_sent_for_a_job_that_has_ended(verb: str) -> None:
    transport = FakeTransport()
    transport.script("job-1", job("SUCCEEDED"))
    result = getattr(connect(transport).job("job-1"), verb)("why")
    assert result.effect is StopEffect.ALREADY_ENDED
    assert [name for name, _ in transport.calls] == ["DescribeJobs"]


@pytest.mark.parametrize("verb", ["cancel", "terminate"])
def test_an_unknown_job_is_told(verb: str) -> None:
    with pytest.raises(JobLostError):
        getattr(connect(FakeTransport()).job("job-1"), verb)("why")
