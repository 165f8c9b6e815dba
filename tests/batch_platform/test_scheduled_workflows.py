"""Scheduled workflows: what is refused, what the job gets, and what its role may do."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from batch_platform.plan import assumed_plan
from batch_platform.settings import SettingsError
from batch_platform.workable import refuse_unworkable
from batchsdk.contract.carried_workflow import pack, unpack
from tests.batch_platform.program_config import ECR, config
from tests.batch_platform.recorded_run import Run, RunProgram
from tests.batch_platform.stack_files import VALID, load, refusals

NIGHTLY: dict[str, Any] = {
    "cron": "0 2 * * ? *",
    "workflow": "nightly.yaml",
    "jobDefinition": "runner",
    "jobQueue": "default",
}
WORKFLOW = "parameters: {day: , level: info}\nsteps: {load: {jobDefinition: hello}}\n"
DAY = {"parameters": {"day": "<aws.scheduler.scheduled-time>"}}
RUNNER = {"image": "busybox", "memory": 100, "command": ["true"]}

PRIVATE = {"image": ECR, "memory": 100}


def stack_with(entry: dict[str, Any], **blocks: Any) -> dict[str, Any]:
    whole = {
        "jobDefinitions": {"hello": {"image": "busybox", "memory": 100}, "runner": RUNNER},
        "storage": {"enabled": True},
        **blocks,
        "schedules": {"nightly": entry},
    }
    return {**VALID, **{f"batch-platform:{name}": value for name, value in whole.items()}}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"command": ["true"]}, "command: the job of a workflow runs `batchsdk run`; fix: drop it"),
        ({"arraySize": 5}, "arraySize: a workflow is run by one job; fix: drop it"),
        ({"environment": {"BATCHSDK_SSM": "x"}}, "BATCHSDK_SSM: the stack sets it for a workflow"),
        ({"workflow": ""}, "workflow: '' is empty text"),
        ({"workflow": ["a"]}, "workflow: ['a'] is not text"),
        ({"workflow": "nihgtly.yaml"}, "'nihgtly.yaml' cannot be read: No such file or directory"),
        ({"workflow": "."}, "'.' cannot be read: it is no file"),
        ({"workflow": "a\0b"}, "workflow: "),
        ({"parameters": {}}, "parameters: the parameter 'day' of nightly.yaml has neither a value"),
        ({"parameters": {"day": "1", "lvel": "2"}}, "lvel: nightly.yaml has no such parameter ("),
        ({"jobDefinition": "runer"}, "'runer' is not a key of jobDefinitions (did you mean"),
    ],
)  # fmt: skip
def test_mistakes_of_a_schedule(entry: dict[str, Any], said: str, tmp_path: Path) -> None:
    (tmp_path / "nightly.yaml").write_text(WORKFLOW)
    (line,) = refusals(stack_with({**NIGHTLY, **DAY, **entry}), tmp_path)
    assert said in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nightly.yaml has no steps; fix: write e.g. `steps: {load: {jobDefinition: load}}`"),
        ("steps: []", "nightly.yaml has no steps"),
        ("[1]", "nightly.yaml has no steps"),
        ("steps: {load: hello}", "has a step 'load' that is not a block of keys"),
        ("steps: {\n", "workflow: nightly.yaml:2: malformed YAML"),
        ("steps: {hello: }\nsteps: {hello: }", "nightly.yaml:2: steps: the key is already on"),
        ("steps: {lod: {jobDefinition: helo}}", "'helo', which is not a key of jobDefinitions ("),
        ("steps: {helo: }", "has the jobDefinition 'helo', which is not a key of jobDefinitions"),
        ("{barrier: wait, steps: {hello: }}", "has the jobDefinition 'wait', which is not a key"),
        ("steps: {hello: {queue: defualt}}", "'defualt', which is not a key of jobQueues (did you"),
        (
            "{onFailure: {SPOT_RECLAIM: {queue: on-demand}}, steps: {hello: }}",
            "has the queue 'on-demand', which is not a key of jobQueues, and the role of the job",
        ),
    ],
)  # fmt: skip
def test_mistakes_of_a_workflow(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "nightly.yaml").write_text(text)
    (line,) = refusals(stack_with(NIGHTLY), tmp_path)
    assert said in line
    assert line.startswith("Pulumi.dev.yaml:")


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ({"storage": {}}, "workflow: its runs are kept in the ledger of the stack's storage, "),
        ({"outputs": {"ssmParameter": False}}, "fix: drop `ssmParameter: false` from outputs"),
        (
            {
                "network": {"mode": "endpoints"},
                "jobDefinitions": {"hello": PRIVATE, "runner": PRIVATE},
            },
            "its job asks batch and ssm, and without internet the network has no endpoint for that",
        ),
        (
            {"jobQueues": {key: {"computeEnvironments": ["default"]} for key in ("a", "b")}},
            "step 'hello' of nightly.yaml names no queue, and the stack has 2 and none is named",
        ),
    ],
)  # fmt: skip
def test_what_a_stack_needs_for_it(blocks: dict[str, Any], said: str, tmp_path: Path) -> None:
    (tmp_path / "nightly.yaml").write_text("steps: {hello: }")
    queue = min(blocks.get("jobQueues", ["default"]))
    (line,) = refusals(stack_with({**NIGHTLY, "jobQueue": queue}, **blocks), tmp_path)
    assert said in line


@pytest.mark.parametrize(
    ("runner", "said"),
    [
        (
            {"containerProperties": {"jobRoleArn": "arn:aws:iam::123456789012:role/x"}, **RUNNER},
            "'runner' has a jobRoleArn, and the role of a workflow's job is made by the stack",
        ),
        (
            {
                "ecsProperties": {
                    "taskProperties": [
                        {
                            "containers": [
                                {
                                    "image": "busybox",
                                    "resourceRequirements": [
                                        {"type": "VCPU", "value": "1"},
                                        {"type": "MEMORY", "value": "100"},
                                    ],
                                }
                            ]
                        }
                    ]
                }
            },
            "'runner' has several containers or nodes, and a workflow is run by a job of one",
        ),
    ],
)
def test_who_cannot_run_it(runner: dict[str, Any], said: str, tmp_path: Path) -> None:
    (tmp_path / "nightly.yaml").write_text("steps: {hello: }")
    definitions = {"hello": {"image": "busybox", "memory": 100}, "runner": runner}
    (line,) = refusals(stack_with(NIGHTLY, jobDefinitions=definitions), tmp_path)
    assert said in line


def test_a_workflow_that_a_job_cannot_be_given(tmp_path: Path) -> None:
    noise = "".join(random.Random(5).choices("abcdefghijklmnop0123456789", k=12_000))
    for length, fits in ((4_000, True), (12_000, False)):
        text = f"steps: {{hello: {{environment: {{A: {noise[:length]}}}}}}}"
        (tmp_path / "nightly.yaml").write_text(text)
        plan = assumed_plan(load(stack_with(NIGHTLY), tmp_path))
        if fits:
            refuse_unworkable(plan)
            continue
        with pytest.raises(SettingsError, match="characters long, compressed, and 7168 fit; fix"):
            refuse_unworkable(plan)


def test_workflows_with_more_definitions_than_a_role_can_name(tmp_path: Path) -> None:
    names = [f"step-{number}" for number in range(60)]
    (tmp_path / "nightly.yaml").write_text(f"steps: {{{': , '.join(names)}: }}")
    definitions = {name: {"image": "busybox", "memory": 100} for name in names}
    config = stack_with(NIGHTLY, jobDefinitions={"runner": RUNNER, **definitions})
    with pytest.raises(SettingsError) as caught:
        refuse_unworkable(assumed_plan(load(config, tmp_path)))
    (line,) = [each for each in caught.value.lines if "jobDefinitions.runner" in each]
    assert "jobDefinitions.runner.permissions: the policy of its role has 1" in line
    assert "fix: let several definitions run the workflows, each some of them" in line


def test_a_faulty_storage_is_told_of_once(tmp_path: Path) -> None:
    (tmp_path / "nightly.yaml").write_text("steps: {hello: }")
    (line,) = refusals(stack_with(NIGHTLY, storage={"enabled": "yes"}), tmp_path)
    assert "batch-platform:storage.enabled: 'yes' is not" in line


def test_the_name_of_its_role_leaves_room_for_the_suffix(tmp_path: Path) -> None:
    (tmp_path / "nightly.yaml").write_text("steps: {hello: }")
    key = "r" * 50
    definitions = {"hello": {"image": "busybox", "memory": 100}, key: RUNNER}
    entry = {**NIGHTLY, "jobDefinition": key}
    (line,) = refusals(stack_with(entry, jobDefinitions=definitions), tmp_path)
    assert f"dev-job-{key}-<random>, and IAM allows 56 characters" in line


STACK = """\
  batch-platform:storage: {enabled: true}
  batch-platform:schedules:
    nightly:
      cron: "0 2 * * ? *"
      workflow: nightly.yaml
      jobDefinition: hello
      jobQueue: default
      parameters: {day: <aws.scheduler.scheduled-time>}
