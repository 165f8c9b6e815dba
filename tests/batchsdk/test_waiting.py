from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from batchsdk import (
    JobDetail,
    JobFailedError,
    JobLostError,
    JobStatus,
    Polling,
    RequestRefusedError,
    ServiceFailureError,
    WaitTimeoutError,
)
from tests.batchsdk.fakes import FakeClock, FakeTransport, connect, job

FAULT = ServiceFailureError("DescribeJobs: boom", operation="DescribeJobs")


def failed(**more: Any) -> dict[str, Any]:
    return job(
        "FAILED",
        statusReason="Essential container in task exited",
        container={"exitCode": 3, "logStreamName": "s", "reason": "OutOfMemoryError: killed"},
        **more,
    )


def test_waiting_returns_the_job_once_it_succeeded() -> None:
    transport = FakeTransport()
    transport.script("job-1", job("SUBMITTED"), job("RUNNABLE"), job("RUNNING"), job("SUCCEEDED"))
    detail = connect(transport).job("job-1").wait()
    assert detail.status is JobStatus.SUCCEEDED


def test_each_new_status_is_reported_once() -> None:
    transport = FakeTransport()
    transport.script("job-1", *[job("RUNNABLE")] * 3, *[job("RUNNING")] * 3, job("SUCCEEDED"))
    seen: list[JobStatus] = []

    def note(detail: JobDetail) -> None:
        seen.append(detail.status)

    connect(transport).job("job-1").wait(on_change=note)
    assert seen == ["RUNNABLE", "RUNNING", "SUCCEEDED"]


def test_the_interval_grows_while_nothing_happens_and_starts_again_after_a_change() -> None:
    transport, clock = FakeTransport(), FakeClock()
    transport.script("job-1", *[job("RUNNABLE")] * 12, *[job("RUNNING")] * 2, job("SUCCEEDED"))
    polling = Polling(shortest=1, growth=2, longest=8)
    connect(transport, clock).job("job-1").wait(polling=polling)
    assert clock.sleeps == [1, 2, 4, 8, 8, 8, 8, 8, 8, 8, 8, 8, 1, 2]


def test_a_failure_carries_everything_and_says_what_to_type_next() -> None:
    transport = FakeTransport()
    transport.script("job-1", failed())
    transport.script_log("s", {"events": [{"timestamp": 1, "message": "no space left"}]})
    with pytest.raises(JobFailedError) as caught:
        connect(transport).job("job-1").wait()
    error = caught.value
    assert (error.job_id, error.name, error.exit_code) == ("job-1", "hello-1", 3)
    assert error.reason == "Essential container in task exited; OutOfMemoryError: killed"
    assert error.log_tail == ("no space left",)
    assert "more memory" in error.hint
    assert "batchsdk logs job-1" in error.hint
    assert "no space left" in str(error)


@pytest.mark.parametrize("page", [FAULT, None, {"events": []}])
def test_a_log_that_cannot_be_read_never_hides_the_failure(page: object) -> None:
    transport = FakeTransport()
    transport.script("job-1", failed())
    transport.script_log("s", page)  # type: ignore[arg-type]  # one of three kinds
    with pytest.raises(JobFailedError) as caught:
        connect(transport).job("job-1").wait()
    assert caught.value.log_tail == ()


def test_a_dependent_points_at_what_it_waited_for() -> None:
    transport = FakeTransport()
    transport.script(
        "job-1",
        job("FAILED", statusReason="Dependent Job failed", dependsOn=[{"jobId": "job-0"}]),
    )
    with pytest.raises(JobFailedError, match="batchsdk show job-0"):
        connect(transport).job("job-1").wait()


def test_waiting_ends_at_the_timeout_and_says_how_the_job_was() -> None:
    transport, clock = FakeTransport(), FakeClock()
    transport.script("job-1", job("RUNNABLE"))
    with pytest.raises(WaitTimeoutError) as caught:
        connect(transport, clock).job("job-1").wait(timeout=10)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.status == "RUNNABLE"
    assert clock.seconds == pytest.approx(10)


def test_a_job_that_appears_late_is_waited_for() -> None:
    transport = FakeTransport()
    transport.script("job-1", None, None, job("RUNNING"), None, job("SUCCEEDED"))
    assert connect(transport).job("job-1").wait().status is JobStatus.SUCCEEDED


def test_a_job_that_never_appears_is_lost_after_the_grace_and_not_before() -> None:
    transport, clock = FakeTransport(), FakeClock()
    with pytest.raises(JobLostError):
        connect(transport, clock).job("job-1").wait()
    assert clock.seconds == pytest.approx(60, abs=0.01)


@pytest.mark.parametrize("grace", [0.0, 1.0, 7.0, 45.0, 61.0, 300.0])
def test_the_grace_of_a_lost_job_is_what_it_says(grace: float) -> None:
    transport, clock = FakeTransport(), FakeClock()
    with pytest.raises(JobLostError, match=f"for {grace:g} seconds"):
        connect(transport, clock).job("job-1").wait(polling=Polling(grace=grace))
    assert clock.seconds == pytest.approx(grace, abs=0.01)


def test_a_fault_on_the_way_is_waited_out() -> None:
    transport = FakeTransport()
    transport.script("job-1", job("RUNNING"), FAULT, FAULT, job("RUNNING"), FAULT, job("SUCCEEDED"))
    assert connect(transport).job("job-1").wait().status is JobStatus.SUCCEEDED


def test_faults_without_end_are_raised() -> None:
    transport = FakeTransport()
    transport.script("job-1", job("RUNNING"), FAULT)
    with pytest.raises(ServiceFailureError):
        connect(transport).job("job-1").wait()


def test_a_refusal_is_raised_at_once() -> None:
    transport, clock = FakeTransport(), FakeClock()
    transport.script("job-1", RequestRefusedError("no", operation="DescribeJobs"))
    with pytest.raises(RequestRefusedError):
        connect(transport, clock).job("job-1").wait()
    assert clock.sleeps == []


@pytest.mark.parametrize("answer", [{"status": "RUNNING"}, {"jobId": "job-1", "status": "NEW"}])
def test_a_description_that_makes_no_sense_is_a_service_fault(answer: dict[str, Any]) -> None:
    transport = FakeTransport()
    transport.script("job-1", answer)
    with pytest.raises(ServiceFailureError, match="makes no sense"):
        connect(transport).job("job-1").wait()


def test_a_description_has_every_field():
    transport = FakeTransport()
    attempt = {
        "container": {"exitCode": 0, "logStreamName": "hello/1"},
        "startedAt": 1,
        "stoppedAt": 2,
    }
    transport.script("job-1", job("SUCCEEDED", attempts=[attempt]))
    detail = connect(transport).job("job-1").describe()
    for each in (detail, *detail.attempts):
        assert vars(each).keys() == {field.name for field in dataclasses.fields(each)}
        assert dataclasses.replace(each) == each
        assert repr(each)
    with pytest.raises(dataclasses.FrozenInstanceError):
        detail.name = "other"
