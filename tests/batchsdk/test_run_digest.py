"""What is told at the end of a run of a workflow, and to whom."""

from __future__ import annotations

import json
import uuid

import pytest

import batchsdk
from batchsdk import FailedStep, InvalidWorkflowError, Polling, RunDigest, StepStatus
from batchsdk.failure_kinds import FailureKind
from tests.aws_clients import client_of
from tests.conftest import eventually

QUICK = Polling(shortest=0.05, longest=0.2)


@pytest.fixture(autouse=True)
def ledger(tmp_path, monkeypatch):
    monkeypatch.setenv("BATCHSDK_LEDGER", str(tmp_path / "ledger.sqlite3"))


@pytest.fixture
def topic(local):
    """A topic, and what it was told: the messages of a queue that subscribes to it."""
    sns, sqs = client_of(local, "sns"), client_of(local, "sqs")
    name = f"runs-{uuid.uuid4().hex[:8]}"
    arn = sns.create_topic(Name=name)["TopicArn"]
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue["QueueArn"])

    def told():
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [json.loads(each["Body"]) for each in answer.get("Messages", ())]

    yield arn, told
    sns.delete_topic(TopicArn=arn)
    sqs.delete_queue(QueueUrl=url)


def digest(**changed):
    whole = {
        "run": "nightly-1",
        "workflow": "nightly",
        "environment": "dev",
        "steps": {"load": StepStatus.FAILED, "alarm": StepStatus.SUCCEEDED},
        "failures": (
            FailedStep(
                name="load",
                kind=FailureKind.OUT_OF_MEMORY,
                reason="OutOfMemoryError: Container killed due to memory usage, job 1",
                next_step="Submit it again with more memory than 100 MiB (--memory).",
            ),
        ),
        "seconds": 61.4,
        "resume_command": "batchsdk --stack dev resume nightly-1",
    }
    return RunDigest(**whole | changed)


def test_a_run_tells_its_topics_when_it_ends_and_only_then(stack, topic):
    arn, told = topic
    outputs = stack.outputs.to_mapping() | {"troubleTopicArn": arn}
    batch = batchsdk.connect(outputs=outputs)
    with batch.workflow("nightly", on_end="trouble") as workflow:
        first = workflow.submit("fail")
        workflow.submit("hello", name="load", after=[first])
    seen = []
    run = workflow.run("nightly-1")
    run.wait(polling=QUICK, check=False, on_end=seen.append)

    (message,) = eventually(lambda: told() or None, lambda: "nothing was told")
    of_chat = json.loads(message["Message"])
    assert message["Subject"] == of_chat["metadata"]["summary"]
    assert message["Subject"].startswith("nightly-1 of ")
    assert message["Subject"].endswith(": 2 of 2 steps FAILED")
    assert (of_chat["version"], of_chat["source"]) == ("1.0", "custom")
    assert of_chat["content"]["description"].startswith("*fail*: APPLICATION: ")
    assert "resume nightly-1" in of_chat["content"]["nextSteps"][-1]
    assert {name: each["Value"] for name, each in message["MessageAttributes"].items()} == {
        "status": "FAILED",
        "workflow": "nightly",
        "run": "nightly-1",
        "environment": stack.outputs.environment,
    }
    ((failed, reason),) = [(each.name, each.reason) for each in seen[0].failures]
    assert (failed, "Essential container in task exited" in reason) == ("fail", True)
    assert f"logs {run.jobs['fail'][0].id}" in seen[0].failures[0].next_step

    # It ended before.
    batch.attach("nightly-1").wait(polling=QUICK, check=False)
    assert told() == []


