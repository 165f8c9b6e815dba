"""The network that the program registers, by mode, and what it refuses before registering."""

from __future__ import annotations

import json

import pytest

from tests.batch_platform.program_config import BESIDE_SUBNETS, ECR, EVERYTHING_OUT, config
from tests.batch_platform.recorded_run import Answer, Run, RunProgram


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
    assert {s.inputs["cidrBlock"] for s in subnets} == {"10.0.240.0/20", "10.0.224.0/20"}
    assert all(s.inputs["mapPublicIpOnLaunch"] for s in subnets)
    assert default_routes(run) == {"RouteTable/test-public": "InternetGateway/test-internet"}
    assert set(tables_of_subnets(run).values()) == {"RouteTable/test-public"}
    assert egress(run) == [(443, 443, "0.0.0.0/0")]
    assert run.every("SecurityGroupIngressRule") == []
    assert run.every("NatGateway") == []


@pytest.mark.parametrize("mode", ["public", "nat"])
def test_s3_is_reached_by_a_gateway_endpoint_that_costs_nothing(
    mode: str, run_program: RunProgram
) -> None:
    run = run_program(config(f"{{mode: {mode}}}"))
    s3 = run.only("VpcEndpoint", "test-s3").inputs
    assert (s3["vpcEndpointType"], s3["serviceName"]) == (
        "Gateway",
        "com.amazonaws.ap-northeast-1.s3",
    )
    instances = run.only("ComputeEnvironment").inputs["computeResources"]["subnets"]
    tables = tables_of_subnets(run)
    assert sorted(s3["routeTableIds"]) == sorted({tables[subnet] for subnet in instances})
    (statement,) = json.loads(s3["policy"])["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "*")


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
        if subnet.name.startswith("test-private-")
    }
    assert not any(subnet.inputs["mapPublicIpOnLaunch"] for subnet in run.every("Subnet"))
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
        *BESIDE_SUBNETS,
    ]
    run = run_program(config(EXISTING), answers=answers)

    made = {r.name for r in run.resources if r.typ.startswith(("aws:ec2", "aws:vpc"))}
    assert made == {"test-default"}  # the launch template
    resources = run.only("ComputeEnvironment").inputs["computeResources"]
    assert resources["subnets"] == ["subnet-1"]
    assert resources["securityGroupIds"] == ["sg-1"]
    assert run.outputs["network"]["vpcId"] == "vpc-1"


def test_a_subnet_without_a_table_of_its_own_has_the_main_one(run_program: RunProgram) -> None:
    answers: list[Answer] = [
        ("getSubnet", {}, SUBNET),
        # The words of aws_route_table, which are not those of the other data sources.
        (
            "getRouteTable",
            {"subnetId": "subnet-1"},
            "query returned no results. Please change your search criteria and try again",
        ),
        ("getRouteTable", {"vpcId": "vpc-1"}, {"routes": [NAT_ROUTE]}),
        *BESIDE_SUBNETS,
    ]
    assert run_program(config(EXISTING), answers=answers).refused == []


def test_a_default_route_to_a_core_network_is_a_way(run_program: RunProgram) -> None:
    route = {
        "cidrBlock": "0.0.0.0/0",
        "coreNetworkArn": "arn:aws:networkmanager::123456789012:core-network/core-network-1",
        "gatewayId": "",
    }
    answers: list[Answer] = [
        ("getSubnet", {}, SUBNET),
        ("getRouteTable", {}, {"routes": [route]}),
        *BESIDE_SUBNETS,
    ]
    assert run_program(config(EXISTING), answers=answers).refused == []


def test_pain_20_a_subnet_that_cannot_reach_ecs_is_refused_with_the_three_cures(
    run_program: RunProgram,
) -> None:
    answers: list[Answer] = [
        ("getSubnet", {}, SUBNET),
        ("getRouteTable", {"subnetId": "subnet-1"}, {"routes": []}),
        *BESIDE_SUBNETS,
    ]
    run = run_program(config(EXISTING), answers=answers)

    assert run.resources == []
    (sentence,) = run.refused
    assert sentence.startswith("Pulumi.test.yaml:3: batch-platform:network.subnetIds[0]: ")
    assert "could not reach ECS" in sentence
    for cure in ("public IPs in a public subnet", "ecs, ecs-agent and ecs-telemetry", "NAT"):
        assert cure in sentence


def test_a_network_that_is_assumed_to_reach_ecs_is_taken(run_program: RunProgram) -> None:
    assumed = EXISTING.replace("}", ", reachability: assumed}")
    answers: list[Answer] = [
        ("getSubnet", {}, SUBNET),
        ("getRouteTable", {"subnetId": "subnet-1"}, {"routes": []}),
        *BESIDE_SUBNETS,
    ]
    (refused,) = run_program(config(EXISTING), answers=answers).refused
    assert "`reachability: assumed`" in refused
    run = run_program(config(assumed), answers=answers)
    assert run.refused == []
    assert run.only("ComputeEnvironment").inputs["computeResources"]["subnets"] == ["subnet-1"]


