"""SNS topics, their policies and subscriptions (terraform-provider-aws: internal/service/sns)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.json_documents import same_document
from localaws.resources.reading import REGIONAL, beside, changes, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

ATTRIBUTES = {"displayName": "DisplayName", "kmsMasterKeyId": "KmsMasterKeyId"}
DEFAULT_POLICY = "__default_policy_ID"
"""Id of the policy that SNS gives every topic: the owner alone."""
PROTOCOLS = ("email", "email-json", "https", "lambda", "sqs")


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a standard topic; its id is its ARN."""
    given = present({name: inputs.get(key) for key, name in ATTRIBUTES.items()})
    identifier: str = clients("sns").create_topic(
        Name=inputs["name"], Attributes=given, Tags=tags.as_list(inputs.get("tags"))
    )["TopicArn"]
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a topic by its ARN."""
    found = _attributes(clients, identifier)
    if found is None:
        return None
    tagged = clients("sns").list_tags_for_resource(ResourceArn=identifier)["Tags"]
    return {
        **present({key: found.get(name) for key, name in ATTRIBUTES.items()}),
        "id": identifier,
        "arn": identifier,
        "name": identifier.rpartition(":")[2],
        "owner": found["Owner"],
        "region": clients.region,
        **tags.properties(tagged),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change attributes and tags."""
    sns = clients("sns")
    for key, name in ATTRIBUTES.items():
        if changes(state, inputs, key):
            value = inputs.get(key, "")
            sns.set_topic_attributes(TopicArn=identifier, AttributeName=name, AttributeValue=value)
    added, removed = tags.changed(state, inputs)
    if removed:
        sns.untag_resource(ResourceArn=identifier, TagKeys=removed)
    if added:
        sns.tag_resource(ResourceArn=identifier, Tags=tags.as_list(added))
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a topic with its subscriptions."""
    unless_gone(clients("sns").delete_topic, TopicArn=identifier)


def put_policy(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Give a topic its policy; the id is the topic's ARN."""
    identifier: str = inputs["arn"]
    _set_policy(clients, identifier, inputs["policy"])
    with finishing(identifier):
        return identifier, beside(inputs, read_policy(clients, identifier))


def read_policy(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Read a topic's policy; ``None`` if it is the one that every topic has."""
    found = _attributes(clients, identifier)
    if found is None or json.loads(found["Policy"]).get("Id") == DEFAULT_POLICY:
        return None
    return {
        "id": identifier,
        "arn": identifier,
        "owner": found["Owner"],
        "policy": found["Policy"],
        "region": clients.region,
    }


def update_policy(
    clients: Clients, identifier: str, _: Properties, inputs: Properties
) -> dict[str, Any]:
    """Write another policy in its place."""
    _set_policy(clients, identifier, inputs["policy"])
    return beside(inputs, read_policy(clients, identifier))


def delete_policy(clients: Clients, identifier: str, _: Properties) -> None:
    """Give the topic back the policy that every topic has, if it is still there."""
    if read_policy(clients, identifier) is None:
        return
    owner = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes"],
        "Resource": identifier,
        "Condition": {"StringEquals": {"AWS:SourceOwner": clients.account_id}},
    }
    document = {"Version": "2008-10-17", "Id": DEFAULT_POLICY, "Statement": [owner]}
    _set_policy(clients, identifier, json.dumps(document))


def unchanged_policy(key: str, old: Any, new: Any) -> bool:
    """SuppressEquivalentPolicyDiffs."""
    return key == "policy" and same_document(old, new)


def subscribe(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Subscribe an endpoint; it gets nothing until it confirms, which AWS asks it to."""
    identifier: str = clients("sns").subscribe(
        TopicArn=inputs["topic"],
        Protocol=inputs["protocol"],
        Endpoint=inputs["endpoint"],
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    with finishing(identifier):
        return identifier, beside(inputs, read_subscription(clients, identifier))


def read_subscription(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a subscription by its ARN."""
    answer = unless_gone(clients("sns").get_subscription_attributes, SubscriptionArn=identifier)
    if answer is None:
        return None
    found = answer["Attributes"]
    return {
        "id": identifier,
        "arn": identifier,
        "endpoint": found["Endpoint"],
        "ownerId": found["Owner"],
        "pendingConfirmation": found.get("PendingConfirmation") == "true",
        "protocol": found["Protocol"],
        "region": clients.region,
        "topic": found["TopicArn"],
    }


def unsubscribe(clients: Clients, identifier: str, _: Properties) -> None:
    """End a subscription."""
    if read_subscription(clients, identifier) is not None:
        clients("sns").unsubscribe(SubscriptionArn=identifier)


def _attributes(clients: Clients, arn: str) -> dict[str, str] | None:
    answer = unless_gone(clients("sns").get_topic_attributes, TopicArn=arn)
    return None if answer is None else answer["Attributes"]


def _set_policy(clients: Clients, arn: str, policy: str) -> None:
    clients("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


def _is_json(inputs: Properties) -> Iterator[Refusal]:
    return checks.json_text(inputs, "policy")


def _known_protocol(inputs: Properties) -> Iterator[Refusal]:
    return checks.one_of(inputs, "protocol", PROTOCOLS)


SNS_TOPIC = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.sns.TopicArgs,
    replace_on=frozenset({"name"}),
    computed=REGIONAL | {"name"},
    autonamed=True,
    check=checks.carrying("name", "tags", *ATTRIBUTES),
)

SNS_TOPIC_POLICY = ResourceType(
    create=put_policy,
    read=read_policy,
    update=update_policy,
    delete=delete_policy,
    arguments=aws.sns.TopicPolicyArgs,
    replace_on=frozenset({"arn"}),
    computed=REGIONAL,
    unchanged=unchanged_policy,
    check=checks.carrying("arn", "policy", check=_is_json),
)

SNS_TOPIC_SUBSCRIPTION = ResourceType(
    create=subscribe,
    read=read_subscription,
    delete=unsubscribe,
    arguments=aws.sns.TopicSubscriptionArgs,
    replace_on=frozenset({"endpoint", "protocol", "topic"}),
    computed=REGIONAL,
    check=checks.carrying("endpoint", "protocol", "topic", check=_known_protocol),
)
