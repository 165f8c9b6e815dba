"""The waits of every loop: how they grow, are spread, and end."""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping
from typing import Any

import pytest

from batchsdk import (
    BatchSdkError,
    CredentialsError,
    CredentialsRefreshError,
    EndpointUnreachableError,
    JobsFailedError,
    JobStatus,
    ServiceError,
    ServiceFailureError,
    SubmissionUnknownError,
    ThrottledError,
    TransientError,
)
from batchsdk.aws.backoff import ATTEMPTS, BORNE, LOOKS, RETRIES, Backoff, Waits
from tests.batchsdk.fakes import FakeClock, FakeTransport, connect, job

FAULT = ThrottledError("slow down", operation="DescribeJobs")


def test_what_passes_by_itself_has_one_base():
    transient = {each for each in every(ServiceError) if issubclass(each, TransientError)}
    assert transient - {TransientError} == {
        CredentialsRefreshError,
        ThrottledError,
        ServiceFailureError,
        EndpointUnreachableError,
    }


def every(kind: type[BatchSdkError]) -> set[type[BatchSdkError]]:
    return {kind}.union(*map(every, kind.__subclasses__()))


def test_ceilings_double_up_to_the_longest():
    assert [RETRIES.ceiling(number) for number in range(1, 8)] == [1, 2, 4, 8, 16, 20, 20]
    assert RETRIES.ceiling(100_000) == 20
    assert Backoff(first=1, growth=1e6, longest=60).ceiling(1000) == 60


def test_waits_after_errors_are_spread_evenly_below_the_ceiling():
    randomness = random.Random(7)
    waits = [RETRIES.jittered(4, randomness) for _ in range(2000)]
    assert 0 <= min(waits) < 0.1
    assert 7.9 < max(waits) <= 8
    assert statistics.mean(waits) == pytest.approx(4, rel=0.05)


def test_the_last_error_is_raised_and_an_answer_begins_a_new_row():
    clock = FakeClock()
    waits = Waits(clock, random.Random(1))
    for _ in range(3):
        for _ in range(ATTEMPTS - 1):
            waits.retry(FAULT)
        waits.poll()
    begun = clock.seconds

    def fail_without_end():
        while True:
            waits.retry(FAULT)

    with pytest.raises(ThrottledError):
        fail_without_end()
    assert clock.seconds - begun >= BORNE


def test_looks_become_seldom_and_begin_again_when_something_happens():
    clock = FakeClock()
    waits = Waits(clock, random.Random(1))
    for _ in range(50):
        waits.poll()
    assert clock.sleeps[:2] == [0.25, 0.375]
    assert clock.sleeps[-1] == LOOKS.longest
    waits.start_over()
    waits.poll()
    assert clock.sleeps[-1] == 0.25


def test_no_wait_goes_beyond_the_deadline_and_one_last_look_may_be_repeated():
    clock = FakeClock()
    waits = Waits(clock, random.Random(1), timeout=10)
    while not waits.are_over:
        waits.poll()
    assert clock.seconds == 10
    waits.retry(FAULT)
    assert clock.seconds > 10


def outage(*, errors: int) -> FakeTransport:
    """Return a transport that answers once, fails, and then tells of the end of job-1."""
    transport = FakeTransport()
    transport.script("job-1", job("RUNNING"), *[FAULT] * errors, job("SUCCEEDED"))
    return transport


def test_waiting_and_following_bear_the_same_outage():
    for follow in (False, True):
        clock = FakeClock()
        waiting = connect(outage(errors=ATTEMPTS - 1), clock).job("job-1")
        if follow:
            assert list(waiting.logs(follow=True)) == []
        else:
            assert waiting.wait().status is JobStatus.SUCCEEDED
        assert 10 < clock.seconds < 71 + 10


def test_an_outage_without_end_is_raised_by_waiting_and_following():
    for follow in (False, True):
        waiting = connect(outage(errors=ATTEMPTS)).job("job-1")
        with pytest.raises(ThrottledError):
            list(waiting.logs(follow=True)) if follow else waiting.wait()


