"""The table of replacement rules against the plan of the real provider, a property at a time.

Each edit is made to a copy of a resource, so that one plan judges all of them.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from batch_platform.changes.rules import (
    DEFINITION,
    ENVIRONMENT,
    LAUNCH_TEMPLATE,
    QUEUE,
    TABLE,
    Action,
    rule_of,
)
from tests.batch_platform.real_provider.server import a_server, environ_of
from tests.batch_platform.real_provider.terraform import Terraform, actions
from tests.batch_platform.real_provider.terraform_configuration import configuration
from tests.batch_platform.recorded_run import Registered
from tests.batch_platform.terraform_plan import TYPES

pytestmark = [pytest.mark.real_provider, pytest.mark.timeout(1800)]

ROLE = "arn:aws:iam::123456789012:role/another"
REGION = "us-east-1"
CONFIG = """\
config:
  aws:region: us-east-1
  batch-platform:network: {mode: public, availabilityZones: 2}
  batch-platform:computeEnvironments:
    linked: {type: EC2, instanceTypes: [c5.large], maxVcpus: 16}
    fixed: {type: EC2, instanceTypes: [c5.large], maxVcpus: 16, allocationStrategy: BEST_FIT}
    fargate: {type: FARGATE, maxVcpus: 16}
  batch-platform:jobQueues:
    plain: {computeEnvironments: [linked]}
    others: {computeEnvironments: [fixed]}
    limited:
      computeEnvironments: [linked]
      jobStateTimeLimitActions:
        - {reason: "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", maxTimeSeconds: 600}
    serverless: {computeEnvironments: [fargate]}
  batch-platform:jobDefinitions:
    hello:
      image: busybox
      memory: 100
      parameters: {a: b}
      retry: {attempts: 2, on: [spotReclaimed]}
"""
BLOCK = "computeResources"
CUSTOM = {"serviceRole": "arn:Role/rules-execution-1a2b3c4"}
"""Of ``custom``, which is ``linked`` with a role of its own: any role that is there."""
Edit = tuple[str, str, tuple[str | int, ...], Any]
"""Type of the resource, its key in the config, a property of its inputs, and another value."""
EDITS: list[Edit] = [
    *(
        (ENVIRONMENT, key, (BLOCK, name), value)
        for key in ("linked", "fixed", "custom")
        for name, value in (
            ("maxVcpus", 32),
            ("minVcpus", 2),
            ("instanceTypes", ["c5.xlarge"]),
            ("ec2KeyPair", "key"),
            ("type", "SPOT"),
            ("placementGroup", "group"),
            ("spotIamFleetRole", ROLE),
            ("tags", {"of": "instances"}),
            ("launchTemplate", None),
        )
    ),
    (ENVIRONMENT, "linked", (BLOCK, "allocationStrategy"), "BEST_FIT"),
    (ENVIRONMENT, "linked", (BLOCK, "allocationStrategy"), "SPOT_CAPACITY_OPTIMIZED"),
    (ENVIRONMENT, "linked", ("serviceRole",), ROLE),
    (ENVIRONMENT, "custom", ("serviceRole",), ROLE),
    (ENVIRONMENT, "linked", ("state",), "DISABLED"),
    (ENVIRONMENT, "linked", ("tags",), {"a": "b"}),
    (ENVIRONMENT, "fixed", ("tags",), {"a": "b"}),
    (
        ENVIRONMENT,
        "linked",
        ("updatePolicy",),
        {"terminateJobsOnUpdate": True, "jobExecutionTimeoutMinutes": 5},
    ),
    (ENVIRONMENT, "fargate", (BLOCK, "maxVcpus"), 32),
    (ENVIRONMENT, "fargate", (BLOCK, "type"), "FARGATE_SPOT"),
    (ENVIRONMENT, "fargate", (BLOCK, "subnets"), ["subnet-0123456789abcdef0"]),
    (ENVIRONMENT, "fargate", (BLOCK, "securityGroupIds"), ["sg-0123456789abcdef0"]),
    (QUEUE, "plain", ("priority",), 7),
    (QUEUE, "plain", ("state",), "DISABLED"),
    (QUEUE, "plain", ("tags",), {"a": "b"}),
    (QUEUE, "limited", ("jobStateTimeLimitActions", 0, "maxTimeSeconds"), 700),
    (QUEUE, "limited", ("jobStateTimeLimitActions",), None),
    (DEFINITION, "hello", ("parameters",), {"a": "c"}),
    (DEFINITION, "hello", ("tags",), {"a": "b"}),
    (DEFINITION, "hello", ("propagateTags",), False),
    (DEFINITION, "hello", ("schedulingPriority",), 5),
    (DEFINITION, "hello", ("timeout",), {"attemptDurationSeconds": 90}),
    (DEFINITION, "hello", ("retryStrategy", "attempts"), 3),
    (DEFINITION, "hello", ("retryStrategy", "evaluateOnExits"), None),
    (LAUNCH_TEMPLATE, "linked", ("description",), "another"),
    (LAUNCH_TEMPLATE, "linked", ("tags",), {"a": "b"}),
    (LAUNCH_TEMPLATE, "linked", ("metadataOptions", "httpPutResponseHopLimit"), 2),
    (LAUNCH_TEMPLATE, "linked", ("blockDeviceMappings", 0, "ebs", "volumeSize"), 77),
    (LAUNCH_TEMPLATE, "linked", ("tagSpecifications",), None),
    (LAUNCH_TEMPLATE, "linked", ("userData",), "IyEvYmluL3No"),
]
DIFFERENCES = {
    "fargate-type": "AWS refuses the update that the provider would send",
    "role-kind": "AWS refuses the update that the provider would send",
    "fixed-type": "AWS refuses the update that the provider would send",
    "queue-limits": "the provider's update sends nothing, so the program makes two queues of it",
}
"""Rules by which the program replaces what the provider would not (their sources: rules.py)."""


def title(edit: Edit) -> str:
    kind, key, path, value = edit
    return f"{kind.rpartition(':')[2]} {key}.{'.'.join(map(str, path))}={value}"


def edited(inputs: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(inputs)
    block: Any = changed
    for part in path[:-1]:
        block = block[part]
    if value is None:
        block.pop(path[-1], None)
    else:
        block[path[-1]] = value
    return changed


def as_copy(original: Registered, number: int, inputs: dict[str, Any]) -> Registered:
    """Return another resource with these inputs, and without the program's own trigger."""
    name = f"{original.name}-{number}"
    own = {"name": name} if "name" in inputs else {}
    return dataclasses.replace(
        original,
        name=name,
        urn=f"{original.urn}-{number}",
        inputs={**inputs, **own},
        replacement_trigger=None,
    )


