"""What AWS says of a queue and its compute environments, in the form of a stack's outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from batchsdk.contract.capacity import InstanceType, as_registered
from batchsdk.contract.definition_shapes import EKS
from batchsdk.contract.stack_outputs import (
    UNLIMITED_VCPUS,
    ComputeEnvironment,
    JobQueue,
    LargestInstance,
    LogGroup,
    Network,
    Role,
    Roles,
    StackOutputs,
)

_NOBODY = Role(name="", arn="")


def outputs_of(queue: Mapping[str, Any], environments: Iterable[Mapping[str, Any]]) -> StackOutputs:
    """Return what the outputs of a stack with this queue alone would say.

    Their schema version is empty: of the network, the roles and the log group, which no answer of
    AWS Batch tells, there are empty texts.

    Args:
        queue: as DescribeJobQueues shows it.
        environments: its compute environments, as DescribeComputeEnvironments shows them.
    """
    known = {each.arn: each for each in map(environment_of, environments)}
    order = sorted(queue.get("computeEnvironmentOrder") or (), key=lambda each: each["order"])
    named = [known.get(each["computeEnvironment"]) for each in order]
    arn = str(queue["jobQueueArn"])
    _, _, _, region, account_id, _ = arn.split(":", maxsplit=5)
    name = str(queue["jobQueueName"])
    return StackOutputs(
        schema_version="",
        environment=f"queue {name}",
        region=region,
        account_id=account_id,
        network=Network(mode="", vpc_id="", subnet_ids=(), security_group_ids=()),
        roles=Roles(execution=_NOBODY, job=_NOBODY),
        compute_environments={each.name: each for each in named if each is not None},
        job_queues={
            name: JobQueue(
                name=name,
                arn=arn,
                priority=int(queue.get("priority", 0)),
                compute_environments=tuple(each.name if each is not None else "" for each in named),
                scheduling_policy_arn=queue.get("schedulingPolicyArn"),
                state=None if queue.get("state", "ENABLED") == "ENABLED" else queue["state"],
            )
        },
        job_definitions={},
        log_group=LogGroup(name="", arn=""),
    )


def environment_of(described: Mapping[str, Any]) -> ComputeEnvironment:
    """Return a compute environment, as far as AWS Batch alone describes it."""
    resources: Mapping[str, Any] = described.get("computeResources") or {}
    kind = EKS if described.get("eksConfiguration") else resources.get("type", "UNMANAGED")
    return ComputeEnvironment(
        name=described["computeEnvironmentName"],
        arn=described["computeEnvironmentArn"],
        type=kind,
        max_vcpus=int(resources.get("maxvCpus", UNLIMITED_VCPUS)),
        instance_types=tuple(resources.get("instanceTypes") or ()),
        ecs_cluster_arn=described.get("ecsClusterArn") if kind == "UNMANAGED" else None,
    )


def with_instances(
    environment: ComputeEnvironment,
    described: Mapping[str, Any],
    answers: Sequence[Mapping[str, Any]],
) -> ComputeEnvironment:
    """Return a compute environment with what its instances have.

    Args:
        environment: of :func:`environment_of`.
        described: what it was made from.
        answers: its instance types, as EC2 describes them; none if that is not known.
    """
    resources: Mapping[str, Any] = described.get("computeResources") or {}
    images: Sequence[Mapping[str, Any]] = resources.get("ec2Configuration") or ()
    # An image of the user's own, or a launch template's, may register GPUs of its own accord.
    is_own = bool(resources.get("imageId") or resources.get("launchTemplate")) or any(
        each.get("imageIdOverride") for each in images
    )
    instances = as_registered(
        map(InstanceType.from_response, answers),
        image_type=images[0].get("imageType") if len(images) == 1 else None,
        own_image=is_own,
    )
    if not instances:
        return environment
    architectures = {each.architecture for each in instances}
    return replace(
        environment,
        architecture=architectures.pop() if len(architectures) == 1 else None,
        largest_instance=LargestInstance(
            vcpus=max(each.vcpus for each in instances),
            memory=max(each.memory for each in instances),
            gpus=max(each.gpus for each in instances),
        ),
    )
