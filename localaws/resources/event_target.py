"""Targets of EventBridge rules (terraform-provider-aws: internal/service/events/target.go)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.clients import Clients
from localaws.resources.event_rule import DEFAULT_BUS
from localaws.resources.reading import REGIONAL, beside, unless_gone
from localaws.resources.resource_type import ResourceType, finishing

Properties = Mapping[str, Any]


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Add a target to a rule; the id is ``rule-target``."""
    _put(clients, inputs)
    identifier = f"{inputs['rule']}-{inputs['targetId']}"
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Find a target by ``rule-target``, or ``rule/target`` as `pulumi import` takes it."""
    for rule in _rules(clients, identifier):
        answer = unless_gone(clients("events").list_targets_by_rule, Rule=rule)
        for target in answer["Targets"] if answer else ():
            if identifier in (f"{rule}-{target['Id']}", f"{rule}/{target['Id']}"):
                return _state(clients, rule, target)
    return None


def update(clients: Clients, identifier: str, _: Properties, inputs: Properties) -> dict[str, Any]:
    """Put another target in its place."""
    _put(clients, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, _: str, state: Properties) -> None:
    """Take the target off its rule."""
    unless_gone(clients("events").remove_targets, Rule=state["rule"], Ids=[state["targetId"]])


def _rules(clients: Clients, identifier: str) -> list[str]:
    pages = clients("events").get_paginator("list_rules").paginate()
    names = [rule["Name"] for page in pages for rule in page["Rules"]]
    return [name for name in names if identifier.startswith(name)]


def _state(clients: Clients, rule: str, target: Properties) -> dict[str, Any]:
    letters = target.get("DeadLetterConfig")
    return {
        "id": f"{rule}-{target['Id']}",
        "arn": target["Arn"],
        "eventBusName": DEFAULT_BUS,
        "region": clients.region,
        "rule": rule,
        "targetId": target["Id"],
        **({"deadLetterConfig": {"arn": letters["Arn"]}} if letters else {}),
    }


def _put(clients: Clients, inputs: Properties) -> None:
    letters = inputs.get("deadLetterConfig")
    target = {
        "Id": inputs["targetId"],
        "Arn": inputs["arn"],
        **({"DeadLetterConfig": {"Arn": letters["arn"]}} if letters else {}),
    }
    answer = clients("events").put_targets(Rule=inputs["rule"], Targets=[target])
    if answer["FailedEntryCount"]:
        raise RuntimeError(f"target {inputs['targetId']}: {answer['FailedEntries']}")


EVENT_TARGET = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.cloudwatch.EventTargetArgs,
    replace_on=frozenset({"eventBusName", "rule", "targetId"}),
    computed=REGIONAL | {"targetId"},
    # The rule may have one target of an id, so the old one must go first.
    delete_before_replace=True,
    defaults={"eventBusName": DEFAULT_BUS},
    check=checks.carrying("arn", "deadLetterConfig", "eventBusName", "rule", "targetId"),
)