def by_table(
    kind: str, path: tuple[str | int, ...], old: dict[str, Any], new: dict[str, Any]
) -> tuple[bool, str]:
    """Return whether the table replaces, and by which rule."""
    if kind == LAUNCH_TEMPLATE:  # an edit is a new version, or tags
        return False, "launch-template-version"
    rule = rule_of(kind, path, old, new)
    return rule.action is Action.REPLACE, rule.name


@pytest.fixture(scope="module")
def done() -> dict[str, tuple[bool, bool, str]]:
    """By edit: whether the provider replaces, whether the table does, and the name of the rule."""
    return {}


@pytest.fixture
def verdicts(
    run_program: Callable[..., Any], tmp_path_factory: Any, done: dict[str, tuple[bool, bool, str]]
) -> dict[str, tuple[bool, bool, str]]:
    if done:
        return done
    run = run_program(CONFIG, stack="rules")
    assert run.refused == []
    before, after = list(run.resources), list(run.resources)
    rules = {}
    for number, edit in enumerate(EDITS):
        kind, key, path, value = edit
        found = {(each.typ, each.name): each for each in run.resources}
        original = found[kind, f"rules-{'linked' if key == 'custom' else key}"]
        if key == "custom":
            original = dataclasses.replace(original, inputs={**original.inputs, **CUSTOM})
        changed = edited(original.inputs, path, value)
        before.append(as_copy(original, number, original.inputs))
        after.append(as_copy(original, number, changed))
        address = f"{TYPES[kind]}.{original.name}-{number}"
        rules[address] = (edit, *by_table(kind, path, original.inputs, changed))
    # Roles are exchanged for others that are there and would not do.
    with a_server(tmp_path_factory.mktemp("home"), "--no-role-checks") as server:
        terraform = Terraform.at(tmp_path_factory.mktemp("rules"), environ_of(server))
        terraform.configure(configuration(before, REGION))
        terraform.apply()
        terraform.configure(configuration(after, REGION))
        planned = actions(terraform.plan(refresh=False))
    for address, (edit, is_replaced, rule) in rules.items():
        assert address in planned, f"{title(edit)} changes nothing"
        done[title(edit)] = ("delete" in planned[address], is_replaced, rule)
    return done


def test_the_edits_are_of_every_type_with_rules() -> None:
    assert {kind for kind, *_ in EDITS} == {*TABLE, LAUNCH_TEMPLATE}


def test_the_table_replaces_what_the_provider_replaces(
    verdicts: dict[str, tuple[bool, bool, str]],
) -> None:
    differing = {
        name: verdict
        for name, verdict in verdicts.items()
        if verdict[0] != verdict[1] and verdict[2] not in DIFFERENCES
    }
    assert differing == {}


def test_each_difference_is_one_where_the_program_replaces_and_the_provider_does_not(
    verdicts: dict[str, tuple[bool, bool, str]],
) -> None:
    found = {
        rule for provider, table, rule in verdicts.values() if (provider, table) == (False, True)
    }
    assert found == set(DIFFERENCES)
