"""A Fargate environment by the provider's handlers: what changes in place, and what cannot."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError


def make_fargate(makes, kind="FARGATE"):
    resources = {
        "type": kind,
        "maxVcpus": 16,
        "subnets": ["subnet-1"],
        "securityGroupIds": ["sg-1"],
    }
    return makes(
        "aws:batch/computeEnvironment:ComputeEnvironment",
        name=makes.name("fargate"),
        type="MANAGED",
        state="ENABLED",
        computeResources=resources,
    )


@pytest.mark.parametrize("kind", ["FARGATE", "FARGATE_SPOT"])
def test_size_and_network_change_in_place(makes, kind):
    made = make_fargate(makes, kind)
    assert made.differences(made.read()) == {}
    assert made.differences_after_import(made.read()) == {}

    wanted = {
        "type": kind,
        "maxVcpus": 32,
        "subnets": ["subnet-2", "subnet-3"],
        "securityGroupIds": ["sg-2"],
    }
    made.update(computeResources=wanted)
    assert made.read()["computeResources"] == wanted


def test_pain_06_fargate_updates_are_rejected_by_the_service_too(makes):
    made = make_fargate(makes)
    spot = {**made.inputs["computeResources"], "type": "FARGATE_SPOT"}
    with pytest.raises(ClientError, match="type is not applicable for Fargate"):
        made.update(computeResources=spot)
