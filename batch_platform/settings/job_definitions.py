"""One entry of ``jobDefinitions``: short keys, and the API's own form for all the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

from batch_platform.settings.api_options import (
    LONGEST_VOLUME_NAME,
    is_windows,
    platform_version,
    refuse_faulty_options,
    refuse_faulty_runtime,
    refuse_faulty_volumes,
)
from batch_platform.settings.api_shapes import ApiForm, shape_problems
from batch_platform.settings.block import Block, Text
from batch_platform.settings.container_options import (
    CommandItem,
    LinuxParameters,
    LogConfiguration,
    ParameterName,
    SecretReference,
    Ulimit,
    UlimitName,
    User,
    Variable,
    Volume,
    to_api,
)
from batch_platform.settings.container_properties import (
    FARGATE_PROPERTIES,
    refuse_unknown_properties,
)
from batch_platform.settings.errors import refusal
from batch_platform.settings.fargate import Fargate, refuse_what_is_of_ec2
from batch_platform.settings.multi_container import (
    job_roles,
    refuse_faulty_nodes,
    refuse_faulty_task,
)
from batch_platform.settings.permissions import Permissions
from batch_platform.settings.refused import REFUSED, Refused
from batch_platform.settings.resource_requirements import (
    REQUIREMENTS,
    SMALLEST_MEMORY,
    refuse_faulty_requirements,
    refuse_size_of,
    refuse_too_little,
    requirements,
)
from batch_platform.settings.retry_strategies import Retry, RetryStrategy, Timeout
from batch_platform.settings.tags import Tags

API_KEYS = {
    "image": ("image",),
    "command": ("command",),
    "environment": ("environment",),
    "secrets": ("secrets",),
    "volumes": ("volumes", "mountPoints"),
    "ulimits": ("ulimits",),
    "linux_parameters": ("linuxParameters",),
    "log_configuration": ("logConfiguration",),
    "user": ("user",),
    "privileged": ("privileged",),
    "readonly_root_filesystem": ("readonlyRootFilesystem",),
    "permissions": ("jobRoleArn",),
    **dict.fromkeys(REQUIREMENTS, ("resourceRequirements",)),
}
"""Short key to what it is in ContainerProperties."""

WINDOWS_HAS_NOT = (
    "linux_parameters",
    "privileged",
    "user",
    "ulimits",
    "readonly_root_filesystem",
)
"""Short keys of :data:`NOT_FOR_WINDOWS`."""

DOCUMENTS = ("ecs_properties", "node_properties")
"""Forms of a definition without one single container."""

HIGHEST_PRIORITY = 9999
"""Of a job among those of its share (RegisterJobDefinition schedulingPriority)."""


class JobDefinition(Block):
    """A job definition (RegisterJobDefinition).

    Attributes:
        platform: ``EC2`` or ``FARGATE``; which environments can run it.
        ecs_properties: several containers, in the API's form; excludes the keys of a single
            container.
        node_properties: several nodes on EC2, in the API's form; excludes the keys of a single
            container.
        container_properties: the API's ContainerProperties, for properties without a short key.
        image: the container's image; required, here or in ``containerProperties``.
        command: items of the exec form; an item that is exactly ``Ref::name`` takes that
            parameter's value.
        vcpus: vCPUs, 1 if left out; a whole number on EC2, a value of Fargate's table on Fargate.
        gpus: whole GPUs; EC2 only.
        memory: hard limit in MiB, at least 4; required, here or as a resource requirement; a value
            of Fargate's table on Fargate.
        environment: variables; readable by anyone who may describe jobs.
        secrets: variables that ECS fills from Secrets Manager or SSM at the start.
        volumes: volumes by names of your choice.
        ulimits: limits by the kernel's names, e.g. ``nofile``; EC2 only.
        linux_parameters: init process, shared memory, swap, tmpfs, devices.
        log_configuration: replaces the stack's log group.
        user: name or id, with ``:group`` if wanted; AWS Batch's default is the image's.
        readonly_root_filesystem: whether the container may write only to volumes and tmpfs.
        privileged: root's rights on the instance; EC2 only.
        fargate: how Fargate runs it.
        permissions: makes a role for this definition only, with these permissions.
        parameters: default values; a name without a default must be given at submit.
        retry: names of the ends of an attempt after which the job is retried.
        retry_strategy: the retry strategy in the API's form.
        timeout: seconds that one attempt may run.
        propagate_tags: whether the job's tags are copied to its ECS task.
        scheduling_priority: 0 to 9999, higher first; only in queues with fair share.
        tags: tags of this definition, in addition to the stack's.
        keep_revisions: how many old revisions stay ACTIVE, for callers that name one.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = REFUSED["jobDefinitions"]

    # The API's forms come first, so that each short key can be checked against them.
    platform: Literal["EC2", "FARGATE"] = "EC2"
    ecs_properties: ApiForm | None = None
    node_properties: ApiForm | None = None
    container_properties: ApiForm = Field(default_factory=dict)
    image: Text | None = Field(None)
    command: tuple[CommandItem, ...] | None = None
    vcpus: float | None = Field(
        None, allow_inf_nan=False, json_schema_extra={"exclusiveMinimum": 0}
    )
    gpus: int | None = Field(None, json_schema_extra={"minimum": 1})
    memory: int | None = Field(None, json_schema_extra={"minimum": SMALLEST_MEMORY})
    environment: dict[Variable, str] = Field(default_factory=dict)
    secrets: dict[Variable, SecretReference] = Field(default_factory=dict)
    volumes: dict[Text, Volume] = Field(default_factory=dict)
    ulimits: dict[UlimitName, Ulimit] = Field(default_factory=dict)
    linux_parameters: LinuxParameters | None = None
    log_configuration: LogConfiguration | None = None
    user: User | None = None
    readonly_root_filesystem: bool | None = None
    privileged: bool | None = None
    fargate: Fargate | None = None
    permissions: Permissions | None = None
    parameters: dict[ParameterName, str] = Field(default_factory=dict)
    retry_strategy: RetryStrategy | None = None
    retry: Retry | None = None
    timeout: Timeout | None = None
    propagate_tags: bool = True
    scheduling_priority: int | None = Field(None, ge=0, le=HIGHEST_PRIORITY)
    tags: Tags = Field(default_factory=dict)
    keep_revisions: int = Field(default=5, ge=0)

    @property
    def has_own_job_role(self) -> bool:
        """Whether it needs a role: rights are declared, a volume asks IAM, or it has ECS Exec."""
        if self.permissions is not None:
            return True
        form = self.ecs_properties or self.node_properties
        given = [self.container_properties.get("jobRoleArn")] if form is None else job_roles(form)
        return (self.asks_iam or self.executes_commands) and not all(given)

    @property
    def asks_iam(self) -> bool:
        """Whether the job's role decides what it may do on a volume, in whichever form."""
        short = any(volume.efs and volume.efs.iam for volume in self.volumes.values())
        return short or self._has("iam", "ENABLED")

    @property
    def executes_commands(self) -> bool:
        """Whether ECS Exec may look into a container (``enableExecuteCommand``)."""
        return self._has("enableExecuteCommand", True)

    def _has(self, key: str, value: object) -> bool:
        forms = (self.ecs_properties, self.node_properties, self.container_properties)
        return any(found == value for form in forms for found in _found(form, key))

    @property
    def mounts_file_systems(self) -> bool:
        """Whether a volume of it is on EFS, in whichever form that is given."""
        forms = (self.ecs_properties, self.node_properties, self.container_properties)
        short = any(volume.efs for volume in self.volumes.values())
        return short or any("efsVolumeConfiguration" in json.dumps(form) for form in forms)

    @property
    def secret_references(self) -> list[str]:
        """Where its secrets are, in whichever form they are given."""
        logs = self.log_configuration
        forms = (self.ecs_properties, self.node_properties, self.container_properties)
        short = [*self.secrets.values(), *(logs.secret_options.values() if logs else ())]
        found = (each for form in forms for each in _found(form, "valueFrom"))
        return short + [each for each in found if isinstance(each, str)]

    @property
    def commands(self) -> list[list[str]]:
        """The commands of its containers, in whichever form they are given."""
        forms = (self.ecs_properties, self.node_properties, self.container_properties)
        given = [each for form in forms for each in _found(form, "command")]
        return [list(each) for each in (*given, self.command or ()) if each]

    @property
    def strategy(self) -> RetryStrategy | None:
        """The retry strategy, in whichever form it is given."""
        return self.retry.strategy() if self.retry else self.retry_strategy

    @field_validator("ecs_properties", "node_properties")
    @classmethod
    def _possible_document(cls, value: dict[str, Any] | None, info: ValidationInfo) -> Any:
        key = to_camel(str(info.field_name))
        # A faulty shape is told elsewhere, all of it at once.
        if value is None or "platform" not in info.data or any(shape_problems(key, value)):
            return value
        if key == "ecsProperties":
            refuse_faulty_task(value, info.data["platform"])
            return value
        if info.data.get("ecs_properties") is not None:
            raise refusal("it is given beside ecsProperties", "keep one of the two")
        if info.data["platform"] != "EC2":
            raise refusal("multi-node jobs run only on EC2", "drop `platform`")
        refuse_faulty_nodes(value)
        return value

    @field_validator("container_properties")
    @classmethod
    def _known_properties(cls, value: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        platform = info.data.get("platform", "EC2")
        refuse_unknown_properties(value, platform)
        if any(shape_problems("containerProperties", value)):
            return value
        refuse_faulty_requirements(value, platform)
        refuse_faulty_options(value, platform)
        refuse_faulty_volumes(value, platform_version(value))
        if platform == "FARGATE":
            refuse_what_is_of_ec2(value)
            refuse_faulty_runtime(value, [(value, ())])
        return value

    @field_validator(*API_KEYS, "container_properties", "fargate")
    @classmethod
    def _one_form(cls, value: object, info: ValidationInfo) -> object:
        key = str(info.field_name)
        given = value not in (None, {}, ())
        document = next((each for each in DOCUMENTS if info.data.get(each) is not None), None)
        if given and document and key != "permissions":
            name = to_camel(document)
            fix = f"move it into {name}, or drop {name}"
            raise refusal(f"it belongs to a single container, and {name} is given", fix)
        for api_key in API_KEYS.get(key, ()) if key not in REQUIREMENTS else ():
            if given and api_key in info.data.get("container_properties", {}):
                raise _twice(f"containerProperties.{api_key}")
        return value

    @field_validator("image")
    @classmethod
    def _there(cls, value: str | None, info: ValidationInfo) -> str | None:
        below = _has_one_container(info.data) and info.data["container_properties"]
        if not value and isinstance(below, dict) and not below.get("image"):
            raise refusal("missing: a job runs in an image", "add e.g. `image: busybox`")
        return value

    @field_validator("vcpus", "memory", "gpus")
    @classmethod
    def _enough_and_given_once(cls, value: float | None, info: ValidationInfo) -> float | None:
        key = str(info.field_name)
        platform = info.data.get("platform", "EC2")
        if value is not None:
            refuse_too_little(REQUIREMENTS[key], value, platform)
        if not _has_one_container(info.data):
            return value  # refused already, or of another form
        below = requirements(info.data["container_properties"])
        if value is not None and REQUIREMENTS[key] in below:
            raise _twice("containerProperties.resourceRequirements")
        if key == "memory" and value is None and "MEMORY" not in below:
            raise refusal("missing: a job has a memory limit in MiB", "add e.g. `memory: 512`")
        if key == "memory" and platform == "FARGATE" and "vcpus" in info.data:
            refuse_size_of(below, info.data["vcpus"], None if value is None else int(value))
        return value

    @field_validator(*WINDOWS_HAS_NOT, "volumes")
    @classmethod
    def _possible_on_windows(cls, value: Any, info: ValidationInfo) -> Any:
        if value in (None, {}) or not is_windows(info.data.get("container_properties", {})):
            return value
        if info.field_name != "volumes":
            raise refusal("Windows containers cannot have it", "drop it")
        for name, volume in value.items():
            if volume.efs is not None:
                raise refusal("Windows containers mount no EFS", "drop it", name, "efs")
        return value

    @field_validator("volumes")
    @classmethod
    def _mountable(cls, value: dict[str, Volume], info: ValidationInfo) -> dict[str, Volume]:
        version = platform_version(info.data.get("container_properties", {}))
        for name, volume in value.items():
            if len(name) > LONGEST_VOLUME_NAME:
                fault = f"the name has {len(name)} characters, and at most {LONGEST_VOLUME_NAME}"
                raise refusal(fault, "shorten it", name)
            if volume.efs is not None:
                mounted = {"volumes": [{"efsVolumeConfiguration": {"fileSystemId": "fs"}}]}
                refuse_faulty_volumes(mounted, version)
        return value

    @field_validator("privileged", "ulimits", "linux_parameters", "volumes", "log_configuration")
    @classmethod
    def _possible_on_fargate(cls, value: Any, info: ValidationInfo) -> Any:
        if not value or info.data.get("platform") != "FARGATE":
            return value
        if info.field_name == "volumes":
            for name, volume in value.items():
                if volume.host is not None:
                    fix = "drop it for a volume of the task, or use `platform: EC2`"
                    raise refusal("Fargate has no directory of a host", fix, name, "host")
            return value
        key = to_camel(str(info.field_name))
        try:
            refuse_what_is_of_ec2({key: _plain(value)})
        except Exception as error:
            context: Mapping[str, Any] = getattr(error, "context", None) or {}
            if "below" not in context:
                raise
            # The path begins with the key, as that of a container does.
            raise refusal(context["fault"], context["fix"], *context["below"][1:]) from None
        return value

    @field_validator("fargate")
    @classmethod
    def _on_fargate(cls, value: Fargate | None, info: ValidationInfo) -> Fargate | None:
        if value is None or "platform" not in info.data:
            return value
        if info.data["platform"] != "FARGATE":
            raise refusal("it applies only to Fargate", "add `platform: FARGATE`, or drop it")
        for key, attribute in FARGATE_PROPERTIES.items():
            here = getattr(value, attribute) is not None
            if here and key in info.data.get("container_properties", {}):
                raise refusal(
                    f"it is given here and as `containerProperties.{key}`",
                    "keep one of the two",
                    to_camel(attribute),
                )
        return value

    @field_validator("permissions")
    @classmethod
    def _have_a_role(cls, value: Permissions | None, info: ValidationInfo) -> Permissions | None:
        if value is None:
            return value
        for document in DOCUMENTS:
            form, key = info.data.get(document), to_camel(document)
            if form is None or any(shape_problems(key, form)):
                continue  # of another form, or refused already
            if all(job_roles(form)):
                raise refusal(
                    f"every task in {key} names a role of its own, so these permissions would "
                    f"have no effect",
                    f"drop it, or jobRoleArn and taskRoleArn in {key}",
                )
        return value

    @field_validator("retry")
    @classmethod
    def _one_strategy(cls, value: Retry | None, info: ValidationInfo) -> Retry | None:
        if value is not None and info.data.get("retry_strategy") is not None:
            raise _twice("retryStrategy")
        return value


def _has_one_container(data: Mapping[str, Any]) -> bool:
    """Tell whether the definition is of the form of one container, and that is valid so far."""
    there = {"platform", "container_properties", *DOCUMENTS} <= data.keys()
    return there and all(data[each] is None for each in DOCUMENTS)


def _found(value: Any, key: str) -> Iterator[Any]:
    """Yield the values of a key, however deep."""
    if isinstance(value, dict):
        if key in value:
            yield value[key]
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _found(item, key)


def _twice(other: str) -> Exception:
    return refusal(f"it is given here and as `{other}`", "keep one of the two")


def _plain(value: Any) -> Any:
    if isinstance(value, Block):
        return {key: item for key, item in to_api(value).items() if item not in (None, [], {})}
    return value
