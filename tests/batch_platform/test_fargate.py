"""Fargate environments: what is made for them, and what is not."""

from __future__ import annotations

import json

import pytest
import yaml

from batch_platform.job_definitions.containers import assigns_public_ip
from batch_platform.settings.job_definitions import JobDefinition
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_run import RunProgram


def on_fargate(kind: str = "FARGATE") -> str:
    """Return the stack file of an environment of this type, with a job that it can run."""
    text = config("{mode: nat}").replace("{type: EC2}", f"{{type: {kind}, maxVcpus: 8}}")
    return text.replace("memory: 100", "memory: 512, vcpus: 0.25, platform: FARGATE")


@pytest.mark.parametrize("kind", ["FARGATE", "FARGATE_SPOT"])
def test_fargate_alone_has_no_instance_role_and_looks_for_no_ami(
    run_program: RunProgram, kind: str
) -> None:
    run = run_program(on_fargate(kind))

    environment = run.only("ComputeEnvironment").inputs
    assert environment["computeResources"] == {
        "type": kind,
        "maxVcpus": 8,
        "subnets": ["Subnet/test-private-1", "Subnet/test-private-2"],
        "securityGroupIds": ["SecurityGroup/test-instances"],
    }
    assert "updatePolicy" not in environment
    assert run.every("InstanceProfile") == run.every("Stash") == []
    assert {one.name for one in run.every("Role")} == {"test-execution", "test-job"}
    assert [token for token, _ in run.invokes if token.endswith("getParameter")] == []
    assert "instance" not in run.outputs["roles"]
    assert "instanceProfileArn" not in run.outputs["roles"]
    assert run.outputs["computeEnvironments"]["default"]["instanceTypes"] == []


def test_pain_06_fargate_updates_are_rejected(run_program: RunProgram) -> None:
    """Its type is its identity, whatever the role: another one makes another environment."""
    kinds = ("FARGATE", "FARGATE_SPOT")
    triggers = {
        kind: run_program(on_fargate(kind)).only("ComputeEnvironment").replacement_trigger
        for kind in kinds
    }
    assert triggers == {kind: ["linked", kind] for kind in kinds}


def test_instances_beside_fargate_have_their_role(run_program: RunProgram) -> None:
    both = on_fargate().replace(
        "  batch-platform:jobQueues:",
        "    instances: {type: SPOT}\n  batch-platform:jobQueues:",
    )
    run = run_program(both)
    assert len(run.every("InstanceProfile")) == len(run.every("Stash")) == 1
    fargate = run.only("ComputeEnvironment", "test-default").inputs["computeResources"]
    assert "instanceRole" not in fargate


@pytest.mark.parametrize(
    ("network", "public_ip"),
    [("", False), (", networkConfiguration: {assignPublicIp: ENABLED}", True)],
)
def test_several_containers_say_it_in_their_network_configuration(
    network: str, public_ip: bool
) -> None:
    container = "{name: app, image: busybox, resourceRequirements: [{type: VCPU, value: '1'}, "
    container += "{type: MEMORY, value: '2048'}]}"
    text = (
        "{platform: FARGATE, ecsProperties: {taskProperties: [{containers: "
        f"[{container}]{network}}}]}}}}"
    )
    definition = JobDefinition.model_validate_json(json.dumps(yaml.safe_load(text)))
    assert assigns_public_ip(definition) is public_ip
