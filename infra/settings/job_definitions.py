"""One entry of ``jobDefinitions``: short keys, and ``containerProperties`` for all the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from infra.settings.block import Block, Text
from infra.settings.errors import did_you_mean, refusal, shown

SMALLEST_MEMORY = 4
"""MiB (RegisterJobDefinition, ResourceRequirement)."""

REQUIREMENTS = {"vcpus": "VCPU", "memory": "MEMORY"}
"""Short key to the type of the API's ResourceRequirement."""

SHORTEST_TIMEOUT = 60
"""Seconds (JobTimeout)."""

CONTAINER_PROPERTIES = frozenset(
    {
        "image",
        "command",
        "jobRoleArn",
        "executionRoleArn",
        "volumes",
        "environment",
        "mountPoints",
        "readonlyRootFilesystem",
        "privileged",
        "ulimits",
        "user",
        "instanceType",
        "resourceRequirements",
        "linuxParameters",
        "logConfiguration",
        "secrets",
        "enableExecuteCommand",
        "repositoryCredentials",
    }
)
"""Keys of the API's ContainerProperties that EC2 jobs may have."""

FARGATE_PROPERTIES = frozenset(
    {
        "networkConfiguration",
        "fargatePlatformConfiguration",
        "ephemeralStorage",
        "runtimePlatform",
    }
)

_PATTERN = {
    "on_exit_code": (r"[0-9]*\*?", "digits"),
    "on_reason": (r"[A-Za-z0-9.: \t]*\*?", "letters, digits, '.', ':' and spaces"),
    "on_status_reason": (r"[A-Za-z0-9.: \t]*\*?", "letters, digits, '.', ':' and spaces"),
}


MOST_RULES = 5
"""Rules that a retry strategy may have (RetryStrategy.evaluateOnExit)."""


class EvaluateOnExit(Block):
    """One rule of a retry strategy; all of its conditions must match (EvaluateOnExit)."""

    on_exit_code: Text | None = Field(None, max_length=512)
    on_reason: Text | None = Field(None, max_length=512)
    on_status_reason: Text | None = Field(None, max_length=512)
    action: Literal["RETRY", "EXIT", "retry", "exit"]

    @field_validator("on_exit_code", "on_reason", "on_status_reason")
    @classmethod
    def _glob_of_the_api(cls, value: str | None, info: ValidationInfo) -> str | None:
        pattern, allowed = _PATTERN[str(info.field_name)]
        if value is not None and not re.fullmatch(pattern, value):
            raise refusal(
                f"{shown(value)} may have only {allowed}, and '*' only at its end",
                "write the beginning of the text and a '*'",
            )
        return value

    @field_validator("action")
    @classmethod
    def _has_a_condition(cls, value: str, info: ValidationInfo) -> str:
        conditions = ("on_exit_code", "on_reason", "on_status_reason")
        # A condition that failed its own check is absent from info.data and counts as given.
        if all(info.data.get(name, "") is None for name in conditions):
            raise refusal(
                "the rule has no condition, and AWS Batch wants at least one",
                "add onExitCode, onReason or onStatusReason, e.g. onReason: '*'",
            )
        return value.upper()


class RetryStrategy(Block):
    """How often an attempt is made, and when not (RetryStrategy)."""

    attempts: int = Field(ge=1, le=10)
    evaluate_on_exit: tuple[EvaluateOnExit, ...] = Field((), max_length=MOST_RULES)


class Timeout(Block):
    """Seconds that one attempt may run (JobTimeout)."""

    attempt_duration_seconds: int

    @field_validator("attempt_duration_seconds")
    @classmethod
    def _long_enough(cls, value: int) -> int:
        if value < SHORTEST_TIMEOUT:
            raise refusal(
                f"{value} is below {SHORTEST_TIMEOUT} seconds, the shortest that AWS Batch has",
                f"write {SHORTEST_TIMEOUT} or more",
            )
        return value


def _variable(name: str) -> str:
    if name.startswith("AWS_BATCH"):
        raise refusal(
            "names that begin with AWS_BATCH are set by AWS Batch alone",
            "choose another name",
        )
    return _assigned(name)


def _assigned(name: str) -> str:
    if not name or "=" in name:
        raise refusal(f"{shown(name)} is not a variable's name", "write a name without '='")
    return name


def _parameter(name: str) -> str:
    if not re.fullmatch(r"\S+", name) or name.startswith("Ref::"):
        raise refusal(
            f"{shown(name)} is not the name of a parameter",
            "write what follows `Ref::` in the command, without spaces",
        )
    return name


def _command_item(value: str) -> str:
    if not value:
        raise refusal(
            "'' is empty, and AWS Batch refuses empty items of a command", "drop it or fill it"
        )
    return value


