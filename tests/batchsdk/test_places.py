"""A job that no compute environment of its queue could ever run is refused before it is sent."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from batchsdk.client import Batch
from batchsdk.contract import (
    ComputeEnvironment,
    Container,
    LargestInstance,
    NodeRange,
    StackOutputs,
)
from batchsdk.contract.capacity import (
    InstanceType,
    Requirement,
    as_registered,
    may_overshoot,
    misfit,
)
from batchsdk.errors import InvalidSubmissionError
from batchsdk.submit.submission import Submission
from batchsdk.workflow.errors import InvalidWorkflowError
from tests.batchsdk.fakes import FakeTransport, connect, stack_outputs

LARGE = LargestInstance(vcpus=2, memory=4096)
NODES = {"kind": "multiNode", "num_nodes": 2, "node_ranges": (NodeRange(target_nodes="0:"),)}
TASK = {
    "kind": "multiContainer",
    "vcpus": 3,
    "containers": (Container(name="log", essential=False, vcpus=1), Container(name="a", vcpus=2)),
}


def ranges(*found: NodeRange) -> dict[str, Any]:
    """Return what makes a definition one of five nodes."""
    return NODES | {"num_nodes": 5, "node_ranges": found}


def outputs(environment: dict[str, Any], definition: dict[str, Any]) -> StackOutputs:
    """Return the outputs of a stack whose environment and definitions have these values."""
    whole = stack_outputs()
    return replace(
        whole,
        compute_environments={
            key: replace(each, **environment) for key, each in whole.compute_environments.items()
        },
        job_definitions={
            key: replace(each, **definition) for key, each in whole.job_definitions.items()
        },
    )


@pytest.mark.parametrize(
    ("environment", "definition", "asked", "words"),
    [
        ({"max_vcpus": 16}, {}, {"vcpus": 32}, "vcpus = 32: no compute environment of the queue"),
        ({"max_vcpus": 16}, {"vcpus": 32}, {}, "in default, there are 16 vCPUs at most"),
        ({"largest_instance": LARGE}, {}, {"vcpus": 64}, "the largest instance has 2 vCPUs"),
        ({"largest_instance": LARGE}, {}, {"gpus": 1}, "an instance has 0 GPUs at most"),
        ({"largest_instance": LARGE}, {"gpus": 1}, {}, "an instance has 0 GPUs at most"),
        ({}, {"platform": "FARGATE"}, {}, "which is EC2, there is no platform FARGATE"),
        (
            {"type": "FARGATE"},
            {"platform": "EC2"},
            {},
            "which is FARGATE, there is no platform EC2",
        ),
        ({"type": "FARGATE"}, {"gpus": 1}, {}, "which is FARGATE, there are no GPUs"),
        ({}, {"operating_system": "WINDOWS_SERVER_2022_CORE"}, {}, "are no Windows containers"),
        (
            {"type": "FARGATE_SPOT"},
            {"operating_system": "WINDOWS_SERVER_2022_CORE", "platform": "FARGATE"},
            {},
            "which is FARGATE_SPOT, there are no Windows containers",
        ),
        (
            {"architecture": "x86_64"},
            {"architecture": "arm64"},
            {},
            "the processors are x86_64, and it is for arm64",
        ),
        ({"max_vcpus": 16}, TASK, {"vcpus": 16}, "there are 16 vCPUs at most"),
        (
            {"max_vcpus": 16},
            ranges(NodeRange(target_nodes="0", vcpus=2), NodeRange(target_nodes="1:", vcpus=4)),
            {},
            "its 5 nodes ask for 18 vCPUs together, and there are 16 vCPUs at most",
        ),
        (
            {"largest_instance": LARGE},
            ranges(NodeRange(target_nodes="0"), NodeRange(target_nodes="1:", vcpus=4)),
            {},
            "the largest instance has 2 vCPUs",
        ),
        (
            {"largest_instance": LARGE},
            ranges(NodeRange(target_nodes=":", gpus=1)),
            {},
            "an instance has 0 GPUs at most",
        ),
        (
            {"instance_types": ("c5", "m5.large")},
            ranges(NodeRange(target_nodes="0:", instance_type="m5.xlarge")),
            {},
            "m5.xlarge, the instance type of its nodes, is none of its instance types",
        ),
        ({"type": "SPOT"}, NODES, {}, "runs no multi-node parallel jobs"),
    ],
)
def test_a_job_without_a_place_is_refused(
    environment: dict[str, Any], definition: dict[str, Any], asked: dict[str, Any], words: str
) -> None:
    transport = FakeTransport()
    batch = connect(transport, outputs=outputs(environment, definition))
    with pytest.raises(InvalidSubmissionError) as refused:
        batch.prepare(Submission(job_definition="hello", **asked))
    (problem,) = refused.value.problems
    assert words in str(problem)


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ({"largest_instance": LARGE}, {"vcpus": 2}),
        ({"largest_instance": LARGE}, {"memory": 100_000}),  # tight, which the diagnosis tells
        ({}, {"vcpus": 64, "gpus": 8}),  # the outputs of an older stack do not tell
        ({"largest_instance": replace(LARGE, gpus=4)}, {"gpus": 4}),
        ({"max_vcpus": 16} | TASK, {"vcpus": 15}),  # of the main container, beside the other's one
        ({"max_vcpus": 5} | ranges(NodeRange(target_nodes=":", vcpus=1)), {}),
        (
            {"instance_types": ("c5",)}
            | ranges(NodeRange(target_nodes=":", instance_type="c5.large")),
            {},
        ),
        ({"architecture": "arm64"}, {}),  # the definition does not say for which it is
    ],
)
def test_a_job_that_may_have_a_place_is_taken(
    values: dict[str, Any], asked: dict[str, Any]
) -> None:
    of_environment = {field.name for field in fields(ComputeEnvironment)}
    environment = {name: each for name, each in values.items() if name in of_environment}
    definition = {name: each for name, each in values.items() if name not in environment}
    batch = connect(
        FakeTransport(), outputs=outputs(environment, {"platform": "EC2", **definition})
    )
    prepared = batch.prepare(Submission(job_definition="hello", **asked))
    assert prepared.request["jobDefinition"] == "dev-hello"


@pytest.mark.parametrize("definition", [NODES, {**NODES, "node_ranges": None, "num_nodes": None}])
def test_an_array_of_a_multi_node_definition_is_refused(definition: dict[str, Any]) -> None:
    transport = FakeTransport()  # asked only by who has the outputs of a contract before 1.5
    transport.definitions = [
        {"revision": 3, "nodeProperties": {"numNodes": 2, "nodeRangeProperties": []}}
    ]
    batch = connect(transport, outputs=outputs({}, definition))
    with pytest.raises(InvalidSubmissionError, match="array_size = 2: hello is a multi-node"):
        batch.submit("hello", array_size=2)
    assert transport.count("SubmitJob") == 0


def test_a_queue_that_the_stack_disables_takes_no_jobs() -> None:
    whole = outputs({}, {})
    disabled = {key: replace(each, state="DISABLED") for key, each in whole.job_queues.items()}
    batch = connect(FakeTransport(), outputs=replace(whole, job_queues=disabled))
    with pytest.raises(InvalidSubmissionError, match="the queue 'default' is DISABLED"):
        batch.submit("hello")


def send_many(batch: Batch, way: str, ledger: Path) -> None:
    """Send several jobs, the last of which has no place."""
    fits, misfits = (Submission(job_definition="hello", vcpus=vcpus) for vcpus in (1, 32))
    if way == "submit_many":
        batch.submit_many([fits, misfits])
    elif way == "run":
        with batch.run("r", ledger=ledger) as run:
            run.submit_many({"a": fits, "b": misfits})
    elif way == "sweep":
        batch.sweep("hello", over={"Target": ["x", "y"]}, vcpus=32)
    else:
        with batch.workflow("w") as workflow:
            workflow.submit("hello", name="first")
            workflow.submit("hello", name="second", vcpus=32)
        workflow.run("w", ledger=ledger)


@pytest.mark.parametrize(
    ("way", "at"),
    [
        ("submit_many", "submissions[1].vcpus"),
        ("run", "submissions['b'].vcpus"),
        ("sweep", "vcpus"),
        ("workflow", "steps.second.vcpus"),
    ],
)
def test_nothing_is_sent_if_one_of_many_has_no_place(way: str, at: str, tmp_path: Path) -> None:
    transport = FakeTransport()
    batch = connect(transport, outputs=outputs({"max_vcpus": 16}, {}))
    with pytest.raises((InvalidSubmissionError, InvalidWorkflowError)) as refused:
        send_many(batch, way, tmp_path / "ledger")
    assert [problem.field for problem in refused.value.problems] == [at]
    assert transport.count("SubmitJob") == 0


def test_another_environment_of_the_queue_may_have_the_place() -> None:
    whole = outputs({"largest_instance": LARGE}, {})
    (only,) = whole.compute_environments.values()
    larger = replace(only, largest_instance=LargestInstance(vcpus=96, memory=196_608))
    queue = replace(whole.job_queues["default"], compute_environments=("default", "larger"))
    whole = replace(
        whole,
        compute_environments={"default": only, "larger": larger},
        job_queues={"default": queue},
    )
    batch = connect(FakeTransport(), outputs=whole)
    assert batch.prepare(Submission(job_definition="hello", vcpus=96)).request


G5 = {
    "InstanceType": "g5.xlarge",
    "VCpuInfo": {"DefaultVCpus": 4},
    "MemoryInfo": {"SizeInMiB": 16384},
    "GpuInfo": {"Gpus": [{"Count": 1, "Manufacturer": "NVIDIA"}]},
    "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
}
AMD = {"Gpus": [{"Count": 1, "Manufacturer": "AMD"}]}


def test_only_gpus_that_the_ecs_agent_registers_count() -> None:
    known = InstanceType.from_response(G5)
    assert (known.gpus, known.architecture) == (1, "x86_64")
    assert InstanceType.from_response({**G5, "GpuInfo": AMD}).gpus == 0

    def gpus(image_type: str | None, *, own_image: bool = False) -> int:
        (found,) = as_registered([known], image_type=image_type, own_image=own_image)
        return found.gpus

    assert gpus(None) == gpus("ECS_AL2023_NVIDIA") == gpus("ECS_AL2023", own_image=True) == 1
    assert gpus("ECS_AL2023") == 0


def test_whether_only_memory_keeps_a_job_out_is_told() -> None:
    instances = [InstanceType.from_response(G5)]
    memory = misfit(Requirement(vcpus=1, memory=20_000), max_vcpus=8, instances=instances)
    vcpus = misfit(Requirement(vcpus=8, memory=20_000), max_vcpus=8, instances=instances)
    assert memory is not None
    assert vcpus is not None
    assert (memory.only_memory, vcpus.only_memory) == (True, False)


def test_only_on_demand_best_fit_keeps_within_max_vcpus() -> None:
    assert not may_overshoot("EC2", "BEST_FIT")
    assert may_overshoot("EC2", "BEST_FIT_PROGRESSIVE")
    assert may_overshoot("SPOT", "BEST_FIT")
