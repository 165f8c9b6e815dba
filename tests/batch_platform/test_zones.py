"""Zones that have what the config asks for: endpoint services and instance types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batch_platform.__main__ import main
from tests.batch_platform.program_config import ECR, NETWORK_OF_ANOTHER
from tests.batch_platform.recorded_run import Answer, Run, RunProgram

A, C, D = (f"ap-northeast-1{letter}" for letter in "acd")
REGION: Answer = ("getAvailabilityZones", {}, {"names": [A, C, D]})


def config(network: str, types: str = "[g5.xlarge]") -> str:
    return f"""\
config:
  aws:region: ap-northeast-1
  batch-platform:network: {network}
  batch-platform:computeEnvironments: {{default: {{type: EC2, instanceTypes: {types}}}}}
  batch-platform:jobQueues: {{default: {{computeEnvironments: [default]}}}}
  batch-platform:jobDefinitions: {{hello: {{image: "{ECR}", memory: 100}}}}
"""


def offered(**zones: list[str]) -> Answer:
    """Instance types, with an underscore for the dot, and their zones."""
    pairs = [(name.replace("_", "."), zone) for name, at in zones.items() for zone in at]
    answer = {
        "instanceTypes": [pair[0] for pair in pairs],
        "locations": [pair[1] for pair in pairs],
    }
    return ("getInstanceTypeOfferings", {"locationType": "availability-zone"}, answer)


def service(name: str, zones: list[str]) -> Answer:
    named = {"serviceName": f"com.amazonaws.ap-northeast-1.{name}"}
    return ("getVpcEndpointService", named, {"availabilityZones": zones})


def zones(run: Run) -> list[str]:
    assert run.refused == []
    subnets = {one.name: one.inputs["availabilityZone"] for one in run.every("Subnet")}
    return [zone for name, zone in sorted(subnets.items())]


def test_a_number_of_zones_takes_those_that_have_the_instance_types(
    run_program: RunProgram,
) -> None:
    answers = [REGION, offered(g5_xlarge=[C, D])]
    run = run_program(config("{mode: public}"), answers=answers)
    assert zones(run) == [C, D]
    assert run.warnings == []


def test_a_number_of_zones_takes_those_that_have_the_endpoint_services(
    run_program: RunProgram,
) -> None:
    answers = [REGION, service("ecs-agent", [A, D])]
    assert zones(run_program(config("{mode: endpoints}"), answers=answers)) == [A, D]


def test_zones_with_only_some_types_of_an_environment_are_taken_last_and_warned_of(
    run_program: RunProgram,
) -> None:
    answers = [REGION, offered(g5_xlarge=[C, D], g6_xlarge=[A, C])]
    run = run_program(config("{mode: public}", "[g5.xlarge, g6.xlarge]"), answers=answers)
    assert zones(run) == [A, C]
    (warning,) = run.warnings
    assert f"computeEnvironments.default.instanceTypes: g5.xlarge cannot be had in {A}" in warning


def test_a_number_of_zones_that_the_region_has_not_with_all_services_is_refused(
    run_program: RunProgram,
) -> None:
    answers = [REGION, service("ecr.dkr", [D])]
    run = run_program(config("{mode: endpoints}"), answers=answers)
    assert run.resources == []
    (line,) = run.refused
    assert (
        "availabilityZones: 2 zones, and ap-northeast-1 has 1 with every endpoint service" in line
    )
    lacking = "no endpoint service com.amazonaws.ap-northeast-1.ecr.dkr"
    assert f"{A} has {lacking}; {C} has {lacking}; fix: use fewer zones" in line


def test_a_zone_without_the_types_of_an_environment_is_taken_where_there_are_no_others(
    run_program: RunProgram,
) -> None:
    run = run_program(config("{mode: public}"), answers=[REGION, offered(g5_xlarge=[D])])
    assert zones(run) == [A, D]
    (warning,) = run.warnings
    assert f"g5.xlarge cannot be had in {A} of the network's zones" in warning


def test_of_two_environments_each_has_a_zone(run_program: RunProgram) -> None:
    only = "{default: {type: EC2, instanceTypes: [g5.xlarge]}"
    text = config("{mode: public}").replace(
        only, f"{only}, other: {{type: EC2, instanceTypes: [g6.xlarge]}}"
    )
    run = run_program(text, answers=[REGION, offered(g5_xlarge=[D], g6_xlarge=[A, C])])
    assert zones(run) == [A, D]


def test_named_zones_are_taken_where_one_has_the_types(run_program: RunProgram) -> None:
    network = f"{{mode: public, availabilityZones: [{A}, {D}]}}"
    run = run_program(config(network), answers=[REGION, offered(g5_xlarge=[D])])
    assert zones(run) == [A, D]
    (warning,) = run.warnings
    assert f"g5.xlarge cannot be had in {A} of the network's zones" in warning


def test_named_zones_without_an_endpoint_service_are_refused(run_program: RunProgram) -> None:
    network = f"{{mode: endpoints, availabilityZones: [{A}, {D}]}}"
    run = run_program(config(network), answers=[REGION, service("logs", [A, C])])
    assert run.resources == []
    (line,) = run.refused
    assert f"{D} has no endpoint service com.amazonaws.ap-northeast-1.logs, which is in" in line


@pytest.mark.parametrize("is_existing", [True, False])
def test_zones_of_which_none_has_the_types_are_refused(
    is_existing: bool, run_program: RunProgram
) -> None:
    network, answers = f"{{mode: public, availabilityZones: [{A}]}}", [REGION]
    if is_existing:
        ids = "vpcId: vpc-1, subnetIds: [subnet-1], securityGroupIds: [sg-1]"
        network, answers = f"{{mode: existing, {ids}}}", NETWORK_OF_ANOTHER
    run = run_program(config(network), answers=[*answers, offered(g5_xlarge=[C, D])])
    assert run.resources == []
    (line,) = run.refused
    assert "computeEnvironments.default.instanceTypes: g5.xlarge: none of them is offered" in line
    assert f"in {A}, the zones of the network" in line
    assert f"AWS has them in {C}, {D}" in line


def test_an_endpoint_service_that_the_region_has_not_is_refused(run_program: RunProgram) -> None:
    needed = "ecs, ecs-agent, ecs-telemetry, ecr.api, ecr.dkr, logs"
    unknown = {"serviceName": "com.amazonaws.ap-northeast-1.secretmanager"}
    absent: Answer = (
        "getVpcEndpointService",
        unknown,
        "no matching EC2 VPC Endpoint Service found",
    )
    run = run_program(
        config(f"{{mode: endpoints, endpoints: [{needed}, secretmanager]}}"), answers=[absent]
    )
    assert run.resources == []
    (line,) = run.refused
    assert "network.endpoints[6]: ap-northeast-1 has no endpoint service" in line


def test_subnets_stay_in_the_zones_that_they_are_in(run_program: RunProgram) -> None:
    tags = {1: "test-private-1", 2: "test-private-2"}
    answers: list[Answer] = [
        REGION,
        offered(g5_xlarge=[A, C]),
        ("getSubnets", {}, {"ids": ["subnet-2", "subnet-1"]}),
        (
            "getSubnet",
            {"id": "subnet-1"},
            {"availabilityZone": D, "tags": {"Name": tags[1]}},
        ),
        (
            "getSubnet",
            {"id": "subnet-2"},
            {"availabilityZone": C, "tags": {"Name": tags[2]}},
        ),
    ]
    run = run_program(config("{mode: nat}"), answers=answers)
    assert zones(run)[:2] == [D, C]
    assert any(f"g5.xlarge cannot be had in {D}" in warning for warning in run.warnings)
    more = run_program(config("{mode: nat, availabilityZones: 3}"), answers=answers)
    assert zones(more)[:3] == [D, C, A]


def test_who_may_not_ask_goes_on(run_program: RunProgram) -> None:
    denied = "api error UnauthorizedOperation: You are not authorized to perform this operation"
    kinds = ("getInstanceTypeOfferings", "getVpcEndpointService", "getSubnets")
    answers: list[Answer] = [REGION, *((kind, {}, denied) for kind in kinds)]
    assert zones(run_program(config("{mode: endpoints}"), answers=answers)) == [A, C]


def test_without_aws_check_says_nothing_of_zones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Pulumi.test.yaml").write_text(config("{mode: endpoints}"))
    assert main(["check", "--stack", "test", "--directory", str(tmp_path)]) == 0
    assert "offered" not in capsys.readouterr().out


def test_aws_is_asked_by_the_names_of_the_types(run_program: RunProgram) -> None:
    asked: list[dict[str, Any]] = [
        arguments
        for token, arguments in run_program(config("{mode: public}", "[g5, c6i.large]")).invokes
        if token.endswith(":getInstanceTypeOfferings")
    ]
    filters = [{"name": "instance-type", "values": ["g5.*", "c6i.large"]}]
    assert json.loads(json.dumps(asked)) == [
        {"filters": filters, "locationType": "availability-zone"}
    ]
