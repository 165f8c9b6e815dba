"""Multi-node parallel jobs."""

from __future__ import annotations

import uuid

import pytest
from botocore.exceptions import ClientError


def container(command, vcpus=1, memory=100):
    return {
        "image": "busybox",
        "command": command,
        "resourceRequirements": [
            {"type": "VCPU", "value": str(vcpus)},
            {"type": "MEMORY", "value": str(memory)},
        ],
    }


def properties(*ranges, nodes=3, main=0):
    return {
        "numNodes": nodes,
        "mainNode": main,
        "nodeRangeProperties": [
            {"targetNodes": target, "container": each} for target, each in ranges
        ],
    }


def submit(batch, count=3, main=0, **more):
    """Submit a multi-node job to Batch without I/O."""
    batch.call(
        "RegisterJobDefinition",
        jobDefinitionName="parallel",
        type="multinode",
        nodeProperties=properties(("0:", container(["true"])), nodes=count, main=main),
    )
    answer = batch.call(
        "SubmitJob", jobName="job", jobQueue="queue", jobDefinition="parallel", **more
    )
    return answer["jobId"]


def nodes(batch, job_id, count=3):
    return [batch.job(f"{job_id}#{index}") for index in range(count)]


def test_every_node_has_an_instance_of_its_own(ready):
    job_id = submit(ready)
    arns = {node["container"]["containerInstanceArn"] for node in nodes(ready, job_id)}
    assert len(arns) == 3
    assert ready.desired_vcpus() == 6


def test_all_nodes_start_or_none(batch):
    batch.queue(batch.environment(maxvCpus=4))
    one = batch.submit()
    job_id = submit(batch, count=2)
    assert batch.job(job_id)["status"] == "RUNNABLE"
    assert {each["status"] for each in nodes(batch, job_id, 2)} == {"RUNNABLE"}
    assert batch.desired_vcpus() == 2
    batch.finish(0)
    assert batch.job(one)["status"] == "SUCCEEDED"
    assert batch.job(job_id)["status"] == "STARTING"


def test_a_job_with_more_nodes_than_the_maximum_says_so(batch):
    batch.queue(batch.environment(maxvCpus=4))
    job_id = submit(batch)
    described = batch.job(job_id)
    assert described["statusReason"].startswith("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX")


def test_spot_takes_no_multi_node_jobs(batch):
    batch.queue(batch.environment(type="SPOT", allocationStrategy="SPOT_CAPACITY_OPTIMIZED"))
    job_id = submit(batch)
    assert batch.job(job_id)["status"] == "RUNNABLE"


def test_the_other_nodes_start_when_the_main_node_runs_and_end_with_it(ready):
    job_id = submit(ready, main=1)
    ((_, main),) = ready.launched
    assert ready.job(f"{job_id}#1")["container"]["taskArn"].endswith(main)
    ready.start(main)
    ready.advance()
    others = [task_id for _, task_id in ready.launched[1:]]
    assert len(others) == 2
    for task_id in others:
        ready.start(task_id)
    assert ready.job(job_id)["status"] == "RUNNING"

    ready.end(main, exit_code=0)
    assert sorted(ready.halted) == sorted(others)
    for task_id in others:
        ready.end(task_id, exit_code=143)
    job = ready.job(job_id)
    assert (job["status"], job["attempts"][0]["container"]["exitCode"]) == ("SUCCEEDED", 0)
    assert [node["status"] for node in nodes(ready, job_id)] == ["FAILED", "SUCCEEDED", "FAILED"]
    assert ready.desired_vcpus() == 0


def test_a_failing_other_node_leaves_the_job_running(ready):
    job_id = submit(ready)
    ready.start(ready.launched[0][1])
    ready.advance()
    ready.finish(1, exit_code=1)
    assert ready.job(job_id)["status"] == "RUNNING"
    assert ready.job(f"{job_id}#1")["status"] == "FAILED"


def test_the_main_nodes_failure_retries_all_nodes(ready):
    job_id = submit(ready, retryStrategy={"attempts": 2})
    ready.finish(0, exit_code=1)  # the others run already
    for _, task_id in ready.launched[1:3]:
        ready.end(task_id, exit_code=143)
    assert ready.job(job_id)["status"] == "STARTING"
    ready.start(ready.launched[3][1])
    ready.advance()
    assert len(ready.launched) == 6
    assert {len(each.attempts) for each in ready.state.jobs[job_id].nodes} == {2}
    ready.end(ready.launched[3][1])
    for _, task_id in ready.launched[4:]:
        ready.end(task_id, exit_code=143)
    job = ready.job(job_id)
    assert job["status"] == "SUCCEEDED"
    assert [each["container"]["exitCode"] for each in job["attempts"]] == [1, 0]


