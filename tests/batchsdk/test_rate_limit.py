"""The token bucket: who waits, for how long, and what it learns."""

from __future__ import annotations

import json
import os
import random
import threading
from http.server import BaseHTTPRequestHandler

import pytest

import batchsdk
from batchsdk.aws.gateway import AwsGateway
from batchsdk.aws.rate_limit import RateLimit, shared_limit
from batchsdk.errors import RequestRefusedError, ServiceFailureError, TransientError
from tests.batchsdk.fakes import FakeClock, stack_outputs
from tests.batchsdk.wire import answer, reset


def taken(limit: RateLimit, clock: FakeClock, count: int) -> float:
    """Take tokens for submissions; return the seconds that passed."""
    start = clock.seconds
    for _ in range(count):
        limit.before_call("batch", "SubmitJob")
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
        limit.before_call("batch", "SubmitJob")
    assert clock.sleeps == []


def test_reads_go_before_submissions_which_wait_for_them():
    clock = FakeClock()
    limit = RateLimit(10, clock=clock)
    taken(limit, clock, 30)
    waited = len(clock.sleeps)
    for _ in range(8):
        limit.before_call("batch", "DescribeJobs")
    assert len(clock.sleeps) == waited
    limit.before_call("batch", "SubmitJob")
    assert clock.sleeps[-1] == pytest.approx(0.9)


def test_reads_are_kept_to_the_limit_among_themselves():
    clock = FakeClock()
    limit = RateLimit(10, clock=clock)
    for _ in range(28):
        limit.before_call("batch", "DescribeJobs")
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


ACCEPTED = answer(200, '{"jobId": "job-1"}')
READS = {
    "DescribeJobs": (lambda gateway: gateway.describe_jobs(["job-1"]), {"jobs": []}),
    "the snapshot of a queue": (
        lambda gateway: gateway.read("batch", "GetJobQueueSnapshot", {"jobQueue": "default"}),
        {"frontOfQueue": {"jobs": []}},
    ),
}


def gateway(clock: FakeClock, per_second: float) -> tuple[AwsGateway, RateLimit]:
    limit = RateLimit(per_second, clock=clock)
    return AwsGateway("us-east-1", limit=limit, clock=clock, randomness=Lowest()), limit


class Lowest(random.Random):
    """Waits after errors take no time."""

    def random(self) -> float:
        return 0.0


@pytest.mark.parametrize("read", READS)
def test_whatever_is_read_of_batch_two_hundred_calls_wait_alike(server, read):
    call, found = READS[read]
    server.answers = [answer(200, json.dumps(found))]
    clock = FakeClock()
    paced, _ = gateway(clock, 10)
    for _ in range(200):
        call(paced)
    assert len(server.requests) == 200
    assert clock.seconds == pytest.approx(19.2)  # 8 at once, 192 at 10 a second


def test_each_page_is_a_call(server):
    pages = [{"jobQueues": [], "nextToken": str(number)} for number in range(27)]
    server.answers = [answer(200, json.dumps(each)) for each in [*pages, {"jobQueues": []}]]
    clock = FakeClock()
    gateway(clock, 10)[0].read("batch", "DescribeJobQueues", {})
    assert len(server.requests) == 28
    assert clock.seconds == pytest.approx(2)


def test_each_attempt_is_a_call(server):
    server.answers = [answer(200, "<html></html>")]
    clock = FakeClock()
    paced, limit = gateway(clock, 1)
    with pytest.raises(ServiceFailureError):
        paced.describe_jobs(["job-1"])
    assert len(server.requests) == 5
    assert clock.seconds > 4.2  # at one a second; fewer once the first has failed
    assert limit.per_second < 1


@pytest.mark.parametrize(
    ("status", "code"), [(429, "TooManyRequestsException"), (503, "ServerException")]
)
def test_a_throttled_or_failed_call_slows_the_next_ones_down(server, status, code):
    server.answers = [answer(status, "{}", error=code)]
    paced, limit = gateway(FakeClock(), 50)
    with pytest.raises(TransientError):
        paced.submit_job({"jobName": "x", "jobQueue": "q", "jobDefinition": "d"})
    assert limit.per_second == 25


def test_a_lost_answer_slows_the_next_ones_down_and_a_refusal_does_not(server):
    paced, limit = gateway(FakeClock(), 50)
    server.answers = [answer(400, "{}", error="ClientException"), reset]
    request = {"jobName": "x", "jobQueue": "q", "jobDefinition": "d"}
    with pytest.raises(RequestRefusedError):
        paced.submit_job(request)
    assert limit.per_second == 50
    with pytest.raises(ServiceFailureError):
        paced.submit_job(request)
    assert limit.per_second == 25


def test_calls_of_other_services_are_not_paced(server):
    server.answers = [answer(200, '{"Parameter": {"Value": "{}"}}')]
    clock = FakeClock()
    paced, _ = gateway(clock, 1)
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
        threading.Thread(
            target=lambda: [limit.before_call("batch", "SubmitJob") for _ in range(150)]
        )
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


def test_a_connection_goes_through_its_limit(server):
    described = {"jobs": [{"jobId": "job-1", "status": "RUNNING"}]}
    server.answers = [ACCEPTED] * 28 + [answer(200, json.dumps(described))]
    clock = FakeClock()
    batch = batchsdk.connect(
        outputs=stack_outputs().to_mapping(),
        clock=clock,
        environ={**os.environ, "BATCHSDK_CALLS_PER_SECOND": "10"},
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


class Quota:
    """A service that throttles what exceeds 50 a second, of which another client takes a part."""

    def __init__(self, clock: FakeClock, taken_by_others: float = 0) -> None:
        self._clock = clock
        self._refill = 50 - taken_by_others
        self._tokens, self._at = self._refill, clock.seconds
        self.throttles = 0

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        self._clock.seconds += 0.002
        now = self._clock.seconds
        self._tokens = min(self._refill, self._tokens + (now - self._at) * self._refill)
        self._at = now
        if self._tokens < 1:
            self.throttles += 1
            answer(429, "{}", error="TooManyRequestsException")(handler)
            return
        self._tokens -= 1
        ACCEPTED(handler)


def hello(count: int) -> list[batchsdk.Submission]:
    return [batchsdk.Submission(job_definition="hello")] * count


def connected(clock: FakeClock) -> batchsdk.Batch:
    return batchsdk.connect(
        outputs=stack_outputs().to_mapping(), clock=clock, randomness=random.Random(1)
    )


def test_a_service_with_the_quota_of_aws_has_nothing_to_throttle(server):
    clock = FakeClock()
    quota = Quota(clock)
    server.answers = [quota]
    connected(clock).submit_many(hello(200), concurrency=1)
    assert quota.throttles == 0
    assert clock.seconds == pytest.approx(3.2, abs=0.1)  # 40 at once, 160 at 50 a second


def test_where_others_take_most_of_the_quota_few_calls_are_wasted(server):
    clock = FakeClock()
    quota = Quota(clock, taken_by_others=40)
    server.answers = [quota]
    jobs = connected(clock).submit_many(hello(200), concurrency=1)
    assert len(jobs) == 200
    assert len(server.requests) - 200 == quota.throttles <= 20
    assert clock.seconds < 20 * 1.5  # 10 a second are left


def test_one_throttled_submission_is_sent_again_and_accepted(server):
    server.answers = [answer(429, "{}", error="TooManyRequestsException"), ACCEPTED]
    assert connected(FakeClock()).submit("hello").id == "job-1"
    assert len(server.requests) == 2
