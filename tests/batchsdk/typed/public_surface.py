"""What a type checker makes of a user's program. mypy and pyright read it; nothing runs it.

``assert_type`` holds what is inferred. A ``type: ignore`` marks what must be refused: one that is
not needed is an error (``warn_unused_ignores``, ``reportUnnecessaryTypeIgnoreComment``).
"""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any, assert_type

import boto3

import batchsdk
from batchsdk import (
    Batch,
    Clock,
    Entry,
    Escalate,
    FailureKind,
    Job,
    JobDetail,
    JobStatus,
    LogEvent,
    Outcome,
    Retry,
    Submission,
    Sweep,
    SweepResult,
    SystemClock,
    connect,
)


def connecting() -> None:
    assert_type(connect("dev"), Batch)
    assert_type(batchsdk.connect(outputs={"schemaVersion": "1.0"}), Batch)
    assert_type(batchsdk.__version__, str)
    connect(1)  # type: ignore[arg-type]
    connect("dev", "outputs.json")  # type: ignore[call-arg]
    connect(stak="dev")  # type: ignore[call-arg]
    _ = batchsdk.conect  # type: ignore[attr-defined]


def submitting(batch: Batch) -> None:
    job = batch.submit(
        "hello",
        parameters={"Target": "x"},
        command=["echo", "Ref::Target"],
        depends_on=[batch.job("job-0"), "job-1", batchsdk.n_to_n("job-2"), batchsdk.SEQUENTIAL],
        retry=Retry.spot(attempts=3),
        memory=100,
    )
    assert_type(job, Job)
    batch.submit("hello", memory="2GiB", timeout="1h")
    Submission(job_definition="hello", timeout=timedelta(hours=1))
    more = {"OUT_OF_MEMORY": Escalate(memory_factor=2, memory_cap="16GiB")}
    elsewhere = {FailureKind.SPOT_RECLAIM: Escalate(queue="on-demand", after=2)}
    batch.sweep("hello", over={"day": ["1"]}, on_failure=more)
    batch.workflow("nightly", on_failure=elsewhere).submit("hello", on_failure=more)
    batch.run("nightly", on_failure={"TIMEOUT": 2})  # type: ignore[arg-type]
    assert_type(batch.prepare(Submission(job_definition="hello")).request, Mapping[str, Any])
    batch.submit("hello", {"Target": "x"})  # type: ignore[call-arg, arg-type]
    batch.submit("hello", gpus="1")  # type: ignore[arg-type]
    batch.submit("hello", parameters={"Target": 1})  # type: ignore[dict-item]
    batch.submit("hello", depends_on=1)  # type: ignore[arg-type]
    batch.submit("hello", retry=3)  # type: ignore[arg-type]
    batch.submit("hello", memmory=100)  # type: ignore[call-arg]
    Submission(name="no-definition")  # type: ignore[call-arg]


def fields_of_a_job(batch: Batch) -> None:
    """Wherever fields of a job are keywords, wrong names and wrong types are refused."""
    batch.submit("hello", parameters=None, tags=None, name="mine", scheduling_priority=1)
    batch.submit("x", vcpus="no")  # type: ignore[arg-type]
    batch.submit("hello", propagate_tags="yes")  # type: ignore[arg-type]
    Submission(job_definition="hello", nonsense=True)  # type: ignore[call-arg]
    Submission(job_definition="hello", vcpus="no")  # type: ignore[arg-type]
    with batch.run("nightly") as run:
        assert_type(run.submit("key", "hello", memory=100, depends_on=["job-1"]), Job)
        assert_type(run.submit("key", Submission(job_definition="hello")), Job)
        run.submit("key", "hello", nonsense=True)  # type: ignore[call-arg]
        run.submit("key", "hello", vcpus="2")  # type: ignore[arg-type]
        run.submit("key", "hello", name="mine")  # type: ignore[call-arg]
        run.submit_many({"key": Submission(job_definition="hello")})
    batch.sweep("hello", over={"day": ["1"]}, name="mine", vcpus=0.5)
    batch.sweep("hello", over={"day": ["1"]}, nonsense=True)  # type: ignore[call-arg]
    batch.sweep("hello", over={"day": ["1"]}, vcpus="no")  # type: ignore[arg-type]
    batch.sweep("hello", over={"day": ["1"]}, array_size=2)  # type: ignore[call-arg]
    batch.prepare_sweep("hello", over={"day": ["1"]}, nonsense=True)  # type: ignore[call-arg]
    wf = batch.workflow("nightly")
    wf.submit("hello", array_size=2, queue="default")
    wf.submit("hello", vcpus="no")  # type: ignore[arg-type]
    wf.submit("hello", depends_on=["job-1"])  # type: ignore[call-arg]
    wf.sweep("hello", over={"day": ["1"]}, nonsense=True)  # type: ignore[call-arg]
    wf.sweep("hello", over={"day": ["1"]}, array_size=2)  # type: ignore[call-arg]


