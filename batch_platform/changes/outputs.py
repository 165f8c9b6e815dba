"""What is there, as far as the stack's outputs tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from batch_platform.changes.registrations import UNKNOWN, Registration
from batch_platform.changes.rules import DEFINITION, ENVIRONMENT, QUEUE, Inputs
from batch_platform.changes.snapshot import Snapshot
from batch_platform.compute_environments.updates import CUSTOM, LINKED
from batch_platform.job_definitions.containers import DOCUMENT_KEYS, document_key
from batch_platform.settings.job_queues import FAIR_SHARE, FIFO
from batch_platform.settings.network import ExistingNetwork

if TYPE_CHECKING:
    from batch_platform.settings import Settings
    from batch_platform.settings import job_definitions as settings
    from batchsdk.contract import ComputeEnvironment, JobDefinition, StackOutputs


def of_outputs(outputs: StackOutputs, described: str, wanted: Settings) -> Snapshot:
    """Return the snapshot that a stack's outputs allow: names, sizes, order; not how it is made.

    Args:
        outputs: of the contract.
        described: where they were read.
        wanted: the config to compare with: another network mode is all that the outputs can tell
            of a network that the stack makes.
    """
    environments = {
        key: _environment(one, outputs, wanted) for key, one in outputs.compute_environments.items()
    }
    queues = {
        key: {
            "priority": one.priority,
            "computeEnvironments": list(one.compute_environments),
            "schedulingMode": FAIR_SHARE if one.scheduling_policy_arn else FIFO,
        }
        for key, one in outputs.job_queues.items()
    }
    definitions = {
        key: _definition(one, wanted.job_definitions.get(key))
        for key, one in outputs.job_definitions.items()
    }
    return Snapshot(
        described=described,
        environment=outputs.environment,
        region=outputs.region,
        whole=False,
        resources={
            ENVIRONMENT: _registrations(ENVIRONMENT, environments),
            QUEUE: _registrations(QUEUE, queues),
            DEFINITION: _registrations(DEFINITION, definitions),
        },
    )


def _registrations(kind: str, known: Mapping[str, Inputs]) -> Mapping[str, Registration]:
    return {key: Registration(type=kind, name=key, inputs=inputs) for key, inputs in known.items()}


def _environment(one: ComputeEnvironment, outputs: StackOutputs, wanted: Settings) -> Inputs:
    if one.type == "UNMANAGED":  # of its role and its group the outputs tell nothing
        return {"type": one.type, "state": UNKNOWN, "serviceRole": UNKNOWN, "computeResources": {}}
    role: Any = outputs.roles.service.arn if outputs.roles.service else LINKED
    if outputs.roles.service and wanted.roles.service_role == CUSTOM:
        role = UNKNOWN  # only the state tells whether it is the same role
    capacity: dict[str, Any] = {"type": one.type, "maxVcpus": one.max_vcpus}
    if one.instance_types:
        capacity |= {"instanceTypes": sorted(one.instance_types), "ec2Configurations": [{}]}
    network = outputs.network
    if network.mode != wanted.network.mode:
        capacity["subnets"] = [f"mode {network.mode}"]
    elif isinstance(wanted.network, ExistingNetwork):
        capacity["subnets"] = sorted(network.subnet_ids)
        capacity["securityGroupIds"] = sorted(network.security_group_ids)
    return {
        "type": "MANAGED",
        "state": UNKNOWN,
        "serviceRole": role,
        "computeResources": capacity,
    }


def _definition(one: JobDefinition, wanted: settings.JobDefinition | None) -> Inputs:
    if wanted is not None and document_key(wanted) != DOCUMENT_KEYS[0]:
        return {"name": one.name, "parameters": one.parameters}  # else sums over its containers
    amounts = {"VCPU": one.vcpus, "MEMORY": one.memory}
    container: dict[str, Any] = {
        "resourceRequirements": {key: value for key, value in amounts.items() if value is not None}
    }
    if one.command:
        container["command"] = list(one.command)
    return {"name": one.name, "parameters": one.parameters, "containerProperties": container}
