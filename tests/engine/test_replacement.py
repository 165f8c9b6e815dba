"""A compute environment that cannot be changed in place: create new, repoint queue, delete old."""

from __future__ import annotations

import pytest

from batch_platform.compute_environments.detachment import REPORT_SECONDS
from batch_platform.recovery.file_backend import folder_of
from batch_platform.recovery.state_file import is_at_rest
from tests.aws_clients import client_of
from tests.conftest import eventually
from tests.engine.stacks import Watch

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def batch(local):
    return client_of(local, "batch")


@pytest.fixture(scope="module")
def stack(new_stack):
    """A stack with a strategy that AWS Batch never updates in place."""
    made = new_stack()
    made.block("computeEnvironments")["default"]["allocationStrategy"] = "BEST_FIT"
    made.up()
    yield made
    made.destroy()


@pytest.fixture(autouse=True)
def no_faults(local):
    yield
    local.faults.clear()


def submit(batch, stack, command):
    outputs = stack.outputs()
    answer = batch.submit_job(
        jobName="job",
        jobQueue=outputs["jobQueues"]["default"]["arn"],
        jobDefinition=outputs["jobDefinitions"]["hello"]["arn"],
        containerOverrides={
            "command": command,
            "resourceRequirements": [{"type": "VCPU", "value": "2"}],
        },
    )
    return answer["jobId"]


def until(batch, job_id, *statuses):
    def job():
        return batch.describe_jobs(jobs=[job_id])["jobs"][0]

    return eventually(
        lambda: found if (found := job())["status"] in statuses else None,
        lambda: f"job is {job()['status']}, not {' or '.join(statuses)}",
    )


def environments(batch, stack):
    pages = batch.get_paginator("describe_compute_environments").paginate()
    return {
        each["computeEnvironmentName"]
        for page in pages
        for each in page["computeEnvironments"]
        if each["computeEnvironmentName"].startswith(f"{stack.name}-")
    }


@pytest.mark.engine_suite
def test_pain_01_an_environment_that_a_queue_names_is_replaced_and_the_queue_never_empty(
    stack, batch, local
):
    outputs = stack.outputs()
    old = outputs["computeEnvironments"]["default"]["name"]
    queue = outputs["jobQueues"]["default"]["name"]
    stack.block("computeEnvironments")["default"]["maxVcpus"] = 2
    assert {operation for operation, _ in stack.up().changes} == {"update"}  # scaling is in place
    running, waiting = submit(batch, stack, ["sleep", "3600"]), submit(batch, stack, ["true"])
    until(batch, running, "RUNNING")
    until(batch, waiting, "RUNNABLE")

    stack.block("computeEnvironments")["default"]["instanceTypes"] = ["c5.large"]
    with Watch(local, queue) as watch:
        replaced = stack.up()

    name, queue_name = f"ComputeEnvironment {stack.name}-default", f"JobQueue {stack.name}-default"
    carried_out = [step for step in replaced.changes if step[0] != "replace"]  # only announces
    shown = [step for step in carried_out if step[1] in {name, queue_name}]
    assert shown == [
        ("create-replacement", name),
        ("update", queue_name),
        ("delete-replaced", name),
    ]
    (new,) = environments(batch, stack)
    assert new != old
    # The queue had a compute environment to run jobs on whenever one looked, and each in its turn.
    assert [seen for seen in watch.sights if not seen] == []
    assert list(dict.fromkeys(watch.sights)) == [(old,), (new,)]
    # What waited runs on the new one. What ran on the old one has lost its host, as on AWS.
    until(batch, waiting, "SUCCEEDED")
    lost = until(batch, running, "FAILED")
    assert lost["statusReason"].startswith("Host EC2 (instance i-")
    assert set(stack.up().counts()) == {"same"}


