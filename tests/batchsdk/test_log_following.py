"""Logs over attempts, children and nodes; by time and pattern; when they cannot be read."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from batchsdk import (
    AccessDeniedError,
    InvalidArgumentError,
    JobFailedError,
    LogsUnavailableError,
    Retry,
    ServiceFailureError,
    ThrottledError,
)
from tests.aws_clients import client_of
from tests.batchsdk.fakes import FakeTransport, connect, job
from tests.batchsdk.test_job_logs import page, ran

LOOP = "for i in 1 2 3; do echo line $i; sleep 0.2; done; "


def test_following_an_array_on_the_local_aws_labels_each_child(stack):
    array = stack.batch.submit("fail", command=["sh", "-c", LOOP], array_size=3)
    events = list(array.logs(follow=True))
    for index in range(3):
        mine = [event for event in events if event.label == str(index)]
        assert [event.message for event in mine] == ["line 1", "line 2", "line 3"]
        assert {event.job_id for event in mine} == {f"{array.id}:{index}"}
    assert len(events) == 9


def test_following_goes_over_attempts_and_labels_the_second(stack):
    code = "echo attempt; test $AWS_BATCH_JOB_ATTEMPT = 2"
    again = stack.batch.submit("fail", command=["sh", "-c", code], retry=Retry(2))
    found = [(event.attempt, event.label) for event in again.logs(follow=True)]
    assert found == [(1, ""), (2, "attempt 2")]
    assert [event.label for event in again.logs()] == ["", "attempt 2"]


@pytest.fixture
def nodes(stack, cluster, tmp_path):
    """Submits a job of two nodes, each of which says which it is and ends when both have."""
    script = (
        f"cd {tmp_path}; echo node $AWS_BATCH_JOB_NODE_INDEX; touch $AWS_BATCH_JOB_NODE_INDEX; "
        "until test -e 0 -a -e 1; do sleep 0.05; done"
    )
    name = f"nodes-{uuid.uuid4().hex[:8]}"
    container = {
        "image": "busybox",
        "command": ["sh", "-c", script],
        "resourceRequirements": [
            {"type": "VCPU", "value": "1"},
            {"type": "MEMORY", "value": "100"},
        ],
    }
    arn = cluster.batch.register_job_definition(
        jobDefinitionName=name,
        type="multinode",
        nodeProperties={
            "numNodes": 2,
            "mainNode": 0,
            "nodeRangeProperties": [{"targetNodes": "0:", "container": container}],
        },
    )["jobDefinitionArn"]
    submitted = cluster.batch.submit_job(
        jobName="nodes", jobQueue=stack.outputs.job_queues["default"].name, jobDefinition=arn
    )
    return stack.batch.job(submitted["jobId"])


def test_following_a_multi_node_job_reads_every_node_once(nodes):
    found = sorted((event.label, event.message) for event in nodes.logs(follow=True))
    assert found == [("#0", "node 0"), ("#1", "node 1")]
    assert sorted(nodes.logs().text.splitlines()) == ["node 0", "node 1"]


def test_time_is_left_to_aws_and_the_pattern_is_matched_here(stack):
    done = stack.batch.submit("fail", command=["sh", "-c", "echo one; echo two; sleep 1; echo six"])
    done.wait()
    six = next(event for event in done.logs() if event.message == "six")
    assert done.logs(pattern="^t|x$").text == "two\nsix"
    assert done.logs(since=six.time).text == "six"
    assert done.logs(until=six.time - timedelta(milliseconds=1)).text == "one\ntwo"
    assert done.logs(since=datetime.now(UTC)).text == ""


def test_wrong_filters_are_refused():
    batch = connect(FakeTransport())
    with pytest.raises(InvalidArgumentError, match="must have a time zone"):
        batch.job("job-1").logs(since=datetime(2026, 1, 1))  # noqa: DTZ001  # the fault itself
    with pytest.raises(InvalidArgumentError, match="not a Python regular expression"):
        batch.job("job-1").logs(pattern="(")


def test_a_group_of_another_region_is_read_there(stack, cluster, local):
    group, other = f"/mine/{uuid.uuid4().hex[:8]}", "eu-west-1"
    definition = cluster.register(
        ["true"],
        containerProperties={
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": group, "awslogs-region": other},
            }
        },
    )
    client_of(local, "logs").create_log_group(logGroupName=group)
    detail = cluster.until(cluster.submit(definition), "SUCCEEDED", "FAILED")
    abroad = boto3.client("logs", **(local.client_arguments | {"region_name": other}))
    stream = detail["container"]["logStreamName"]
    abroad.create_log_group(logGroupName=group)
    abroad.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(datetime.now(UTC).timestamp() * 1000)
    abroad.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[{"timestamp": now, "message": "from abroad"}],
    )
    assert stack.batch.job(detail["jobId"]).logs().text == "from abroad"


def denied():
    return AccessDeniedError("GetLogEvents: not authorized", operation="GetLogEvents")


def test_a_log_that_may_not_be_read_does_not_hide_that_the_job_failed():
    transport = FakeTransport()
    transport.script("job-1", ran("RUNNING"), ran("RUNNING"), ran("FAILED", statusReason="oh"))
    transport.script_log("s", denied())
    with pytest.raises(JobFailedError, match="oh") as caught:
        list(connect(transport).job("job-1").logs(follow=True))
    assert isinstance(caught.value.__cause__, AccessDeniedError)


def test_a_log_that_may_not_be_read_is_told_when_the_job_has_ended():
    transport = FakeTransport()
    transport.script("job-1", ran("RUNNING"), ran("RUNNING"), ran("SUCCEEDED"))
    transport.script_log("s", denied())
    with pytest.raises(AccessDeniedError):
        list(connect(transport).job("job-1").logs(follow=True))
    assert transport.count("GetLogEvents") == 1
    told = []
    transport.script("job-1", ran("RUNNING"), ran("SUCCEEDED"))
    assert list(connect(transport).job("job-1").logs(follow=True, on_error=told.append)) == []
    assert [type(each) for each in told] == [AccessDeniedError]


def test_another_log_driver_does_not_end_the_following():
    transport = FakeTransport()
    splunk = {"container": {"logConfiguration": {"logDriver": "splunk"}}}
    transport.script("job-1", job("RUNNING", **splunk), job("SUCCEEDED", **splunk))
    seen = []
    logs = (
        connect(transport)
        .job("job-1")
        .logs(follow=True, on_change=lambda detail: seen.append(detail.status))
    )
    with pytest.raises(LogsUnavailableError):
        list(logs)
    assert seen == ["RUNNING", "SUCCEEDED"]


def test_passing_faults_lose_and_repeat_nothing():
    transport = FakeTransport()
    fault = ServiceFailureError("GetLogEvents: 503", operation="GetLogEvents")
    slow = ThrottledError("DescribeJobs: slow down", operation="DescribeJobs")
    transport.script("job-1", ran("RUNNING"), slow, ran("RUNNING"), ran("SUCCEEDED"))
    transport.script_log(
        "s",
        page("1", "a"),
        fault,
        fault,
        page("2", "b"),
        page("2"),
        fault,
        page("3", "c"),
        page("3"),
    )
    events = connect(transport).job("job-1").logs(follow=True)
    assert [event.message for event in events] == ["a", "b", "c"]


def test_one_unreadable_child_does_not_hide_the_others():
    transport = FakeTransport()
    transport.script("job-1", job("SUCCEEDED", arrayProperties={"size": 2}))
    for index in range(2):
        child = f"job-1:{index}"
        properties = {"arrayProperties": {"index": index}}
        transport.script(child, ran("SUCCEEDED", f"s{index}", job_id=child, **properties))
    transport.script_log("s0", denied())
    transport.script_log("s1", page("1", "one"), page("1"))
    transport.pages = lambda request: {
        "jobSummaryList": [{"jobId": f"job-1:{i}", "status": "SUCCEEDED"} for i in range(2)]
        if request["jobStatus"] == "SUCCEEDED"
        else []
    }
    told = []
    logs = connect(transport).job("job-1").logs(on_error=told.append)
    assert logs.text == "one"
    assert len(told) == 1


def test_settled_children_are_not_described_again():
    transport = FakeTransport()
    running = job("PENDING", arrayProperties={"size": 2})
    over = job("SUCCEEDED", arrayProperties={"size": 2})
    transport.script("job-1", *[running] * 12, over)
    for index, status in enumerate(("SUCCEEDED", "RUNNING")):
        child = f"job-1:{index}"
        properties = {"arrayProperties": {"index": index}}
        later = ran("SUCCEEDED", f"s{index}", job_id=child, **properties)
        first = ran(status, f"s{index}", job_id=child, **properties)
        transport.script(child, *[first] * 11, later)
        transport.script_log(f"s{index}", page("1", str(index)), page("1"))
    transport.pages = lambda request: {
        "jobSummaryList": [{"jobId": f"job-1:{i}", "status": "SUCCEEDED"} for i in range(2)]
        if request["jobStatus"] == "SUCCEEDED"
        else []
    }
    events = list(connect(transport).job("job-1").logs(follow=True))
    assert sorted(event.message for event in events) == ["0", "1"]
    described = [ids for name, ids in transport.calls if name == "DescribeJobs"]
    assert sum("job-1:0" in ids for ids in described) <= 3
    assert sum("job-1:1" in ids for ids in described) > 6
