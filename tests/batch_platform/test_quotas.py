"""AWS Batch's quotas of an account and region, looked at before anything is created."""

from __future__ import annotations

from typing import Any

from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_run import RunProgram

GET = "getResources"
TAG = "batch-platform:environment"
BATCH = "arn:aws:batch:ap-northeast-1:123456789012"


def answer(kind: str, count: int, environment: str = "other") -> tuple[str, dict[str, Any], Any]:
    found = [
        {"resourceArn": f"{BATCH}:{kind}/{number}", "tags": {TAG: environment}}
        for number in range(count)
    ]
    return (GET, {}, {"resourceTagMappingLists": found})


def test_pain_18_the_51st_queue_or_environment_is_refused_before_anything_is_made(
    run_program: RunProgram,
) -> None:
    for kind, block in (
        ("job-queue", "jobQueues"),
        ("compute-environment", "computeEnvironments"),
    ):
        run = run_program(config("{mode: public}"), answers=[answer(kind, 50)])
        assert run.resources == []
        (line,) = run.refused
        assert f"batch-platform:{block}: 1 here and 50 of other stacks in ap-northeast-1" in line
        assert "; fix: share the queues of another stack" in line
    asked = dict(run.invokes)["aws:resourcegroupstaggingapi/getResources:getResources"]
    assert asked["resourceTypeFilters"] == ["batch:compute-environment", "batch:job-queue"]


def test_the_50th_is_taken(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}"), answers=[answer("job-queue", 49)])
    assert run.refused == []
    assert run.every("JobQueue")


def test_the_stacks_own_are_not_counted_twice(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}"), answers=[answer("job-queue", 50, "test")])
    assert run.refused == []


def disabled_stack() -> str:
    return config("{mode: public}").replace("{type: EC2}", "{type: EC2, state: DISABLED}")


def test_an_environment_that_is_not_there_cannot_be_disabled(run_program: RunProgram) -> None:
    """API CreateComputeEnvironment: it must be created in the ENABLED state."""
    of_another = answer("compute-environment", 0)
    of_another[2]["resourceTagMappingLists"] = [
        {"resourceArn": f"{BATCH}:compute-environment/{name}", "tags": {TAG: environment}}
        for name, environment in (("test-default-1a2b3c4", "other"), ("test-default-b-1a", "test"))
    ]
    for answers in ([answer("compute-environment", 0)], [of_another]):
        run = run_program(disabled_stack(), answers=answers)
        assert run.resources == []
        (line,) = run.refused
        assert "default.state: DISABLED, and this environment is not there yet: AWS Batch" in line
        assert "; fix: write ENABLED, `pulumi up`, and DISABLED after that" in line


def test_an_environment_that_is_there_can_be_disabled(run_program: RunProgram) -> None:
    run = run_program(disabled_stack())
    assert run.refused == []
    assert run.only("ComputeEnvironment").inputs["state"] == "DISABLED"
    (warning, _) = run.warnings
    assert "jobQueues.default: every compute environment of it is DISABLED (default)" in warning


def test_who_may_not_look_goes_on(run_program: RunProgram) -> None:
    denied = "AccessDeniedException: not authorized to perform: tag:GetResources"
    run = run_program(config("{mode: public}"), answers=[(GET, {}, denied)])
    assert run.refused == []
    assert run.every("JobQueue")
