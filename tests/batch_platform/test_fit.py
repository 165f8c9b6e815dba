"""A job definition that could never run is refused; one that only lacks memory is warned of."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from batch_platform.__main__ import main
from tests.batch_platform.generated_configs import stack_file
from tests.batch_platform.recorded_run import RunProgram

SIZE = [{"type": "VCPU", "value": "4"}, {"type": "MEMORY", "value": "512"}]


def config(environments: dict[str, Any], job: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a config with a queue for each environment."""
    return {
        "aws:region": "ap-northeast-1",
        "network": {"mode": "nat"},
        "computeEnvironments": environments,
        "jobQueues": {key: {"computeEnvironments": [key]} for key in environments},
        "jobDefinitions": {"hello": {**({} if "nodeProperties" in job else PLAIN), **job}},
        **more,
    }


PLAIN = {"image": "busybox", "memory": 512}


def nodes(*groups: tuple[str, dict[str, Any]], count: int = 2) -> dict[str, Any]:
    ranges = [
        {
            "targetNodes": where,
            "container": {"image": "mpi", "resourceRequirements": SIZE, **container},
        }
        for where, container in groups
    ]
    return {
        "nodeProperties": {"numNodes": count, "mainNode": 0, "nodeRangeProperties": ranges},
    }


def check(wanted: dict[str, Any], folder: Path, verb: str = "check") -> tuple[int, str, str]:
    """Return the exit code, stdout and stderr of the verb."""
    (folder / "Pulumi.test.yaml").write_text(stack_file(wanted))
    out, err = io.StringIO(), io.StringIO()
    more = ["--against", str(folder / "Pulumi.test.yaml")] if verb == "plan" else []
    with redirect_stdout(out), redirect_stderr(err):
        code = main([verb, "--stack", "test", "--directory", str(folder), *more])
    return code, out.getvalue(), err.getvalue()


EC2: dict[str, Any] = {"type": "EC2", "instanceTypes": ["c5.large"]}
SMALL = {"default": EC2}
FARGATE = {"platform": "FARGATE", "vcpus": 1, "memory": 2048}

