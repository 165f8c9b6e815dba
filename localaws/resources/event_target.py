"""Targets of EventBridge rules (terraform-provider-aws: internal/service/events/target.go)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources.calls import again
from localaws.resources.clients import Clients
from localaws.resources.event_rule import DEFAULT_BUS
from localaws.resources.reading import REGIONAL, Description, Properties, unless_gone
from localaws.resources.resource_type import ResourceType

_TRANSFORMER = {"inputPaths": "InputPathsMap", "inputTemplate": "InputTemplate"}
_RETRIES = {
    "maximumEventAgeInSeconds": "MaximumEventAgeInSeconds",
    "maximumRetryAttempts": "MaximumRetryAttempts",
}


def _renamed(given: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    found = {names[key]: value for key, value in given.items() if value not in (None, {})}
    # The engine's numbers may be floats.
    return {key: int(each) if isinstance(each, float) else each for key, each in found.items()}


def _batch_parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    size, attempts = given.get("arraySize"), given.get("jobAttempts")
    return {
        "JobDefinition": given["jobDefinition"],
        "JobName": given["jobName"],
        **({"ArrayProperties": {"Size": int(size)}} if size else {}),
        **({"RetryStrategy": {"Attempts": int(attempts)}} if attempts else {}),
    }


def _batch_target(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what :func:`_batch_parameters` was given."""
    found = {
        "jobDefinition": parameters["JobDefinition"],
        "jobName": parameters["JobName"],
        "arraySize": parameters.get("ArrayProperties", {}).get("Size"),
        "jobAttempts": parameters.get("RetryStrategy", {}).get("Attempts"),
    }
    return {key: value for key, value in found.items() if value is not None}


def _put(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Write a target of a rule; the id is ``rule-target``."""
    letters, batch = inputs.get("deadLetterConfig"), inputs.get("batchTarget")
    transformer, retries = inputs.get("inputTransformer"), inputs.get("retryPolicy")
    target = {
        "Id": inputs["targetId"],
        "Arn": inputs["arn"],
        **({"RoleArn": inputs["roleArn"]} if inputs.get("roleArn") else {}),
        **({"DeadLetterConfig": {"Arn": letters["arn"]}} if letters else {}),
        **({"BatchParameters": _batch_parameters(batch)} if batch else {}),
        **({"InputTransformer": _renamed(transformer, _TRANSFORMER)} if transformer else {}),
        **({"RetryPolicy": _renamed(retries, _RETRIES)} if retries else {}),
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
    letters, batch = target.get("DeadLetterConfig"), target.get("BatchParameters")
    transformer, retries = target.get("InputTransformer"), target.get("RetryPolicy")
    named = {name: key for key, name in {**_TRANSFORMER, **_RETRIES}.items()}
    return {
        "id": f"{target['Rule']}-{target['Id']}",
        "eventBusName": DEFAULT_BUS,
        **({"deadLetterConfig": {"arn": letters["Arn"]}} if letters else {}),
        **({"batchTarget": _batch_target(batch)} if batch else {}),
        **({"inputTransformer": _renamed(transformer, named)} if transformer else {}),
        **({"retryPolicy": _renamed(retries, named)} if retries else {}),
    }


def _delete(clients: Clients, _: str, state: Properties) -> None:
    """Take the target off its rule."""
    unless_gone(clients("events").remove_targets, Rule=state["rule"], Ids=[state["targetId"]])


EVENT_TARGET = ResourceType(
    arguments=aws.cloudwatch.EventTargetArgs,
    creation=_put,
    description=_find,
    names={"arn": "Arn", "roleArn": "RoleArn", "rule": "Rule", "targetId": "Id"},
    state=_state,
    change=again(_put),
    deletion=_delete,
    replace_on=frozenset({"eventBusName", "rule", "targetId"}),
    # The rule may have one target of an id, so the old one must go first.
    delete_before_replace=True,
    update_on=frozenset(
        {"arn", "batchTarget", "deadLetterConfig", "inputTransformer", "retryPolicy", "roleArn"}
    ),
    computed=REGIONAL | {"targetId"},
    defaults={"eventBusName": DEFAULT_BUS},
)
