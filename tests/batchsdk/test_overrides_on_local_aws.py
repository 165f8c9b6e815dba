"""Every container and every node sees what a job changes of it: on the local AWS, in processes."""

from __future__ import annotations

import json
import uuid

import pytest

import batchsdk
from batchsdk import InvalidSubmissionError, Override, Polling
from tests.batch_requests import size

QUICK = Polling(shortest=0.05, longest=0.2)
SAY = ["sh", "-c", 'echo "$ROLE,$KEY,$day,$BATCHSDK_STEP"']


@pytest.fixture
def task(stack, cluster):
    """A definition of a helper that the main container waits for; its name and revision."""
    wait = [{"containerName": "helper", "condition": "SUCCESS"}]
    helper = {"name": "helper", "image": "busybox", "essential": False, "command": SAY}
    main = {"name": "main", "image": "busybox", "dependsOn": wait, "command": SAY}
    name = f"task-{uuid.uuid4().hex[:8]}"
    cluster.batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        ecsProperties={
            "taskProperties": [{"containers": [each | size("1", "64") for each in (helper, main)]}]
        },
    )
    return f"{name}:1"


@pytest.fixture
def parallel(stack, cluster, tmp_path):
    """A definition of two nodes, of which the main one waits for the other."""
    told = f"{tmp_path}/${{AWS_BATCH_JOB_ID%#*}}"  # of each job its own: jobs run at the same time
    other = ["sh", "-c", f"{SAY[2]}; touch {told}"]
    main = ["sh", "-c", f"{SAY[2]}; until test -e {told}; do sleep 0.05; done"]
    containers = {"0": main, "1:": other}
    name = f"parallel-{uuid.uuid4().hex[:8]}"
    cluster.batch.register_job_definition(
        jobDefinitionName=name,
        type="multinode",
        nodeProperties={
            "numNodes": 2,
            "mainNode": 0,
            "nodeRangeProperties": [
                {
                    "targetNodes": nodes,
                    "container": {"image": "busybox", "command": command} | size("1", "64"),
                }
                for nodes, command in containers.items()
            ],
        },
    )
    return f"{name}:1"


def said(job):
    """Return what each container or node of a job printed, by its label."""
    job.wait(300, polling=QUICK)
    return {event.label: event.message for event in job.logs()}


def test_a_container_is_overridden_by_its_name_and_the_main_one_by_plain_arguments(stack, task):
    job = stack.batch.submit(
        task,
        environment={"ROLE": "main"},
        containers={"helper": Override(environment={"ROLE": "helper"}, memory=80)},
        memory=70,
    )
    assert said(job) == {"helper": "helper,,,", "main": "main,,,"}
    events = list(job.logs())
    assert [event.container for event in events] == ["helper", "main"]
    assert [event.time for event in events] == sorted(event.time for event in events)
    (described,) = job.describe().raw["ecsProperties"]["taskProperties"]
    found = {
        each["name"]: {one["type"]: one["value"] for one in each["resourceRequirements"]}["MEMORY"]
        for each in described["containers"]
    }
    assert found == {"helper": "80", "main": "70"}


def test_a_sweep_reaches_the_main_of_several_containers(stack, task):
    sweep = stack.batch.sweep(
        task, over={"day": ["1", "2"]}, containers={"helper": Override(command=["echo", "done"])}
    )
    sweep.wait(300, polling=QUICK)
    found = [stack.batch.job(each.job_id).logs() for each in sweep.results()]
    assert [{event.label: event.message for event in logs} for logs in found] == [
        {"helper": "done", "main": f",,{day},"} for day in ("1", "2")
    ]


def test_plain_arguments_are_the_main_nodes_and_others_are_given_by_number(stack, parallel):
    job = stack.batch.submit(
        parallel,
        environment={"ROLE": "main"},
        nodes={":": Override(environment={"KEY": "k", "ROLE": "any"})},
        num_nodes=3,
    )
    assert said(job) == {"#0": "main,k,,", "#1": "any,k,,", "#2": "any,k,,"}


