"""Job queues (terraform-provider-aws: internal/service/batch/job_queue.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.batch_status import wait_valid
from localaws.resources.clients import Clients, settle
from localaws.resources.reading import REGIONAL, beside, changes, first, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

ENABLED, DISABLED = "ENABLED", "DISABLED"
MIN_TIME_LIMIT, MAX_TIME_LIMIT = 600, 86_400
"""Seconds."""


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a job queue and wait until it is VALID; its id is its ARN."""
    optional = {
        "computeEnvironmentOrder": inputs.get("computeEnvironmentOrders"),
        "jobStateTimeLimitActions": inputs.get("jobStateTimeLimitActions"),
        "schedulingPolicyArn": inputs.get("schedulingPolicyArn"),
        "tags": inputs.get("tags"),
    }
    created = clients("batch").create_job_queue(
        jobQueueName=inputs["name"],
        state=inputs["state"],
        priority=inputs["priority"],
        **present(optional),
    )
    identifier: str = created["jobQueueArn"]
    with finishing(identifier):
        _wait_valid(clients, identifier)
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a job queue by its ARN."""
    detail = _describe(clients, identifier)
    return None if detail is None else _state(clients, detail)


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change a job queue in place and wait until it is VALID again."""
    batch = clients("batch")
    changed: dict[str, Any] = {
        key: inputs[key] for key in ("priority", "state") if changes(state, inputs, key)
    }
    if changes(state, inputs, "jobStateTimeLimitActions"):
        changed["jobStateTimeLimitActions"] = inputs.get("jobStateTimeLimitActions", [])
    if "computeEnvironmentOrders" in inputs and changes(state, inputs, "computeEnvironmentOrders"):
        changed["computeEnvironmentOrder"] = inputs["computeEnvironmentOrders"]
    # One that there was is always sent. One that was taken out is not, and stays: the real
    # provider does no more than that, and AWS would refuse.
    policy = inputs.get("schedulingPolicyArn")
    if policy and (changed or changes(state, inputs, "schedulingPolicyArn")):
        changed["schedulingPolicyArn"] = policy
    if changed:
        batch.update_job_queue(jobQueue=identifier, **changed)
        _wait_valid(clients, identifier)
    tags.update_by_arn(batch, identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Disable, wait, delete, and wait until it is gone and its jobs with it."""
    batch = clients("batch")
    detail = _describe(clients, identifier)
    if detail is None:
        return
    if detail["status"] != "DELETING":  # an earlier deletion that was cut off goes on
        batch.update_job_queue(jobQueue=identifier, state=DISABLED)
        _wait_valid(clients, identifier)
        batch.delete_job_queue(jobQueue=identifier)
    settle(f"job queue {identifier}", lambda: _describe(clients, identifier) is None)


def _describe(clients: Clients, identifier: str) -> dict[str, Any] | None:
    describe = clients("batch").describe_job_queues
    detail = first(unless_gone(describe, jobQueues=[identifier]), "jobQueues")
    return None if detail is None or detail["status"] == "DELETED" else detail


def _state(clients: Clients, detail: Properties) -> dict[str, Any]:
    optional = {
        "jobStateTimeLimitActions": detail.get("jobStateTimeLimitActions"),
        "schedulingPolicyArn": detail.get("schedulingPolicyArn"),
    }
    return {
        "id": detail["jobQueueArn"],
        "arn": detail["jobQueueArn"],
        "computeEnvironmentOrders": detail["computeEnvironmentOrder"],
        "name": detail["jobQueueName"],
        "priority": detail["priority"],
        "region": clients.region,
        "state": detail["state"],
        **present(optional),
        **tags.properties(detail.get("tags")),
    }


def _wait_valid(clients: Clients, identifier: str) -> None:
    wait_valid(
        f"job queue {identifier}",
        identifier,
        lambda: _describe(clients, identifier),
        lambda detail: _state(clients, detail),
    )


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.batch_name(inputs)
    yield from checks.one_of(inputs, "state", [ENABLED, DISABLED])
    for index, action in enumerate(inputs.get("jobStateTimeLimitActions") or ()):
        for refusal in checks.between(action, "maxTimeSeconds", MIN_TIME_LIMIT, MAX_TIME_LIMIT):
            path = f"jobStateTimeLimitActions[{index}].{refusal.property}"
            yield Refusal(path, refusal.reason)


_CHANGEABLE = (
    "computeEnvironmentOrders",
    "jobStateTimeLimitActions",
    "priority",
    "schedulingPolicyArn",
    "state",
    "tags",
)

JOB_QUEUE = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.batch.JobQueueArgs,
    replace_on=frozenset({"name"}),
    computed=REGIONAL,
    autonamed=True,
    check=checks.carrying("name", *_CHANGEABLE, check=_refusals),
)
