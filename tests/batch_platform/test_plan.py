"""The pure parts: subnets, zones, endpoints, policies, container properties."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batch_platform.iam import policies
from batch_platform.job_definitions.containers import Defaults, as_text, document
from batch_platform.job_definitions.defaults import log_configuration
from batch_platform.partitions import partition, service_name
from batch_platform.plan import Account, Plan, make_plan
from batch_platform.settings import SettingsError, read_stack_file, validate_stack_file
from batch_platform.settings.job_definitions import JobDefinition

ZONES = ("us-east-1c", "us-east-1a", "us-east-1b")
ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app"


def planned(folder: Path, network: str, image: str = ECR) -> Plan:
    path = folder / "Pulumi.dev.yaml"
    path.write_text(
        f"""\
config:
  aws:region: us-east-1
  batch-platform:network: {network}
  batch-platform:computeEnvironments: {{default: {{type: EC2}}}}
  batch-platform:jobQueues: {{default: {{computeEnvironments: [default]}}}}
  batch-platform:jobDefinitions: {{hello: {{image: "{image}", memory: 100}}}}
"""
    )
    settings = validate_stack_file(read_stack_file(path))
    return make_plan(settings, Account(account_id="123456789012", zones=ZONES))


def test_another_mode_needs_no_block_that_the_old_one_still_has(tmp_path: Path) -> None:
    public = planned(tmp_path, "{mode: public, availabilityZones: 3}")
    nat = planned(tmp_path, "{mode: nat, natGateways: perZone, availabilityZones: 3}")
    endpoints = planned(tmp_path, "{mode: endpoints, availabilityZones: 3}")

    assert nat.nat_subnets == public.instance_subnets  # the very same: they stay
    assert nat.instance_subnets == endpoints.instance_subnets
    blocks = {subnet.cidr for subnet in public.instance_subnets}
    assert not blocks & {subnet.cidr for subnet in nat.instance_subnets}


def test_a_further_zone_moves_no_subnet(tmp_path: Path) -> None:
    two = planned(tmp_path, "{mode: nat, natGateways: perZone, availabilityZones: 2}")
    three = planned(tmp_path, "{mode: nat, natGateways: perZone, availabilityZones: 3}")

    assert three.instance_subnets[:2] == two.instance_subnets
    assert three.nat_subnets[:2] == two.nat_subnets
    blocks = [subnet.cidr for subnet in (*three.instance_subnets, *three.nat_subnets)]
    assert len(set(blocks)) == 6


def test_zones_are_the_first_by_name_or_those_named(tmp_path: Path) -> None:
    by_count = planned(tmp_path, "{mode: public, availabilityZones: 2}")
    assert [s.zone for s in by_count.instance_subnets] == ["us-east-1a", "us-east-1b"]

    named = planned(tmp_path, "{mode: public, availabilityZones: [us-east-1c]}")
    assert [s.zone for s in named.instance_subnets] == ["us-east-1c"]

    with pytest.raises(SettingsError, match=r"Pulumi\.dev\.yaml:3: .*us-east-1z is not a zone"):
        planned(tmp_path, "{mode: public, availabilityZones: [us-east-1z]}")


def test_extra_endpoints_are_planned_beside_the_needed_ones(tmp_path: Path) -> None:
    needed = "ecs, ecs-agent, ecs-telemetry, ecr.api, ecr.dkr, logs"
    plan = planned(tmp_path, f"{{mode: endpoints, endpoints: [{needed}, secretsmanager]}}")

    assert plan.endpoints["secretsmanager"] == "com.amazonaws.us-east-1.secretsmanager"
    assert len(plan.endpoints) == 7


def test_names_carry_the_environment(tmp_path: Path) -> None:
    plan = planned(tmp_path, "{mode: public}")

    assert plan.name("instance") == "dev-instance"
    assert plan.log_group_name == "/aws/batch/job/dev"
    assert plan.parameter_name == "/batch/dev"
    assert plan.tagged("vpc") == {"Name": "dev-vpc", "batch-platform:environment": "dev"}
    assert service_name("eu-west-1", "ecr.dkr") == "com.amazonaws.eu-west-1.ecr.dkr"


@pytest.mark.parametrize(
    ("region", "expected"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_partition_of_a_region(region: str, expected: str) -> None:
    assert partition(region) == expected


def test_roles_of_tasks_are_assumed_for_this_account_and_region_alone() -> None:
    (statement,) = policies.tasks_trust("aws", "us-east-1", "123456789012")["Statement"]

    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": ["arn:aws:ecs:us-east-1:123456789012:*"]},
    }


def test_a_custom_service_role_is_assumed_for_this_environment_alone() -> None:
    (statement,) = policies.service_trust("aws", "us-east-1", "123456789012", "dev")["Statement"]

    assert statement["Condition"]["ArnLike"]["aws:SourceArn"] == [
        "arn:aws:batch:us-east-1:123456789012:compute-environment/dev-*",
        "arn:aws:batch:us-east-1:123456789012:job/*",
    ]


def test_ec2_sends_no_source_so_its_trust_has_no_condition() -> None:
    (statement,) = policies.trust("ec2.amazonaws.com")["Statement"]
    assert "Condition" not in statement


LOGS = log_configuration("/aws/batch/job/dev", "us-east-1", "hello")
DEFAULTS = Defaults(
    log_configuration=LOGS, execution_role_arn="arn:execution", job_role_arn="arn:job"
)


def properties(**definition: Any) -> dict[str, Any]:
    parsed = JobDefinition.model_validate_json(json.dumps(definition))
    return document(parsed, DEFAULTS)


def test_short_keys_become_the_apis_shape() -> None:
    made = properties(
        image="busybox",
        command=["echo", "Ref::Target"],
        vcpus=2,
        memory=100,
        environment={"B": "2", "A": ""},
        readonlyRootFilesystem=False,
    )

    assert made == {
        "image": "busybox",
        "command": ["echo", "Ref::Target"],
        "environment": [{"name": "A", "value": ""}, {"name": "B", "value": "2"}],
        "resourceRequirements": [
            {"type": "MEMORY", "value": "100"},
            {"type": "VCPU", "value": "2"},
        ],
        "logConfiguration": LOGS,
        "executionRoleArn": "arn:execution",
        "jobRoleArn": "arn:job",
        "readonlyRootFilesystem": False,
    }


def test_container_properties_of_the_config_win_and_empty_values_go() -> None:
    own = {
        "image": "app",
        "command": [],
        "jobRoleArn": "arn:own",
        "resourceRequirements": [{"type": "GPU", "value": "1"}],
        "linuxParameters": {"devices": [], "sharedMemorySize": 0},
        "user": None,
        "readonlyRootFilesystem": False,
    }
    made = properties(memory=8, containerProperties=own)

    assert made["jobRoleArn"] == "arn:own"
    assert made["linuxParameters"] == {"sharedMemorySize": 0}
    assert "command" not in made
    assert "user" not in made
    assert made["resourceRequirements"] == [
        {"type": "GPU", "value": "1"},
        {"type": "MEMORY", "value": "8"},
        {"type": "VCPU", "value": "1"},
    ]


def test_the_text_does_not_depend_on_the_order_of_the_config() -> None:
    one = JobDefinition.model_validate_json(
        '{"image": "b", "memory": 4, "environment": {"A": "1", "B": "2"}}'
    )
    other = JobDefinition.model_validate_json(
        '{"environment": {"B": "2", "A": "1"}, "memory": 4, "image": "b"}'
    )
    assert as_text(document(one, DEFAULTS)) == as_text(document(other, DEFAULTS))
