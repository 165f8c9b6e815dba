"""Short keys of a container beside its image and size: volumes, limits, logs, secrets."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from batch_platform.settings.block import Block, Text, pattern
from batch_platform.settings.errors import did_you_mean, refusal, shown

MOST_SWAPPINESS = 100

LONGEST_ROOT_DIRECTORY = 4096
"""Characters (EFSVolumeConfiguration.rootDirectory)."""

ULIMITS = (
    "core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|"
    "sigpending|stack"
)
"""Names of limits (Ulimit)."""

MOUNT_OPTIONS = (
    "defaults|ro|rw|suid|nosuid|dev|nodev|exec|noexec|sync|async|dirsync|remount|mand|nomand|"
    "atime|noatime|diratime|nodiratime|bind|rbind|unbindable|runbindable|private|rprivate|"
    "shared|rshared|slave|rslave|relatime|norelatime|strictatime|nostrictatime|mode|uid|gid|"
    "nr_inodes|nr_blocks|mpol"
)
"""Of a tmpfs (Tmpfs); some take a value after ``=``."""

_SECRETS_MANAGER = (
    r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}"
    r"(:[^:]*:[^:]*:[^:]*)?"
)
_PARAMETER = r"arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[\w./-]+|[\w./-]+"


def refuse_strange_secret(value: str, *below: str | int) -> None:
    """Refuse what is no reference to a secret (Secret.valueFrom).

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    if not re.fullmatch(_SECRETS_MANAGER, value) and not re.fullmatch(_PARAMETER, value):
        raise refusal(
            f"{shown(value)} is neither the whole ARN of a Secrets Manager secret (with the six "
            "characters at its end) nor an SSM parameter",
            "write e.g. arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf:password:: "
            "for one key of a JSON secret, or /app/db/password for a parameter of this region",
            *below,
        )


def _secret(value: str) -> str:
    refuse_strange_secret(value)
    return value


SecretReference = Annotated[
    str, AfterValidator(_secret), pattern(f"{_SECRETS_MANAGER}|{_PARAMETER}")
]
"""Where a secret is; never the secret itself (ECS guide, valueFrom)."""


def refuse_reserved(name: str, *below: str | int) -> None:
    """Refuse a variable that AWS Batch keeps for itself (ContainerProperties.environment).

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    if name.startswith("AWS_BATCH"):
        fault = "names that begin with AWS_BATCH are set by AWS Batch alone"
        raise refusal(fault, "choose another name", *below)


def _variable(name: str) -> str:
    refuse_reserved(name)
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


Variable = Annotated[str, AfterValidator(_variable), pattern(r"(?!AWS_BATCH)[^=]+")]
ParameterName = Annotated[str, AfterValidator(_parameter), pattern(r"(?!Ref::)\S+")]
CommandItem = Annotated[
    str, AfterValidator(_command_item), Field(json_schema_extra={"minLength": 1})
]


def refuse_other(value: str, choices: str, *below: str | int) -> None:
    """Refuse a text that is none of the choices, whatever follows ``=`` in it.

    Args:
        value: what was given.
        choices: with ``|`` between them.
        below: where it is.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    known, word = choices.split("|"), value.partition("=")[0]
    if word not in known:
        fault = f"{shown(value)} is not one of {', '.join(known)}{did_you_mean(word, known)}"
        raise refusal(fault, "choose one of them", *below)


def _ulimit(name: str) -> str:
    refuse_other(name, ULIMITS)
    return name


def _mount_option(option: str) -> str:
    refuse_other(option, MOUNT_OPTIONS)
    return option