class JobDefinition(Block):
    """A job definition of type container on EC2 (RegisterJobDefinition).

    Attributes:
        command: items of the exec form; an item that is ``Ref::name`` takes that parameter.
        vcpus: whole vCPUs, at least 1 on EC2; 1 unless containerProperties says otherwise.
        memory: hard limit in MiB, at least 4.
        parameters: default values; a name without a default must be given at submit.
        container_properties: the API's ContainerProperties for what has no short key.
        keep_revisions: how many old revisions stay ACTIVE, for callers that name one.
    """

    # The API shape comes first, so that each short key can be checked against it.
    container_properties: dict[str, Any] = Field(default_factory=dict)
    image: Text | None = Field(None)
    command: tuple[Annotated[str, AfterValidator(_command_item)], ...] | None = None
    vcpus: int | None = None
    memory: int | None = Field(None)
    environment: dict[Annotated[str, AfterValidator(_variable)], str] = Field(default_factory=dict)
    parameters: dict[Annotated[str, AfterValidator(_parameter)], str] = Field(default_factory=dict)
    retry_strategy: RetryStrategy | None = None
    timeout: Timeout | None = None
    propagate_tags: bool = True
    keep_revisions: int = Field(default=5, ge=0)

    @field_validator("container_properties")
    @classmethod
    def _known_properties(cls, value: dict[str, Any]) -> dict[str, Any]:
        for key in value:
            if key in {"vcpus", "memory"}:
                fix = f"use the short key `{key}` beside `image`, or resourceRequirements"
                raise refusal("the API's old form of a resource requirement", fix, key)
            if key in FARGATE_PROPERTIES:
                raise refusal("it applies to Fargate alone, and this runs on EC2", "drop it", key)
            if key not in CONTAINER_PROPERTIES:
                near = did_you_mean(key, CONTAINER_PROPERTIES)
                known = ", ".join(sorted(CONTAINER_PROPERTIES))
                raise refusal(f"unknown key{near}", f"use the API's keys: {known}", key)
        for index, entry in enumerate(value.get("resourceRequirements", [])):
            _check_requirement(entry, "resourceRequirements", index)
        return value

    @field_validator("image", "command", "environment")
    @classmethod
    def _given_once(cls, value: object, info: ValidationInfo) -> object:
        key = str(info.field_name)
        below = key in info.data.get("container_properties", {})
        if value and below:
            raise _twice(f"containerProperties.{key}")
        if key == "image" and not value and not below and "container_properties" in info.data:
            raise refusal("missing: a job runs in an image", "add e.g. `image: busybox`")
        return value

    @field_validator("vcpus", "memory")
    @classmethod
    def _enough_and_given_once(cls, value: int | None, info: ValidationInfo) -> int | None:
        key = str(info.field_name)
        if value is not None:
            _refuse_too_little(REQUIREMENTS[key], value)
        if "container_properties" not in info.data:
            return value  # refused already
        below = requirements(info.data["container_properties"]).get(REQUIREMENTS[key])
        if value is not None and below is not None:
            raise _twice("containerProperties.resourceRequirements")
        if key == "memory" and value is None and below is None:
            raise refusal("missing: a job has a memory limit in MiB", "add e.g. `memory: 512`")
        return value


def requirements(container_properties: Mapping[str, Any]) -> dict[str, str]:
    """Return ``resourceRequirements`` by type, e.g. ``{"MEMORY": "512"}``; odd entries are left."""
    entries = container_properties.get("resourceRequirements", [])
    return {
        str(entry["type"]): str(entry["value"])
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict) and {"type", "value"} <= entry.keys()
    }


def _twice(other: str) -> Exception:
    return refusal(f"it is given here and as `{other}`", "keep one of the two")


def _check_requirement(entry: object, *below: str | int) -> None:
    """Refuse what is not ``{type: …, value: "<whole number>"}`` (ResourceRequirement)."""
    shape = "write e.g. {type: GPU, value: '1'}, with one of GPU, MEMORY, VCPU"
    if not isinstance(entry, dict) or entry.keys() != {"type", "value"}:
        raise refusal(f"{shown(entry)} is not a resource requirement", shape, *below)
    if entry["type"] not in {"GPU", *REQUIREMENTS.values()}:
        raise refusal(f"{shown(entry['type'])} is not a type", shape, *below, "type")
    if not isinstance(entry["value"], str) or not re.fullmatch(r"[0-9]+", entry["value"]):
        raise refusal(
            f"{shown(entry['value'])} is not a whole number in quotes", shape, *below, "value"
        )
    _refuse_too_little(entry["type"], int(entry["value"]), *below, "value")


def _refuse_too_little(kind: str, amount: int, *below: str | int) -> None:
    if kind == "MEMORY" and amount < SMALLEST_MEMORY:
        raise refusal(
            f"{amount} is below {SMALLEST_MEMORY} MiB, the least that AWS Batch has",
            f"write MiB, at least {SMALLEST_MEMORY}",
            *below,
        )
    if kind != "MEMORY" and amount < 1:
        unit = "vCPU" if kind == "VCPU" else "GPU"
        raise refusal(f"{amount} is below 1 {unit}, the least for a job on EC2", "write 1", *below)
