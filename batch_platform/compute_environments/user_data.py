"""User data of instances as a MIME multipart archive: the one form that AWS Batch merges with its.

AWS Batch user guide, "Launch template support": "user data must be in the MIME multi-part archive
format". The text depends on the config alone, so that an update without an edit makes no version.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from email import message_from_bytes
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import NamedTuple

from batch_platform.compute_environments.metadata import ADDRESS
from batch_platform.settings.launch_templates import EfsMount, InstanceStore, LaunchTemplate
from batch_platform.settings.volumes import DataVolume

SHELL = "text/x-shellscript"

OR_STAY_OUT = """\
#!/bin/bash
set -euo pipefail
# An instance without what its jobs count on must not join the cluster.
trap 'systemctl mask ecs; systemctl stop --no-block ecs' ERR
"""
"""Begins the scripts: cloud-init would go on after a failure, and the ECS agent starts after it."""


BLOCK_IMDS = f"""{OR_STAY_OUT}\
iptables --insert OUTPUT --destination {ADDRESS} --match owner ! --uid-owner root --jump REJECT
echo ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config
"""
"""Nobody but root may ask the instance metadata. Root is let through: the ECS agent, the SSM agent
and cloud-init are root's (EC2 guide, "Limit access to the Instance Metadata Service"; ECS guide,
ECS_AWSVPC_BLOCK_IMDS). It runs before the ECS agent starts, and so before any job."""


class Part(NamedTuple):
    """One part of the archive."""

    content_type: str
    content: str


def parts(template: LaunchTemplate) -> tuple[Part, ...]:
    """Return the parts that the config asks for, in the order in which they run."""
    return tuple(_parts(template))


def archive(given: Sequence[Part]) -> str | None:
    """Return the MIME multipart archive, ASCII; None where there is no part."""
    if not given:
        return None
    digest = hashlib.sha256(repr([tuple(part) for part in given]).encode()).hexdigest()
    message = MIMEMultipart("mixed", boundary=f"=={digest[:32]}==")
    for part in given:
        message.attach(MIMEText(part.content, part.content_type.removeprefix("text/"), "us-ascii"))
    return message.as_string()


def encoded(template: LaunchTemplate, *, cluster: str | None = None) -> str | None:
    """Return the user data as a launch template takes it: base64; None where there is none.

    Args:
        template: of the config.
        cluster: name of the ECS cluster that the instances join; None where AWS Batch says it.
    """
    own = () if cluster is None else (Part(SHELL, _joining(cluster)),)
    text = archive((*own, *parts(template)))
    return base64.b64encode(text.encode("ascii")).decode("ascii") if text else None


def without_cluster(user_data: str) -> str:
    """Return what tells two user data apart, whatever cluster they name: only AWS knows that one.

    Args:
        user_data: base64, as a launch template has it.

    Returns:
        the same where it names no cluster; otherwise the parts as text.
    """
    message = message_from_bytes(base64.b64decode(user_data))
    contents = [str(part.get_payload()) for part in message.walk() if not part.is_multipart()]
    if not any(_NAMES_CLUSTER.search(each) for each in contents):
        return user_data
    return "\n".join(_NAMES_CLUSTER.sub("ECS_CLUSTER=…", each) for each in contents)


_NAMES_CLUSTER = re.compile(r"'?ECS_CLUSTER=.*(?= >> /etc/ecs/ecs\.config)")


def _joining(cluster: str) -> str:
    """Return what names the cluster (user guide: Unmanaged compute environments)."""
    return f"{OR_STAY_OUT}echo {shlex.quote(f'ECS_CLUSTER={cluster}')} >> /etc/ecs/ecs.config\n"


def _parts(template: LaunchTemplate) -> Iterator[Part]:
    if template.block_imds:
        yield Part(SHELL, BLOCK_IMDS)
    if template.ecs_agent:
        yield Part(SHELL, _ecs_agent(template.ecs_agent))
    if template.instance_store is not None:
        yield Part(SHELL, _instance_store(template.instance_store))
    if mounted := [each for each in template.data_volumes if each.mount_path is not None]:
        yield Part(SHELL, _data_volumes(mounted))
    if template.efs_mounts:
        yield Part(SHELL, _efs(template.efs_mounts))
    for part in template.user_data:
        yield Part(part.content_type, part.content)


def _ecs_agent(settings: Mapping[str, str]) -> str:
    lines = [
        f"echo {shlex.quote(f'{name}={value}')} >> /etc/ecs/ecs.config\n"
        for name, value in sorted(settings.items())
    ]
    return OR_STAY_OUT + "".join(lines)


def _instance_store(store: InstanceStore) -> str:
    path = shlex.quote(store.mount_path)
    return f"""{OR_STAY_OUT}\
shopt -s nullglob
disks=(/dev/disk/by-id/nvme-Amazon_EC2_NVMe_Instance_Storage_*)
declare -A devices=()
for disk in "${{disks[@]}}"; do devices[$(readlink -f "$disk")]=1; done
test ${{#devices[@]}} -gt 0
device=${{!devices[*]}}
if test ${{#devices[@]}} -gt 1; then
  dnf install -y mdadm
  mdadm --create /dev/md0 --run --level=0 --raid-devices=${{#devices[@]}} "${{!devices[@]}}"
  device=/dev/md0
fi
mkfs.xfs -f "$device"
mkdir -p {path}
mount -o noatime "$device" {path}
chmod 1777 {path}
"""


def _data_volumes(volumes: Sequence[DataVolume]) -> str:
    """Return the script that mounts volumes: an empty one gets a file system, others keep theirs.

    The device has its name by a link, which is there once the volume is attached (EBS user guide,
    NVMe volumes).
    """
    lines = "".join(f"{each.device_name} {each.mount_path}\n" for each in volumes)
    return f"""{OR_STAY_OUT}\
while read -r device path <&3; do
  for _ in {{1..120}}; do test -b "$device" && break; sleep 1; done
  test -b "$device"
  mkdir -p "$path"
  if blkid "$device"; then
    mount -o noatime "$device" "$path"
    case $(findmnt --noheadings --output FSTYPE "$path") in
      xfs) xfs_growfs "$path" ;;
      ext*) resize2fs "$device" ;;
    esac
  else
    mkfs.xfs "$device"
    mount -o noatime "$device" "$path"
    chmod 1777 "$path"
  fi
done 3<<'VOLUMES'
{lines}VOLUMES
"""


def _efs(mounts: Sequence[EfsMount]) -> str:
    lines = []
    for mount in mounts:
        path = shlex.quote(mount.mount_path)
        access = f",accesspoint={mount.access_point_id}" if mount.access_point_id else ""
        lines += [
            f"mkdir -p {path}",
            f"mount -t efs -o tls{access} {mount.file_system_id}:/ {path}",
        ]
    return "\n".join([f"{OR_STAY_OUT}dnf install -y amazon-efs-utils", *lines, ""])
