"""Job definitions of every form under the engine: phantom revisions, and edits in place."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]

SIZE = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
RICH = {
    "image": "busybox",
    "memory": 64,
    "user": "1000",
    "readonlyRootFilesystem": True,
    "environment": {"B": "2", "A": ""},
    "secrets": {"TOKEN": "/app/token"},
    "volumes": {
        "tmp": {"containerPath": "/tmp"},
        "data": {"containerPath": "/data", "efs": {"fileSystemId": "fs-0123abcd", "iam": True}},
    },
    "ulimits": {"nofile": {"softLimit": 1024, "hardLimit": 65536}},
    "linuxParameters": {"initProcessEnabled": True},
    "permissions": {"s3Read": ["s3://incoming/raw"]},
    "retry": {"attempts": 2, "on": ["spot", 137]},
    "schedulingPriority": 5,
}
FORMS = {
    "rich": RICH,
    "small": {
        "image": "busybox",
        "platform": "FARGATE",
        "vcpus": 0.25,
        "memory": 512,
        "fargate": {"platformVersion": "LATEST", "ephemeralStorage": 30},
    },
    "pair": {
        "ecsProperties": {
            "taskProperties": [
                {
                    "containers": [
                        {"name": "b", "image": "b", "resourceRequirements": SIZE},
                        {
                            "name": "a",
                            "image": "a",
                            "resourceRequirements": SIZE,
                            "environment": [
                                {"name": "Z", "value": "1"},
                                {"name": "Y", "value": ""},
                            ],
                        },
                    ]
                }
            ]
        }
    },
    "mpi": {
        "nodeProperties": {
            "numNodes": 2,
            "mainNode": 0,
            "nodeRangeProperties": [
                {"targetNodes": "0:", "container": {"image": "b", "resourceRequirements": SIZE}}
            ],
        }
    },
}


def test_pain_17_every_form_is_registered_once_and_edits_make_one_revision(new_stack):
    stack = new_stack()
    stack.block("network")["mode"] = "nat"  # for the nodes of a job
    stack.block("computeEnvironments")["fargate"] = {"type": "FARGATE", "maxVcpus": 4}
    stack.block("jobQueues")["fargate"] = {"computeEnvironments": ["fargate"]}
    stack.block("jobDefinitions").update(FORMS)
    stack.up()
    assert set(stack.up().counts()) == {"same"}
    assert stack.pulumi("refresh", "--yes", "--skip-preview").changes == []
    assert stack.preview().planned == []

    # The number of named rules may change too: the provider would replace for it.
    stack.block("jobDefinitions")["rich"] = {**RICH, "retry": {"on": ["outOfMemory"]}}
    stack.block("jobDefinitions")["rich"]["permissions"] = {"s3Read": ["s3://incoming"]}
    changes = stack.up().changes
    assert sorted(changes) == [
        ("update", f"JobDefinition {stack.name}-rich"),
        ("update", f"Parameter {stack.name}-outputs"),
        ("update", f"RolePolicy {stack.name}-job-rich"),
    ]
    revisions = {key: made["revision"] for key, made in stack.outputs()["jobDefinitions"].items()}
    assert revisions == {"hello": 1, "mpi": 1, "pair": 1, "rich": 2, "small": 1}
