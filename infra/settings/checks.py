"""Rules that span blocks. They read raw values, so that a faulty entry hides no other fault."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from infra.settings.errors import Path, Problem, did_you_mean, shown
from infra.settings.instance_types import architecture
from infra.settings.roles import LONGEST_PREFIX_AND_STACK

if TYPE_CHECKING:
    from collections.abc import Iterator


def queues_name_environments(queues: Any, environments: Any, base: Path) -> Iterator[Problem]:
    """Find queues that name a compute environment which the config has not.

    Args:
        queues: raw value of ``jobQueues``.
        environments: raw value of ``computeEnvironments``.
        base: path of ``jobQueues``.
    """
    declared = sorted(_mapping(environments))
    for key, queue in _mapping(queues).items():
        named = _mapping(queue).get("computeEnvironments")
        for index, environment in enumerate(named if isinstance(named, list) else []):
            if isinstance(environment, str) and environment.strip() and environment not in declared:
                near = did_you_mean(environment, declared)
                yield Problem(
                    (*base, key, "computeEnvironments", index),
                    f"{shown(environment)} is not a key of computeEnvironments{near}",
                    f"use one of: {', '.join(declared) or '(none)'}; or add that environment",
                )


def role_names_fit(roles: Any, stack: str, base: Path) -> Iterator[Problem]:
    """Find a prefix with which the names of roles would be too long.

    Args:
        roles: raw value of ``roles``.
        stack: the stack's name, which follows the prefix.
        base: path of ``roles``.
    """
    prefix = _mapping(roles).get("namePrefix")
    if isinstance(prefix, str) and len(prefix) + len(stack) > LONGEST_PREFIX_AND_STACK:
        yield Problem(
            (*base, "namePrefix"),
            f"{shown(prefix)} and the stack's name {shown(stack)} have {len(prefix) + len(stack)} "
            f"characters, and names of IAM roles leave room for {LONGEST_PREFIX_AND_STACK}",
            f"shorten it to {max(0, LONGEST_PREFIX_AND_STACK - len(stack))}",
        )


def queues_mix_nothing(queues: Any, environments: Any, base: Path) -> Iterator[Problem]:
    """Find queues whose compute environments cannot be together (API CreateJobQueue).

    Args:
        queues: raw value of ``jobQueues``.
        environments: raw value of ``computeEnvironments``.
        base: path of ``jobQueues``.
    """
    for key, queue in _mapping(queues).items():
        named = _mapping(queue).get("computeEnvironments")
        known = [
            (index, name, _mapping(_mapping(environments)[name]))
            for index, name in enumerate(named if isinstance(named, list) else [])
            if isinstance(name, str) and name in _mapping(environments)
        ]
        if not known:
            continue
        _, first, reference = known[0]
        for index, name, environment in known[1:]:
            one, other = _kind(reference), _kind(environment)
            if one and other and one != other:
                yield Problem(
                    (*base, key, "computeEnvironments", index),
                    f"{shown(name)} is {other} and {shown(first)} is {one}, and a job queue has "
                    "compute environments that are all on Fargate or all on EC2, of one "
                    "architecture",
                    "make a queue for each",
                )


def _kind(environment: dict[str, Any]) -> str:
    """Return what the environments of one queue must share; nothing where it is not known."""
    if str(environment.get("type")).startswith("FARGATE"):
        return "Fargate"
    types = environment.get("instanceTypes", ["optimal"])
    if not isinstance(types, list) or not types or not isinstance(types[0], str):
        return ""
    return f"EC2 {architecture(types[0])}"


def images_are_reachable(definitions: Any, region: str, base: Path) -> Iterator[Problem]:
    """Find images that instances without internet could never pull.

    Args:
        definitions: raw value of ``jobDefinitions``.
        region: the environment's AWS region.
        base: path of ``jobDefinitions``.
    """
    for key, definition in _mapping(definitions).items():
        for below in (("image",), ("containerProperties", "image")):
            image: Any = definition
            for part in below:
                image = _mapping(image).get(part)
            if isinstance(image, str) and image.strip() and image_needs_internet(image, region):
                yield Problem(
                    (*base, key, *below),
                    f"{shown(image)} is not in a private ECR registry of {region}, and instances "
                    "without internet could never pull it",
                    f"copy it to <account>.dkr.ecr.{region}.amazonaws.com/… (a mirror, or an ECR "
                    "pull-through cache), or use network mode nat, or mode public",
                )


def image_needs_internet(image: str, region: str) -> bool:
    """Tell whether ``image`` comes from elsewhere than a private ECR registry of ``region``."""
    registry = rf"[0-9]{{12}}\.dkr\.ecr\.{re.escape(region)}\.amazonaws\.com(\.cn)?/.+"
    return re.fullmatch(registry, image) is None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
