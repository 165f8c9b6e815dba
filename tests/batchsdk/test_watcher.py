"""Many jobs, many callers, one watcher."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections import Counter

import pytest

import batchsdk
from batchsdk import (
    JobFailedError,
    JobLostError,
    JobsFailedError,
    JobStatus,
    Polling,
    RequestRefusedError,
    ServiceFailureError,
    WaitTimeoutError,
)
from tests.batchsdk.conftest import ROOT
from tests.batchsdk.fakes import FakeClock, FakeTransport, connect, job

QUICK = Polling(shortest=0.05, longest=0.2)
FAULT = ServiceFailureError("DescribeJobs: boom", operation="DescribeJobs")


def scripted(count: int, *statuses: str) -> tuple[FakeTransport, list[str]]:
    transport = FakeTransport()
    ids = [f"job-{number}" for number in range(count)]
    for job_id in ids:
        transport.script(job_id, *[job(status, job_id) for status in statuses])
    return transport, ids


def asked(transport: FakeTransport) -> list[list[str]]:
    return [ids for name, ids in transport.calls if name == "DescribeJobs"]


def test_a_hundred_jobs_are_one_call() -> None:
    transport, ids = scripted(250, "RUNNING", "SUCCEEDED")
    batch = connect(transport)
    found = batch.wait([batch.job(each) for each in ids])
    assert [each.job.id for each in found] == ids
    assert all(each.succeeded for each in found)
    assert [len(each) for each in asked(transport)] == [100, 100, 50] * 2


def test_each_job_is_told_once_in_the_order_of_their_ends() -> None:
    transport = FakeTransport()
    transport.script("slow", *[job("RUNNING", "slow")] * 5, job("SUCCEEDED", "slow"))
    transport.script("quick", job("SUCCEEDED", "quick"))
    transport.script("bad", job("RUNNING", "bad"), job("FAILED", "bad"))
    transport.script("gone", None)
    batch = connect(transport)
    jobs = [batch.job(each) for each in ("slow", "quick", "bad", "gone", "quick")]
    ended = list(batch.as_completed(jobs))
    assert [each.job.id for each in ended] == ["quick", "bad", "slow", "gone"]
    assert [each.succeeded for each in ended] == [True, False, True, False]
    assert isinstance(ended[-1].error, JobLostError)


def test_what_did_not_succeed_is_an_error_that_names_it() -> None:
    transport, _ = scripted(2, "SUCCEEDED")
    transport.script("bad", job("FAILED", "bad", statusReason="Host EC2 terminated"))
    batch = connect(transport)
    jobs = [batch.job(each) for each in ("job-0", "bad", "job-1")]
    with pytest.raises(JobsFailedError, match="1 of 3 jobs did not succeed: bad: hello-1 FAILED"):
        batch.wait(jobs)
    assert [each.succeeded for each in batch.wait(jobs, check=False)] == [True, False, True]


def test_the_time_is_over_for_all_at_once() -> None:
    transport, ids = scripted(3, "RUNNING")
    transport.script("job-1", job("SUCCEEDED", "job-1"))
    clock = FakeClock()
    batch = connect(transport, clock)
    with pytest.raises(WaitTimeoutError, match="2 of 3 jobs have not ended after 7 seconds"):
        batch.wait([batch.job(each) for each in ids], timeout=7)
    assert clock.seconds == pytest.approx(7)


def looks(transport: FakeTransport, clock: FakeClock) -> list[float]:
    """Return when each DescribeJobs was asked for, as they come."""
    moments: list[float] = []
    describe = transport.describe_jobs

    def noting(job_ids):
        moments.append(clock.seconds)
        return describe(job_ids)

    transport.describe_jobs = noting  # type: ignore[method-assign]
    return moments


def test_a_job_is_not_looked_at_in_the_moment_of_its_submission() -> None:
    transport, clock = FakeTransport(), FakeClock()
    transport.script("job-1", job("SUCCEEDED"))
    batch = connect(transport, clock)
    moments = looks(transport, clock)
    batch.submit("hello", parameters={"Target": "a"}).wait()
    assert moments == [0.5]


@pytest.mark.parametrize("timeout", [0, 0.2])
def test_a_wait_that_is_over_sooner_takes_its_last_look(timeout: float) -> None:
    transport, clock = FakeTransport(), FakeClock()
    transport.script("job-1", job("RUNNING"))
    batch = connect(transport, clock)
    moments = looks(transport, clock)
    with pytest.raises(WaitTimeoutError) as caught:
        batch.submit("hello").wait(timeout)
    assert caught.value.status is JobStatus.RUNNING
    assert moments == [timeout]


def test_jobs_are_looked_at_at_once_where_one_is_older_or_of_another() -> None:
    transport, clock = FakeTransport(), FakeClock()
    for each in ("job-1", "job-2", "other"):
        transport.script(each, job("SUCCEEDED", each))
    transport.submit_answers.extend({"jobId": each} for each in ("job-1", "job-2"))
    batch = connect(transport, clock)
    moments = looks(transport, clock)
    first = batch.submit("hello")
    batch.wait([first, batch.job("other")])
    clock.seconds = 3
    batch.wait([first, batch.submit("hello")])
    assert moments == [0, 3]


def test_a_job_submitted_long_ago_is_looked_at_often() -> None:
    transport, clock = FakeTransport(), FakeClock()
    transport.script("job-1", *[job("RUNNABLE")] * 2, job("SUCCEEDED"))
    batch = connect(transport, clock)
    moments = looks(transport, clock)
    submitted = batch.submit("hello")
    clock.seconds = 600
    submitted.wait()
    assert moments == pytest.approx([600, 600.5, 601.1])


def test_no_jobs_are_waited_for_without_a_call() -> None:
    transport = FakeTransport()
    assert connect(transport).wait([]) == []
    assert transport.calls == []


def test_one_id_that_aws_refuses_does_not_harm_the_others() -> None:
    transport, ids = scripted(5, "SUCCEEDED")
    describe = transport.describe_jobs

    def refusing(job_ids):
        if "odd" in job_ids:
            raise RequestRefusedError("no such thing", operation="DescribeJobs")
        return describe(job_ids)

    transport.describe_jobs = refusing  # type: ignore[method-assign]
    batch = connect(transport)
    told = []
    done = threading.Event()
    batch.job("odd").add_done_callback(lambda outcome: (told.append(outcome), done.set()))
    assert all(each.succeeded for each in batch.wait([batch.job(each) for each in ids]))
    assert done.wait(300)
    assert isinstance(told[0].error, RequestRefusedError)


def test_callbacks_come_once_and_a_bad_one_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    transport, ids = scripted(20, "RUNNING", "SUCCEEDED")
    batch = connect(transport)
    told: Counter[str] = Counter()
    done = threading.Event()

    def note(outcome: batchsdk.Outcome) -> None:
        assert outcome.detail is not None
        told[outcome.detail.job_id] += 1
        if len(told) == len(ids):
            done.set()

    def bad(_: batchsdk.Outcome) -> None:
        raise RuntimeError("mine")

    batch.job(ids[0]).add_done_callback(bad)
    for each in ids:
        batch.job(each).add_done_callback(note)
    assert done.wait(300)
    assert set(told.values()) == {1}
    assert "a callback of job job-0 failed" in caplog.text


def test_many_threads_share_the_calls() -> None:
    transport, ids = scripted(60, *["RUNNING"] * 3, "SUCCEEDED")
    held = threading.Event()
    describe = transport.describe_jobs

    def slow(job_ids):
        held.wait(300)
        return describe(job_ids)

    transport.describe_jobs = slow  # type: ignore[method-assign]
    batch = connect(transport)
    found: list[JobStatus] = []
    threads = [
        threading.Thread(target=lambda each=each: found.append(batch.job(each).wait().status))
        for each in ids
    ]
    for each in threads:
        each.start()
    held.set()
    for each in threads:
        each.join(300)
    assert found == [JobStatus.SUCCEEDED] * 60
    assert len(asked(transport)) < 60


def test_it_stops_when_nobody_waits(stack) -> None:
    job = stack.batch.submit("sleep", parameters={"WaitTime": "3600"})
    with pytest.raises(WaitTimeoutError):
        job.wait(0.2, polling=QUICK)
    stopped(stack.batch)
    job.terminate("enough")
    with pytest.raises(JobFailedError):
        job.wait(300, polling=QUICK)
    stopped(stack.batch)


def stopped(batch: batchsdk.Batch) -> None:
    for thread in threading.enumerate():
        if thread.name == "batchsdk-watcher":
            thread.join(300)
            assert not thread.is_alive()


def test_await(stack) -> None:
    async def main() -> list[object]:
        jobs = [stack.batch.submit("hello") for _ in range(3)] + [stack.batch.submit("fail")]
        return await asyncio.gather(*jobs, return_exceptions=True)

    *good, bad = asyncio.run(main())
    assert [each.status for each in good] == ["SUCCEEDED"] * 3
    assert isinstance(bad, JobFailedError)
    assert bad.exit_code == 3
    assert bad.log_tail == ("no space left",)


def test_await_in_several_loops_and_given_up(stack) -> None:
    endless = stack.batch.submit("sleep", parameters={"WaitTime": "3600"})
    short = stack.batch.submit("hello")
    found = []

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(endless, 0.2)
        found.append((await short).status)

    threads = [threading.Thread(target=lambda: asyncio.run(main())) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(300)
    assert found == ["SUCCEEDED"] * 3
    endless.terminate("enough")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
def test_a_forked_child_waits_with_a_watcher_of_its_own(stack) -> None:
    program = """
