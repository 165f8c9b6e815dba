"""SQS queues and their policies (terraform-provider-aws: internal/service/sqs)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.json_documents import same_document
from localaws.resources.reading import REGIONAL, beside, changes, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

LONGEST_NAME = 80
RETENTION_SECONDS = 345_600
ATTRIBUTES = {
    "kmsMasterKeyId": "KmsMasterKeyId",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
}


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a standard queue; its id is its URL."""
    given = {key: inputs[key] for key in ATTRIBUTES if key in inputs}
    identifier: str = clients("sqs").create_queue(
        QueueName=inputs["name"], Attributes=_to_api(given), tags=inputs.get("tags", {})
    )["QueueUrl"]
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a queue by its URL."""
    found = _attributes(clients, identifier)
    if found is None:
        return None
    tagged = clients("sqs").list_queue_tags(QueueUrl=identifier).get("Tags")
    optional = {key: found[name] for key, name in ATTRIBUTES.items() if found.get(name)}
    return {
        **optional,
        "id": identifier,
        "arn": found["QueueArn"],
        "messageRetentionSeconds": int(found["MessageRetentionPeriod"]),
        "name": identifier.rpartition("/")[2],
        "region": clients.region,
        "sqsManagedSseEnabled": found.get("SqsManagedSseEnabled") == "true",
        "url": identifier,
        **tags.properties(tagged),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change attributes and tags."""
    sqs = clients("sqs")
    removed = {
        key: ""
        for key in ("kmsMasterKeyId", "redrivePolicy")
        if state.get(key) and key not in inputs
    }
    given = {
        key: inputs[key] for key in ATTRIBUTES if key in inputs and changes(state, inputs, key)
    }
    if changed := _to_api(removed | given):
        sqs.set_queue_attributes(QueueUrl=identifier, Attributes=changed)
    added, untagged = tags.changed(state, inputs)
    if untagged:
        sqs.untag_queue(QueueUrl=identifier, TagKeys=untagged)
    if added:
        sqs.tag_queue(QueueUrl=identifier, Tags=added)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a queue with its messages."""
    unless_gone(clients("sqs").delete_queue, QueueUrl=identifier)


def unchanged(key: str, old: Any, new: Any) -> bool:
    """Compare redrive policies without layout."""
    return key == "redrivePolicy" and bool(json.loads(old) == json.loads(new))


def put_policy(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Give a queue its policy; the id is the queue's URL."""
    identifier: str = inputs["queueUrl"]
    _set_policy(clients, identifier, inputs["policy"])
    with finishing(identifier):
        return identifier, beside(inputs, read_policy(clients, identifier))


def read_policy(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Read a queue's policy; ``None`` if it has none."""
    policy = (_attributes(clients, identifier) or {}).get("Policy")
    if not policy:
        return None
    return {"id": identifier, "policy": policy, "queueUrl": identifier, "region": clients.region}


def update_policy(
    clients: Clients, identifier: str, _: Properties, inputs: Properties
) -> dict[str, Any]:
    """Write another policy in its place."""
    _set_policy(clients, identifier, inputs["policy"])
    return beside(inputs, read_policy(clients, identifier))


def delete_policy(clients: Clients, identifier: str, _: Properties) -> None:
    """Take the policy away, if the queue is still there."""
    if read_policy(clients, identifier) is not None:
        _set_policy(clients, identifier, "")


def unchanged_policy(key: str, old: Any, new: Any) -> bool:
    """SuppressEquivalentPolicyDiffs."""
    return key == "policy" and same_document(old, new)


def _set_policy(clients: Clients, url: str, policy: str) -> None:
    clients("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def _attributes(clients: Clients, url: str) -> dict[str, str] | None:
    answer = unless_gone(clients("sqs").get_queue_attributes, QueueUrl=url, AttributeNames=["All"])
    return None if answer is None else answer["Attributes"]


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
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.sqs.QueueArgs,
    replace_on=frozenset({"name"}),
    computed=REGIONAL | {"name", "sqsManagedSseEnabled"},
    unchanged=unchanged,
    autonamed=True,
    longest_name=LONGEST_NAME,
    defaults={"messageRetentionSeconds": RETENTION_SECONDS},
    check=checks.carrying("name", "tags", *ATTRIBUTES, check=_refusals),
)

SQS_QUEUE_POLICY = ResourceType(
    create=put_policy,
    read=read_policy,
    update=update_policy,
    delete=delete_policy,
    arguments=aws.sqs.QueuePolicyArgs,
    replace_on=frozenset({"queueUrl"}),
    computed=REGIONAL,
    unchanged=unchanged_policy,
    check=checks.carrying(
        "policy", "queueUrl", check=lambda inputs: checks.json_text(inputs, "policy")
    ),
)
