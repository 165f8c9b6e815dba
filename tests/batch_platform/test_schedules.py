"""Schedules: what is refused, what is registered, and what EventBridge Scheduler is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from batch_platform.plan import assumed_plan
from batch_platform.settings import SettingsError
from batch_platform.workable import refuse_unworkable, warnings
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_files import VALID, load, refusals

NIGHTLY: dict[str, Any] = {"cron": "0 2 * * ? *", "jobDefinition": "hello", "jobQueue": "default"}
DATE = "2027-01-01T00:00:00Z"


def with_schedule(entry: dict[str, Any], key: str = "nightly", **blocks: Any) -> dict[str, Any]:
    given = {f"batch-platform:{name}": value for name, value in blocks.items()}
    return {**VALID, **given, "batch-platform:schedules": {key: entry}}


def lacking(name: str) -> dict[str, Any]:
    return {key: value for key, value in NIGHTLY.items() if key != name}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            {**NIGHTLY, "cron": "0 2 * * *"},
            "day-of-week, year; fix: add the year, and '?' for one of the days: 0 2 * * ? *",
        ),
        ({**NIGHTLY, "cron": "0 2 * * 1"}, "fix: add the year"),
        ({**NIGHTLY, "cron": "cron(0 2 * * ? *)"}, "has cron(…) around it; fix: write `cron: 0 2"),
        ({**NIGHTLY, "cron": "rate(5 minutes)"}, "fix: write `rate: 5 minutes`"),
        ({**NIGHTLY, "cron": "0 2 * * * *"}, "neither day is '?'"),
        ({**NIGHTLY, "cron": "0 2 ? * ? *"}, "both days are '?'"),
        ({**NIGHTLY, "cron": "0 99 * * ? *"}, "'99' is not a value of the field hours"),
        ({**NIGHTLY, "cron": ""}, "cron: '' is empty text"),
        ({**NIGHTLY, "cron": 5}, "cron: 5 is not text"),
        ({**NIGHTLY, "timezone": "Asia/Tokio"}, "did you mean 'Asia/Tokyo'?"),
        ({**NIGHTLY, "timezone": "JST"}, "'JST' is not a time zone of the IANA database"),
        (lacking("cron"), "it never fires, and a schedule has exactly one of cron, rate and at"),
        ({**NIGHTLY, "rate": "1 hour"}, "rate: cron and rate are given"),
        ({**lacking("cron"), "rate": "0 minutes"}, "'0 minutes' is not a rate"),
        ({**lacking("cron"), "rate": "2 weeks"}, "'2 weeks' is not a rate"),
        ({**lacking("cron"), "rate": "5 minute"}, "the unit is singular; fix: write 5 minutes"),
        ({**lacking("cron"), "rate": "1 day", "timezone": "UTC"}, "timezone: a rate has no time"),
        ({**lacking("cron"), "at": "2027-02-30T00:00:00"}, "at: '2027-02-30T00:00:00' is not a"),
        ({**lacking("cron"), "at": "tomorrow"}, "'tomorrow' is not a local time to the second"),
        ({**lacking("cron"), "at": DATE}, "is not a local time to the second, without a zone"),
        ({**lacking("cron"), "at": DATE[:-1], "endDate": DATE}, "endDate: a schedule that fires"),
        ({**NIGHTLY, "startDate": DATE, "endDate": DATE}, "endDate: '2027-01-01T00:00:00Z' is not"),
        ({**NIGHTLY, "startDate": DATE[:-1]}, "is not a time of UTC to the second"),
        (lacking("jobQueue"), "jobQueue: missing, and it has no default"),
        ({**NIGHTLY, "jobQueue": "defualt"}, "is not a key of jobQueues (did you mean 'default'?)"),
        ({**NIGHTLY, "jobDefinition": "x\x1b"}, "'x\\x1b' is not a key of jobDefinitions"),
        ({**NIGHTLY, "jobName": "two words"}, "'two words' is not the name of a job"),
        ({**NIGHTLY, "jobName": "a" * 129}, "is not the name of a job"),
        ({**NIGHTLY, "state": "OFF"}, "'OFF' is not one of ENABLED, DISABLED"),
        ({**NIGHTLY, "description": "a" * 513}, "is longer than 512 characters"),
        ({**NIGHTLY, "arraySize": 1}, "arraySize: 1 is below 2"),
        ({**NIGHTLY, "parameters": {"n": "5"}}, "no item Ref::n of the command takes it"),
        ({**NIGHTLY, "parameters": {"n": 5}}, "parameters.n: 5 is not text"),
        ({**NIGHTLY, "command": ["Ref::day"]}, "the command has Ref::day, which has neither"),
        ({**NIGHTLY, "command": []}, "command: [] has 0 items"),
        ({**NIGHTLY, "vcpus": 0.5}, "vcpus: "),
        ({**NIGHTLY, "memory": 2}, "memory: 2 is below 4 MiB"),
        ({**NIGHTLY, "environment": {"AWS_BATCH_A": "1"}}, "set by AWS Batch alone"),
        (
            {**NIGHTLY, "environment": {"AT": "<aws.scheduler.scheduled-tim>"}},
            "has no <aws.scheduler.scheduled-tim> (did you mean 'scheduled-time'?)",
        ),
        ({**NIGHTLY, "timeout": {"attemptDurationSeconds": 5}}, "5 is below 60 seconds"),
        (
            {**NIGHTLY, "retry": {"on": ["spot"]}, "retryStrategy": {"attempts": 2}},
            "retryStrategy: it is given here and as `retry`",
        ),
        ({**NIGHTLY, "shareIdentifier": "a"}, "'default' has no fair share, and AWS Batch"),
        ({**NIGHTLY, "schedulingPriority": 5}, "'default' has no fair share, and AWS Batch"),
        ({**NIGHTLY, "retryPolicy": {"maximumRetryAttempts": 186}}, "186 is above 185"),
        ({**NIGHTLY, "retryPolicy": {"maximumEventAgeInSeconds": 59}}, "59 is below 60"),
        ({**NIGHTLY, "flexibleTimeWindow": 15}, "flexibleTimeWindow: 15 is not a block of keys"),
        ({**NIGHTLY, "flexibleTimeWindow": {"maximumWindowInMinutes": 0}}, "0 is below 1"),
        ({**NIGHTLY, "tags": {"batch-platform:schedule": "x"}}, "every scheduled job has it"),
        ({**NIGHTLY, "crons": "x"}, "crons: unknown key (did you mean 'cron'?)"),
    ],
)  # fmt: skip
def test_mistakes(entry: dict[str, Any], said: str, tmp_path: Path) -> None:
    lines = refusals(with_schedule(entry), tmp_path)
    assert len(lines) == 1
    assert said in lines[0]


def test_a_job_goes_to_a_queue_that_has_its_platform_and_its_share(tmp_path: Path) -> None:
    blocks = {
        "computeEnvironments": {"default": {"type": "EC2"}, "tasks": {"type": "FARGATE"}},
        "jobQueues": {
            "default": {"computeEnvironments": ["default"], "fairsharePolicy": {}},
            "tasks": {"computeEnvironments": ["tasks"]},
        },
    }
    (line,) = refusals(with_schedule({**NIGHTLY, "jobQueue": "tasks"}, **blocks), tmp_path)
    assert "'tasks' has no compute environment of the platform of 'hello'" in line
    (line,) = refusals(with_schedule(NIGHTLY, **blocks), tmp_path)
    assert "shareIdentifier: missing: the queue 'default' has fair share" in line


def test_what_a_job_of_fargate_asks_for_must_be_of_fargates_table(tmp_path: Path) -> None:
    blocks = {
        "computeEnvironments": {"default": {"type": "FARGATE"}},
        "jobDefinitions": {
            "hello": {"platform": "FARGATE", "image": "busybox", "vcpus": 0.25, "memory": 512}
        },
    }
    load(with_schedule({**NIGHTLY, "memory": 1024}, **blocks), tmp_path)
    (line,) = refusals(with_schedule({**NIGHTLY, "memory": 4096}, **blocks), tmp_path)
    assert "schedules.nightly.memory: Fargate does not offer 4096 MiB with 0.25 vCPUs" in line


def test_several_containers_or_nodes_take_parameters_alone(tmp_path: Path) -> None:
    sized = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "100"}]
    container = {"image": "busybox", "resourceRequirements": sized, "command": ["Ref::n"]}
    nodes = [{"targetNodes": "0:", "container": container}]
    blocks = {
        "network": {"mode": "nat"},
        "jobDefinitions": {
            "hello": {
                "nodeProperties": {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": nodes}
            }
        },
    }
    load(with_schedule({**NIGHTLY, "parameters": {"n": "5"}}, **blocks), tmp_path)
    wrong = {**NIGHTLY, "parameters": {"n": "5"}, "environment": {"A": "1"}, "arraySize": 5}
    lines = refusals(with_schedule(wrong, **blocks), tmp_path)
    assert [" has several containers or nodes" in lines[0], "multi-node" in lines[1]] == [True] * 2


@pytest.mark.parametrize(("key", "service"), [("a" * 53, "EventBridge"), ("a" * 44, "IAM")])
def test_names_leave_room_for_the_suffix(key: str, service: str, tmp_path: Path) -> None:
    (line,) = refusals(with_schedule(NIGHTLY, key), tmp_path)
    assert f"and {service} allows 56 characters before the random suffix" in line


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"environment": {"A": "x" * 31_000}}, "and AWS Batch takes 30720"),
        ({"vcpus": 300}, "schedules.nightly.vcpus: 300 vCPU(s), 100 MiB"),
        (
            {"tags": {f"t{number}": "" for number in range(45)}},
            "tags: its jobs would have 53 tags with those of their definition",
        ),
    ],
)
def test_what_could_never_run(entry: dict[str, Any], said: str, tmp_path: Path) -> None:
    blocks = {
        "tags": {f"s{number}": "" for number in range(5)},
        "computeEnvironments": {"default": SMALL},
    }
    settings = load(with_schedule({**NIGHTLY, **entry}, **blocks), tmp_path)
    with pytest.raises(SettingsError) as caught:
        refuse_unworkable(assumed_plan(settings))
    assert said in str(caught.value)


def test_memory_that_no_instance_has_is_warned_of(tmp_path: Path) -> None:
    blocks = {"computeEnvironments": {"default": SMALL}}
    settings = load(with_schedule({**NIGHTLY, "memory": 9000}, **blocks), tmp_path)
    (said,) = [each for each in warnings(assumed_plan(settings)) if "schedules" in each]
    assert said.startswith("schedules.nightly: 1 vCPU(s), 9000 MiB on EC2 fits on no instance")


SMALL = {"type": "EC2", "instanceTypes": ["c5.large"]}
SCHEDULE = """\
  batch-platform:roles: {namePrefix: acme-, path: /batch/}
  batch-platform:schedules:
    nightly:
      cron: "0  2 * * ? *"
      timezone: Asia/Tokyo
      jobDefinition: hello
      jobQueue: default
      vcpus: 2
      environment: {AT: <aws.scheduler.scheduled-time>}
      retry: {on: [spotReclaimed]}
      flexibleTimeWindow: {maximumWindowInMinutes: 15}
