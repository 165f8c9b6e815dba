"""Where instances are put: placement groups, dedicated hardware, reserved capacity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.batch_platform.generated_configs import stack_file
from tests.batch_platform.recorded_run import Answer, Run, RunProgram
from tests.batch_platform.stack_files import CE, changed, refusals

CLUSTER = {"strategy": "cluster"}
GROUP_ARN = "arn:aws:resource-groups:ap-northeast-1:123456789012:group/reserved"
P5: dict[str, Any] = {"type": "EC2", "instanceTypes": ["p5.48xlarge"]}
C5: dict[str, Any] = {"type": "EC2", "instanceTypes": ["c5.large"]}


@pytest.fixture
def run_with(run_program: RunProgram) -> Any:
    def run(environment: dict[str, Any], network: dict[str, Any] | None = None) -> Run:
        wanted = changed(CE, environment)
        wanted["batch-platform:network"] = network or {"mode": "nat", "availabilityZones": 2}
        return run_program(stack_file(wanted))

    return run


def resources_of(run: Run, name: str = "test-default") -> dict[str, Any]:
    found: dict[str, Any] = run.only("ComputeEnvironment", name).inputs["computeResources"]
    return found


def test_a_cluster_is_a_group_of_the_stack_in_one_zone(run_with: Any) -> None:
    run = run_with({**C5, "placement": CLUSTER})
    group = run.only("PlacementGroup")
    assert group.name == "test-default"
    assert group.inputs["strategy"] == "cluster"
    assert "name" not in group.inputs  # a replacement is made before the old one goes
    assert group.inputs["tags"]["batch-platform:environment"] == "test"
    resources = resources_of(run)
    assert resources["placementGroup"] == "PlacementGroup/test-default"
    assert resources["subnets"] == ["Subnet/test-private-1"]
    assert len(resources_of(run, "test-spot")["subnets"]) == 2
    assert "placementGroup" not in resources_of(run, "test-spot")


def test_a_cluster_is_refused_where_the_first_zone_has_not_its_types(
    run_program: RunProgram,
) -> None:
    first, second = "ap-northeast-1a", "ap-northeast-1c"
    wanted = changed(CE, {**C5, "placement": CLUSTER})
    wanted["batch-platform:network"] = {"mode": "nat", "availabilityZones": [first, second]}
    types = ["c5.large", "m6i.large", "m6i.large"]
    places = {"instanceTypes": types, "locations": [second, first, second]}
    answers: list[Answer] = [
        ("getAvailabilityZones", {}, {"names": [first, second]}),
        ("getInstanceTypeOfferings", {}, places),
    ]
    (line,) = run_program(stack_file(wanted), answers=answers).refused
    assert f"all its instances are in {first}, the first zone, as those of a cluster" in line
    assert f"has no c5.large; fix: name {second} first in network.availabilityZones" in line

    wanted["batch-platform:network"]["availabilityZones"] = [second, first]
    assert run_program(stack_file(wanted), answers=answers).refused == []


def test_partitions_are_in_every_zone(run_with: Any) -> None:
    run = run_with({**C5, "placement": {"strategy": "partition", "partitionCount": 3}})
    assert run.only("PlacementGroup").inputs["partitionCount"] == 3
    assert len(resources_of(run)["subnets"]) == 2


def test_hardware_that_no_other_account_uses(run_with: Any) -> None:
    template = run_with({**C5, "launchTemplate": {"tenancy": "dedicated"}})
    assert template.only("LaunchTemplate", "test-default").inputs["placement"] == {
        "tenancy": "dedicated"
    }
    assert "placement" not in template.only("LaunchTemplate", "test-spot").inputs


@pytest.mark.parametrize(
    ("reservation", "specification"),
    [
        ({"preference": "none"}, {"capacityReservationPreference": "none"}),
        ({"id": "cr-0a1b"}, {"capacityReservationTarget": {"capacityReservationId": "cr-0a1b"}}),
        (
            {"resourceGroupArn": GROUP_ARN},
            {"capacityReservationTarget": {"capacityReservationResourceGroupArn": GROUP_ARN}},
        ),
    ],
)
def test_reserved_capacity(
    reservation: dict[str, Any], specification: dict[str, Any], run_with: Any
) -> None:
    run = run_with({**C5, "launchTemplate": {"capacityReservation": reservation}})
    template = run.only("LaunchTemplate", "test-default").inputs
    assert template["capacityReservationSpecification"] == specification
    assert "instanceMarketOptions" not in template
    assert run.warnings == []


def test_a_capacity_block_is_a_market_of_its_own(run_with: Any) -> None:
    block = {"capacityReservation": {"id": "cr-0a1b", "marketType": "capacity-block"}}
    run = run_with({**P5, "launchTemplate": block, "allocationStrategy": "BEST_FIT"})
    template = run.only("LaunchTemplate", "test-default").inputs
    assert template["instanceMarketOptions"] == {"marketType": "capacity-block"}
    assert run.warnings == []

    (warning,) = run_with({**P5, "launchTemplate": block}).warnings
    assert "allocationStrategy: BEST_FIT_PROGRESSIVE, and AWS's examples of AWS Batch" in warning


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            {**C5, "placement": CLUSTER, "placementGroup": "near"},
            "placement: an instance is in one placement group, and placementGroup names near",
        ),
        (
            {**C5, "placementGroup": CLUSTER},
            "placementGroup: it is the name of an existing group; fix: write a group that the",
        ),
        (
            {"type": "EC2", "instanceTypes": ["t3"], "placement": CLUSTER},
            "placement.strategy: EC2 launches no t3.nano, t3.micro, t3.small and 4 more in a cl",
        ),
        (
            {**C5, "placement": {"strategy": "spread", "partitionCount": 2}},
            "placement.partitionCount: 2: strategy spread has no partitions",
        ),
        (
            {**C5, "placement": {"strategy": "partition", "partitionCount": 8}},
            "partitionCount: 8 is above 7",
        ),
        (
            {
                **C5,
                "placement": {"strategy": "partition", "partitionCount": 3},
                "launchTemplate": {"tenancy": "dedicated"},
            },
            "placement.partitionCount: 3 is above 2, the most with Dedicated Instances",
        ),
        (
            {
                **C5,
                "placement": {"strategy": "spread"},
                "launchTemplate": {"tenancy": "dedicated"},
            },
            "placement.strategy: EC2 has no spread placement group for Dedicated Instances",
        ),
        (
            {**C5, "launchTemplate": {"tenancy": "host"}},
            "launchTemplate.tenancy: Dedicated Hosts are not supported: they are allocated outside",
        ),
        (
            {"type": "FARGATE", "placement": CLUSTER},
            "placement: Fargate has no instances of yours",
        ),
        (
            {"type": "SPOT", "launchTemplate": {"capacityReservation": {"preference": "open"}}},
            "launchTemplate.capacityReservation: Spot Instances use no reserved capacity",
        ),
        (
            {"type": "EC2", "launchTemplate": {"capacityReservation": {"id": "cr-0a1b"}}},
            "capacityReservation.id: cr-0a1b is of one instance type, and instances of optimal may",
        ),
        (
            {**C5, "launchTemplate": {"capacityReservation": {"id": "r-1"}}},
            "capacityReservation.id: 'r-1' is not the id of a capacity reservation",
        ),
        (
            {**C5, "launchTemplate": {"capacityReservation": {"id": "cr-1", "preference": "open"}}},
            "capacityReservation: preference and id are given, and EC2 takes one of preference",
        ),
        (
            {**C5, "launchTemplate": {"capacityReservation": {}}},
            "capacityReservation: none of its keys is given, and EC2 takes one of preference",
        ),
        (
            {
                **C5,
                "launchTemplate": {
                    "capacityReservation": {"preference": "open", "marketType": "capacity-block"}
                },
            },
            "capacityReservation.marketType: instances run in a Capacity Block only if it is named",
        ),
    ],
)
def test_a_mistaken_place(tmp_path: Path, environment: dict[str, Any], said: str) -> None:
    (line,) = refusals(changed(CE, environment), tmp_path)
    assert said in line
