"""What the team is told: ``python -m shop.inbox`` subscribes a queue, or prints what it has."""

from __future__ import annotations

import json
from typing import Any

import boto3

import batchsdk

QUEUE = "shop-inbox"


def main() -> None:
    """Print each message once; the first call only subscribes the queue to the stack's topic."""
    sqs = boto3.client("sqs")
    if not sqs.list_queues(QueueNamePrefix=QUEUE).get("QueueUrls"):
        subscribe()
        return
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for each in found:
            print(told(json.loads(json.loads(each["Body"])["Message"])))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])


def told(message: dict[str, Any]) -> str:
    """Return a line for a message: of the end of a run, or an event of AWS Batch."""
    if (content := message.get("content")) is not None:
        return f"{content['title']} - {content['description']}"
    job = message["detail"]
    return f"{job['jobName']}: {job['status']} - {job['statusReason']}"


def subscribe() -> None:
    """Make the queue, which takes messages of the topic alone."""
    topic = batchsdk.connect().outputs.trouble_topic_arn
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn["QueueArn"],
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])


if __name__ == "__main__":
    main()
