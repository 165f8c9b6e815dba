"""What a good submission sends."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from batchsdk import (
    SEQUENTIAL,
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


def test_a_queue_of_another_stack_goes_by_its_arn() -> None:
    arn = "arn:aws:batch:us-east-1:123456789012:job-queue/other"
    assert sent(queue=arn, vcpus=0.25)["jobQueue"] == arn


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
