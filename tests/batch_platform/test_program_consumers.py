"""IAM managed policies for submitters and observers: what they may, and nothing more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batchsdk.contract import StackOutputs
from tests.batch_platform.full_configs import KMS_KEY
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_run import Registered, RunProgram
from tests.batch_platform.stack_files import VALID, changed, load, refusals

BATCH, EC2, ECS, IAM = (
    f"arn:aws:{service}:ap-northeast-1:123456789012" for service in ("batch", "ec2", "ecs", "iam")
)
POLICIES = "  batch-platform:consumers: {managedPolicies: true}\n"
EVENTS = "  batch-platform:jobEvents: {enabled: true}\n"
TEAMS = """\
config:
  aws:region: ap-northeast-1
  batch-platform:network: {mode: public}
  batch-platform:computeEnvironments: {vm: {type: EC2}, tasks: {type: FARGATE}}
  batch-platform:jobQueues:
    vm: {computeEnvironments: [vm], fairsharePolicy: {}}
    tasks: {computeEnvironments: [tasks]}
  batch-platform:jobDefinitions:
    train: {image: busybox, memory: 100}
    clean: {image: busybox, memory: 100}
    web: {platform: FARGATE, image: busybox, vcpus: 0.25, memory: 512}
  batch-platform:consumers:
    managedPolicies: true
    submitters:
      research: {jobQueues: [vm], jobDefinitions: [train], shareIdentifiers: ["research*", a1]}
      everywhere: {jobQueues: [vm, tasks]}
