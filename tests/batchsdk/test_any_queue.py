"""A connection to a queue that no stack made: all of the client works, and checks as much."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from click.shell_completion import ShellComplete

import batchsdk
from batchsdk import Submission
from batchsdk.aws import listed_names
from batchsdk.cli import command_line
from batchsdk.errors import ConnectionSettingsError, InvalidSubmissionError
from localaws import LocalAws
from tests.aws_clients import client_of
from tests.batchsdk.conftest import ROOT, Stack
from tests.batchsdk.fakes import FakeClock, FakeTransport

pytestmark = pytest.mark.sampled(3)

ARN = "arn:aws:batch:eu-west-1:123456789012:job-queue/other"


class Made(NamedTuple):
    """What plain calls of AWS Batch made, and a connection to the queue."""

    batch: batchsdk.Batch
    queue: str
    stack: Stack

    def run(self, *arguments: str, **environ: str) -> str:
        """Run the command line without a stack."""
        done = self.stack.run(*arguments, BATCHSDK_OUTPUTS="", **environ)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def made(stack: Stack, local: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    monkeypatch.delenv("BATCHSDK_OUTPUTS", raising=False)
    client = client_of(local, "batch")
    hello = stack.outputs.job_definitions["hello"]
    (found,) = client.describe_job_definitions(jobDefinitions=[hello.arn])["jobDefinitions"]
    taken = {key: found[key] for key in ("type", "parameters", "containerProperties")}
    arn = client.register_job_definition(jobDefinitionName="hello", **taken)["jobDefinitionArn"]
    queue = stack.outputs.job_queues["default"].name
    yield Made(batchsdk.connect(queue=queue), queue, stack)
    client.deregister_job_definition(jobDefinition=arn)


def test_the_pipeline_of_the_readme_runs_in_a_queue_that_no_stack_made(made: Made) -> None:
    batch = made.batch
    job = batch.submit("hello", parameters={"Target": "Hello, Tokyo!"})
    dependent = batch.submit("hello", depends_on=[job])
    sweep = batch.sweep("hello", over={"Target": ["north", "south"]})
    with batch.run("nightly") as run:
        run.submit("one", "hello", parameters={"Target": "of a run"})
    job.wait()
    batch.wait([dependent, *run.jobs.values()])
    sweep.wait()
    assert job.logs().text.strip() == "Hello, Tokyo!"
    assert [each.status for each in sweep.results()] == ["SUCCEEDED"] * 2
    with batch.run("nightly") as again:
        once = again.submit("one", "hello", parameters={"Target": "of a run"})
        assert once.id == run.jobs["one"].id
    assert job.id in {each.job_id for each in batch.list_jobs(status="SUCCEEDED")}
    assert [each.name for each in batch.runs()] == ["nightly"]
    assert len(batch.usage([job, dependent]).rows) == 2
    assert [each.key for each in batch.activity().look().queues] == [made.queue]
    assert made.queue in batch.report(job).html
    (found,) = batch.diagnose()
    assert found.queue == made.queue
    assert "Change securityGroupIds." in found.text  # the fixture's group does not exist


def test_the_command_line_reaches_such_a_queue(made: Made) -> None:
    queue = made.queue
    said = made.run("submit", "hello", "--queue", queue, "-p", "Target=Hello, Kyoto!", "--follow")
    assert "Hello, Kyoto!" in said
    file = str(ROOT / "examples" / "pipeline.yaml")
    assert "report" in made.run("--queue", queue, "run", file, "-p", "day=1", "--name", "night")
    listed = made.run("list", "--status", "SUCCEEDED", "--json", BATCHSDK_QUEUE=queue)
    assert listed.count('"jobId"') == 5
    doctor = made.stack.run("--queue", queue, "doctor", BATCHSDK_OUTPUTS="")
    assert "Change securityGroupIds." in doctor.stdout


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"vcpus": 1000}, "no compute environment of the queue"),
        ({"gpus": 1}, "an instance has 0 GPUs at most"),
        ({"vcpus": 0.5}, "a whole number, at least 1 on EC2"),
        ({"share_identifier": "a"}, "has no scheduling policy"),
        ({"parameters": {"Tarjet": "x"}}, "did you mean 'Target'"),
        ({"job_definition": "helo"}, "no such job definition"),
        ({"queue": "nowhere"}, "there is no such job queue"),
    ],
)
def test_what_such_a_queue_cannot_run_is_refused_and_nothing_is_sent(
    made: Made, asked: dict[str, Any], words: str
) -> None:
    wanted = [Submission(**{"job_definition": "hello", **each}) for each in ({}, asked)]
    with pytest.raises(InvalidSubmissionError, match=words) as refused:
        made.batch.submit_many(wanted)
    assert refused.value.problems[0].field.startswith("submissions[1].")
    assert list(made.batch.list_jobs()) == []


def completed(*words: str) -> set[str]:
    """Return what the shell is offered for the last word."""
    shell = ShellComplete(command_line, {}, "batchsdk", "_BATCHSDK_COMPLETE")
    return {each.value for each in shell.get_completions(list(words[:-1]), words[-1])}


def test_the_shell_completes_queues_and_definitions_that_no_stack_made(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed_names, "SECONDS", 60.0)  # a busy machine has time
    start = made.queue[:-3]
    assert made.queue in completed("--queue", start)
    assert made.queue in completed("list", "--queue", start)
    assert made.queue in completed("--queue", made.queue, "submit", "hello", "--queue", start)
    assert "hello" in completed("--queue", made.queue, "submit", "he")
    # The keys of a stack that is named in a slow way are others.
    assert completed("--stack", "dev", "list", "--queue", start) == set()
    monkeypatch.setenv("BATCHSDK_SSM", "/batch/dev")
    assert completed("list", "--queue", start) == set()


@pytest.mark.parametrize(
    "environ",
    [
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
        {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
        {"AWS_PROFILE": "no-such-profile"},
    ],
)
def test_the_shell_is_silent_where_aws_cannot_be_asked(made: Made, environ: dict[str, str]) -> None:
    done = made.stack.run(
        BATCHSDK_OUTPUTS="",
        _BATCHSDK_COMPLETE="bash_complete",
        COMP_WORDS="batchsdk list --queue d",
        COMP_CWORD="3",
        AWS_EC2_METADATA_DISABLED="true",
        **environ,
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")


def described(transport: FakeTransport) -> FakeTransport:
    """Give answers about a queue and a definition."""
    environment = {
        "computeEnvironmentName": "e",
        "computeEnvironmentArn": "arn:e",
        "computeResources": {"type": "EC2", "maxvCpus": 4, "instanceTypes": ["optimal"]},
    }
    transport.environments = [environment]
    transport.queue = {
        "jobQueueName": "other",
        "jobQueueArn": ARN,
        "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "arn:e"}],
    }
    transport.definitions = [{"revision": 7, "containerProperties": {"command": ["true"]}}]
    return transport


def test_aws_is_asked_when_it_is_first_needed_and_once() -> None:
    transport = described(FakeTransport())
    batch = batchsdk.connect(queue=ARN, transport=lambda _: transport, clock=FakeClock())
    list(batch.list_jobs(status="RUNNING"))
    assert [name for name, _ in transport.calls] == ["ListJobs"]
    for _ in range(3):
        batch.submit("hello")
    asked = ["DescribeJobQueues", "DescribeComputeEnvironments", "DescribeJobDefinitions"]
    assert [name for name, _ in transport.calls] == ["ListJobs", *asked, *["SubmitJob"] * 3]


@pytest.mark.parametrize(
    ("of_definition", "given", "is_refused"),
    [
        (True, {"tags": {f"b{n}": "x" for n in range(21)}}, True),
        (True, {"tags": {f"b{n}": "x" for n in range(20)}}, False),
        (True, {"tags": {f"a{n}": "x" for n in range(50)}}, False),  # the job's in their place
        (True, {"tags": {f"b{n}": "x" for n in range(21)}, "propagate_tags": False}, False),
        (None, {"tags": {f"b{n}": "x" for n in range(21)}}, False),
        (None, {"tags": {f"b{n}": "x" for n in range(21)}, "propagate_tags": True}, True),
    ],
)
def test_tags_that_would_fail_the_job_together_with_the_definitions_are_refused(
    of_definition: bool | None, given: dict[str, Any], is_refused: bool
) -> None:
    transport = described(FakeTransport())
    tags = {f"a{n}": "x" for n in range(30)}
    transport.definitions[0] |= {"tags": tags, "propagateTags": of_definition}
    batch = batchsdk.connect(queue=ARN, transport=lambda _: transport, clock=FakeClock())
    if not is_refused:
        batch.submit("hello", **given)
        return
    with pytest.raises(InvalidSubmissionError, match=r"21 tags.*the 30 of hello they are 51"):
        batch.submit("hello", **given)
    assert transport.count("SubmitJob") == 0


def test_what_a_stack_alone_has_is_told_of() -> None:
    batch = batchsdk.connect(queue="other")
    with pytest.raises(ConnectionSettingsError, match="the queue 'other' alone"):
        _ = batch.outputs
    assert batch.command == "batchsdk --queue other"
    job = pickle.loads(pickle.dumps(batch.job("job-1")))
    assert (job.id, copy.deepcopy(job).id) == ("job-1", "job-1")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"queue": "a b"}, "must be the name or the ARN of a job queue"),
        ({"queue": ARN, "region": "us-east-1"}, "is in eu-west-1, and region = 'us-east-1'"),
        ({"queue": "q", "ssm": "/batch/dev"}, "more than one given: ssm, queue"),
        ({"environ": {"BATCHSDK_QUEUE": "q", "BATCHSDK_SSM": "s"}}, "BATCHSDK_SSM, BATCHSDK_QUEUE"),
    ],
)
def test_a_queue_that_cannot_be_meant_is_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ConnectionSettingsError, match=words):
        batchsdk.connect(**arguments)


def test_a_queue_that_does_not_exist_is_told_of() -> None:
    batch = batchsdk.connect(queue="other", transport=lambda _: FakeTransport(), clock=FakeClock())
    with pytest.raises(ConnectionSettingsError, match="there is no such job queue"):
        batch.run("nightly")
    with pytest.raises(InvalidSubmissionError, match="there is no such job queue"):
        batch.submit("hello")
