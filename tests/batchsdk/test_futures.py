"""A job is like a future of ``concurrent.futures``, and so are the functions that wait for many."""

from __future__ import annotations

import concurrent.futures

import pytest

import batchsdk
from batchsdk import InvalidArgumentError, JobFailedError, JobLostError, WaitTimeoutError
from tests.batchsdk.fakes import FakeTransport, connect, job

FAILED = {"statusReason": "Essential container in task exited", "container": {"exitCode": 3}}


@pytest.fixture
def transport() -> FakeTransport:
    found = FakeTransport()
    found.script("good", job("RUNNING", "good"), job("SUCCEEDED", "good"))
    found.script("bad", *[job("RUNNING", "bad")] * 3, job("FAILED", "bad", **FAILED))
    found.script("slow", job("RUNNING", "slow"))
    return found


@pytest.fixture
def batch(transport):
    return connect(transport)


def test_done_result_and_exception(batch, transport):
    good, bad = batch.job("good"), batch.job("bad")
    assert not good.done()
    assert good.result(60).status == "SUCCEEDED"
    assert good.exception() is None
    error = bad.exception(60)
    assert isinstance(error, JobFailedError)
    with pytest.raises(JobFailedError, match="exit code 3"):
        bad.result()
    with pytest.raises(TimeoutError):
        batch.job("slow").result(1)
    with pytest.raises(WaitTimeoutError):
        batch.job("slow").exception(1)
    assert isinstance(batch.job("absent").exception(), JobLostError)
    calls = transport.count("DescribeJobs")
    assert good.done()
    assert bad.done()
    assert good.result().exit_code is None
    assert transport.count("DescribeJobs") == calls, "an end does not change any more"


def test_wait_returns_what_is_done_and_what_is_not(batch):
    good, bad, slow = (batch.job(name) for name in ("good", "bad", "slow"))
    done, not_done = batchsdk.wait([good, bad, slow], timeout=60)
    assert (done, not_done) == ({good, bad}, {slow})
    assert isinstance(bad.exception(), JobFailedError)
    found = batchsdk.wait(iter([good]), return_when=concurrent.futures.ALL_COMPLETED)
    assert found.done == {good}
    assert batchsdk.wait([]) == (set(), set())


def test_wait_may_return_at_the_first_end_or_the_first_failure(batch, transport):
    jobs = [batch.job(name) for name in ("good", "bad", "slow")]
    first = batchsdk.wait(jobs, 60, concurrent.futures.FIRST_COMPLETED)
    assert first.done == {batch.job("good")}
    first = batchsdk.wait(jobs, 60, "FIRST_EXCEPTION")
    assert batch.job("bad") in first.done
    assert first.not_done == {batch.job("slow")}


def test_jobs_come_as_they_are_completed_and_cost_no_further_call(batch, transport):
    ended = batchsdk.as_completed([batch.job("bad"), batch.job("good")], timeout=60)
    assert [each.id for each in ended] == ["good", "bad"]
    for each in batchsdk.as_completed([batch.job("good")]):
        calls = transport.count("DescribeJobs")
        assert each.result().status == "SUCCEEDED"
        assert transport.count("DescribeJobs") == calls
    with pytest.raises(TimeoutError):
        list(batchsdk.as_completed([batch.job("slow")], timeout=1))


def test_only_jobs_of_one_connection_are_waited_for_together(batch):
    with pytest.raises(InvalidArgumentError, match="several connections"):
        batchsdk.wait([batch.job("good"), connect(FakeTransport()).job("good")])
    with pytest.raises(InvalidArgumentError, match="must be jobs, not of type str"):
        batchsdk.as_completed(["good"])
    with pytest.raises(InvalidArgumentError, match="ALL_COMPLETED, FIRST_COMPLETED or FIRST_EX"):
        batchsdk.wait([batch.job("good")], return_when="first")


def test_a_reason_need_not_be_given(batch, transport):
    batch.job("slow").cancel()
    batch.job("slow").terminate()
    stopped = [each for each in transport.calls if each[0] in ("CancelJob", "TerminateJob")]
    assert stopped == [
        ("CancelJob", ("slow", "cancelled by batchsdk")),
        ("TerminateJob", ("slow", "terminated by batchsdk")),
    ]
