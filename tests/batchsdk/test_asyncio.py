"""In asyncio nothing blocks the event loop: calls of AWS and of a ledger are made elsewhere."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest

from batchsdk import (
    InvalidSubmissionError,
    JobFailedError,
    JobLostError,
    JobsFailedError,
    JobStatus,
    Submission,
    SweepFailedError,
    WorkflowFailedError,
)
from batchsdk.runs.ledger_sqlite import SqliteLedger
from tests.batchsdk.fakes import FakeClock, FakeTransport, connect, job

ENDS = {"good": {}, "bad": {"statusReason": "Essential container", "container": {"exitCode": 3}}}


class Elsewhere(FakeTransport):
    """Answers in any thread but the one of the event loop; jobs end at the second look."""

    def __init__(self, *outcomes: str) -> None:
        super().__init__()
        self.outcomes = list(outcomes)
        self.loop_thread: threading.Thread | None = None
        self.in_loop: list[str] = []

    def submit_job(self, request):
        super().submit_job(request)
        number = self.count("SubmitJob")
        outcome = self.outcomes.pop(0) if self.outcomes else "good"
        status = "SUCCEEDED" if outcome == "good" else "FAILED"
        job_id, name = f"job-{number}", request["jobName"]
        array = request.get("arrayProperties")
        more: dict[str, Any] = {"jobName": name, **ENDS[outcome]}
        if array:
            summary = {status: array["size"]}
            more["arrayProperties"] = {"size": array["size"], "statusSummary": summary}
        self.script(job_id, job("RUNNING", job_id, jobName=name), job(status, job_id, **more))
        return {"jobId": job_id}

    def __getattribute__(self, name: str) -> Any:
        if name in OPERATIONS and threading.current_thread() is self.loop_thread:
            self.in_loop.append(name)
        return super().__getattribute__(name)


OPERATIONS = {
    "submit_job",
    "describe_jobs",
    "list_jobs",
    "get_log_events",
    "describe_job_definitions",
    "put_object",
    "read",
}


def run_of(transport: Elsewhere, main: Any) -> Any:
    """Run a coroutine function; nothing of AWS may be asked in the thread of its event loop."""

    async def whole() -> Any:
        transport.loop_thread = threading.current_thread()
        return await main(connect(transport, Quick()))

    found = asyncio.run(whole())
    assert transport.in_loop == []
    assert transport.calls, "the calls were made"
    return found


class Quick(FakeClock):
    """Sleeps a moment, so that the watcher leaves the processor to the event loop."""

    def wait(self, event: threading.Event, seconds: float) -> None:
        event.wait(0.001)
        self.seconds += seconds


def test_a_job_is_submitted_and_awaited():
    async def main(batch):
        first, second = await asyncio.gather(
            batch.submit_async("hello", memory="1GiB"), batch.submit_async("hello")
        )
        detail = await first
        assert (await batch.wait_async([first, second]))[1].job == second
        return detail

    assert run_of(Elsewhere(), main).status is JobStatus.SUCCEEDED


def test_failures_are_raised_where_they_are_awaited():
    async def main(batch):
        with pytest.raises(InvalidSubmissionError):
            await batch.submit_async("absent")
        with pytest.raises(InvalidSubmissionError):
            await batch.sweep_async("hello", over={})
        failed = await batch.submit_async("hello")
        with pytest.raises(JobFailedError):
            await failed
        with pytest.raises(JobsFailedError):
            await batch.wait_async([failed])
        (outcome,) = await batch.wait_async(failed, check=False)
        assert not outcome.succeeded

    run_of(Elsewhere("bad"), main)


def test_runs_sweeps_and_workflows_are_awaited(tmp_path, monkeypatch):
    transport = Elsewhere()
    replace = SqliteLedger.replace

    def elsewhere(*given):
        assert threading.current_thread() is not transport.loop_thread, "it writes to the disk"
        return replace(*given)

    monkeypatch.setattr(SqliteLedger, "replace", elsewhere)

    async def main(batch):
        run = await asyncio.to_thread(batch.run, "nightly", ledger=tmp_path / "ledger")
        await run.submit_async("a", "hello")
        await run.submit_async("b", Submission(job_definition="hello"))
        entries = await run
        assert {key: each.state for key, each in entries.items()} == dict.fromkeys(
            "ab", "SUCCEEDED"
        )
        sweep = await batch.sweep_async("hello", over={"Target": ["1", "2"]}, memory="1GiB")
        assert [each.status for each in await sweep] == ["SUCCEEDED", "SUCCEEDED"]
        with batch.workflow("two") as wf:
            wf.submit("hello", name="first")
            wf.submit("hello", name="second", after_any="first")
        steps = await (await asyncio.to_thread(wf.run, ledger=tmp_path / "ledger"))
        assert steps == {"first": "SUCCEEDED", "second": "SUCCEEDED"}

    run_of(transport, main)


def test_what_fails_in_them_is_raised(tmp_path):
    async def main(batch):
        run = batch.run("nightly", ledger=tmp_path / "ledger")
        await run.submit_async("a", "hello")
        with pytest.raises(JobsFailedError, match="'a' FAILED"):
            await run
        sweep = await asyncio.to_thread(batch.sweep, "hello", over={"Target": ["1"]})
        with pytest.raises(SweepFailedError):
            await sweep
        with batch.workflow("two") as wf:
            wf.submit("hello", name="first")
        with pytest.raises(WorkflowFailedError):
            await (await asyncio.to_thread(wf.run, ledger=tmp_path / "ledger"))

    run_of(Elsewhere("bad", "bad", "bad"), main)


def test_a_log_is_iterated():
    transport = Elsewhere()
    container = {"logStreamName": "s"}
    transport.script(
        "job-1", *[job("RUNNING", container=container)] * 2, job("SUCCEEDED", container=container)
    )
    page = {"events": [{"timestamp": n, "message": f"line {n}"} for n in range(2500)]}
    transport.script_log("s", {**page, "nextForwardToken": "1"}, {"nextForwardToken": "1"})

    async def main(batch):
        log = batch.job("job-1").logs(follow=True)
        first = [event.message async for event in log]
        async for event in batch.job("job-1").logs(since=timedelta(hours=1)):
            assert event.message == "never"
        return first

    assert run_of(transport, main) == [f"line {n}" for n in range(2500)]


def test_an_iteration_may_be_left_and_its_errors_are_raised():
    transport = Elsewhere()

    async def main(batch):
        with pytest.raises(JobLostError):
            async for _ in batch.job("absent").logs():
                pass

    run_of(transport, main)


def test_a_wait_that_is_cancelled_leaves_nothing_behind(tmp_path):
    transport = Elsewhere()
    transport.script("job-1", job("RUNNING"))

    async def main(batch):
        run = batch.run("nightly", ledger=tmp_path / "ledger")
        for waits in (batch.wait_async(["job-1"]), run_and_wait(batch.job("job-1"))):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await waits
        run.close()
        for _ in range(100):
            if not batch._session.watcher.is_busy:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("somebody is still waiting")

    async def run_and_wait(one):
        await one

    run_of(transport, main)


def test_the_event_loop_goes_on_while_aws_is_slow(tmp_path):
    """While 20 calls take their time in threads, the event loop has hardly anything to do."""
    transport = Elsewhere()
    gate = threading.Event()
    under_way = threading.Semaphore(0)
    submit = transport.submit_job

    def slow(request):
        under_way.release()
        assert gate.wait(300)
        return submit(request)

    transport.submit_job = slow  # type: ignore[method-assign]

    async def main(batch):
        waiting = [asyncio.ensure_future(batch.submit_async("hello")) for _ in range(20)]
        beats = 0
        for _ in range(16):
            assert await asyncio.to_thread(under_way.acquire, timeout=300)
            beats += 1
        assert beats == 16, "16 calls are blocked at a time, and the event loop is not"
        assert not any(each.done() for each in waiting)
        gate.set()
        return await asyncio.gather(*waiting)

    assert len(run_of(transport, main)) == 20
