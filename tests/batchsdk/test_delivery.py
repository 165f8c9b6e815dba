"""One intended job becomes one job."""

from __future__ import annotations

from typing import Any

import pytest

from batchsdk import (
    EndpointUnreachableError,
    RequestRefusedError,
    ServiceFailureError,
    SubmissionUnknownError,
    ThrottledError,
)
from tests.batchsdk.fakes import FakeClock, FakeTransport, connect

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


def test_a_refusal_is_raised_as_it_is() -> None:
    transport = FakeTransport()
    transport.submit_answers.append(RequestRefusedError("no", operation="SubmitJob"))
    with pytest.raises(RequestRefusedError):
        connect(transport).submit("hello")
    assert transport.count("SubmitJob") == 1
