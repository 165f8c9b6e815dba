"""SQS queues and their policies (terraform-provider-aws: internal/service/sqs)."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Delete, again
from localaws.resources.clients import Clients
from localaws.resources.json_documents import compared_as_json, compared_as_policies
from localaws.resources.reading import REGIONAL, Description, Properties, changes, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Tagging

ATTRIBUTES = {
    "kmsMasterKeyId": "KmsMasterKeyId",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
}


def _create(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Create a standard queue; its id is its URL."""
    given = {key: inputs[key] for key in ATTRIBUTES if key in inputs}
    # CreateQueue has another name for tags than TagQueue.
    created = clients("sqs").create_queue(
        QueueName=inputs["name"], Attributes=_to_api(given), tags=inputs.get("tags", {})
    )
    return str(created["QueueUrl"])


def _describe(clients: Clients, identifier: str) -> Description | None:
    get = clients("sqs").get_queue_attributes
    answer = unless_gone(get, QueueUrl=identifier, AttributeNames=["All"])
    return None if answer is None else {"QueueUrl": identifier, **answer["Attributes"]}


def _state(_: Clients, queue: Description) -> Properties:
    return {
        "messageRetentionSeconds": int(queue["MessageRetentionPeriod"]),
        "name": queue["QueueUrl"].rpartition("/")[2],
        "sqsManagedSseEnabled": queue.get("SqsManagedSseEnabled") == "true",
    }


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    removed = {
        key: ""
        for key in ("kmsMasterKeyId", "redrivePolicy")
        if state.get(key) and key not in inputs
    }
    given = {
        key: inputs[key] for key in ATTRIBUTES if key in inputs and changes(state, inputs, key)
    }
    if changed := _to_api(removed | given):
        clients("sqs").set_queue_attributes(QueueUrl=identifier, Attributes=changed)


def _to_api(given: Properties) -> dict[str, str]:
    return {
        ATTRIBUTES[key]: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in given.items()
    }


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.between(inputs, "messageRetentionSeconds", 60, 1_209_600)
    yield from checks.json_text(inputs, "redrivePolicy")
    if inputs.get("kmsMasterKeyId") and inputs.get("sqsManagedSseEnabled"):
        yield Refusal("kmsMasterKeyId", "conflicts with sqsManagedSseEnabled")


SQS_QUEUE = ResourceType(
    arguments=aws.sqs.QueueArgs,
    creation=_create,
    description=_describe,
    names={"arn": "QueueArn", "url": "QueueUrl", **ATTRIBUTES},
    state=_state,
    change=_change,
    tagging=Tagging(
        service="sqs",
        resource="QueueUrl",
        by="id",
        add="tag_queue",
        remove="untag_queue",
        as_mapping=True,
        listing=("list_queue_tags", "Tags"),
    ),
    # With its messages.
    deletion=Delete("sqs", "delete_queue", by="QueueUrl"),
    replace_on=frozenset({"name"}),
    update_on=frozenset(ATTRIBUTES),
    computed=REGIONAL | {"name", "sqsManagedSseEnabled"},
    unchanged=compared_as_json("redrivePolicy"),
    autonamed=True,
    longest_name=80,
    defaults={"messageRetentionSeconds": 345_600},
    refusals=_refusals,
)


def _put_policy(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Give a queue its policy; the id is the queue's URL."""
    _set_policy(clients, inputs["queueUrl"], inputs["policy"])
    return str(inputs["queueUrl"])


def _describe_policy(clients: Clients, identifier: str) -> Description | None:
    queue = _describe(clients, identifier) or {}
    return queue if queue.get("Policy") else None


def _delete_policy(clients: Clients, identifier: str, _: Properties) -> None:
    """Take the policy away, if the queue is still there."""
    if _describe_policy(clients, identifier) is not None:
        _set_policy(clients, identifier, "")


def _set_policy(clients: Clients, url: str, policy: str) -> None:
    clients("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


SQS_QUEUE_POLICY = ResourceType(
    arguments=aws.sqs.QueuePolicyArgs,
    creation=_put_policy,
    description=_describe_policy,
    names={"policy": "Policy", "queueUrl": "QueueUrl"},
    change=again(_put_policy),
    deletion=_delete_policy,
    replace_on=frozenset({"queueUrl"}),
    update_on=frozenset({"policy"}),
    computed=REGIONAL,
    unchanged=compared_as_policies("policy"),
    refusals=lambda inputs: checks.json_text(inputs, "policy"),
)
