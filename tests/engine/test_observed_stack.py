"""Queues by shares, job events, policies, storage and monitoring under the real engine."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.aws_clients import client_of
from tests.engine.stacks import PROJECT

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]


@pytest.fixture(scope="module")
def stack(new_stack):
    """A stack with all of it, up."""
    made = new_stack()
    made.config |= {
        "batch-platform:jobEvents": {"enabled": True},
        "batch-platform:consumers": {"managedPolicies": True},
        "batch-platform:roles": {"path": "/batch/", "namePrefix": "acme-"},
        "batch-platform:monitoring": {
            "enabled": True,
            "email": ["team@example.com"],
            "failedJobs": {},
            "budget": {"monthlyLimit": 500},
            "chat": {"slack": {"workspaceId": "T0AB", "channelId": "C0AB"}},
        },
        "batch-platform:storage": {"enabled": True},
    }
    made.up()
    yield made
    made.destroy()
    assert made.resources() == []


def plan(stack, exported):
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "batch_platform", "plan", "--stack", stack.name, "--directory"),
            *(stack.folder, "--against", "-", "--output", "json"),
        ],
        cwd=PROJECT,
        input=exported,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)["changes"]


def test_a_second_update_changes_nothing(stack):
    assert stack.up().changes == []
    assert stack.preview().planned == []
    exported = stack.pulumi("stack", "export").output
    assert {change["action"] for change in plan(stack, exported)} == {"unchanged"}


def test_a_limit_of_a_budget_and_days_of_storage_change_in_place(stack, local):
    stack.block("monitoring")["budget"] = {"monthlyLimit": 700, "actual": [90]}
    stack.block("storage")["expireDays"] = 7
    assert sorted(stack.up().changes) == [
        ("update", f"BucketLifecycleConfiguration {stack.name}-storage"),
        ("update", f"Budget {stack.name}-budget"),
    ]
    s3, bucket = client_of(local, "s3"), stack.outputs()["storage"].removeprefix("s3://")
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert {each["Expiration"]["Days"] for each in rules if "Expiration" in each} == {7}


def test_pain_14_fair_share_replaces_the_queue_as_the_plan_says(stack, local):
    batch = client_of(local, "batch")
    fifo = stack.outputs()["jobQueues"]["default"]
    exported = stack.pulumi("stack", "export").output
    stack.block("jobQueues")["default"]["fairsharePolicy"] = {"shareDecaySeconds": 3600}

    replaced = [step for step in stack.up().changes if step[1].startswith("JobQueue ")]
    assert [operation for operation, _ in replaced] == [
        "create-replacement",
        "replace",
        "delete-replaced",
    ]
    told = plan(stack, exported)
    (queue,) = [each for each in told if each["kind"] == "jobQueues"]
    assert queue["action"] == "replace"
    assert "queue-mode" in {edit["rule"] for edit in queue["edits"]}

    fair = stack.outputs()["jobQueues"]["default"]
    assert fair["arn"] != fifo["arn"]
    (described,) = batch.describe_job_queues(jobQueues=[fair["name"]])["jobQueues"]
    assert described["schedulingPolicyArn"] == fair["schedulingPolicyArn"]
    assert batch.describe_job_queues(jobQueues=[fifo["name"]])["jobQueues"] == []

    # Its shares change in place, and everything that names the queue has followed it.
    shares = [{"shareIdentifier": "research", "weightFactor": 0.5}]
    stack.block("jobQueues")["default"]["fairsharePolicy"]["shareDistribution"] = shares
    assert stack.up().changes == [("update", f"SchedulingPolicy {stack.name}-default")]
    rules = client_of(local, "events").list_rules()["Rules"]
    patterns = [json.loads(each["EventPattern"]) for each in rules]
    named = {arn for each in patterns for arn in each["detail"]["jobQueue"]}
    # Other tests have rules of their own in this account.
    assert {arn for arn in named if f"/{stack.name}-" in arn} == {fair["arn"]}
