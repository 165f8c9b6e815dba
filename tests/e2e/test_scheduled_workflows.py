"""A workflow that a schedule starts: its job submits the steps with the rights of its own role."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

import batchsdk
from localaws import LocalAws
from tests.aws_clients import client_of
from tests.conftest import eventually
from tests.e2e.conftest import RunDeploy

pytestmark = pytest.mark.deployments

STACK_FILE = """\
config:
  aws:region: us-east-1
  batch-platform:network: {mode: public}
  batch-platform:computeEnvironments: {default: {type: EC2, instanceTypes: [c4.large]}}
  batch-platform:jobQueues: {default: {computeEnvironments: [default]}}
  batch-platform:storage: {enabled: true, forceDestroy: true}
  batch-platform:jobDefinitions:
    told: {image: public.ecr.aws/docker/library/busybox, memory: 100,
      command: [sh, -c, 'echo "told $0"', "Ref::what"], parameters: {what: nothing}}
    runner: {image: registry.example.com/runner:1, memory: 512}
  batch-platform:schedules:
    nightly:
      cron: "0 2 * * ? *"
      timezone: Asia/Tokyo
      workflow: flows/nightly.yaml
      jobDefinition: runner
      jobQueue: default
      parameters: {day: "<aws.scheduler.scheduled-time>"}
"""
WORKFLOW = """\
parameters: {day: }
steps:
  load: {jobDefinition: told, parameters: {what: "${parameters.day}"}}
  report: {jobDefinition: told, parameters: {what: "${run.name}"}, after: load}
"""


def test_the_night_starts_a_workflow_once(
    local: LocalAws, run_deploy: RunDeploy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = f"flow-{uuid.uuid4().hex[:6]}"
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "nightly.yaml").write_text(WORKFLOW)
    (tmp_path / f"Pulumi.{stack}.yaml").write_text(STACK_FILE)
    deployed = run_deploy(stack, tmp_path)
    assert deployed.returncode == 0, deployed.stderr
    scheduler, client = client_of(local, "scheduler"), client_of(local, "batch")

    (night,) = [
        each
        for each in local.schedules.advance(86_400)
        if each.schedule.name.startswith(f"{stack}-nightly-")
    ]
    assert night.answer, night.describe()
    due = night.scheduled_for.strftime("%Y-%m-%dT%H:%M:%SZ")

    def ended(job_id: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            (job,) = client.describe_jobs(jobs=[job_id])["jobs"]
            return job if job["status"] in {"SUCCEEDED", "FAILED"} else None

        found: dict[str, Any] = eventually(look, lambda: f"{job_id} goes on")
        return found

    runner = ended(night.answer["jobId"])
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    batch = batchsdk.connect(ssm=f"/batch/{stack}")
    said = [each.message for each in batch.job(runner["jobId"]).logs()]
    assert runner["status"] == "SUCCEEDED", said
    run = batch.attach(f"nightly-{due}", ledger="stack")
    steps = {step: [job.describe() for job in jobs] for step, jobs in run.jobs.items()}
    values = {step: job.parameters for step, (job,) in steps.items()}
    assert values == {"load": {"what": due}, "report": {"what": f"nightly-{due}"}}

    # EventBridge Scheduler may submit the same night twice.
    (found,) = scheduler.list_schedules(NamePrefix=f"{stack}-nightly-")["Schedules"]
    kept = scheduler.get_schedule(Name=found["Name"], GroupName=found["GroupName"])
    text = kept["Target"]["Input"]
    given = json.loads(text.replace("<aws.scheduler.scheduled-time>", due))
    again = ended(
        client.submit_job(
            jobName="again",
            jobQueue=given["JobQueue"],
            jobDefinition=given["JobDefinition"],
            containerOverrides={
                "command": given["ContainerOverrides"]["Command"],
                "environment": [
                    {"name": each["Name"], "value": each["Value"]}
                    for each in given["ContainerOverrides"]["Environment"]
                ],
            },
        )["jobId"]
    )
    assert again["status"] == "SUCCEEDED"
    afterwards = batch.attach(f"nightly-{due}", ledger="stack").jobs
    assert {step: [job.id for job in jobs] for step, jobs in afterwards.items()} == {
        step: [job.id for job in jobs] for step, jobs in run.jobs.items()
    }
