"""Which edits of a compute environment replace it: the Terraform provider's own rules.

Each row names its rule in terraform-provider-aws, internal/service/batch/compute_environment.go.
"""

from __future__ import annotations

import pytest

from localaws.resources.compute_environment_changes import replacements
from tests.localaws.resources.made_resources import compute_resources

LINKED = (
    "arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
)
CUSTOM = "arn:aws:iam::123456789012:role/custom"
FARGATE = {
    "type": "FARGATE",
    "maxVcpus": 16,
    "subnets": ["subnet-1"],
    "securityGroupIds": ["sg-1"],
}
IN_PLACE = ()


def environment(resources=None, **inputs):
    return {
        "name": "environment",
        "type": "MANAGED",
        "state": "ENABLED",
        "computeResources": compute_resources() if resources is None else resources,
        **inputs,
    }


def edited(old, resources=None, **inputs):
    """Return the inputs after an edit; ``None`` takes one out."""
    merged = {**old, **inputs}
    if resources is not None:
        changed = {**old["computeResources"], **resources}
        merged["computeResources"] = {
            key: value for key, value in changed.items() if value is not None
        }
    return {key: value for key, value in merged.items() if value is not None}


def with_strategy(strategy, **inputs):
    return environment(compute_resources(allocationStrategy=strategy), **inputs)


SLR = environment()
BEST_FIT = with_strategy("BEST_FIT")
OWN_ROLE = environment(serviceRole=CUSTOM)
TEMPLATE = {"launchTemplate": {"launchTemplateId": "lt-1", "version": "1"}}
TEMPLATED = environment(compute_resources(**TEMPLATE))
AL2 = [{"imageType": "ECS_AL2"}]
ADDRESSED = [{"imageType": "ECS_AL2023", "imageIdOverride": "ami-1"}]

