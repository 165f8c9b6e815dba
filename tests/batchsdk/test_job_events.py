"""Events of jobs through SQS make waiting quick, and are never needed."""

from __future__ import annotations

import dataclasses
import json
import random
import uuid

import pytest

import batchsdk
from batchsdk import Polling
from batchsdk.jobs.events import JobEvents
from tests.aws_clients import client_of
from tests.batchsdk.fakes import START, FakeClock, FakeTransport
from tests.conftest import eventually

SELDOM = Polling(shortest=0.1, growth=1e6, longest=1000)
"""After a look without news, nothing but an event is seen before the test gives up."""


@pytest.fixture
def queue(local, stack):
    """An SQS queue that gets the events of the stack's job queue."""
    sqs = client_of(local, "sqs")
    events = client_of(local, "events")
    name = f"events-{uuid.uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {
        "source": ["aws.batch"],
        "detail-type": ["Batch Job State Change"],
        "detail": {"jobQueue": [stack.outputs.job_queues["default"].arn]},
    }
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": arn["QueueArn"]}])
    yield Queue(sqs, url)
    events.remove_targets(Rule=name, Ids=["1"])
    events.delete_rule(Name=name)


@dataclasses.dataclass
class Queue:
    sqs: object
    url: str

    def count(self):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        return sum(int(each) for each in found["Attributes"].values())


def listening(stack, url):
    outputs = dataclasses.replace(stack.outputs, job_events=url)
    return batchsdk.connect(outputs=outputs.to_mapping())


def test_an_event_ends_the_waiting_long_before_the_next_look(stack, queue):
    batch = listening(stack, queue.url)
    jobs = [batch.submit("sleep", parameters={"WaitTime": "2"}) for _ in range(3)]
    ended = list(batch.as_completed(jobs, polling=SELDOM))
    assert sorted(each.job.id for each in ended) == sorted(each.id for each in jobs)
    assert all(each.succeeded for each in ended)


def test_without_the_queue_polling_does_it(stack):
    batch = listening(stack, "https://sqs.us-east-1.amazonaws.com/123456789012/absent")
    job = batch.submit("hello")
    assert job.wait(300, polling=Polling(shortest=0.1, longest=0.5)).exit_code == 0


def test_others_messages_are_left_to_them(stack, queue):
    other = stack.batch.submit("hello")  # through a client that reads no events
    other.wait(300)
    eventually(lambda: queue.count() == 4 or None, lambda: f"{queue.count()} messages, not 4")
    job = listening(stack, queue.url).submit("sleep", parameters={"WaitTime": "2"})
    assert job.wait(polling=SELDOM).exit_code == 0
    assert queue.count() >= 4


def message(receipt, body, sent=START, count=1):
    return {
        "ReceiptHandle": receipt,
        "Body": body if isinstance(body, str) else json.dumps(body),
        "Attributes": {
            "SentTimestamp": str(int(sent.timestamp() * 1000)),
            "ApproximateReceiveCount": str(count),
        },
    }


def event(job_id, status):
    return {
        "source": "aws.batch",
        "detail-type": "Batch Job State Change",
        "detail": {"jobId": job_id, "status": status},
    }


class Sqs(FakeTransport):
    """Writes down what becomes of messages."""

    def __init__(self):
        super().__init__()
        self.deleted, self.returned = [], {}

    def delete_messages(self, _queue_url, receipts):
        self.deleted += receipts

    def return_messages(self, _queue_url, seconds):
        self.returned |= seconds


class WatcherOf:
    """Watches some jobs, as far as hints are concerned."""

    def __init__(self, *job_ids):
        self.job_ids = set(job_ids)
        self.ended = set()

    def hint(self, job_ids, *, ended):
        self.ended |= set(ended) & self.job_ids
        return set(job_ids) & self.job_ids


def test_what_becomes_of_each_message():
    clock, transport, watcher = FakeClock(), Sqs(), WatcherOf("job-1", "job-3")
    old = clock.now().replace(hour=1)
    JobEvents("url", lambda: transport, watcher, clock, random.Random(1)).take(
        [
            message("mine", event("job-1", "RUNNING")),
            message("mine again", event("job-1", "RUNNING")),
            message("mine, ended", event("job-3", "FAILED")),
            message("a child of mine", event("job-1:3", "SUCCEEDED")),
            message("another's", event("job-2", "SUCCEEDED")),
            message("another's, third time", event("job-2", "SUCCEEDED"), count=3),
            message("another's, too old", event("job-2", "SUCCEEDED"), sent=old),
            message("not JSON", "hello"),
            message("no event of a job", {"source": "aws.ec2"}),
        ]
    )
    assert watcher.ended == {"job-3"}
    assert transport.deleted == [
        "mine",
        "mine again",
        "mine, ended",
        "a child of mine",
        "another's, too old",
    ]
    assert transport.returned == {
        "another's": 2,
        "another's, third time": 8,
        "not JSON": 2,
        "no event of a job": 2,
    }
