"""One taxonomy of failures: of AWS's texts, and of jobs that fail on the local AWS."""

from __future__ import annotations

import pytest

from batchsdk import AccessDeniedError, FailureKind, JobFailedError, Polling
from batchsdk.jobs.detail import JobDetail
from tests.batchsdk.fakes import FakeTransport, connect, job

QUICK = Polling(shortest=0.05, longest=0.2)
EXITED = "Essential container in task exited"


def kind(status_reason=None, reason=None, exit_code=None, **more):
    container = {
        name: value
        for name, value in (("reason", reason), ("exitCode", exit_code))
        if value is not None
    }
    more |= {"statusReason": status_reason} if status_reason else {}
    found = JobDetail.from_response(job("FAILED", container=container, **more)).failure
    assert found is not None
    return found.kind


@pytest.mark.parametrize(
    ("expected", "status_reason", "reason", "exit_code"),
    [
        ("OUT_OF_MEMORY", EXITED, "OutOfMemoryError: Container killed due to memory usage", 137),
        ("OUT_OF_MEMORY", EXITED, "OutOfMemoryError: container killed due to memory usage", 137),
        ("SPOT_RECLAIM", "Host EC2 (instance i-0123) terminated.", None, None),
        ("SPOT_RECLAIM", "Your Spot Task was interrupted.", None, None),
        ("IMAGE_PULL", "Task failed to start", "CannotPullContainerError: not found", None),
        ("IMAGE_PULL", "CannotPullContainerError: pull image manifest", None, None),
        ("START", "Task failed to start", "DockerTimeoutError: Could not transition", None),
        ("START", "Task failed to start", "ResourceInitializationError: unable to pull s", None),
        ("START", "Task failed to start", None, None),
        ("TIMEOUT", "Job attempt duration exceeded timeout", None, 137),
        ("DEPENDENCY", "Dependent Job failed", None, None),
        ("CHILDREN", "Array Child Job failed", None, None),
        ("PLACEMENT", "Canceled by JobStateTimeLimit action due to reason: CAPACITY", None, None),
        ("PLACEMENT", "JobQueue deleted", None, None),
        ("REFUSED", "Container Overrides length must be at most 8192", None, None),
        ("APPLICATION", EXITED, None, 3),
        ("APPLICATION", EXITED, None, 137),
        ("UNKNOWN", None, None, None),
        ("UNKNOWN", "something new", None, None),
    ],
)
def test_what_aws_writes(expected, status_reason, reason, exit_code):
    assert kind(status_reason, reason, exit_code) == FailureKind(expected)


def test_a_request_to_stop_is_the_reason_only_if_it_stopped_the_job():
    assert kind("not needed", exit_code=143, isTerminated=True) is FailureKind.CANCELLED
    assert kind("not needed", isCancelled=True) is FailureKind.CANCELLED
    # CancelJob on a running job succeeds and does nothing; the job fails by itself later.
    assert kind(EXITED, exit_code=1, isCancelled=True) is FailureKind.APPLICATION


def test_the_last_attempt_tells_what_the_job_itself_does_not():
    attempt = {"statusReason": EXITED, "container": {"exitCode": 1, "reason": "OutOfMemoryError"}}
    assert kind(attempts=[attempt]) is FailureKind.OUT_OF_MEMORY


def test_each_attempt_has_its_own_kind():
    attempts = [
        {"statusReason": "Host EC2 (instance i-1) terminated.", "stoppedAt": 2},
        {"statusReason": EXITED, "stoppedAt": 3, "container": {"exitCode": 2}},
        {"statusReason": EXITED, "stoppedAt": 4, "container": {"exitCode": 0}},
    ]
    detail = JobDetail.from_response(job("SUCCEEDED", attempts=attempts))
    found = [each.failure and each.failure.kind for each in detail.attempts]
    assert found == [FailureKind.SPOT_RECLAIM, FailureKind.APPLICATION, None]
    assert detail.failure is None


