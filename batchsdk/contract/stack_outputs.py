"""The contract between the stack and its consumers: what `pulumi up` exports.

``batch_platform`` builds a :class:`StackOutputs` and exports :meth:`StackOutputs.to_mapping`, one
stack output per top-level key. A consumer reads them from ``pulumi stack output --json``, a
StackReference, or the SSM parameter, and rebuilds them with :meth:`StackOutputs.from_mapping`.

Keys are camelCase as in the AWS Batch API; attributes are the same names in snake_case. The
version is ``MAJOR.MINOR``: a new optional field raises MINOR, anything that could break a reader
raises MAJOR. A reader takes every MINOR of the MAJOR that it knows and ignores fields it does not.

Standard library only, so that any service can vendor or import it at no cost.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import re
import reprlib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

SCHEMA_VERSION = "1.5"
"""Version of this contract, exported as the stack output ``schemaVersion``."""


UNLIMITED_VCPUS = 2_147_483_647
"""``max_vcpus`` where nothing limits it: the largest integer of the API."""


class ContractError(ValueError):
    """The outputs are not those of a batch-platform stack, or of a version not known here.

    Attributes:
        path: where in the outputs the fault is, e.g. ``jobQueues.default.arn``.
    """

    def __init__(self, path: str, problem: str) -> None:
        self.path = path
        super().__init__(
            f"stack outputs: {path}: {problem}" if path else f"stack outputs: {problem}"
        )


@dataclass(frozen=True, kw_only=True)
class LargestInstance:
    """The most that any instance of a compute environment has; each number on its own."""

    vcpus: int
    memory: int
    """MiB, nominal: the operating system and the ECS agent keep some."""
    gpus: int = 0
    """GPUs that the ECS agent registers with the environment's image."""


@dataclass(frozen=True, kw_only=True)
class ComputeEnvironment:
    """A compute environment, under the key it has in the stack's config."""

    name: str
    """Physical name (autonamed: base name plus a random suffix)."""
    arn: str
    type: str
    """``EC2``, ``SPOT``, ``FARGATE``, ``FARGATE_SPOT`` or ``UNMANAGED``."""
    max_vcpus: int
    """Upper limit of the environment's size, in vCPUs; of an UNMANAGED one that of its Auto Scaling
    group, and :data:`UNLIMITED_VCPUS` where others register instances."""
    instance_types: tuple[str, ...] = ()
    """Instance types or families; empty for Fargate."""
    architecture: str | None = None
    """``x86_64`` or ``arm64``; ``None`` for Fargate, where the job definition says it."""
    largest_instance: LargestInstance | None = None
    """``None`` for Fargate, and where a type is not known."""
    ecs_cluster_arn: str | None = None
    """ECS cluster of an UNMANAGED environment, where instances register; ``None`` for others."""


@dataclass(frozen=True, kw_only=True)
class JobQueue:
    """A job queue, under the key it has in the stack's config."""

    name: str
    arn: str
    priority: int
    """Queues with a higher priority go first among those that share a compute environment."""
    compute_environments: tuple[str, ...]
    """Keys into ``computeEnvironments``, in the order in which Batch tries them."""
    scheduling_policy_arn: str | None = None
    """ARN of a fair-share queue's policy (its jobs need a share identifier); ``None`` for FIFO."""
    submitter_policy_arn: str | None = None
    """IAM managed policy that lets its holder submit what this queue can run of the stack."""
    state: str | None = None
    """``DISABLED`` where the config says so: it takes no jobs; ``None`` is ENABLED."""


@dataclass(frozen=True, kw_only=True)
class Container:
    """One of the containers of a job, or of a node, whose definition has ``ecsProperties``."""

    name: str = ""
    """Empty where the definition gives it none: nothing of it can be overridden then."""
    command: tuple[str, ...] = ()
    """Its command, with its ``Ref::name`` placeholders; empty if the image decides."""
    vcpus: float | None = None
    """vCPUs that it asks for unless a job overrides them."""
    memory: int | None = None
    """MiB, likewise."""
    gpus: int | None = None
    """GPUs, likewise."""
    essential: bool | None = None
    """``False`` where the job goes on after its end; ``None`` is AWS Batch's default, essential."""


