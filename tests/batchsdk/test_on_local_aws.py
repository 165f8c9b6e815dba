"""The library against the local AWS, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

import batchsdk
from batchsdk import (
    SEQUENTIAL,
    InvalidSubmissionError,
    Job,
    JobFailedError,
    JobLostError,
    JobStatus,
    Polling,
    Retry,
    ServiceError,
    StopEffect,
    Verdict,
    WaitTimeoutError,
    n_to_n,
)
from tests.aws_clients import client_of

QUICK = Polling(shortest=0.05, longest=0.2)


def until(job: Job, *statuses: JobStatus) -> None:
    """Wait until the job is in one of ``statuses``."""
    reached: list[JobStatus] = []

    class Reached(Exception):  # noqa: N818  # not an error
        pass

    def look(detail: Any) -> None:
        reached.append(detail.status)
        if detail.status in statuses:
            raise Reached

    with pytest.raises(Reached):
        job.wait(300, polling=QUICK, on_change=look)


def test_a_parameter_reaches_the_command_and_the_log(stack):
    job = stack.batch.submit("hello", parameters={"Target": "Hello, Tokyo!"}, memory=100)
    detail = job.wait(300, polling=QUICK)
    assert detail.status is JobStatus.SUCCEEDED
    assert detail.command == ("echo", "Hello, Tokyo!")
    assert (detail.vcpus, detail.memory, detail.exit_code) == (1, 100, 0)
    assert detail.log_group == stack.outputs.log_group.name
    (event,) = job.logs()
    assert event.message == "Hello, Tokyo!"
    assert detail.created_at <= event.time <= detail.stopped_at
    assert event.time.tzinfo is not None


def test_the_definitions_default_is_used_without_a_parameter(stack):
    job = stack.batch.submit("hello")
    job.wait(300, polling=QUICK)
    assert job.logs().text == "Hello, AWS Batch :)"


def test_a_job_that_no_instance_can_hold_is_diagnosed_and_cancelled(stack):
    job = stack.batch.submit("hello", memory=5000)
    until(job, JobStatus.RUNNABLE)
    diagnosis = job.diagnose()
    assert diagnosis.verdict is Verdict.WILL_NEVER_FIT
    assert "asked 5000 MiB, at most 3808 MiB" in diagnosis.text
    assert job.cancel("asked for too much").effect is StopEffect.STOPS
    with pytest.raises(JobFailedError) as caught:
        job.wait(300, polling=QUICK)
    assert caught.value.reason == "asked for too much"
    assert caught.value.exit_code is None


def test_cancelling_a_running_job_does_nothing_and_terminating_stops_it(stack):
    job = stack.batch.submit("sleep", parameters={"WaitTime": "3600"})
    until(job, JobStatus.RUNNING)
    result = job.cancel("in vain")
    assert result.effect is StopEffect.NOTHING
    assert "terminate" in result.message
    assert job.status is JobStatus.RUNNING
    assert job.terminate("enough").effect is StopEffect.STOPS
    with pytest.raises(JobFailedError, match="enough"):
        job.wait(300, polling=QUICK)
    assert job.terminate("again").effect is StopEffect.ALREADY_ENDED
    assert job.describe().status_reason == "enough"


def test_a_dependent_waits_says_so_and_falls_with_its_dependency(stack):
    first = stack.batch.submit("sleep", parameters={"WaitTime": "3600"}, name="first")
    second = stack.batch.submit("hello", depends_on=[first])
    until(second, JobStatus.PENDING)
    diagnosis = second.diagnose()
    assert diagnosis.verdict is Verdict.WAITING_FOR_JOBS
    assert "it waits for job first" in diagnosis.text
    until(first, JobStatus.RUNNING)
    first.terminate("enough")
    with pytest.raises(JobFailedError, match=f"show {first.id}") as caught:
        second.wait(300, polling=QUICK)
    assert caught.value.reason == "Dependent Job failed"


def test_a_dependent_runs_after_its_dependency(stack):
    first = stack.batch.submit("sleep", parameters={"WaitTime": "0.2"})
    second = stack.batch.submit("hello", depends_on=first)
    after = second.wait(300, polling=QUICK)
    before = first.wait(300, polling=QUICK)
    assert before.stopped_at <= after.started_at


def test_a_failure_has_exit_code_log_tail_and_next_command(stack):
    job = stack.batch.submit("fail")
    with pytest.raises(JobFailedError) as caught:
        job.wait(300, polling=QUICK)
    error = caught.value
    assert (error.exit_code, error.log_tail) == (3, ("no space left",))
    assert error.reason.startswith("Essential container in task exited")
    assert f"logs {job.id}" in error.hint


def test_a_job_that_cannot_write_is_told_where_it_can_and_which_key_to_change(stack):
    said = "OSError: [Errno 30] Read-only file system: '/app/out.csv'"
    job = stack.batch.submit("hello", command=["sh", "-c", f'echo "{said}"; exit 1'])
    with pytest.raises(JobFailedError) as caught:
        job.wait(300, polling=QUICK)
    assert caught.value.log_tail == (said,)
    assert "batch-platform:jobDefinitions.hello.volumes in the stack's config" in caught.value.hint
    assert "`readonlyRootFilesystem: false`" in caught.value.hint


def test_a_job_with_a_writable_root_is_not_told_that_it_is_read_only(stack):
    job = stack.batch.submit("fail", command=["sh", "-c", "echo /x: Read-only file system; exit 1"])
    with pytest.raises(JobFailedError) as caught:
        job.wait(300, polling=QUICK)
    assert "root is read-only" not in caught.value.hint
    assert f"logs {job.id}" in caught.value.hint


@pytest.mark.parametrize(
    "said",
    [
        "Unable to locate credentials. You can configure credentials by running aws configure",
        "Could not connect to the endpoint URL: http://169.254.169.254/latest/api/token",
    ],
)
def test_a_job_that_wanted_the_instances_role_is_told_where_its_own_is(stack, said):
    job = stack.batch.submit("fail", command=["sh", "-c", f'echo "{said}"; exit 1'])
    with pytest.raises(JobFailedError) as caught:
        job.wait(300, polling=QUICK)
    assert "launchTemplate.blockImds" in caught.value.hint
    assert "batch-platform:jobDefinitions.fail.permissions in the stack's" in caught.value.hint


def test_a_parameter_that_is_not_there_tells_where_was_looked(stack):
    with pytest.raises(ServiceError) as caught:
        batchsdk.connect(ssm="/batch/elsewhere", region="eu-west-3")
    assert caught.value.code == "ParameterNotFound"
    assert "eu-west-3" in caught.value.hint
    assert "AWS_REGION" in caught.value.hint


def test_every_attempt_is_described_and_logged(stack):
    job = stack.batch.submit("fail", retry=Retry(3))
    with pytest.raises(JobFailedError):
        job.wait(300, polling=QUICK)
    assert [attempt.exit_code for attempt in job.describe().attempts] == [3, 3, 3]
    assert job.logs().text.splitlines() == ["no space left"] * 3


def test_a_retry_only_on_spot_reasons_exits_on_others(stack):
    job = stack.batch.submit("fail", retry=Retry.spot(3))
    with pytest.raises(JobFailedError):
        job.wait(300, polling=QUICK)
    assert len(job.describe().attempts) == 1


def test_an_array_runs_its_children_and_logs_them_in_order(stack):
    command = ["sh", "-c", "echo child $AWS_BATCH_JOB_ARRAY_INDEX"]
    job = stack.batch.submit("hello", array_size=3, command=command)
    detail = job.wait(300, polling=QUICK)
    assert detail.array.size == 3
    assert detail.array.status_summary["SUCCEEDED"] == 3
    assert job.logs().text.splitlines() == ["child 0", "child 1", "child 2"]
    assert sorted(child.array_index for child in job.children()) == [0, 1, 2]


def test_arrays_depend_on_each_other_child_by_child(stack):
    first = stack.batch.submit("hello", array_size=2, depends_on=SEQUENTIAL)
    second = stack.batch.submit("hello", array_size=2, depends_on=n_to_n(first))
    assert second.wait(300, polling=QUICK).status is JobStatus.SUCCEEDED
    zero, one = (stack.batch.job(f"{first.id}:{index}").describe() for index in (0, 1))
    assert zero.stopped_at <= one.started_at


def test_following_prints_while_the_job_runs(stack):
    job = stack.batch.submit("hello", command=["sh", "-c", "echo one; sleep 1; echo two"])
    assert [event.message for event in job.logs(follow=True)] == ["one", "two"]


def test_lists_find_jobs_of_every_status_and_by_name(stack):
    done = stack.batch.submit("hello", name="listed-done")
    done.wait(300, polling=QUICK)
    stuck = stack.batch.submit("hello", name="listed-stuck", memory=5000)
    until(stuck, JobStatus.RUNNABLE)
    found = {each.job_id: each.status for each in stack.batch.list_jobs()}
    assert found == {done.id: JobStatus.SUCCEEDED, stuck.id: JobStatus.RUNNABLE}
    assert [each.job_id for each in stack.batch.list_jobs(name="LISTED-s*")] == [stuck.id]
    assert [each.job_id for each in stack.batch.list_jobs(status="SUCCEEDED")] == [done.id]
    stuck.cancel("done with it")


def test_the_newest_active_revision_runs_unless_one_is_pinned(stack):
    job = stack.batch.submit("hello")
    assert job.describe().definition == stack.outputs.job_definitions["hello"].arn
    with pytest.raises(InvalidSubmissionError, match="no such job definition"):
        stack.batch.submit("hello:99")


def test_environment_and_tags_arrive(stack):
    job = stack.batch.submit(
        "hello", command=["sh", "-c", "echo $A"], environment={"A": "b c"}, tags={"k": "v"}
    )
    assert job.wait(300, polling=QUICK).tags["k"] == "v"
    assert job.logs().text == "b c"


def test_waiting_has_a_limit(stack):
    job = stack.batch.submit("hello", memory=5000)
    with pytest.raises(WaitTimeoutError, match="and goes on"):
        job.wait(0.3, polling=QUICK)
    job.cancel("done with it")


def test_an_unknown_job_is_lost(stack):
    with pytest.raises(JobLostError):
        stack.batch.job("no-such-job").describe()


def test_outputs_come_from_an_ssm_parameter(stack, local):

    client_of(local, "ssm").put_parameter(
        Name="/batch/sdk-test", Type="String", Value=json.dumps(stack.outputs.to_mapping())
    )
    assert batchsdk.connect(ssm="/batch/sdk-test").outputs == stack.outputs
