"""The library against a local AWS on which things go wrong on purpose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from batchsdk import JobFailedError, Polling, SubmissionUnknownError
from localaws import LocalAws
from localaws.faults import Faults

QUICK = Polling(shortest=0.05, longest=0.2)


@pytest.fixture
def faults(local: LocalAws) -> Iterator[Faults]:
    """The faults of the local AWS; none is left behind."""
    yield local.faults
    local.faults.clear()


@pytest.mark.parametrize("kind", ["too-many-requests", "throttling", "unavailable", "reset"])
def test_waiting_gets_over_a_bad_moment(stack, faults, kind):
    job = stack.batch.submit("hello")
    fault = faults.add(kind, service="batch", operation="DescribeJobs", times=2)
    assert job.wait(300, polling=QUICK).exit_code == 0
    assert fault.hits == 2


@pytest.mark.parametrize("kind", ["lost-answer", "truncated"])
def test_a_submission_with_a_lost_answer_is_unknown_and_made_once(stack, faults, kind):
    faults.add(kind, operation="SubmitJob", job_name="precious", times=1)
    with pytest.raises(SubmissionUnknownError):
        stack.batch.submit("hello", name="precious")
    jobs = list(stack.batch.list_jobs(name="precious"))
    assert len(jobs) == 1


def test_a_lost_host_is_the_reason_of_the_failure(stack, faults):
    job = stack.batch.submit("sleep", parameters={"WaitTime": "3600"})
    faults.add("host-loss", job_name=job.name, times=1)
    with pytest.raises(JobFailedError, match="Host EC2"):
        job.wait(300, polling=QUICK)
