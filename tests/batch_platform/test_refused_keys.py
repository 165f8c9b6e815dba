"""What AWS Batch has and a stack file has not is refused by name, with the reason and a way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from batch_platform.settings.compute_environments import (
    Ec2Environment,
    FargateEnvironment,
    SpotEnvironment,
)
from batch_platform.settings.container_properties import (
    CONTAINER_PROPERTIES,
    FARGATE_PROPERTIES,
    OF_NODES,
)
from batch_platform.settings.fair_share import FairsharePolicy, Share
from batch_platform.settings.job_definitions import JobDefinition
from batch_platform.settings.job_queues import JobQueue, JobStateTimeLimitAction
from batch_platform.settings.launch_templates import LaunchTemplate
from batch_platform.settings.model import BLOCKS, ENTRIES
from batch_platform.settings.refused import NO_INSTANCES, REFUSED, REFUSED_TYPES
from batch_platform.settings.retry_strategies import EvaluateOnExit, RetryStrategy, Timeout
from batch_platform.settings.unmanaged import UnmanagedEnvironment
from batch_platform.settings.update_policy import UpdatePolicy
from tests.batch_platform.stack_files import CE, JOB, changed, refusals

BATCH = botocore.session.get_session().get_service_model("batch")

QUEUE = "jobQueues/default"

PLACES = {
    "computeEnvironments": CE,
    "launchTemplate": f"{CE}/launchTemplate",
    "rootVolume": f"{CE}/launchTemplate/rootVolume",
    "dataVolumes": f"{CE}/launchTemplate/dataVolumes",
    "capacityReservation": f"{CE}/launchTemplate/capacityReservation",
    "jobQueues": QUEUE,
    "fairsharePolicy": f"{QUEUE}/fairsharePolicy",
    "jobDefinitions": JOB,
}

GIVEN: Mapping[str, Any] = {
    "dataVolumes": {"deviceName": "/dev/sdf", "volumeSize": 8},
    "capacityReservation": {"preference": "open"},
}
"""What a block needs beside a key that is refused."""

BY_NAME = [
    (f"{PLACES[block]}/{key}" if block in PLACES else key, told)
    for block, keys in REFUSED.items()
    for key, told in keys.items()
]


@pytest.mark.parametrize(("path", "told"), BY_NAME, ids=[path for path, _ in BY_NAME])
def test_a_key_of_the_table_is_refused_with_its_reason_and_way(
    path: str, told: tuple[str, str], tmp_path: Path
) -> None:
    place, _, key = path.rpartition("/")
    config = changed(path, {})
    if given := GIVEN.get(place.rpartition("/")[2]):
        config = changed(place, [{**given, key: {}}] if "deviceName" in given else given | {key: 1})
    (line,) = refusals(config, tmp_path)
    reason, way = told
    assert line.endswith(f"{path.rpartition('/')[2]}: {reason}; fix: {way}")


@pytest.mark.parametrize("value", REFUSED_TYPES)
def test_a_type_of_the_table_is_refused_with_its_reason_and_way(value: str, tmp_path: Path) -> None:
    (line,) = refusals(changed(f"{CE}/type", value), tmp_path)
    reason, way = REFUSED_TYPES[value]
    assert line.endswith(f"type: {reason}; fix: {way}")


@pytest.mark.parametrize("kind", ["FARGATE", "UNMANAGED"])
def test_the_api_s_keys_of_instances_are_refused_on_fargate(kind: str, tmp_path: Path) -> None:
    for key in BATCH.shape_for("ComputeResource").members:
        if key == "type":
            continue
        (line,) = refusals(changed(CE, {"type": kind, key: 1}), tmp_path)
        assert "unknown key" not in line, line


def test_keys_of_another_type_are_refused_with_the_type_that_has_them(tmp_path: Path) -> None:
    for kind in ("EC2", "SPOT", "FARGATE"):
        (line,) = refusals(changed(CE, {"type": kind, "autoScalingGroup": {}}), tmp_path)
        assert line.endswith("fix: remove it, or use type UNMANAGED")
    (line,) = refusals(changed(CE, {"type": "FARGATE", "minVcpus": 0}), tmp_path)
    assert NO_INSTANCES[0] in line


def test_eks_is_refused_in_groups_of_nodes_too(tmp_path: Path) -> None:
    group = {"targetNodes": "0", "eksProperties": {}}
    nodes = {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": [group]}
    (line,) = refusals(changed(JOB, {"nodeProperties": nodes}), tmp_path)
    assert "nodeRangeProperties[0].eksProperties: AWS Batch on EKS is not supported" in line


def keys_of(*models: Any) -> set[str]:
    """Return the keys that a block has, and those that it refuses by name."""
    has = {str(field.alias) for model in models for field in model.model_fields.values()}
    return has | {key for model in models for key in model.refused_keys}


ENVIRONMENTS = [
    keys_of(each)
    for each in (Ec2Environment, SpotEnvironment, FargateEnvironment, UnmanagedEnvironment)
]
STRUCTURES: Mapping[str, list[set[str]]] = {
    "CreateComputeEnvironmentRequest": ENVIRONMENTS,
    "UpdateComputeEnvironmentRequest": ENVIRONMENTS,
    "ComputeResource": ENVIRONMENTS,
    "ComputeResourceUpdate": ENVIRONMENTS,
    "LaunchTemplateSpecification": [keys_of(LaunchTemplate)],
    "UpdatePolicy": [keys_of(UpdatePolicy)],
    "CreateJobQueueRequest": [keys_of(JobQueue)],
    "UpdateJobQueueRequest": [keys_of(JobQueue)],
    "JobStateTimeLimitAction": [keys_of(JobStateTimeLimitAction)],
    "CreateSchedulingPolicyRequest": [keys_of(JobQueue, FairsharePolicy)],
    "FairsharePolicy": [keys_of(FairsharePolicy)],
    "ShareAttributes": [keys_of(Share)],
    "RegisterJobDefinitionRequest": [keys_of(JobDefinition)],
    "ContainerProperties": [
        {*CONTAINER_PROPERTIES, *FARGATE_PROPERTIES, OF_NODES, "vcpus", "memory"}
    ],
    "RetryStrategy": [keys_of(RetryStrategy)],
    "EvaluateOnExit": [keys_of(EvaluateOnExit)],
    "JobTimeout": [keys_of(Timeout)],
}
"""Structure of the API to the keys of each kind of block that stands for it."""

API_FORMS = {"EcsProperties", "NodeProperties"}
"""Structures that a stack file has in the API's own form, however deep; botocore checks them."""


