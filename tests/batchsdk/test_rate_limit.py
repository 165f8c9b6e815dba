"""The token bucket: who waits, for how long, and what it learns."""

from __future__ import annotations

import threading

import pytest

import batchsdk
from batchsdk.aws.rate_limit import RateLimit, limited, shared_limit
from batchsdk.errors import ServiceFailureError, ThrottledError
from tests.batchsdk.fakes import FakeClock, FakeTransport, connect, job, stack_outputs


def throttled() -> ThrottledError:
    return ThrottledError("slow down", operation="SubmitJob")


def taken(limit: RateLimit, clock: FakeClock, count: int) -> float:
    """Take tokens for submissions; return the seconds that passed."""
    start = clock.seconds
    for _ in range(count):
        limit.before_submission()
    return clock.seconds - start


def test_a_burst_comes_at_once_and_the_rest_at_the_rate():
    clock = FakeClock()
    limit = RateLimit(50, clock=clock)
    assert taken(limit, clock, 40) == 0
    assert taken(limit, clock, 100) == pytest.approx(2)


def test_whoever_stays_below_the_limit_never_waits():
    clock = FakeClock()
    limit = RateLimit(50, clock=clock)
    for _ in range(500):
        clock.seconds += 1 / 49
        limit.before_submission()
    assert clock.sleeps == []


def test_reads_go_before_submissions_which_wait_for_them():
    clock = FakeClock()
    limit = RateLimit(10, clock=clock)
    taken(limit, clock, 30)
    waited = len(clock.sleeps)
    for _ in range(8):
        limit.before_read()
    assert len(clock.sleeps) == waited
    limit.before_submission()
    assert clock.sleeps[-1] == pytest.approx(0.9)


def test_reads_are_kept_to_the_limit_among_themselves():
    clock = FakeClock()
    limit = RateLimit(10, clock=clock)
    for _ in range(28):
        limit.before_read()
    assert clock.seconds == pytest.approx(2)


def test_throttling_halves_the_rate_once_for_calls_that_fail_together_and_it_grows_back():
    clock = FakeClock()
    limit = RateLimit(48, clock=clock)
    for _ in range(16):
        limit.slow_down()
    assert limit.per_second == 24
    assert taken(limit, clock, 1) == pytest.approx(1 / 24)  # what was saved up is gone
    clock.seconds += 2
    limit.slow_down()
    assert 12 < limit.per_second < 14
    clock.seconds += 60
    assert limit.per_second == 48


def test_the_rate_never_falls_to_nothing():
    clock = FakeClock()
    limit = RateLimit(64, clock=clock)
    for _ in range(100):
        clock.seconds += 1
        limit.slow_down()
    assert limit.per_second >= 1


@pytest.mark.parametrize(
    "fault", [throttled(), ServiceFailureError("HTTP 503", operation="SubmitJob")]
)
def test_a_throttled_or_failed_call_slows_the_next_ones_down(fault):
    clock, transport = FakeClock(), FakeTransport()
    limit = RateLimit(50, clock=clock)
    transport.submit_answers.append(fault)
    paced = limited(transport, limit)
    with pytest.raises(type(fault)):
        paced.submit_job({})
    assert limit.per_second == 25


def test_calls_of_other_services_are_not_paced():
    clock, transport = FakeClock(), FakeTransport()
    transport.parameters["/batch/dev"] = "{}"
    paced = limited(transport, RateLimit(1, clock=clock))
    for _ in range(20):
        assert paced.get_parameter("/batch/dev") == "{}"
    assert clock.sleeps == []


class StandingClock(FakeClock):
    """Time does not pass; a sleep is only written down."""

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)


def test_many_threads_together_keep_to_the_limit():
    clock = StandingClock()
    limit = RateLimit(1000, clock=clock)
    threads = [
        threading.Thread(target=lambda: [limit.before_submission() for _ in range(150)])
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    due = [number / 1000 for number in range(1, 701)]  # the first 800 had nothing to wait for
    assert sorted(clock.sleeps) == pytest.approx(due)


def test_connections_of_one_account_and_region_share_their_limit():
    mine = shared_limit("111111111111", "eu-west-1")
    assert shared_limit("111111111111", "eu-west-1", 20) is mine
    assert mine.per_second == 20
    assert shared_limit("111111111111", "eu-west-3") is not mine
    assert shared_limit("222222222222", "eu-west-1") is not mine


def test_a_connection_goes_through_its_limit():
    clock, transport = FakeClock(), FakeTransport()
    transport.script("job-1", job("SUCCEEDED"))
    batch = batchsdk.connect(
        outputs=stack_outputs().to_mapping(),
        transport=lambda _: transport,
        clock=clock,
        environ={"BATCHSDK_CALLS_PER_SECOND": "10"},
    )
    for _ in range(28):
        batch.submit("hello")
    assert clock.seconds == pytest.approx(2)
    batch.job("job-1").describe()
    assert clock.seconds == pytest.approx(2)


@pytest.mark.parametrize("given", [0, -1, float("inf"), float("nan")])
def test_a_rate_must_be_a_number_above_zero(given):
    with pytest.raises(batchsdk.ConnectionSettingsError, match="calls per second"):
        batchsdk.connect(outputs=stack_outputs().to_mapping(), calls_per_second=given)


def test_a_rate_from_the_environment_must_be_a_number():
    with pytest.raises(batchsdk.ConnectionSettingsError, match="'fast'"):
        batchsdk.connect(
            outputs=stack_outputs().to_mapping(), environ={"BATCHSDK_CALLS_PER_SECOND": "fast"}
        )


class Quota(FakeTransport):
    """A service that throttles what exceeds 50 a second, of which another client takes a part."""

    def __init__(self, clock: FakeClock, taken_by_others: float = 0) -> None:
        super().__init__()
        self._clock = clock
        self._refill = 50 - taken_by_others
        self._tokens, self._at = self._refill, clock.seconds
        self.throttles = 0

    def submit_job(self, request):
        self._clock.seconds += 0.002
        now = self._clock.seconds
        self._tokens = min(self._refill, self._tokens + (now - self._at) * self._refill)
        self._at = now
        if self._tokens < 1:
            self.throttles += 1
            raise throttled()
        self._tokens -= 1
        return super().submit_job(request)


def hello(count: int) -> list[batchsdk.Submission]:
    return [batchsdk.Submission(job_definition="hello")] * count


def test_a_service_with_the_quota_of_aws_has_nothing_to_throttle():
    clock = FakeClock()
    transport = Quota(clock)
    connect(transport, clock).submit_many(hello(1000), concurrency=1)
    assert transport.throttles == 0
    assert clock.seconds == pytest.approx(19.2, abs=0.1)  # 40 at once, 960 at 50 a second


def test_where_others_take_most_of_the_quota_few_calls_are_wasted():
    clock = FakeClock()
    transport = Quota(clock, taken_by_others=40)
    jobs = connect(transport, clock).submit_many(hello(1000), concurrency=1)
    assert len(jobs) == transport.count("SubmitJob") == 1000
    assert transport.throttles <= 50
    assert clock.seconds < 100 * 1.5  # 10 a second are left


def test_one_throttled_submission_is_sent_again_and_accepted():
    transport = FakeTransport()
    transport.submit_answers.extend([throttled(), {"jobId": "job-7"}])
    assert connect(transport).submit("hello").id == "job-7"
    assert transport.count("SubmitJob") == 2
