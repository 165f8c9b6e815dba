"""Job definitions (terraform-provider-aws: internal/service/batch/job_definition.go)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.batch_names import from_api, to_api
from localaws.resources.calls import Describe
from localaws.resources.clients import Clients
from localaws.resources.job_definition_changes import (
    DOCUMENTS,
    FIXED,
    REVISED_BY,
    is_new_revision,
    replacements,
    same,
)
from localaws.resources.reading import REGIONAL, Description, Properties, changes, present
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import BATCH

ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"
DEREGISTER = "deregisterOnNewRevision"
PARAMETERS = (
    "parameters",
    "platformCapabilities",
    "propagateTags",
    "schedulingPriority",
    "timeout",
)
"""Inputs that the API has as they are."""
MAX_EXIT_RULES, MAX_ATTEMPTS, MIN_TIMEOUT = 5, 10, 60
EXIT_PATTERNS = {
    "onExitCode": re.compile(r"[0-9]*\*?"),
    "onReason": re.compile(r"[0-9A-Za-z.:\s]*\*?"),
    "onStatusReason": re.compile(r"[0-9A-Za-z.:\s]*\*?"),
}


_describe = Describe(
    "batch",
    "describe_job_definitions",
    by="jobDefinitions",
    under="jobDefinitions",
    status="status",
    gone=(INACTIVE,),
)


def _register(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Register a revision; its ARN is the id."""
    optional = {
        **{key: inputs.get(key) for key in PARAMETERS},
        **{key: json.loads(inputs[key]) for key in DOCUMENTS if key in inputs},
        "retryStrategy": to_api(inputs.get("retryStrategy")),
    }
    registered = clients("batch").register_job_definition(
        jobDefinitionName=inputs["name"], type=inputs["type"], **present(optional), **tagged
    )
    return str(registered["jobDefinitionArn"])


def _state(_: Clients, detail: Description) -> Properties:
    return {
        "id": detail["jobDefinitionArn"],
        "arnPrefix": detail["jobDefinitionArn"].rsplit(":", 1)[0],
        "propagateTags": bool(detail.get("propagateTags")),
        **{key: json.dumps(detail[key]) for key in DOCUMENTS if key in detail},
        **present({"retryStrategy": from_api(detail.get("retryStrategy"))}),
    }


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> str:
    """Register a new revision for a change of anything but tags.

    The one before stays ACTIVE unless ``deregisterOnNewRevision``, which is the default.
    """
    previous: str = state.get("arn", identifier)
    if not (changes(state, inputs, DEREGISTER) or is_new_revision(state, inputs)):
        return previous
    current = _register(clients, inputs, BATCH.at_creation(inputs))
    if inputs[DEREGISTER]:
        clients("batch").deregister_job_definition(jobDefinition=previous)
    return current


def _delete(clients: Clients, _: str, state: Properties) -> None:
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
    arguments=aws.batch.JobDefinitionArgs,
    creation=_register,
    description=_describe,
    names={
        "arn": "jobDefinitionArn",
        "name": "jobDefinitionName",
        "revision": "revision",
        "type": "type",
        **{key: key for key in PARAMETERS},
    },
    state=_state,
    change=_change,
    tagging=BATCH,
    deletion=_delete,
    replace_on=frozenset(FIXED),
    replaces=replacements,
    update_on=frozenset({DEREGISTER, *REVISED_BY}),
    computed=REGIONAL,
    unchanged=same,
    new_outputs=new_outputs,
    autonamed=True,
    defaults={DEREGISTER: True, "propagateTags": False},
    unread=frozenset({DEREGISTER}),
    refusals=_refusals,
)