def unheard_of(shape: Any) -> Iterator[str]:
    """Yield the members of a structure, and of those in it, that neither are keys nor refused."""
    if shape.type_name == "list":
        yield from unheard_of(shape.member)
    elif shape.type_name == "structure" and shape.name not in API_FORMS:
        refused = {key for keys in REFUSED.values() for key in keys} - {"computeResources"}
        for name, member in shape.members.items():
            if not all(name in keys for keys in STRUCTURES.get(shape.name, [set()])):
                yield f"{shape.name}.{name}"
            elif name not in refused and shape.name != "ContainerProperties":
                yield from unheard_of(member)


@pytest.mark.parametrize(
    "operation",
    [
        "CreateComputeEnvironment",
        "UpdateComputeEnvironment",
        "CreateJobQueue",
        "UpdateJobQueue",
        "CreateSchedulingPolicy",
        "RegisterJobDefinition",
    ],
)
def test_every_member_of_the_api_is_a_key_or_refused_by_name(operation: str) -> None:
    """A newer botocore with a further member fails here: it becomes a key, or gets its reason."""
    assert list(unheard_of(BATCH.operation_model(operation).input_shape)) == []


def test_whatever_the_api_creates_is_a_block_or_refused_by_name() -> None:
    made = {
        f"{name[0].lower()}{name[1:]}".removesuffix("y") + ("ies" if name.endswith("y") else "s")
        for operation in BATCH.operation_names
        for verb, _, name in [operation.partition("Create")]
        if not verb
    }
    assert made >= {"computeEnvironments", "jobQueues", "serviceEnvironments"}
    assert made - {*BLOCKS, *ENTRIES, *REFUSED["config"]} == set()


@pytest.mark.parametrize("kind", ["CRType", "CEType"])
def test_every_type_of_the_api_is_taken_or_refused_by_name(kind: str, tmp_path: Path) -> None:
    for value in BATCH.shape_for(kind).enum:
        if value not in {"EC2", "SPOT", "FARGATE", "FARGATE_SPOT", "UNMANAGED"}:
            (line,) = refusals(changed(f"{CE}/type", value), tmp_path)
            assert "is not one of" not in line, line
