"""What the program registers, by network mode, and that a refused config registers nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pulumi
import pytest
from conftest import Answer, Run, RunProgram

from batchsdk.contract import StackOutputs
from infra.settings import SettingsError

ROOT = Path(__file__).parents[2]
ECR = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/busybox"


def config(network: str, *, image: str = "busybox", more: str = "") -> str:
    return f"""\
config:
  aws:region: ap-northeast-1
  batch-platform:network: {network}
  batch-platform:computeEnvironments:
    default: {{type: EC2}}
  batch-platform:jobQueues:
    default: {{computeEnvironments: [default]}}
  batch-platform:jobDefinitions:
    hello: {{image: "{image}", memory: 100}}
{more}"""


def egress(run: Run) -> list[tuple[float, float, str]]:
    keys = ("cidrIpv4", "prefixListId", "referencedSecurityGroupId")
    return sorted(
        (
            rule.inputs["fromPort"],
            rule.inputs["toPort"],
            next(rule.inputs[k] for k in keys if k in rule.inputs),
        )
        for rule in run.every("SecurityGroupEgressRule")
    )


def default_routes(run: Run) -> dict[str, str]:
    """Route table to the target of its default route."""
    return {
        route.inputs["routeTableId"]: route.inputs.get("gatewayId") or route.inputs["natGatewayId"]
        for route in run.every("Route")
        if route.inputs["destinationCidrBlock"] == "0.0.0.0/0"
    }


def tables_of_subnets(run: Run) -> dict[str, str]:
    return {
        one.inputs["subnetId"]: one.inputs["routeTableId"]
        for one in run.every("RouteTableAssociation")
    }


def test_public_mode_has_public_ips_and_a_way_out_and_none_in(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}"))

    subnets = run.every("Subnet")
    assert {s.inputs["availabilityZone"] for s in subnets} == {"ap-northeast-1a", "ap-northeast-1c"}
    assert {s.inputs["cidrBlock"] for s in subnets} == {"10.0.0.0/20", "10.0.16.0/20"}
    assert all(s.inputs["mapPublicIpOnLaunch"] for s in subnets)
    assert default_routes(run) == {"RouteTable/test-public": "InternetGateway/test-internet"}
    assert set(tables_of_subnets(run).values()) == {"RouteTable/test-public"}
    assert egress(run) == [(443, 443, "0.0.0.0/0")]
    assert run.every("SecurityGroupIngressRule") == []
    assert run.every("NatGateway") == run.every("VpcEndpoint") == []


def test_further_egress_rules_of_the_config(run_program: RunProgram) -> None:
    rule = "{fromPort: 5432, toPort: 5433, cidr: 10.1.0.0/16}"
    run = run_program(config(f"{{mode: public, egress: [{rule}]}}"))

    assert egress(run) == [(443, 443, "0.0.0.0/0"), (5432, 5433, "10.1.0.0/16")]


def test_endpoints_mode_has_no_internet_and_every_endpoint(run_program: RunProgram) -> None:
    run = run_program(config("{mode: endpoints, cidr: 10.7.0.0/20}", image=ECR))

    assert run.every("InternetGateway") == run.every("Route") == run.every("NatGateway") == []
    assert not any(s.inputs["mapPublicIpOnLaunch"] for s in run.every("Subnet"))
    services = {
        e.inputs["serviceName"].removeprefix("com.amazonaws.ap-northeast-1."): e.inputs
        for e in run.every("VpcEndpoint")
    }
    s3 = services.pop("s3")
    assert s3["vpcEndpointType"] == "Gateway"
    assert sorted(s3["routeTableIds"]) == sorted(tables_of_subnets(run).values())
    assert set(services) == {"ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs"}
    for inputs in services.values():
        assert inputs["vpcEndpointType"] == "Interface"
        assert inputs["privateDnsEnabled"] is True
        assert inputs["subnetIds"] == ["Subnet/test-private-1", "Subnet/test-private-2"]
        assert inputs["securityGroupIds"] == ["SecurityGroup/test-endpoints"]
    vpc = run.only("Vpc").inputs
    assert vpc["enableDnsSupport"] is vpc["enableDnsHostnames"] is True


def test_endpoints_mode_lets_only_https_between_instances_and_endpoints(
    run_program: RunProgram,
) -> None:
    run = run_program(config("{mode: endpoints}", image=ECR))

    assert egress(run) == [(443, 443, "SecurityGroup/test-endpoints"), (443, 443, "pl-s3")]
    ingress = run.only("SecurityGroupIngressRule").inputs
    assert ingress["securityGroupId"] == "SecurityGroup/test-endpoints"
    assert ingress["referencedSecurityGroupId"] == "SecurityGroup/test-instances"
    assert (ingress["fromPort"], ingress["toPort"], ingress["ipProtocol"]) == (443, 443, "tcp")


@pytest.mark.parametrize(("gateways", "count"), [("single", 1), ("perZone", 2)])
def test_nat_mode_routes_private_subnets_through_nat_gateways(
    run_program: RunProgram, gateways: str, count: int
) -> None:
    run = run_program(config(f"{{mode: nat, natGateways: {gateways}}}"))

    nats = run.every("NatGateway")
    assert len(nats) == len(run.every("Eip")) == count
    routes, tables = default_routes(run), tables_of_subnets(run)
    targets = {
        subnet.inputs["availabilityZone"]: routes[tables[f"Subnet/{subnet.name}"]]
        for subnet in run.every("Subnet")
        if not subnet.inputs["mapPublicIpOnLaunch"]
    }
    assert set(targets) == {"ap-northeast-1a", "ap-northeast-1c"}
    assert set(targets.values()) == {f"NatGateway/{nat.name}" for nat in nats}
    for nat in nats:  # each in a public subnet whose internet route exists first
        assert routes[tables[nat.inputs["subnetId"]]] == "InternetGateway/test-internet"
        assert run.only("Route", "test-public").urn in nat.dependencies
    environment = run.only("ComputeEnvironment").inputs["computeResources"]
    assert environment["subnets"] == ["Subnet/test-private-1", "Subnet/test-private-2"]


EXISTING = "{mode: existing, vpcId: vpc-1, subnetIds: [subnet-1], securityGroupIds: [sg-1]}"
SUBNET = {"vpcId": "vpc-1", "mapPublicIpOnLaunch": False}
NAT_ROUTE = {"cidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1", "gatewayId": ""}


def test_existing_mode_makes_no_network_and_uses_the_ids(run_program: RunProgram) -> None:
    answers: list[Answer] = [
        ("getSubnet", {"id": "subnet-1"}, SUBNET),
        ("getRouteTable", {"subnetId": "subnet-1"}, {"routes": [NAT_ROUTE]}),
    ]
    run = run_program(config(EXISTING), answers=answers)

    assert not [r for r in run.resources if r.typ.startswith(("aws:ec2", "aws:vpc"))]
    resources = run.only("ComputeEnvironment").inputs["computeResources"]
    assert resources["subnets"] == ["subnet-1"]
    assert resources["securityGroupIds"] == ["sg-1"]
    assert run.outputs["network"]["vpcId"] == "vpc-1"


def test_a_subnet_without_a_table_of_its_own_has_the_main_one(run_program: RunProgram) -> None:
    answers: list[Answer] = [
        ("getSubnet", {}, SUBNET),
        ("getRouteTable", {"vpcId": "vpc-1"}, {"routes": [NAT_ROUTE]}),
    ]
    assert run_program(config(EXISTING), answers=answers).refused == []


def test_an_existing_subnet_that_cannot_reach_ecs_is_refused_with_the_three_cures(
    run_program: RunProgram,
) -> None:
    answers: list[Answer] = [
        ("getSubnet", {}, SUBNET),
        ("getRouteTable", {"subnetId": "subnet-1"}, {"routes": []}),
    ]
    run = run_program(config(EXISTING), answers=answers)

    assert run.resources == []
    (sentence,) = run.refused
    assert sentence.startswith("Pulumi.test.yaml:3: batch-platform:network.subnetIds[0]: ")
    assert "could not reach ECS" in sentence
    for cure in ("public IPs in a public subnet", "ecs, ecs-agent and ecs-telemetry", "NAT"):
        assert cure in sentence


def test_an_existing_subnet_that_does_not_exist_is_refused(run_program: RunProgram) -> None:
    run = run_program(config(EXISTING))

    assert run.resources == []
    (sentence,) = run.refused
    assert sentence.startswith("Pulumi.test.yaml:3: batch-platform:network.subnetIds[0]: ")
    assert "subnet-1 does not exist" in sentence


def test_too_many_zones_for_the_region_are_refused(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public, availabilityZones: 4}"))

    assert run.resources == []
    assert "4 zones, and ap-northeast-1 has 3" in run.refused[0]
    assert run.refused[0].startswith("Pulumi.test.yaml:3: batch-platform:network.availabilityZones")


@pytest.mark.parametrize(
    ("network", "image"),
    [
        ("{mode: public, mapPublicIpOnLaunch: false}", "busybox"),
        ("{mode: endpoints, endpoints: [ecs, ecs-agent, logs]}", ECR),
        ("{mode: endpoints}", "public.ecr.aws/docker/library/busybox"),
        ("{mode: sideways}", "busybox"),
    ],
)
def test_a_refused_config_asks_and_registers_nothing(
    run_program: RunProgram, network: str, image: str
) -> None:
    run = run_program(config(network, image=image))

    assert run.refused
    assert run.resources == []
    assert run.invokes == []


def test_compute_environment_waits_for_policy_attachments_and_the_network(
    run_program: RunProgram,
) -> None:
    more = "  batch-platform:roles: {serviceRole: custom}\n"
    run = run_program(config("{mode: public}", more=more))

    environment = run.only("ComputeEnvironment")
    attachments = run.every("RolePolicyAttachment")
    assert {a.name for a in attachments} == {"test-instance", "test-service"}
    ways = [*run.every("Route"), *run.every("RouteTableAssociation")]
    for needed in [*attachments, *ways, *run.every("SecurityGroupEgressRule")]:
        assert needed.urn in environment.dependencies
    assert environment.inputs["serviceRole"] == "arn:Role/test-service-1a2b3c4"


def test_job_definitions_wait_for_the_policies_of_their_roles(run_program: RunProgram) -> None:
    policy = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    more = f"  batch-platform:roles: {{jobRole: {{managedPolicyArns: ['{policy}']}}}}\n"
    run = run_program(config("{mode: public}", more=more))

    definition = run.only("JobDefinition")
    assert run.only("RolePolicy", "test-execution").urn in definition.dependencies
    added = next(a for a in run.every("RolePolicyAttachment") if a.inputs["policyArn"] == policy)
    assert added.inputs["role"] == "test-job-1a2b3c4"
    assert added.urn in definition.dependencies


def test_what_aws_names_uniquely_has_no_name_of_ours_and_so_is_replaced_create_first(
    run_program: RunProgram,
) -> None:
    run = run_program(config("{mode: public}"))

    for kind in ("ComputeEnvironment", "JobQueue", "Role", "InstanceProfile", "SecurityGroup"):
        for resource in run.every(kind):
            assert "name" not in resource.inputs
            assert "namePrefix" not in resource.inputs
            assert resource.delete_before_replace is False
            assert resource.name.startswith("test-")


def test_the_seeds_stack_whole(run_program: RunProgram) -> None:
    text = (ROOT / "Pulumi.local.yaml").read_text()
    run = run_program(text, stack="local")

    environment = run.only("ComputeEnvironment").inputs
    assert environment["type"] == "MANAGED"
    assert "serviceRole" not in environment  # the service-linked role
    resources = environment["computeResources"]
    assert (resources["minVcpus"], resources["maxVcpus"]) == (0, 256)
    assert resources["instanceTypes"] == ["c4.large"]
    assert resources["allocationStrategy"] == "BEST_FIT"
    assert resources["ec2Configurations"] == [{"imageType": "ECS_AL2023"}]
    assert "desiredVcpus" not in resources
    queue = run.only("JobQueue").inputs
    assert queue["priority"] == 1
    assert queue["computeEnvironmentOrders"] == [
        {"order": 1, "computeEnvironment": "arn:ComputeEnvironment/local-default-1a2b3c4"}
    ]
    definition = run.only("JobDefinition").inputs
    assert definition["name"] == "local-hello"
    assert definition["parameters"] == {"Target": "Hello, AWS Batch :)"}
    assert definition["platformCapabilities"] == ["EC2"]
    assert definition["deregisterOnNewRevision"] is False
    properties = json.loads(definition["containerProperties"])
    assert properties["command"] == ["echo", "Ref::Target"]
    assert properties["logConfiguration"]["options"]["awslogs-group"] == "/aws/batch/job/local"
    assert run.only("LogGroup").inputs["retentionInDays"] == 30


def test_spot_with_best_fit_gets_a_fleet_role_and_other_spot_none(run_program: RunProgram) -> None:
    spot = config("{mode: public}").replace("{type: EC2}", "{type: SPOT, bidPercentage: 60}")
    run = run_program(spot)
    resources = run.only("ComputeEnvironment").inputs["computeResources"]
    assert resources["allocationStrategy"] == "SPOT_PRICE_CAPACITY_OPTIMIZED"
    assert resources["bidPercentage"] == 60
    assert "spotIamFleetRole" not in resources
    assert "spotFleet" not in run.outputs["roles"]

    best_fit = spot.replace("bidPercentage: 60", "allocationStrategy: BEST_FIT")
    run = run_program(best_fit)
    resources = run.only("ComputeEnvironment").inputs["computeResources"]
    assert resources["spotIamFleetRole"] == "arn:Role/test-spot-fleet-1a2b3c4"
    assert run.only("RolePolicyAttachment", "test-spot-fleet").urn in (
        run.only("ComputeEnvironment").dependencies
    )


def test_outputs_and_ssm_parameter_are_the_contract(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}"))

    outputs = StackOutputs.from_mapping(run.outputs)
    assert outputs.environment == "test"
    assert outputs.account_id == "123456789012"
    assert outputs.network.subnet_ids == ("Subnet/test-public-1", "Subnet/test-public-2")
    assert outputs.job_queues["default"].compute_environments == ("default",)
    assert outputs.job_definitions["hello"].name == "test-hello"
    assert outputs.job_definitions["hello"].revision == 1
    assert outputs.job_definitions["hello"].memory == 100
    assert outputs.roles.service is None
    parameter = run.only("Parameter").inputs
    assert (parameter["name"], parameter["tier"]) == ("/batch/test", "Intelligent-Tiering")
    # The SDK marks every SSM value as a secret; this is the value inside the mark.
    assert StackOutputs.from_mapping(json.loads(parameter["value"]["value"])) == outputs


def test_the_parameter_can_be_left_out_and_must_be_when_too_large(run_program: RunProgram) -> None:
    many = "".join(f"    job{n}: {{image: busybox, memory: 100}}\n" for n in range(40))
    run = run_program(config("{mode: public}", more=many))
    assert run.resources == []
    assert (
        "batch-platform:outputs.ssmParameter: the outputs of 41 job definitions" in run.refused[0]
    )

    run = run_program(
        config("{mode: public}", more=many + "  batch-platform:outputs: {ssmParameter: false}\n")
    )
    assert run.every("Parameter") == []
    assert len(run.outputs["jobDefinitions"]) == 41


def test_every_resource_is_in_a_component_and_carries_the_tags(run_program: RunProgram) -> None:
    run = run_program(config("{mode: nat}", more="  batch-platform:tags: {team: data}\n"))

    untagged = {"Route", "RouteTableAssociation", "RolePolicyAttachment", "RolePolicy"}
    for resource in run.resources:
        if resource.custom:
            assert "batch-platform:index:" in resource.parent
            if resource.typ.rpartition(":")[2] not in untagged:
                assert resource.inputs["tags"]["team"] == "data"
                assert resource.inputs["tags"]["batch-platform:environment"] == "test"


def test_an_override_counts_and_its_error_names_no_line_of_the_file(
    run_program: RunProgram,
) -> None:
    network = {"mode": "public", "cidr": "10.9.0.0/16"}
    run = run_program(config("{mode: public}"), overrides={"batch-platform:network": network})
    assert run.only("Vpc").inputs["cidrBlock"] == "10.9.0.0/16"

    run = run_program(config("{mode: public}"), overrides={"batch-platform:netwrok": network})
    assert run.resources == []
    (sentence,) = run.refused
    assert "batch-platform:netwrok: unknown key (did you mean 'network'?)" in sentence
    assert ".yaml:" not in sentence


def test_an_encrypted_block_is_refused(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}"), secret_keys=["batch-platform:jobDefinitions"])
    assert run.resources == []
    assert "containerProperties.secrets" in run.refused[0]


def test_a_preview_in_which_aws_has_decided_nothing_runs_to_the_end(
    run_program: RunProgram,
) -> None:
    run = run_program(config("{mode: endpoints}", image=ECR), preview=True)
    update = run_program(config("{mode: endpoints}", image=ECR))

    assert sorted(r.urn for r in run.resources) == sorted(r.urn for r in update.resources)
    assert run.only("JobDefinition").inputs["containerProperties"] == "(unknown)"


def test_the_engine_prints_a_refusal_without_a_traceback() -> None:
    assert issubclass(SettingsError, pulumi.RunError)