UNFIT = {
    "more vCPUs than maxVcpus": (
        {"default": {"type": "EC2", "maxVcpus": 16}},
        {"vcpus": 32},
        "in default, the job asks for 32 vCPU(s), and the environment may have 16 at most",
    ),
    "more vCPUs than any instance": (
        SMALL, {"vcpus": 64}, "in default, vCPUs: asked 64, at most 2 can be had"
    ),
    "more vCPUs than Fargate may have": (
        {"default": {"type": "FARGATE", "maxVcpus": 2}},
        {"platform": "FARGATE", "vcpus": 4, "memory": 8192},
        "the environment may have 2 at most",
    ),
    "Fargate jobs and queues of instances": (
        {**SMALL, "tasks": {"type": "FARGATE"}},
        FARGATE,
        "in default, which is EC2, there is no platform FARGATE",
    ),
    "jobs on instances and a queue of Fargate": (
        {**SMALL, "tasks": {"type": "FARGATE"}},
        {},
        "in tasks, which is FARGATE, there is no platform EC2",
    ),
    "GPUs where there are none": (
        SMALL, {"gpus": 1}, "hello.gpus: 1 vCPU(s), 512 MiB, 1 GPU(s) on EC2 could never run"
    ),
    "more GPUs than any instance": (
        {"default": {"type": "EC2", "instanceTypes": ["g5"]}},
        {"gpus": 16},
        "GPUs: asked 16, at most 8 can be had",
    ),
    "a part of a GPU": (
        {"default": {"type": "EC2", "instanceTypes": ["g6f"]}}, {"gpus": 1}, "could never run"
    ),
    "GPUs of Graviton, for which there is no image": (
        {"default": {"type": "EC2", "instanceTypes": ["g5g.xlarge"]}},
        {"gpus": 1},
        "GPUs: asked 1, at most 0 can be had",
    ),
    "an instance that BEST_FIT may not launch": (
        {"default": {"type": "EC2", "instanceTypes": ["c5.4xlarge"], "maxVcpus": 8,
                     "allocationStrategy": "BEST_FIT"}},
        {"vcpus": 2},
        "the smallest type that the job fits on has 16 vCPUs",
    ),
    "nodes on SPOT": (
        {"default": {"type": "SPOT"}},
        nodes(("0:", {})),
        "in default, which is SPOT, AWS Batch runs no multi-node parallel jobs",
    ),
    "nodes that are too large": (SMALL, nodes(("0:", {})), "vCPUs: asked 4, at most 2"),
    "nodes that are too many": (
        {"default": {"type": "EC2", "maxVcpus": 16}},
        nodes(("0:", {}), count=5),
        "its nodes ask for 20 vCPU(s) together, and the environment may have 16 at most",
    ),
    "nodes of another instance type": (
        {"default": {"type": "EC2", "instanceTypes": ["c5"]}},
        nodes(("0:", {"instanceType": "c6i.large"})),
        "c6i.large, the instanceType of its nodes, is none of its instance types",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNFIT)
def test_what_could_never_run_is_refused_by_check_and_plan(name: str, tmp_path: Path) -> None:
    environments, job, words = UNFIT[name]
    wanted = config(environments, job)
    if "tasks" in environments:  # there, and no queue leads to where the job could run
        queue = "default" if "platform" in job else "tasks"
        wanted["jobQueues"] = {queue: {"computeEnvironments": [queue]}}
    for verb in ("check", "plan"):
        code, out, err = check(wanted, tmp_path, verb)
        assert (code, out) == (1, ""), verb
        assert words in err
        assert err.startswith("Pulumi.test.yaml:")
        assert "fix: ask for what an environment has" in err


@pytest.mark.parametrize("name", ["more vCPUs than maxVcpus", "GPUs where there are none"])
def test_the_program_refuses_it_before_it_registers_anything(
    name: str, run_program: RunProgram
) -> None:
    environments, job, words = UNFIT[name]
    run = run_program(stack_file(config(environments, job)))
    assert run.resources == []
    (line,) = run.refused
    assert words in line


@pytest.mark.parametrize(
    ("environments", "job"),
    [
        ({"default": {"type": "EC2", "maxVcpus": 16}}, {"vcpus": 16}),
        ({**SMALL, "large": {"type": "EC2", "instanceTypes": ["c5"]}}, {"vcpus": 64}),
        ({"default": {"type": "EC2", "instanceTypes": ["g5.xlarge"]}}, {"gpus": 1}),
        (
            {"default": {"type": "EC2", "instanceTypes": ["g5g"], "imageIdOverride": "ami-0a"}},
            {"gpus": 1},
        ),
        ({"default": {"type": "EC2", "instanceTypes": ["x99.large"]}}, {"vcpus": 64, "gpus": 9}),
        ({"default": EC2 | {"instanceTypes": ["c5.4xlarge"], "maxVcpus": 8}}, {"vcpus": 2}),
        ({"default": {"type": "EC2"}}, nodes(("0:", {}), ("1:", {}), count=60)),
        ({**SMALL, "tasks": {"type": "FARGATE"}}, FARGATE),
    ],
)
def test_what_could_run_in_one_environment_is_taken(
    environments: dict[str, Any], job: dict[str, Any], tmp_path: Path
) -> None:
    code, _, err = check(config(environments, job), tmp_path)
    assert (code, err) == (0, "")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("environments", "job", "words"),
    [
        (
            {"default": {"type": "EC2", "instanceTypes": ["c4.large"]}},
            {"memory": 5000},
            "jobDefinitions.hello: 1 vCPU(s), 5000 MiB on EC2 fits on no instance: in default, mem",
        ),
        (
            {
                "default": EC2,
                "large": {"type": "EC2", "instanceTypes": ["c5"], "state": "DISABLED"},
            },
            {"vcpus": 64},
            "jobDefinitions.hello: 64 vCPU(s), 512 MiB on EC2 runs nowhere for now: in default, vC",
        ),
        (
            {"default": {"type": "EC2", "state": "DISABLED"}},
            {},
            "jobDefinitions.hello: 1 vCPU(s), 512 MiB on EC2 runs nowhere for now: in default, whi",
        ),
        (
            {"default": {"type": "EC2", "instanceTypes": ["c5.lage"]}},
            {},
            "computeEnvironments.default.instanceTypes: c5.lage is not among the instance types kn",
        ),
    ],
)
def test_what_most_likely_cannot_run_is_warned_of(
    environments: dict[str, Any],
    job: dict[str, Any],
    words: str,
    tmp_path: Path,
    run_program: RunProgram,
) -> None:
    wanted = config(environments, job)
    code, out, err = check(wanted, tmp_path)
    assert (code, err) == (0, "")
    assert f"  warning             {words}" in out
    assert any(words in warning for warning in run_program(stack_file(wanted)).warnings)


