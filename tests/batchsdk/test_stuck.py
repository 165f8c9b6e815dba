"""Jobs that cannot start are not waited for in silence."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

import batchsdk
from batchsdk import (
    Diagnosis,
    InvalidArgumentError,
    JobStatus,
    RunnableTimeoutError,
    Verdict,
    WaitTimeoutError,
)
from tests.aws_clients import client_of
from tests.batchsdk.conftest import ROOT
from tests.batchsdk.fakes import QUEUE_ARN, FakeClock, FakeTransport, connect, job

pytestmark = pytest.mark.sampled(3)

DISABLED = "ACTION_REQUIRED - CE(s) associated with the job queue are disabled."
TOO_LARGE = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement is higher."
WAYS = ("wait", "many", "logs", "run", "sweep", "workflow")


def transport_of(*answers: Any) -> FakeTransport:
    transport = FakeTransport()
    transport.script("job-1", *answers)
    order = [{"order": 1, "computeEnvironment": "default"}]
    transport.queue = {"jobQueueArn": QUEUE_ARN, "computeEnvironmentOrder": order}
    transport.environments = [
        {
            "computeEnvironmentName": "default",
            "type": "MANAGED",
            "state": "ENABLED",
            "status": "VALID",
            "computeResources": {"type": "FARGATE", "maxvCpus": 256},
        }
    ]
    return transport


def wait(batch: batchsdk.Batch, way: str, tmp_path: Any, **options: Any) -> None:
    """Wait for job-1 in one of the ways."""
    if way == "wait":
        batch.job("job-1").wait(**options)
    elif way == "many":
        batch.wait(["job-1"], **options)
    elif way == "logs":
        list(batch.job("job-1").logs(follow=True, **options))
    elif way == "sweep":
        batch.sweep("hello", over={"Target": ["a"]}).wait(**options)
    elif way == "run":
        with batch.run("nightly", ledger=tmp_path / "ledger") as run:
            run.submit("a", "hello")
            run.wait(**options)
    else:
        workflow = batch.workflow("nightly")
        workflow.submit("hello", name="a")
        workflow.run(ledger=tmp_path / "ledger").wait(**options)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("reason", [DISABLED, TOO_LARGE])
def test_what_batch_says_of_a_blocked_job_is_told_at_once_and_once(way, reason, tmp_path):
    blocked = job("RUNNABLE", statusReason=reason)
    transport = transport_of(*[blocked] * 6, job("RUNNING"), job("SUCCEEDED"))
    clock = FakeClock()
    told: list[tuple[float, Diagnosis]] = []
    wait(connect(transport, clock), way, tmp_path, on_stuck=lambda d: told.append((0, d)))
    ((_, diagnosis),) = told
    assert diagnosis.verdict in (Verdict.MISCONFIGURED, Verdict.WILL_NEVER_FIT)
    assert reason in diagnosis.text


@pytest.mark.parametrize("way", WAYS)
def test_a_job_that_is_runnable_for_some_minutes_is_told(way, tmp_path):
    clock = FakeClock()
    transport = transport_of(job("RUNNABLE"))
    described = transport.describe_jobs

    def describe(job_ids):
        if clock.seconds > 400:
            transport.script("job-1", job("SUCCEEDED"))
        return described(job_ids)

    transport.describe_jobs = describe
    told = []
    wait(connect(transport, clock), way, tmp_path, on_stuck=told.append)
    assert [each.status for each in told] == [JobStatus.RUNNABLE]


def test_a_job_behind_the_one_that_blocks_the_queue_is_told_within_seconds():
    clock = FakeClock()
    transport = transport_of(job("RUNNABLE"))
    transport.script("job-0", job("RUNNABLE", "job-0", statusReason=DISABLED))
    front = [
        {"jobArn": f"arn:aws:batch:us-east-1:123456789012:job/{each}"}
        for each in ("job-0", "job-1")
    ]
    transport.reads["GetJobQueueSnapshot"] = {"frontOfQueue": {"jobs": front}}
    told = []
    with pytest.raises(WaitTimeoutError):
        connect(transport, clock).job("job-1").wait(60, on_stuck=told.append)
    assert [each.verdict for each in told] == [Verdict.BEHIND_BLOCKED_JOB]


def test_without_a_callback_a_warning_is_logged(caplog):
    transport = transport_of(job("RUNNABLE", statusReason=DISABLED), job("SUCCEEDED"))
    with caplog.at_level(logging.WARNING):
        connect(transport).job("job-1").wait()
    assert "job job-1 does not start" in caplog.text
    assert DISABLED in caplog.text


def test_the_end_of_a_waiting_has_the_diagnosis():
    transport = transport_of(job("RUNNABLE", statusReason=TOO_LARGE))
    for waiting in ("wait", "many"):
        with pytest.raises(WaitTimeoutError) as caught:
            wait(connect(transport), waiting, None, timeout=3)
        assert caught.value.diagnosis is not None
        assert caught.value.diagnosis.verdict == Verdict.WILL_NEVER_FIT
        assert "batchsdk wait job-1" in caught.value.hint


@pytest.mark.parametrize("way", WAYS)
def test_a_job_that_is_runnable_for_too_long_is_cancelled(way, tmp_path):
    transport, clock = transport_of(job("RUNNABLE", statusReason=DISABLED)), FakeClock()
    with pytest.raises(RunnableTimeoutError, match="was RUNNABLE for 30 seconds") as caught:
        wait(connect(transport, clock), way, tmp_path, runnable_timeout=30)
    assert transport.count("CancelJob") == 1
    assert caught.value.diagnosis is not None
    assert DISABLED in caught.value.message


def test_a_job_that_starts_in_time_or_at_the_last_moment_is_not_given_up():
    transport = transport_of(*[job("RUNNABLE")] * 3, job("RUNNING"), job("SUCCEEDED"))
    connect(transport).job("job-1").wait(runnable_timeout=60)
    assert transport.count("CancelJob") == 0
    # Started between look and request.
    transport = transport_of(job("RUNNABLE"), job("RUNNING"), job("RUNNING"), job("SUCCEEDED"))
    connect(transport).job("job-1").logs(follow=True, runnable_timeout=0).text  # noqa: B018
    assert transport.count("CancelJob") == 1


async def wait_in_asyncio(batch: batchsdk.Batch, way: str, tmp_path: Any) -> None:
    """Wait for job-1 in one of the ways of asyncio, or by a callback."""
    if way == "await":
        await batch.job("job-1")
    elif way == "callback":
        ended = threading.Event()
        batch.job("job-1").add_done_callback(lambda _: ended.set())
        assert await asyncio.to_thread(ended.wait, 60)
    elif way == "many":
        await batch.wait_async(["job-1"])
    elif way == "sweep":
        await batch.sweep("hello", over={"Target": ["a"]})
    elif way == "run":
        with batch.run("nightly", ledger=tmp_path / "ledger") as run:
            run.submit("a", "hello")
            await run
    else:
        workflow = batch.workflow("nightly")
        workflow.submit("hello", name="a")
        await workflow.run(ledger=tmp_path / "ledger")


class UntilTold(logging.Handler):
    """Has a job end once something was said of it, so that no time decides."""

    def __init__(self, transport: FakeTransport) -> None:
        super().__init__(logging.WARNING)
        self.transport = transport
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(record.getMessage())
        for job_id in list(self.transport.jobs):
            self.transport.script(job_id, job("SUCCEEDED", job_id))


@pytest.fixture
def until_told():
    logger = logging.getLogger("batchsdk.jobs.stuck")
    handler = UntilTold(transport_of(job("RUNNABLE", statusReason=DISABLED)))
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


@pytest.mark.parametrize("way", ["await", "callback", "many", "sweep", "run", "workflow"])
def test_what_is_awaited_or_has_a_callback_is_told_of_too(way, tmp_path, until_told):
    asyncio.run(wait_in_asyncio(connect(until_told.transport, FakeClock()), way, tmp_path))
    (told,) = until_told.told
    assert "job job-1 does not start" in told
    assert DISABLED in told


def test_a_hundred_jobs_that_are_awaited_in_one_queue_are_told_of_once(until_told):
    transport = until_told.transport
    names = [f"job-{number}" for number in range(100)]
    for name in names:
        transport.script(name, job("RUNNABLE", name, statusReason=DISABLED))
    batch = connect(transport, FakeClock())

    async def main() -> None:
        await asyncio.gather(*map(batch.job, names))

    asyncio.run(main())
    assert len(until_told.told) == 1
    assert transport.count("DescribeComputeEnvironments") == 1


def test_wait_async_tells_in_the_event_loop_and_cancels_what_does_not_start():
    transport = transport_of(job("RUNNABLE", statusReason=DISABLED))
    told = []

    def tell(diagnosis: Diagnosis) -> None:
        asyncio.get_running_loop()
        told.append(diagnosis.verdict)

    async def main(batch: batchsdk.Batch) -> None:
        with pytest.raises(RunnableTimeoutError, match="was RUNNABLE for 30 seconds") as caught:
            await batch.wait_async("job-1", on_stuck=tell, runnable_timeout=30)
        assert DISABLED in caught.value.message
        with pytest.raises(InvalidArgumentError, match="runnable_timeout"):
            await batch.wait_async("job-1", runnable_timeout=-1)

    asyncio.run(main(connect(transport, FakeClock())))
    assert told == [Verdict.MISCONFIGURED]
    assert transport.count("CancelJob") == 1


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_a_time_that_is_none_is_refused(seconds):
    with pytest.raises(InvalidArgumentError, match="runnable_timeout"):
        connect(FakeTransport()).job("job-1").wait(runnable_timeout=seconds)


@pytest.mark.every_case
def test_the_command_line_tells_within_seconds_and_again_on_ctrl_c(stack, local):
    environment = stack.outputs.compute_environments["default"].name
    client_of(local, "batch").update_compute_environment(
        computeEnvironment=environment, state="DISABLED"
    )
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        for blocked in stack.batch.list_jobs(status="RUNNABLE"):
            stack.batch.job(blocked.job_id).terminate("its turn is over")
        process = subprocess.Popen(
            [sys.executable, "-m", "batchsdk", "submit", "hello", "--follow"],
            env=stack.variables,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            assert process.stderr is not None
            for line in process.stderr:
                if "DISABLED" in line:
                    break
            process.send_signal(number)
            rest = process.stderr.read()
        assert process.returncode == code
        assert "goes on. To wait again: batchsdk wait " in rest
        assert "DISABLED" in rest
    for blocked in stack.batch.list_jobs(status="RUNNABLE"):
        stack.batch.job(blocked.job_id).terminate("its turn is over")
    done = stack.run("submit", "hello", "--wait", "--runnable-timeout", "0")
    assert done.returncode == 1
    assert "was cancelled" in done.stderr
    (job_id,) = stack.run("submit", "hello").stdout.split()
    done = stack.run("logs", job_id, "--follow", "--runnable-timeout", "0")
    assert done.returncode == 1
    assert "was cancelled" in done.stderr
    assert "DISABLED" in done.stderr
    done = stack.run("logs", job_id, "--runnable-timeout", "1m")
    assert done.returncode == 2
    assert "--runnable-timeout goes with --follow" in done.stderr


PROGRAM = """
import signal, sys, threading
import batchsdk
signal.signal(signal.SIGTERM, signal.SIG_DFL)
try:
    with batchsdk.connect().run("r", ledger=sys.argv[1], on_interrupt=sys.argv[2]) as run:
        job = run.submit("a", "sleep", parameters={"WaitTime": "3600"})
        print(job.id, flush=True)
        run.wait()
finally:
    print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, flush=True)
"""


@pytest.mark.parametrize("wanted", ["ask", "cancel"])
def test_sigterm_is_an_interrupt_of_a_run(stack, tmp_path, wanted):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "ledger"), wanted],
        env=stack.variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        job_id = process.stdout.readline().strip()
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == "True\n"
        told = process.stderr.read()
    assert process.returncode == 143
    job = stack.batch.job(job_id)
    assert ("goes on. To follow it again" in told) == (wanted == "ask")
    assert (job.status is JobStatus.FAILED) == (wanted == "cancel")
    job.terminate("enough")


def test_callbacks_that_are_pending_at_the_end_are_waited_for(stack):
    program = """
import batchsdk
job = batchsdk.connect().submit("sleep", parameters={"WaitTime": "4"})
job.add_done_callback(lambda outcome: print(outcome.detail.status, flush=True))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **stack.variables, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.stdout == "SUCCEEDED\n"
    assert "waits for callbacks" in done.stderr