# (rule, inputs before, edit of computeResources, edit of other inputs, what replaces)
RULES = [
    # Schema: ForceNew.
    ("schema: name ForceNew", SLR, None, {"name": "other"}, ("name",)),
    ("schema: type ForceNew", SLR, None, {"type": "UNMANAGED"}, ("type",)),
    (
        "schema: eks_configuration ForceNew",
        SLR,
        None,
        {"eksConfiguration": {"eksClusterArn": "arn", "kubernetesNamespace": "jobs"}},
        ("eksConfiguration",),
    ),
    (
        "schema: placement_group ForceNew",
        SLR,
        {"placementGroup": "near"},
        {},
        ("computeResources.placementGroup",),
    ),
    (
        "schema: spot_iam_fleet_role ForceNew",
        SLR,
        {"spotIamFleetRole": CUSTOM},
        {},
        ("computeResources.spotIamFleetRole",),
    ),
    (
        "schema: ec2_configuration ForceNew (length)",
        environment(compute_resources(ec2Configurations=[])),
        {"ec2Configurations": AL2},
        {},
        ("computeResources.ec2Configurations",),
    ),
    (
        "schema: ec2_configuration ForceNew (length)",
        SLR,
        {"ec2Configurations": AL2 * 2},
        {},
        ("computeResources.ec2Configurations",),
    ),
    (
        "schema: ec2_configuration Computed, so taking it out is no change",
        SLR,
        {"ec2Configurations": None},
        {},
        IN_PLACE,
    ),
    (
        "schema: launch_template ForceNew (length)",
        SLR,
        TEMPLATE,
        {},
        ("computeResources.launchTemplate",),
    ),
    (
        "schema: launch_template ForceNew (length)",
        TEMPLATED,
        {"launchTemplate": None},
        {},
        ("computeResources.launchTemplate",),
    ),
    # Schema: not ForceNew and in no CustomizeDiff: any role and strategy.
    ("schema: max_vcpus", BEST_FIT, {"maxVcpus": 99}, {}, IN_PLACE),
    ("schema: max_vcpus", OWN_ROLE, {"maxVcpus": 99}, {}, IN_PLACE),
    ("schema: min_vcpus", OWN_ROLE, {"minVcpus": 4}, {}, IN_PLACE),
    ("schema: desired_vcpus", OWN_ROLE, {"desiredVcpus": 4}, {}, IN_PLACE),
    ("schema: state", OWN_ROLE, None, {"state": "DISABLED"}, IN_PLACE),
    (
        "schema: update_policy",
        OWN_ROLE,
        None,
        {"updatePolicy": {"terminateJobsOnUpdate": True}},
        IN_PLACE,
    ),
    ("schema: tags", OWN_ROLE, None, {"tags": {"a": "b"}}, IN_PLACE),
    ("schema: service_role", SLR, None, {"serviceRole": CUSTOM}, IN_PLACE),
    ("schema: compute_resources.type", SLR, {"type": "SPOT"}, {}, IN_PLACE),
    ("schema: compute_resources.type", BEST_FIT, {"type": "SPOT"}, {}, IN_PLACE),
    # CustomizeDiff: under the service-linked role and an updatable strategy, all in place.
    ("isUpdatableComputeEnvironment", SLR, {"instanceTypes": ["c5"]}, {}, IN_PLACE),
    ("isUpdatableComputeEnvironment", SLR, {"subnets": ["subnet-3"]}, {}, IN_PLACE),
    ("isUpdatableComputeEnvironment", SLR, {"securityGroupIds": ["sg-3"]}, {}, IN_PLACE),
    ("isUpdatableComputeEnvironment", SLR, {"instanceRole": "other"}, {}, IN_PLACE),
    ("isUpdatableComputeEnvironment", SLR, {"ec2KeyPair": "key"}, {}, IN_PLACE),
    ("isUpdatableComputeEnvironment", SLR, {"imageId": "ami-2"}, {}, IN_PLACE),
    ("isUpdatableComputeEnvironment", SLR, {"tags": {"a": "b"}}, {}, IN_PLACE),
    ("isUpdatableComputeEnvironment", SLR, {"ec2Configurations": AL2}, {}, IN_PLACE),
    ("isUpdatableComputeEnvironment", SLR, {"ec2Configurations": ADDRESSED}, {}, IN_PLACE),
    (
        "isUpdatableComputeEnvironment",
        TEMPLATED,
        {"launchTemplate": {"launchTemplateId": "lt-1", "version": "2"}},
        {},
        IN_PLACE,
    ),
    (
        "isServiceLinkedRole",
        environment(serviceRole=LINKED),
        {"instanceTypes": ["c5"]},
        {},
        IN_PLACE,
    ),
    (
        "isServiceLinkedRoleDiff: from none to the service-linked one",
        SLR,
        {"instanceTypes": ["c5"]},
        {"serviceRole": LINKED},
        IN_PLACE,
    ),
    *(
        (
            "isUpdatableAllocationStrategy",
            with_strategy(strategy),
            {"instanceTypes": ["c5"]},
            {},
            IN_PLACE,
        )
        for strategy in ("SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED")
    ),
    (
        "isUpdatableAllocationStrategyDiff: both are",
        SLR,
        {"allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"},
        {},
        IN_PLACE,
    ),
    # CustomizeDiff: everything else replaces.
    *(
        (
            f"ForceNew compute_resources.0.{name}",
            old,
            {name: value},
            {},
            (f"computeResources.{name}",),
        )
        for old in (BEST_FIT, OWN_ROLE)
        for name, value in {
            "bidPercentage": 50,
            "ec2KeyPair": "key",
            "imageId": "ami-2",
            "instanceRole": "other",
            "instanceTypes": ["c5"],
            "securityGroupIds": ["sg-3"],
            "subnets": ["subnet-3"],
            "tags": {"a": "b"},
        }.items()
    ),
    *(
        (
            "isUpdatableAllocationStrategy",
            with_strategy(strategy),
            {"instanceTypes": ["c5"]},
            {},
            ("computeResources.instanceTypes",),
        )
        for strategy in ("BEST_FIT_PROGRESSIVE_ORDERED", "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED")
    ),
    (
        "isUpdatableAllocationStrategy: none is BEST_FIT",
        environment({k: v for k, v in compute_resources().items() if k != "allocationStrategy"}),
        {"instanceTypes": ["c5"]},
        {},
        ("computeResources.instanceTypes",),
    ),
    (
        "isUpdatableAllocationStrategyDiff: to one that is not",
        SLR,
        {"allocationStrategy": "BEST_FIT"},
        {},
        ("computeResources.allocationStrategy",),
    ),
    (
        "isUpdatableAllocationStrategyDiff: from one that is not",
        BEST_FIT,
        {"allocationStrategy": "BEST_FIT_PROGRESSIVE"},
        {},
        ("computeResources.allocationStrategy",),
    ),
    (
        "isServiceLinkedRoleDiff: to one that is not",
        SLR,
        {"instanceTypes": ["c5"]},
        {"serviceRole": CUSTOM},
        ("computeResources.instanceTypes",),
    ),
    (
        "service_role Computed: taken out, it stays",
        OWN_ROLE,
        {"instanceTypes": ["c5"]},
        {"serviceRole": None},
        ("computeResources.instanceTypes",),
    ),
    (
        "ForceNew compute_resources.0.ec2_configuration.0.image_type",
        OWN_ROLE,
        {"ec2Configurations": AL2},
        {},
        ("computeResources.ec2Configurations.imageType",),
    ),
    (
        "ForceNew compute_resources.0.ec2_configuration.0.image_id_override",
        OWN_ROLE,
        {"ec2Configurations": ADDRESSED},
        {},
        ("computeResources.ec2Configurations.imageIdOverride",),
    ),
    (
        "ForceNew compute_resources.0.launch_template.0.version",
        edited(TEMPLATED, serviceRole=CUSTOM),
        {"launchTemplate": {"launchTemplateId": "lt-1", "version": "2"}},
        {},
        ("computeResources.launchTemplate.version",),
    ),
    # Fargate has no updatable strategy, and yet its network changes in place.
    *(
        (f"fargateComputeResources: {name}", environment(FARGATE), {name: ["x"]}, {}, IN_PLACE)
        for name in ("subnets", "securityGroupIds")
    ),
    # TypeSet: no order.
    (
        "schema: instance_type TypeSet",
        BEST_FIT,
        {"instanceTypes": ["m5.large", "c5.large"]},
        {},
        IN_PLACE,
    ),
    ("schema: subnets TypeSet", BEST_FIT, {"subnets": ["subnet-1", "subnet-2"]}, {}, IN_PLACE),
]