"""


def statements(policy: Registered) -> dict[str, Any]:
    return {each["Sid"]: each for each in json.loads(policy.inputs["policy"])["Statement"]}


def test_there_are_none_unless_the_config_says_so(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}"))
    assert run.every("Policy") == []
    assert StackOutputs.from_mapping(run.outputs).observer_policy_arn is None


def test_a_submitter_names_the_queue_and_each_definition_bare_and_with_revisions(
    run_program: RunProgram,
) -> None:
    run = run_program(config("{mode: public}", more=POLICIES))
    found = statements(run.only("Policy", "test-default-submitters"))
    # A job with tags is judged as TagResource, and on the same resources.
    assert found["Submit"]["Action"] == ["batch:SubmitJob", "batch:TagResource"]
    assert found["Submit"]["Resource"] == [
        "arn:JobQueue/test-default-1a2b3c4",
        f"{BATCH}:job-definition/test-hello",
        f"{BATCH}:job-definition/test-hello:*",
        f"{BATCH}:job/*",
    ]
    assert "Condition" not in found["Submit"]
    assert found["EndJobs"]["Action"] == ["batch:CancelJob", "batch:TerminateJob"]
    assert found["EndJobs"]["Resource"] == [f"{BATCH}:job/*"]
    assert "HearOfJobs" not in found
    outputs = StackOutputs.from_mapping(run.outputs)
    arn = "arn:Policy/test-default-submitters-1a2b3c4"
    assert outputs.job_queues["default"].submitter_policy_arn == arn
    assert outputs.observer_policy_arn == "arn:Policy/test-observers-1a2b3c4"
    assert outputs.submitter_policy_arns is None


def definitions(policy: Registered) -> list[str]:
    resources = statements(policy)["Submit"]["Resource"]
    prefix = f"{BATCH}:job-definition/test-"
    return [one.removeprefix(prefix) for one in resources if one.startswith(prefix)]


def test_a_queues_submitters_get_only_the_definitions_that_it_can_run(
    run_program: RunProgram,
) -> None:
    run = run_program(TEAMS)
    assert run.refused == []
    assert definitions(run.only("Policy", "test-tasks-submitters")) == ["web", "web:*"]
    of_instances = definitions(run.only("Policy", "test-vm-submitters"))
    assert of_instances == ["clean", "train", "clean:*", "train:*"]


def test_named_submitters_have_their_own_queues_definitions_and_shares(
    run_program: RunProgram,
) -> None:
    run = run_program(TEAMS)
    assert run.refused == []
    policy = run.only("Policy", "test-research-may-submit")
    found = statements(policy)
    assert definitions(policy) == ["train", "train:*"]
    assert "arn:JobQueue/test-tasks-1a2b3c4" not in found["Submit"]["Resource"]
    assert found["Submit"]["Action"] == ["batch:SubmitJob"]
    assert found["Submit"]["Condition"] == {
        "StringLikeIfExists": {"batch:ShareIdentifier": ["a1", "research*"]}
    }
    assert found["TagJobs"]["Action"] == ["batch:TagResource"]
    assert found["TagJobs"]["Resource"] == found["Submit"]["Resource"]
    assert "Condition" not in found["TagJobs"]
    everywhere = statements(run.only("Policy", "test-everywhere-may-submit"))
    assert everywhere["LookAtQueues"]["Resource"] == [
        "arn:JobQueue/test-vm-1a2b3c4",
        "arn:JobQueue/test-tasks-1a2b3c4",
    ]
    assert StackOutputs.from_mapping(run.outputs).submitter_policy_arns == {
        "research": "arn:Policy/test-research-may-submit-1a2b3c4",
        "everywhere": "arn:Policy/test-everywhere-may-submit-1a2b3c4",
    }


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"jobQueues": ["defalt"]}, "jobQueues[0]: 'defalt' is not a key of jobQueues (did you"),
        (
            {"jobQueues": ["default"], "jobDefinitions": ["none"]},
            "jobDefinitions[0]: 'none' is not a key of jobDefinitions",
        ),
        (
            {"jobQueues": ["default"], "jobDefinitions": ["task"]},
            "jobDefinitions[0]: 'task' runs on FARGATE, and none of these queues does",
        ),
        (
            {"jobQueues": ["default"], "shareIdentifiers": ["a"]},
            "shareIdentifiers: the queue 'default' has no fair share",
        ),
        ({"jobQueues": ["fair"], "shareIdentifiers": ["a b"]}, "'a b' is not a share"),
        ({"jobQueues": ["default", "default"]}, "'default' is in the list twice"),
        ({"jobQueues": []}, "jobQueues: the list is empty"),
        ({}, "jobQueues: missing"),
    ],
)
def test_submitters_of_what_is_not_there_are_refused(
    entry: dict[str, Any], said: str, tmp_path: Path
) -> None:
    small = {
        **VALID,
        "batch-platform:computeEnvironments": {
            "default": {"type": "EC2"},
            "f": {"type": "FARGATE"},
        },
        "batch-platform:jobQueues": {
            "default": {"computeEnvironments": ["default"]},
            "fair": {"computeEnvironments": ["default"], "fairsharePolicy": {}},
        },
        "batch-platform:jobDefinitions": {
            "hello": {"image": "busybox", "memory": 100},
            "task": {"platform": "FARGATE", "image": "busybox", "vcpus": 0.25, "memory": 512},
        },
        "batch-platform:consumers": {"submitters": {"team": entry}},
    }
    (line,) = refusals(small, tmp_path)
    assert "consumers.submitters.team." in line
    assert said in line


def test_names_of_policies_that_iam_would_refuse_are_refused(tmp_path: Path) -> None:
    key = "q" * 79
    long = changed("jobQueues", {key: {"computeEnvironments": ["default"]}})
    consumers = {"managedPolicies": True, "submitters": {"t" * 79: {"jobQueues": [key]}}}
    prefixed = {**long, "batch-platform:roles": {"namePrefix": "p" * 40}}
    load({**long, "batch-platform:consumers": consumers}, tmp_path)
    lines = refusals({**prefixed, "batch-platform:consumers": consumers}, tmp_path)
    assert len(lines) == 2
    assert all("IAM allows 120 characters before the random suffix" in line for line in lines)


def test_a_submitter_may_read_the_queue_of_job_events(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=POLICIES + EVENTS))
    found = statements(run.only("Policy", "test-default-submitters"))
    assert found["HearOfJobs"]["Resource"] == ["arn:Queue/test-job-events-1a2b3c4"]
    assert "ReadEvents" not in found


def test_a_submitter_may_decrypt_the_events_of_a_queue_with_a_customers_key(
    run_program: RunProgram,
) -> None:
    encrypted = f"  batch-platform:jobEvents: {{enabled: true, kmsKeyId: '{KMS_KEY}'}}\n"
    run = run_program(config("{mode: public}", more=POLICIES + encrypted))
    found = statements(run.only("Policy", "test-default-submitters"))["ReadEvents"]
    assert found["Action"] == ["kms:Decrypt"]
    assert found["Resource"] == [KMS_KEY]
    via = {"kms:ViaService": "sqs.ap-northeast-1.amazonaws.com"}
    assert found["Condition"] == {"StringEquals": via}
    assert "ReadEvents" not in statements(run.only("Policy", "test-observers"))


KNOW_RESOURCES = {
    "batch:DescribeConsumableResource": f"{BATCH}:consumable-resource/*",
    "batch:GetJobQueueSnapshot": f"{BATCH}:job-queue/*",
    "ec2:DescribeSpotFleetRequestHistory": f"{EC2}:spot-fleet-request/*",
    "ecs:DescribeContainerInstances": f"{ECS}:container-instance/*",
    "ecs:ListContainerInstances": f"{ECS}:cluster/*",
    "iam:GetInstanceProfile": "arn:aws:iam::123456789012:instance-profile/test-*",
    "iam:SimulatePrincipalPolicy": "arn:aws:iam::123456789012:role/test-*",
}
"""What observers read that can be limited (Service Authorization Reference), and to what."""


def test_what_an_observer_reads_is_of_this_account_and_region_where_it_can_be_said(
    run_program: RunProgram,
) -> None:
    run = run_program(config("{mode: public}", more=POLICIES))
    allowed = {
        action: set(statement["Resource"])
        for statement in statements(run.only("Policy", "test-observers")).values()
        for action in statement["Action"]
    }
    assert {action for action, arns in allowed.items() if "*" in arns}.isdisjoint(KNOW_RESOURCES)
    assert all(arn in allowed[action] for action, arn in KNOW_RESOURCES.items())


def test_a_submitter_sees_the_jobs_at_the_head_of_its_own_queue_alone(
    run_program: RunProgram,
) -> None:
    run = run_program(config("{mode: public}", more=POLICIES))
    look = statements(run.only("Policy", "test-default-submitters"))["LookAtQueues"]
    assert look["Action"] == ["batch:GetJobQueueSnapshot"]
    assert look["Resource"] == ["arn:JobQueue/test-default-1a2b3c4"]


def test_logs_may_be_read_wherever_the_definitions_write_them(run_program: RunProgram) -> None:
    own = """\
    own: {image: busybox, memory: 100, logConfiguration:
      {logDriver: awslogs, options: {awslogs-group: /team/a, awslogs-region: eu-west-1}}}
    elsewhere: {image: busybox, memory: 100, logConfiguration: {logDriver: json-file}}
    plain: {containerProperties: {image: busybox, resourceRequirements:
      [{type: MEMORY, value: '4'}], logConfiguration: {logDriver: awslogs}}}
