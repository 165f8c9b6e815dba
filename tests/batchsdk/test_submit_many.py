"""Many submissions at a time: order, what is sent, what is not, and what went wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from batchsdk import (
    AccessDeniedError,
    InvalidArgumentError,
    InvalidSubmissionError,
    RequestRefusedError,
    ServiceFailureError,
    Submission,
    SubmissionUnknownError,
    SubmitManyError,
    ThrottledError,
)
from localaws import LocalAws
from localaws.faults import Faults
from tests.batchsdk.fakes import FakeTransport, connect

pytestmark = pytest.mark.sampled(2)


@pytest.fixture
def faults(local: LocalAws) -> Iterator[Faults]:
    yield local.faults
    local.faults.clear()


def hello(count: int) -> list[Submission]:
    return [Submission(job_definition="hello", name=f"job-{number}") for number in range(count)]


def test_the_jobs_come_in_the_order_of_the_submissions(stack):
    jobs = stack.batch.submit_many(hello(40), concurrency=8)
    assert [job.name for job in jobs] == [f"job-{number}" for number in range(40)]
    described = {each.name: each.job_id for each in stack.batch.list_jobs()}
    assert [described[f"job-{number}"] for number in range(40)] == [job.id for job in jobs]


def test_nothing_is_sent_if_one_is_wrong():
    transport = FakeTransport()
    wrong = Submission(job_definition="hello", memory=1)
    with pytest.raises(InvalidSubmissionError) as caught:
        connect(transport).submit_many([*hello(3), wrong])
    assert [problem.field for problem in caught.value.problems] == ["submissions[3].memory"]
    assert transport.calls == []


def test_wrong_ones_are_named_up_to_twenty():
    wrong = [Submission(job_definition="hello", memory=1)] * 500
    with pytest.raises(InvalidSubmissionError) as caught:
        connect(FakeTransport()).submit_many(wrong)
    assert len(caught.value.problems) == 20


def test_a_definition_that_the_outputs_do_not_describe_is_asked_for_once():
    transport = FakeTransport()
    transport.definitions = [{"revision": 2, "containerProperties": {"command": ["true"]}}]
    connect(transport).submit_many([Submission(job_definition="other:2")] * 10)
    assert transport.count("DescribeJobDefinitions") == 1
    assert transport.count("SubmitJob") == 10


def test_no_submissions_are_no_jobs():
    assert connect(FakeTransport()).submit_many([]) == []


def test_each_accepted_job_is_told_at_once():
    told = {}
    jobs = connect(FakeTransport()).submit_many(hello(10), on_submitted=told.__setitem__)
    assert [told[place] for place in range(10)] == jobs


def test_a_refused_one_does_not_stop_the_others():
    transport = FakeTransport()
    transport.submit_answers.extend(
        [
            {"jobId": "a"},
            RequestRefusedError("no such queue", operation="SubmitJob"),
            ServiceFailureError("lost", operation="SubmitJob"),
            {"jobId": "d"},
        ]
    )
    with pytest.raises(SubmitManyError, match=r"2 of 4 jobs were accepted, 2 were not") as caught:
        connect(transport).submit_many(hello(4), concurrency=1)
    assert [job.id if job else None for job in caught.value.jobs] == ["a", None, None, "d"]
    assert isinstance(caught.value.errors[1], RequestRefusedError)
    assert isinstance(caught.value.errors[2], SubmissionUnknownError)
    assert caught.value.to_mapping()["jobIds"] == ["a", None, None, "d"]


@pytest.mark.parametrize("shared", [AccessDeniedError, ThrottledError])
def test_an_error_that_all_share_stops_the_rest(shared):
    transport = FakeTransport()
    transport.submit_answers.append({"jobId": "a"})
    transport.submit_answers.extend([shared("no", operation="SubmitJob")] * 100)
    with pytest.raises(
        SubmitManyError, match="1 of 90 jobs were accepted, 1 were not, 88"
    ) as caught:
        connect(transport).submit_many(hello(90), concurrency=1)
    assert list(caught.value.errors) == [1]
    assert transport.count("SubmitJob") < 12


def test_an_interrupt_loses_no_job_that_was_accepted():
    places = threading.Semaphore(20)

    class Slow(FakeTransport):
        def submit_job(self, request):
            places.acquire(timeout=1)
            return super().submit_job(request)

    transport = Slow()
    told = []

    def interrupt(place, job):
        told.append(place)
        if len(told) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        connect(transport).submit_many(hello(200), concurrency=4, on_submitted=interrupt)
    assert 5 <= len(told) == transport.count("SubmitJob") < 200


@pytest.mark.parametrize("given", [0, 65, 1000])
def test_the_pool_is_bounded(given):
    with pytest.raises(InvalidArgumentError, match="must be 1 to 64"):
        connect(FakeTransport()).submit_many(hello(1), concurrency=given)


@pytest.mark.parametrize("kind", ["too-many-requests", "throttling"])
def test_throttled_submissions_all_become_jobs_once(stack, faults, kind):
    fault = faults.add(kind, operation="SubmitJob", probability=0.3, seed=7)
    jobs = stack.batch.submit_many(hello(15))
    assert fault.hits > 2
    faults.clear()
    assert sorted(job.name for job in stack.batch.list_jobs()) == sorted(job.name for job in jobs)


def test_lost_answers_are_told_apart_from_jobs_that_exist(stack, faults):
    faults.add("lost-answer", operation="SubmitJob", job_name="job-[27]")
    with pytest.raises(SubmitManyError) as caught:
        stack.batch.submit_many(hello(10))
    assert sorted(caught.value.errors) == [2, 7]
    assert sum(job is not None for job in caught.value.jobs) == 8
    assert len(list(stack.batch.list_jobs())) == 10
