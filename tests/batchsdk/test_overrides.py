"""What a job changes of its containers and nodes: the requests, and what is refused."""

from __future__ import annotations

import dataclasses
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

import batchsdk
from batchsdk import InvalidSubmissionError, Override, contract
from tests.batchsdk.fakes import FakeTransport, compute_environment, connect, queue, stack_outputs

SUBMIT_JOB = botocore.session.get_session().get_service_model("batch").operation_model("SubmitJob")


def definition(name: str, **more: Any) -> contract.JobDefinition:
    arn = f"arn:aws:batch:us-east-1:123456789012:job-definition/{name}:1"
    return contract.JobDefinition(name=name, arn=arn, revision=1, **more)


def container(name: str, *command: str, **more: Any) -> contract.Container:
    return contract.Container(name=name, command=command, vcpus=1, memory=100, **more)


TASK = definition(
    "task",
    kind="multiContainer",
    vcpus=2,
    memory=200,
    containers=(container("log", "tail", "Ref::file", essential=False), container("main", "work")),
    parameters={"file": "all.log"},
)
PARALLEL = definition(
    "parallel",
    kind="multiNode",
    num_nodes=4,
    main_node=1,
    node_ranges=(
        contract.NodeRange(target_nodes="0:1", command=("lead",), vcpus=1, memory=100),
        contract.NodeRange(
            target_nodes="2:",
            containers=(container("agent", "help", essential=False), container("main", "work")),
        ),
    ),
)
HELLO = stack_outputs().job_definitions["hello"]
DEFINITIONS = {"task": TASK, "parallel": PARALLEL, "hello": HELLO}


def prepared(name: str, **fields: Any) -> dict[str, Any]:
    """Return a request, which the model of the API takes, without what all requests have."""
    batch = connect(FakeTransport(), outputs=stack_outputs(job_definitions=DEFINITIONS))
    request = batch.prepare(batchsdk.Submission(job_definition=name, **fields)).request
    assert not ParamValidator().validate(request, SUBMIT_JOB.input_shape).has_errors()
    return {key: each for key, each in request.items() if key not in ALWAYS}


ALWAYS = {"jobName", "jobQueue", "jobDefinition"}


def memory(mib: int) -> dict[str, Any]:
    return {"resourceRequirements": [{"type": "MEMORY", "value": str(mib)}]}


def variables(**values: str) -> dict[str, Any]:
    return {"environment": [{"name": name, "value": each} for name, each in values.items()]}


def task_override(*containers: dict[str, Any]) -> dict[str, Any]:
    return {"ecsPropertiesOverride": {"taskProperties": [{"containers": list(containers)}]}}


def test_plain_arguments_are_the_first_essential_containers():
    assert prepared("task", command=["go"], memory=300) == task_override(
        {"name": "main", "command": ["go"], **memory(300)}
    )


def test_each_container_is_named_and_what_is_said_twice_of_one_is_put_together():
    given = {"main": Override(memory=400, environment={"A": "2"}), "log": {"vcpus": 2}}
    (task,) = prepared("task", memory=300, environment={"B": "1"}, containers=given)[
        "ecsPropertiesOverride"
    ]["taskProperties"]
    assert task["containers"] == [
        {"name": "log", "resourceRequirements": [{"type": "VCPU", "value": "2"}]},
        {"name": "main", **memory(300), **variables(A="2", B="1")},
    ]


def test_a_job_without_overrides_has_none():
    assert prepared("task") == prepared("parallel") == prepared("hello") == {}


def test_plain_arguments_are_the_main_nodes():
    assert prepared("parallel", memory=300) == {
        "nodeOverrides": {
            "nodePropertyOverrides": [{"targetNodes": "1:1", "containerOverrides": memory(300)}]
        }
    }


def test_ranges_are_sent_apart_and_the_narrower_holds():
    nodes = {
        ":": Override(memory=200, environment={"A": "1"}),
        "2:3": Override(environment={"A": "2"}, containers={"agent": Override(memory=64)}),
        3: Override(memory=500),
    }
    agent = {"name": "agent", **memory(64)}
    expected = {
        "0:1": {"containerOverrides": {**memory(200), **variables(A="1")}},
        "2:2": task_override(agent, {"name": "main", **memory(200), **variables(A="2")}),
        "3:3": task_override(agent, {"name": "main", **memory(500), **variables(A="2")}),
    }
    assert prepared("parallel", nodes=nodes)["nodeOverrides"]["nodePropertyOverrides"] == [
        {"targetNodes": nodes, **override} for nodes, override in expected.items()
    ]


