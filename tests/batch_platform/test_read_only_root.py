"""A root that cannot be written is the default wherever a job can have a /tmp."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_files import VALID

IMAGE = {"image": "busybox", "memory": 512}
FARGATE = {**IMAGE, "platform": "FARGATE", "vcpus": 0.25}
SIZE = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
IN_MEMORY = {"containerPath": "/tmp", "size": 64, "mountOptions": ["exec", "nodev", "nosuid"]}


def made(
    run_program: RunProgram,
    definition: dict[str, Any],
    form: str = "containerProperties",
    **defaults: Any,
) -> dict[str, Any]:
    """Return what AWS Batch gets for a definition of a stack with these ``jobDefaults``."""
    config = {
        **VALID,
        "batch-platform:computeEnvironments": {
            "default": {"type": "EC2"},
            "fargate": {"type": "FARGATE"},
        },
        "batch-platform:network": {"mode": "nat"},
        "batch-platform:jobQueues": {
            key: {"computeEnvironments": [key]} for key in ("default", "fargate")
        },
        "batch-platform:jobDefinitions": {"hello": definition},
        "batch-platform:jobDefaults": defaults,
    }
    run = run_program(yaml.safe_dump({"config": config}, sort_keys=False))
    assert run.refused == []
    value: dict[str, Any] = json.loads(run.only("JobDefinition").inputs[form])
    return value


def test_on_instances_the_root_is_read_only_and_tmp_is_in_memory(run_program: RunProgram) -> None:
    tmpfs = {"containerPath": "/run", "size": 1}
    container = made(run_program, {**IMAGE, "linuxParameters": {"tmpfs": [tmpfs]}, "user": "1000"})

    assert container["readonlyRootFilesystem"] is True
    assert container["linuxParameters"] == {"tmpfs": [tmpfs, IN_MEMORY]}
    assert not {"volumes", "mountPoints"} & container.keys()


def test_on_fargate_the_root_is_read_only_and_tmp_is_a_volume(run_program: RunProgram) -> None:
    taken = {"tmp-1": {"containerPath": "/data"}}
    container = made(run_program, {**FARGATE, "volumes": taken})

    assert container["readonlyRootFilesystem"] is True
    assert container["volumes"] == [{"name": "tmp-1"}, {"name": "tmp-2"}]
    assert container["mountPoints"][1] == {"sourceVolume": "tmp-2", "containerPath": "/tmp"}
    assert "linuxParameters" not in container


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "own",
    [
        {"volumes": {"scratch": {"containerPath": "/tmp/"}}},
        {"linuxParameters": {"tmpfs": [{"containerPath": "/tmp", "size": 9}]}},
        {
            "containerProperties": {
                "volumes": [{"name": "nvme", "host": {"sourcePath": "/scratch"}}],
                "mountPoints": [{"sourceVolume": "nvme", "containerPath": "/tmp"}],
            }
        },
    ],
)
def test_a_tmp_of_its_own_stays(run_program: RunProgram, own: dict[str, Any]) -> None:
    container = made(run_program, {**IMAGE, **own})

    assert container["readonlyRootFilesystem"] is True
    assert json.dumps(container).count('"containerPath": "/tmp') == 1


@pytest.mark.parametrize("said", ["definition", "defaults", "containerProperties"])
def test_a_config_that_says_false_gets_the_images_own_root(
    run_program: RunProgram, said: str
) -> None:
    key = {"readonlyRootFilesystem": False}
    definition = {
        "definition": {**IMAGE, **key},
        "containerProperties": {**IMAGE, "containerProperties": key},
    }.get(said, IMAGE)
    container = made(run_program, definition, **(key if said == "defaults" else {}))

    assert container["readonlyRootFilesystem"] is False
    assert "linuxParameters" not in container


@pytest.mark.parametrize(
    "why",
    [
        {"user": "1000:1000"},  # a volume of Fargate is root's
        {"containerProperties": {"enableExecuteCommand": True}},  # its agent writes to the root
    ],
)
def test_where_no_tmp_can_be_had_the_root_is_the_images_unless_the_config_asks(
    run_program: RunProgram, why: dict[str, Any]
) -> None:
    assert "readonlyRootFilesystem" not in made(run_program, {**FARGATE, **why})
    asked = made(run_program, {**FARGATE, **why}, readonlyRootFilesystem=True)
    assert asked["readonlyRootFilesystem"] is True
    assert asked["mountPoints"] == [{"sourceVolume": "tmp-1", "containerPath": "/tmp"}]


def test_root_by_name_is_root(run_program: RunProgram) -> None:
    for user in ("root", "0:0"):
        assert made(run_program, {**FARGATE, "user": user})["readonlyRootFilesystem"] is True


def test_each_of_several_containers_has_its_own(run_program: RunProgram) -> None:
    containers: list[dict[str, Any]] = [
        {"name": name, "image": "b", "resourceRequirements": SIZE} for name in ("a", "b")
    ]
    containers[1]["readonlyRootFilesystem"] = False
    containers.append({**containers[0], "name": "c"})
    several = {"taskProperties": [{"containers": containers}]}

    (on_ec2,) = made(run_program, {"ecsProperties": several}, "ecsProperties")["taskProperties"]
    found = [each.get("linuxParameters") for each in on_ec2["containers"]]
    assert found == [{"tmpfs": [IN_MEMORY]}, None, {"tmpfs": [IN_MEMORY]}]

    two = {"taskProperties": [{"containers": [containers[0], containers[2]]}]}
    definition = {"ecsProperties": two, "platform": "FARGATE"}
    (on_fargate,) = made(run_program, definition, "ecsProperties")["taskProperties"]
    assert on_fargate["volumes"] == [{"name": "tmp-1"}, {"name": "tmp-2"}]
    mounts = [each["mountPoints"][0]["sourceVolume"] for each in on_fargate["containers"]]
    assert mounts == ["tmp-1", "tmp-2"]


def test_each_group_of_nodes_has_its_own(run_program: RunProgram) -> None:
    nodes = {
        "numNodes": 2,
        "mainNode": 0,
        "nodeRangeProperties": [
            {"targetNodes": "0:", "container": {"image": "b", "resourceRequirements": SIZE}}
        ],
    }
    (group,) = made(run_program, {"nodeProperties": nodes}, "nodeProperties")["nodeRangeProperties"]
    assert group["container"]["readonlyRootFilesystem"] is True
    assert group["container"]["linuxParameters"] == {"tmpfs": [IN_MEMORY]}
