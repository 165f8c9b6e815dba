"""IAM managed policies for submitters and observers: what they may, and nothing more."""

from __future__ import annotations

import json
from typing import Any

from program_config import config
from recorded_run import Registered, RunProgram

from batchsdk.contract import StackOutputs

BATCH, EC2, ECS = (
    f"arn:aws:{service}:ap-northeast-1:123456789012" for service in ("batch", "ec2", "ecs")
)
POLICIES = "  batch-platform:consumers: {managedPolicies: true}\n"
EVENTS = "  batch-platform:jobEvents: {enabled: true}\n"


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
    assert found["Submit"]["Action"] == ["batch:SubmitJob"]
    assert found["Submit"]["Resource"] == [
        "arn:JobQueue/test-default-1a2b3c4",
        f"{BATCH}:job-definition/test-hello",
        f"{BATCH}:job-definition/test-hello:*",
    ]
    assert "batch:TagResource" in found["EndAndTagJobs"]["Action"]
    assert found["EndAndTagJobs"]["Resource"] == [f"{BATCH}:job/*"]
    assert "HearOfJobs" not in found
    outputs = StackOutputs.from_mapping(run.outputs)
    arn = "arn:Policy/test-default-submitters-1a2b3c4"
    assert outputs.job_queues["default"].submitter_policy_arn == arn
    assert outputs.observer_policy_arn == "arn:Policy/test-observers-1a2b3c4"


def test_a_submitter_may_read_the_queue_of_job_events(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=POLICIES + EVENTS))
    hear = statements(run.only("Policy", "test-default-submitters"))["HearOfJobs"]
    assert hear["Resource"] == ["arn:Queue/test-job-events-1a2b3c4"]


KNOW_RESOURCES = {
    "batch:GetJobQueueSnapshot": f"{BATCH}:job-queue/*",
    "ec2:DescribeSpotFleetRequestHistory": f"{EC2}:spot-fleet-request/*",
    "ecs:DescribeContainerInstances": f"{ECS}:container-instance/*",
    "ecs:ListContainerInstances": f"{ECS}:cluster/*",
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
    look = statements(run.only("Policy", "test-default-submitters"))["LookAtQueue"]
    assert look["Action"] == ["batch:GetJobQueueSnapshot"]
    assert look["Resource"] == ["arn:JobQueue/test-default-1a2b3c4"]


def test_only_what_knows_no_resources_is_allowed_on_all(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=POLICIES))
    for policy in run.every("Policy"):
        for sid, statement in statements(policy).items():
            assert all("*" not in action for action in statement["Action"])
            if statement["Resource"] == ["*"]:
                assert sid in {"Look", "Diagnose"}


def test_a_policy_that_would_be_too_long_is_refused_before_anything_is_made(
    run_program: RunProgram,
) -> None:
    many = "".join(
        f"    definition-number-{number}: {{image: busybox, memory: 4}}\n" for number in range(40)
    )
    text = config("{mode: public}", more=many + POLICIES)
    without_parameter = "  batch-platform:outputs: {ssmParameter: false}\n"
    run = run_program(text + without_parameter)
    assert run.resources == []
    (line,) = run.refused
    assert "consumers.managedPolicies: a policy that names 41 job definitions may have" in line
