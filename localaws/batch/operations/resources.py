"""Rules that registering a job definition and submitting a job share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from localaws.batch.errors import ClientException, required
from localaws.batch.operations import fargate
from localaws.batch.operations.container_options import check_options, check_volumes

MIN_VCPUS = 1
"""On EC2; Fargate has a table of its own."""
MIN_MEMORY_MIB = 4
MAX_PRIORITY = 9999
ONLY_FARGATE = ("fargatePlatformConfiguration", "networkConfiguration", "ephemeralStorage")
"""API: "Jobs that are running on Amazon EC2 resources must not specify this parameter"."""
MIN_TIMEOUT_SECONDS = 60
MAX_ATTEMPTS = 10
MAX_EXIT_RULES = 5
EXIT_CONDITIONS = ("onStatusReason", "onReason", "onExitCode")


class Resources(NamedTuple):
    """What a job asks for."""

    vcpus: float
    memory: int
    """MiB."""
    gpus: int


def required_resources(
    properties: Mapping[str, Any], overrides: Mapping[str, Any], platform: str
) -> Resources:
    """Work out vCPUs, MiB and GPUs from a definition and what overrides it.

    The deprecated ``vcpus`` and ``memory`` cannot override ``resourceRequirements`` of the
    definition (API: ContainerOverrides).

    Raises:
        ClientException: a value is missing or below its minimum.
    """
    own, over = _requirements(properties), _requirements(overrides)
    if overrides is not properties:
        for key, kind in (("vcpus", "VCPU"), ("memory", "MEMORY")):
            if key in overrides and kind in own:
                raise ClientException(
                    "This value was submitted in a deprecated key and may conflict with the value "
                    f"provided by the job definition's resource requirements: {key}"
                )
    found = {**_deprecated(properties), **own, **_deprecated(overrides), **over}
    vcpus, memory = _number("VCPU", found), _number("MEMORY", found)
    if not vcpus or (vcpus < MIN_VCPUS and platform == "EC2"):
        raise ClientException(f"vCPU must be at least {MIN_VCPUS}, got {found.get('VCPU', 0)}")
    if memory < MIN_MEMORY_MIB:
        raise ClientException(
            f"Memory must be at least {MIN_MEMORY_MIB} MiB, got {found.get('MEMORY', 0)}"
        )
    return Resources(vcpus, int(memory), int(_number("GPU", found)))


def container_resources(
    properties: Mapping[str, Any], platform: str, *, of_nodes: bool = False
) -> Resources:
    """Return what a container of a definition asks for, after checking what it says.

    Args:
        properties: of the container.
        platform: that is to run it.
        of_nodes: whether it is of a multi-node job.

    Raises:
        ClientException: there is no image, a size is given twice or below its minimum, or a member
            is not for the platform.
    """
    if not properties.get("image"):
        raise required("Container image")
    if "instanceType" in properties and not of_nodes and platform != "FARGATE":
        raise ClientException("instanceType is only applicable for multi-node parallel jobs.")
    twice = {"vcpus": "VCPU", "memory": "MEMORY"}
    for key, kind in twice.items():
        if key in properties and kind in _requirements(properties):
            raise ClientException(
                f"{key} and resourceRequirements of type {kind} cannot both be set"
            )
    resources = required_resources(properties, properties, platform)
    check_options(properties)
    check_volumes(properties.get("volumes", ()), properties.get("jobRoleArn"))
    if platform == "FARGATE":
        fargate.check_container(properties, *resources)
    elif only := [key for key in ONLY_FARGATE if key in properties]:
        raise ClientException(f"{', '.join(only)} is only applicable for Fargate.")
    return resources


def _number(kind: str, found: Mapping[str, str]) -> float:
    value = found.get(kind, "0")
    if not re.fullmatch(r"\d+(\.\d+)?", value) or (kind != "VCPU" and not value.isdigit()):
        raise ClientException(f"{kind} must be a number, got {value!r}")
    return float(value)


def _requirements(properties: Mapping[str, Any]) -> dict[str, str]:
    return {each["type"]: each["value"] for each in properties.get("resourceRequirements", ())}


def _deprecated(properties: Mapping[str, Any]) -> dict[str, str]:
    names = {"vcpus": "VCPU", "memory": "MEMORY"}
    return {kind: str(properties[key]) for key, kind in names.items() if key in properties}


def check_priority(priority: int | None) -> None:
    """Refuse a scheduling priority outside 0 to 9999 (API: schedulingPriority)."""
    if priority is not None and not 0 <= priority <= MAX_PRIORITY:
        raise ClientException(
            f"schedulingPriority must be between 0 and {MAX_PRIORITY}, got {priority}"
        )


def check_timeout(timeout: Mapping[str, Any]) -> None:
    """Refuse a timeout under 60 s (API: JobTimeout)."""
    if timeout.get("attemptDurationSeconds", MIN_TIMEOUT_SECONDS) < MIN_TIMEOUT_SECONDS:
        raise ClientException("AttemptDurationSeconds in Timeout must be at least 60 seconds.")


def retry_strategy(strategy: Mapping[str, Any]) -> dict[str, Any]:
    """Return a retry strategy as Batch keeps it: actions, in any case, become lower case.

    Raises:
        ClientException: RetryStrategy or EvaluateOnExit does not allow it.
    """
    _check_retry_strategy(strategy)
    if "evaluateOnExit" not in strategy:
        return dict(strategy)
    rules = [{**rule, "action": rule["action"].lower()} for rule in strategy["evaluateOnExit"]]
    return {**strategy, "evaluateOnExit": rules}


def _check_retry_strategy(strategy: Mapping[str, Any]) -> None:
    """Refuse what RetryStrategy and EvaluateOnExit do not allow."""
    rules = strategy.get("evaluateOnExit", ())
    if "attempts" not in strategy and rules:
        raise ClientException("attempts must be specified if evaluateOnExit is specified.")
    if not 1 <= strategy.get("attempts", 1) <= MAX_ATTEMPTS:
        raise ClientException(f"Retry attempts must be between 1 and {MAX_ATTEMPTS}.")
    if len(rules) > MAX_EXIT_RULES:
        raise ClientException(f"At most {MAX_EXIT_RULES} evaluateOnExit entries are allowed.")
    for rule in rules:
        given = {key: rule[key] for key in EXIT_CONDITIONS if key in rule}
        if not given:
            raise ClientException("Each evaluateOnExit entry needs at least one condition.")
        if rule["action"].upper() not in ("RETRY", "EXIT"):
            raise ClientException(f"evaluateOnExit action must be RETRY or EXIT: {rule['action']}")
        for key, pattern in given.items():
            allowed = r"[0-9]{0,511}\*?" if key == "onExitCode" else r"[A-Za-z0-9.:\s]{0,511}\*?"
            if not re.fullmatch(allowed, pattern):
                raise ClientException("Evaluate on exit condition contains restricted characters.")
