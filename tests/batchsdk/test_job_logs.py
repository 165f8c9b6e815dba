from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from batchsdk import JobLostError, JobStatus, LogsUnavailableError
from tests.batchsdk.fakes import FakeClock, FakeTransport, connect, job


def page(token: str, *messages: str, at: int = 1_000) -> dict[str, Any]:
    events = [{"timestamp": at + n, "message": text} for n, text in enumerate(messages)]
    return {"events": events, "nextForwardToken": token}


def ran(status: str, stream: str = "s", **more: Any) -> dict[str, Any]:
    return job(status, container={"logStreamName": stream}, **more)


def test_an_empty_page_is_not_the_end() -> None:
    transport = FakeTransport()
    transport.script("job-1", ran("SUCCEEDED"))
    transport.script_log("s", page("1", "a"), page("2"), page("3"), page("4", "b"), page("4"))
    assert connect(transport).job("job-1").logs().text == "a\nb"


def test_events_have_aware_times() -> None:
    transport = FakeTransport()
    transport.script("job-1", ran("SUCCEEDED"))
    transport.script_log("s", page("1", "a", at=1_769_860_800_123), page("1"))
    (event,) = connect(transport).job("job-1").logs()
    assert event.time == datetime(2026, 1, 31, 12, 0, 0, 123_000, tzinfo=UTC)
    assert (event.job_id, event.stream) == ("job-1", "s")


def test_every_attempt_is_read_oldest_first() -> None:
    transport = FakeTransport()
    attempts = [{"container": {"logStreamName": name}} for name in ("a1", "a2")]
    transport.script("job-1", ran("SUCCEEDED", "a2", attempts=attempts))
    transport.script_log("a1", page("1", "first"), page("1"))
    transport.script_log("a2", page("1", "second"), page("1"))
    assert connect(transport).job("job-1").logs().text == "first\nsecond"


def test_the_group_is_the_one_of_the_job_definition() -> None:
    transport = FakeTransport()
    logging = {"logDriver": "awslogs", "options": {"awslogs-group": "/mine"}}
    container = {"logStreamName": "s", "logConfiguration": logging}
    transport.script("job-1", job("SUCCEEDED", container=container))
    assert connect(transport).job("job-1").logs().text == ""
    assert transport.calls[-1][1]["logGroupName"] == "/mine"


def test_without_one_it_is_the_default_group() -> None:
    transport = FakeTransport()
    transport.script("job-1", ran("SUCCEEDED"))
    assert list(connect(transport).job("job-1").logs()) == []
    assert transport.calls[-1][1]["logGroupName"] == "/aws/batch/job"


def test_a_job_that_has_not_run_has_no_log_yet() -> None:
    transport = FakeTransport()
    transport.script("job-1", job("RUNNABLE"))
    assert list(connect(transport).job("job-1").logs()) == []


def test_another_log_driver_is_told() -> None:
    transport = FakeTransport()
    transport.script(
        "job-1", job("RUNNING", container={"logConfiguration": {"logDriver": "splunk"}})
    )
    with pytest.raises(LogsUnavailableError, match="splunk"):
        list(connect(transport).job("job-1").logs())


def test_an_unknown_job_is_told() -> None:
    with pytest.raises(JobLostError):
        list(connect(FakeTransport()).job("job-1").logs())


def test_children_of_an_array_are_read_in_order_and_in_batches() -> None:
    transport = FakeTransport()
    size = 150
    transport.script("job-1", job("SUCCEEDED", arrayProperties={"size": size}))
    for index in range(size):
        child = f"job-1:{index}"
        properties = {"arrayProperties": {"index": index}}
        transport.script(child, ran("SUCCEEDED", f"s{index}", job_id=child, **properties))
        transport.script_log(f"s{index}", page("1", str(index)), page("1"))
    ids = [f"job-1:{index}" for index in reversed(range(size))]
    transport.pages = lambda request: {
        "jobSummaryList": [{"jobId": each, "status": "SUCCEEDED"} for each in ids]
        if request["jobStatus"] == "SUCCEEDED"
        else []
    }
    text = connect(transport).job("job-1").logs().text
    assert text.splitlines() == [str(index) for index in range(size)]
    described = [len(ids) for name, ids in transport.calls if name == "DescribeJobs"]
    assert described == [1, 100, 50]


def test_following_yields_each_event_once_until_the_job_has_ended_and_the_log_is_drained() -> None:
    transport, clock = FakeTransport(), FakeClock()
    transport.script("job-1", job("RUNNABLE"), *[ran("RUNNING")] * 3, ran("SUCCEEDED"))
    transport.script_log(
        "s",
        None,
        page("1", "a"),
        page("1"),
        page("2", "b"),
        page("2"),
        page("2"),
        page("3", "late"),
        page("3"),
    )
    seen: list[JobStatus] = []
    events = (
        connect(transport, clock)
        .job("job-1")
        .logs(follow=True, on_change=lambda detail: seen.append(detail.status))
    )
    assert [event.message for event in events] == ["a", "b", "late"]
    assert seen == ["RUNNABLE", "RUNNING", "SUCCEEDED"]


def test_following_a_job_that_ends_without_a_log_ends() -> None:
    transport, clock = FakeTransport(), FakeClock()
    transport.script("job-1", job("RUNNABLE"), job("FAILED"))
    assert list(connect(transport, clock).job("job-1").logs(follow=True)) == []


def test_following_gives_a_named_but_absent_stream_some_time() -> None:
    transport, clock = FakeTransport(), FakeClock()
    transport.script("job-1", ran("SUCCEEDED"))
    transport.script_log("s", None, None, None, page("1", "late"), page("1"))
    events = list(connect(transport, clock).job("job-1").logs(follow=True))
    assert [event.message for event in events] == ["late"]


def test_following_goes_on_over_a_retry() -> None:
    transport = FakeTransport()
    first = [{"container": {"logStreamName": "s"}}]
    transport.script(
        "job-1",
        ran("RUNNING"),
        job("RUNNABLE", attempts=first),
        ran("SUCCEEDED", "s2", attempts=first),
    )
    transport.script_log("s", page("1", "one"), page("1"))
    transport.script_log("s2", page("1", "two"), page("1"))
    events = connect(transport).job("job-1").logs(follow=True)
    assert [event.message for event in events] == ["one", "two"]


def test_following_an_unknown_job_gives_up_after_the_grace() -> None:
    clock = FakeClock()
    with pytest.raises(JobLostError):
        list(connect(FakeTransport(), clock).job("job-1").logs(follow=True))
    assert clock.seconds >= 60
