"""A job may do what the `permissions` of its definition say, and no more."""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path

import pytest

from tests.aws_clients import client_of
from tests.conftest import eventually

pytestmark = pytest.mark.deployments

PROJECT = Path(__file__).parent.parent.parent
STACK_FILE = """\
config:
  aws:region: us-east-1
  batch-platform:network: {{mode: public}}
  batch-platform:computeEnvironments: {{default: {{type: EC2, instanceTypes: [c4.large]}}}}
  batch-platform:jobQueues: {{default: {{computeEnvironments: [default]}}}}
  batch-platform:jobDefaults: {{readonlyRootFilesystem: false}}
  batch-platform:jobDefinitions:
    without: {{image: busybox, command: {command}, memory: 100}}
    granted:
      image: busybox
      command: {command}
      memory: 100
      permissions: {{s3Write: ["s3://{bucket}/out"]}}
"""
WRITES = "import boto3; boto3.client('s3').put_object(Bucket='{}', Key='out/a', Body=b'1')"


def test_a_job_writes_to_s3_only_with_the_grant_of_its_definition(local, run_deploy, tmp_path):
    bucket = f"data-{uuid.uuid4().hex[:8]}"
    client_of(local, "s3").create_bucket(Bucket=bucket)
    command = json.dumps([sys.executable, "-c", WRITES.format(bucket)])
    name = f"test-{uuid.uuid4().hex[:6]}"
    text = STACK_FILE.format(command=command, bucket=bucket)
    (tmp_path / f"Pulumi.{name}.yaml").write_text(text)
    done = run_deploy(name, tmp_path)
    assert done.returncode == 0, done.stderr
    outputs = json.loads(done.stdout)
    batch, logs = client_of(local, "batch"), client_of(local, "logs")

    def ended(key):
        job_id = batch.submit_job(
            jobName=key,
            jobQueue=outputs["jobQueues"]["default"]["name"],
            jobDefinition=outputs["jobDefinitions"][key]["name"],
        )["jobId"]

        def finished():
            (job,) = batch.describe_jobs(jobs=[job_id])["jobs"]
            return job if job["status"] in {"SUCCEEDED", "FAILED"} else None

        return eventually(finished, lambda: f"{job_id} does not end")

    denied = ended("without")
    said = logs.get_log_events(
        logGroupName=outputs["logGroup"]["name"],
        logStreamName=denied["container"]["logStreamName"],
    )["events"]
    assert denied["status"] == "FAILED"
    assert "is not authorized to perform: s3:PutObject" in said[-1]["message"]
    assert ended("granted")["status"] == "SUCCEEDED"
    assert client_of(local, "s3").head_object(Bucket=bucket, Key="out/a")["ContentLength"] == 1