"""
    run = run_program(config("{mode: public}", more=own + POLICIES))
    logs = "arn:aws:logs:{}:123456789012:log-group:{}:*"
    for policy in ("test-observers", "test-default-submitters"):
        assert statements(run.only("Policy", policy))["ReadLogs"]["Resource"] == [
            logs.format("ap-northeast-1", "/aws/batch/job"),
            logs.format("ap-northeast-1", "/aws/batch/job/test"),
            logs.format("eu-west-1", "/team/a"),
        ]


def test_only_what_knows_no_resources_is_allowed_on_all(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=POLICIES))
    for policy in run.every("Policy"):
        for sid, statement in statements(policy).items():
            assert all("*" not in action for action in statement["Action"])
            assert (statement["Resource"] == ["*"]) == (sid == "Look")


def test_a_policy_that_would_be_too_long_is_refused_before_anything_is_made(
    run_program: RunProgram,
) -> None:
    many = "".join(
        f"    definition-number-{number}: {{image: busybox, memory: 4}}\n" for number in range(40)
    )
    named = "  batch-platform:consumers: {submitters: {team: {jobQueues: [default]}}}\n"
    without_parameter = "  batch-platform:outputs: {ssmParameter: false}\n"
    for wish, key in ((POLICIES, "managedPolicies"), (named, "submitters.team")):
        text = config("{mode: public}", more=many + wish)
        run = run_program(text + without_parameter)
        assert run.resources == []
        (line,) = run.refused
        assert f"consumers.{key}: a policy that names 41 job definitions may have" in line


@pytest.mark.parametrize("path", ["/", "/batch/"])
def test_a_role_of_the_stack_gets_a_policy_of_the_stack_once_it_is_made(
    run_program: RunProgram, path: str
) -> None:
    own = f"arn:aws:iam::123456789012:policy{path}test-research-may-submit"
    other = "arn:aws:iam::123456789012:policy/test-adhoc-may-submit"
    more = f"""\
    driver:
      image: busybox
      memory: 100
      permissions: {{managedPolicyArns: ["{own}", "{other}"]}}
  batch-platform:consumers: {{submitters: {{research: {{jobQueues: [default]}}}}}}
  batch-platform:roles: {{path: {path}, jobRole: {{managedPolicyArns: ["{own}"]}}}}
"""
    run = run_program(config("{mode: public}", more=more))
    found: dict[str, set[str]] = {}
    for each in run.every("RolePolicyAttachment"):
        found.setdefault(each.inputs["role"], set()).add(each.inputs["policyArn"])
    # The output of the policy: the engine attaches it after it has made it.
    assert found == {
        "test-job-1a2b3c4": {"arn:Policy/test-research-may-submit-1a2b3c4"},
        "test-job-driver-1a2b3c4": {"arn:Policy/test-research-may-submit-1a2b3c4", other},
    }
