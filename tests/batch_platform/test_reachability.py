"""Whether jobs in an existing network could start, decided on facts about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from batch_platform.network.facts import (
    EVERY_ENDPOINT,
    JobNeeds,
    NetworkFacts,
    SubnetFacts,
    rule_of,
)
from batch_platform.network.reachability import default_route, unreachable
from batch_platform.settings import Problem
from batch_platform.settings.network import ExistingNetwork
from batchsdk.contract.reachability import Endpoint

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app"
NETWORK = ExistingNetwork.model_validate_json(
    '{"mode": "existing", "vpcId": "vpc-1", "subnetIds": ["subnet-1"],'
    ' "securityGroupIds": ["sg-1"]}'
)
OUT: dict[str, Any] = {"is_egress": True, "ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"}
WITHOUT_ECS = ("ecr.api", "ecr.dkr", "logs", "s3")


def to(target: str, kind: str) -> list[dict[str, Any]]:
    local = {"cidr_block": "10.0.0.0/16", "gateway_id": "local"}
    return [local, {"cidr_block": "0.0.0.0/0", "gateway_id": "", kind: target}]


IGW = to("igw-1", "gateway_id")
NAT = to("nat-1", "nat_gateway_id")


def facts(
    routes: list[dict[str, Any]],
    *,
    public_ips: bool = False,
    endpoints: tuple[str, ...] = (),
    **more: Any,
) -> NetworkFacts:
    subnet = SubnetFacts("vpc-1", public_ips, routes, route_table_id="rtb-1")
    of_endpoints = dict.fromkeys(endpoints, Endpoint())
    usual = {"subnets": [subnet], "endpoints": of_endpoints, "rules": [rule_of(OUT)]}
    return NetworkFacts(**{**usual, **more})


NEEDS = ("public_ip", "secret_services", "executes_commands")


def found(known: NetworkFacts, *images: str, **more: Any) -> list[Problem]:
    needs = {key: more.pop(key) for key in NEEDS if key in more}
    jobs = {"hello": JobNeeds(images or (ECR,), **needs)}
    return list(unreachable(NETWORK, known, jobs, "us-east-1", **more))


def assert_faults(problems: list[Problem], faults: list[str]) -> None:
    assert len(problems) == len(faults), problems
    for problem, fault in zip(problems, faults, strict=True):
        assert fault in problem.fault


@pytest.mark.parametrize(
    ("routes", "public_ips", "endpoints", "image", "faults"),
    [
        (IGW, True, (), "busybox", []),
        (IGW, False, (), "busybox", ["igw-1 and instances get no public IP"]),
        (NAT, False, (), "busybox", []),
        (to("tgw-1", "transit_gateway_id"), False, (), "busybox", []),
        ([], False, (), "busybox", ["it has no default route"]),
        ([], False, ("ecs", "ecs-agent"), ECR, ["no endpoint for ecs-telemetry"]),
        ([], False, EVERY_ENDPOINT, ECR, []),
        ([], False, EVERY_ENDPOINT, "busybox", ["'busybox' is not in a private ECR registry"]),
        (
            [],
            False,
            ("ecs", "ecs-agent", "ecs-telemetry"),
            ECR,
            ["no endpoint for ecr.api, ecr.dkr, logs, s3"],
        ),
    ],
)
def test_pain_20_an_existing_subnet_without_a_way_to_ecs_is_refused(
    routes: list[dict[str, Any]],
    public_ips: bool,
    endpoints: tuple[str, ...],
    image: str,
    faults: list[str],
) -> None:
    known = facts(routes, public_ips=public_ips, endpoints=endpoints)
    assert_faults(found(known, image), faults)


@pytest.mark.parametrize(
    ("routes", "endpoints", "image", "faults"),
    [
        (NAT, (), "busybox", []),
        ([], WITHOUT_ECS, ECR, []),
        ([], (), ECR, ["no endpoint for ecr.api, ecr.dkr, logs, s3"]),
        ([], EVERY_ENDPOINT, "busybox", ["'busybox' is not in a private ECR registry"]),
    ],
)
def test_fargate_needs_no_endpoint_of_ecs(
    routes: list[dict[str, Any]], endpoints: tuple[str, ...], image: str, faults: list[str]
) -> None:
    known = facts(routes, endpoints=endpoints)
    assert_faults(found(known, image, public_ip=False, instances=False), faults)


@pytest.mark.parametrize(
    ("routes", "endpoints", "public_ip", "refused"),
    [
        (IGW, (), False, True),
        (IGW, (), True, False),
        (IGW, WITHOUT_ECS, False, False),  # the endpoints are a way too
        (NAT, (), False, False),
    ],
)
def test_a_task_in_a_public_subnet_needs_a_public_ip(
    routes: list[dict[str, Any]], endpoints: tuple[str, ...], public_ip: bool, refused: bool
) -> None:
    known = facts(routes, endpoints=endpoints)
    problems = found(known, public_ip=public_ip, instances=False)
    assert [problem.path[1:] for problem in problems] == (
        [("hello", "fargate", "assignPublicIp")] if refused else []
    )


@pytest.mark.parametrize(
    ("image", "services", "refused"),
    [(ECR, (), False), ("busybox", (), True), (ECR, ("ssm",), True)],
)
def test_endpoints_are_no_way_to_what_they_do_not_lead_to(
    image: str, services: tuple[str, ...], refused: bool
) -> None:
    needs: dict[str, Any] = {"secret_services": frozenset(services), "instances": False}
    known = facts(IGW, endpoints=EVERY_ENDPOINT)
    problems = found(known, image, public_ip=False, **needs)
    assert [problem.path[2:] for problem in problems] == [("fargate", "assignPublicIp")] * refused
    assert found(known, image, public_ip=True, **needs) == []


def test_every_image_is_looked_at() -> None:
    problems = found(facts([], endpoints=EVERY_ENDPOINT), ECR, "busybox", "alpine")
    assert_faults(problems, ["'busybox' is not in", "'alpine' is not in"])


def test_secrets_need_an_endpoint_where_endpoints_are_the_only_way() -> None:
    wanted = {"secret_services": frozenset({"secretsmanager", "ssm"})}
    with_ssm = facts([], endpoints=(*EVERY_ENDPOINT, "ssm"))
    assert_faults(found(with_ssm, **wanted), ["a secret is read from secretsmanager"])
    assert found(facts(NAT), **wanted) == []


def test_a_subnet_or_group_of_another_vpc_is_refused() -> None:
    elsewhere = replace(facts(NAT), subnets=[SubnetFacts("vpc-2", True, NAT)])
    assert_faults(found(elsewhere), ["subnet-1 is in vpc-2 and not in vpc-1"])
    assert_faults(
        found(facts(NAT, group_vpcs={"sg-1": "vpc-2"})), ["sg-1 is in vpc-2 and not in vpc-1"]
    )


def test_endpoints_alone_need_dns_and_private_names() -> None:
    assert_faults(
        found(facts([], endpoints=EVERY_ENDPOINT, dns=False)), ["lacks DNS support or DNS"]
    )
    assert found(facts(NAT, dns=False)) == []  # a resolver of one's own may do

    nameless = dict.fromkeys(EVERY_ENDPOINT, Endpoint()) | {"logs": Endpoint(private_dns=False)}
    problems = found(replace(facts([]), endpoints=nameless))
    assert_faults(problems, ["the endpoints logs of vpc-1 have no private DNS"])


@pytest.mark.parametrize(("tables", "refused"), [({"rtb-1"}, False), ({"rtb-2"}, True)])
def test_the_s3_gateway_leads_from_the_subnets_route_table(tables: set[str], refused: bool) -> None:
    s3 = {"s3": Endpoint(route_table_ids=frozenset(tables))}
    endpoints = dict.fromkeys(EVERY_ENDPOINT, Endpoint()) | s3
    problems = found(replace(facts([]), endpoints=endpoints))
    assert_faults(problems, ["rtb-1 of subnet-1 does not lead to the S3"] if refused else [])


def rule(**changes: Any) -> dict[str, Any]:
    return {**OUT, "ip_protocol": "tcp", "from_port": 443, "to_port": 443, **changes}


@pytest.mark.parametrize(
    ("given", "internet", "inside"),
    [
        (OUT, True, True),
        (rule(), True, True),
        (rule(from_port=0, to_port=65535), True, True),
        (rule(cidr_ipv4=None, prefix_list_id="pl-1"), True, True),
        (rule(cidr_ipv4="10.0.0.0/8"), False, True),
        (rule(cidr_ipv4=None, referenced_security_group_id="sg-1"), False, True),
        (rule(from_port=80, to_port=80), False, False),
        (rule(ip_protocol="udp"), False, False),
        (rule(is_egress=False), False, False),
    ],
)
def test_what_a_rule_lets_out(given: dict[str, Any], internet: bool, inside: bool) -> None:
    assert rule_of(given).lets_https_out(inside=False) == internet
    assert rule_of(given).lets_https_out(inside=True) == inside


@pytest.mark.parametrize(
    ("rules", "endpoints", "fault"),
    [
        ([], (), "sg-1 let no TCP 443 out to the internet"),
        ([rule(cidr_ipv4="10.0.0.0/8")], (), "sg-1 let no TCP 443 out to the internet"),
        ([rule(cidr_ipv4="10.0.0.0/8")], EVERY_ENDPOINT, ""),
        ([], EVERY_ENDPOINT, "sg-1 let no TCP 443 out, without which"),
        ([rule(from_port=22, to_port=22), rule()], (), ""),
    ],
)
def test_pain_20_groups_that_let_no_https_out_are_refused(
    rules: list[dict[str, Any]], endpoints: tuple[str, ...], fault: str
) -> None:
    problems = found(facts(NAT, endpoints=endpoints, rules=map(rule_of, rules)))
    assert_faults(problems, [fault] if fault else [])
    for problem in problems:
        assert "add an egress rule for TCP 443 to 0.0.0.0/0" in problem.fix


def test_the_default_route_is_the_ipv4_one() -> None:
    assert default_route(NAT) == "nat-1"
    assert default_route([{"cidr_block": "10.0.0.0/8", "gateway_id": "igw-1"}]) == ""


IN: dict[str, Any] = {"is_egress": False, "ip_protocol": "tcp", "from_port": 443, "to_port": 443}


@pytest.mark.parametrize(
    ("rules", "open_"),
    [
        ([IN | {"referenced_security_group_id": "sg-1"}], True),
        ([IN | {"cidr_ipv4": "10.0.0.0/16"}], True),
        ([IN | {"ip_protocol": "-1", "referenced_security_group_id": "sg-1"}], True),
        ([], False),
        ([OUT], False),
        ([IN | {"referenced_security_group_id": "sg-9"}], False),
        ([IN | {"from_port": 80, "to_port": 80, "cidr_ipv4": "10.0.0.0/16"}], False),
    ],
)
def test_an_endpoint_that_lets_nobody_in_is_refused(
    rules: list[dict[str, Any]], *, open_: bool
) -> None:
    known = facts([], endpoints=EVERY_ENDPOINT)
    endpoints = {**known.endpoints, "logs": Endpoint(rules=map(rule_of, rules))}
    problems = found(replace(known, endpoints=endpoints))
    assert_faults(problems, [] if open_ else ["security groups of the endpoints logs of vpc-1"])


def test_the_agent_of_ecs_exec_needs_its_endpoint_where_there_is_no_internet() -> None:
    (problem,) = found(facts([], endpoints=EVERY_ENDPOINT), executes_commands=True)
    assert problem.path == ("batch-platform:jobDefinitions", "hello")
    assert "no endpoint for ssmmessages" in problem.fault
    with_it = facts([], endpoints=(*EVERY_ENDPOINT, "ssmmessages"))
    assert found(with_it, executes_commands=True) == []
    assert found(facts(NAT), executes_commands=True) == []
