"""``launchTemplate`` of instances: what is in the stack's own, or which of another team's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from batch_platform.settings.block import Block, Text, of_form, pattern
from batch_platform.settings.errors import refusal, shown
from batch_platform.settings.placement import CapacityReservation
from batch_platform.settings.refused import DEDICATED_HOSTS, REFUSED, Refused
from batch_platform.settings.volumes import MOST_DATA_VOLUMES, DataVolume, MountPath, RootVolume

LONGEST_USER_DATA = 12_288
"""Bytes of all ``content``: EC2 takes 16,384 before base64 (EC2 user guide, user data), and the
rest is for the parts of the other keys and for the one that AWS Batch adds."""


class EfsMount(Block):
    """A file system on the instance, encrypted on the way; jobs get it as a host volume.

    Attributes:
        file_system_id: fs-…, with a mount target in each zone of the instances, whose security
            group allows TCP 2049 from them.
        mount_path: folder on the instance.
        access_point_id: fsap-…; without it the root of the file system.
    """

    file_system_id: Annotated[str, pattern("fs-[0-9a-f]+")]
    mount_path: MountPath
    access_point_id: Annotated[str, pattern("fsap-[0-9a-f]+")] | None = None

    @field_validator("file_system_id", "access_point_id")
    @classmethod
    def _an_id(cls, value: str | None, info: ValidationInfo) -> str | None:
        prefix = "fsap" if info.field_name == "access_point_id" else "fs"
        if value is not None and not re.fullmatch(rf"{prefix}-[0-9a-f]+", value):
            raise refusal(f"{shown(value)} is not an id of EFS", f"write e.g. {prefix}-0123abcd")
        return value


class InstanceStore(Block):
    """The NVMe disks that belong to an instance: one file system over all of them (RAID 0).

    Attributes:
        mount_path: folder on the instance. Instances of types without such disks never join.
    """

    mount_path: MountPath


class UserDataPart(Block):
    """A part of the user data, after those that the other keys make.

    Attributes:
        content_type: how cloud-init handles the part.
        content: its text, ASCII. Readable by anyone who may describe launch templates: no secrets.
    """

    content_type: Literal["text/x-shellscript", "text/cloud-config", "text/cloud-boothook"] = (
        "text/x-shellscript"
    )
    content: Text

    @field_validator("content")
    @classmethod
    def _begins_as_cloud_init_wants(cls, value: str, info: ValidationInfo) -> str:
        if not value.isascii():
            raise refusal("the text is not ASCII", "write it with escapes")
        kind = info.data.get("content_type")
        if kind == "text/x-shellscript" and not value.startswith("#!"):
            raise refusal(
                "a script begins with #! and its interpreter", "begin it with `#!/bin/bash`"
            )
        return value


_AGENT_SETTING = r"ECS_[A-Z0-9_]+"


def _agent_setting(name: str) -> str:
    if not re.fullmatch(_AGENT_SETTING, name):
        raise refusal(
            f"{shown(name)} is not a setting of the ECS agent", "write e.g. ECS_IMAGE_PULL_BEHAVIOR"
        )
    if name == "ECS_CLUSTER":
        raise refusal("AWS Batch itself sets the cluster", "remove it")
    return name


AgentSetting = Annotated[
    str, AfterValidator(_agent_setting), pattern(rf"(?!ECS_CLUSTER$){_AGENT_SETTING}")
]


def _one_line(value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise refusal(f"{shown(value)} is not one line of ASCII", "write one line")
    return value


MOST_ADAPTERS = 32
"""Of p5.48xlarge, which has the most (EC2 API, DescribeInstanceTypes)."""


def _no_host(value: object) -> object:
    if value == "host":
        raise refusal(*DEDICATED_HOSTS)
    return value


_TEMPLATE_NAME = r"[a-zA-Z0-9()./_-]{3,128}"
"""EC2 API, CreateLaunchTemplate."""


def _template_version(value: object) -> object:
    named = isinstance(value, str) and value in {"$Default", "$Latest"}
    if named or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise refusal(
        f"{shown(value)} is not a version", "write a number without quotes, $Default or $Latest"
    )


TemplateVersion = Annotated[
    Annotated[int, Field(ge=1)] | Literal["$Default", "$Latest"], BeforeValidator(_template_version)
]

GIVEN = frozenset({"launch_template_id", "launch_template_name", "version"})
"""Keys of a launch template that another team made."""


class LaunchTemplate(Block):
    """The launch template that is made for the environment, or one that another team made.

    In the stack's own IMDSv2 is always required, with a hop limit of 1, and no key changes that:
    it keeps containers of multi-node jobs from the instance's role, and not those of single-node
    jobs, which run in the network of the instance.

    Attributes:
        launch_template_id: lt-…, of a template that another team made; the stack makes none then,
            and no other key but version may be given.
        launch_template_name: the same by its name.
        version: number of that template's version. $Default and $Latest are read at each
            deployment, and a number that has changed since is an infrastructure update.
        root_volume: size and type of the root volume.
        data_volumes: further EBS volumes.
        threads_per_core: 1 for cores without simultaneous multithreading, of the one instance
            type that the environment then has; jobs find half of its vCPUs.
        tenancy: dedicated for hardware that no other account uses; without it the VPC's.
        capacity_reservation: which reserved capacity On-Demand instances use.
        efa: Elastic Fabric Adapters of each instance, 1 to 32; the first is its only address.
        block_imds: keep all users of the instance but root, and so containers that do not run as
            root, from the instance metadata, by a rule of its firewall.
        ecs_agent: lines of /etc/ecs/ecs.config by name, ECS_…
        instance_store: where the instance's own NVMe disks are mounted; without it they are not
            mounted.
        efs_mounts: file systems that are mounted before the first job.
        user_data: further parts; an instance joins even if one of them fails.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = REFUSED["launchTemplate"]

    launch_template_id: (
        Annotated[
            str,
            pattern("lt-[0-9a-f]+"),
            of_form("lt-[0-9a-f]+", "is not the id of a launch template", "write e.g. lt-0a1b2c3d"),
        ]
        | None
    ) = None
    launch_template_name: (
        Annotated[
            str,
            pattern(_TEMPLATE_NAME),
            of_form(
                _TEMPLATE_NAME,
                "is not the name of a launch template",
                "write 3 to 128 letters, digits and ()./_-",
            ),
        ]
        | None
    ) = None
    version: TemplateVersion = "$Default"
    root_volume: RootVolume = Field(default_factory=RootVolume)
    threads_per_core: Literal[1] | None = None
    tenancy: Annotated[Literal["default", "dedicated"], BeforeValidator(_no_host)] | None = None
    capacity_reservation: CapacityReservation | None = None
    efa: int | None = Field(default=None, ge=1, le=MOST_ADAPTERS)
    block_imds: bool = False
    ecs_agent: dict[AgentSetting, Annotated[Text, AfterValidator(_one_line)]] = Field(
        default_factory=dict
    )
    instance_store: InstanceStore | None = None
    data_volumes: tuple[DataVolume, ...] = Field(default=(), max_length=MOST_DATA_VOLUMES)
    efs_mounts: tuple[EfsMount, ...] = ()
    user_data: tuple[UserDataPart, ...] = ()

    @property
    def is_given(self) -> bool:
        """Whether another team made the template."""
        return bool(self.launch_template_id or self.launch_template_name)

    @property
    def named_by(self) -> str:
        """The key that names a given template."""
        return "launchTemplateId" if self.launch_template_id else "launchTemplateName"

    @property
    def shown(self) -> str:
        """Id or name of a given template."""
        return self.launch_template_id or self.launch_template_name or ""

    @model_validator(mode="after")
    def _made_or_given(self) -> Self:
        given = self.model_fields_set & {"launch_template_id", "launch_template_name"}
        if len(given) > 1:
            raise refusal(
                "it is given beside launchTemplateId, and AWS Batch takes one of the two",
                "keep one of the two",
                "launchTemplateName",
            )
        if not given and "version" in self.model_fields_set:
            raise refusal(
                "it is of a template that another team made, and none is named; AWS Batch gets "
                "the newest version of the stack's own",
                "remove it, or add launchTemplateId or launchTemplateName",
                "version",
            )
        for name in type(self).model_fields:
            if given and name in self.model_fields_set - GIVEN:
                raise refusal(
                    f"it is given beside {self.named_by}, and is about a template that the stack "
                    "makes",
                    "write it in that template, or remove one of the two",
                    to_camel(name),
                )
        return self

    @field_validator("user_data")
    @classmethod
    def _fits(cls, value: tuple[UserDataPart, ...]) -> tuple[UserDataPart, ...]:
        size = sum(len(part.content) for part in value)
        if size > LONGEST_USER_DATA:
            raise refusal(
                f"{size} bytes, and there is room for {LONGEST_USER_DATA} in EC2's user data",
                "fetch long parts from S3 in a script, or bake them into an AMI",
            )
        return value

    @field_validator("data_volumes")
    @classmethod
    def _each_on_its_own_device(
        cls, value: tuple[DataVolume, ...], info: ValidationInfo
    ) -> tuple[DataVolume, ...]:
        root = info.data.get("root_volume")
        devices = [each.device for each in value]
        for index, each in enumerate(value):
            if root is not None and each.device == root.device_name.replace("/dev/xvd", "/dev/sd"):
                raise refusal(
                    f"{shown(each.device_name)} is the device of rootVolume",
                    "choose another, e.g. /dev/sdf",
                    index,
                    "deviceName",
                )
            if each.device in devices[:index]:
                raise refusal(
                    f"{shown(each.device_name)} is the device of another volume; sd and xvd are "
                    f"two names of one",
                    "choose another, e.g. /dev/sdg",
                    index,
                    "deviceName",
                )
        _refuse_shared_folders(value, _folders(info, "instance_store"))
        return value

    @field_validator("efs_mounts")
    @classmethod
    def _each_at_its_own_path(
        cls, value: tuple[EfsMount, ...], info: ValidationInfo
    ) -> tuple[EfsMount, ...]:
        _refuse_shared_folders(value, _folders(info, "instance_store", "data_volumes"))
        return value


def _folders(info: ValidationInfo, *names: str) -> dict[str, str]:
    """Return the folders that other keys mount something at, with the key of each."""
    found: dict[str, str] = {}
    for name in names:
        given = info.data.get(name) or ()
        for each in given if isinstance(given, tuple) else (given,):
            if each.mount_path is not None:
                found[each.mount_path] = to_camel(name)
    return found


def _refuse_shared_folders(
    mounts: Sequence[DataVolume | EfsMount], taken: Mapping[str, str]
) -> None:
    """Refuse the second of two mounts at one folder.

    Args:
        mounts: what one key mounts.
        taken: folders to the keys that have mounted something there.
    """
    own = [each.mount_path for each in mounts]
    for index, path in enumerate(own):
        if path is not None and (path in taken or path in own[:index]):
            by = taken.get(path, "another of the list")
            raise refusal(
                f"{shown(path)} is used by {by}", "choose another folder", index, "mountPath"
            )