@pytest.mark.parametrize(("rule", "old", "resources", "inputs", "expected"), RULES)
def test_what_replaces(rule, old, resources, inputs, expected):
    assert set(replacements(old, edited(old, resources, **inputs))) == set(expected), rule


def test_a_replacement_says_why():
    assert replacements(BEST_FIT, edited(BEST_FIT, {"instanceTypes": ["c5"]})) == {
        "computeResources.instanceTypes": (
            "allocation strategy BEST_FIT allows no update of instances"
        )
    }
    assert replacements(OWN_ROLE, edited(OWN_ROLE, {"imageId": "ami-2"})) == {
        "computeResources.imageId": f"the service role {CUSTOM} is not the service-linked one"
    }


def test_what_is_in_place_here_the_local_batch_takes_in_place(makes):
    made = makes.environment()
    made.update(
        computeResources=compute_resources(
            allocationStrategy="SPOT_CAPACITY_OPTIMIZED",
            type="SPOT",
            minVcpus=1,
            maxVcpus=99,
            instanceTypes=["c5"],
            subnets=["subnet-3"],
            securityGroupIds=["sg-3"],
            instanceRole="arn:aws:iam::123456789012:instance-profile/other",
            ec2KeyPair="key",
            bidPercentage=50,
            tags={"a": "b"},
            ec2Configurations=ADDRESSED,
        )
    )
    assert made.differences(made.read()) == {}
    assert made.state["status"] == "VALID"
