"""What a job changes of one container of its definition, or of some of its nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from batchsdk import arguments, limits
from batchsdk.submit.fields import ABOUT, About, at_least, declared_by, explained


def _requirement(kind: str) -> Callable[[float], list[dict[str, str]]]:
    # The deprecated vcpus and memory fields cannot override a definition that uses
    # resourceRequirements (API: ContainerOverrides), so they are never sent.
    return lambda value: [
        {"type": kind, "value": f"{value:g}" if isinstance(value, float) else str(value)}
    ]


def _variables(environment: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in environment.items()]


COMMAND = About(
    text="Command of the container, a list of arguments",
    otherwise="the definition's",
    options=(),
    api="containerOverrides.command",
    decides_result=True,
)
ENVIRONMENT = About(
    text="Environment variables, in addition to the definition's",
    limits=f"Names that begin with {limits.RESERVED_ENVIRONMENT_PREFIX} are reserved for AWS Batch",
    otherwise="none",
    options=("-e", "--env"),
    api="containerOverrides.environment",
    to_api=_variables,
    decides_result=True,
)
VCPUS = About(
    text="vCPUs of the container",
    limits=f"on EC2 a whole number, at least {limits.VCPUS}; on Fargate one of "
    + ", ".join(f"{each:g}" for each in limits.FARGATE_MEMORY_MIB),
    otherwise="the definition's",
    api="containerOverrides.resourceRequirements",
    to_api=_requirement("VCPU"),
)
MEMORY = About(
    text="Memory of the container",
    unit="MiB",
    with_unit="2GiB",
    bounds=at_least(limits.MEMORY_MIB),
    limits="Fargate offers certain sizes for each number of vCPUs",
    otherwise="the definition's",
    api="containerOverrides.resourceRequirements",
    to_api=_requirement("MEMORY"),
    take=arguments.as_mebibytes,
)
GPUS = About(
    text="GPUs of the container",
    bounds=at_least(1),
    limits="Fargate has none",
    otherwise="the definition's",
    fix="leave it out",
    api="containerOverrides.resourceRequirements",
    to_api=_requirement("GPU"),
)


def as_overrides(given: Any) -> Any:
    """Return a dict of :class:`Override` by name or by nodes; what is neither stays as it is.

    A whole number stands for that one node, and a mapping of fields for an Override.
    """
    return arguments.as_mapping(given, _override, _key)


def _key(given: Any) -> Any:
    whole = arguments.as_whole(given)
    return str(whole) if arguments.is_whole(whole) else arguments.as_name(given)


def _override(given: Any) -> Any:
    if isinstance(given, Mapping) and given.keys() <= OVERRIDE_FIELDS.keys():
        return Override(**given)
    return given


@dataclass(frozen=True, kw_only=True)
class Override:
    """What a job changes of one container of its definition, or of each node of a range."""

    command: Sequence[str] | None = field(default=None, metadata={ABOUT: COMMAND})
    environment: Mapping[str, str] = field(default_factory=dict, metadata={ABOUT: ENVIRONMENT})
    vcpus: float | None = field(default=None, metadata={ABOUT: VCPUS})
    memory: int | str | None = field(default=None, metadata={ABOUT: MEMORY})
    gpus: int | None = field(default=None, metadata={ABOUT: GPUS})
    containers: Mapping[str, Override] = field(
        default_factory=dict,
        metadata={
            ABOUT: About(
                text="Of nodes with several containers: what is changed of each, by its name; the "
                "other fields are the main one's",
                otherwise="nothing",
                api="ecsPropertiesOverride.taskProperties",
                take=as_overrides,
            )
        },
    )

    def __post_init__(self) -> None:
        """Take every field in its own type, and what is iterable once."""
        for each in OVERRIDE_FIELDS.values():
            object.__setattr__(self, each.name, each.taken(getattr(self, each.name)))

    def to_request(self) -> dict[str, Any]:
        """Return the API's ``ContainerOverrides`` of the fields but :attr:`containers`."""
        request: dict[str, Any] = {}
        for name, each in OVERRIDE_FIELDS.items():
            if name != "containers":
                each.put(request, getattr(self, name))
        found: dict[str, Any] = request.get("containerOverrides", {})
        return found


OVERRIDE_FIELDS = declared_by(Override)
"""The fields of an override, by name."""
explained(Override)  # not as a decorator: a field is of the class itself
