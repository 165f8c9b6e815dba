"""Rules that span blocks. They read raw values, so that a faulty entry hides no other fault."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from batch_platform.instances.known import architecture
from batch_platform.partitions import registry
from batch_platform.settings.api_shapes import shape_problems
from batch_platform.settings.errors import Path, Problem, did_you_mean, shown
from batch_platform.settings.roles import LONGEST_PREFIX_AND_STACK
from batchsdk.contract.ecr import USUAL, ecr_image, needs_internet
from batchsdk.contract.reachability import secret_service

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from batch_platform.settings.job_definitions import JobDefinition

LONGEST_ROLE_NAME = 64 - 8
"""IAM's quota, less the suffix that Pulumi adds."""

EXEC_ENDPOINT = "ssmmessages"
"""Which the agent of ECS Exec reaches (ECS guide, ECS Exec, considerations)."""

LONGEST_POLICY_NAME = 128 - 8
"""Likewise."""


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


def submitters_are_known(
    consumers: Any, config: Mapping[str, Any], base: Path
) -> Iterator[Problem]:
    """Find policies of submitters whose queues, definitions or shares the config has not.

    Args:
        consumers: raw value of ``consumers``.
        config: raw values of ``jobQueues``, ``jobDefinitions`` and ``computeEnvironments``, by
            these names.
        base: path of ``consumers``.
    """
    queues, definitions = (_mapping(config[name]) for name in ("jobQueues", "jobDefinitions"))
    for name, entry in _mapping(_mapping(consumers).get("submitters")).items():
        at = (*base, "submitters", name)
        named = [each for each in _texts(_mapping(entry).get("jobQueues")) if each in queues]
        for key, known in (("jobQueues", queues), ("jobDefinitions", definitions)):
            for index, each in enumerate(_texts(_mapping(entry).get(key))):
                if each.strip() and each not in known:
                    yield Problem(
                        (*at, key, index),
                        f"{shown(each)} is not a key of {key}{did_you_mean(each, known)}",
                        f"use one of: {', '.join(sorted(known)) or '(none)'}",
                    )
                elif key == "jobDefinitions" and (fault := no_queue_runs(each, named, config)):
                    fix = "drop it, or add a queue that can run it"
                    yield Problem((*at, key, index), fault, fix)
        if _mapping(entry).get("shareIdentifiers"):
            for each in named:
                if _mapping(queues[each]).get("fairsharePolicy") is None:
                    yield Problem(
                        (*at, "shareIdentifiers"),
                        f"the queue {shown(each)} has no fair share, so its jobs have no share",
                        "drop it, or give the queue a fairsharePolicy",
                    )


def no_queue_runs(key: str, queues: Collection[str], config: Mapping[str, Any]) -> str:
    """Return why none of the queues runs a definition, as far as platforms tell; else nothing."""
    environments = _mapping(config["computeEnvironments"])
    platform = _mapping(_mapping(config["jobDefinitions"]).get(key)).get("platform", "EC2")
    kinds = {
        "FARGATE" if _kind(_mapping(environments.get(name)))[0] == "Fargate" else "EC2"
        for queue in queues
        for name in _texts(
            _mapping(_mapping(config["jobQueues"])[queue]).get("computeEnvironments")
        )
    }
    if not kinds or platform in kinds or platform not in {"EC2", "FARGATE"}:
        return ""
    return f"{shown(key)} runs on {platform}, and none of these queues does"


