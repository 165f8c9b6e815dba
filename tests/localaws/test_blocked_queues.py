"""Why the head of a queue waits, and what job state time limit actions do about it."""

from __future__ import annotations

import pytest

from localaws.batch.models import ResourceStatus

RESOURCE = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
MAXIMUM = "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"
CAPACITY = "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"


def limit(reason, seconds=600):
    return {"reason": reason, "state": "RUNNABLE", "maxTimeSeconds": seconds, "action": "CANCEL"}


def set_shortage(batch, short):
    batch.state.lacks_capacity = lambda _job_name: short
    batch.advance()


def test_only_the_head_says_what_blocks_the_queue(ready):
    head, behind = ready.submit(memory=5000), ready.submit(memory=5000)
    assert ready.job(head)["statusReason"].startswith(RESOURCE)
    assert "statusReason" not in ready.job(behind)
    ready.call("CancelJob", jobId=head, reason="make way")
    assert ready.job(head)["statusReason"] == "make way"
    assert ready.job(behind)["statusReason"].startswith(RESOURCE)


def test_a_head_that_waits_its_turn_has_no_reason(batch):
    batch.queue(batch.environment(maxvCpus=2))
    batch.submit(vcpus=2)
    assert "statusReason" not in batch.job(batch.submit(vcpus=2))


def test_a_reason_goes_when_its_cause_does(ready):
    set_shortage(ready, True)
    job_id = ready.submit()
    assert ready.job(job_id)["statusReason"].startswith(CAPACITY)
    set_shortage(ready, False)
    described = ready.job(job_id)
    assert described["status"] == "STARTING"
    assert "statusReason" not in described


def test_an_instance_too_large_for_the_maximum_is_a_matter_of_the_maximum(batch):
    batch.queue(batch.environment(maxvCpus=1))
    assert batch.job(batch.submit())["statusReason"].startswith(MAXIMUM)


def test_environments_that_fail_in_different_ways_block_the_job_all_the_same(batch):
    small = batch.environment("small", maxvCpus=1)
    batch.queue(small, batch.environment("large", instanceTypes=["g4dn.xlarge"]))
    described = batch.job(batch.submit(memory=20_000))
    assert described["statusReason"].startswith(RESOURCE)


def test_invalid_environments_are_named(ready):
    ready.state.compute_environments["environment"].status = ResourceStatus.INVALID
    described = ready.job(ready.submit())
    assert described["statusReason"] == (
        "ACTION_REQUIRED - CE(s) associated with the job queue are invalid."
    )


def test_a_time_limit_cancels_the_head_and_the_next_gets_the_whole_time(batch):
    batch.queue(batch.environment(), jobStateTimeLimitActions=[limit(RESOURCE)])
    first, second = batch.submit(memory=5000), batch.submit(memory=5000)
    assert batch.scheduler.next_deadline(batch.now) == batch.now + 600_000
    batch.advance(599)
    assert batch.job(first)["status"] == "RUNNABLE"
    batch.advance(1)
    ended = batch.job(first)
    assert (ended["status"], ended["attempts"]) == ("FAILED", [])
    assert ended["statusReason"] == (
        f"Canceled by JobStateTimeLimit action due to reason: {RESOURCE}"
    )
    batch.advance(599)
    assert batch.job(second)["status"] == "RUNNABLE"
    batch.advance(1)
    assert batch.job(second)["status"] == "FAILED"
    assert batch.scheduler.next_deadline(batch.now) is None


def test_a_time_limit_acts_on_its_own_reason_only(batch):
    batch.queue(batch.environment(), jobStateTimeLimitActions=[limit(CAPACITY)])
    job_id = batch.submit(memory=5000)
    batch.advance(3600)
    assert batch.job(job_id)["status"] == "RUNNABLE"


def test_the_time_counts_anew_after_the_reason_went(batch):
    batch.queue(batch.environment(maxvCpus=2), jobStateTimeLimitActions=[limit(CAPACITY)])
    batch.submit(vcpus=2)
    waiting = batch.submit(vcpus=2)
    set_shortage(batch, True)
    batch.advance(599)
    set_shortage(batch, False)
    set_shortage(batch, True)
    batch.advance(599)
    assert batch.job(waiting)["status"] == "RUNNABLE"
    batch.advance(1)
    assert batch.job(waiting)["status"] == "FAILED"


@pytest.mark.parametrize("seconds", [600, 86400])
def test_the_jobs_behind_a_cancelled_head_run(batch, seconds):
    batch.queue(batch.environment(), jobStateTimeLimitActions=[limit(RESOURCE, seconds)])
    batch.submit("too-large", memory=5000)
    batch.submit("behind")
    assert batch.launched == []
    batch.advance(seconds)
    assert [name for name, _ in batch.launched] == ["behind"]


def test_a_time_limit_ends_with_its_queue(batch):
    batch.queue(batch.environment(), jobStateTimeLimitActions=[limit(RESOURCE)])
    batch.submit()
    batch.start(batch.launched[0][1])
    blocked = batch.submit(memory=5000)
    batch.call("UpdateJobQueue", jobQueue="queue", state="DISABLED")
    batch.call("DeleteJobQueue", jobQueue="queue")
    assert batch.job(blocked)["statusReason"] == "JobQueue deleted"
    assert batch.scheduler.next_deadline(batch.now) is None
