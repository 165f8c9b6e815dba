"""What boots the instances of an environment: images, launch templates (API: ComputeResource)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from localaws.batch import placement
from localaws.batch.errors import ClientException, required

AMAZON_LINUX_2_END = "June 30, 2026"
"""From then on Batch makes no environment with its own images of it (API: imageType)."""
AMAZON_LINUX_2 = ("ECS_AL2", "ECS_AL2_NVIDIA")
NVIDIA = "ECS_AL2023_NVIDIA"
NOT_AL2023 = re.compile(r"a1(\..+)?")
NOT_NVIDIA = re.compile(r"(p3(dn)?|g3s?)(\..+)?")
"""API: Ec2Configuration.imageType."""
MAX_EC2_CONFIGURATIONS = 2
MAX_OVERRIDES = 10


def check_images(resources: Mapping[str, Any], *, is_new: bool) -> None:
    """Refuse images that do not boot the environment's instances.

    Args:
        resources: ``computeResources`` of an environment of instances.
        is_new: whether the environment is being created.

    Raises:
        ClientException: naming the image type and the instance type.
    """
    given: Sequence[Mapping[str, Any]] = resources.get("ec2Configuration") or [{}]
    if len(given) > MAX_EC2_CONFIGURATIONS:
        raise ClientException(f"ec2Configuration takes at most {MAX_EC2_CONFIGURATIONS} items")
    for image in given:
        kind = image.get("imageType", "")
        if kind.startswith("EKS_"):
            raise ClientException(f"imageType {kind} is only for Amazon EKS compute environments.")
        if "imageIdOverride" in image or "imageId" in resources:
            continue
        if kind in AMAZON_LINUX_2 and is_new:
            raise ClientException(
                f"imageType {kind}: compute environments with Batch-provided Amazon Linux 2 AMIs "
                f"can not be created since {AMAZON_LINUX_2_END}; use Amazon Linux 2023"
            )
        for name in resources["instanceTypes"]:
            _check_image(kind, name)


def _check_image(kind: str, instance_type: str) -> None:
    is_fit = NOT_AL2023.fullmatch(instance_type) is None or kind in AMAZON_LINUX_2
    if kind == NVIDIA:
        is_arm64 = "arm64" in placement.architectures((instance_type,))
        is_fit = is_fit and NOT_NVIDIA.fullmatch(instance_type) is None and not is_arm64
    if not is_fit:
        raise ClientException(
            f"imageType {kind or 'ECS_AL2023'} does not support instance type {instance_type}"
        )


def check_launch_template(resources: Mapping[str, Any]) -> None:
    """Refuse a launch template that is not named once, or overrides that do not fit the instances.

    Raises:
        ClientException: naming the member.
    """
    template = resources.get("launchTemplate")
    if template is None:
        return
    _check_named_once("launchTemplate", template)
    overrides = template.get("overrides", ())
    if len(overrides) > MAX_OVERRIDES:
        raise ClientException(f"launchTemplate takes at most {MAX_OVERRIDES} overrides")
    claimed: list[str] = []
    for override in overrides:
        _check_named_once("overrides of launchTemplate", override)
        if not override.get("targetInstanceTypes"):
            raise required("targetInstanceTypes")
        for target in override["targetInstanceTypes"]:
            _check_target(target, resources["instanceTypes"], claimed)
            claimed.append(target)


def _check_named_once(what: str, named: Mapping[str, Any]) -> None:
    if ("launchTemplateId" in named) == ("launchTemplateName" in named):
        raise ClientException(
            f"{what}: either launchTemplateId or launchTemplateName must be given, not both"
        )


def _check_target(target: str, instance_types: Sequence[str], claimed: Sequence[str]) -> None:
    if target in placement.DEFAULT_FAMILIES or placement.unknown_instance_types([target]):
        raise ClientException(
            f"targetInstanceTypes {target} must be an instance type or family of EC2"
        )
    if not any(_within(target, name) for name in instance_types):
        raise ClientException(f"targetInstanceTypes {target} is not among instanceTypes")
    for other in claimed:
        if _within(target, other) or _within(other, target):
            raise ClientException(f"targetInstanceTypes {target} overlaps {other}")


def _within(name: str, wider: str) -> bool:
    """Whether an instance type or family is another one, or in it."""
    return any(
        name == each or name.startswith(f"{each}.")
        for each in placement.DEFAULT_FAMILIES.get(wider, (wider,))
    )