def test_a_main_node_that_never_starts_fails_the_job_at_once(ready):
    job_id = submit(ready)
    ready.end(ready.launched[0][1], exit_code=None, reason="CannotPullContainerError: no")
    job = ready.job(job_id)
    assert (job["status"], job["statusReason"]) == ("FAILED", "Task failed to start")
    assert len(ready.launched) == 1
    assert {node["status"] for node in nodes(ready, job_id)} == {"FAILED"}


def test_the_timeout_covers_the_whole_job(ready):
    job_id = submit(ready, timeout={"attemptDurationSeconds": 60})
    ready.start(ready.launched[0][1])
    ready.advance(60)
    assert ready.halted == [ready.launched[0][1]]
    ready.end(ready.launched[0][1], exit_code=137)
    for _, task_id in ready.launched[1:]:
        ready.end(task_id, exit_code=143)
    assert ready.job(job_id)["statusReason"] == "Job attempt duration exceeded timeout"


def test_terminating_the_job_or_a_node_ends_all_nodes(ready):
    for suffix in ("", "#2"):
        job_id = submit(ready)
        known = len(ready.launched)
        ready.start(ready.launched[-1][1])
        ready.advance()
        running = [task_id for _, task_id in ready.launched[known - 1 :]]
        ready.call("TerminateJob", jobId=job_id + suffix, reason="enough")
        assert sorted(ready.halted[-3:]) == sorted(running)
        for task_id in running:
            ready.end(task_id, exit_code=143)
        assert ready.job(job_id)["statusReason"] == "enough"


def test_cancelling_a_waiting_job_ends_its_nodes(batch):
    batch.queue(batch.environment(maxvCpus=2))
    job_id = submit(batch)
    batch.call("CancelJob", jobId=job_id, reason="not needed")
    ended = [batch.job(job_id), *nodes(batch, job_id)]
    assert {(each["status"], each["statusReason"]) for each in ended} == {("FAILED", "not needed")}


@pytest.mark.parametrize(("length", "status"), [(5000, "RUNNABLE"), (9000, "FAILED")])
def test_the_limit_of_overrides_is_about_each_node(batch, length, status):
    batch.queue(batch.environment(maxvCpus=2))
    long = {"environment": [{"name": "A", "value": "x" * length}]}
    nodes = [{"targetNodes": str(each), "containerOverrides": long} for each in range(3)]
    job_id = submit(batch, nodeOverrides={"nodePropertyOverrides": nodes})
    assert batch.job(job_id)["status"] == status


def register(cluster, **node_properties):
    name = f"parallel-{uuid.uuid4().hex[:8]}"
    cluster.batch.register_job_definition(
        jobDefinitionName=name, type="multinode", nodeProperties=node_properties
    )
    return name


def test_nodes_run_as_processes_that_know_of_one_another(cluster, tmp_path):
    told = tmp_path / "told"
    show = "env | grep AWS_BATCH_JOB_"
    other = container(["sh", "-c", f"{show}; echo $ROLE; touch {told}; exec sleep 3600"])
    main = container(["sh", "-c", f"{show}; until test -e {told}; do sleep 0.02; done"])
    role = {"environment": [{"name": "ROLE", "value": "helper"}]}
    job_id = cluster.submit(
        register(cluster, **properties(("0:", other), ("0", main))),
        nodeOverrides={
            "numNodes": 2,
            "nodePropertyOverrides": [{"targetNodes": "1:", "containerOverrides": role}],
        },
    )
    job = cluster.until(job_id, "SUCCEEDED")

    assert "container" not in job
    assert (job["nodeProperties"]["numNodes"], len(job["attempts"])) == (2, 1)
    described = [cluster.job(f"{job_id}#{index}") for index in range(2)]
    assert [each["nodeDetails"] for each in described] == [
        {"nodeIndex": 0, "isMainNode": True},
        {"nodeIndex": 1, "isMainNode": False},
    ]
    main_lines, other_lines = map(cluster.messages, described)
    shared = {"AWS_BATCH_JOB_NUM_NODES=2", "AWS_BATCH_JOB_MAIN_NODE_INDEX=0"}
    assert shared < set(main_lines)
    assert "AWS_BATCH_JOB_NODE_INDEX=0" in main_lines
    address = "AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS=127.0.0.1"
    assert address not in main_lines
    assert {*shared, "AWS_BATCH_JOB_NODE_INDEX=1", address, "helper"} < set(other_lines)
    listed = cluster.batch.list_jobs(multiNodeJobId=job_id, jobStatus="FAILED")["jobSummaryList"]
    assert [each["nodeProperties"]["nodeIndex"] for each in listed] == [1]


