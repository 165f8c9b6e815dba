"""EventBridge Scheduler: moto keeps the schedules, and the local AWS fires them."""

from __future__ import annotations

import json
import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.aws_clients import client_of
from tests.conftest import eventually
from tests.localaws.dead_letters import dead_letters
from tests.localaws.principals import Principals, allow

SUBMIT = "arn:aws:scheduler:::aws-sdk:batch:submitJob"
DAY = 86_400
SCHEDULER = {"Service": "scheduler.amazonaws.com"}


@pytest.fixture
def scheduler(local):
    return client_of(local, "scheduler")


@pytest.fixture
def role(local):
    return Principals(local).role(allow(["batch:*", "sqs:SendMessage"]), trusts=SCHEDULER)


@pytest.fixture
def schedule(local, scheduler, role):
    """Make a schedule with a target; return its name."""
    made = []

    def make(target, expression="cron(0 2 * * ? *)", **more):
        name = f"night-{uuid.uuid4().hex[:8]}"
        target = {"Arn": SUBMIT, "RoleArn": role, **target}
        scheduler.create_schedule(
            Name=name,
            ScheduleExpression=expression,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target=target,
            **more,
        )
        made.append(name)
        return name

    yield make
    for name in made:
        scheduler.delete_schedule(Name=name)


@pytest.fixture
def faults(local):
    yield local.faults
    local.faults.clear()


def of(fired, name):
    return [each for each in fired if each.schedule.name == name]


def submission(cluster, **more):
    return {
        "JobName": "nightly",
        "JobQueue": cluster.queue,
        "JobDefinition": cluster.register(["sh", "-c", 'test "$0" = 5', "Ref::n"]),
        **more,
    }


def test_the_night_comes_and_its_job_runs_with_what_the_schedule_gives_it(local, cluster, schedule):
    request = submission(
        cluster,
        Parameters={"n": "5"},
        ContainerOverrides={"Environment": [{"Name": "LEVEL", "Value": "debug"}]},
        Timeout={"AttemptDurationSeconds": 60},
        Tags={"at": "<aws.scheduler.scheduled-time>", "by": "<aws.scheduler.schedule-arn>"},
    )
    name = schedule({"Input": json.dumps(request)}, ScheduleExpressionTimezone="Asia/Tokyo")

    (told,) = [each for each in local.schedules.describe()["schedules"] if each["name"] == name]
    (fired,) = of(local.schedules.advance(DAY), name)

    job = cluster.until(fired.answer["jobId"], "SUCCEEDED")
    assert told["next"].endswith("T17:00:00Z")
    assert job["tags"] == {
        "at": told["next"],
        "by": f"arn:aws:scheduler:us-east-1:123456789012:schedule/default/{name}",
    }
    assert {"name": "LEVEL", "value": "debug"} in job["container"]["environment"]
    assert job["timeout"] == {"attemptDurationSeconds": 60}
    assert [len(of(local.schedules.advance(each * DAY), name)) for each in (1, 3)] == [1, 3]


def test_what_is_disabled_or_over_fires_only_on_demand(local, cluster, schedule):
    target = {"Input": json.dumps(submission(cluster, Parameters={"n": "5"}))}
    disabled = schedule(target, State="DISABLED")
    over = schedule(target, "at(2020-01-01T00:00:00)")

    fired = local.schedules.advance(2 * DAY)
    assert [*of(fired, disabled), *of(fired, over)] == []

    (by_hand,) = local.schedules.fire(disabled)
    cluster.until(by_hand.answer["jobId"], "SUCCEEDED")
    with pytest.raises(ValueError, match="no schedule 'nigthly'"):
        local.schedules.fire("nigthly")


def test_a_rate_fires_as_soon_as_it_is_made(local, cluster, schedule):
    request = submission(cluster, Parameters={"n": "5"})
    name = schedule({"Input": json.dumps(request)}, "rate(1 hour)")

    (fired,) = eventually(
        lambda: [each for each in of(local.schedules.fired, name) if each.answer] or None,
        lambda: "it has not fired",
    )
    cluster.until(fired.answer["jobId"], "SUCCEEDED")
    assert len(of(local.schedules.advance(3600 * 2 - 60), name)) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"JobQueue": "no-such-queue"}, "ClientException"),
        ({"jobName": "lower"}, "ValidationException"),
        ({"JobName": 5}, "ParamValidationError"),
    ],
)
def test_what_batch_refuses_is_a_dead_letter_at_once(local, cluster, schedule, wrong, code):
    config, read = dead_letters(local)
    request = submission(cluster, **wrong)
    name = schedule({"Input": json.dumps(request), **config})

    (fired,) = local.schedules.fire(name)

    letter = read()
    assert fired.error.startswith(code)
    assert letter["body"] == request
    assert letter["ERROR_CODE"] == code
    assert letter["RETRY_ATTEMPTS"] == "0"
    assert letter["SCHEDULE_ARN"].endswith(f"/{name}")
    assert letter["TARGET_ARN"] == SUBMIT
    assert "EXHAUSTED_RETRY_CONDITION" not in letter


