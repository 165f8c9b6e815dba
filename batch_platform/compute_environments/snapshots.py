"""Asks AWS about the snapshots of data volumes, which decide whether the volumes are encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi_aws as aws

from batch_platform.provider_answers import found
from batch_platform.settings import Problem
from batch_platform.settings.ec2_capacity import Ec2Capacity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batch_platform.settings import Settings
    from batch_platform.settings.volumes import DataVolume


def unusable_snapshots(settings: Settings) -> Iterator[Problem]:
    """Find snapshots that are not there, not encrypted, or larger than their volume."""
    for key, environment in settings.compute_environments.items():
        if not isinstance(environment, Ec2Capacity):
            continue
        path = ("batch-platform:computeEnvironments", key, "launchTemplate", "dataVolumes")
        for index, volume in enumerate(environment.launch_template.data_volumes):
            if volume.snapshot_id is not None:
                for below, fault, fix in _faults(volume, volume.snapshot_id):
                    yield Problem((*path, index, below), fault, fix)


def _faults(volume: DataVolume, snapshot_id: str) -> Iterator[tuple[str, str, str]]:
    snapshot = found(lambda: aws.ebs.get_snapshot(snapshot_ids=[snapshot_id]))
    if snapshot is None:
        fault = f"{snapshot_id} does not exist"
        yield "snapshotId", fault, "name a snapshot of this region that the account may use"
        return
    if not snapshot.encrypted:
        fault = f"{snapshot_id} is not encrypted, and a volume has the encryption of its snapshot"
        fix = f"copy it: aws ec2 copy-snapshot --encrypted --source-snapshot-id {snapshot_id} …"
        yield "snapshotId", fault, fix
    if volume.volume_size is not None and volume.volume_size < snapshot.volume_size:
        fault = (
            f"{volume.volume_size} is below {snapshot.volume_size} GiB, the size of the snapshot"
        )
        yield "volumeSize", fault, f"write at least {snapshot.volume_size}, or leave it out"