def task(*containers):
    return {"ecsProperties": {"taskProperties": [{"containers": list(containers)}]}}


def two_tasks(told):
    """Return two nodes: the main one has two containers, and waits for the other's only one."""
    say = ["sh", "-c", 'echo "$ROLE,$AWS_BATCH_JOB_NODE_INDEX,$AWS_BATCH_JOB_NUM_NODES"']
    until_told = ["sh", "-c", f"{say[2]}; until test -e {told}; do sleep 0.02; done"]
    needs = [{"containerName": "setup", "condition": "SUCCESS"}]
    return {
        "numNodes": 2,
        "mainNode": 0,
        "nodeRangeProperties": [
            {
                "targetNodes": "0",
                **task(
                    {"name": "setup", "essential": False, **container(say)},
                    {"name": "main", "dependsOn": needs, **container(until_told)},
                ),
            },
            {
                "targetNodes": "1:",
                **task(
                    {
                        "name": "worker",
                        **container(["sh", "-c", f"{say[2]}; touch {told}; exec sleep 3600"]),
                    }
                ),
            },
        ],
    }


def overriding(nodes, **roles):
    named = [
        {"name": name, "environment": [{"name": "ROLE", "value": role}]}
        for name, role in roles.items()
    ]
    override = {"taskProperties": [{"containers": named}]}
    return {"targetNodes": nodes, "ecsPropertiesOverride": override}


def test_each_node_runs_the_containers_of_its_task(cluster, tmp_path):
    definition = register(cluster, **two_tasks(tmp_path / "told"))
    overrides = [overriding("0", setup="one", main="two"), overriding("1:", worker="three")]
    job_id = cluster.submit(definition, nodeOverrides={"nodePropertyOverrides": overrides})
    job = cluster.until(job_id, "SUCCEEDED", "FAILED")
    assert job["status"] == "SUCCEEDED"
    (attempt,) = job["attempts"]
    assert [each["name"] for each in attempt["taskProperties"][0]["containers"]] == [
        "setup",
        "main",
    ]
    said = {}
    for index in range(2):
        node = cluster.job(f"{job_id}#{index}")
        assert "container" not in node
        (described,) = node["ecsProperties"]["taskProperties"]
        for each in described["containers"]:
            said[each["name"]] = cluster.messages({"container": each})
    assert said == {"setup": ["one,0,2"], "main": ["two,0,2"], "worker": ["three,1,2"]}


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (overriding("0", worker="x"), "has no container named worker"),
        (overriding("1:", main="x"), "has no container named main"),
        (
            {"targetNodes": "0", "containerOverrides": {"command": ["true"]}},
            "containerOverrides is only for nodes with container",
        ),
    ],
)
def test_overrides_of_nodes_are_for_the_containers_that_they_have(
    cluster, tmp_path, overrides, message
):
    definition = register(cluster, **two_tasks(tmp_path / "told"))
    with pytest.raises(ClientError, match=message):
        cluster.submit(definition, nodeOverrides={"nodePropertyOverrides": [overrides]})


def test_a_node_of_several_containers_needs_room_for_all_of_them(batch):
    batch.queue(batch.environment(maxvCpus=4))
    group = {"targetNodes": "0:", **task(*({"name": n, **container(["true"])} for n in "abc"))}
    batch.call(
        "RegisterJobDefinition",
        jobDefinitionName="parallel",
        type="multinode",
        nodeProperties={"numNodes": 1, "mainNode": 0, "nodeRangeProperties": [group]},
    )
    submitted = batch.call("SubmitJob", jobName="job", jobQueue="queue", jobDefinition="parallel")
    assert batch.job(submitted["jobId"])["status"] == "RUNNABLE"  # an instance has 2 vCPUs


def test_an_array_of_multi_node_jobs_is_refused(cluster):
    definition = register(cluster, **properties(("0:", container(["true"]))))
    with pytest.raises(ClientError, match="cannot be an array job"):
        cluster.submit(definition, arrayProperties={"size": 2})


def test_node_overrides_of_a_job_without_nodes_are_refused(cluster):
    with pytest.raises(ClientError, match="nodeOverrides is only for"):
        cluster.submit(cluster.register(["true"]), nodeOverrides={"numNodes": 2})


@pytest.mark.parametrize(
    ("targets", "overrides", "message"),
    [
        ("0:", {"numNodes": 1}, "must exceed the main node's index"),
        ("0:2", {"numNodes": 4}, "open-ended range"),
    ],
)
def test_node_overrides_that_make_no_sense_are_refused(cluster, targets, overrides, message):
    definition = register(cluster, **properties((targets, container(["true"])), main=1))
    with pytest.raises(ClientError, match=message):
        cluster.submit(definition, nodeOverrides=overrides)
