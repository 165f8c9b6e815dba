"""The first article with the plain AWS CLI: only AWS_ENDPOINT_URL tells it of the local AWS."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytestmark = pytest.mark.deployments


@pytest.fixture
def aws(local, tmp_path):
    """The `aws` command, with credentials and region where every user of it has them."""
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "config").write_text("[default]\nregion = us-east-1\n")
    (folder / "credentials").write_text(
        "[default]\n"
        f"aws_access_key_id = {local.connection.access_key_id}\n"
        f"aws_secret_access_key = {local.connection.secret_access_key}\n"
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environ |= {"HOME": str(tmp_path), "AWS_ENDPOINT_URL": local.endpoint_url}
    command = Path(sys.executable).with_name("aws")

    def call(*arguments):
        answer = subprocess.run(
            [command, *arguments],
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout) if answer.stdout else None

    return call


def test_the_article_gets_what_it_shows(aws, cluster, tmp_path):
    queue, definition = cluster.queue, f"aws-batch-job-def-{time.time_ns()}"

    def list_jobs(status):
        answer = aws("batch", "list-jobs", "--job-queue", queue, "--job-status", status)
        return {each["jobName"]: each["jobId"] for each in answer["jobSummaryList"]}

    def until(status, name):
        deadline = time.monotonic() + 120
        while name not in (found := list_jobs(status)):
            assert time.monotonic() < deadline, f"{name} is not {status}"
        return found[name]

    def describe(job_id):
        return aws("batch", "describe-jobs", "--jobs", job_id)["jobs"][0]

    def submit(name, *more):
        answer = aws(
            *("batch", "submit-job", "--job-name", name, "--job-queue", queue),
            *("--job-definition", job_definition_arn, *more),
        )
        assert answer["jobName"] == name
        return answer["jobId"]

    # 1. The job definition
    of_name = ("batch", "describe-job-definitions", "--job-definition-name", definition)
    assert aws(*of_name) == {"jobDefinitions": []}
    (tmp_path / "aws_batch_container_props.json").write_text(
        '{"image": "busybox", "command": ["echo", "Ref::Target"], "vcpus": 1, "memory": 5000}'
    )
    registered = aws(
        *("batch", "register-job-definition", "--job-definition-name", definition),
        *("--type", "container"),
        *("--container-properties", "file://aws_batch_container_props.json"),
        *("--parameters", r"Target=Hello\, AWS Batch :)"),
    )
    assert registered["revision"] == 1
    active = aws(*of_name, "--status", "ACTIVE")["jobDefinitions"]
    job_definition_arn = max(active, key=lambda each: each["revision"])["jobDefinitionArn"]
    assert job_definition_arn == registered["jobDefinitionArn"]

    # 2. A job that can never start is RUNNABLE until it is cancelled
    submit("job-21")
    job_21 = until("RUNNABLE", "job-21")
    cancel = ("batch", "cancel-job", "--job-id", job_21, "--reason", "Due to lack of memory.")
    assert aws(*cancel) is None
    until("FAILED", "job-21")
    described = describe(job_21)
    assert described["statusReason"] == "Due to lack of memory."
    assert described["parameters"] == {"Target": "Hello, AWS Batch :)"}
    assert described["container"]["command"] == ["echo", "Hello, AWS Batch :)"]
    assert described["stoppedAt"] >= described["createdAt"]

    # 3.1 Overridden memory
    submit("job-31", "--container-overrides", '{"memory": 100}')
    until("SUCCEEDED", "job-31")

    # 3.2 Other parameters
    override = ("--container-overrides", '{"memory": 100}')
    submit("job-32", *override, "--parameters", r"Target=Hello\, Tokyo!")
    job_32 = until("SUCCEEDED", "job-32")
    assert describe(job_32)["container"]["command"] == ["echo", "Hello, Tokyo!"]

    # 3.3 A job that depends on another waits in PENDING
    job_331 = submit(
        *("job-331", "--container-overrides"),
        '{"command": ["sleep", "Ref::WaitTime"], "memory": 100}',
        *("--parameters", "WaitTime=3600"),
    )
    job_332 = submit("job-332", *override, "--depends-on", f"jobId={job_331}")
    assert until("PENDING", "job-332") == job_332

    # 3.4 Terminating the first fails both
    assert until("RUNNING", "job-331") == job_331
    terminate = ("batch", "terminate-job", "--job-id", job_331, "--reason", "Forced to fail.")
    assert aws(*terminate) is None
    until("FAILED", "job-332")
    assert describe(job_331)["statusReason"] == "Forced to fail."
    dependent = describe(job_332)
    assert dependent["statusReason"] == "Dependent Job failed"
    assert dependent["dependsOn"] == [{"jobId": job_331}]

    # 4. The log. Streams are named after the definition and the ECS task nowadays.
    stream = describe(job_32)["container"]["logStreamName"]
    assert re.fullmatch(rf"{definition}/default/[0-9a-f]{{32}}", stream)
    group = ("--log-group-name", "/aws/batch/job")
    found = aws("logs", "describe-log-streams", *group, "--log-stream-name-prefix", stream)
    assert [each["logStreamName"] for each in found["logStreams"]] == [stream]
    events = aws("logs", "get-log-events", *group, "--log-stream-name", stream)["events"]
    assert [event["message"] for event in events] == ["Hello, Tokyo!"]
    written = datetime.fromtimestamp(events[0]["timestamp"] / 1000, UTC)
    assert abs((datetime.now(UTC) - written).total_seconds()) < 600
