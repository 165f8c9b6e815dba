"""What Batch's description of a job definition says of its containers and nodes."""

from __future__ import annotations

from typing import Any

import pytest

from batchsdk.contract.definition_shapes import definition_of

SIZE = {
    "resourceRequirements": [{"type": "VCPU", "value": "2"}, {"type": "MEMORY", "value": "512"}]
}
ONE = {"image": "i", "command": ["go"], **SIZE}
TASK = {"containers": [{"name": "a", **ONE}, {"name": "b", "essential": False, **SIZE}]}


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"containerProperties": ONE}, {"command": ("go",), "vcpus": 2, "kind": None}),
        ({"containerProperties": {"vcpus": 3, "memory": 64}}, {"vcpus": 3, "memory": 64}),
        (
            {
                "containerProperties": {
                    "runtimePlatform": {
                        "cpuArchitecture": "ARM64",
                        "operatingSystemFamily": "LINUX",
                    }
                }
            },
            {"architecture": "arm64", "operating_system": "LINUX", "vcpus": None},
        ),
        (
            {"ecsProperties": {"taskProperties": [TASK]}},
            {"kind": "multiContainer", "vcpus": 4, "memory": 1024, "command": ()},
        ),
        (
            {
                "nodeProperties": {
                    "numNodes": 3,
                    "mainNode": 1,
                    "nodeRangeProperties": [{"targetNodes": "0:", "container": ONE}],
                }
            },
            {"kind": "multiNode", "num_nodes": 3, "main_node": 1, "command": ("go",), "vcpus": 2},
        ),
        ({"platformCapabilities": ["FARGATE"], "eksProperties": {}}, {"platform": "FARGATE"}),
    ],
)
def test_a_description_tells(form: dict[str, Any], told: dict[str, Any]) -> None:
    found = definition_of({"jobDefinitionName": "j", "jobDefinitionArn": "a", "revision": 4} | form)
    assert {name: getattr(found, name) for name in told} == told
    assert (found.name, found.arn, found.revision) == ("j", "a", 4)


def test_containers_are_told_one_by_one() -> None:
    nodes = {
        "nodeRangeProperties": [{"targetNodes": "0", "ecsProperties": {"taskProperties": [TASK]}}]
    }
    for found in (
        definition_of({"revision": 1, "ecsProperties": {"taskProperties": [TASK]}}).containers,
        (definition_of({"revision": 1, "nodeProperties": nodes}).node_ranges or ())[0].containers,
    ):
        assert [(each.name, each.essential, each.memory) for each in found or ()] == [
            ("a", None, 512),
            ("b", False, 512),
        ]
