"""What AWS Batch has and this platform does not carry: refused by name, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

EKS = (
    (
        "AWS Batch on EKS is not supported: pulumi-aws 7 has only a part of its job definitions "
        "(no persistent volume claims, annotations or namespaces of pods)"
    ),
    "use EC2, SPOT, FARGATE or FARGATE_SPOT, which run on ECS",
)

DESIRED_VCPUS = (
    "AWS Batch moves it with the load, so a fixed value would differ in every preview",
    "remove it; minVcpus keeps vCPUs running",
)

NO_INSTANCES = (
    "Fargate has no instances of yours, and AWS Batch refuses it there",
    "remove it, or use type EC2 or SPOT",
)

REFUSED_TYPES: Mapping[str, tuple[str, str]] = {
    "EKS": EKS,
    "ECS_MANAGED_INSTANCES": (
        "'ECS_MANAGED_INSTANCES' is not supported: pulumi-aws 7 has no managedInstancesProvider",
        "use EC2 or SPOT",
    ),
}
"""Values of a compute environment's ``type``, each with fault and fix."""

REFUSED_KEYS: Mapping[str, tuple[str, str]] = {
    "desiredVcpus": DESIRED_VCPUS,
    "desiredvCpus": DESIRED_VCPUS,
    "eksConfiguration": EKS,
}
"""Keys of every compute environment."""