def policy_names_fit(
    consumers: Any, queues: Any, prefix: str, stack: str, base: Path
) -> Iterator[Problem]:
    """Find policies of submitters whose names IAM would refuse.

    Args:
        consumers: raw value of ``consumers``.
        queues: raw value of ``jobQueues``, whose keys name policies too.
        prefix: what the names of roles and policies begin with.
        stack: name of the stack.
        base: path of ``consumers``.
    """
    given = _mapping(consumers)
    names = [((*base, "submitters", key), f"{key}-may-submit") for key in
             _mapping(given.get("submitters"))]  # fmt: skip
    if given.get("managedPolicies") is True:
        of_queues = (f"{key}-submitters" for key in _mapping(queues))
        names += [((*base, "managedPolicies"), name) for name in of_queues]
    for path, name in names:
        whole = f"{prefix}{stack}-{name}"
        if len(whole) > LONGEST_POLICY_NAME:
            yield Problem(
                path,
                f"a policy would be named {whole}-<random>, and IAM allows {LONGEST_POLICY_NAME} "
                f"characters before the random suffix",
                f"shorten the key by {len(whole) - LONGEST_POLICY_NAME}",
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
            if one[0] != other[0] or (all((one[1], other[1])) and one != other):
                yield Problem(
                    (*base, key, "computeEnvironments", index),
                    f"{shown(name)} is {' '.join(other).strip()} and {shown(first)} is "
                    f"{' '.join(one).strip()}, and a job queue has "
                    "compute environments that are all on Fargate or all on EC2, of one "
                    "architecture",
                    "make a queue for each",
                )


def _kind(environment: dict[str, Any]) -> tuple[str, str]:
    """Return what the environments of one queue must share: platform, architecture if known."""
    if str(environment.get("type")).startswith("FARGATE"):
        return "Fargate", ""
    types = environment.get("instanceTypes", ["optimal"])
    if environment.get("type") == "UNMANAGED":
        types = _mapping(environment.get("autoScalingGroup")).get("instanceTypes")
    known = isinstance(types, list) and types and isinstance(types[0], str)
    return "EC2", architecture(types[0]) if known else ""


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
    needed = {"EC2": ("EC2", "SPOT", "UNMANAGED"), "FARGATE": ("FARGATE", "FARGATE_SPOT")}
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
    definitions: Collection[str], prefix: str, stack: str, base: Path
) -> Iterator[Problem]:
    """Find definitions whose own role would have a name that IAM refuses.

    Args:
        definitions: keys of those that have a role of their own.
        prefix: what the names of roles begin with.
        stack: name of the stack.
        base: path of ``jobDefinitions``.
    """
    for key in sorted(definitions):
        name = f"{prefix}{stack}-job-{key}"
        if len(name) > LONGEST_ROLE_NAME:
            yield Problem(
                (*base, key),
                f"its role would be named {name}-<random>, and IAM allows {LONGEST_ROLE_NAME} "
                f"characters before the random suffix",
                f"shorten the key by {len(name) - LONGEST_ROLE_NAME}",
            )


def images_are_reachable(
    definitions: Any, region: str, own: Collection[str], base: Path
) -> Iterator[Problem]:
    """Find images that instances without internet could never pull.

    Args:
        definitions: raw value of ``jobDefinitions``.
        region: the environment's AWS region.
        own: names of ``images``, which are in ECR.
        base: path of ``jobDefinitions``.
    """
    for key, definition in _mapping(definitions).items():
        for below, image in _images(_mapping(definition)):
            if image.strip() and image not in own and needs_internet(image, region):
                found = ecr_image(image)
                if found is not None and found.region == region:
                    yield Problem(
                        (*base, key, *below),
                        f"{shown(image)} names ECR as {found.service}, and a VPC endpoint answers "
                        f"to {USUAL} alone, so instances without internet could never pull it",
                        f"write {registry(region, found.account)}/{found.repository}",
                    )
                    continue
                yield Problem(
                    (*base, key, *below),
                    f"{shown(image)} is not in a private ECR registry of {region}, and instances "
                    "without internet could never pull it",
                    f"copy it to {registry(region)}/… (a mirror, or an ECR "
                    "pull-through cache), or use network mode nat, or mode public",
                )


def secret_services(definition: JobDefinition) -> frozenset[str]:
    """Return where the secrets of a definition are: ``secretsmanager``, ``ssm``."""
    return frozenset(map(secret_service, definition.secret_references))


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


def commands_are_reachable(
    definitions: Mapping[str, JobDefinition], endpoints: Collection[str], base: Path
) -> Iterator[Problem]:
    """Find definitions whose containers nobody could look into, for want of an endpoint.

    Args:
        definitions: the valid ones, by key.
        endpoints: names of the network's interface endpoints.
        base: path of ``jobDefinitions``.
    """
    for key, definition in definitions.items():
        if definition.executes_commands and EXEC_ENDPOINT not in endpoints:
            yield Problem(
                (*base, key),
                "enableExecuteCommand is true, and without internet the network has no endpoint "
                f"for {EXEC_ENDPOINT}, so its agent would never answer",
                f"add {EXEC_ENDPOINT} to network.endpoints, or drop enableExecuteCommand",
            )


def caches_are_used(roles: Any, definitions: Any, base: Path) -> Iterator[Problem]:
    """Find pull-through caches from which no definition pulls: a prefix that is mistyped.

    Args:
        roles: raw value of ``roles``.
        definitions: raw value of ``jobDefinitions``.
        base: path of ``roles``.
    """
    images = [
        found.repository
        for definition in _mapping(definitions).values()
        for _, image in _images(_mapping(definition))
        if (found := ecr_image(image)) is not None
    ]
    given = _mapping(_mapping(roles).get("executionRole")).get("pullThroughCaches")
    for index, prefix in enumerate(_texts(given)):
        if not any(repository.startswith(f"{prefix}/") for repository in images):
            yield Problem(
                (*base, "executionRole", "pullThroughCaches", index),
                f"{shown(prefix)} begins the repository of no definition's image, so it has no "
                "effect",
                "write the prefix of the cache's rule, e.g. docker-hub for "
                "…amazonaws.com/docker-hub/library/busybox, or drop it",
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


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
