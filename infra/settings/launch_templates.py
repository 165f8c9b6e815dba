"""``launchTemplate`` of instances: what is in the stack's own, or which of another team's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil
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

from infra.settings.block import Block, Text, of_form, pattern, refuse_duplicates
from infra.settings.errors import refusal, shown
from infra.settings.refused import REFUSED, Refused

SMALLEST_ROOT = 30
"""GiB: the root of the ECS-optimized AL2023 AMI (ECS developer guide, storage of instances)."""

LARGEST = {"gp3": 65_536, "gp2": 16_384, "io1": 16_384, "io2": 65_536}
"""GiB (EC2 API, EbsBlockDevice.volumeSize)."""

IOPS = {"gp3": (3_000, 80_000), "io1": (100, 64_000), "io2": (100, 256_000)}
"""The least and the most by type; gp2 takes none (EC2 API, EbsBlockDevice.iops)."""

THROUGHPUT = (125, 2_000)
"""MiB/s; gp3 alone (EC2 API, EbsBlockDevice.throughput)."""

IOPS_PER_GIB = {"gp3": 500, "io1": 50, "io2": 1_000}
"""The most (EBS user guide, volume types)."""

THROUGHPUT_PER_IOPS = 0.25
"""MiB/s for each of gp3's IOPS, the most; likewise."""

LONGEST_USER_DATA = 12_288
"""Bytes of all ``content``: EC2 takes 16,384 before base64 (EC2 user guide, user data), and the
rest is for the parts of the other keys and for the one that AWS Batch adds."""

VolumeType = Literal["gp3", "gp2", "io1", "io2"]


_KEY_ARN = r"arn:aws[a-z-]*:kms:[^:]+:[0-9]{12}:.+"


class RootVolume(Block):
    """The instances' root volume; always encrypted, and deleted with its instance.

    Attributes:
        device_name: device of the AMI's root; an AMI that is not ECS-optimized may have another.
        volume_size: GiB, shared by images, containers and logs of all jobs on the instance.
        volume_type: gp3, gp2, io1 or io2.
        iops: I/O operations per second, in proportion to the size; required for io1 and io2; gp2
            has none.
        throughput: MiB per second, in proportion to iops; gp3 only.
        kms_key_id: ARN of a KMS key that AWSServiceRoleForAutoScaling may use; without it the
            account's own key for EBS.
    """

    device_name: Text = "/dev/xvda"
    volume_type: VolumeType = "gp3"
    volume_size: int = Field(default=SMALLEST_ROOT, ge=SMALLEST_ROOT)
    iops: int | None = None
    throughput: int | None = Field(default=None, ge=THROUGHPUT[0], le=THROUGHPUT[1])
    kms_key_id: Annotated[Text, pattern(_KEY_ARN)] | None = None

    @field_validator("volume_size")
    @classmethod
    def _of_the_type(cls, value: int, info: ValidationInfo) -> int:
        kind = info.data.get("volume_type", "gp3")
        if value > LARGEST[kind]:
            raise refusal(
                f"{value} is above {LARGEST[kind]} GiB, the most of {kind}",
                "write less, or another volumeType",
            )
        return value

    @field_validator("iops")
    @classmethod
    def _that_the_type_has(cls, value: int | None, info: ValidationInfo) -> int | None:
        kind = info.data.get("volume_type", "gp3")
        if value is None:
            if kind in {"io1", "io2"}:
                raise refusal(f"missing: a volume of {kind} needs it", "add e.g. `iops: 3000`")
            return None
        if kind not in IOPS:
            raise refusal(f"{value}: a volume of {kind} takes no iops", "remove it, or use gp3")
        least, most = IOPS[kind]
        if not least <= value <= most:
            raise refusal(
                f"{value} is not between {least} and {most}, the range of {kind}",
                "write a number of that range",
            )
        size = info.data.get("volume_size")
        if size is not None and value > (most := size * IOPS_PER_GIB[kind]):
            needed = -(-value // IOPS_PER_GIB[kind])
            raise refusal(
                f"{value} is above {most}, the most of {size} GiB of {kind} "
                f"({IOPS_PER_GIB[kind]} for each GiB)",
                f"write less, or volumeSize: {needed}",
            )
        return value

    @field_validator("throughput")
    @classmethod
    def _of_gp3(cls, value: int | None, info: ValidationInfo) -> int | None:
        kind = info.data.get("volume_type", "gp3")
        if value is not None and kind != "gp3":
            raise refusal(f"{value}: a volume of {kind} takes no throughput", "use gp3")
        if value is None or "iops" not in info.data:
            return value
        iops = info.data["iops"] or IOPS["gp3"][0]
        if value > (most := iops * THROUGHPUT_PER_IOPS):
            raise refusal(
                f"{value} is above {most:g} MiB/s, the most with {iops} iops "
                f"({THROUGHPUT_PER_IOPS:g} for each)",
                f"write less, or iops: {ceil(value / THROUGHPUT_PER_IOPS)}",
            )
        return value

    @field_validator("kms_key_id")
    @classmethod
    def _an_arn(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(_KEY_ARN, value):
            raise refusal(
                f"{shown(value)} is not the ARN of a KMS key",
                "write e.g. arn:aws:kms:us-east-1:123456789012:key/…",
            )
        return value


_MOUNT_PATH = r"/[\w./-]+"


def _mount_path(value: str) -> str:
    if not re.fullmatch(_MOUNT_PATH, value) or ".." in value or value.rstrip("/") in RESERVED:
        raise refusal(
            f"{shown(value)} is not a folder that can be mounted over",
            "write an absolute path of letters, digits and ./_-, e.g. /mnt/efs",
        )
    return value


RESERVED = frozenset(
    {
        "",
        "/bin",
        "/boot",
        "/dev",
        "/etc",
        "/home",
        "/proc",
        "/root",
        "/run",
        "/sbin",
        "/sys",
        "/tmp",  # noqa: S108
        "/usr",
        "/var",
        "/var/lib",
        "/var/lib/docker",
    }
)

MountPath = Annotated[str, AfterValidator(_mount_path), pattern(_MOUNT_PATH)]


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
    block_imds: bool = False
    ecs_agent: dict[AgentSetting, Annotated[Text, AfterValidator(_one_line)]] = Field(
        default_factory=dict
    )
    instance_store: InstanceStore | None = None
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

    @field_validator("efs_mounts")
    @classmethod
    def _each_at_its_own_path(
        cls, value: tuple[EfsMount, ...], info: ValidationInfo
    ) -> tuple[EfsMount, ...]:
        store = info.data.get("instance_store")
        paths = [each.mount_path for each in value]
        refuse_duplicates(paths)
        if store is not None and store.mount_path in paths:
            index = paths.index(store.mount_path)
            raise refusal(
                f"{shown(store.mount_path)} is used by instanceStore",
                "choose another folder",
                index,
                "mountPath",
            )
        return value
