"""Batch's events reach the targets of the local EventBridge's rules."""

from __future__ import annotations

import cProfile
import json
import pstats
import uuid

import pytest
from moto.sqs.models import sqs_backends

from tests.aws_clients import client_of
from tests.conftest import eventually


@pytest.fixture
def subscribe(local):
    """Make a rule with a pattern and an SQS queue behind it; return a reader of what came."""
    sqs = client_of(local, "sqs")
    events = client_of(local, "events")
    rules = []

    def make(pattern, through=None, **target):
        name = f"rule-{uuid.uuid4().hex[:8]}"
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
        events.put_rule(Name=name, EventPattern=json.dumps({"source": ["aws.batch"], **pattern}))
        goal = {"Id": "1", "Arn": through(arn) if through else arn, **target}
        events.put_targets(Rule=name, Targets=[goal])
        rules.append(name)

        def read(count):
            found = []

            def poll():
                answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
                for each in answer.get("Messages", []):
                    found.append(json.loads(each["Body"]))
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
                return found if len(found) >= count else None

            return eventually(poll, lambda: f"{len(found)} of {count} events: {found}")

        return read

    yield make
    for name in rules:
        events.remove_targets(Rule=name, Ids=["1"])
        events.delete_rule(Name=name)


def of_queue(cluster, **detail):
    queue = cluster.batch.describe_job_queues(jobQueues=[cluster.queue])["jobQueues"][0]
    return {"detail": {"jobQueue": [queue["jobQueueArn"]], **detail}}


def test_every_transition_but_the_submission_is_an_event_in_order(cluster, subscribe):
    read = subscribe({"detail-type": ["Batch Job State Change"], **of_queue(cluster)})
    job = cluster.run(["true"])

    events = read(4)
    assert [each["detail"]["status"] for each in events] == [
        "RUNNABLE",
        "STARTING",
        "RUNNING",
        "SUCCEEDED",
    ]
    for each in events:
        assert each["source"] == "aws.batch"
        assert each["account"] == "123456789012"
        assert each["region"] == "us-east-1"
        assert each["resources"] == [job["jobArn"]]
    assert len({each["id"] for each in events}) == 4
    assert "stoppedAt" not in events[2]["detail"]
    last = events[3]["detail"]
    assert {key: last[key] for key in ("jobId", "jobName", "stoppedAt", "statusReason")} == {
        key: job[key] for key in ("jobId", "jobName", "stoppedAt", "statusReason")
    }
    assert last["container"]["exitCode"] == 0


def test_only_what_matches_the_pattern_is_delivered(cluster, subscribe):
    failures = subscribe(of_queue(cluster, status=["FAILED"]))
    everything = subscribe(of_queue(cluster))
    cluster.run(["true"])
    failed = cluster.run(["false"])

    assert len(everything(8)) == 8
    assert [each["detail"]["jobId"] for each in failures(1)] == [failed["jobId"]]


def test_a_cancelled_job_is_an_event_with_the_reason(cluster, subscribe):
    read = subscribe(of_queue(cluster, status=["FAILED"]))
    job_id = cluster.submit(cluster.register(["true"], containerProperties={"memory": 5000}))
    cluster.until(job_id, "RUNNABLE")
    cluster.batch.cancel_job(jobId=job_id, reason="not needed")

    assert read(1)[0]["detail"]["statusReason"] == "not needed"


def test_a_blocked_queue_is_told_once_and_names_the_queue(cluster, subscribe):
    read = subscribe({"detail-type": ["Batch Job Queue Blocked"], **of_queue(cluster)})
    definition = cluster.register(["true"], containerProperties={"memory": 5000})
    first = cluster.submit(definition)
    second = cluster.submit(definition)
    queue = cluster.batch.describe_job_queues(jobQueues=[cluster.queue])["jobQueues"][0]
    events = read(1)
    cluster.batch.terminate_job(jobId=first, reason="make way")
    events += read(1)

    assert [each["detail"]["jobId"] for each in events] == [first, second]
    for each, job_id in zip(events, (first, second), strict=True):
        assert each["detail"]["status"] == "RUNNABLE"
        assert each["detail"]["statusReason"].startswith("MISCONFIGURATION:JOB_RESOURCE")
        assert each["resources"] == [cluster.job(job_id)["jobArn"], queue["jobQueueArn"]]


def test_events_reach_sns_topics(local, cluster, subscribe):
    sns = client_of(local, "sns")

    def topic_before(queue_arn):
        topic = sns.create_topic(Name=f"topic-{uuid.uuid4().hex[:8]}")["TopicArn"]
        sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=queue_arn,
            Attributes={"RawMessageDelivery": "true"},
        )
        return topic

    read = subscribe(of_queue(cluster, status=["SUCCEEDED"]), through=topic_before)
    job = cluster.run(["true"])
    assert read(1)[0]["detail"]["jobId"] == job["jobId"]


def test_a_target_may_change_what_it_gets(cluster, subscribe):
    read = subscribe(
        of_queue(cluster, status=["SUCCEEDED"]),
        InputTransformer={
            "InputPathsMap": {"job": "$.detail.jobId"},
            "InputTemplate": '{"finished": "<job>"}',
        },
    )
    job = cluster.run(["true"])
    assert read(1) == [{"finished": job["jobId"]}]


def test_array_children_are_events_of_their_own(cluster, subscribe):
    read = subscribe(of_queue(cluster, status=["SUCCEEDED"]))
    parent = cluster.run(["true"], arrayProperties={"size": 2})
    assert {each["detail"]["jobId"] for each in read(3)} == {
        parent["jobId"],
        f"{parent['jobId']}:0",
        f"{parent['jobId']}:1",
    }


def test_events_of_a_large_array_do_not_hold_up_what_stops(local):
    # As 1,000 children make. Each used to count those before it: 8 million calls of functions.
    sqs = client_of(local, "sqs")
    name = f"large-{uuid.uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    backend = sqs_backends["123456789012"]["us-east-1"]
    profile = cProfile.Profile()
    with profile:
        for number in range(4_000):
            backend.send_message(name, str(number))
    assert pstats.Stats(profile).total_calls < 1_000 * 4_000
    names = ["ApproximateNumberOfMessages"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    assert found == {names[0]: "4000"}


def test_a_queue_that_compares_contents_takes_each_once(local):
    sqs = client_of(local, "sqs")
    kinds = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    url = sqs.create_queue(QueueName=f"{uuid.uuid4().hex}.fifo", Attributes=kinds)["QueueUrl"]
    for body in ("a", "a", "b"):
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g")
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [each["Body"] for each in received] == ["a", "b"]
