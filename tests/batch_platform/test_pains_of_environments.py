"""What hurts users of other Batch stacks, and what this one does: compute environments.

All twenty, each with its tests, are in docs/platform.md.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from batch_platform.changes.compare import changes
from batch_platform.changes.rules import Action
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_run import Registered, RunProgram
from tests.batch_platform.stack_files import CE, changed, refusals, snapshot

ROOT = Path(__file__).parents[2]
EDITED = {"default": {"type": "EC2", "instanceTypes": ["c5"]}, "spot": {"type": "SPOT"}}


@pytest.fixture
def environment(run_program: RunProgram) -> Any:
    """Returns the one environment that the program registers for these keys."""

    def run(**keys: Any) -> Registered:
        text = config("{mode: public}").replace("{type: EC2}", json.dumps({"type": "EC2"} | keys))
        return run_program(text).only("ComputeEnvironment")

    return run


def test_pain_03_an_explicit_name_turns_create_before_replace_off(environment: Any) -> None:
    registered = environment()
    assert "name" not in registered.inputs
    assert not registered.delete_before_replace


def test_pain_04_a_custom_service_role_makes_everything_a_replacement(
    environment: Any, tmp_path: Path
) -> None:
    assert "serviceRole" not in environment().inputs  # so AWS takes the service-linked one

    def edited(role: str) -> Action:
        kept = changed("roles", {"serviceRole": role})
        edit = {**kept, "batch-platform:computeEnvironments": EDITED}
        old, new = (snapshot(each, tmp_path) for each in (kept, edit))
        return next(one.action for one in changes(old, new) if one.key == "default")

    assert edited("linked") is Action.INFRASTRUCTURE
    assert edited("custom") is Action.REPLACE


@pytest.mark.parametrize("kind", ["EC2", "SPOT"])
def test_pain_05_price_capacity_optimized_was_replaced(
    environment: Any, tmp_path: Path, kind: str
) -> None:
    """The default strategies are updated in place, and the provider is new enough to know."""
    old = snapshot(changed(CE, {"type": kind}), tmp_path)
    new = snapshot(changed(CE, {"type": kind, "instanceTypes": ["c5"]}), tmp_path)
    found = {(one.kind, one.key): one.action for one in changes(old, new)}
    assert found["computeEnvironments", "default"] is Action.INFRASTRUCTURE
    assert environment(type=kind).inputs["computeResources"]["allocationStrategy"] != "BEST_FIT"

    # The first releases 7 bridge terraform-provider-aws 6.0 to 6.9; 6.10 mended it. The engine
    # takes the provider of the SDK's version.
    floor = re.search(
        r'^ *"pulumi-aws>=(\d+)\.(\d+),<8",$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert floor is not None
    least = tuple(map(int, floor.groups()))
    assert least >= (
        7,
        51,
    )  # of which the rules in batch_platform/compute_environments/updates.py were read
    assert tuple(map(int, version("pulumi-aws").split(".")[:2])) >= least


@pytest.mark.parametrize(
    "role",
    [
        "arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch",
        "arn:aws:iam::123456789012:role/AWSServiceRoleForBatch",
    ],
)
def test_pain_08_a_wrong_service_linked_role_arn_cannot_be_given(tmp_path: Path, role: str) -> None:
    (line,) = refusals(changed("roles", {"serviceRole": role}), tmp_path)
    assert "is not one of linked, custom" in line


def test_pain_10_the_ami_never_refreshes(environment: Any) -> None:
    """It is named in the config's place, so that a refresh is an edit; the kind is AL2023."""
    (image,) = environment().inputs["computeResources"]["ec2Configurations"]
    assert image == {"imageType": "ECS_AL2023", "imageIdOverride": "ami-a1"}


def test_pain_12_desired_vcpus_drifts(environment: Any, tmp_path: Path) -> None:
    assert "desiredVcpus" not in environment().inputs["computeResources"]
    for key in ("desiredVcpus", "desiredvCpus"):
        (line,) = refusals(changed(f"{CE}/{key}", 4), tmp_path)
        assert "AWS Batch moves it with the load" in line
        assert "fix: remove it; minVcpus keeps vCPUs running" in line


def test_pain_13_tags_of_instances_depend_on_the_config_alone(environment: Any) -> None:
    first, second = (environment().inputs["computeResources"]["tags"] for _ in range(2))
    assert first == second == {"Name": "test-default", "batch-platform:environment": "test"}