@dataclass(frozen=True, kw_only=True)
class NodeRange:
    """Nodes of a multi-node parallel job that are alike."""

    target_nodes: str
    """Their indexes, e.g. ``0:3`` or ``4:`` (API: NodeRangeProperty)."""
    command: tuple[str, ...] = ()
    """The command of a node's container; empty if the image decides, and of several containers."""
    vcpus: float | None = None
    """vCPUs of one node, of all its containers together."""
    memory: int | None = None
    """MiB, likewise."""
    gpus: int | None = None
    """GPUs, likewise."""
    instance_type: str | None = None
    """The EC2 instance type that the nodes ask for, where they do."""
    containers: tuple[Container, ...] | None = None
    """Its containers where the range has ``ecsProperties``; ``None`` for a ``container``."""


@dataclass(frozen=True, kw_only=True)
class JobDefinition:
    """The newest revision of a job definition, under the key it has in the stack's config."""

    name: str
    """Name without a revision: submitting with it takes the newest ACTIVE revision."""
    arn: str
    """ARN of this very revision, for callers that pin it."""
    revision: int
    command: tuple[str, ...] = ()
    """The container's command, with its ``Ref::name`` placeholders; empty if the image decides."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Default values of the ``Ref::`` parameters."""
    vcpus: float | None = None
    """vCPUs that a job asks for unless it overrides them."""
    memory: int | None = None
    """MiB that a job asks for unless it overrides them."""
    gpus: int | None = None
    """GPUs that a job asks for unless it overrides them; ``None`` for none."""
    platform: str | None = None
    """``EC2`` or ``FARGATE``: which compute environments can run it."""
    kind: str | None = None
    """``multiContainer`` (``ecsProperties``) or ``multiNode``; ``None`` for a job of one container.
    """
    architecture: str | None = None
    """``x86_64`` or ``arm64``, where the definition says it (``runtimePlatform``)."""
    operating_system: str | None = None
    """E.g. ``LINUX``, likewise; ``None`` is Linux, AWS Batch's default."""
    containers: tuple[Container, ...] | None = None
    """Containers of a ``multiContainer`` definition, in its order."""
    num_nodes: int | None = None
    """Nodes of a ``multiNode`` definition, unless a job overrides their number."""
    main_node: int | None = None
    """Index of the main node of a ``multiNode`` definition."""
    node_ranges: tuple[NodeRange, ...] | None = None
    """Ranges of nodes of a ``multiNode`` definition, in its order."""


@dataclass(frozen=True, kw_only=True)
class Role:
    """An IAM role made (or used) by the stack."""

    name: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class Roles:
    """The roles of the stack; ``None`` where the config needs none of that kind."""

    execution: Role
    """Assumed by the ECS agent on behalf of a job: pull the image, write the log."""
    job: Role
    """Assumed by the job's own code."""
    instance: Role | None = None
    """Assumed by container instances (EC2 and SPOT environments)."""
    instance_profile_arn: str | None = None
    """Profile that carries ``instance``."""
    service: Role | None = None
    """Custom service role; ``None`` means the service-linked AWSServiceRoleForBatch."""
    spot_fleet: Role | None = None


@dataclass(frozen=True, kw_only=True)
class Network:
    """Where the compute environments run."""

    mode: str
    """``public``, ``endpoints``, ``nat`` or ``existing``."""
    vpc_id: str
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LogGroup:
    """The CloudWatch log group that job definitions of this stack write to."""

    name: str
    arn: str
    retention_in_days: int | None = None
    """Days that a log event is kept; ``None`` keeps it forever."""