def test_pain_02_the_gate_waits_for_a_queue_that_is_slow_to_let_go(stack, batch, local):
    slow = local.faults.add("slow-detach", seconds=REPORT_SECONDS + 2, times=1)
    stack.block("computeEnvironments")["default"]["instanceTypes"] = ["c5a.large"]
    replaced = stack.up()
    assert slow.hits == 1
    assert replaced.diagnostics == ""
    assert "waiting for the queue to let go" in replaced.output
    assert len(environments(batch, stack)) == 1
    # So the next `make up` need not ask the engine whether there is something to recover.
    assert is_at_rest(folder_of(stack.environ), "batch-platform", stack.name)


@pytest.mark.engine_suite
def test_pain_02_when_the_gate_gives_up_nothing_is_lost_and_the_next_up_completes(
    stack, batch, local
):
    outputs = stack.outputs()
    old = outputs["computeEnvironments"]["default"]
    # A queue of another team names our compute environment.
    foreign = f"{stack.name}-foreign"
    order = [{"order": 1, "computeEnvironment": old["arn"]}]
    batch.create_job_queue(jobQueueName=foreign, priority=1, computeEnvironmentOrder=order)
    stack.config["batch-platform:replacement"] = {"detachTimeout": 1}
    stack.block("computeEnvironments")["default"]["instanceTypes"] = ["c4.large"]

    failed = stack.up(check=False)

    assert failed.code != 0
    assert f"job queue {foreign} names compute environment {old['name']}" in failed.diagnostics
    assert "pulumi up" in failed.diagnostics
    both = environments(batch, stack)
    assert old["name"] in both
    (new,) = both - {old["name"]}
    queue = batch.describe_job_queues(jobQueues=[outputs["jobQueues"]["default"]["name"]])
    (named,) = queue["jobQueues"][0]["computeEnvironmentOrder"]
    assert named["computeEnvironment"].endswith(f"/{new}")
    found = batch.describe_compute_environments(computeEnvironments=[old["name"], new])
    assert {each["state"] for each in found["computeEnvironments"]} == {"ENABLED"}

    batch.update_job_queue(jobQueue=foreign, state="DISABLED")
    eventually(
        lambda: (
            batch.describe_job_queues(jobQueues=[foreign])["jobQueues"][0]["status"] == "VALID"
            or None
        ),
        lambda: "still updating",
    )
    batch.delete_job_queue(jobQueue=foreign)
    completed = stack.up()
    assert environments(batch, stack) == {new}
    assert ("create-replacement", f"ComputeEnvironment {stack.name}-default") not in (
        completed.changes
    )
    assert set(stack.up().counts()) == {"same"}


@pytest.mark.engine_suite
def test_a_queue_and_its_environment_leave_together(stack, batch):
    stack.config.pop("batch-platform:replacement", None)
    stack.block("computeEnvironments")["more"] = {"type": "SPOT", "instanceTypes": ["m5.large"]}
    stack.block("jobQueues")["more"] = {"computeEnvironments": ["more"]}
    stack.up()
    assert len(environments(batch, stack)) == 2
    del stack.block("computeEnvironments")["more"], stack.block("jobQueues")["more"]
    gone = stack.up()
    kinds = [name.partition(" ")[0] for operation, name in gone.changes if operation == "delete"]
    assert kinds.index("JobQueue") < kinds.index("ComputeEnvironment")
    assert len(environments(batch, stack)) == 1


@pytest.mark.engine_suite
def test_a_custom_service_role_makes_it_a_replacement_too(stack, batch):
    environment = stack.block("computeEnvironments")["default"]
    environment["allocationStrategy"] = "BEST_FIT_PROGRESSIVE"
    stack.up()
    stack.config["batch-platform:roles"] = {"serviceRole": "custom"}
    name = f"ComputeEnvironment {stack.name}-default"
    changed = stack.up()  # from the service-linked role to another: the API refuses it in place
    assert ("create-replacement", name) in changed.changes
    environment["instanceTypes"] = ["m5.large"]
    preview = stack.preview()
    changed = stack.up()
    assert ("create-replacement", name) in changed.changes
    assert ("create-replacement", name) in preview.planned
    assert len(environments(batch, stack)) == 1