def test_an_existing_subnet_that_does_not_exist_is_refused(run_program: RunProgram) -> None:
    run = run_program(config(EXISTING), answers=BESIDE_SUBNETS)

    assert run.resources == []
    (sentence,) = run.refused
    assert sentence.startswith("Pulumi.test.yaml:3: batch-platform:network.subnetIds[0]: ")
    assert "subnet-1 does not exist" in sentence


@pytest.mark.parametrize(
    ("asked", "key", "said"),
    [
        ("getVpc", "vpcId", "vpc-1 does not exist"),
        ("getSecurityGroup", "securityGroupIds[0]", "sg-1 does not exist"),
    ],
)
def test_an_existing_vpc_or_group_that_does_not_exist_is_refused(
    run_program: RunProgram, asked: str, key: str, said: str
) -> None:
    answers = [answer for answer in BESIDE_SUBNETS if answer[0] != asked]
    run = run_program(config(EXISTING), answers=answers)

    assert run.resources == []
    (sentence,) = run.refused
    assert sentence.startswith(f"Pulumi.test.yaml:3: batch-platform:network.{key}: {said}")


def test_rules_of_a_group_are_asked_until_one_lets_https_out(run_program: RunProgram) -> None:
    answers: list[Answer] = [
        ("getSubnet", {"id": "subnet-1"}, SUBNET),
        ("getRouteTable", {"subnetId": "subnet-1"}, {"routes": [NAT_ROUTE]}),
        ("getSecurityGroupRules", {}, {"ids": ["sgr-0", "sgr-1", "sgr-2"]}),
        (
            "getSecurityGroupRule",
            {"securityGroupRuleId": "sgr-0"},
            {**EVERYTHING_OUT, "isEgress": False},
        ),
        *BESIDE_SUBNETS,
    ]
    run = run_program(config(EXISTING), answers=answers)

    assert run.refused == []
    asked = [given for token, given in run.invokes if token.endswith("getSecurityGroupRule")]
    assert [each["securityGroupRuleId"] for each in asked] == ["sgr-0", "sgr-1"]


def test_every_image_of_several_containers_is_looked_at(run_program: RunProgram) -> None:
    """Not the first alone: the others would never be pulled."""
    several = """\
    pair:
      ecsProperties:
        taskProperties:
          - containers:
              - {name: app, image: "%s", essential: true,
                 resourceRequirements: [{type: VCPU, value: "1"}, {type: MEMORY, value: "100"}]}
              - {name: side, image: busybox,
                 resourceRequirements: [{type: VCPU, value: "1"}, {type: MEMORY, value: "100"}]}
"""
    answers: list[Answer] = [
        ("getSubnet", {"id": "subnet-1"}, SUBNET),
        ("getRouteTable", {"subnetId": "subnet-1"}, {"routes": []}),
        ("getVpcEndpoint", {}, {"vpcEndpointType": "Interface", "privateDnsEnabled": True}),
        *BESIDE_SUBNETS,
    ]
    run = run_program(config(EXISTING, image=ECR, more=several % ECR), answers=answers)

    (sentence,) = run.refused
    assert "jobDefinitions.pair" in sentence
    assert "'busybox' is not in a private ECR registry" in sentence


@pytest.mark.parametrize(("public_ip", "refused"), [("", True), ("true", False), ("false", True)])
def test_fargate_in_an_existing_public_subnet_needs_public_ips(
    run_program: RunProgram, public_ip: str, refused: bool
) -> None:
    fargate = f", fargate: {{assignPublicIp: {public_ip}}}" if public_ip else ""
    text = config(EXISTING).replace("{type: EC2}", "{type: FARGATE, maxVcpus: 8}")
    text = text.replace("memory: 100", f"memory: 512, vcpus: 0.25, platform: FARGATE{fargate}")
    route = {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}
    answers: list[Answer] = [
        ("getSubnet", {"id": "subnet-1"}, SUBNET),
        ("getRouteTable", {"subnetId": "subnet-1"}, {"routes": [route]}),
        *BESIDE_SUBNETS,
    ]
    run = run_program(text, answers=answers)

    assert bool(run.refused) == refused, run.refused
    if refused:
        (sentence,) = run.refused
        assert "hello.fargate.assignPublicIp" in sentence
        assert "internet gateway igw-1" in sentence
        assert "assignPublicIp: true" in sentence
        assert run.resources == []


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