"""


@pytest.fixture
def run(run_program: RunProgram, tmp_path: Path) -> Run:
    (tmp_path / "nightly.yaml").write_text(WORKFLOW)
    made = run_program(config("{mode: public}", more=STACK))
    assert made.refused == []
    return made


def test_the_job_gets_the_workflow_and_a_name_for_its_run(run: Run) -> None:
    given = json.loads(run.only("Schedule").inputs["target"]["input"])
    assert "Parameters" not in given
    assert given["ContainerOverrides"]["Command"] == [
        *("batchsdk", "run", "env:BATCHSDK_WORKFLOW"),
        *("--name", "nightly-<aws.scheduler.scheduled-time>"),
        *("--ledger", "stack", "--on-interrupt", "detach"),
        *("-p", "day=<aws.scheduler.scheduled-time>"),
    ]
    variables = {each["Name"]: each["Value"] for each in given["ContainerOverrides"]["Environment"]}
    assert unpack(variables.pop("BATCHSDK_WORKFLOW")) == ("nightly.yaml", WORKFLOW)
    assert variables == {
        "AWS_DEFAULT_REGION": "ap-northeast-1",
        "BATCHSDK_SSM": "/batch/test",
    }
    rules = given["RetryStrategy"]["EvaluateOnExit"]
    assert given["RetryStrategy"]["Attempts"] == 3
    assert rules[0] == {"Action": "RETRY", "OnStatusReason": "Host EC2*"}
    assert rules[-1] == {"Action": "EXIT", "OnReason": "*"}


def test_its_role_may_submit_the_jobs_of_the_workflow_and_no_others(run: Run) -> None:
    role = run.only("Role", "test-job-hello")
    definition = run.only("JobDefinition", "test-hello").inputs["containerProperties"]
    assert json.loads(definition)["jobRoleArn"] == "arn:Role/test-job-hello-1a2b3c4"
    policy = run.only("RolePolicy", "test-workflows-hello")
    assert policy.inputs["role"] == role.name + "-1a2b3c4"
    statements = {each["Sid"]: each for each in json.loads(policy.inputs["policy"])["Statement"]}
    batch = "arn:aws:batch:ap-northeast-1:123456789012"
    assert statements["Submit"]["Resource"] == [
        "arn:JobQueue/test-default-1a2b3c4",
        f"{batch}:job-definition/test-hello",
        f"{batch}:job-definition/test-hello:*",
        f"{batch}:job/*",
    ]
    assert any(each.endswith("/ledger/*") for each in statements["UseStorage"]["Resource"])
    assert policy.urn in run.only("Schedule").dependencies


def test_the_documented_workflow_is_valid(tmp_path: Path) -> None:
    """The example of docs/configuration.md, with the workflow that it names."""
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
    block = page.partition("### A scheduled workflow")[2].split("```yaml\n")[1].partition("```")[0]
    (tmp_path / "nightly.yaml").write_text("parameters: {day: }\nsteps: {load: }")
    config = {**VALID, **yaml.safe_load(block.replace("sha256:…", f"sha256:{'0' * 64}"))}
    assert list(load(config, tmp_path).workflows) == ["nightly"]


def test_what_is_packed_is_unpacked_and_nothing_else_is() -> None:
    for name, text in (("a.yaml", ""), ("日本.yaml", "steps: {\x07: '日本'}\n" * 99)):
        assert unpack(pack(name, text)) == (name, text)
    bomb = pack("a.yaml", "a" * 2**22)
    for value in ("", "%", "steps:", "e30=", pack("a", "b")[:-4], bomb):
        with pytest.raises(ValueError, match="is not a workflow file that a stack has packed"):
            unpack(value)
