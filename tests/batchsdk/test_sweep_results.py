"""What is made of answers that are late, incomplete or odd; and how often is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from batchsdk import (
    JobLostError,
    JobStatus,
    ServiceFailureError,
    Sweep,
    SweepFailedError,
    WaitTimeoutError,
)
from tests.batchsdk.fakes import FakeClock, FakeTransport, connect, job


def array(status: str, size: int, **summary: int) -> dict[str, Any]:
    properties = {"size": size, "statusSummary": summary}
    return job(status, arrayProperties=properties, statusReason="Array Child Job failed")


def children(transport: FakeTransport, statuses: Mapping[int, str]) -> None:
    def page(request: Mapping[str, Any]) -> dict[str, Any]:
        assert request["arrayJobId"] == "job-1"
        return {
            "jobSummaryList": [
                {
                    "jobId": f"job-1:{index}",
                    "jobName": "x",
                    "status": status,
                    "arrayProperties": {"index": index},
                    "container": {"exitCode": 1},
                }
                for index, status in statuses.items()
                if status == request["jobStatus"]
            ]
        }

    transport.pages = page


def sweep_of(transport: FakeTransport, size: int, clock: FakeClock | None = None) -> Sweep:
    over = {"Target": [str(number) for number in range(size)]}
    return connect(transport, clock).sweep("hello", over=over)


def statuses(sweep: Sweep) -> list[str]:
    return [str(each.status) for each in sweep.results()]


def test_an_array_that_succeeded_is_not_listed():
    transport = FakeTransport()
    transport.script("job-1", array("SUCCEEDED", 3))
    assert statuses(sweep_of(transport, 3)) == ["SUCCEEDED"] * 3
    assert transport.count("ListJobs") == 0


def test_absence_from_the_list_is_not_success():
    # The counts do not say that the others succeeded, so each is asked for by its status.
    transport = FakeTransport()
    transport.script("job-1", array("FAILED", 4, FAILED=1))
    children(transport, {0: "SUCCEEDED", 1: "FAILED", 2: "SUCCEEDED"})
    assert statuses(sweep_of(transport, 4)) == ["SUCCEEDED", "FAILED", "SUCCEEDED", "FAILED"]
    assert transport.count("ListJobs") == 1 + len(JobStatus)


def test_children_that_were_never_made_failed_with_their_array():
    transport = FakeTransport()
    transport.script("job-1", array("FAILED", 2) | {"statusReason": "Dependent Job failed"})
    sweep = sweep_of(transport, 2)
    with pytest.raises(SweepFailedError, match=r"2 of 2.*Dependent Job failed"):
        sweep.wait()


def test_a_child_that_is_not_listed_yet_has_the_status_of_its_array():
    transport = FakeTransport()
    transport.script("job-1", array("PENDING", 3, RUNNING=1, PENDING=2))
    children(transport, {1: "RUNNING"})
    assert statuses(sweep_of(transport, 3)) == ["PENDING", "RUNNING", "PENDING"]


def test_what_has_ended_is_not_asked_for_again():
    transport = FakeTransport()
    transport.script("job-1", array("FAILED", 2, FAILED=1, SUCCEEDED=1))
    children(transport, {1: "FAILED"})
    sweep = sweep_of(transport, 2)
    with pytest.raises(SweepFailedError):
        sweep.wait()
    before = len(transport.calls)
    assert [each.index for each in sweep.failed()] == [1]
    with pytest.raises(SweepFailedError):
        sweep.wait()
    assert len(transport.calls) == before


def test_a_job_that_batch_does_not_know_is_lost_after_the_grace_and_not_succeeded():
    clock = FakeClock()
    with pytest.raises(JobLostError, match="job-1 for 60 seconds"):
        sweep_of(FakeTransport(), 2, clock).wait()
    assert clock.seconds >= 60
    with pytest.raises(JobLostError):
        sweep_of(FakeTransport(), 2).results()


def test_faults_are_waited_out_until_there_are_five_in_a_row():
    transport = FakeTransport()
    fault = ServiceFailureError("HTTP 500", operation="DescribeJobs")
    pending = array("PENDING", 2)
    transport.script("job-1", pending, *[fault] * 4, pending, fault, array("SUCCEEDED", 2))
    assert len(sweep_of(transport, 2).wait()) == 2
    transport.script("job-1", pending, fault)
    with pytest.raises(ServiceFailureError):
        sweep_of(transport, 2).wait()


def test_the_time_that_is_given_is_kept():
    clock, transport = FakeClock(), FakeTransport()
    transport.script("job-1", array("PENDING", 2))
    with pytest.raises(WaitTimeoutError, match="after 100 seconds") as caught:
        sweep_of(transport, 2, clock).wait(100)
    assert clock.seconds == pytest.approx(100)
    assert caught.value.status == "PENDING"
    assert transport.count("DescribeJobs") <= 21


def test_separate_jobs_are_described_a_hundred_at_a_time_while_they_run():
    transport = FakeTransport()
    ids = [f"job-{number}" for number in range(1000)]
    transport.submit_answers.extend({"jobId": job_id} for job_id in ids)
    for number, job_id in enumerate(ids):
        waiting = [job("RUNNABLE", job_id)] * (number // 100)
        transport.script(job_id, *waiting, job("SUCCEEDED", job_id))
    over = {"Target": [str(number) for number in range(1000)]}
    sweep = connect(transport).sweep("hello", over=over, as_separate_jobs=True)
    assert len(sweep.wait()) == 1000
    assert transport.count("DescribeJobs") == sum(range(1, 11))


def test_many_jobs_are_terminated_with_one_call_each_and_a_description_for_a_hundred():
    transport = FakeTransport()
    ids = [f"job-{number}" for number in range(150)]
    transport.submit_answers.extend({"jobId": job_id} for job_id in ids)
    for number, job_id in enumerate(ids):
        transport.script(job_id, job("RUNNING" if number % 3 else "SUCCEEDED", job_id))
    over = {"Target": [str(number) for number in range(150)]}
    sweep = connect(transport).sweep("hello", over=over, as_separate_jobs=True)
    results = sweep.terminate("not needed")
    assert [each.job_id for each in results] == ids
    assert [str(each.effect) for each in results[:3]] == ["ALREADY_ENDED", "STOPS", "STOPS"]
    assert transport.count("DescribeJobs") == 2
    assert transport.count("TerminateJob") == 100
