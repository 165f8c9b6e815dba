"""EventBridge rules and targets (terraform-provider-aws: internal/service/events)."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Delete, Get, again
from localaws.resources.clients import Clients
from localaws.resources.json_documents import compared_as_json
from localaws.resources.reading import REGIONAL, Properties
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Tagging

DEFAULT_BUS = "default"
"""The only one that AWS services send to, and that is carried."""


def _put(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Write a rule on the default bus; its id is its name."""
    clients("events").put_rule(
        Name=inputs["name"],
        EventPattern=inputs["eventPattern"],
        State=inputs.get("state", "ENABLED"),
        Description=inputs.get("description", ""),
        **tagged,
    )
    return str(inputs["name"])


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.json_text(inputs, "eventPattern")
    yield from checks.one_of(inputs, "eventBusName", [DEFAULT_BUS])


EVENT_RULE = ResourceType(
    arguments=aws.cloudwatch.EventRuleArgs,
    creation=_put,
    description=Get("events", "describe_rule", by="Name"),
    names={
        "arn": "Arn",
        "description": "Description",
        "eventPattern": "EventPattern",
        "name": "Name",
        "state": "State",
    },
    state=lambda _, rule: {"eventBusName": rule.get("EventBusName", DEFAULT_BUS)},
    change=again(_put),
    tagging=Tagging(
        service="events", resource="ResourceARN", listing=("list_tags_for_resource", "Tags")
    ),
    # EventBridge refuses while the rule has targets.
    deletion=Delete("events", "delete_rule", by="Name"),
    replace_on=frozenset({"eventBusName", "name"}),
    update_on=frozenset({"description", "eventPattern", "state"}),
    computed=REGIONAL | {"name", "state"},
    unchanged=compared_as_json("eventPattern"),
    autonamed=True,
    longest_name=64,
    defaults={"eventBusName": DEFAULT_BUS},
    refusals=_refusals,
)
