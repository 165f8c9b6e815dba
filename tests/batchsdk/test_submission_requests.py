"""What a good submission sends."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from batchsdk import (
    SEQUENTIAL,
    AccessDeniedError,
    InvalidSubmissionError,
    Retry,
    Submission,
    n_to_n,
)
from tests.batchsdk.fakes import FakeTransport, connect, stack_outputs

HELLO = stack_outputs().job_definitions["hello"]
QUEUE = stack_outputs().job_queues["default"]


def sent(definition: str = "hello", **arguments: Any) -> dict[str, Any]:
    """Submit to a queue that has fair share where the job names its share."""
    policy = "arn:aws:batch:us-east-1:123456789012:scheduling-policy/p"
    arn = policy if "share_identifier" in arguments else None
    default = dataclasses.replace(QUEUE, scheduling_policy_arn=arn)
    transport = FakeTransport()
    outputs = stack_outputs(job_queues={"default": default})
    connect(transport, outputs=outputs).submit(definition, **arguments)
    return dict(transport.calls[-1][1])


def test_the_least_submission_names_job_queue_and_unversioned_definition() -> None:
    request = sent()
    assert request.pop("jobName").startswith("hello-20260131-120000-")
    assert request == {"jobQueue": QUEUE.name, "jobDefinition": HELLO.name}


def test_overrides_go_by_resource_requirements_as_strings() -> None:
    request = sent(vcpus=2.0, memory=100, gpus=1, command=["ls"], environment={"A": "1"})
    assert request["containerOverrides"] == {
        "command": ["ls"],
        "environment": [{"name": "A", "value": "1"}],
        "resourceRequirements": [
            {"type": "VCPU", "value": "2"},
            {"type": "MEMORY", "value": "100"},
            {"type": "GPU", "value": "1"},
        ],
    }


def test_everything_else_has_its_api_name() -> None:
    request = sent(
        name="mine",
        parameters={"Target": "x"},
        consumable_resources={"seats": 2},
        array_size=5,
        retry=Retry(2),
        timeout=60,
        tags={"k": "v"},
        propagate_tags=True,
        share_identifier="a",
        scheduling_priority=7,
    )
    assert request == {
        "jobName": "mine",
        "jobQueue": QUEUE.name,
        "jobDefinition": HELLO.name,
        "parameters": {"Target": "x"},
        "consumableResourcePropertiesOverride": {
            "consumableResourceList": [{"consumableResource": "seats", "quantity": 2}]
        },
        "arrayProperties": {"size": 5},
        "retryStrategy": {"attempts": 2},
        "timeout": {"attemptDurationSeconds": 60},
        "tags": {"k": "v"},
        "propagateTags": True,
        "shareIdentifier": "a",
        "schedulingPriorityOverride": 7,
    }


def test_dependencies_are_jobs_ids_and_the_forms_of_arrays() -> None:
    transport = FakeTransport()
    batch = connect(transport)
    first = batch.submit("hello")
    batch.submit("hello", array_size=2, depends_on=[first, "job-9", n_to_n(first), SEQUENTIAL])
    assert transport.calls[-1][1]["dependsOn"] == [
        {"jobId": "job-1"},
        {"jobId": "job-9"},
        {"jobId": "job-1", "type": "N_TO_N"},
        {"type": "SEQUENTIAL"},
    ]


@pytest.mark.parametrize("alone", ["job-9", SEQUENTIAL])
def test_one_dependency_needs_no_list(alone: Any) -> None:
    assert len(sent(depends_on=alone, array_size=2)["dependsOn"]) == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("hello", "dev-hello"),
        ("dev-hello", "dev-hello"),
        ("hello:3", "dev-hello:3"),
        ("dev-hello:3", "dev-hello:3"),
        (HELLO.arn, HELLO.arn),
        (HELLO.arn.removesuffix(":3"), HELLO.arn.removesuffix(":3")),
    ],
)
def test_each_way_to_name_a_definition_of_the_stack_needs_no_call(
    given: str, expected: str
) -> None:
    transport = FakeTransport()
    connect(transport).submit(given)
    assert [name for name, _ in transport.calls] == ["SubmitJob"]
    assert transport.calls[0][1]["jobDefinition"] == expected


@pytest.mark.parametrize("given", ["default", QUEUE.name, QUEUE.arn])
def test_each_way_to_name_a_queue(given: str) -> None:
    assert sent(queue=given)["jobQueue"] in (QUEUE.name, QUEUE.arn)


OTHER_QUEUE = "arn:aws:batch:us-east-1:123456789012:job-queue/other"


def test_a_queue_of_another_stack_goes_by_its_arn() -> None:
    transport = foreign_queue({"type": "FARGATE", "maxvCpus": 4})
    batch = connect(transport)
    for _ in range(2):
        batch.submit("hello", queue=OTHER_QUEUE, vcpus=0.25, memory=512)
    asked = ["DescribeJobQueues", "DescribeComputeEnvironments", "SubmitJob", "SubmitJob"]
    assert [name for name, _ in transport.calls] == asked  # described once
    assert transport.calls[-1][1]["jobQueue"] == OTHER_QUEUE


def foreign_queue(resources: dict[str, Any], **queue: Any) -> FakeTransport:
    """Return what answers of a queue of another stack with one compute environment."""
    transport = FakeTransport()
    transport.queue = {
        "jobQueueName": "other",
        "jobQueueArn": OTHER_QUEUE,
        "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "arn:e"}],
        **queue,
    }
    transport.environments = [
        {
            "computeEnvironmentName": "e",
            "computeEnvironmentArn": "arn:e",
            "computeResources": resources,
        }
    ]
    transport.instance_types = [
        {
            "InstanceType": "c5.large",
            "VCpuInfo": {"DefaultVCpus": 2},
            "MemoryInfo": {"SizeInMiB": 4096},
            "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
        }
    ]
    return transport


ON_EC2 = {"type": "EC2", "maxvCpus": 4, "instanceTypes": ["c5.large"]}


@pytest.mark.parametrize(
    ("resources", "queue", "job", "words"),
    [
        ({"type": "FARGATE", "maxvCpus": 4}, {}, {"vcpus": 3}, "must be one of 0.25"),
        ({"type": "FARGATE", "maxvCpus": 4}, {}, {"gpus": 1}, "Fargate has no GPUs"),
        ({"type": "FARGATE", "maxvCpus": 4}, {}, {"vcpus": 1}, "Fargate does not offer it"),
        ({"type": "FARGATE", "maxvCpus": 4}, {}, {"vcpus": 8, "memory": 16384}, "4 vCPUs at most"),
        (ON_EC2, {}, {"vcpus": 0.5}, "a whole number, at least 1 on EC2"),
        (ON_EC2, {}, {"vcpus": 5}, "there are 4 vCPUs at most"),
        (ON_EC2, {}, {"vcpus": 3}, "the largest instance has 2 vCPUs"),
        (ON_EC2, {}, {"gpus": 1}, "an instance has 0 GPUs at most"),
        (ON_EC2, {"state": "DISABLED"}, {}, "the queue 'other' is DISABLED"),
        (ON_EC2, {}, {"share_identifier": "a"}, "has no scheduling policy"),
        (ON_EC2, {"schedulingPolicyArn": "p"}, {}, "the fair-share queue 'other' needs one"),
    ],
)
def test_a_queue_of_another_stack_gives_the_same_checks(
    resources: dict[str, Any], queue: dict[str, Any], job: dict[str, Any], words: str
) -> None:
    transport = foreign_queue(resources, **queue)
    with pytest.raises(InvalidSubmissionError, match=words):
        connect(transport).submit("hello", queue=OTHER_QUEUE, **job)
    assert transport.count("SubmitJob") == 0


def test_who_may_not_describe_a_queue_of_another_stack_submits_to_it_unchecked() -> None:
    transport = FakeTransport()
    transport.queue = AccessDeniedError("no", operation="DescribeJobQueues")
    connect(transport).submit("hello", queue=OTHER_QUEUE, vcpus=0.25)
    assert transport.count("SubmitJob") == 1


def test_what_has_changed_since_it_was_asked_for_is_asked_again_before_a_refusal() -> None:
    transport = foreign_queue(ON_EC2, state="DISABLED")
    batch = connect(transport)
    with pytest.raises(InvalidSubmissionError, match="DISABLED"):
        batch.submit("hello", queue=OTHER_QUEUE)
    transport.queue = foreign_queue(ON_EC2).queue
    batch.submit("hello", queue=OTHER_QUEUE)
    assert transport.count("DescribeJobQueues") == 2


def described(revision: int, command: list[str], **more: Any) -> dict[str, Any]:
    return {
        "revision": revision,
        "status": "ACTIVE",
        "containerProperties": {"command": command},
    } | more


def test_another_revision_is_read_before_its_parameters_are_checked() -> None:
    transport = FakeTransport()
    transport.definitions = [described(2, ["echo", "Ref::Old"])]
    batch = connect(transport)
    with pytest.raises(InvalidSubmissionError, match="Ref::Old"):
        batch.submit("hello:2")
    assert transport.calls == [("DescribeJobDefinitions", {"jobDefinitions": ["dev-hello:2"]})]
    batch.submit("hello:2", parameters={"Old": "x"})
    assert transport.calls[-1][1]["jobDefinition"] == "dev-hello:2"


def test_a_definition_of_another_stack_is_read_in_its_newest_active_revision() -> None:
    transport = FakeTransport()
    transport.definitions = [
        described(9, ["echo", "Ref::Gone"], status="INACTIVE"),
        described(8, ["echo", "Ref::New"], parameters={"New": "x"}),
        described(7, ["echo", "Ref::Old"]),
    ]
    arn = "arn:aws:batch:us-east-1:123456789012:job-definition/other"
    connect(transport).submit(arn)
    assert transport.calls[0][1] == {"jobDefinitionName": "other", "status": "ACTIVE"}
    assert transport.calls[1][1]["jobDefinition"] == arn


def test_an_inactive_revision_is_explained() -> None:
    transport = FakeTransport()
    transport.definitions = [described(2, ["echo"], status="INACTIVE")]
    with pytest.raises(InvalidSubmissionError, match=r"INACTIVE; leave out the revision"):
        connect(transport).submit("hello:2")
    assert transport.count("SubmitJob") == 0


def test_a_definition_that_batch_does_not_have_is_refused() -> None:
    transport = FakeTransport()
    with pytest.raises(InvalidSubmissionError, match="no such job definition"):
        connect(transport).submit("other:1")
    assert transport.count("SubmitJob") == 0


def test_other_problems_are_found_before_a_definition_is_read() -> None:
    transport = FakeTransport()
    with pytest.raises(InvalidSubmissionError):
        connect(transport).submit("other:1", memory=1)
    assert transport.calls == []


def test_references_of_every_container_of_a_task_count() -> None:
    transport = FakeTransport()
    containers = [{"command": ["Ref::a"]}, {"command": ["Ref::b"]}]
    transport.definitions = [
        {"revision": 1, "ecsProperties": {"taskProperties": [{"containers": containers}]}}
    ]
    with pytest.raises(InvalidSubmissionError) as caught:
        connect(transport).submit("other:1")
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["parameters['a']", "parameters['b']"]


def test_preparing_sends_nothing() -> None:
    transport = FakeTransport()
    prepared = connect(transport).prepare(Submission(job_definition="hello", name="mine"))
    assert prepared.job_name == "mine"
    assert transport.calls == []