@pytest.mark.parametrize("follow", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_fifteen_seconds_of_errors_at_the_first_look_are_borne(follow, seed):
    transport, clock = FakeTransport(), FakeClock()
    described = transport.describe_jobs

    def describe(job_ids):
        found = described(job_ids)
        if clock.seconds < 15:
            raise FAULT
        return found

    transport.describe_jobs = describe
    transport.script("job-1", job("RUNNING"), job("SUCCEEDED"))
    waiting = connect(transport, clock, randomness=random.Random(seed)).job("job-1")
    if follow:
        assert list(waiting.logs(follow=True)) == []
    else:
        assert waiting.wait().status is JobStatus.SUCCEEDED


@pytest.mark.parametrize("follow", [False, True])
@pytest.mark.parametrize(
    ("fault", "is_borne"),
    [
        (CredentialsRefreshError("metadata did not answer", operation="DescribeJobs"), True),
        (CredentialsError("ExpiredToken", operation="DescribeJobs"), False),
    ],
    ids=["refresh", "wrong"],
)
def test_credentials_that_fail_for_a_moment_end_no_waiting(follow, fault, is_borne):
    for answers in ([job("RUNNING"), fault, fault], [fault, fault]):
        transport = FakeTransport()
        transport.script("job-1", *answers, job("RUNNING"), job("SUCCEEDED"))
        waiting = connect(transport).job("job-1")
        if is_borne or len(answers) == 3:
            last = list(waiting.logs(follow=True)) if follow else waiting.wait().status
            assert last in ([], JobStatus.SUCCEEDED)
        else:  # those that have never worked are wrong
            with pytest.raises(CredentialsError):
                list(waiting.logs(follow=True)) if follow else waiting.wait()
            assert transport.count("DescribeJobs") == 1


class Lists:
    """Fails for some pages of ListJobs, and lists no job then."""

    def __init__(self, *, errors: int, after: int = 0) -> None:
        self.before, self.left = after, errors

    def __call__(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.before > 0:
            self.before -= 1
            return {"jobSummaryList": []}
        self.left -= 1
        if self.left >= 0:
            raise FAULT
        return {"jobSummaryList": []}


@pytest.mark.parametrize("errors", [ATTEMPTS - 1, ATTEMPTS])
def test_a_run_bears_the_same_outage_when_it_looks_for_a_job(tmp_path, errors):
    transport, clock = FakeTransport(), FakeClock()
    transport.submit_answers.extend([{}, {"jobId": "job-2"}])  # the first answer is lost
    transport.pages = Lists(errors=errors, after=1)  # the first list is of the run's jobs so far
    with connect(transport, clock).run("r", ledger=tmp_path / "ledger") as run:
        if errors < ATTEMPTS:
            assert run.submit("only", "hello").id == "job-2"
            assert transport.count("SubmitJob") == 2
        else:
            with pytest.raises(SubmissionUnknownError, match="slow down"):
                run.submit("only", "hello")
            assert transport.count("SubmitJob") == 1


@pytest.mark.parametrize("errors", [ATTEMPTS - 1, ATTEMPTS])
def test_a_run_bears_the_same_outage_before_it_sends_anything(tmp_path, errors):
    transport = FakeTransport()
    transport.pages = Lists(errors=errors)
    with connect(transport).run("r", ledger=tmp_path / "ledger") as run:
        if errors < ATTEMPTS:
            run.submit("only", "hello")
        else:
            with pytest.raises(ThrottledError):
                run.submit("only", "hello")
    assert transport.count("SubmitJob") == (errors < ATTEMPTS)


@pytest.mark.parametrize("errors", [ATTEMPTS - 1, ATTEMPTS])
def test_a_cancellation_bears_the_same_outage(tmp_path, errors):
    transport = FakeTransport()
    transport.script("job-1", job("SUCCEEDED"))
    with connect(transport).run("r", ledger=tmp_path / "ledger") as run:
        run.submit("only", "hello")
        transport.pages = Lists(errors=errors)
        if errors < ATTEMPTS:
            assert run.cancel()["only"].state == "SUCCEEDED"
        else:
            with pytest.raises(ThrottledError):
                run.cancel()


def test_clients_that_failed_together_do_not_come_back_together():
    moments = set()
    for seed in range(20):
        clock, transport = FakeClock(), FakeTransport()
        transport.submit_answers.extend([FAULT, {"jobId": "job-1"}])
        batch = connect(transport, clock, randomness=random.Random(seed))
        batch.submit("hello")
        moments.add(round(clock.seconds, 3))
    assert len(moments) == 20


def test_what_follows_a_waiting_bears_an_outage_too(tmp_path):
    transport = FakeTransport()
    ended = [job("FAILED"), FAULT, FAULT, job("FAILED")]
    transport.script("job-1", *ended)
    with connect(transport).run("r", ledger=tmp_path / "ledger") as run:
        run.submit("a", "hello")
        with pytest.raises(JobsFailedError):
            run.wait()
    transport.script("job-1", job("RUNNING"))
    sweep = connect(transport).sweep("hello", over={"Target": ["a"]})
    transport.script("job-1", FAULT, FAULT, job("RUNNING"))
    assert [each.status for each in sweep.results()] == [JobStatus.RUNNING]
