"""`pulumi up` again: nothing to do, a change in place, a new revision, and `destroy`."""

from __future__ import annotations

import re

import pytest

import batchsdk
from batchsdk import StackOutputs
from tests.aws_clients import client_of

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]

FIRST, LAST = 0, -1


@pytest.fixture(scope="module")
def stack(new_stack):
    """A stack that is deployed."""
    made = new_stack()
    made.first = made.up()
    return made


@pytest.fixture(scope="module")
def batch(local):
    return client_of(local, "batch")


def revisions(batch, stack):
    """Return the revisions of the stack's job definition, by status."""
    pages = batch.get_paginator("describe_job_definitions").paginate(
        jobDefinitionName=f"{stack.name}-hello"
    )
    found = [each for page in pages for each in page["jobDefinitions"]]
    return {
        status: sorted(each["revision"] for each in found if each["status"] == status)
        for status in ("ACTIVE", "INACTIVE")
    }


def test_the_first_up_creates_all_and_the_second_nothing(stack, batch):
    assert set(stack.first.counts()) == {"create"}
    outputs = stack.outputs()
    assert StackOutputs.from_mapping(outputs).environment == stack.name
    again = stack.up()
    assert set(again.counts()) == {"same"}
    assert again.counts()["same"] == stack.first.counts()["create"]
    assert stack.outputs() == outputs
    assert revisions(batch, stack) == {"ACTIVE": [1], "INACTIVE": []}


def test_a_refresh_finds_nothing_changed(stack):
    refreshed = stack.pulumi("refresh", "--yes", "--skip-preview")
    assert refreshed.changes == []
    assert stack.preview().planned == []


def test_what_was_changed_by_hand_is_seen_and_put_right(stack, batch):
    environment = stack.outputs()["computeEnvironments"]["default"]["name"]
    batch.update_compute_environment(
        computeEnvironment=environment, computeResources={"maxvCpus": 99}
    )
    stack.pulumi("refresh", "--yes", "--skip-preview")
    repaired = stack.up()
    assert ("update", f"ComputeEnvironment {stack.name}-default") in repaired.changes
    found = batch.describe_compute_environments(computeEnvironments=[environment])
    assert found["computeEnvironments"][0]["computeResources"]["maxvCpus"] == 8


def test_a_preview_says_what_the_update_then_does(stack, batch):
    before = stack.outputs()["computeEnvironments"]["default"]
    environment = stack.block("computeEnvironments")["default"]
    environment |= {"maxVcpus": 16, "instanceTypes": ["c5.large", "c5.xlarge"]}
    preview = stack.preview()
    update = stack.up()
    assert sorted(preview.planned) == sorted(update.changes)
    # Under the service-linked role and an updatable strategy it is in place.
    assert ("update", f"ComputeEnvironment {stack.name}-default") in update.changes
    assert {operation for operation, _ in update.changes} == {"update"}
    after = stack.outputs()["computeEnvironments"]["default"]
    assert (after["name"], after["maxVcpus"]) == (before["name"], 16)
    found = batch.describe_compute_environments(computeEnvironments=[before["name"]])
    resources = found["computeEnvironments"][0]["computeResources"]
    assert resources["maxvCpus"] == 16
    assert resources["instanceTypes"] == ["c5.large", "c5.xlarge"]


def test_pain_16_callers_pinned_to_a_revision_keep_it_and_an_edit_is_one_more(stack, batch):
    definition = stack.block("jobDefinitions")["hello"]
    definition["keepRevisions"] = 2
    for number in range(2, 5):
        definition["memory"] = 100 + number
        changed = stack.up()
        name = f"JobDefinition {stack.name}-hello"
        assert [each for each in changed.changes if each[1] == name] == [("update", name)]
        assert max(revisions(batch, stack)["ACTIVE"]) == number
    # The newest, and two before it.
    assert revisions(batch, stack) == {"ACTIVE": [2, 3, 4], "INACTIVE": [1]}
    assert stack.outputs()["jobDefinitions"]["hello"]["revision"] == 4