import os, sys, threading
import batchsdk
batch = batchsdk.connect()
job = batch.submit("sleep", parameters={"WaitTime": "1"})
other = batch.submit("sleep", parameters={"WaitTime": "1"})
waiting = threading.Thread(target=other.wait)
waiting.start()
child = os.fork()
if child == 0:
    os._exit(0 if job.wait(300).status == "SUCCEEDED" else 1)
waiting.join()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    with python(stack, program) as process:
        assert process.wait(300) == 0


def test_ctrl_c_ends_the_waiting_at_once(stack) -> None:
    program = """
import batchsdk
job = batchsdk.connect().submit("sleep", parameters={"WaitTime": "3600"})
print(job.id, flush=True)
try:
    job.wait(on_change=lambda detail: print(detail.status, flush=True))
except KeyboardInterrupt:
    print("interrupted", job.status, flush=True)
    job.terminate("enough")
"""
    process = python(stack, program)
    with process:
        for line in process.stdout:
            if line == "RUNNING\n":
                break
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "interrupted RUNNING\n"
    assert process.returncode == 0


def python(stack, program: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program],
        env={
            **os.environ,
            **stack.environ,
            "PYTHONPATH": str(ROOT),
            "BATCHSDK_OUTPUTS": str(stack.outputs_file),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
