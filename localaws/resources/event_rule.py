"""EventBridge rules and targets (terraform-provider-aws: internal/service/events)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

DEFAULT_BUS = "default"
"""The only one that AWS services send to, and that is carried."""
LONGEST_NAME = 64


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a rule on the default bus; its id is its name."""
    identifier: str = inputs["name"]
    _put(clients, inputs, **present({"Tags": tags.as_list(inputs.get("tags"))}))
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a rule."""
    events = clients("events")
    rule = unless_gone(events.describe_rule, Name=identifier)
    if rule is None:
        return None
    tagged = events.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"]
    return {
        "id": identifier,
        "arn": rule["Arn"],
        "eventBusName": rule.get("EventBusName", DEFAULT_BUS),
        "eventPattern": rule["EventPattern"],
        "name": identifier,
        "region": clients.region,
        "state": rule["State"],
        **present({"description": rule.get("Description")}),
        **tags.properties(tagged),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change pattern, description and tags."""
    _put(clients, {**inputs, "name": identifier})
    events = clients("events")
    added, removed = tags.changed(state, inputs)
    if removed:
        events.untag_resource(ResourceARN=state["arn"], TagKeys=removed)
    if added:
        events.tag_resource(ResourceARN=state["arn"], Tags=tags.as_list(added))
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a rule; EventBridge refuses while it has targets."""
    unless_gone(clients("events").delete_rule, Name=identifier)


def unchanged(key: str, old: Any, new: Any) -> bool:
    """Compare patterns without layout (suppressEquivalentJSONDiffs)."""
    return key == "eventPattern" and bool(json.loads(old) == json.loads(new))


def _put(clients: Clients, inputs: Properties, **more: Any) -> None:
    clients("events").put_rule(
        Name=inputs["name"],
        EventPattern=inputs["eventPattern"],
        State=inputs.get("state", "ENABLED"),
        Description=inputs.get("description", ""),
        **more,
    )


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.json_text(inputs, "eventPattern")
    yield from checks.one_of(inputs, "eventBusName", [DEFAULT_BUS])


EVENT_RULE = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.cloudwatch.EventRuleArgs,
    replace_on=frozenset({"eventBusName", "name"}),
    computed=REGIONAL | {"name", "state"},
    unchanged=unchanged,
    autonamed=True,
    longest_name=LONGEST_NAME,
    defaults={"eventBusName": DEFAULT_BUS},
    check=checks.carrying(
        *("description", "eventBusName", "eventPattern", "name", "state", "tags"), check=_refusals
    ),
)
