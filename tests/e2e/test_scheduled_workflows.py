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
    waits: {image: public.ecr.aws/docker/library/busybox, memory: 100,
      command: [sh, -c, 'until [ -e "$0" ]; do sleep 0.2; done', "Ref::what"],
      parameters: {what: /}}
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
  load: {jobDefinition: waits, parameters: {what: FILE}}
  report: {jobDefinition: waits, environment: {OF: "${run.name} ${parameters.day}"}, after: load}
"""


def test_the_night_starts_a_workflow_once(
    local: LocalAws, run_deploy: RunDeploy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = f"flow-{uuid.uuid4().hex[:6]}"
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "nightly.yaml").write_text(WORKFLOW.replace("FILE", str(tmp_path / "go")))
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

    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    batch = batchsdk.connect(ssm=f"/batch/{stack}")

    def loading() -> batchsdk.JobSummary | None:
        found = batch.list_jobs(status=batchsdk.JobStatus.RUNNING)
        return next((each for each in found if "-load-" in each.name), None)

    # The first attempt of the job dies in the middle, and the second goes on with the run.
    first = eventually(loading, lambda: f"no step runs: {night.describe()}")
    lost = local.faults.add("host-loss", job_name="nightly", times=1)
    eventually(lambda: lost.hits or None, lambda: "the job has kept its host")
    (tmp_path / "go").touch()
    runner = ended(night.answer["jobId"])
    said = [each.message for each in batch.job(runner["jobId"]).logs()]
    assert runner["status"] == "SUCCEEDED", said
    assert len(runner["attempts"]) == 2
    run = batch.attach(f"nightly-{due}", ledger="stack")
    ((load,), (report,)) = run.jobs["load"], run.jobs["report"]
    assert load.id == first.job_id
    (described,) = client.describe_jobs(jobs=[report.id])["jobs"]
    variables = {each["name"]: each["value"] for each in described["container"]["environment"]}
    assert variables["OF"] == f"nightly-{due} {due}"

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
