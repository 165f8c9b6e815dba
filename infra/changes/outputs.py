"""What is there, as far as the stack's outputs tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.changes.snapshot import Facts, Snapshot, is_fargate
from infra.job_definitions.containers import DOCUMENT_KEYS, document_key
from infra.settings.job_queues import FAIR_SHARE, FIFO
from infra.settings.network import ExistingNetwork

if TYPE_CHECKING:
    from batchsdk.contract import ComputeEnvironment, JobDefinition, StackOutputs
    from infra.settings import Settings
    from infra.settings import job_definitions as settings


def of_outputs(outputs: StackOutputs, described: str, wanted: Settings) -> Snapshot:
    """Return the snapshot that a stack's outputs allow: names, sizes, order; not how it is made.

    Args:
        outputs: of the contract.
        described: where they were read.
        wanted: the config to compare with: another network mode is all that the outputs can tell
            of a network that the stack makes.
    """
    return Snapshot(
        described=described,
        environment=outputs.environment,
        region=outputs.region,
        whole=False,
        compute_environments={
            key: _output_environment(one, outputs, wanted)
            for key, one in outputs.compute_environments.items()
        },
        job_queues={
            key: {
                "priority": one.priority,
                "computeEnvironments": one.compute_environments,
                "schedulingMode": FAIR_SHARE if one.scheduling_policy_arn else FIFO,
            }
            for key, one in outputs.job_queues.items()
        },
        job_definitions={
            key: _output_definition(one, wanted.job_definitions.get(key))
            for key, one in outputs.job_definitions.items()
        },
    )


def _output_environment(
    one: ComputeEnvironment, outputs: StackOutputs, wanted: Settings
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "serviceRole": "custom" if outputs.roles.service else "linked",
        "type": one.type,
        "maxVcpus": one.max_vcpus,
    }
    if not is_fargate(facts):
        facts["instanceTypes"] = tuple(sorted(one.instance_types))
    network = outputs.network
    if network.mode != wanted.network.mode:
        facts["subnets"] = (f"mode {network.mode}",)
    elif isinstance(wanted.network, ExistingNetwork):
        facts["subnets"] = tuple(sorted(network.subnet_ids))
        facts["securityGroups"] = tuple(sorted(network.security_group_ids))
    return facts


def _output_definition(one: JobDefinition, wanted: settings.JobDefinition | None) -> Facts:
    facts: dict[str, Any] = {"parameters": dict(one.parameters) or None}
    if wanted is not None and document_key(wanted) != DOCUMENT_KEYS[0]:
        return facts  # the outputs have sums over its containers alone
    if one.command:
        facts["command"] = list(one.command)
    if one.vcpus is not None:
        facts["resourceRequirements.VCPU"] = one.vcpus
    if one.memory is not None:
        facts["resourceRequirements.MEMORY"] = float(one.memory)
    return facts
