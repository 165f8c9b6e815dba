"""Targets of EventBridge rules (terraform-provider-aws: internal/service/events/target.go)."""

from __future__ import annotations

import pulumi_aws as aws

from localaws.resources.calls import again
from localaws.resources.clients import Clients
from localaws.resources.event_rule import DEFAULT_BUS
from localaws.resources.reading import REGIONAL, Description, Properties, unless_gone
from localaws.resources.resource_type import ResourceType


def _put(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Write a target of a rule; the id is ``rule-target``."""
    letters = inputs.get("deadLetterConfig")
    target = {
        "Id": inputs["targetId"],
        "Arn": inputs["arn"],
        **({"DeadLetterConfig": {"Arn": letters["arn"]}} if letters else {}),
    }
    answer = clients("events").put_targets(Rule=inputs["rule"], Targets=[target])
    if answer["FailedEntryCount"]:
        raise RuntimeError(f"target {inputs['targetId']}: {answer['FailedEntries']}")
    return f"{inputs['rule']}-{inputs['targetId']}"


def _find(clients: Clients, identifier: str) -> Description | None:
    """Find a target by ``rule-target``, or ``rule/target`` as `pulumi import` takes it."""
    for rule in _rules(identifier):
        answer = unless_gone(clients("events").list_targets_by_rule, Rule=rule)
        for target in answer["Targets"] if answer else ():
            if identifier in (f"{rule}-{target['Id']}", f"{rule}/{target['Id']}"):
                return {**target, "Rule": rule}
    return None


def _rules(identifier: str) -> list[str]:
    """Return the names that the rule of a target may have, the longest first: they have dashes."""
    places = [place for place, sign in enumerate(identifier) if sign in "-/"]
    return [identifier[:place] for place in reversed(places)]


def _state(_: Clients, target: Description) -> Properties:
    letters = target.get("DeadLetterConfig")
    return {
        "id": f"{target['Rule']}-{target['Id']}",
        "eventBusName": DEFAULT_BUS,
        **({"deadLetterConfig": {"arn": letters["Arn"]}} if letters else {}),
    }


def _delete(clients: Clients, _: str, state: Properties) -> None:
    """Take the target off its rule."""
    unless_gone(clients("events").remove_targets, Rule=state["rule"], Ids=[state["targetId"]])


EVENT_TARGET = ResourceType(
    arguments=aws.cloudwatch.EventTargetArgs,
    creation=_put,
    description=_find,
    names={"arn": "Arn", "rule": "Rule", "targetId": "Id"},
    state=_state,
    change=again(_put),
    deletion=_delete,
    replace_on=frozenset({"eventBusName", "rule", "targetId"}),
    # The rule may have one target of an id, so the old one must go first.
    delete_before_replace=True,
    update_on=frozenset({"arn", "deadLetterConfig"}),
    computed=REGIONAL | {"targetId"},
    defaults={"eventBusName": DEFAULT_BUS},
)