@pytest.mark.every_case
def test_throttling_is_tried_again_and_given_up_as_the_retry_policy_says(
    local, cluster, schedule, faults
):
    config, read = dead_letters(local)
    request = submission(cluster, Parameters={"n": "5"})
    retries = {"RetryPolicy": {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60}}
    name = schedule({"Input": json.dumps(request), **retries, **config})

    faults.add("throttling", service="batch", operation="SubmitJob", times=1)
    (fired,) = local.schedules.fire(name)
    job_id = eventually(lambda: fired.answer.get("jobId"), fired.describe)
    assert fired.attempts == 2
    cluster.until(job_id, "SUCCEEDED")
    assert read() is None

    faults.add("throttling", service="batch", operation="SubmitJob", times=2)
    local.schedules.fire(name)
    letter = eventually(read, lambda: "no dead letter")
    assert letter["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    assert letter["RETRY_ATTEMPTS"] == "1"


def test_the_role_of_a_schedule_is_judged_where_iam_is_enforced(local, cluster, schedule):
    principals = Principals(local)
    config, read = dead_letters(local)
    queue, tells = f"arn:aws:batch:*:*:job-queue/{cluster.queue}", allow("sqs:SendMessage")
    definitions = ["arn:aws:batch:*:*:job-definition/*", "arn:aws:batch:*:*:job/*"]
    may = principals.role(allow("batch:SubmitJob", [queue, *definitions]), trusts=SCHEDULER)
    may_not = principals.role(allow("batch:SubmitJob", definitions), tells, trusts=SCHEDULER)
    of_another = principals.role(allow("batch:*"), trusts={"Service": "events.amazonaws.com"})
    request = json.dumps(submission(cluster, Parameters={"n": "5"}))
    local.enforce_iam = True
    try:
        (good,) = local.schedules.fire(schedule({"Input": request, "RoleArn": may}))
        (denied,) = local.schedules.fire(schedule({"Input": request, "RoleArn": may_not, **config}))
        (foreign,) = local.schedules.fire(schedule({"Input": request, "RoleArn": of_another}))
    finally:
        local.enforce_iam = False
    assert good.answer["jobName"] == "nightly"
    assert "is not authorized to perform: batch:SubmitJob" in denied.error
    assert read()["ERROR_CODE"] == "AccessDeniedException"
    assert "may not assume" in foreign.error


def test_the_clock_goes_forward_alone_and_not_too_far(local, schedule):
    for seconds in (0, -1, 400 * DAY, float("nan")):
        with pytest.raises(ValueError, match="forward by up to a year"):
            local.schedules.advance(seconds)
    schedule({"Input": "{}"}, "cron(* * * * ? *)")
    with pytest.raises(ValueError, match="more than 1000 times"):
        local.schedules.advance(DAY)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ScheduleExpression": "cron(0 2 * * *)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpression": "rate(0 minutes)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpression": "rate(5 weeks)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpression": "at(2026-02-30T00:00:00)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpression": "0 2 * * ? *"}, "Invalid Schedule Expression"),
        ({"ScheduleExpressionTimezone": "Asia/Tokio"}, "timezone Asia/Tokio"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "MaximumWindowInMinutes"),
        ({"Name": "a" * 65}, "at 'name'"),
        ({"GroupName": "no-such-group"}, "no-such-group does not exist"),
    ],
)
def test_what_aws_refuses_of_a_schedule(scheduler, role, wrong, said):
    given = {
        "Name": "refused",
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": SUBMIT, "RoleArn": role},
        **wrong,
    }
    if len(given["Name"]) > 64:
        scheduler = _unchecked(scheduler)
    with pytest.raises(ClientError, match=said):
        scheduler.create_schedule(**given)


def _unchecked(client):
    """Return a client that sends what botocore would refuse."""
    return boto3.client(
        "scheduler",
        endpoint_url=client.meta.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=client._get_credentials().access_key,
        aws_secret_access_key=client._get_credentials().secret_key,
        config=Config(parameter_validation=False),
    )


def test_a_group_takes_its_schedules_with_it(local, scheduler, role):
    scheduler.create_schedule_group(Name="group")
    with pytest.raises(ClientError, match="already exists"):
        scheduler.create_schedule_group(Name="group")
    scheduler.create_schedule(
        Name="member",
        GroupName="group",
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": SUBMIT, "RoleArn": role},
    )
    scheduler.delete_schedule_group(Name="group")
    with pytest.raises(ClientError, match="does not exist"):
        scheduler.get_schedule(GroupName="group", Name="member")
    assert of(local.schedules.advance(DAY), "member") == []
