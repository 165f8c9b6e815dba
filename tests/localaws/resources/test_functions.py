"""Answers of the provider's functions that no program of the tests happens to ask for."""

from __future__ import annotations

import pytest

from localaws.resources.table import FUNCTIONS

SNAPSHOT = "aws:ebs/getSnapshot:getSnapshot"


def test_a_snapshot_is_told_with_its_size_and_encryption(clients):
    ec2 = clients("ec2")
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=9, Encrypted=True)["VolumeId"]
    made = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    told = FUNCTIONS[SNAPSHOT](clients, {"snapshotIds": [made]})
    assert (told["encrypted"], told["volumeSize"]) == (True, 9)
    with pytest.raises(LookupError, match="returned no results"):
        FUNCTIONS[SNAPSHOT](clients, {"snapshotIds": ["snap-0a1b"]})


def test_an_instance_type_is_told_with_what_its_launch_template_may_ask(clients):
    told = FUNCTIONS["aws:ec2/getInstanceType:getInstanceType"](
        clients, {"instanceType": "p4d.24xlarge"}
    )
    assert (told["defaultCores"], told["validThreadsPerCores"]) == (48, [1, 2])
    assert (told["efaSupported"], told["efaMaximumInterfaces"]) == (True, 4)
    assert "cluster" in told["supportedPlacementStrategies"]