async def awaiting(batch: Batch, job: Job) -> None:
    assert_type(await job, JobDetail)
    assert_type(await batch.submit_async("hello", memory="1GiB"), Job)
    assert_type(await batch.wait_async([job], runnable_timeout=600), list[Outcome])
    assert_type(await batch.sweep_async("hello", over={"day": ["1"]}, vcpus=0.5), Sweep)
    await batch.sweep_async("hello", over={"day": ["1"]}, array_size=2)  # type: ignore[call-arg]
    async for event in job.logs(follow=True, tail=10, since="10m"):
        assert_type(event, LogEvent)
    assert_type(await batch.sweep("hello", over={"day": ["1"]}), list[SweepResult])
    assert_type(await batch.run("nightly"), dict[str, Entry])
    await batch.submit_async("hello", memmory=1)  # type: ignore[call-arg]
    assert_type(batchsdk.wait([job], timeout=1).done, set[Job])
    assert_type(list(batchsdk.as_completed([job])), list[Job])
    assert_type(job.result(timeout=60), JobDetail)
    job.terminate()
    batchsdk.wait([job], return_when="FIRST")  # type: ignore[arg-type]
    connect("dev", session=boto3.Session(), role_arn="arn:aws:iam::123456789012:role/r")
    connect("dev", session="mine")  # type: ignore[arg-type]


def following(job: Job) -> None:
    detail = job.wait(timeout=60)
    assert_type(detail, JobDetail)
    assert_type(detail.status, JobStatus)
    assert_type(detail.started_at, datetime | None)
    assert_type(detail.exit_code, int | None)
    assert_type(job.cancel("why").effect, batchsdk.StopEffect)
    assert_type([event.message for event in job.logs()], list[str])
    assert_type(job.logs().text, str)
    assert_type(job.children(), Iterator[batchsdk.JobSummary])
    assert_type(job.diagnose().verdict, batchsdk.Verdict)
    detail.status = JobStatus.FAILED  # type: ignore[misc]
    job.id = "other"  # type: ignore[misc]
    job.cancel(1)  # type: ignore[arg-type]
    job.wait(60, True)  # type: ignore[call-arg, arg-type]


def looking(batch: Batch) -> None:
    assert_type(batch.list_jobs(status="RUNNING", name="hello-*"), Iterator[batchsdk.JobSummary])
    assert_type(batch.activity(hours=1).look(), batchsdk.Overview)
    assert_type(batch.report("nightly"), batchsdk.Report)
    assert_type(batch.report("nightly").html, str)
    batch.report("nightly").write(1)  # type: ignore[arg-type]


def failing(job: Job) -> None:
    try:
        job.wait()
    except batchsdk.JobFailedError as error:
        assert_type(error.log_tail, tuple[str, ...])
        assert_type(error.exit_code, int | None)
    except batchsdk.InvalidSubmissionError as error:
        assert_type(error.problems, tuple[batchsdk.Problem, ...])


def workflows(batch: Batch) -> None:
    with batch.workflow("nightly", parameters={"day": None}) as wf:
        extract = wf.submit("extract", timeout=600)
        parts = wf.sweep("transform", over={"day": ["1", "2"]}, after=[extract])
        wf.submit("again", array_size=2, after=[batchsdk.n_to_n(parts), batchsdk.SEQUENTIAL])
        wf.submit("load", after=parts, when=batchsdk.exit_code(extract, 3))
        wf.submit("load", after=3)  # type: ignore[arg-type]
        wf.submit("load", timeuot=600)  # type: ignore[call-arg]
    assert_type(wf, batchsdk.Workflow)
    assert_type(extract, batchsdk.Step)
    assert_type(wf.plan().deferred, Mapping[str, str])
    run = wf.run(parameters={"day": "1"})
    assert_type(run.wait(progress=True), Mapping[str, batchsdk.StepStatus])
    assert_type(run.jobs, Mapping[str, tuple[Job, ...]])
    assert_type(batch.attach("nightly-1"), batchsdk.WorkflowRun)


class StoppedClock:
    """A clock of a user's own."""

    def now(self) -> datetime:
        return datetime.now().astimezone()

    def monotonic(self) -> float:
        return 0.0

    def wait(self, event: threading.Event, seconds: float) -> None:
        """It comes at once."""

    def sleep(self, seconds: float) -> None:
        del seconds


def clocks() -> None:
    given: Clock = StoppedClock()
    given = SystemClock()
    connect("dev", clock=given)
    connect("dev", clock=StoppedClock)  # type: ignore[arg-type]


def understanding(batch: Batch, job: Job) -> None:
    assert_type(batch.diagnose(), list[batchsdk.QueueDiagnosis])
    assert_type(job.diagnose().findings[0].cause, batchsdk.Cause | None)
    assert_type(job.describe().failure, batchsdk.Failure | None)
    report = batch.usage([job, "job-1"], by="tag:team", prices="prices.toml")
    assert_type(report.total.vcpu_hours, float)
    assert_type(report.rows[0].estimate, batchsdk.Estimate | None)
    assert_type(batch.update_prices().instances["c5.large"], batchsdk.InstancePrice)
    assert_type(batch.prices(), batchsdk.PriceList | None)
    batch.report(job, prices="prices.toml")
    job.logs(since=1)  # type: ignore[arg-type]
    batch.usage(name=1)  # type: ignore[arg-type]


def double(number: int) -> str:
    return str(2 * number)


def functions(batch: Batch) -> None:
    with batch.executor("python", memory="2GiB", retry=Retry(2)) as pool:
        assert_type(pool, batchsdk.FunctionExecutor)
        assert_type(pool.submit(double, 1), Future[str])
        assert_type(pool.map(double, [1, 2], chunksize=2), Iterator[str])
        pool.submit(double, "1")  # type: ignore[arg-type]
    batch.executor("python", command=["x"])  # type: ignore[call-arg]

    @batch.function("python", memory=512)
    def half(number: int) -> float:
        return number / 2

    assert_type(half(1), float)
    assert_type(half.submit(1), Future[float])
    assert_type(half.map([1]), Iterator[float])
    half.submit("1")  # type: ignore[arg-type]
