"""``rootVolume`` and ``dataVolumes`` of a launch template: EBS volumes, always encrypted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from batch_platform.settings.block import Block, Text, of_form, pattern
from batch_platform.settings.errors import refusal, shown
from batch_platform.settings.refused import REFUSED, Refused

SMALLEST_ROOT = 30
"""GiB: the root of the ECS-optimized AL2023 AMI (ECS developer guide, storage of instances)."""

SMALLEST = {"gp3": 1, "gp2": 1, "io1": 4, "io2": 4, "st1": 125, "sc1": 125}
LARGEST = {
    "gp3": 65_536,
    "gp2": 16_384,
    "io1": 16_384,
    "io2": 65_536,
    "st1": 16_384,
    "sc1": 16_384,
}
"""GiB (EC2 API, LaunchTemplateEbsBlockDeviceRequest.VolumeSize)."""

IOPS = {"gp3": (3_000, 80_000), "io1": (100, 64_000), "io2": (100, 256_000)}
"""The least and the most by type; others take none (EC2 API, EbsBlockDevice.iops)."""

THROUGHPUT = (125, 2_000)
"""MiB/s; gp3 alone (EC2 API, EbsBlockDevice.throughput)."""

IOPS_PER_GIB = {"gp3": 500, "io1": 50, "io2": 1_000}
"""The most (EBS user guide, volume types)."""

THROUGHPUT_PER_IOPS = 0.25
"""MiB/s for each of gp3's IOPS, the most; likewise."""

OfRoot = Literal["gp3", "gp2", "io1", "io2"]
OfData = Literal["gp3", "gp2", "io1", "io2", "st1", "sc1"]
"""Disks with moving parts boot no instance (EBS user guide, volume types)."""

_KEY_ARN = r"arn:aws[a-z-]*:kms:[^:]+:[0-9]{12}:.+"


class Volume(Block):
    """What both kinds of volume have.

    Attributes:
        device_name: name of the device, by which EC2 attaches the volume.
        volume_type: of the volume.
        volume_size: GiB.
        iops: I/O operations per second, in proportion to the size; required for io1 and io2; gp2
            has none.
        throughput: MiB per second, in proportion to iops; gp3 only.
        kms_key_id: ARN of a KMS key that AWSServiceRoleForAutoScaling may use; without it the
            account's own key for EBS.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = REFUSED["rootVolume"]

    device_name: Text
    volume_type: OfData = "gp3"
    volume_size: int | None = None
    iops: int | None = None
    throughput: int | None = Field(default=None, ge=THROUGHPUT[0], le=THROUGHPUT[1])
    kms_key_id: Annotated[Text, pattern(_KEY_ARN)] | None = None

    @field_validator("volume_size")
    @classmethod
    def _of_the_type(cls, value: int | None, info: ValidationInfo) -> int | None:
        kind = info.data.get("volume_type", "gp3")
        if value is not None and value > LARGEST[kind]:
            raise refusal(
                f"{value} is above {LARGEST[kind]} GiB, the most of {kind}",
                "write less, or another volumeType",
            )
        if value is not None and value < SMALLEST[kind]:
            raise refusal(
                f"{value} is below {SMALLEST[kind]} GiB, the least of {kind}",
                "write more, or another volumeType",
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


class RootVolume(Volume):
    """The instances' root volume; always encrypted, and deleted with its instance.

    Attributes:
        device_name: device of the AMI's root; an AMI that is not ECS-optimized may have another.
        volume_size: GiB, shared by images, containers and logs of all jobs on the instance.
        volume_type: gp3, gp2, io1 or io2.
    """

    device_name: Text = "/dev/xvda"
    volume_type: OfRoot = "gp3"
    volume_size: int = Field(default=SMALLEST_ROOT, ge=SMALLEST_ROOT)


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

MOST_DATA_VOLUMES = 20
"""Most Nitro instances have 28 attachments, which volumes share with network interfaces and NVMe
disks (EBS user guide, volume limits); and each takes some bytes of the user data."""

_DEVICE = r"/dev/(sd[b-z]|xvd[b-z]|xvd[b-d][a-z])"
_SNAPSHOT = r"snap-[0-9a-f]+"


class DataVolume(Volume):
    """A further volume of each instance; always encrypted, and deleted with its instance.

    Attributes:
        device_name: /dev/sdf to /dev/sdp, as EC2 advises, or another that it has: /dev/sdb to
            /dev/sdz, /dev/xvdb to /dev/xvdz, /dev/xvdba to /dev/xvddz.
        volume_type: gp3, gp2, io1, io2, st1 or sc1.
        volume_size: GiB; required without a snapshot, and otherwise at least the snapshot's.
        snapshot_id: snap-…, with the volume's first content, a file system if it is mounted. It
            must be encrypted: the volume is then encrypted with the same key.
        mount_path: folder on the instance; an empty volume gets an XFS. Without it the device is
            there, and nothing is done with it.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = REFUSED["dataVolumes"]

    device_name: Annotated[
        str,
        of_form(_DEVICE, "is not a device name that EC2 has for a further volume", "use /dev/sdf"),
        pattern(_DEVICE),
    ]
    snapshot_id: (
        Annotated[
            str,
            of_form(_SNAPSHOT, "is not the id of a snapshot", "write e.g. snap-0123456789abcdef0"),
            pattern(_SNAPSHOT),
        ]
        | None
    ) = None
    mount_path: MountPath | None = None

    @model_validator(mode="after")
    def _has_one_origin(self) -> Self:
        """Hold what EC2 says of a volume from a snapshot: its size and key are the snapshot's."""
        if self.snapshot_id is None and self.volume_size is None:
            raise refusal(
                "missing: a volume without a snapshot needs its size",
                "add e.g. `volumeSize: 100`",
                "volumeSize",
            )
        if self.snapshot_id is not None and self.kms_key_id is not None:
            raise refusal(
                f"{self.snapshot_id} decides the key: EC2 takes none for a volume from a snapshot",
                "remove it, and encrypt the snapshot with the key by a copy of it",
                "kmsKeyId",
            )
        return self

    @property
    def device(self) -> str:
        """The device under the one of its two names that has no "xvd": EC2 takes either."""
        return self.device_name.replace("/dev/xvd", "/dev/sd")