def test_a_run_that_goes_on_in_a_file_and_in_asyncio_tells_too(stack, topic, tmp_path):
    arn, told = topic
    path = tmp_path / "nightly.yaml"
    path.write_text(f"workflow: nightly\nonEnd: {arn}\nsteps: {{hello: }}\n")
    workflow = stack.batch.load_workflow(path)
    assert workflow.definition.on_end == (arn,)

    async def awaited():
        return await workflow.run("nightly-2")

    import asyncio  # noqa: PLC0415

    assert asyncio.run(awaited()) == {"hello": StepStatus.SUCCEEDED}
    (message,) = eventually(lambda: told() or None, lambda: "nothing was told")
    assert message["Subject"].endswith(": SUCCEEDED")


def test_what_was_cached_is_told(stack, topic):
    arn, told = topic
    seen = []
    for _ in range(2):
        workflow = stack.batch.workflow("nightly", on_end=arn, cache=True)
        first = workflow.submit("hello")
        workflow.submit("hello", name="load", after=[first], cache=len(seen) == 0)
        workflow.run().wait(polling=QUICK, on_end=seen.append)
    assert [each.cached for each in seen] == [(), ("hello",)]
    assert "hello: SUCCEEDED, cached\nload: SUCCEEDED" in seen[1].text
    messages = []
    eventually(lambda: messages.extend(told()) or len(messages) == 2 or None, lambda: str(messages))
    shown = [json.loads(each["Message"])["content"]["description"] for each in messages]
    assert sorted(shown) == ["All steps ended.", "Cached: hello"]


def test_a_topic_that_cannot_be_told_fails_no_run(stack, caplog):
    gone = "arn:aws:sns:us-east-1:123456789012:gone"
    with stack.batch.workflow("nightly", on_end=[gone]) as workflow:
        workflow.submit("hello")
    assert workflow.run().wait(polling=QUICK) == {"hello": StepStatus.SUCCEEDED}
    (warning,) = [each for each in caplog.messages if "was not told" in each]
    assert gone in warning
    assert "NotFound" in warning


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        ("trouble", "the stack has no topic for trouble; set monitoring.enabled"),
        ("troubel", "must be 'trouble', for the stack's topic, or the ARN of a standard SNS topic"),
        ("arn:aws:sns:us-east-1:123456789012:runs.fifo", "the ARN of a standard SNS topic"),
        ("arn:aws:sqs:us-east-1:123456789012:runs", "the ARN of a standard SNS topic"),
        ("", "the ARN of a standard SNS topic"),
        (7, "the ARN of a standard SNS topic"),
    ],
)
def test_what_is_no_topic_is_refused_before_anything_is_sent(stack, topic, message):
    workflow = stack.batch.workflow("nightly", on_end=[topic])
    workflow.submit("hello")
    with pytest.raises(InvalidWorkflowError) as refused:
        workflow.run()
    assert message in str(refused.value)
    assert "on_end" in str(refused.value)
    assert list(stack.batch.list_jobs(name="*")) == []


def test_the_text_has_each_failure_and_what_to_type():
    assert digest().text == (
        "nightly-1 of dev: 1 of 2 steps FAILED, after 0:01:01\n"
        "load: FAILED\n"
        "alarm: SUCCEEDED\n"
        "\n"
        "load: OUT_OF_MEMORY: OutOfMemoryError: Container killed due to memory usage, job 1\n"
        "  Submit it again with more memory than 100 MiB (--memory).\n"
        "\n"
        "Once fixed: batchsdk --stack dev resume nightly-1"
    )
    good = digest(steps={"load": StepStatus.SUCCEEDED}, failures=())
    assert good.text == "nightly-1 of dev: SUCCEEDED, after 0:01:01\nload: SUCCEEDED"


@pytest.mark.parametrize("run", ["a" * 128, "nächtlich", "a\nb", "a\x1b[2J"])
def test_a_message_is_one_that_sns_takes(run):
    message = digest(run=run).to_message()
    assert message["Subject"].isascii()
    assert message["Subject"].isprintable()
    assert len(message["Subject"]) < 100
    forms = json.loads(message["Message"])
    assert "\x1b" not in forms["email"]
    many = digest(failures=digest().failures * 500).to_message()
    assert len(json.dumps(many)) < 256 * 1024
