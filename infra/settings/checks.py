"""Rules that span blocks. They read raw values, so that a faulty entry hides no other fault."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from infra.instances.known import architecture
from infra.settings.api_shapes import shape_problems
from infra.settings.errors import Path, Problem, did_you_mean, shown
from infra.settings.roles import LONGEST_PREFIX_AND_STACK

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from infra.settings.job_definitions import JobDefinition

LONGEST_ROLE_NAME = 64 - 8
"""IAM's quota, less the suffix that Pulumi adds."""


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


def documents_have_the_apis_shape(definitions: Any, base: Path) -> Iterator[Problem]:
    """Find what is not of the AWS Batch API's shape in what is written in its form, however deep.

    Args:
        definitions: raw value of ``jobDefinitions``.
        base: path of ``jobDefinitions``.
    """
    for key, definition in _mapping(definitions).items():
        for document in ("containerProperties", "ecsProperties", "nodeProperties"):
            value = _mapping(definition).get(document)
            if isinstance(value, dict):
                for problem in shape_problems(document, value):
                    yield replace(problem, path=(*base, key, document, *problem.path))


def definitions_have_environments(
    definitions: Any, environments: Any, base: Path
) -> Iterator[Problem]:
    """Find definitions for a platform that no compute environment of the config has.

    Args:
        definitions: raw value of ``jobDefinitions``.
        environments: raw value of ``computeEnvironments``.
        base: path of ``jobDefinitions``.
    """
    types = {
        str(_mapping(environment).get("type")) for environment in _mapping(environments).values()
    }
    needed = {"EC2": ("EC2", "SPOT"), "FARGATE": ("FARGATE", "FARGATE_SPOT")}
    if not types <= {each for known in needed.values() for each in known}:
        return  # refused already
    for key, definition in _mapping(definitions).items():
        platform = _mapping(definition).get("platform", "EC2")
        wanted = needed.get(platform, ()) if isinstance(platform, str) else ()
        if wanted and not types & set(wanted):
            yield Problem(
                (*base, key, "platform"),
                f"{platform}, and no compute environment is of type {' or '.join(wanted)}, so no "
                f"queue could run it",
                f"add one, or write `platform: {'EC2' if platform == 'FARGATE' else 'FARGATE'}`",
            )


def own_role_names_fit(
    definitions: Mapping[str, JobDefinition], prefix: str, stack: str, base: Path
) -> Iterator[Problem]:
    """Find definitions whose own role would have a name that IAM refuses.

    Args:
        definitions: the valid ones, by key.
        prefix: what the names of roles begin with.
        stack: name of the stack.
        base: path of ``jobDefinitions``.
    """
    for key, definition in definitions.items():
        name = f"{prefix}{stack}-job-{key}"
        if definition.has_own_job_role and len(name) > LONGEST_ROLE_NAME:
            yield Problem(
                (*base, key),
                f"its role would be named {name}-<random>, and IAM allows {LONGEST_ROLE_NAME} "
                f"characters before the random suffix",
                f"shorten the key by {len(name) - LONGEST_ROLE_NAME}",
            )


def images_are_reachable(definitions: Any, region: str, base: Path) -> Iterator[Problem]:
    """Find images that instances without internet could never pull.

    Args:
        definitions: raw value of ``jobDefinitions``.
        region: the environment's AWS region.
        base: path of ``jobDefinitions``.
    """
    for key, definition in _mapping(definitions).items():
        for below, image in _images(_mapping(definition)):
            if image.strip() and image_needs_internet(image, region):
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


def secret_services(definition: JobDefinition) -> frozenset[str]:
    """Return where the secrets of a definition are: ``secretsmanager``, ``ssm``."""
    references = definition.secret_references
    return frozenset("secretsmanager" if ":secretsmanager:" in ref else "ssm" for ref in references)


def secrets_are_reachable(
    definitions: Mapping[str, JobDefinition], endpoints: Collection[str], base: Path
) -> Iterator[Problem]:
    """Find secrets that the ECS agent of instances without internet could never read.

    Args:
        definitions: the valid ones, by key.
        endpoints: names of the network's interface endpoints.
        base: path of ``jobDefinitions``.
    """
    for key, definition in definitions.items():
        for service in sorted(secret_services(definition) - set(endpoints)):
            yield Problem(
                (*base, key, "secrets"),
                f"a secret is read from {service}, and without internet the network has no "
                f"endpoint for it, so the job would never start",
                f"add {service} to network.endpoints",
            )


def _images(value: Any) -> Iterator[tuple[Path, str]]:
    """Yield every image below a definition, with the way there."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "image" and isinstance(item, str):
                yield (key,), item
            elif key not in {"environment", "parameters", "secrets", "tags", "volumes"}:
                yield from (((key, *below), image) for below, image in _images(item))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from (((index, *below), image) for below, image in _images(item))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