def test_the_number_of_nodes_is_overridden_and_ranges_without_an_end_reach_to_it():
    found = prepared("parallel", num_nodes=6, nodes={"3:": Override(memory=500)})
    assert found["nodeOverrides"]["numNodes"] == 6
    (node,) = found["nodeOverrides"]["nodePropertyOverrides"]
    assert node["targetNodes"] == "3:5"


def test_whoever_takes_fields_takes_overrides(tmp_path):
    """Submit, run, submit_many, a workflow; the table of a sweep goes to the main container."""
    transport = FakeTransport()
    batch = connect(transport, outputs=stack_outputs(job_definitions=DEFINITIONS))
    fields: Any = {"containers": {"log": Override(memory=64)}}
    batch.submit("task", **fields)
    batch.submit_many([batchsdk.Submission(job_definition="task", **fields)])
    batch.run("r", ledger=tmp_path / "ledger").submit("key", "task", **fields)
    expected = task_override({"name": "log", **memory(64)})
    assert [
        request["ecsPropertiesOverride"] for name, request in transport.calls if name == "SubmitJob"
    ] == [expected["ecsPropertiesOverride"]] * 3
    prepared = batch.prepare_sweep("task", over={"x": ["1", "2"]}, **fields)
    (request,) = prepared.submissions
    (task,) = request.request["ecsPropertiesOverride"]["taskProperties"]
    assert task["containers"] == [
        {"name": "log", **memory(64)},
        {"name": "main", **variables(BATCHSDK_SWEEP="grid 0-1\nx 1 2")},
    ]


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("task", {"containers": {"mian": Override(memory=64)}}, "containers['mian']", "'main'"),
    ("task", {"containers": {"log": 64}}, "containers['log']", "batchsdk.Override"),
    ("task", {"containers": {"log": Override(memory=1)}}, "containers['log'].memory", "at least 4"),
    ("task", {"containers": {"log": {"memory": "x"}}}, "containers['log'].memory", "whole number"),
    (
        "task",
        {"containers": {"log": Override(environment={"AWS_BATCH_X": "1"})}},
        "containers['log'].environment['AWS_BATCH_X']",
        "reserved",
    ),
    (
        "task",
        {"containers": {"log": Override(command=["x", ""])}},
        "containers['log'].command[1]",
        "not empty",
    ),
    (
        "task",
        {"containers": {"log": Override(containers={"main": Override()})}},
        "containers['log'].containers",
        "has no containers",
    ),
    ("task", {"containers": {"main": Override(vcpus=500)}}, "vcpus", "there are 256 vCPUs"),
    ("task", {"nodes": {"0": Override(memory=64)}}, "nodes", "without nodes"),
    ("task", {"num_nodes": 3}, "num_nodes", "without nodes"),
    ("hello", {"containers": {"main": Override(memory=64)}}, "containers", "one container"),
    ("parallel", {"containers": {"main": Override(memory=64)}}, "containers", "has nodes"),
    ("parallel", {"nodes": {"4": Override()}}, "nodes['4']", "the job has 4 nodes, 0 to 3"),
    ("parallel", {"nodes": {"1:4": Override()}}, "nodes['1:4']", "4 nodes"),
    ("parallel", {"nodes": {"3:1": Override()}}, "nodes['3:1']", "4 nodes"),
    ("parallel", {"nodes": {"first": Override()}}, "nodes['first']", "number of a node"),
    ("parallel", {"num_nodes": 2}, "num_nodes", "more than the index of the range 2:"),
    ("parallel", {"num_nodes": 1001}, "num_nodes", "1 to 1000"),
    (
        "parallel",
        {"nodes": {"1:2": Override(containers={"agent": Override(memory=64)})}},
        "nodes['1:2'].containers",
        "range 0:1 of parallel has one container",
    ),
    (
        "parallel",
        {"nodes": {"2": Override(containers={"agnet": Override(memory=64)})}},
        "nodes['2'].containers['agnet']",
        "did you mean 'agent'",
    ),
]


@pytest.mark.parametrize(("name", "fields", "field", "text"), REFUSED)
def test_what_the_definition_does_not_take_is_refused(name, fields, field, text):
    with pytest.raises(InvalidSubmissionError) as caught:
        prepared(name, **fields)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert text in f"{problem.rule} {problem.fix}"


