"""Scheduling policies, the queues that use them, and what the snapshot says of their shares."""

from __future__ import annotations

import uuid

import pytest

from tests.batch_requests import refusal
from tests.conftest import wait_valid


@pytest.fixture
def policy(cluster):
    name = f"policy-{uuid.uuid4().hex[:8]}"
    return cluster.batch.create_scheduling_policy(name=name, tags={"team": "data"})["arn"]


def queue_with(cluster, policy):
    name = f"queue-{uuid.uuid4().hex[:8]}"
    cluster.batch.create_job_queue(
        jobQueueName=name,
        priority=1,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": cluster.environment}],
        schedulingPolicyArn=policy,
    )
    wait_valid(lambda: cluster.batch.describe_job_queues(jobQueues=[name])["jobQueues"])
    return name


def test_a_policy_is_made_changed_and_deleted(cluster, policy):
    batch = cluster.batch

    def described():
        return batch.describe_scheduling_policies(arns=[policy, f"{policy}-unknown"])

    (found,) = described()["schedulingPolicies"]
    assert found["fairsharePolicy"] == {
        "shareDecaySeconds": 0,
        "computeReservation": 0,
        "shareDistribution": [],
    }
    assert "Object already exists" in refusal(batch.create_scheduling_policy, name=found["name"])

    fairshare = {"shareDecaySeconds": 60, "shareDistribution": [{"shareIdentifier": "a*"}]}
    batch.update_scheduling_policy(arn=policy, fairsharePolicy=fairshare)
    (found,) = described()["schedulingPolicies"]
    assert found["fairsharePolicy"]["shareDecaySeconds"] == 60
    assert found["fairsharePolicy"]["shareDistribution"] == [
        {"shareIdentifier": "a*", "weightFactor": 1.0}
    ]
    pages = batch.get_paginator("list_scheduling_policies").paginate(
        PaginationConfig={"PageSize": 1}
    )
    assert policy in [each["arn"] for page in pages for each in page["schedulingPolicies"]]

    batch.delete_scheduling_policy(arn=policy)
    assert described()["schedulingPolicies"] == []


def test_a_policy_has_tags(cluster, policy):
    cluster.batch.tag_resource(resourceArn=policy, tags={"cost": "7"})
    cluster.batch.untag_resource(resourceArn=policy, tagKeys=["team"])
    assert cluster.batch.list_tags_for_resource(resourceArn=policy)["tags"] == {"cost": "7"}


@pytest.mark.parametrize(
    ("fairshare", "message"),
    [
        ({"shareDecaySeconds": 604_801}, "between 0 and 604800, got 604801"),
        ({"computeReservation": 100}, "between 0 and 99, got 100"),
        ({"shareDistribution": [{"shareIdentifier": "a-b"}]}, "letters and digits"),
        (
            {"shareDistribution": [{"shareIdentifier": "a", "weightFactor": 1000.0}]},
            "between 0.0001 and 999.9999, got 1000.0",
        ),
        (
            {"shareDistribution": [{"shareIdentifier": "UserA1"}, {"shareIdentifier": "UserA*"}]},
            "UserA* and UserA1 overlap",
        ),
    ],
)
def test_what_a_policy_may_not_say(cluster, policy, fairshare, message):
    update = cluster.batch.update_scheduling_policy
    assert message in refusal(update, arn=policy, fairsharePolicy=fairshare)


def test_a_policy_in_use_is_replaced_never_removed_nor_added(cluster, policy):
    batch = cluster.batch
    queue = queue_with(cluster, policy)
    assert "existing JobQueue" in refusal(batch.delete_scheduling_policy, arn=policy)
    assert "does not exist" in refusal(
        batch.update_job_queue, jobQueue=queue, schedulingPolicyArn=""
    )
    other = batch.create_scheduling_policy(name=f"other-{uuid.uuid4().hex[:8]}")["arn"]
    batch.update_job_queue(jobQueue=queue, schedulingPolicyArn=other)
    (found,) = batch.describe_job_queues(jobQueues=[queue])["jobQueues"]
    assert found["schedulingPolicyArn"] == other
    batch.delete_scheduling_policy(arn=policy)

    assert "cannot be added to a FIFO" in refusal(
        batch.update_job_queue, jobQueue=cluster.queue, schedulingPolicyArn=other
    )
    assert "does not exist" in refusal(
        batch.create_job_queue,
        jobQueueName="q",
        priority=1,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": cluster.environment}],
        schedulingPolicyArn=policy,
    )


def test_shares_are_needed_exactly_where_a_policy_is(cluster, policy):
    queue = queue_with(cluster, policy)
    job = {"jobName": "job", "jobDefinition": cluster.register(["sleep", "3600"])}
    submit = cluster.batch.submit_job
    assert "shareIdentifier is required" in refusal(submit, jobQueue=queue, **job)
    assert "letters and digits" in refusal(submit, jobQueue=queue, shareIdentifier="a-b", **job)
    assert "between 0 and 9999" in refusal(
        submit, jobQueue=queue, shareIdentifier="a", schedulingPriorityOverride=10_000, **job
    )
    submitted = [
        submit(jobQueue=queue, shareIdentifier=share, **job)["jobId"] for share in ("a", "b", "b")
    ]
    for job_id in submitted:
        cluster.until(job_id, "RUNNING")

    use = cluster.batch.get_job_queue_snapshot(jobQueue=queue)["queueUtilization"]
    assert use["totalCapacityUsage"] == [{"capacityUnit": "VCPU", "quantity": 3.0}]
    assert use["fairshareUtilization"] == {
        "activeShareCount": 2,
        "topCapacityUtilization": [
            {"shareIdentifier": share, "capacityUsage": [{"capacityUnit": "VCPU", "quantity": n}]}
            for share, n in (("b", 2.0), ("a", 1.0))
        ],
    }
    listed = cluster.batch.list_jobs(
        jobQueue=queue, filters=[{"name": "SHARE_IDENTIFIER", "values": ["b"]}]
    )["jobSummaryList"]
    assert [each["jobId"] for each in listed] == [submitted[2], submitted[1]]
    cluster.batch.terminate_jobs(jobs=submitted, reason="end of test")
