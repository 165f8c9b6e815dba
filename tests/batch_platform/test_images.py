"""Which AMI instances boot, and when it changes."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from moto.ec2.models.instance_types import INSTANCE_TYPES

from batch_platform.instances.known import TABLE, architecture
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_run import Run, RunProgram
from tests.batch_platform.stack_files import CE, changed, load, refusals
from tools import instance_sizes


@pytest.fixture
def run_with(run_program: RunProgram) -> Any:
    """Run the program with one environment that has these keys too."""

    def run(keys: str = "", **more: Any) -> Run:
        text = config("{mode: public}").replace("{type: EC2}", f"{{type: EC2, {keys}}}")
        return run_program(text, **more)

    return run


def image_of(run: Run) -> str:
    (configuration,) = run.only("ComputeEnvironment").inputs["computeResources"][
        "ec2Configurations"
    ]
    image: str = configuration["imageIdOverride"]
    return image


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("keys", "image"),
    [
        ("instanceTypes: [c5]", "ami-a1"),
        ("instanceTypes: [c7g.large, m8g]", "ami-a2"),
        ("instanceTypes: [default_arm64]", "ami-a2"),
        ("instanceTypes: [g5], imageType: ECS_AL2023_NVIDIA", "ami-a3"),
        ("instanceTypes: [g5.xlarge]", "ami-a3"),
        ("instanceTypes: [c5, p5]", "ami-a3"),
        ("instanceTypes: [p99]", "ami-a3"),
        ("instanceTypes: [g4ad, inf2]", "ami-a1"),
        ("instanceTypes: [g5g]", "ami-a2"),
        ("imageIdOverride: ami-0123456789abcdef0", "ami-0123456789abcdef0"),
    ],
)
def test_the_newest_ami_of_the_architecture_and_kind_is_taken(
    run_with: Any, keys: str, image: str
) -> None:
    assert image_of(run_with(keys)) == image


def test_a_newer_ami_is_ignored_until_the_refresh_text_or_the_kind_changes(run_with: Any) -> None:
    stashes = {
        keys: run_with(keys).only("Stash", "test-default-image")
        for keys in ("", "imageRefresh: 2026-11", "instanceTypes: [c7g]")
    }
    assert all(stash.ignore_changes == ["input"] for stash in stashes.values())
    triggers = [stash.replacement_trigger for stash in stashes.values()]
    assert triggers == [
        ["amazon-linux-2023", ""],
        ["amazon-linux-2023", "2026-11"],
        ["amazon-linux-2023/arm64", ""],
    ]


def test_an_image_of_ones_own_asks_aws_for_none(run_with: Any) -> None:
    run = run_with("imageIdOverride: ami-0123456789abcdef0")
    assert run.every("Stash") == []
    assert not [token for token, _ in run.invokes if token.endswith("getParameter")]


def test_the_ami_is_known_in_the_preview(run_with: Any) -> None:
    assert image_of(run_with(preview=True)) == "ami-a1"


def test_a_region_without_the_parameter_is_refused(run_with: Any) -> None:
    missing = ("getParameter", {}, "reading SSM Parameter (/aws/…): couldn't find resource")
    run = run_with(answers=[missing])
    assert run.resources == []
    (line,) = run.refused
    assert "amazon-linux-2023/recommended/image_id is not in ap-northeast-1" in line
    assert "imageIdOverride" in line


@pytest.mark.parametrize("name", ["p3.2xlarge", "g5.xlarge", "a1.large", "g5g.xlarge"])
def test_an_ami_of_ones_own_suits_every_type(tmp_path: Path, name: str) -> None:
    own = {"type": "EC2", "instanceTypes": [name], "imageIdOverride": "ami-0a1b2c"}
    settings = load(changed(CE, own), tmp_path)
    assert settings.compute_environments["default"].type == "EC2"


def test_the_table_of_sizes_is_current() -> None:
    made = instance_sizes.table(instance_sizes.source(), metadata.version("moto"))
    assert TABLE.read_text(encoding="utf-8") == made, "run `make docs`"


def test_names_tell_the_architecture_of_every_type_that_ec2_has() -> None:
    of_aws = {
        name: details["ProcessorInfo"]["SupportedArchitectures"]
        for name, details in INSTANCE_TYPES.items()
        if not name.startswith("mac")  # Apple's: no container instances
    }
    assert len(of_aws) > 500
    wrong = [name for name, known in of_aws.items() if architecture(name) not in known]
    assert wrong == []


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("instanceTypes", ["c5", "c7g"], "instanceTypes[1]: 'c7g' is arm64 and 'c5' is x86_64"),
        ("imageIdOverride", "latest", "'latest' is not the id of an AMI"),
        ("imageType", "ECS_AL2023_ARM", "imageType"),
        ("instanceTypes", ["p3.2xlarge"], "ECS_AL2023_NVIDIA does not support p3.2xlarge"),
        ("instanceTypes", ["p3dn"], "ECS_AL2023_NVIDIA does not support p3dn"),
        ("instanceTypes", ["g3s.xlarge"], "ECS_AL2023_NVIDIA does not support g3s.xlarge"),
        ("instanceTypes", ["a1"], "Amazon Linux 2023, which AWS Batch's images now are, has no a1"),
    ],
)
def test_what_cannot_boot_is_refused(tmp_path: Path, path: str, value: object, words: str) -> None:
    (line,) = refusals(changed(f"{CE}/{path}", value), tmp_path)
    assert words in line


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (
            {"type": "EC2", "instanceTypes": ["g5g"], "imageType": "ECS_AL2023_NVIDIA"},
            "has no arm64 AMI",
        ),
        (
            {"type": "EC2", "instanceTypes": ["c5", "g5"], "imageType": "ECS_AL2023"},
            "ECS_AL2023 has no GPU driver, so no GPU of g5 would be registered",
        ),
        (
            {"type": "EC2", "imageIdOverride": "ami-0a", "imageRefresh": "1"},
            "nothing to refresh",
        ),
    ],
)
def test_keys_that_contradict_are_refused(
    tmp_path: Path, block: dict[str, object], words: str
) -> None:
    (line,) = refusals(changed(CE, block), tmp_path)
    assert words in line


def test_another_service_role_or_type_that_cannot_be_updated_makes_another_environment(
    run_program: RunProgram,
) -> None:
    def trigger(environment: str, role: str) -> list[str] | None:
        more = f"  batch-platform:roles: {{serviceRole: {role}}}\n"
        text = config("{mode: public}", more=more).replace("{type: EC2}", environment)
        return run_program(text).only("ComputeEnvironment").replacement_trigger

    ec2 = "{type: EC2, allocationStrategy: BEST_FIT_PROGRESSIVE}"
    spot = "{type: SPOT, allocationStrategy: BEST_FIT_PROGRESSIVE}"
    assert trigger(ec2, "linked") == trigger(spot, "linked")
    assert trigger(ec2, "linked") != trigger(ec2, "custom")
    assert trigger(ec2, "custom") != trigger(spot, "custom")


def test_defaults_boot_x86_64(tmp_path: Path) -> None:
    settings = load(changed(f"{CE}/maxVcpus", 4), tmp_path)
    assert settings.compute_environments["default"].architecture == "x86_64"