def test_pain_13_a_new_revision_keeps_the_tags(stack, batch):
    stack.config["batch-platform:tags"] = {"team": "data"}
    stack.block("jobDefinitions")["hello"] |= {"tags": {"owner": "etl"}, "memory": 110}
    stack.up()
    stack.block("jobDefinitions")["hello"]["memory"] = 111
    stack.up()
    arn = stack.outputs()["jobDefinitions"]["hello"]["arn"]
    (newest,) = batch.describe_job_definitions(jobDefinitions=[arn])["jobDefinitions"]
    expected = {"batch-platform:environment": stack.name, "owner": "etl", "team": "data"}
    assert newest["tags"] == expected
    assert set(stack.up().counts()) == {"same"}


def test_old_revisions_that_aws_does_not_take_away_do_not_fail_the_update(stack, batch, local):
    before = revisions(batch, stack)["ACTIVE"]
    failing = local.faults.add("server-error", service="batch", operation="DeregisterJobDefinition")
    stack.block("jobDefinitions")["hello"]["memory"] = 200
    warned = stack.up()
    local.faults.remove(failing)
    assert f"{stack.name}-hello: more than 2 old revisions may stay ACTIVE" in warned.diagnostics
    assert revisions(batch, stack)["ACTIVE"] == [*before, before[LAST] + 1]
    assert stack.outputs()["jobDefinitions"]["hello"]["revision"] == before[LAST] + 1
    stack.block("jobDefinitions")["hello"]["memory"] = 201
    stack.up()
    assert len(revisions(batch, stack)["ACTIVE"]) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"retryStrategy": {"attempts": 3}},
        {
            "retryStrategy": {
                "attempts": 3,
                "evaluateOnExit": [{"action": "EXIT", "onExitCode": "1"}],
            }
        },
        {"timeout": {"attemptDurationSeconds": 60}},
        {"parameters": {"Target": "moon"}, "retryStrategy": None, "timeout": None},
    ],
    ids=["retry", "rules", "timeout", "nothing"],
)
def test_pain_15_no_change_of_a_definition_deregisters_the_revisions_of_its_name(
    stack, batch, change
):
    before = revisions(batch, stack)["ACTIVE"]
    definition = stack.block("jobDefinitions")["hello"]
    definition["keepRevisions"] = 50
    for key, value in change.items():
        definition.pop(key, None)
        if value is not None:
            definition[key] = value
    stack.up()
    assert revisions(batch, stack)["ACTIVE"] == [*before, before[LAST] + 1]


def test_a_job_runs_on_what_was_deployed(stack, local, monkeypatch):
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    client = batchsdk.connect(ssm=f"/batch/{stack.name}")
    job = client.submit("hello", parameters={"Target": "engine"})
    job.wait(timeout=300)
    assert job.logs().text == "engine"


def test_destroy_goes_from_the_queue_down_and_leaves_nothing(stack, local, batch):
    outputs = stack.outputs()
    destroyed = stack.destroy()
    assert set(destroyed.counts()) == {"delete"}
    kinds = [name.partition(" ")[FIRST] for _, name in destroyed.steps]
    queue, environment = kinds.index("JobQueue"), kinds.index("ComputeEnvironment")
    names = [name for _, name in destroyed.steps]
    policies = [
        names.index(each) for each in names if re.fullmatch(r"RolePolicy \S+-instance", each)
    ]
    roles = [index for index, kind in enumerate(kinds) if kind == "Role"]
    assert queue < environment < min(policies)
    assert max(policies) < max(roles)
    assert stack.resources() == []
    for kind, describe in (
        ("jobQueues", batch.describe_job_queues),
        ("computeEnvironments", batch.describe_compute_environments),
    ):
        assert describe(**{kind: [outputs[kind]["default"]["name"]]})[kind] == []
    assert revisions(batch, stack)["ACTIVE"] == []
    vpcs = client_of(local, "ec2").describe_vpcs()["Vpcs"]
    assert outputs["network"]["vpcId"] not in {each["VpcId"] for each in vpcs}
    roles = client_of(local, "iam").list_roles()["Roles"]
    assert [each for each in roles if each["RoleName"].startswith(f"{stack.name}-")] == []
