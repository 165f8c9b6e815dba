"""Job definitions (terraform-provider-aws: internal/service/batch/job_definition.go)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.batch_names import from_api, to_api
from localaws.resources.clients import Clients
from localaws.resources.job_definition_changes import (
    DOCUMENTS,
    REVISED_BY,
    is_new_revision,
    replacements,
    same,
)
from localaws.resources.reading import REGIONAL, beside, changes, first, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"
DEREGISTER = "deregisterOnNewRevision"
MAX_EXIT_RULES, MAX_ATTEMPTS, MIN_TIMEOUT = 5, 10, 60
EXIT_PATTERNS = {
    "onExitCode": re.compile(r"[0-9]*\*?"),
    "onReason": re.compile(r"[0-9A-Za-z.:\s]*\*?"),
    "onStatusReason": re.compile(r"[0-9A-Za-z.:\s]*\*?"),
}


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Register a revision; its ARN is the id."""
    identifier = _register(clients, inputs)
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a revision by its ARN; one that is INACTIVE counts as gone."""
    describe = clients("batch").describe_job_definitions
    detail = first(unless_gone(describe, jobDefinitions=[identifier]), "jobDefinitions")
    if detail is None or detail["status"] == INACTIVE:
        return None
    arn = detail["jobDefinitionArn"]
    optional = {
        **{key: json.dumps(detail[key]) for key in DOCUMENTS if key in detail},
        "parameters": detail.get("parameters"),
        "platformCapabilities": detail.get("platformCapabilities"),
        "retryStrategy": from_api(detail.get("retryStrategy")),
        "schedulingPriority": detail.get("schedulingPriority"),
        "timeout": detail.get("timeout"),
    }
    return {
        "id": arn,
        "arn": arn,
        "arnPrefix": arn.rsplit(":", 1)[0],
        "name": detail["jobDefinitionName"],
        "propagateTags": bool(detail.get("propagateTags")),
        "region": clients.region,
        "revision": detail["revision"],
        "type": detail["type"],
        **present(optional),
        **tags.properties(detail.get("tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Register a new revision for a change of anything but tags.

    The one before stays ACTIVE unless ``deregisterOnNewRevision``, which is the default.
    """
    current: str = state.get("arn", identifier)
    tags.update_by_arn(clients("batch"), current, state, inputs)
    if changes(state, inputs, DEREGISTER) or is_new_revision(state, inputs):
        previous, current = current, _register(clients, inputs)
        if inputs.get(DEREGISTER, True):
            clients("batch").deregister_job_definition(jobDefinition=previous)
    return beside(inputs, read(clients, current))


def delete(clients: Clients, _: str, state: Properties) -> None:
    """Deregister every ACTIVE revision of the name, whoever registered it."""
    batch = clients("batch")
    revisions = batch.get_paginator("describe_job_definitions").paginate(
        jobDefinitionName=state["name"], status=ACTIVE
    )
    for arn in [each["jobDefinitionArn"] for page in revisions for each in page["jobDefinitions"]]:
        batch.deregister_job_definition(jobDefinition=arn)


def new_outputs(old: Properties, new: Properties) -> list[str]:
    """Tell of a new revision (jobDefinitionCustomizeDiff)."""
    return ["arn", "id", "revision"] if is_new_revision(old, new) else []


def _register(clients: Clients, inputs: Properties) -> str:
    optional = {
        **{key: json.loads(inputs[key]) for key in DOCUMENTS if key in inputs},
        "parameters": inputs.get("parameters"),
        "platformCapabilities": inputs.get("platformCapabilities"),
        "propagateTags": inputs.get("propagateTags"),
        "retryStrategy": to_api(inputs.get("retryStrategy")),
        "schedulingPriority": inputs.get("schedulingPriority"),
        "tags": inputs.get("tags"),
        "timeout": inputs.get("timeout"),
    }
    registered = clients("batch").register_job_definition(
        jobDefinitionName=inputs["name"], type=inputs["type"], **present(optional)
    )
    return str(registered["jobDefinitionArn"])


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.batch_name(inputs)
    yield from checks.one_of(inputs, "type", ["container", "multinode"])
    yield from checks.at_most_one(inputs, *DOCUMENTS)
    yield from checks.json_text(inputs, *DOCUMENTS)
    yield from checks.between(inputs, "retryStrategy.attempts", 1, MAX_ATTEMPTS)
    yield from checks.between(inputs, "timeout.attemptDurationSeconds", MIN_TIMEOUT)
    rules = checks.at(inputs, "retryStrategy.evaluateOnExits") or ()
    if len(rules) > MAX_EXIT_RULES:
        reason = f"no more than {MAX_EXIT_RULES} evaluateOnExits are allowed, got {len(rules)}"
        yield Refusal("retryStrategy.evaluateOnExits", reason)
    for index, rule in enumerate(rules):
        for key, pattern in EXIT_PATTERNS.items():
            if key in rule and not pattern.fullmatch(rule[key]):
                path = f"retryStrategy.evaluateOnExits[{index}].{key}"
                yield Refusal(path, f"{rule[key]!r} may end with an asterisk, and has others")


JOB_DEFINITION = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.batch.JobDefinitionArgs,
    replace_on=frozenset({"name"}),
    replaces=replacements,
    computed=REGIONAL,
    unchanged=same,
    new_outputs=new_outputs,
    autonamed=True,
    defaults={DEREGISTER: True, "propagateTags": False},
    unread=frozenset({DEREGISTER}),
    check=checks.carrying("name", "tags", DEREGISTER, *REVISED_BY, check=_refusals),
)
