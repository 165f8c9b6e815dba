"""What an edit of the config does, rule by rule: two stack files, no engine, no AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batch_platform.changes.compare import Change, changes
from batch_platform.changes.rules import RULES, Action
from tests.batch_platform.stack_files import VALID, snapshot

pytestmark = pytest.mark.sampled(3)

LINKED = {"serviceRole": "linked"}
CUSTOM = {"serviceRole": "custom"}
EC2: dict[str, Any] = {"type": "EC2"}
P4D = {"type": "EC2", "instanceTypes": ["p4d.24xlarge"], "placementGroup": "near"}
BEST_FIT = {"type": "EC2", "allocationStrategy": "BEST_FIT"}
ORDERED = {"type": "EC2", "allocationStrategy": "BEST_FIT_PROGRESSIVE_ORDERED"}
PROGRESSIVE_SPOT = {"type": "SPOT", "allocationStrategy": "BEST_FIT_PROGRESSIVE"}
FARGATE: dict[str, Any] = {"type": "FARGATE"}
FARGATE_SPOT: dict[str, Any] = {"type": "FARGATE_SPOT"}
IN_PLACE = Action.INFRASTRUCTURE
GIVEN = {"launchTemplateId": "lt-0a1b", "version": 1}

# Each row: the rule of changes/rules.py, old and new environment, and the role's kind.
ENVIRONMENTS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, str], Action]] = [
    ("scaling", EC2, EC2 | {"maxVcpus": 512}, LINKED, Action.SCALING),
    ("scaling", EC2, EC2 | {"minVcpus": 4}, LINKED, Action.SCALING),
    ("scaling", EC2, EC2 | {"maxVcpus": 512}, CUSTOM, Action.SCALING),
    ("scaling", BEST_FIT, BEST_FIT | {"maxVcpus": 8}, LINKED, Action.SCALING),
    ("infrastructure", EC2, EC2 | {"instanceTypes": ["c5", "m5"]}, LINKED, IN_PLACE),
    ("infrastructure", EC2, EC2 | {"imageIdOverride": "ami-0a1b"}, LINKED, IN_PLACE),
    ("infrastructure", EC2, EC2 | {"imageRefresh": "2026-11"}, LINKED, IN_PLACE),
    ("infrastructure", EC2, EC2 | {"imageType": "ECS_AL2023_NVIDIA"}, LINKED, IN_PLACE),
    ("infrastructure", EC2, {"type": "SPOT"}, LINKED, IN_PLACE),
    ("infrastructure", {"type": "SPOT"}, {"type": "SPOT", "bidPercentage": 60}, LINKED, IN_PLACE),
    ("infrastructure", EC2, PROGRESSIVE_SPOT, LINKED, IN_PLACE),
    ("custom-role", EC2, EC2 | {"instanceTypes": ["c5"]}, CUSTOM, Action.REPLACE),
    ("custom-role", EC2, EC2 | {"imageRefresh": "2026-11"}, CUSTOM, Action.REPLACE),
    ("custom-role", EC2, {"type": "SPOT"}, CUSTOM, Action.REPLACE),
    ("strategy", BEST_FIT, BEST_FIT | {"instanceTypes": ["c5"]}, LINKED, Action.REPLACE),
    ("strategy", ORDERED, ORDERED | {"instanceTypes": ["c5"]}, LINKED, Action.REPLACE),
    ("strategy", EC2, BEST_FIT, LINKED, Action.REPLACE),
    ("strategy", BEST_FIT, EC2, LINKED, Action.REPLACE),
    (
        "strategy",
        {"type": "SPOT"},
        {"type": "SPOT", "allocationStrategy": "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED"},
        LINKED,
        Action.REPLACE,
    ),
    ("environment-state", EC2, EC2 | {"state": "DISABLED"}, LINKED, Action.UPDATE),
    ("environment-state", FARGATE | {"state": "DISABLED"}, FARGATE, CUSTOM, Action.UPDATE),
    ("fixed-type", EC2, PROGRESSIVE_SPOT, CUSTOM, Action.REPLACE),
    (
        "fleet-role",
        BEST_FIT,
        {"type": "SPOT", "allocationStrategy": "BEST_FIT"},
        LINKED,
        Action.REPLACE,
    ),
    ("infrastructure", EC2, EC2 | {"ec2KeyPair": "ops"}, LINKED, IN_PLACE),
    (
        "infrastructure",
        EC2,
        EC2 | {"launchTemplate": {"rootVolume": {"volumeSize": 100}}},
        LINKED,
        IN_PLACE,
    ),
    ("infrastructure", EC2, EC2 | {"launchTemplate": GIVEN}, LINKED, IN_PLACE),
    (
        "infrastructure",
        EC2 | {"launchTemplate": GIVEN},
        EC2 | {"launchTemplate": GIVEN | {"version": 2}},
        LINKED,
        IN_PLACE,
    ),
    (
        "custom-role",
        EC2,
        EC2 | {"launchTemplate": {"ecsAgent": {"ECS_RESERVED_MEMORY": "256"}}},
        CUSTOM,
        Action.REPLACE,
    ),
    ("update-policy", EC2, EC2 | {"updatePolicy": {}}, LINKED, Action.UPDATE),
    ("update-policy", EC2, EC2 | {"updatePolicy": {}}, CUSTOM, Action.UPDATE),
    ("placement-group", EC2, EC2 | {"placementGroup": "near"}, LINKED, Action.REPLACE),
    ("placement-group", EC2, EC2 | {"placement": {"strategy": "spread"}}, LINKED, Action.REPLACE),
    (
        "placement-group",
        EC2 | {"placement": {"strategy": "spread"}},
        EC2 | {"placement": {"strategy": "partition"}},
        LINKED,
        Action.REPLACE,
    ),
    ("efa", P4D, P4D | {"launchTemplate": {"efa": 4}}, LINKED, Action.REPLACE),
    (
        "infrastructure",
        P4D | {"launchTemplate": {"efa": 2}},
        P4D | {"launchTemplate": {"efa": 4}},
        LINKED,
        IN_PLACE,
    ),
    (
        "infrastructure",
        P4D,
        P4D | {"launchTemplate": {"threadsPerCore": 1, "tenancy": "dedicated"}},
        LINKED,
        IN_PLACE,
    ),
    ("scaling", FARGATE, FARGATE | {"maxVcpus": 512}, LINKED, Action.SCALING),
    ("scaling", FARGATE, FARGATE | {"maxVcpus": 512}, CUSTOM, Action.SCALING),
    ("fargate-type", FARGATE, FARGATE_SPOT, LINKED, Action.REPLACE),
    ("fargate-type", FARGATE_SPOT, FARGATE, CUSTOM, Action.REPLACE),
    ("fargate-type", EC2, FARGATE, LINKED, Action.REPLACE),
    ("fargate-type", FARGATE_SPOT, {"type": "SPOT"}, LINKED, Action.REPLACE),
]

JOB: dict[str, Any] = {"image": "busybox", "memory": 100}
RULE = {"action": "RETRY", "onReason": "Host EC2*"}

DEFINITIONS: list[tuple[str, dict[str, Any], dict[str, Any], Action]] = [
    ("revision", JOB, JOB | {"memory": 200}, Action.REVISION),
    ("revision", JOB, JOB | {"vcpus": 2}, Action.REVISION),
    ("revision", JOB, JOB | {"image": "alpine"}, Action.REVISION),
    ("revision", JOB, JOB | {"command": ["true"]}, Action.REVISION),
    ("revision", JOB, JOB | {"parameters": {"day": "1"}}, Action.REVISION),
    ("revision", JOB, JOB | {"environment": {"A": "1"}}, Action.REVISION),
    ("revision", JOB, JOB | {"timeout": {"attemptDurationSeconds": 60}}, Action.REVISION),
    ("revision", JOB, JOB | {"retryStrategy": {"attempts": 3}}, Action.REVISION),
    ("revision", JOB, JOB | {"propagateTags": False}, Action.REVISION),
    ("revision", JOB, JOB | {"containerProperties": {"user": "nobody"}}, Action.REVISION),
    (
        "revision",
        JOB | {"retryStrategy": {"attempts": 3, "evaluateOnExit": [RULE]}},
        JOB | {"retryStrategy": {"attempts": 3, "evaluateOnExit": [RULE | {"action": "EXIT"}]}},
        Action.REVISION,
    ),
    (
        "revision",
        JOB,
        JOB | {"retryStrategy": {"attempts": 3, "evaluateOnExit": [RULE]}},
        Action.REVISION,
    ),
    (
        "revision",
        JOB | {"retryStrategy": {"attempts": 3, "evaluateOnExit": [RULE]}},
        JOB | {"retryStrategy": {"attempts": 3}},
        Action.REVISION,
    ),
]

QUEUE: dict[str, Any] = {"computeEnvironments": ["default"]}
TIME_LIMIT = {"reason": "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY", "maxTimeSeconds": 600}

# Each row: what is edited in the whole config, and what comes of every resource with an edit.
OTHERS: list[tuple[dict[str, Any], dict[str, set[str]]]] = [
    ({"jobQueues": {"default": QUEUE | {"priority": 9}}}, {"default queue": {"queue-updated"}}),
    (
        {"jobQueues": {"default": QUEUE | {"state": "DISABLED"}}},
        {"default queue": {"queue-updated"}},
    ),
    (
        {"jobQueues": {"default": {"computeEnvironments": ["spot", "default"]}}},
        {"default queue": {"queue-updated"}},
    ),
    (
        {"jobQueues": {"default": QUEUE | {"fairsharePolicy": {}}}},
        {"default queue": {"queue-mode", "queue-shares"}},
    ),
    (
        {"jobQueues": {"default": QUEUE | {"jobStateTimeLimitActions": [TIME_LIMIT]}}},
        {"default queue": {"queue-limits"}},
    ),
    (
        {"jobQueues": {"other": QUEUE}},
        {"default queue": {"queue-removed"}, "other queue": {"queue-added"}},
    ),
    (
        {"computeEnvironments": {"default": EC2, "more": EC2}},
        {
            "more environment": {"environment-added"},
            "spot environment": {"environment-removed"},
        },
    ),
    (
        {"computeEnvironments": {"default": BEST_FIT, "spot": {"type": "SPOT"}}},
        {"default environment": {"strategy"}, "default queue": {"queue-repointed"}},
    ),
    (
        {"roles": CUSTOM},
        {
            "default environment": {"role-kind"},
            "spot environment": {"role-kind"},
            "default queue": {"queue-repointed"},
        },
    ),
    (
        {"jobDefinitions": {"hi": JOB}},
        {"hello definition": {"definition-removed"}, "hi definition": {"definition-added"}},
    ),
    (
        {"tags": {"team": "data"}},
        {
            "default environment": {"instance-tags"},
            "spot environment": {"instance-tags"},
            "default queue": {"queue-updated"},
            "hello definition": {"definition-tags"},
        },
    ),
    (
        {"network": {"mode": "nat"}},
        {"default environment": {"infrastructure"}, "spot environment": {"infrastructure"}},
    ),
    (
        {"network": {"mode": "public", "availabilityZones": 3}},
        {"default environment": {"infrastructure"}, "spot environment": {"infrastructure"}},
    ),
    (
        {"network": {"mode": "public", "cidr": "10.1.0.0/16"}},
        {"default environment": {"infrastructure"}, "spot environment": {"infrastructure"}},
    ),
    ({"network": {"mode": "public", "egress": []}}, {}),
    ({"logGroup": {"retentionInDays": 7}}, {}),
    ({"roles": {"permissionsBoundary": "arn:aws:iam::123456789012:policy/Limit"}}, {}),
    (
        {"roles": {"path": "/batch/"}},
        {
            "default environment": {"infrastructure"},
            "spot environment": {"infrastructure"},
            "hello definition": {"revision"},
        },
    ),
    ({"jobEvents": {"enabled": True}, "consumers": {"managedPolicies": True}}, {}),
    ({"storage": {"enabled": True}}, {}),
    ({"monitoring": {"enabled": True}}, {}),
    ({"outputs": {"ssmParameter": False}}, {}),
    ({"replacement": {"detachTimeout": 5}}, {}),
]


OF_GROUPS = {"group-instances", "group-size"}
"""Rules of Auto Scaling groups: in test_unmanaged.py."""

FROM_A_STATE = {
    "launch-template",
    "managed",
    "older-revisions",
    "replacement-trigger",
    "retry-rules",
}
"""Rules about what this program asks for in one way only: in test_plan_command.py."""


def edited(**blocks: Any) -> dict[str, Any]:
    """Return the valid config with these blocks instead of its own."""
    config: dict[str, Any] = json.loads(json.dumps(VALID))
    return config | {f"batch-platform:{name}": block for name, block in blocks.items()}


@pytest.fixture
def between(tmp_path: Path) -> Any:
    """Returns the changes between two configs that have any edit, by key and kind."""

    def compare(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Change]:
        before, after = (snapshot(config, tmp_path) for config in (old, new))
        kinds = {
            "computeEnvironments": "environment",
            "jobQueues": "queue",
            "jobDefinitions": "definition",
        }
        return {
            f"{change.key} {kinds[change.kind]}": change
            for change in changes(before, after)
            if change.edits
        }

    return compare


def rules_of(change: Change) -> set[str]:
    return {edit.rule.name for edit in change.edits}


@pytest.mark.parametrize(("rule", "old", "new", "roles", "action"), ENVIRONMENTS)
def test_an_edit_of_a_compute_environment(
    between: Any,
    *,
    rule: str,
    old: dict[str, Any],
    new: dict[str, Any],
    roles: dict[str, str],
    action: Action,
) -> None:
    found = between(
        edited(computeEnvironments={"default": old, "spot": {"type": "SPOT"}}, roles=roles),
        edited(computeEnvironments={"default": new, "spot": {"type": "SPOT"}}, roles=roles),
    )
    change = found.pop("default environment")
    assert rule in rules_of(change)
    assert change.action is action
    repointed = {"default queue"} if action is Action.REPLACE else set()
    assert set(found) == repointed


@pytest.mark.parametrize(("rule", "old", "new", "action"), DEFINITIONS)
def test_an_edit_of_a_job_definition(
    between: Any, rule: str, old: dict[str, Any], new: dict[str, Any], action: Action
) -> None:
    found = between(edited(jobDefinitions={"hello": old}), edited(jobDefinitions={"hello": new}))
    assert set(found) == {"hello definition"}
    assert rule in rules_of(found["hello definition"])
    assert found["hello definition"].action is action


@pytest.mark.parametrize(("blocks", "expected"), OTHERS)
def test_an_edit_of_another_block(
    between: Any, blocks: dict[str, Any], expected: dict[str, set[str]]
) -> None:
    found = between(VALID, edited(**blocks))
    assert {name: rules_of(change) for name, change in found.items()} == expected


def test_an_update_policy_that_is_taken_out_stays_as_it_is(between: Any) -> None:
    own = {"default": EC2 | {"updatePolicy": {"terminateJobsOnUpdate": True}}, "spot": EC2}
    none = {"default": EC2, "spot": EC2}
    assert between(edited(computeEnvironments=own), edited(computeEnvironments=none)) == {}


@pytest.mark.parametrize("roles", [LINKED, CUSTOM])
def test_fargate_takes_another_network_in_place_and_has_no_tags_of_instances(
    between: Any, roles: dict[str, str]
) -> None:
    blocks = {
        "computeEnvironments": {"default": FARGATE, "spot": FARGATE_SPOT},
        "jobDefinitions": {"hello": {"image": "b", "memory": 2048, "platform": "FARGATE"}},
        "roles": roles,
    }
    found = between(
        edited(**blocks), edited(**blocks, network={"mode": "nat"}, tags={"team": "data"})
    )
    for key in ("default environment", "spot environment"):
        assert rules_of(found[key]) == {"fargate-network", "environment-updated"}
        assert found[key].action is Action.UPDATE


@pytest.mark.parametrize("roles", [{"path": "/batch/"}, {"namePrefix": "acme-"}])
def test_fargate_takes_another_custom_role_in_place(between: Any, roles: dict[str, str]) -> None:
    blocks = {"computeEnvironments": {"default": FARGATE, "spot": FARGATE_SPOT}}
    blocks["jobDefinitions"] = {"hello": {"image": "b", "memory": 2048, "platform": "FARGATE"}}
    found = between(edited(**blocks, roles=CUSTOM), edited(**blocks, roles=CUSTOM | roles))
    for key in ("default environment", "spot environment"):
        assert rules_of(found[key]) == {"environment-updated"}
        assert {edit.property.split(".")[0] for edit in found[key].edits} == {"serviceRole"}


def test_several_edits_have_the_most_severe_action(between: Any) -> None:
    new = edited(
        computeEnvironments={
            "default": EC2 | {"maxVcpus": 8, "instanceTypes": ["c5"]},
            "spot": {"type": "SPOT"},
        }
    )
    change = between(VALID, new)["default environment"]
    assert rules_of(change) == {"scaling", "infrastructure"}
    assert change.action is Action.INFRASTRUCTURE


def test_another_region_makes_everything_anew(between: Any) -> None:
    found = between(VALID, VALID | {"aws:region": "us-east-1"})
    assert len(found) == 4
    assert {change.action for change in found.values()} == {Action.REPLACE}


def test_the_order_of_instance_types_and_keys_is_no_edit(between: Any) -> None:
    one = {"default": EC2 | {"instanceTypes": ["c5", "m5"]}, "spot": {"type": "SPOT"}}
    other = {"spot": {"type": "SPOT"}, "default": {"instanceTypes": ["m5", "c5"], "type": "EC2"}}
    assert between(edited(computeEnvironments=one), edited(computeEnvironments=other)) == {}


def test_zones_that_are_counted_may_be_those_that_are_named(between: Any) -> None:
    def zones(value: object) -> dict[str, Any]:
        return edited(network={"mode": "public", "availabilityZones": value})

    named = zones(["ap-northeast-1a", "ap-northeast-1c"])
    assert between(zones(2), named) == {}
    assert set(between(named, zones(["ap-northeast-1a", "ap-northeast-1d"]))) == {
        "default environment",
        "spot environment",
    }


def test_every_rule_has_a_row_here() -> None:
    rows = {row[0] for row in (*ENVIRONMENTS, *DEFINITIONS)}
    rows |= {name for _, expected in OTHERS for names in expected.values() for name in names}
    here = {"region", "fargate-network", "environment-updated"}
    assert rows | here | FROM_A_STATE | OF_GROUPS == set(RULES)
