"""Jobs of several containers in one task: their order, their logs, and which of them decides."""

from __future__ import annotations

import pytest

from batchsdk.jobs.detail import JobDetail
from tests.batch_requests import refusal, size, unique
from tests.conftest import BUSYBOX, make_cluster
from tests.localaws.real_server import Server

FOR_EVER = ["sleep", "3600"]


@pytest.fixture(
    scope="module", params=["process", pytest.param("container", marks=pytest.mark.container)]
)
def machine(request, tmp_path_factory):
    """Return a cluster whose jobs are processes, and one whose jobs are containers."""
    if request.param == "container":
        request.getfixturevalue("busybox")
    server = Server(tmp_path_factory.mktemp("home"))
    server.start("--executor", request.param, "--stop-timeout", "1")
    yield make_cluster(server, instance_type="c4.xlarge")  # 4 vCPUs
    server.run("stop")


def container(name, script, *needs, **more):
    command = script if isinstance(script, list) else ["sh", "-c", script]
    depends = [{"containerName": other, "condition": condition} for other, condition in needs]
    order = {"dependsOn": depends} if depends else {}
    return {"name": name, "image": BUSYBOX, "command": command} | size("1", "64") | order | more


def register(machine, *containers, **more):
    name = unique()
    machine.batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        ecsProperties={"taskProperties": [{"containers": containers}]},
        **more,
    )
    return name


def run(machine, *containers):
    """Run a task to its end; return the job, and its containers by name."""
    job = machine.until(machine.submit(register(machine, *containers)), "SUCCEEDED", "FAILED")
    (task,) = job["ecsProperties"]["taskProperties"]
    assert "container" not in job
    return job, {each["name"]: each for each in task["containers"]}


def lines(machine, found):
    return machine.messages({"container": found})


def test_containers_start_in_order_and_the_essential_one_ends_the_job(machine):
    job, found = run(
        machine,
        container(
            "main",
            "echo main; exit 0",
            ("setup", "SUCCESS"),
            ("side", "START"),
            ("any", "COMPLETE"),
        ),
        container("setup", "echo setup", essential=False),
        container("any", "echo any; exit 7", ("setup", "SUCCESS"), essential=False),
        container("side", FOR_EVER, essential=False),
    )

    assert job["status"] == "SUCCEEDED"
    codes = {name: each["exitCode"] for name, each in found.items() if name != "side"}
    assert codes == {"main": 0, "setup": 0, "any": 7}
    assert found["side"]["exitCode"] != 0  # stopped with the essential one
    task_id = found["main"]["logStreamName"].rpartition("/")[2]
    for name in ("main", "setup", "any"):
        assert found[name]["logStreamName"].endswith(f"/{name}/{task_id}")
        assert lines(machine, found[name]) == [name]
    seen = JobDetail.from_response(job)
    assert (seen.exit_code, seen.log_stream) == (0, found["main"]["logStreamName"])
    (attempt,) = job["attempts"]
    (task,) = attempt["taskProperties"]
    assert task["taskArn"].endswith(task_id)
    ended = {each["name"]: each["exitCode"] for each in task["containers"]}
    assert ended == {name: each["exitCode"] for name, each in found.items()}


def test_the_first_essential_container_to_end_decides(machine):
    job, found = run(machine, container("a", FOR_EVER), container("b", "echo bad; exit 3"))

    assert (job["status"], found["b"]["exitCode"]) == ("FAILED", 3)
    assert job["statusReason"].startswith("Essential container in task exited")
    assert found["a"]["exitCode"] != 0


def test_what_depends_on_a_failure_never_starts(machine):
    job, found = run(
        machine,
        container("main", "echo main", ("setup", "SUCCESS")),
        container("setup", "exit 4", essential=False),
        container("side", FOR_EVER, essential=False),
    )

    assert (job["status"], found["setup"]["exitCode"]) == ("FAILED", 4)
    assert not {"exitCode", "logStreamName"} & found["main"].keys()
    assert found["main"]["reason"].startswith("CannotStartContainerError")
    assert "exitCode" in found["side"]


def test_each_container_is_overridden_by_its_name(machine):
    definition = register(
        machine,
        container("a", ["echo", "Ref::what"], essential=False),
        container("b", 'echo "$NAME"', ("a", "SUCCESS")),
        parameters={"what": "parameter"},
    )

    def override(**members):
        return {"ecsPropertiesOverride": {"taskProperties": [{"containers": [members]}]}}

    environment = [{"name": "NAME", "value": "overridden"}]
    job_id = machine.submit(definition, **override(name="b", environment=environment))
    job = machine.until(job_id, "SUCCEEDED", "FAILED")
    a, b = job["ecsProperties"]["taskProperties"][0]["containers"]
    assert [lines(machine, each) for each in (a, b)] == [["parameter"], ["overridden"]]
    assert "no container named c" in refusal(
        machine.batch.submit_job,
        jobName="job",
        jobQueue=machine.queue,
        jobDefinition=definition,
        **override(name="c", command=["true"]),
    )


def test_a_terminated_job_stops_all_its_containers_and_starts_no_more(machine):
    job_id = machine.submit(
        register(
            machine,
            container("main", FOR_EVER),
            container("side", FOR_EVER, essential=False),
            container("late", "echo late", ("side", "COMPLETE"), essential=False),
        )
    )
    machine.until(job_id, "RUNNING")
    machine.batch.terminate_job(jobId=job_id, reason="enough")
    job = machine.until(job_id, "SUCCEEDED", "FAILED")

    assert (job["status"], job["statusReason"]) == ("FAILED", "enough")
    main, side, late = job["ecsProperties"]["taskProperties"][0]["containers"]
    assert main["exitCode"] != 0
    assert side["exitCode"] != 0
    assert not {"exitCode", "logStreamName"} & late.keys()


def test_a_failed_task_is_tried_again_as_a_whole(machine):
    definition = register(
        machine,
        container("setup", "true", essential=False),
        container("main", 'test "$AWS_BATCH_JOB_ATTEMPT" = 2', ("setup", "SUCCESS")),
        retryStrategy={"attempts": 2},
    )
    job = machine.until(machine.submit(definition), "SUCCEEDED", "FAILED")
    assert job["status"] == "SUCCEEDED"
    codes = [
        [each["exitCode"] for each in attempt["taskProperties"][0]["containers"]]
        for attempt in job["attempts"]
    ]
    assert codes == [[0, 1], [0, 0]]


def test_children_of_an_array_have_all_the_containers(machine):
    definition = register(
        machine,
        container("setup", "true", essential=False),
        container("main", 'echo "$AWS_BATCH_JOB_ARRAY_INDEX"', ("setup", "SUCCESS")),
    )
    parent = machine.submit(definition, arrayProperties={"size": 2})
    machine.until(parent, "SUCCEEDED", "FAILED")
    children = [machine.job(f"{parent}:{index}") for index in range(2)]
    mains = [each["ecsProperties"]["taskProperties"][0]["containers"][1] for each in children]
    assert [lines(machine, main) for main in mains] == [["0"], ["1"]]