def test_a_number_of_nodes_needs_a_range_without_an_end():
    closed = contract.NodeRange(target_nodes="0:1", command=("x",))
    fixed = definition("fixed", kind="multiNode", num_nodes=2, main_node=0, node_ranges=(closed,))
    batch = connect(FakeTransport(), outputs=stack_outputs(job_definitions={"fixed": fixed}))
    with pytest.raises(InvalidSubmissionError, match="no range of fixed is open at its end: 0:1"):
        batch.submit("fixed", num_nodes=3)


def test_fargate_offers_its_sizes_for_all_containers_together():
    task = dataclasses.replace(TASK, platform="FARGATE", vcpus=1, memory=2048, containers=(
        contract.Container(name="main", command=("work",), vcpus=0.5, memory=1024),
        contract.Container(name="log", command=("log",), vcpus=0.5, memory=1024),
    ), parameters={})  # fmt: skip
    outputs = stack_outputs(
        job_definitions={"task": task},
        compute_environments={"far": compute_environment("FARGATE", "far")},
        job_queues={"default": queue("far", "far")},
    )
    batch = connect(FakeTransport(), outputs=outputs)
    batch.submit("task", containers={"log": Override(memory=2048)})
    with pytest.raises(InvalidSubmissionError) as caught:
        batch.submit("task", containers={"log": Override(memory=1500)})
    assert [(each.field, each.value) for each in caught.value.problems] == [("memory", 2524)]
    with pytest.raises(InvalidSubmissionError, match="Fargate has no GPUs"):
        batch.submit("task", containers={"log": Override(gpus=1)})


def test_overrides_of_a_definition_of_eks_are_refused_by_name():
    transport = FakeTransport()
    transport.definitions = [{"revision": 2, "eksProperties": {"podProperties": {}}}]
    batch = connect(transport)
    with pytest.raises(InvalidSubmissionError) as caught:
        batch.submit("pods:2", memory=100, environment={"A": "1"})
    assert {each.field for each in caught.value.problems} == {"memory", "environment"}
    assert {"pods runs on Amazon EKS" in each.rule for each in caught.value.problems} == {True}


@pytest.mark.parametrize("kind", ["multiContainer", "multiNode"])
def test_outputs_of_an_older_stack_are_completed_by_one_call(kind):
    """They tell the kind, and neither the names of the containers nor the nodes."""
    transport = FakeTransport()
    command = {"command": ["work"]}
    transport.definitions = [
        {"revision": 1, "ecsProperties": {"taskProperties": [{"containers": [{"name": "main"}]}]}}
        if kind == "multiContainer"
        else {
            "revision": 1,
            "nodeProperties": {
                "numNodes": 2,
                "mainNode": 0,
                "nodeRangeProperties": [{"targetNodes": "0:", "container": command}],
            },
        }
    ]
    older = stack_outputs(job_definitions={"old": definition("old", kind=kind)})
    batch = connect(transport, outputs=older)
    batch.submit_many([batchsdk.Submission(job_definition="old", memory=100)] * 3)
    assert [name for name, _ in transport.calls] == ["DescribeJobDefinitions"] + 3 * ["SubmitJob"]
    member = "ecsPropertiesOverride" if kind == "multiContainer" else "nodeOverrides"
    assert member in transport.calls[-1][1]


def test_the_limit_of_ecs_is_about_one_task():
    long = {"A": "x" * 5000}
    prepared("parallel", nodes={str(node): Override(environment=long) for node in range(4)})
    with pytest.raises(InvalidSubmissionError, match="at most 8192 fit"):
        prepared("task", environment=long, containers={"log": Override(environment=long)})


def test_references_are_looked_for_in_the_command_of_every_container():
    with pytest.raises(InvalidSubmissionError) as caught:
        prepared("task", command=["go", "Ref::day"])
    assert [each.field for each in caught.value.problems] == ["parameters['day']"]
    assert prepared("task", parameters={"file": "x"}) == {"parameters": {"file": "x"}}
    with pytest.raises(InvalidSubmissionError, match=r"no Ref::file in the command"):
        prepared("task", parameters={"file": "x"}, containers={"log": Override(command=["x"])})


def test_a_sweep_over_what_another_container_refers_to_is_refused_as_an_array():
    batch = connect(FakeTransport(), outputs=stack_outputs(job_definitions=DEFINITIONS))
    over = {"file": ["a", "b"]}
    with pytest.raises(InvalidSubmissionError, match="another container than the main one"):
        batch.prepare_sweep("task", over=over)
    prepared = batch.prepare_sweep("task", over=over, as_separate_jobs=True)
    assert [each.request["parameters"] for each in prepared.submissions] == [
        {"file": "a"},
        {"file": "b"},
    ]
