"""What can be counted is counted by `check` and `plan` too, and no later than by the program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from tests.batch_platform.generated_configs import configs, stack_file
from tests.batch_platform.more_examples import examples
from tests.batch_platform.program_config import NETWORK_OF_ANOTHER
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.test_fit import check

JOB = {"image": "busybox", "memory": 100}


def config(**blocks: Any) -> dict[str, Any]:
    return {
        "aws:region": "ap-northeast-1",
        "network": {"mode": "public"},
        "computeEnvironments": {"default": {"type": "EC2"}},
        "jobQueues": {"default": {"computeEnvironments": ["default"]}},
        "jobDefinitions": {"hello": JOB},
        **blocks,
    }


def tags(count: int, what: str = "tag") -> dict[str, str]:
    return {f"{what}{number}": "x" for number in range(count)}


MANY = {f"job-{number}": JOB for number in range(60)}

TOO_MUCH: dict[str, tuple[dict[str, Any], str]] = {
    "tags": (
        config(tags=tags(45), jobDefinitions={"hello": {**JOB, "tags": tags(8, "own")}}),
        "hello.tags: 8 tags here and 46 of the stack (with batch-platform:environment) are 54",
    ),
    "outputs": (
        config(jobDefinitions=MANY),
        "outputs.ssmParameter: the outputs of 60 job definitions may have",
    ),
    "a policy of consumers": (
        config(
            jobDefinitions={f"{key}-{'x' * 60}": JOB for key in MANY},
            consumers={"managedPolicies": True},
            outputs={"ssmParameter": False},
        ),
        "consumers.managedPolicies: a policy that names 60 job definitions may have",
    ),
    "a policy of a definition's role": (
        config(
            jobDefinitions={
                "hello": {
                    **JOB,
                    "permissions": {"s3Read": [f"s3://{'b' * 60}/{n}" for n in range(300)]},
                }
            }
        ),
        "hello.permissions: the policy of its role has",
    ),
    "images and secrets": (
        config(
            jobDefinitions={
                f"job-{n}": {
                    **JOB,
                    "image": f"{n:012}.dkr.ecr.ap-northeast-1.amazonaws.com/{'a' * 60}",
                    "secrets": {"A": f"/{'b' * 60}/{n}"},
                }
                for n in range(60)
            }
        ),
        "jobDefinitions: the policy of the stack's execution role has",
    ),
    "a definition": (
        config(jobDefinitions={"hello": {**JOB, "environment": {"A": "x" * 25_000}}}),
        "jobDefinitions.hello: it may have",
    ),
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_refused_by_check_plan_and_program_alike(
    name: str, tmp_path: Path, run_program: RunProgram
) -> None:
    wanted, words = TOO_MUCH[name]
    said = [check(wanted, tmp_path, verb) for verb in ("check", "plan")]
    run = run_program(stack_file(wanted))
    assert run.resources == []
    for code, out, err in said:
        assert (code, out) == (1, "")
        assert words in err
        assert err.splitlines() == run.refused


def test_as_many_tags_as_aws_takes_are_taken(tmp_path: Path) -> None:
    job = {**JOB, "tags": {**tags(4, "own"), "tag0": "of the stack too"}}
    wanted = config(tags=tags(45), jobDefinitions={"hello": job})
    code, _, err = check(wanted, tmp_path)
    assert (code, err) == (0, "")


@examples(8)
@given(wanted=configs(regions=("ap-northeast-1",), roomy=False))
def test_check_plan_and_program_refuse_the_same(
    wanted: dict[str, Any], tmp_path: Path, run_program: RunProgram
) -> None:
    code, _, err = check(wanted, tmp_path)
    planned, _, other = check(wanted, tmp_path, "plan")
    run = run_program(stack_file(wanted), answers=NETWORK_OF_ANOTHER)
    assert (planned, other) == (code, err)
    assert err.splitlines() == run.refused
    assert bool(run.resources) == (code == 0)
