"""Job queues: what may be together in one, fair share, time limits; and what an edit does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batch_platform.changes.compare import changes
from batch_platform.changes.rules import Action
from batchsdk.contract import StackOutputs
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_files import VALID, changed, load, refusals, snapshot

QUEUE = "jobQueues/default"
CAPACITY = "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"
FAIR = """\
  batch-platform:jobQueues:
    default:
      computeEnvironments: [default]
      fairsharePolicy:
        shareDecaySeconds: 3600
        shareDistribution: [{shareIdentifier: research, weightFactor: 0.5}]
      jobStateTimeLimitActions:
        - {reason: "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", maxTimeSeconds: 600}
"""
FIFO_QUEUES = "  batch-platform:jobQueues:\n    default: {computeEnvironments: [default]}\n"


def shares(*identifiers: str) -> dict[str, Any]:
    return {"shareDistribution": [{"shareIdentifier": each} for each in identifiers]}


def limit(**more: Any) -> list[dict[str, Any]]:
    return [{"reason": CAPACITY, "maxTimeSeconds": 600, **more}]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("fairsharePolicy", True, "true is not a block of keys"),
        ("fairsharePolicy", {"weights": {}}, "fairsharePolicy.weights: unknown key"),
        ("fairsharePolicy", {"shareDecaySeconds": 604_801}, "604801 is above 604800"),
        ("fairsharePolicy", {"computeReservation": 100}, "computeReservation: 100 is above 99"),
        ("fairsharePolicy", shares("a-b"), "shareIdentifier: 'a-b' is not a share identifier"),
        ("fairsharePolicy", shares("a", "b", "a"), "[2].shareIdentifier: 'a' overlaps 'a'"),
        ("fairsharePolicy", shares("research", "res*"), "'res*' overlaps 'research'"),
        ("fairsharePolicy", shares("res*", "re*"), "'re*' overlaps 'res*'"),
        (
            "fairsharePolicy",
            {"shareDistribution": [{"shareIdentifier": "a", "weightFactor": 0}]},
            "weightFactor: 0 is below 0.0001",
        ),
        (
            "fairsharePolicy",
            {"shareDistribution": [{"shareIdentifier": "a", "weightFactor": "1"}]},
            "weightFactor: '1' is not a number; fix: take the quotes off: 1",
        ),
        (
            "jobStateTimeLimitActions",
            limit(reason="CAPACITY"),
            "[0].reason: 'CAPACITY' is not one of CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY, MISC",
        ),
        ("jobStateTimeLimitActions", limit(maxTimeSeconds=599), "599 is below 600"),
        ("jobStateTimeLimitActions", limit(maxTimeSeconds=86_401), "86401 is above 86400"),
        ("jobStateTimeLimitActions", limit(state="RUNNING"), "'RUNNING' is not one of RUNNABLE"),
        (
            "jobStateTimeLimitActions",
            limit(action="TERMINATE"),
            "[0].action: 'TERMINATE' is for queues of SageMaker training",
        ),
        ("jobStateTimeLimitActions", limit(action="KILL"), "'KILL' is not CANCEL"),
        ("jobStateTimeLimitActions", limit() + limit(), f"[1]: '{CAPACITY}' is in the list twice"),
        ("jobStateTimeLimitActions", [{"maxTimeSeconds": 600}], "[0].reason: missing"),
    ],
)
def test_every_mistake_names_value_rule_and_fix(
    key: str, value: object, said: str, tmp_path: Path
) -> None:
    lines = refusals(changed(f"{QUEUE}/{key}", value), tmp_path)
    assert len(lines) == 1
    assert said in lines[0]
    assert "; fix: " in lines[0]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"type": "FARGATE"}, "'other' is Fargate and 'default' is EC2 x86_64"),
        ({"type": "FARGATE_SPOT"}, "'other' is Fargate and 'default' is EC2 x86_64"),
        ({"type": "EC2", "instanceTypes": ["c7g"]}, "'other' is EC2 arm64 and 'default' is EC2"),
    ],
)
def test_a_queue_mixes_neither_fargate_with_ec2_nor_architectures(
    other: dict[str, Any], said: str, tmp_path: Path
) -> None:
    faulty = changed("computeEnvironments", {"default": {"type": "EC2"}, "other": other})
    faulty["batch-platform:jobQueues"]["default"]["computeEnvironments"] = ["default", "other"]
    lines = [line for line in refusals(faulty, tmp_path) if "make a queue for each" in line]
    assert len(lines) == 1
    assert said in lines[0]
    assert "jobQueues.default.computeEnvironments[1]" in lines[0]


def test_ec2_and_spot_of_one_architecture_may_be_together(tmp_path: Path) -> None:
    both = changed(f"{QUEUE}/computeEnvironments", ["spot", "default"])
    assert load(both, tmp_path).job_queues["default"].compute_environments == ("spot", "default")


def test_a_fair_share_queue_has_a_scheduling_policy_of_its_own(run_program: RunProgram) -> None:
    text = config("{mode: public}").replace(FIFO_QUEUES, FAIR)
    run = run_program(text)

    policy = run.only("SchedulingPolicy")
    assert "name" not in policy.inputs
    assert policy.inputs["fairSharePolicy"] == {
        "computeReservation": 0,
        "shareDecaySeconds": 3600,
        "shareDistributions": [{"shareIdentifier": "research", "weightFactor": 0.5}],
    }
    queue = run.only("JobQueue")
    arn = "arn:SchedulingPolicy/test-default-1a2b3c4"
    assert queue.inputs["schedulingPolicyArn"] == arn
    assert queue.inputs["jobStateTimeLimitActions"] == [
        {
            "action": "CANCEL",
            "maxTimeSeconds": 600,
            "reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
            "state": "RUNNABLE",
        }
    ]
    assert policy.urn in queue.dependencies
    outputs = StackOutputs.from_mapping(run.outputs)
    assert outputs.job_queues["default"].scheduling_policy_arn == arn


def test_pain_14_fair_share_is_one_way_so_the_mode_is_part_of_the_queues_identity(
    run_program: RunProgram,
) -> None:
    fifo = run_program(config("{mode: public}"))
    assert fifo.every("SchedulingPolicy") == []
    assert "schedulingPolicyArn" not in fifo.only("JobQueue").inputs
    fair = run_program(config("{mode: public}").replace(FIFO_QUEUES, FAIR))
    triggers = [run.only("JobQueue").replacement_trigger for run in (fifo, fair)]
    assert triggers == [["FIFO"], ["FAIR_SHARE", "TIME_LIMITS"]]


def test_the_last_time_limit_is_removed_with_the_queue(tmp_path: Path) -> None:
    with_limits = changed(f"{QUEUE}/jobStateTimeLimitActions", limit())
    other_limit = changed(f"{QUEUE}/jobStateTimeLimitActions", limit(maxTimeSeconds=700))
    none = changed(f"{QUEUE}/jobStateTimeLimitActions", [])

    def action(old: dict[str, Any], new: dict[str, Any]) -> Action:
        found = changes(snapshot(old, tmp_path), snapshot(new, tmp_path))
        (queue,) = [one for one in found if one.action is not Action.UNCHANGED]
        return queue.action

    assert action(with_limits, none) is Action.REPLACE
    assert action(none, with_limits) is Action.REPLACE
    assert action(with_limits, other_limit) is Action.UPDATE


@pytest.mark.parametrize(
    ("before", "after", "rule", "action"),
    [
        (None, {}, "queue-mode", Action.REPLACE),
        ({}, None, "queue-mode", Action.REPLACE),
        ({}, shares("a"), "queue-shares", Action.UPDATE),
        (shares("a", "b"), shares("b", "a"), None, Action.UNCHANGED),
        ({}, {"computeReservation": 10}, "queue-shares", Action.UPDATE),
    ],
)
def test_pain_14_the_plan_says_what_becomes_of_the_queue(
    before: object, after: object, rule: str | None, action: Action, tmp_path: Path
) -> None:
    old, new = (
        VALID if value is None else changed(f"{QUEUE}/fairsharePolicy", value)
        for value in (before, after)
    )
    found = changes(snapshot(old, tmp_path), snapshot(new, tmp_path))
    (queue,) = [change for change in found if change.kind == "jobQueues"]
    assert queue.action is action
    assert rule is None or rule in {edit.rule.name for edit in queue.edits}
