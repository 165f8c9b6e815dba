"""What the program registers besides the network, and the contract that it exports."""

from __future__ import annotations

import json
from pathlib import Path

import pulumi

from batch_platform.program.running import RefusedConfigError
from batchsdk.contract import StackOutputs
from tests.batch_platform.program_config import ECR, config
from tests.batch_platform.recorded_run import RunProgram

ROOT = Path(__file__).parents[2]


def test_pain_07_the_policies_of_its_roles_go_after_the_environment(
    run_program: RunProgram,
) -> None:
    more = "  batch-platform:roles: {serviceRole: custom}\n"
    run = run_program(config("{mode: public}", more=more))

    environment = run.only("ComputeEnvironment")
    attachments = run.every("RolePolicyAttachment")
    assert {a.name for a in attachments} == {"test-service"}
    inline = [run.only("RolePolicy", f"test-{role}") for role in ("instance", "service")]
    ways = [*run.every("Route"), *run.every("RouteTableAssociation")]
    for needed in [*attachments, *inline, *ways, *run.every("SecurityGroupEgressRule")]:
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


def test_every_role_has_the_boundary_the_path_and_the_prefix(run_program: RunProgram) -> None:
    boundary = "arn:aws:iam::123456789012:policy/Limit"
    more = (
        "  batch-platform:consumers: {managedPolicies: true}\n"
        "  batch-platform:roles:\n"
        "    {serviceRole: custom, path: /batch/, namePrefix: acme-,\n"
        f"     permissionsBoundary: '{boundary}'}}\n"
    )
    spot = config("{mode: public}", more=more).replace(
        "{type: EC2}", "{type: SPOT, allocationStrategy: BEST_FIT}"
    )
    run = run_program(spot)
    roles = run.every("Role")
    assert {role.name for role in roles} == {
        f"acme-test-{what}" for what in ("execution", "job", "instance", "service", "spot-fleet")
    }
    assert {role.inputs["permissionsBoundary"] for role in roles} == {boundary}
    for one in [*roles, *run.every("InstanceProfile"), *run.every("Policy")]:
        assert one.name.startswith("acme-test-")
        assert one.inputs["path"] == "/batch/"
        assert "name" not in one.inputs


def test_everything_that_can_have_tags_has_them(run_program: RunProgram) -> None:
    more = (
        "  batch-platform:tags: {team: data}\n"
        "  batch-platform:jobEvents: {enabled: true}\n"
        "  batch-platform:consumers: {managedPolicies: true}\n"
        "  batch-platform:monitoring: {enabled: true, failedJobs: {}}\n"
    )
    run = run_program(config("{mode: nat}", more=more))
    untaggable = {
        *("Dashboard", "EventTarget", "QueuePolicy", "Route", "RouteTableAssociation"),
        *("RolePolicy", "RolePolicyAttachment", "Stash", "TopicPolicy", "TopicSubscription"),
    }
    for one in run.resources:
        if one.custom and one.typ.rpartition(":")[2] not in untaggable:
            assert (
                one.inputs["tags"].items()
                >= {
                    "team": "data",
                    "batch-platform:environment": "test",
                }.items()
            ), one.typ


def test_the_log_group_is_encrypted_by_a_key_of_ones_own(run_program: RunProgram) -> None:
    key = "arn:aws:kms:ap-northeast-1:123456789012:key/1234abcd"
    more = f"  batch-platform:logGroup: {{kmsKeyId: '{key}'}}\n"
    run = run_program(config("{mode: public}", more=more))
    assert run.only("LogGroup").inputs["kmsKeyId"] == key


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
    assert resources["ec2Configurations"] == [
        {"imageType": "ECS_AL2023", "imageIdOverride": "ami-a1"}
    ]
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

    untagged = {"Route", "RouteTableAssociation", "RolePolicyAttachment", "RolePolicy", "Stash"}
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


def test_an_encrypted_block_is_refused_and_its_value_is_not_shown(run_program: RunProgram) -> None:
    # The engine hands over what it has decrypted; a wrong value is shown in the refusal, this not.
    run = run_program(
        config("{mode: hunter2-not-a-mode}"),
        secret_keys=["batch-platform:network", "aws:secretKey"],
    )
    assert run.resources == []
    (line,) = run.refused
    assert "batch-platform:network: the value is encrypted" in line
    assert "hunter2" not in line


def test_a_preview_in_which_aws_has_decided_nothing_runs_to_the_end(
    run_program: RunProgram,
) -> None:
    run = run_program(config("{mode: endpoints}", image=ECR), preview=True)
    update = run_program(config("{mode: endpoints}", image=ECR))

    assert sorted(r.urn for r in run.resources) == sorted(r.urn for r in update.resources)
    assert run.only("JobDefinition").inputs["containerProperties"] == "(unknown)"


def test_the_engine_prints_a_refusal_without_a_traceback() -> None:
    assert issubclass(RefusedConfigError, pulumi.RunError)
