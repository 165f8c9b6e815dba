"""Rules of EventBridge that submit jobs for objects in S3."""

from __future__ import annotations

import json
import uuid

import pytest

from localaws.batch.events import EventBridge
from tests.aws_clients import client_of
from tests.conftest import eventually
from tests.localaws.dead_letters import dead_letters
from tests.localaws.principals import Principals, allow

EVENTS = {"Service": "events.amazonaws.com"}
PATHS = {"key": "$.detail.object.key", "size": "$.detail.object.size"}
TEMPLATE = '{"Parameters": {"object": "s3://<key>", "size": "<size>"}}'


@pytest.fixture
def bucket(local):
    s3, name = client_of(local, "s3"), f"uploads-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    return name


@pytest.fixture
def trigger(local, cluster, bucket):
    """Make a rule with a job queue as its target; return its name."""
    events, made = client_of(local, "events"), []
    batch = client_of(local, "batch")
    queue = batch.describe_job_queues(jobQueues=[cluster.queue])["jobQueues"][0]["jobQueueArn"]

    def make(command, found=(), role=None, batch_parameters=(), **more):
        name = f"upload-{uuid.uuid4().hex[:8]}"
        detail = {"bucket": {"name": [bucket]}, **dict(found)}
        pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}
        events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        parameters = {
            "JobDefinition": cluster.register(command),
            "JobName": name,
            **dict(batch_parameters),
        }
        role = role or Principals(local).role(allow("batch:SubmitJob"), trusts=EVENTS)
        target = {"Id": "job", "Arn": queue, "RoleArn": role, "BatchParameters": parameters}
        events.put_targets(Rule=name, Targets=[{**target, **more}])
        made.append(name)
        return name

    yield make
    for name in made:
        events.remove_targets(Rule=name, Ids=["job"])
        events.delete_rule(Name=name)


def jobs_of(local, cluster, name):
    batch = client_of(local, "batch")
    found = batch.list_jobs(
        jobQueue=cluster.queue, filters=[{"name": "JOB_NAME", "values": [name]}]
    )
    return found["jobSummaryList"]


def the_job(local, cluster, name):
    (found,) = eventually(
        lambda: jobs_of(local, cluster, name) or None, lambda: f"{name} submitted no job"
    )
    return found["jobId"]


def test_an_upload_starts_a_job_with_what_the_event_has(local, cluster, bucket, trigger):
    name = trigger(
        ["sh", "-c", 'test "$0 $1" = "s3://in/tag 1.csv 5"', "Ref::object", "Ref::size"],
        {"object": {"key": [{"wildcard": "in/*.csv"}]}},
        batch_parameters={"RetryStrategy": {"Attempts": 2}},
        InputTransformer={"InputPathsMap": PATHS, "InputTemplate": TEMPLATE},
    )
    s3 = client_of(local, "s3")
    for key in ("in/a.txt", "out/a.csv", 'in/".csv', "in/tag 1.csv"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"12345")

    job = cluster.until(the_job(local, cluster, name), "SUCCEEDED")
    assert job["parameters"] == {"object": "s3://in/tag 1.csv", "size": "5"}
    assert job["retryStrategy"]["attempts"] == 2
    assert len(jobs_of(local, cluster, name)) == 1


def test_an_array_of_jobs_without_parameters(local, cluster, bucket, trigger):
    """Also after another engine of the same process, which has the same S3, has ended."""
    EventBridge().close()
    name = trigger(["true"], batch_parameters={"ArrayProperties": {"Size": 2}})
    client_of(local, "s3").put_object(Bucket=bucket, Key="a", Body=b"")
    job = cluster.until(the_job(local, cluster, name), "SUCCEEDED")
    assert job["arrayProperties"]["size"] == 2
    assert job["parameters"] == {}


def test_an_event_of_s3_is_as_aws_sends_it(local, bucket):
    sqs, events, name = (client_of(local, "sqs"), client_of(local, "events"), f"q-{bucket}")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": arn}])
    client_of(local, "s3").put_object(Bucket=bucket, Key="a b", Body=b"hello")
    (message,) = eventually(
        lambda: sqs.receive_message(QueueUrl=url).get("Messages"), lambda: "no event"
    )
    event = json.loads(message["Body"])
    events.remove_targets(Rule=name, Ids=["1"])
    events.delete_rule(Name=name)
    assert event["detail-type"] == "Object Created"
    assert event["resources"] == [f"arn:aws:s3:::{bucket}"]
    assert event["time"].endswith("Z")
    detail = event["detail"]
    assert detail["reason"] == "PutObject"
    assert detail["bucket"] == {"name": bucket}
    assert detail["object"].keys() == {"key", "size", "etag", "sequencer"}
    assert (detail["object"]["key"], detail["object"]["size"]) == ("a b", 5)


def test_a_bucket_that_sends_nothing_to_eventbridge_starts_nothing(local, cluster, bucket, trigger):
    name = trigger(["true"])
    s3 = client_of(local, "s3")
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    s3.put_object(Bucket=bucket, Key="unheard", Body=b"")
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    s3.put_object(Bucket=bucket, Key="heard", Body=b"")
    the_job(local, cluster, name)
    assert len(jobs_of(local, cluster, name)) == 1


def test_a_role_that_may_not_is_a_dead_letter_and_throttling_is_tried_again(
    local, cluster, bucket, trigger
):
    config, read = dead_letters(local)
    may_not = Principals(local).role(allow("batch:ListJobs"), trusts=EVENTS)
    denied = trigger(["true"], role=may_not, **config)
    throttled = trigger(["true"])
    local.faults.add(
        "throttling", service="batch", operation="SubmitJob", job_name=throttled, times=1
    )
    local.enforce_iam = True
    try:
        client_of(local, "s3").put_object(Bucket=bucket, Key="a", Body=b"")
        letter = eventually(read, lambda: "no dead letter")
        the_job(local, cluster, throttled)
    finally:
        local.enforce_iam = False
        local.faults.clear()
    assert letter["body"]["detail"]["object"]["key"] == "a"
    assert letter["ERROR_CODE"] == "AccessDeniedException"
    assert letter["RULE_ARN"].endswith(f"rule/{denied}")
    assert letter["RETRY_ATTEMPTS"] == "0"
    assert jobs_of(local, cluster, denied) == []
