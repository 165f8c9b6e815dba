"""Bad input is refused before any API call, with an error that names value, rule and fix."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from batchsdk import (
    SEQUENTIAL,
    InvalidArgumentError,
    InvalidSubmissionError,
    Retry,
    n_to_n,
)
from batchsdk.contract import StackOutputs
from tests.batchsdk.fakes import (
    FakeTransport,
    compute_environment,
    connect,
    queue,
    stack_outputs,
)


def outputs_for(arguments: dict[str, Any]) -> StackOutputs:
    """Return a stack whose queue has fair share where a job names its share."""
    policy = "arn:aws:batch:us-east-1:123456789012:scheduling-policy/p"
    arn = policy if "share_identifier" in arguments else None
    default = dataclasses.replace(queue("q", "default"), scheduling_policy_arn=arn)
    return stack_outputs(job_queues={"default": default})


def refused(definition: str = "hello", **arguments: Any) -> InvalidSubmissionError:
    """Submit, expect a refusal without any call, and return it."""
    transport = FakeTransport()
    with pytest.raises(InvalidSubmissionError) as caught:
        connect(transport, outputs=outputs_for(arguments)).submit(definition, **arguments)
    assert transport.calls == []
    return caught.value


def accepted(definition: str = "hello", **arguments: Any) -> dict[str, Any]:
    """Submit and return the request that was sent."""
    transport = FakeTransport()
    connect(transport, outputs=outputs_for(arguments)).submit(definition, **arguments)
    ((_, request),) = transport.calls
    return dict(request)


@pytest.mark.parametrize(
    ("arguments", "field", "rule"),
    [
        ({"queue": "nowhere"}, "queue", "known: 'default'"),
        ({"parameters": {"Tarjet": "x"}}, "parameters['Tarjet']", "did you mean 'Target'?"),
        ({"parameters": {"Target": 5.5}}, "parameters['Target']", "must be a string"),
        ({"parameters": {"Target": "x"}, "command": ["ls"]}, "parameters['Target']", "['ls']"),
        (
            {"parameters": {"T": "x"}, "command": ["sh", "-c", "echo Ref::T"]},
            "parameters['T']",
            "a whole element",
        ),
        ({"command": ["echo", "Ref::New"]}, "parameters['New']", "Ref::New"),
        ({"name": "-hello"}, "name", "start with a letter or digit"),
        ({"name": "x" * 129}, "name", "1-128"),
        ({"name": "two words"}, "name", "letters, digits"),
        ({"memory": 3}, "memory", "at least 4"),
        ({"memory": 100.5}, "memory", "whole number of MiB"),
        ({"memory": "100"}, "memory", "whole number of MiB"),
        ({"vcpus": 0}, "vcpus", "at least 1"),
        ({"vcpus": 0.5}, "vcpus", "at least 1"),
        ({"vcpus": 1.5}, "vcpus", "whole number"),
        ({"gpus": 0}, "gpus", "at least 1"),
        ({"depends_on": [f"job-{n}" for n in range(21)]}, "depends_on", "at most 20"),
        ({"depends_on": [SEQUENTIAL]}, "depends_on[0]", "array"),
        ({"depends_on": [n_to_n("job-0")]}, "depends_on[0]", "array"),
        ({"depends_on": [5]}, "depends_on[0]", "a job or its id"),
        ({"depends_on": [None]}, "depends_on[0]", "a job or its id"),
        ({"array_size": 1}, "array_size", "2 to 10000"),
        ({"array_size": 10_001}, "array_size", "2 to 10000"),
        ({"timeout": 59}, "timeout", "at least 60"),
        ({"retry": Retry(attempts=11)}, "retry.attempts", "1 to 10"),
        ({"tags": {str(n): "" for n in range(51)}}, "tags", "at most 50"),
        ({"tags": {"k" * 129: ""}}, f"tags['{'k' * 129}']", "1-128"),
        ({"tags": {"k": "v" * 257}}, "tags['k']", "256"),
        ({"tags": {"aws:k": "v"}}, "tags['aws:k']", "aws:"),
        ({"share_identifier": "a-b"}, "share_identifier", "letters and digits"),
        ({"share_identifier": "a" * 256}, "share_identifier", "1-255"),
        (
            {"share_identifier": "a", "scheduling_priority": 10_000},
            "scheduling_priority",
            "0 to 9999",
        ),
        ({"scheduling_priority": 1}, "scheduling_priority", "share_identifier"),
        ({"consumable_resources": {"s": 0}}, "consumable_resources['s']", "at least 1"),
        ({"consumable_resources": {"s": "2"}}, "consumable_resources['s']", "a whole number"),
        ({"consumable_resources": {"": 1}}, "consumable_resources['']", "the name of a resource"),
        (
            {"consumable_resources": {f"s{number}": 1 for number in range(6)}},
            "consumable_resources",
            "at most 5",
        ),
        ({"environment": {"A=B": "1"}}, "environment['A=B']", "must not contain '='"),
        ({"environment": {"A": "\0"}}, "environment['A']", "NUL"),
        (
            {"environment": {"AWS_BATCH_X": "1"}},
            "environment['AWS_BATCH_X']",
            "are reserved for AWS Batch",
        ),
        ({"environment": {"": "1"}}, "environment['']", "must not be empty"),
        ({"command": ["echo", ""]}, "command[1]", "not empty"),
        ({"command": []}, "command", "must not be empty"),
        ({"command": "echo hi"}, "command", "list of strings"),
        ({"command": ["echo", "x" * 8193]}, "command, environment and parameters", "8192"),
        ({"parameters": {"Target": "x" * 8193}}, "command, environment and parameters", "8192"),
    ],
)
def test_a_broken_rule_is_named(arguments: dict[str, Any], field: str, rule: str) -> None:
    error = refused(**arguments)
    assert [problem.field for problem in error.problems] == [field]
    assert rule in str(error)
    assert error.problems[0].fix


def test_a_missing_parameter_is_named() -> None:
    assert "Ref::WaitTime" in str(refused("sleep"))


def test_an_unknown_definition_is_refused_with_the_nearest_known_one() -> None:
    error = refused("helo")
    assert error.problems[0].field == "job_definition"
    assert "did you mean 'hello'? known: 'hello', 'sleep'" in str(error)


def test_all_problems_come_at_once() -> None:
    error = refused("helo", queue="nowhere", name="!", memory=1, array_size=1, timeout=1)
    fields = [problem.field for problem in error.problems]
    assert fields == ["queue", "job_definition", "name", "memory", "array_size", "timeout"]
    assert "6 problems" in str(error)


def test_a_request_over_30_kib_is_refused() -> None:
    tags = {f"key-{n}": "é" * 256 for n in range(50)}
    error = refused(tags=tags)
    assert [problem.field for problem in error.problems] == ["the whole request"]
    assert "30720 bytes" in str(error)


@pytest.mark.parametrize(
    "arguments",
    [
        {"memory": 4},
        {"vcpus": 1},
        {"vcpus": 2.0},
        {"array_size": 2},
        {"array_size": 10_000},
        {"timeout": 60},
        {"depends_on": [f"job-{n}" for n in range(20)]},
        {"tags": {f"{n}": "" for n in range(50)}},
        {"share_identifier": "a", "scheduling_priority": 0},
        {"name": "x" * 128},
        {"command": ["echo", "x" * 8000]},
    ],
)
def test_values_at_a_limit_are_accepted(arguments: dict[str, Any]) -> None:
    assert accepted(**arguments)["jobDefinition"] == "dev-hello"


def test_a_fair_share_queue_needs_a_share() -> None:
    shared = dataclasses.replace(queue("q", "default"), scheduling_policy_arn="arn:aws:batch:::p")
    outputs = stack_outputs(job_queues={"default": shared})
    transport = FakeTransport()
    batch = connect(transport, outputs=outputs)
    with pytest.raises(InvalidSubmissionError) as caught:
        batch.submit("hello", memory=3)
    assert [each.field for each in caught.value.problems] == ["memory", "share_identifier"]
    assert "fair-share" in caught.value.problems[1].rule
    assert transport.calls == []
    batch.submit("hello", share_identifier="research7")
    assert len(transport.calls) == 1


def test_a_queue_without_fair_share_takes_no_share() -> None:
    transport = FakeTransport()
    with pytest.raises(InvalidSubmissionError) as caught:
        connect(transport).submit("hello", share_identifier="research7")
    (problem,) = caught.value.problems
    assert (problem.field, problem.value) == ("share_identifier", "research7")
    assert "no scheduling policy" in problem.rule
    assert transport.calls == []


def test_with_several_queues_and_no_default_one_must_be_named() -> None:
    outputs = stack_outputs(job_queues={"a": queue("qa", "default"), "b": queue("qb", "default")})
    transport = FakeTransport()
    batch = connect(transport, outputs=outputs)
    with pytest.raises(InvalidSubmissionError, match="known: 'a', 'b'"):
        batch.submit("hello")
    batch.submit("hello", queue="b")
    assert transport.calls[0][1]["jobQueue"] == "qb"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"vcpus": 3}, ["vcpus"]),
        ({"gpus": 1}, ["gpus"]),
        ({"vcpus": 0.25, "memory": 4096}, ["memory"]),
        ({"memory": 100}, ["memory"]),
        ({"vcpus": 0.25, "memory": 512}, []),
        ({"vcpus": 0.5, "memory": 1024}, []),
    ],
)
def test_fargate_offers_only_certain_sizes(arguments: dict[str, Any], field: list[str]) -> None:
    outputs = stack_outputs(
        compute_environments={"f": compute_environment("FARGATE_SPOT", "f-1")},
        job_queues={"default": queue("q", "f")},
    )
    batch = connect(FakeTransport(), outputs=outputs)
    try:
        batch.submit("hello", **arguments)
        found = []
    except InvalidSubmissionError as error:
        found = [problem.field for problem in error.problems]
    assert found == field


def test_an_unknown_queue_in_a_list_is_refused_before_any_call() -> None:
    transport = FakeTransport()
    with pytest.raises(InvalidArgumentError, match="known: 'default'"):
        connect(transport).list_jobs("nowhere")
    assert transport.calls == []


def test_an_unknown_status_in_a_list_is_refused_before_any_call() -> None:
    transport = FakeTransport()
    with pytest.raises(InvalidArgumentError, match="did you mean 'RUNNING'"):
        connect(transport).list_jobs(status="RUNING")
    assert transport.calls == []


@pytest.mark.parametrize("reason", ["", "x" * 1025])
def test_a_reason_that_batch_refuses_is_refused_before_any_call(reason: str) -> None:
    transport = FakeTransport()
    with pytest.raises(InvalidArgumentError, match="1-1024"):
        connect(transport).job("job-1").cancel(reason)
    assert transport.calls == []