def several(job_codes, attempt_codes=None):
    """Describe a job of the containers setup (not essential), main and other."""
    named = [{"name": "setup", "essential": False}, {"name": "main"}, {"name": "other"}]

    def task(codes, *keys):
        return {
            "containers": [
                {key: each[key] for key in ("name", *keys) if key in each}
                | ({} if code is None else {"exitCode": code, "reason": f"of {each['name']}"})
                for each, code in zip(named, codes, strict=True)
            ]
        }

    raw = job(
        "FAILED",
        statusReason=EXITED,
        ecsProperties={"taskProperties": [task(job_codes, "essential")]},
        attempts=[{"taskProperties": [task(attempt_codes or job_codes)], "container": {}}],
    )
    return JobDetail.from_response({key: raw[key] for key in raw if key != "container"})


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((0, 3, None), 3),
        ((7, 3, 143), 3),  # what is not essential does not decide
        ((0, 0, 4), 4),
        ((0, None, 4), 4),
        ((0, 143, 4), 4),  # SIGTERM and SIGKILL: stopped for the other's end
        ((0, 137, 4), 4),
        ((0, 137, None), 137),
        ((0, None, None), None),
    ],
)
def test_of_several_containers_an_essential_one_that_failed_decides(codes, expected):
    detail = several(codes)
    assert (detail.exit_code, detail.attempts[0].exit_code) == (expected, expected)
    assert (detail.reason is None) == (expected is None)


def failure(stack, *arguments, **more) -> JobFailedError:
    with pytest.raises(JobFailedError) as caught:
        stack.batch.submit(*arguments, **more).wait(300, polling=QUICK)
    return caught.value


def test_jobs_that_fail_on_the_local_aws(stack, local):
    assert failure(stack, "fail").kind is FailureKind.APPLICATION
    name = "pull-me"
    local.faults.add("image-pull", job_name=name, times=1)
    assert failure(stack, "hello", name=name).kind is FailureKind.IMAGE_PULL
    job = stack.batch.submit("sleep", parameters={"WaitTime": "3600"})
    after = stack.batch.submit("hello", depends_on=[job])
    local.faults.add("spot-reclaim", job_name=job.name, times=1)
    with pytest.raises(JobFailedError) as caught:
        job.wait(300, polling=QUICK)
    assert caught.value.kind is FailureKind.SPOT_RECLAIM
    with pytest.raises(JobFailedError) as caught:
        after.wait(300, polling=QUICK)
    assert caught.value.kind is FailureKind.DEPENDENCY
    stopped = stack.batch.submit("sleep", parameters={"WaitTime": "3600"})
    stopped.terminate("not needed")
    with pytest.raises(JobFailedError) as caught:
        stopped.wait(300, polling=QUICK)
    assert caught.value.kind is FailureKind.CANCELLED
    assert caught.value.to_mapping()["kind"] == "CANCELLED"


def test_a_failed_array_names_its_first_ten_failed_children(stack):
    code = "test $AWS_BATCH_JOB_ARRAY_INDEX -lt 2 || { echo child; exit 5; }"
    error = failure(stack, "fail", command=["sh", "-c", code], array_size=14)
    assert error.kind is FailureKind.CHILDREN
    assert error.failed_children_count == 12
    assert [each.index for each in error.failed_children] == list(range(2, 12))
    assert {(each.failure.kind, each.exit_code) for each in error.failed_children} == {
        (FailureKind.APPLICATION, 5)
    }
    assert "12 children failed: 2 (application), 3 (application)" in error.message
    assert error.message.endswith("and 2 more")
    assert error.log_tail == ("child",)
    assert error.to_mapping()["failedChildren"][0]["exitCode"] == 5


def test_children_that_may_not_be_listed_do_not_hide_the_failure():
    transport = FakeTransport()
    array = {"size": 3, "statusSummary": {"FAILED": 2, "SUCCEEDED": 1}}
    transport.script(
        "job-1", job("FAILED", statusReason="Array Child Job failed", arrayProperties=array)
    )

    def refuse(_request):
        raise AccessDeniedError("no", operation="ListJobs")

    transport.pages = refuse
    with pytest.raises(JobFailedError, match="2 children failed") as caught:
        connect(transport).job("job-1").wait()
    assert caught.value.failed_children == ()