@dataclass(frozen=True, kw_only=True)
class StackOutputs:
    """Everything that one environment's stack tells other services."""

    schema_version: str = SCHEMA_VERSION
    environment: str
    """Name of the Pulumi stack, e.g. ``dev``."""
    region: str
    """AWS region, e.g. ``ap-northeast-1``."""
    account_id: str
    """Twelve digits."""
    network: Network
    roles: Roles
    compute_environments: Mapping[str, ComputeEnvironment]
    job_queues: Mapping[str, JobQueue]
    job_definitions: Mapping[str, JobDefinition]
    log_group: LogGroup
    job_events: str | None = None
    """URL of the SQS queue that gets the events "Batch Job State Change" of the job queues."""
    observer_policy_arn: str | None = None
    """IAM managed policy that lets its holder look at jobs and their logs."""
    submitter_policy_arns: Mapping[str, str] | None = None
    """Further IAM managed policies of submitters, by their names in the stack's config."""
    trouble_topic_arn: str | None = None
    """SNS topic for failed jobs, blocked queues and invalid compute environments."""
    storage: str | None = None
    """``s3://bucket/prefix`` for data too large for a request; jobs may read below it."""

    def to_mapping(self) -> dict[str, Any]:
        """Return JSON-ready dicts and lists with camelCase keys; ``None`` fields are left out."""
        return typing.cast("dict[str, Any]", _to_plain(self))

    @classmethod
    def from_mapping(cls, outputs: Mapping[str, Any]) -> Self:
        """Rebuild the outputs from what :meth:`to_mapping` gave, e.g. ``json.load``.

        Raises:
            ContractError: a field is absent or of the wrong type, or the MAJOR version is not the
                one of this module; the message names the field's path.
        """
        version = outputs.get("schemaVersion")
        if not isinstance(version, str):
            raise ContractError(
                "schemaVersion",
                "absent, so these are not the outputs of a batch-platform stack "
                f"(keys seen: {', '.join(sorted(map(str, outputs))) or 'none'})",
            )
        known_major = SCHEMA_VERSION.split(".", maxsplit=1)[0]
        if version.split(".", maxsplit=1)[0] != known_major:
            raise ContractError(
                "schemaVersion",
                f"{version!r} is not supported: this batchsdk reads version {known_major}.x; "
                "install the batchsdk that belongs to the stack",
            )
        return typing.cast("Self", _from_plain(cls, outputs, ""))


def _camel_case(name: str) -> str:
    return re.sub(r"_(.)", lambda match: match.group(1).upper(), name)


def _to_plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {
            _camel_case(attribute.name): _to_plain(inner)
            for attribute in dataclasses.fields(value)
            if (inner := getattr(value, attribute.name)) is not None
        }
    if isinstance(value, Mapping):
        return {key: _to_plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_to_plain(inner) for inner in value]
    return value


_type_hints = functools.cache(typing.get_type_hints)


def _from_plain(kind: Any, value: Any, path: str) -> Any:
    """Convert plain data to the annotated type ``kind``, naming ``path`` in every complaint."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is types.UnionType:  # only ``X | None`` is used above
        inner = next(argument for argument in arguments if argument is not type(None))
        return None if value is None else _from_plain(inner, value, path)
    if dataclasses.is_dataclass(kind):
        return _dataclass_from_plain(kind, _expect(value, Mapping, "an object", path), path)
    if origin is Mapping:
        mapping = _expect(value, Mapping, "an object", path)
        return {
            str(key): _from_plain(arguments[1], inner, f"{path}.{key}")
            for key, inner in mapping.items()
        }
    if origin is tuple:
        items = _expect(value, list | tuple, "a list", path)
        return tuple(
            _from_plain(arguments[0], inner, f"{path}[{index}]")
            for index, inner in enumerate(items)
        )
    if kind is float:
        return _as_float(_expect(value, int | float, "a number", path), path)
    if kind is int:
        number = _expect(value, int | float, "a whole number", path)  # protobuf turns 1 into 1.0
        if number != int(number):
            raise ContractError(path, f"{value!r} is not a whole number")
        return int(number)
    if kind is bool:
        if isinstance(value, bool):
            return value
        raise ContractError(path, f"expected true or false, got {_described(value, path)}")
    return _expect(value, kind, "a string", path)


def _as_float(number: float, path: str) -> float:
    try:
        return float(number)
    except OverflowError:  # a whole number of hundreds of digits
        raise ContractError(path, "expected a number, got one that is too large") from None


def _dataclass_from_plain(kind: Any, value: Mapping[str, Any], path: str) -> Any:
    arguments = {}
    for attribute in dataclasses.fields(kind):
        key = _camel_case(attribute.name)
        inner_path = f"{path}.{key}" if path else key
        if key in value:
            arguments[attribute.name] = _from_plain(
                _type_hints(kind)[attribute.name], value[key], inner_path
            )
        elif (
            attribute.default is dataclasses.MISSING
            and attribute.default_factory is dataclasses.MISSING
        ):
            raise ContractError(inner_path, "absent")
    return kind(**arguments)


def _expect(value: Any, kind: Any, description: str, path: str) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ContractError(path, f"expected {description}, got {_described(value, path)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ContractError(path, f"expected {description}, got {value}")
    return value


def _described(value: object, path: str) -> str:
    """Return what an error shows of a value: a parameter of a job may be a secret."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, str) and "parameters" in path.split("."):
        return f"(a text of {len(value)} characters, not shown)"
    return reprlib.repr(value)