def refuse_negative_user(value: str, *below: str | int) -> None:
    """Refuse a user or group whose id is below 0 (TaskContainerProperties.user).

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    if _NEGATIVE_ID.fullmatch(value):
        fault = f"{shown(value)} is negative, and ids of users and groups are not"
        raise refusal(fault, "write e.g. '1000' or '1000:1000'", *below)


def _user(value: str) -> str:
    refuse_negative_user(value)
    return value


_NEGATIVE_ID = re.compile(r"-[0-9]+(:.*)?|[^:]*:-[0-9]+")

UlimitName = Annotated[Text, AfterValidator(_ulimit), pattern(ULIMITS)]
MountOption = Annotated[Text, AfterValidator(_mount_option), pattern(f"({MOUNT_OPTIONS})(=.*)?")]
User = Annotated[Text, AfterValidator(_user)]


_CONTAINER_PATH = r"/[^\s:]*"


def _container_path(value: str) -> str:
    if not re.fullmatch(_CONTAINER_PATH, value):
        raise refusal(f"{shown(value)} is not an absolute path", "begin it with /, e.g. /data")
    return value


ContainerPath = Annotated[str, AfterValidator(_container_path), pattern(_CONTAINER_PATH)]


class Efs(Block):
    """An EFS file system (EFSVolumeConfiguration).

    Attributes:
        file_system_id: ``fs-…``; its mount targets must allow TCP 2049 from the instances.
        root_directory: directory that is mounted; by default the root.
        access_point_id: ``fsap-…``; it decides the directory and the POSIX user.
        iam: whether the job's role decides what it may do there; the role is granted to mount,
            to write unless the volume is read-only, and to be root where the container is.
        transit_encryption: TLS between instance and file system. AWS's default is DISABLED.
    """

    file_system_id: Annotated[Text, pattern("fs-[0-9a-f]{8,40}")]
    root_directory: ContainerPath | None = Field(None, max_length=LONGEST_ROOT_DIRECTORY)
    transit_encryption: Literal["ENABLED", "DISABLED"] = "ENABLED"
    access_point_id: Annotated[Text, pattern("fsap-[0-9a-f]{8,40}")] | None = None
    iam: bool = False

    @field_validator("file_system_id", "access_point_id")
    @classmethod
    def _identifier(cls, value: str | None, info: ValidationInfo) -> str | None:
        prefix = "fs" if info.field_name == "file_system_id" else "fsap"
        if value is not None and not re.fullmatch(rf"{prefix}-[0-9a-f]{{8,40}}", value):
            raise refusal(f"{shown(value)} is not an id", f"write {prefix}-… with hex digits")
        return value

    @field_validator("access_point_id", "iam")
    @classmethod
    def _encrypted(cls, value: object, info: ValidationInfo) -> object:
        if value and info.data.get("transit_encryption") == "DISABLED":
            raise refusal(
                "AWS requires encryption in transit with it (EFSAuthorizationConfig)",
                "leave transitEncryption out",
            )
        if info.field_name == "access_point_id" and value and info.data.get("root_directory"):
            raise refusal(
                "the access point decides the directory (EFSVolumeConfiguration)",
                "leave rootDirectory out",
            )
        return value


class Volume(Block):
    """A volume and its mount: on EFS, on the host, or (with neither) a volume of the task.

    Attributes:
        container_path: where it is mounted.
        read_only: whether the container may not write to it.
        efs: the file system that holds it.
        host: directory of the instance, e.g. on an instance store; EC2 only.
    """

    container_path: ContainerPath
    read_only: bool = False
    efs: Efs | None = None
    host: ContainerPath | None = None

    @field_validator("host")
    @classmethod
    def _one_source(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("efs") is not None:
            raise refusal("a volume is on EFS or on the host", "keep one of `efs` and `host`")
        return value


class Ulimit(Block):
    """A limit of the kernel (Ulimit).

    Attributes:
        soft_limit: the limit at the start; -1 means no limit.
        hard_limit: the highest value to which a process may raise it; -1 means no limit.
    """

    soft_limit: int = Field(ge=-1)
    hard_limit: int = Field(ge=-1)

    @field_validator("hard_limit")
    @classmethod
    def _above_the_soft_one(cls, value: int, info: ValidationInfo) -> int:
        soft = info.data.get("soft_limit", -1)
        if value != -1 and (soft == -1 or soft > value):
            raise refusal(f"{value} is below softLimit {soft}", "raise it, or lower softLimit")
        return value


class Tmpfs(Block):
    """A file system in memory, on EC2 only (Tmpfs); it counts against ``memory``.

    Attributes:
        container_path: where it is mounted.
        size: MiB.
        mount_options: e.g. ``noexec``.
    """

    container_path: ContainerPath
    size: int = Field(ge=1)
    mount_options: tuple[MountOption, ...] = ()


class Device(Block):
    """A device of the instance, on EC2 only (Device).

    Attributes:
        host_path: e.g. ``/dev/fuse``.
        container_path: the same if left out.
        permissions: all three if left out.
    """

    host_path: ContainerPath
    container_path: ContainerPath | None = None
    permissions: tuple[Literal["READ", "WRITE", "MKNOD"], ...] = ()


class LinuxParameters(Block):
    """Options of the Linux kernel for the container (LinuxParameters).

    Attributes:
        init_process_enabled: an init process that passes signals on and reaps children.
        shared_memory_size: MiB of ``/dev/shm``; EC2 only.
        max_swap: MiB of swap; 0 turns swap off; EC2 only.
        swappiness: 0 to 100, with maxSwap; EC2 only.
        tmpfs: file systems in memory; EC2 only.
        devices: devices of the instance; EC2 only.
    """

    init_process_enabled: bool | None = None
    shared_memory_size: int | None = Field(None, ge=1)
    max_swap: int | None = Field(None, ge=0)
    swappiness: int | None = Field(None, ge=0, le=MOST_SWAPPINESS)
    tmpfs: tuple[Tmpfs, ...] = ()
    devices: tuple[Device, ...] = ()

    @field_validator("swappiness")
    @classmethod
    def _with_swap(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and info.data.get("max_swap", 0) is None:
            raise refusal("it does nothing without maxSwap (LinuxParameters)", "add `maxSwap: …`")
        return value


class LogConfiguration(Block):
    """Where the container's output goes, instead of the stack's log group (LogConfiguration).

    Attributes:
        log_driver: with ``awslogs``, group, region and prefix are the stack's unless given here.
        options: options of the driver.
        secret_options: options whose values are secrets; the execution role may read them.
    """

    log_driver: Literal[
        "awslogs",
        "awsfirelens",
        "fluentd",
        "gelf",
        "journald",
        "json-file",
        "splunk",
        "syslog",
    ]
    options: dict[Text, str] = Field(default_factory=dict)
    secret_options: dict[Text, SecretReference] = Field(default_factory=dict)


def to_api(block: Block) -> dict[str, Any]:
    """Return a block in the API's camelCase, without what is not given."""
    return block.model_dump(by_alias=True, exclude_none=True, mode="json")
