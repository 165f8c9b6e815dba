"""One intended job becomes one job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from batchsdk import (
    AccessDeniedError,
    EndpointUnreachableError,
    RequestRefusedError,
    ServiceFailureError,
    Submission,
    SubmissionUnknownError,
    ThrottledError,
)
from tests.batchsdk.fakes import FakeClock, FakeTransport, connect, job

THROTTLED = ThrottledError("slow down", operation="SubmitJob")
UNREACHABLE = EndpointUnreachableError("refused", operation="SubmitJob")
LOST = ServiceFailureError("connection reset", operation="SubmitJob")


def test_a_throttled_submission_is_sent_again_after_a_pause() -> None:
    transport, clock = FakeTransport(), FakeClock()
    transport.submit_answers.extend([THROTTLED, THROTTLED, {"jobId": "job-7"}])
    assert connect(transport, clock).submit("hello").id == "job-7"
    assert transport.count("SubmitJob") == 3
    assert len(clock.sleeps) == 2
    requests = [request for _, request in transport.calls]
    assert requests[0] == requests[1] == requests[2]


def test_a_refused_connection_is_tried_again() -> None:
    transport = FakeTransport()
    transport.submit_answers.extend([UNREACHABLE, {"jobId": "job-7"}])
    assert connect(transport).submit("hello").id == "job-7"


def test_throttling_without_end_is_raised() -> None:
    transport, clock = FakeTransport(), FakeClock()
    transport.submit_answers.extend([THROTTLED] * 100)
    with pytest.raises(ThrottledError):
        connect(transport, clock).submit("hello")
    assert transport.count("SubmitJob") == 8
    assert max(clock.sleeps) <= 20


def test_an_endpoint_that_never_answers_is_raised_soon() -> None:
    transport = FakeTransport()
    transport.submit_answers.extend([UNREACHABLE] * 100)
    with pytest.raises(EndpointUnreachableError):
        connect(transport).submit("hello")
    assert transport.count("SubmitJob") == 3


@pytest.mark.parametrize("answer", [LOST, {}, {"jobId": ""}, {"jobId": None}])
def test_after_a_lost_or_senseless_answer_nothing_is_sent_again(answer: Any) -> None:
    transport = FakeTransport()
    transport.submit_answers.append(answer)
    with pytest.raises(SubmissionUnknownError) as caught:
        connect(transport).submit("hello", name="mine")
    assert transport.count("SubmitJob") == 1
    assert caught.value.job_name == "mine"
    assert "may exist" in caught.value.message
    assert caught.value.hint.endswith("batchsdk list --queue default-1a2b --name mine")


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("lost", [LOST, {}])
def test_a_lost_answer_is_resolved_by_the_name(many: bool, lost: Any) -> None:
    transport, clock = FakeTransport(), FakeClock()
    transport.submit_answers.append(lost)
    sent = clock.seconds + 10  # a list may lag behind

    def listed(_request: Mapping[str, Any]) -> Mapping[str, Any]:
        name = transport.calls[0][1]["jobName"]
        shown = [job("RUNNABLE", "job-7", jobName=name)] if clock.seconds > sent else []
        return {"jobSummaryList": shown}

    transport.pages = listed
    batch = connect(transport, clock)
    found = (
        batch.submit_many([Submission(job_definition="hello")])[0]
        if many
        else batch.submit("hello")
    )
    assert found.id == "job-7"
    assert transport.count("SubmitJob") == 1


def test_what_no_list_shows_for_the_grace_is_sent_again() -> None:
    transport, clock = FakeTransport(), FakeClock()
    transport.submit_answers.extend([LOST, {"jobId": "job-7"}])
    assert connect(transport, clock).submit("hello").id == "job-7"
    assert clock.seconds >= 30
    assert transport.count("SubmitJob") == 2


def test_a_job_of_an_earlier_sending_is_not_taken_for_the_lost_one() -> None:
    transport = FakeTransport()
    batch = connect(transport)
    prepared = batch.prepare(Submission(job_definition="hello"))
    first = batch.send(prepared)
    transport.submit_answers.append(LOST)
    jobs = [job("RUNNABLE", each, jobName=prepared.job_name) for each in ("job-2", first.id)]
    transport.pages = lambda _: {"jobSummaryList": jobs}
    assert batch.send(prepared).id == "job-2"
    assert prepared.job_ids == [first.id, "job-2"]


def test_lists_that_cannot_be_read_leave_the_answer_unknown() -> None:
    transport = FakeTransport()
    transport.submit_answers.append(LOST)

    def denied(_request: Mapping[str, Any]) -> Mapping[str, Any]:
        raise AccessDeniedError("no", operation="ListJobs")

    transport.pages = denied
    with pytest.raises(SubmissionUnknownError, match="may exist") as caught:
        connect(transport).submit("hello")
    assert "batchsdk list --queue" in caught.value.hint
    assert transport.count("SubmitJob") == 1


def test_a_refusal_is_raised_as_it_is() -> None:
    transport = FakeTransport()
    transport.submit_answers.append(RequestRefusedError("no", operation="SubmitJob"))
    with pytest.raises(RequestRefusedError):
        connect(transport).submit("hello")
    assert transport.count("SubmitJob") == 1