def test_containers_of_nodes_are_given_by_number_and_name(stack, cluster):
    names = {"0": ("helper", "main"), "1:": ("worker",)}
    ranges = [
        {
            "targetNodes": nodes,
            "ecsProperties": {
                "taskProperties": [
                    {
                        "containers": [
                            {"name": name, "image": "busybox", "command": SAY} | size("1", "64")
                            for name in found
                        ]
                    }
                ]
            },
        }
        for nodes, found in names.items()
    ]
    helper, main = ranges[0]["ecsProperties"]["taskProperties"][0]["containers"]
    helper["essential"] = False
    main["dependsOn"] = [{"containerName": "helper", "condition": "SUCCESS"}]
    name = f"parallel-{uuid.uuid4().hex[:8]}"
    cluster.batch.register_job_definition(
        jobDefinitionName=name,
        type="multinode",
        nodeProperties={"numNodes": 2, "mainNode": 0, "nodeRangeProperties": ranges},
    )
    job = stack.batch.submit(
        f"{name}:1",
        environment={"ROLE": "of the main one"},
        nodes={"0": Override(containers={"helper": Override(environment={"ROLE": "helping"})})},
    )
    job.wait(polling=QUICK)
    found = {each.label: each.message for each in job.logs()}
    assert found["#0 helper"].startswith("helping,")
    assert found["#0 main"].startswith("of the main one,")


def test_a_sweep_of_a_multi_node_job_reaches_all_its_nodes(stack, parallel):
    with pytest.raises(InvalidSubmissionError, match="give as_separate_jobs=True"):
        stack.batch.sweep(parallel, over={"day": ["1", "2"]})
    sweep = stack.batch.sweep(parallel, over={"day": ["1", "2"]}, as_separate_jobs=True)
    assert sweep.found_by == "shell"
    assert [said(job) for job in sweep.jobs] == [
        {"#0": f",,{day},", "#1": f",,{day},"} for day in ("1", "2")
    ]


def test_a_workflows_variables_and_its_files_overrides_arrive(stack, task, parallel, tmp_path):
    file = tmp_path / "both.yaml"
    file.write_text(f"""
steps:
  one:
    jobDefinition: {task}
    environment: {{KEY: "${{run.name}}"}}
    containers: {{helper: {{environment: {{ROLE: "${{run.name}}"}}}}}}
  two:
    jobDefinition: {parallel}
    nodes: {{"1:": {{environment: {{ROLE: helper}}}}}}
    after: [one]
""")
    run = stack.batch.load_workflow(file).run("w", ledger=tmp_path / "ledger")
    run.wait(300, polling=QUICK)
    found = {step: said(run.jobs[step][0]) for step in ("one", "two")}
    assert found == {
        "one": {"helper": "w,,,", "main": ",w,,one"},
        "two": {"#0": ",,,two", "#1": "helper,,,two"},
    }


def test_the_command_line_overrides_containers_and_nodes(stack, task, parallel):
    done = stack.run(
        "submit", task, "--follow", "-e", "ROLE=m", "--container", "helper:env=ROLE=h=1"
    )
    assert done.returncode == 0, done.stderr
    assert [line.split()[-1] for line in done.stdout.splitlines()] == ["h=1,,,", "m,,,"]
    assert "helper" in done.stdout.splitlines()[0]
    done = stack.run(
        "submit", parallel, "--dry-run", "--num-nodes", "4", "--node", "2::env=A=1",
        "--node", "1:command=sh -c 'a b'", "--node", "0:vcpus=2",
    )  # fmt: skip
    assert json.loads(done.stdout)["nodeOverrides"] == {
        "numNodes": 4,
        "nodePropertyOverrides": [
            {
                "targetNodes": "0:0",
                "containerOverrides": {"resourceRequirements": [{"type": "VCPU", "value": "2"}]},
            },
            {"targetNodes": "1:1", "containerOverrides": {"command": ["sh", "-c", "a b"]}},
            {
                "targetNodes": "2:3",
                "containerOverrides": {"environment": [{"name": "A", "value": "1"}]},
            },
        ],
    }
    refused = stack.run("submit", task, "--container", "hleper:memory=64", "--dry-run")
    assert refused.returncode == 2
    assert "did you mean 'helper'?" in refused.stderr


def test_a_failure_is_told_by_the_log_of_the_container_that_decided(stack, task):
    job = stack.batch.submit(task, command=["sh", "-c", "echo no space; exit 3"])
    with pytest.raises(batchsdk.JobFailedError, match="no space"):
        job.wait(300, polling=QUICK)