"""


def test_there_is_nothing_unless_the_config_has_schedules(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}"))
    kinds = {each.typ.rpartition(":")[2] for each in run.resources}
    assert kinds & {"Schedule", "ScheduleGroup", "Schedules", "DeadLetters", "Queue"} == set()


def test_a_schedule_submits_its_job_by_a_role_that_may_do_that_alone(
    run_program: RunProgram,
) -> None:
    run = run_program(config("{mode: public}", more=SCHEDULE))

    schedule = run.only("Schedule").inputs
    target = schedule["target"]
    assert schedule["scheduleExpression"] == "cron(0 2 * * ? *)"
    assert schedule["scheduleExpressionTimezone"] == "Asia/Tokyo"
    assert schedule["flexibleTimeWindow"] == {"mode": "FLEXIBLE", "maximumWindowInMinutes": 15}
    assert "name" not in schedule
    assert json.loads(target["input"]) == {
        "JobName": "nightly",
        "JobDefinition": "test-hello",
        "JobQueue": "arn:JobQueue/test-default-1a2b3c4",
        "ContainerOverrides": {
            "Environment": [{"Name": "AT", "Value": "<aws.scheduler.scheduled-time>"}],
            "ResourceRequirements": [{"Type": "VCPU", "Value": "2"}],
        },
        "RetryStrategy": {
            "Attempts": 3,
            "EvaluateOnExit": [
                {"Action": "RETRY", "OnStatusReason": "Host EC2*"},
                {"Action": "EXIT", "OnReason": "*"},
            ],
        },
        "Tags": {
            "batch-platform:schedule": "nightly",
            "batch-platform:scheduled-time": "<aws.scheduler.scheduled-time>",
        },
    }
    assert target["arn"] == "arn:aws:scheduler:::aws-sdk:batch:submitJob"
    assert target["retryPolicy"] == {
        "maximumRetryAttempts": 185,
        "maximumEventAgeInSeconds": 3600,
    }
    queue = run.only("Queue")
    assert queue.inputs["sqsManagedSseEnabled"] is True
    assert target["deadLetterConfig"] == {"arn": "arn:Queue/test-not-started-1a2b3c4"}

    role = run.only("Role", "acme-test-schedule-nightly")
    (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert role.inputs["path"] == "/batch/"
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": ["arn:ScheduleGroup/test-schedules-1a2b3c4"]},
    }
    policy = run.only("RolePolicy", "test-schedule-nightly")
    submit, tag, tell = json.loads(policy.inputs["policy"])["Statement"]
    batch = "arn:aws:batch:ap-northeast-1:123456789012"
    assert (submit["Action"], tag["Action"]) == (["batch:SubmitJob"], ["batch:TagResource"])
    assert (
        submit["Resource"]
        == tag["Resource"]
        == [
            "arn:JobQueue/test-default-1a2b3c4",
            f"{batch}:job-definition/test-hello",
            f"{batch}:job-definition/test-hello:*",
            f"{batch}:job/*",
        ]
    )
    assert tell["Action"] == ["sqs:SendMessage"]
    assert policy.urn in run.only("Schedule").dependencies


def test_a_preview_knows_the_schedule(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=SCHEDULE), preview=True)
    assert len(run.every("Schedule")) == 1


def test_a_schedule_waits_with_its_definition_for_the_image(
    run_program: RunProgram, tmp_path: Path
) -> None:
    text = config("{mode: public}", image="own", more=SCHEDULE)
    text += "  batch-platform:images: {own: {context: .}}\n"
    run = run_program(text)
    assert (run.every("JobDefinition"), run.every("Schedule")) == ([], [])


def test_an_alarm_tells_of_jobs_that_were_not_started(run_program: RunProgram) -> None:
    more = SCHEDULE + "  batch-platform:monitoring: {enabled: true}\n"
    alarm = run_program(config("{mode: public}", more=more)).only("MetricAlarm").inputs
    assert alarm["dimensions"] == {"QueueName": "test-not-started-1a2b3c4"}
    assert alarm["threshold"] == 1


def test_an_edit_of_a_definition_changes_no_schedule(run_program: RunProgram) -> None:
    before, after = (
        run_program(config("{mode: public}", image=image, more=SCHEDULE)).only("Schedule").inputs
        for image in ("busybox", "busybox:2")
    )
    assert before == after


def test_the_documented_schedules_are_valid(tmp_path: Path) -> None:
    """The example of docs/configuration.md, with what it names."""
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
    block = page.partition("## `schedules`")[2].split("```yaml\n")[1].partition("```")[0]
    entries = yaml.safe_load(block)["batch-platform:schedules"]
    definition = {
        "image": "busybox", "memory": 100, "command": ["report", "Ref::day"],
        "parameters": {"day": "today"},
    }  # fmt: skip
    blocks = {"jobDefinitions": {"report": definition, "cleanup": definition}}
    config = {**with_schedule({}, **blocks), "batch-platform:schedules": entries}
    assert len(load(config, tmp_path).schedules) == len(entries) > 1
