"""States that last as long as they are told to."""

from __future__ import annotations

import pytest

from localaws.batch.delays import StateDelays


def status_of(batch, kind, operation):
    return [each["status"] for each in batch.call(operation)[kind]]


def environments(batch):
    return status_of(batch, "computeEnvironments", "DescribeComputeEnvironments")


def queues(batch):
    return status_of(batch, "jobQueues", "DescribeJobQueues")


def until_due(batch):
    """Move the clock to the scheduler's next deadline."""
    batch.now = batch.scheduler.next_deadline(batch.now)
    batch.advance()


def test_a_job_is_submitted_and_starting_for_their_time(batch_with):
    batch = batch_with(StateDelays(submitted=2, starting=5))
    batch.queue(batch.environment())
    submitted_at = batch.now
    job_id = batch.submit()
    assert batch.job(job_id)["status"] == "SUBMITTED"
    until_due(batch)
    assert batch.now == submitted_at + 2000
    assert (batch.job(job_id)["status"], batch.launched) == ("STARTING", [])
    until_due(batch)
    assert batch.now == submitted_at + 7000
    assert len(batch.launched) == 1
    batch.start(batch.launched[0][1])
    assert batch.job(job_id)["status"] == "RUNNING"
    assert batch.scheduler.next_deadline(batch.now) is None


def test_a_job_terminated_before_its_launch_is_never_launched(batch_with):
    batch = batch_with(StateDelays(starting=5))
    batch.queue(batch.environment())
    job_id = batch.submit()
    batch.call("TerminateJob", jobId=job_id, reason="changed my mind")
    job = batch.job(job_id)
    assert (job["status"], job["statusReason"]) == ("FAILED", "changed my mind")
    assert "startedAt" not in job
    batch.advance(5)
    assert (batch.launched, batch.halted) == ([], [])
    assert batch.desired_vcpus() == 0


def test_a_job_that_loses_its_host_before_its_launch_is_launched_once(batch_with):
    batch = batch_with(StateDelays(starting=5))
    batch.queue(batch.environment())
    job_id = batch.submit(retryStrategy={"attempts": 2})
    (first,) = batch.state.running
    batch.end(first, exit_code=None)
    batch.advance(5)
    assert [task_id for _, task_id in batch.launched] != [first]
    assert len(batch.launched) == 1
    assert batch.job(job_id)["status"] == "STARTING"


def test_resources_change_asynchronously(batch_with):
    batch = batch_with(StateDelays(creating=10, updating=20, deleting=30))
    name = batch.environment()
    assert environments(batch) == ["CREATING"]
    batch.advance(9)
    assert environments(batch) == ["CREATING"]
    until_due(batch)
    assert environments(batch) == ["VALID"]

    queue = batch.queue(name)
    assert queues(batch) == ["CREATING"]
    batch.advance(10)
    batch.call("UpdateJobQueue", jobQueue=queue, state="DISABLED")
    batch.call("UpdateComputeEnvironment", computeEnvironment=name, state="DISABLED")
    assert (queues(batch), environments(batch)) == (["UPDATING"], ["UPDATING"])
    batch.advance(20)
    batch.call("DeleteJobQueue", jobQueue=queue)
    assert queues(batch) == ["DELETING"]
    batch.advance(30)
    batch.call("DeleteComputeEnvironment", computeEnvironment=name)
    assert (queues(batch), environments(batch)) == ([], ["DELETING"])
    until_due(batch)
    assert environments(batch) == []


def test_what_is_being_created_takes_no_jobs_yet(batch_with):
    batch = batch_with(StateDelays(creating=10))
    name = batch.environment()
    batch.advance(10)
    batch.queue(name)
    job_id = batch.submit()
    assert batch.job(job_id)["status"] == "RUNNABLE"
    batch.advance(10)
    assert batch.job(job_id)["status"] == "STARTING"


def test_a_negative_delay_is_refused():
    with pytest.raises(ValueError, match="starting must be 0 seconds or more, got -1"):
        StateDelays(starting=-1)


def test_realistic_delays_are_all_positive():
    delays = StateDelays.realistic()
    assert min(getattr(delays, name) for name in delays.__dataclass_fields__) > 0
