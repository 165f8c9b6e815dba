"""What ``computeResources`` of a MANAGED environment may say, at creation and in an update."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from localaws.batch import placement
from localaws.batch.errors import ClientException, required
from localaws.batch.models import ComputeEnvironment
from localaws.batch.operations import fargate
from localaws.batch.operations.booting import check_images, check_launch_template

SERVICE_LINKED_ROLE = "aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
ON_DEMAND_STRATEGIES = frozenset(
    {"BEST_FIT", "BEST_FIT_PROGRESSIVE", "BEST_FIT_PROGRESSIVE_ORDERED"}
)
SPOT_STRATEGIES = frozenset(
    {
        "BEST_FIT",
        "BEST_FIT_PROGRESSIVE",
        "SPOT_CAPACITY_OPTIMIZED",
        "SPOT_PRICE_CAPACITY_OPTIMIZED",
        "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
    }
)
"""API: ComputeResource.allocationStrategy."""
SCALING = frozenset({"minvCpus", "maxvCpus", "desiredvCpus"})
FARGATE_CHANGES = frozenset({"maxvCpus", "subnets", "securityGroupIds"})
"""User guide: Updating compute environments."""
MIN_SCALE_DOWN, MAX_SCALE_DOWN = 20, 10_080


def check_managed(resources: Mapping[str, Any], *, is_new: bool = True) -> None:
    """Refuse resources that AWS would.

    Args:
        resources: ``computeResources`` of a MANAGED environment.
        is_new: whether the environment is being created.

    Raises:
        ClientException: naming the member, and what it may be.
    """
    kind = resources.get("type")
    if kind is None:
        raise required("Resource type")
    if kind == "ECS_MANAGED_INSTANCES":
        raise ClientException("ECS_MANAGED_INSTANCES is not supported by the local Batch yet")
    for member in ("managedInstancesProvider", "capacityTags"):
        if member in resources:
            raise ClientException(f"{member} is only applicable for ECS_MANAGED_INSTANCES.")
    for member, label in (("maxvCpus", "Resource maxvCpus"), ("subnets", "Resource subnets")):
        if resources.get(member) in (None, []):
            raise required(label)
    if kind.startswith("FARGATE"):
        fargate.check_environment(resources)
    else:
        _check_instances(resources, is_new=is_new)
        _check_scaling(resources)


def _check_instances(resources: Mapping[str, Any], *, is_new: bool) -> None:
    if not resources.get("instanceRole"):
        raise required("Instance role")
    if "minvCpus" not in resources:
        raise required("Resource minvCpus")
    if not resources.get("instanceTypes"):
        raise required("Resource instanceTypes")
    if not resources.get("securityGroupIds") and not resources.get("launchTemplate"):
        raise required("Resource securityGroupIds")
    if unknown := placement.unknown_instance_types(resources["instanceTypes"]):
        raise ClientException(f"Instance type {', '.join(unknown)} does not exist")
    architectures = placement.architectures(tuple(resources["instanceTypes"]))
    if len(architectures) > 1:
        raise ClientException(
            "instanceTypes of a compute environment must share one architecture, got "
            + " and ".join(sorted(architectures))
        )
    is_spot = resources["type"] == "SPOT"
    strategy = resources.get("allocationStrategy", "BEST_FIT")
    if strategy not in (SPOT_STRATEGIES if is_spot else ON_DEMAND_STRATEGIES):
        raise ClientException(
            f"Allocation strategy {strategy} is not supported for {resources['type']}"
        )
    if is_spot and strategy == "BEST_FIT" and not resources.get("spotIamFleetRole"):
        raise required("spotIamFleetRole")
    check_images(resources, is_new=is_new)
    check_launch_template(resources)


def _check_scaling(resources: Mapping[str, Any]) -> None:
    least, most = resources["minvCpus"], resources["maxvCpus"]
    if not 0 <= least <= most:
        raise ClientException(f"minvCpus must be between 0 and maxvCpus, got {least} and {most}")
    desired = resources.get("desiredvCpus", least)
    if not least <= desired <= most:
        raise ClientException(
            f"desiredvCpus must be between minvCpus {least} and maxvCpus {most}, got {desired}"
        )
    delay = resources.get("scalingPolicy", {}).get("minScaleDownDelayMinutes", 0)
    if delay and not MIN_SCALE_DOWN <= delay <= MAX_SCALE_DOWN:
        raise ClientException(
            f"minScaleDownDelayMinutes must be 0 or between {MIN_SCALE_DOWN} and {MAX_SCALE_DOWN}, "
            f"got {delay}"
        )


def updates_infrastructure(environment: ComputeEnvironment) -> bool:
    """Whether the environment has instances that an update replaces (API: UpdatePolicy)."""
    return environment.type == "MANAGED" and not placement.is_fargate(environment)


def updated(environment: ComputeEnvironment, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the environment's resources after an update.

    Scaling is in place for any role and strategy. Any other change is an infrastructure update,
    which needs the service-linked role and a strategy that can be updated (user guide: Updating
    compute environments).

    Raises:
        ClientException: the change needs a replacement, or its result is not valid.
    """
    if not changes:
        return environment.compute_resources
    if environment.type != "MANAGED":
        raise ClientException("computeResources is not applicable for UNMANAGED environments.")
    current = environment.compute_resources
    given = {key: value for key, value in changes.items() if value != []}
    if placement.is_fargate(environment):
        if outside := given.keys() - FARGATE_CHANGES:
            raise ClientException(f"{_names(outside)} is not applicable for Fargate.")
    else:
        _check_changes(environment, given)
    resources = {**current, **given}
    resources.pop("updateToLatestImageVersion", None)  # an order to act, not a property
    # minvCpus and maxvCpus may go past what is desired now: Batch then moves that along.
    if "desiredvCpus" in current and "desiredvCpus" not in given:
        least, most = resources["minvCpus"], resources["maxvCpus"]
        resources["desiredvCpus"] = max(least, min(current["desiredvCpus"], most))
    check_managed(resources, is_new=False)
    return resources


def _check_changes(environment: ComputeEnvironment, given: Mapping[str, Any]) -> None:
    current = environment.compute_resources
    if given.get("type") == "ECS_MANAGED_INSTANCES":
        raise ClientException("The type cannot change to or from ECS_MANAGED_INSTANCES.")
    if str(given.get("type", "EC2")).startswith("FARGATE"):
        raise ClientException("A compute environment cannot change between EC2 and Fargate.")
    if given.get("allocationStrategy") == "BEST_FIT":
        raise ClientException("Allocation strategy BEST_FIT is not supported in an update.")
    infrastructure = given.keys() - SCALING - {"scalingPolicy"}
    strategy = current.get("allocationStrategy", "BEST_FIT")
    can_update = SERVICE_LINKED_ROLE in environment.service_role and strategy != "BEST_FIT"
    if infrastructure and not can_update:
        raise ClientException(
            "Compute environment infrastructure can be updated only with the service-linked role "
            "and an allocation strategy other than BEST_FIT; replace it to change "
            + _names(infrastructure)
        )
    if given.get("desiredvCpus", current["desiredvCpus"]) < current["desiredvCpus"]:
        raise ClientException(
            "Manually scaling down compute environment is not supported. Disconnecting job queues "
            "from compute environment will cause it to scale-down to minvCpus."
        )


def _names(members: Set[str]) -> str:
    return ", ".join(sorted(members))
