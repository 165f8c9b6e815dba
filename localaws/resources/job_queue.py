"""Job queues (terraform-provider-aws: internal/service/batch/job_queue.go)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.batch_status import wait_valid
from localaws.resources.calls import Create, Describe
from localaws.resources.clients import Clients, settle
from localaws.resources.reading import REGIONAL, Properties, changes
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import BATCH

ENABLED, DISABLED = "ENABLED", "DISABLED"
MIN_TIME_LIMIT, MAX_TIME_LIMIT = 600, 86_400
"""Seconds."""
CHANGEABLE = {
    "computeEnvironmentOrders": "computeEnvironmentOrder",
    "jobStateTimeLimitActions": "jobStateTimeLimitActions",
    "priority": "priority",
    "schedulingPolicyArn": "schedulingPolicyArn",
    "state": "state",
}
_describe = Describe(
    "batch",
    "describe_job_queues",
    by="jobQueues",
    under="jobQueues",
    status="status",
    gone=("DELETED",),
)


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    """Change a job queue in place and wait until it is VALID again."""
    changed: dict[str, Any] = {
        key: inputs[key] for key in ("priority", "state") if changes(state, inputs, key)
    }
    # The real provider sends no empty list, and AWS keeps what it had.
    limits = inputs.get("jobStateTimeLimitActions")
    if limits and changes(state, inputs, "jobStateTimeLimitActions"):
        changed["jobStateTimeLimitActions"] = limits
    if "computeEnvironmentOrders" in inputs and changes(state, inputs, "computeEnvironmentOrders"):
        changed["computeEnvironmentOrder"] = inputs["computeEnvironmentOrders"]
    # One that there was is always sent. One that was taken out is not, and stays: the real
    # provider does no more than that, and AWS would refuse.
    policy = inputs.get("schedulingPolicyArn")
    if policy and (changed or changes(state, inputs, "schedulingPolicyArn")):
        changed["schedulingPolicyArn"] = policy
    if changed:
        clients("batch").update_job_queue(jobQueue=identifier, **changed)
        _wait_valid(clients, identifier, inputs)


def _delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Disable, wait, delete, and wait until it is gone and its jobs with it."""
    batch = clients("batch")
    detail = _describe(clients, identifier)
    if detail is None:
        return
    if detail["status"] != "DELETING":  # an earlier deletion that was cut off goes on
        batch.update_job_queue(jobQueue=identifier, state=DISABLED)
        _wait_valid(clients, identifier, {})
        batch.delete_job_queue(jobQueue=identifier)
    settle(f"job queue {identifier}", lambda: _describe(clients, identifier) is None)


def _wait_valid(clients: Clients, identifier: str, _: Properties) -> None:
    wait_valid(
        f"job queue {identifier}",
        identifier,
        lambda: _describe(clients, identifier),
        lambda detail: JOB_QUEUE.as_state(clients, identifier, detail),
    )


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.batch_name(inputs)
    yield from checks.one_of(inputs, "state", [ENABLED, DISABLED])
    for index, action in enumerate(inputs.get("jobStateTimeLimitActions") or ()):
        for refusal in checks.between(action, "maxTimeSeconds", MIN_TIME_LIMIT, MAX_TIME_LIMIT):
            path = f"jobStateTimeLimitActions[{index}].{refusal.property}"
            yield Refusal(path, refusal.reason)


JOB_QUEUE = ResourceType(
    arguments=aws.batch.JobQueueArgs,
    creation=Create(
        "batch", "create_job_queue", {"name": "jobQueueName", **CHANGEABLE}, returns="jobQueueArn"
    ),
    completion=_wait_valid,
    description=_describe,
    names={"arn": "jobQueueArn", "name": "jobQueueName", **CHANGEABLE},
    change=_change,
    tagging=BATCH,
    deletion=_delete,
    replace_on=frozenset({"name"}),
    update_on=frozenset(CHANGEABLE),
    computed=REGIONAL,
    autonamed=True,
    refusals=_refusals,
)
