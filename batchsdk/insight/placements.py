"""What the attempts of jobs ran on: an instance type or Fargate, On-Demand or Spot.

AWS Batch names the container instance of an attempt, and ECS its instance type for as long as it is
registered. The cluster in the ARN is that of a compute environment, which says what its capacity is
also when the instance is gone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from batchsdk.aws.transport import Transport
from batchsdk.errors import ServiceError
from batchsdk.insight.attempts import Ran

_DESCRIBED = 100
"""Container instances of one DescribeContainerInstances call (API: ECS)."""
_ARN_WITH_CLUSTER = 3
"""Parts of ``…:task/CLUSTER/ID``; the ARNs of before 2018 have no cluster (ECS guide: ARNs)."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """What an attempt ran on."""

    environment: str
    """Name of its compute environment."""
    kind: str
    """Its type: ``EC2``, ``SPOT``, ``FARGATE``, ``FARGATE_SPOT``; empty of an UNMANAGED one."""
    instance_type: str | None
    """``None`` on Fargate, and of an instance that AWS has forgotten, one of several types."""
    allowed: tuple[str, ...]
    """``instanceTypes`` of the environment."""


@dataclass(frozen=True, kw_only=True)
class Placements:
    """Where attempts ran, as far as AWS still knows."""

    environments: Mapping[str, Mapping[str, Any]]
    """Compute environments as AWS Batch describes them, by the names of their clusters."""
    instance_types: Mapping[str, str]
    """By the ARNs of container instances."""
    warnings: tuple[str, ...] = field(default=())

    @classmethod
    def ask(cls, transport: Transport, attempts: Iterable[Ran], known: Mapping[str, str]) -> Self:
        """Ask AWS: DescribeComputeEnvironments, and ECS about each hundred instances.

        A call that AWS refuses is a warning: without ECS the environments say much.

        Args:
            transport: the way to AWS.
            attempts: that ran.
            known: types of container instances that AWS said before.
        """
        arns = {each.container_instance_arn for each in attempts} - {None, *known}
        try:
            answer = transport.read("batch", "DescribeComputeEnvironments", {})
        except ServiceError as fault:
            text = f"Compute environments are not known: {fault.message}"
            return cls(environments={}, instance_types=known, warnings=(text,))
        environments = {
            each["ecsClusterArn"].rpartition("/")[2]: each
            for each in answer.get("computeEnvironments") or ()
            if each.get("ecsClusterArn")
        }
        found = dict(known)
        warnings: list[str] = []
        by_cluster = itertools.groupby(sorted(map(str, arns)), key=cluster_of)
        for cluster, members in by_cluster:
            if cluster not in environments:
                continue
            try:
                found |= _types(transport, cluster, list(members))
            except ServiceError as fault:
                warnings.append(f"Instances of cluster {cluster} are not known: {fault.message}")
        return cls(environments=environments, instance_types=found, warnings=tuple(warnings))

    def of(self, attempt: Ran) -> Placement | None:
        """Return what an attempt ran on; ``None`` if no compute environment is known for it."""
        arn = attempt.container_instance_arn
        environment = self.environments.get(cluster_of(arn or attempt.task_arn or ""))
        if environment is None:
            return None
        resources = environment.get("computeResources") or {}
        is_managed = environment.get("type") != "UNMANAGED"
        allowed = tuple(resources.get("instanceTypes") or ())
        # An environment of one type says it, also when the instance is gone; "c5" is a family.
        only = allowed[0] if len(allowed) == 1 and "." in allowed[0] else None
        return Placement(
            environment=str(environment["computeEnvironmentName"]),
            kind=str(resources.get("type") or "") if is_managed else "",
            instance_type=self.instance_types.get(arn or "", only),
            allowed=allowed,
        )


def cluster_of(arn: str) -> str:
    """Return the name of the ECS cluster in the ARN of a task or container instance, or nothing."""
    parts = arn.rpartition(":")[2].split("/")
    return parts[1] if len(parts) == _ARN_WITH_CLUSTER else ""


def _types(transport: Transport, cluster: str, arns: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for first in range(0, len(arns), _DESCRIBED):
        answer = transport.read(
            "ecs",
            "DescribeContainerInstances",
            {"cluster": cluster, "containerInstances": arns[first : first + _DESCRIBED]},
        )
        for each in answer.get("containerInstances") or ():
            for attribute in each.get("attributes") or ():
                if attribute.get("name") == "ecs.instance-type" and attribute.get("value"):
                    found[each["containerInstanceArn"]] = attribute["value"]
    return found
