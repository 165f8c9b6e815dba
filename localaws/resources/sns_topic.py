"""SNS topics, their policies and subscriptions (terraform-provider-aws: internal/service/sns)."""

from __future__ import annotations

import json

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Delete, Get, again
from localaws.resources.clients import Clients
from localaws.resources.json_documents import compared_as_policies
from localaws.resources.reading import REGIONAL, Description, Properties, changes, present
from localaws.resources.resource_type import ResourceType
from localaws.resources.tags import Tagging

ATTRIBUTES = {"displayName": "DisplayName", "kmsMasterKeyId": "KmsMasterKeyId"}
DEFAULT_POLICY = "__default_policy_ID"
"""Id of the policy that SNS gives every topic: the owner alone."""
PROTOCOLS = ("email", "email-json", "https", "lambda", "sqs")
_get = Get("sns", "get_topic_attributes", by="TopicArn", under="Attributes")


def _create(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Create a standard topic; its id is its ARN."""
    given = present({name: inputs.get(key) for key, name in ATTRIBUTES.items()})
    created = clients("sns").create_topic(Name=inputs["name"], Attributes=given, **tagged)
    return str(created["TopicArn"])


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    for key, name in ATTRIBUTES.items():
        if changes(state, inputs, key):
            _set(clients, identifier, name, inputs.get(key, ""))


def _set(clients: Clients, topic: str, name: str, value: str) -> None:
    clients("sns").set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)


SNS_TOPIC = ResourceType(
    arguments=aws.sns.TopicArgs,
    creation=_create,
    description=_get,
    names={"arn": "TopicArn", "owner": "Owner", **ATTRIBUTES},
    state=lambda _, topic: {"name": topic["TopicArn"].rpartition(":")[2]},
    change=_change,
    tagging=Tagging(
        service="sns", resource="ResourceArn", listing=("list_tags_for_resource", "Tags")
    ),
    # With its subscriptions.
    deletion=Delete("sns", "delete_topic", by="TopicArn"),
    replace_on=frozenset({"name"}),
    update_on=frozenset(ATTRIBUTES),
    computed=REGIONAL | {"name"},
    autonamed=True,
)


def _put_policy(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Give a topic its policy; the id is the topic's ARN."""
    _set(clients, inputs["arn"], "Policy", inputs["policy"])
    return str(inputs["arn"])


def _get_policy(clients: Clients, identifier: str) -> Description | None:
    """Read a topic's policy; ``None`` if it is the one that every topic has."""
    found = _get(clients, identifier)
    return found if found and json.loads(found["Policy"]).get("Id") != DEFAULT_POLICY else None


def _delete_policy(clients: Clients, identifier: str, _: Properties) -> None:
    """Give the topic back the policy that every topic has, if it is still there."""
    if _get_policy(clients, identifier) is None:
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
    _set(clients, identifier, "Policy", json.dumps(document))


SNS_TOPIC_POLICY = ResourceType(
    arguments=aws.sns.TopicPolicyArgs,
    creation=_put_policy,
    description=_get_policy,
    names={"arn": "TopicArn", "owner": "Owner", "policy": "Policy"},
    change=again(_put_policy),
    deletion=_delete_policy,
    replace_on=frozenset({"arn"}),
    update_on=frozenset({"policy"}),
    computed=REGIONAL,
    unchanged=compared_as_policies("policy"),
    refusals=lambda inputs: checks.json_text(inputs, "policy"),
)


def _subscribe(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Subscribe an endpoint; it gets nothing until it confirms, which AWS asks it to."""
    subscribed = clients("sns").subscribe(
        TopicArn=inputs["topic"],
        Protocol=inputs["protocol"],
        Endpoint=inputs["endpoint"],
        ReturnSubscriptionArn=True,
    )
    return str(subscribed["SubscriptionArn"])


def _subscription_state(_: Clients, found: Description) -> Properties:
    return {"pendingConfirmation": found.get("PendingConfirmation") == "true"}


_SUBSCRIPTION = {"endpoint": "Endpoint", "protocol": "Protocol", "topic": "TopicArn"}

SNS_TOPIC_SUBSCRIPTION = ResourceType(
    arguments=aws.sns.TopicSubscriptionArgs,
    creation=_subscribe,
    description=Get("sns", "get_subscription_attributes", by="SubscriptionArn", under="Attributes"),
    names={"arn": "SubscriptionArn", "ownerId": "Owner", **_SUBSCRIPTION},
    state=_subscription_state,
    deletion=Delete("sns", "unsubscribe", by="SubscriptionArn"),
    replace_on=frozenset(_SUBSCRIPTION),
    computed=REGIONAL,
    refusals=lambda inputs: checks.one_of(inputs, "protocol", PROTOCOLS),
)
