"""Jobs that start by themselves: a stack with a schedule and a trigger, held against IAM."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from localaws import LocalAws
from tests.aws_clients import client_of
from tests.conftest import eventually
from tests.e2e.conftest import RunDeploy

pytestmark = pytest.mark.deployments

STACK_FILE = """\
config:
  aws:region: us-east-1
  batch-platform:network: {{mode: public}}
  batch-platform:computeEnvironments: {{default: {{type: EC2, instanceTypes: [c4.large]}}}}
  batch-platform:jobQueues: {{default: {{computeEnvironments: [default]}}}}
  batch-platform:jobDefinitions:
    told: {{image: public.ecr.aws/docker/library/busybox, memory: 100,
      command: [sh, -c, 'echo "told $0"', "Ref::what"], parameters: {{what: nothing}}}}
  batch-platform:schedules:
    nightly:
      cron: "0 2 * * ? *"
      timezone: Asia/Tokyo
      jobDefinition: told
      jobQueue: default
      parameters: {{what: "<aws.scheduler.scheduled-time>"}}
  batch-platform:triggers:
    upload:
      bucket: {bucket}
      prefix: in/
      jobDefinition: told
      jobQueue: default
      parameters: {{what: "s3://{{bucket}}/{{key}}"}}
"""


def test_the_night_and_an_upload_start_their_jobs(
    local: LocalAws, run_deploy: RunDeploy, tmp_path: Path
) -> None:
    stack, bucket = f"night-{uuid.uuid4().hex[:6]}", f"uploads-{uuid.uuid4().hex[:6]}"
    s3, batch = client_of(local, "s3"), client_of(local, "batch")
    s3.create_bucket(Bucket=bucket)
    (tmp_path / f"Pulumi.{stack}.yaml").write_text(STACK_FILE.format(bucket=bucket))
    deployed = run_deploy(stack, tmp_path)
    assert deployed.returncode == 0, deployed.stderr
    said = deployed.stdout + deployed.stderr
    assert f"triggers.upload: {bucket} sends no events to EventBridge" in said
    assert f"--bucket {bucket} --notification-configuration" in said

    fired = [
        each
        for each in local.schedules.advance(86_400)
        if each.schedule.name.startswith(f"{stack}-nightly-")
    ]
    (night,) = fired
    notified = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=notified)
    s3.put_object(Bucket=bucket, Key="in/a.csv", Body=b"")

    def job(named: str) -> dict[str, object] | None:
        queues = batch.describe_job_queues()["jobQueues"]
        (queue,) = [
            each["jobQueueName"]
            for each in queues
            if each["jobQueueName"].startswith(f"{stack}-default-")
        ]
        named_so = [{"name": "JOB_NAME", "values": [named]}]
        found = batch.list_jobs(jobQueue=queue, filters=named_so)["jobSummaryList"]
        if not found or found[0]["status"] != "SUCCEEDED":
            return None
        (described,) = batch.describe_jobs(jobs=[found[0]["jobId"]])["jobs"]
        return dict(described)

    nightly = eventually(lambda: job("nightly"), lambda: f"{night.describe()}")
    upload = eventually(lambda: job("upload"), lambda: "the upload has started no job")
    due = night.scheduled_for.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert due.endswith("T17:00:00Z")
    assert nightly["parameters"] == {"what": due}
    assert nightly["tags"]["batch-platform:schedule"] == "nightly"  # type: ignore[index]
    assert nightly["tags"]["batch-platform:scheduled-time"] == due  # type: ignore[index]
    assert upload["parameters"] == {"what": f"s3://{bucket}/in/a.csv"}
