"""Which edits of a compute environment the service takes in place, and which need a new one.

The rules are terraform-provider-aws's, release 6: in ``internal/service/batch``, file
``compute_environment.go``, ``ForceNew`` of the schema and
``resourceComputeEnvironmentCustomizeDiff``. They are narrower than AWS's own, which updates
instances under two more strategies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from localaws.resources.reading import Properties

UPDATABLE_STRATEGIES = frozenset(
    {"BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"}
)
"""isUpdatableAllocationStrategy."""
SERVICE_LINKED_ROLE = re.compile(
    r"arn:[^:]+:iam::\d{12}:role/aws-service-role/batch\.amazonaws\.com/"
)
"""isServiceLinkedRole; no role at all is that one too."""

FIXED = ("eksConfiguration", "name", "namePrefix", "type")
FIXED_RESOURCES = ("placementGroup", "spotIamFleetRole")
"""``ForceNew: true`` in the schema. Not ``computeResources.type``: AWS itself refuses that."""
INFRASTRUCTURE = (
    "allocationStrategy",
    "bidPercentage",
    "ec2KeyPair",
    "imageId",
    "instanceRole",
    "instanceTypes",
    "tags",
)
NETWORK = ("securityGroupIds", "subnets")
"""What resourceComputeEnvironmentCustomizeDiff forces; of Fargate's, not the network."""
IMAGE = ("imageIdOverride", "imageKubernetesVersion", "imageType")
LAUNCH_TEMPLATE = ("launchTemplateId", "launchTemplateName", "version")
UNORDERED = ("instanceTypes", *NETWORK)
"""``TypeSet`` in the schema."""


def replacements(old: Properties, new: Properties) -> dict[str, str]:
    """Return the paths of inputs whose change needs a new environment, each with the reason.

    Args:
        old: inputs that the environment was made or last updated with.
        new: inputs that it should have; as much as is known of them.
    """
    before, after = _resources(old), _resources(new)
    found = {
        key: f"{key} cannot be changed"
        for key in FIXED
        if _differ(key, old, new, computed=("name",))
    }
    found |= {
        f"computeResources.{key}": f"{key} cannot be changed"
        for key in FIXED_RESOURCES
        if _differ(key, before, after)
    }
    found |= {f"computeResources.{key}": why for key, why in _blocks(before, after).items()}
    why = why_not_updatable(old, new)
    if why is not None:
        changed = _infrastructure(before, after)
        found |= {f"computeResources.{key}": why for key in changed}
    return found


def why_not_updatable(old: Properties, new: Properties) -> str | None:
    """Say why AWS Batch cannot update the instances in place; ``None`` if it can.

    isUpdatableComputeEnvironment: both what is and what shall be must allow it.
    """
    roles = {old.get("serviceRole", ""), new.get("serviceRole", old.get("serviceRole", ""))}
    if own := sorted(role for role in roles if role and not SERVICE_LINKED_ROLE.match(role)):
        return f"the service role {own[0]} is not the service-linked one"
    if not new.get("computeResources"):
        return "it has no compute resources of its own"
    strategies = {_strategy(each) for each in (old, new) if each.get("computeResources")}
    if fixed := sorted(strategies - UPDATABLE_STRATEGIES):
        strategy = fixed[0] or "BEST_FIT (by default)"
        return f"allocation strategy {strategy} allows no update of instances"
    return None


def same_resources(old: Properties, new: Properties) -> bool:
    """Return whether ``computeResources`` mean the same: some lists have no order."""
    return _in_order(old) == _in_order(new)


def _infrastructure(before: Properties, after: Properties) -> list[str]:
    fargate = str(after.get("type", "")).upper().startswith("FARGATE")
    keys = INFRASTRUCTURE if fargate else INFRASTRUCTURE + NETWORK
    changed = [key for key in keys if _differ(key, before, after)]
    old_image, new_image = _first(before, "ec2Configurations"), _first(after, "ec2Configurations")
    if new_image:  # taken out, it stays as it is (Computed)
        changed += [
            f"ec2Configurations.{key}"
            for key in IMAGE
            if _differ(key, old_image, new_image, computed=("imageIdOverride",))
        ]
    old_template, new_template = before.get("launchTemplate"), after.get("launchTemplate")
    changed += [
        f"launchTemplate.{key}"
        for key in LAUNCH_TEMPLATE
        if _differ(key, old_template or {}, new_template or {}, computed=("version",))
    ]
    return changed


def _blocks(before: Properties, after: Properties) -> dict[str, str]:
    """Blocks that were added or taken out: ``ForceNew`` of a list is about its length."""
    found = {}
    counts = [len(each.get("ec2Configurations") or ()) for each in (before, after)]
    if counts[1] and counts[0] != counts[1]:
        found["ec2Configurations"] = "the number of ec2Configurations cannot be changed"
    if bool(before.get("launchTemplate")) != bool(after.get("launchTemplate")):
        found["launchTemplate"] = "a launch template cannot be added or removed"
    return found


def _differ(
    key: str, before: Properties, after: Properties, *, computed: Sequence[str] = ()
) -> bool:
    if key in computed and key not in after:
        return False
    old, new = _in_order(before).get(key), _in_order(after).get(key)
    return bool(old or new) and old != new


def _in_order(resources: Properties) -> dict[str, Any]:
    """Return what is there: in a Terraform state zero and empty are the same as nothing."""
    return {
        key: sorted(value) if key in UNORDERED and isinstance(value, list) else value
        for key, value in resources.items()
        if value
    }


def _resources(inputs: Properties) -> Properties:
    return inputs.get("computeResources") or {}


def _strategy(inputs: Properties) -> str:
    return str(_resources(inputs).get("allocationStrategy", "")).upper()


def _first(resources: Properties, key: str) -> Properties:
    found = resources.get(key) or [{}]
    return dict(found[0])