def test_the_program_asks_aws_for_what_the_table_lacks(run_program: RunProgram) -> None:
    environments = {"default": {"type": "EC2", "instanceTypes": ["c99"]}}
    answers = [
        ("getInstanceTypes", {}, {"instanceTypes": ["c99.large", "c99.xlarge"]}),
        ("getInstanceType", {"instanceType": "c99.large"}, described(2, 4096)),
        ("getInstanceType", {"instanceType": "c99.xlarge"}, described(4, 8192)),
    ]
    run = run_program(stack_file(config(environments, {"vcpus": 5})), answers=answers)
    (line,) = run.refused
    assert "vCPUs: asked 5, at most 4 can be had; the largest of 2 type(s) is c99.xlarge" in line

    taken = run_program(stack_file(config(environments, {"vcpus": 4})), answers=answers)
    assert (taken.refused, taken.warnings) == ([], [])
    told = taken.outputs["computeEnvironments"]["default"]
    assert told["largestInstance"] == {"vcpus": 4, "memory": 8192, "gpus": 0}
    assert told["architecture"] == "x86_64"


def test_a_type_that_the_region_has_not_is_refused(run_program: RunProgram) -> None:
    environments = {"default": {"type": "EC2", "instanceTypes": ["c5.large", "c5.lage"]}}
    answers = [("getInstanceTypes", {}, {"instanceTypes": ["c5.large"]})]
    run = run_program(stack_file(config(environments, {})), answers=answers)
    assert run.resources == []
    (line,) = run.refused
    assert "instanceTypes[1]: c5.lage is not offered in ap-northeast-1" in line


def test_who_may_not_ask_goes_on_with_the_table(run_program: RunProgram) -> None:
    denied = "api error UnauthorizedOperation: You are not authorized to perform this operation"
    run = run_program(
        stack_file(config(SMALL, {"vcpus": 3})), answers=[("getInstanceTypes", {}, denied)]
    )
    (line,) = run.refused
    assert "vCPUs: asked 3, at most 2 can be had" in line


def test_the_outputs_tell_what_checks_before_a_submission_need(run_program: RunProgram) -> None:
    environments = {"default": {"type": "EC2", "instanceTypes": ["g5.xlarge", "g5.12xlarge"]}}
    run = run_program(stack_file(config(environments, {"gpus": 2})))
    environment = run.outputs["computeEnvironments"]["default"]
    assert environment["largestInstance"] == {"vcpus": 48, "memory": 196608, "gpus": 4}
    definition = run.outputs["jobDefinitions"]["hello"]
    assert (definition["platform"], definition["gpus"]) == ("EC2", 2)
    assert "kind" not in definition


def test_the_outputs_tell_which_containers_and_nodes_a_definition_has(
    run_program: RunProgram,
) -> None:
    task = {
        "containers": [
            {"image": "log", "name": "log", "essential": False, "resourceRequirements": SIZE},
            {"image": "app", "name": "app", "command": ["go"], "resourceRequirements": SIZE},
        ]
    }
    jobs = {
        "hello": PLAIN,
        "tasks": {"ecsProperties": {"taskProperties": [task]}},
        "nodes": nodes(("0", {"command": ["lead"]}), ("1:", {"instanceType": "c5.4xlarge"})),
    }
    environments = {"default": {"type": "EC2", "instanceTypes": ["c5.4xlarge"]}}
    wanted = config(environments, {}) | {"jobDefinitions": jobs}
    wanted["jobQueues"]["off"] = {"computeEnvironments": ["default"], "state": "DISABLED"}
    run = run_program(stack_file(wanted))
    states = {key: queue.get("state") for key, queue in run.outputs["jobQueues"].items()}
    assert states == {"default": None, "off": "DISABLED"}
    told = run.outputs["jobDefinitions"]
    size = {"vcpus": 4.0, "memory": 512}
    assert (told["tasks"]["kind"], told["tasks"]["memory"]) == ("multiContainer", 1024)
    assert told["tasks"]["containers"] == [
        {"name": "log", "command": [], "essential": False, **size},
        {"name": "app", "command": ["go"], **size},
    ]
    assert (told["nodes"]["kind"], told["nodes"]["numNodes"]) == ("multiNode", 2)
    assert (told["nodes"]["mainNode"], told["nodes"]["vcpus"]) == (0, 4)
    assert told["nodes"]["nodeRanges"] == [
        {"targetNodes": "0", "command": ["lead"], **size},
        {"targetNodes": "1:", "command": [], "instanceType": "c5.4xlarge", **size},
    ]
    assert not {"containers", "nodeRanges", "numNodes"} & told["hello"].keys()


def described(vcpus: int, memory: int) -> dict[str, Any]:
    return {
        "defaultVcpus": vcpus,
        "memorySize": memory,
        "supportedArchitectures": ["x86_64"],
        "gpuses": [],
    }
