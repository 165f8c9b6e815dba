from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchsdk import JobStatus
from tests.batchsdk.fakes import FakeTransport, connect, queue, stack_outputs


def summary(job_id: str, status: str, **more: Any) -> dict[str, Any]:
    return {"jobId": job_id, "jobName": "j", "status": status} | more


def test_all_seven_statuses_are_asked_for_with_all_their_pages() -> None:
    transport = FakeTransport()

    def pages(request: Mapping[str, Any]) -> Mapping[str, Any]:
        status, token = request["jobStatus"], request.get("nextToken")
        if token is None:
            return {"jobSummaryList": [summary(f"{status}-1", status)], "nextToken": "more"}
        return {"jobSummaryList": [summary(f"{status}-2", status)]}

    transport.pages = pages
    found = [each.job_id for each in connect(transport).list_jobs()]
    assert sorted(found) == sorted(f"{status}-{n}" for status in JobStatus for n in (1, 2))


def test_a_job_that_moves_on_while_we_list_is_given_once() -> None:
    transport = FakeTransport()
    transport.pages = lambda request: {
        "jobSummaryList": [summary("job-1", request["jobStatus"])]
        if request["jobStatus"] in ("RUNNABLE", "RUNNING")
        else []
    }
    assert [each.job_id for each in connect(transport).list_jobs()] == ["job-1"]


def test_listing_is_lazy() -> None:
    transport = FakeTransport()
    transport.pages = lambda request: {
        "jobSummaryList": [summary(f"{request['jobStatus']}-1", request["jobStatus"])]
    }
    jobs = connect(transport).list_jobs()
    assert transport.calls == []
    next(jobs)
    assert transport.count("ListJobs") == 1


def test_a_name_is_asked_for_by_a_filter_and_the_status_checked_here() -> None:
    transport = FakeTransport()
    transport.pages = lambda _: {
        "jobSummaryList": [summary("job-1", "RUNNING"), summary("job-2", "FAILED")]
    }
    found = list(connect(transport).list_jobs(name="hello*", status="FAILED"))
    assert [each.job_id for each in found] == ["job-2"]
    ((_, request),) = transport.calls
    assert request["filters"] == [{"name": "JOB_NAME", "values": ["hello*"]}]
    assert "jobStatus" not in request


def test_every_queue_of_the_stack_is_listed_unless_one_is_named() -> None:
    transport = FakeTransport()
    outputs = stack_outputs(job_queues={"a": queue("qa"), "b": queue("qb")})
    batch = connect(transport, outputs=outputs)
    assert list(batch.list_jobs(status=JobStatus.RUNNING)) == []
    assert [request["jobQueue"] for _, request in transport.calls] == ["qa", "qb"]
    transport.calls.clear()
    assert list(batch.list_jobs("b", status=["RUNNING"])) == []
    assert [request["jobQueue"] for _, request in transport.calls] == ["qb"]


def test_a_summary_may_lack_almost_everything() -> None:
    transport = FakeTransport()
    transport.pages = lambda _: {"jobSummaryList": [{"jobId": "job-1", "status": "FAILED"}]}
    (found,) = connect(transport).list_jobs(status="FAILED")
    assert (found.exit_code, found.created_at, found.array_size) == (None, None, None)
