"""The SubmitJob request of jobs that AWS submits by itself. No I/O.

EventBridge Scheduler calls any API (user guide, "Using universal targets"); the names of the
request's members then begin with a capital letter, as in AWS's SDK for Java.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from batch_platform.settings import Problem
from batch_platform.settings.container_options import to_api
from batch_platform.settings.errors import shown
from batch_platform.settings.resource_requirements import REQUIREMENTS
from batch_platform.settings.retry_strategies import Retry
from batch_platform.settings.schedules import SCHEDULE_TAG, SCHEDULED_TIME_TAG, SSM_VARIABLE
from batch_platform.settings.triggers import EVENT, NAMED
from batchsdk.contract.carried_workflow import PREFIX, VARIABLE, pack

if TYPE_CHECKING:
    from batch_platform.plan import Plan
    from batch_platform.settings.retry_strategies import RetryStrategy
    from batch_platform.settings.schedules import Schedule
    from batch_platform.settings.triggers import Trigger

LARGEST_REQUEST = 30 * 1024
"""Bytes of a SubmitJob request (AWS Batch service quotas)."""

MOST_TAGS = 50
"""Of a job: its own, and those of its definition where they are propagated."""

LARGEST_OVERRIDES = 8192 - 1024
"""Characters of the overrides of a container that runs a workflow: ECS takes 8192 (RunTask,
``overrides``), with the variables that AWS Batch adds."""

RETRY_OF_WORKFLOWS = Retry(attempts=3, on=("spot", "fargateSpotInterrupted"))
"""Of a job that runs a workflow, where neither schedule nor definition says it: an attempt that
lost its host goes on with the run."""

LONGEST_TEMPLATE = 8192
"""Characters (PutTargets, InputTransformer.InputTemplate)."""

LONGEST_ARN = 200
"""Characters of the ARN of a job queue, at most."""

SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"


def submit_job(plan: Plan, key: str, queue_arn: str) -> dict[str, Any]:
    """Return the request of the schedule ``key``, as its target has it.

    The definition is named without a revision, so that the newest ACTIVE one runs and a change of
    the definition changes no schedule.

    Args:
        plan: of the stack.
        key: of the schedule.
        queue_arn: of its job queue.
    """
    schedule = plan.settings.schedules[key]
    request: dict[str, Any] = {
        "JobName": schedule.job_name or key,
        "JobDefinition": plan.name(schedule.job_definition),
        "JobQueue": queue_arn,
        "Parameters": {} if schedule.workflow else dict(schedule.parameters),
        "ArrayProperties": {"Size": schedule.array_size} if schedule.array_size else None,
        "ContainerOverrides": _overrides(plan, key),
        "RetryStrategy": _retry_strategy(_strategy(plan, schedule)),
        "Timeout": (
            {"AttemptDurationSeconds": schedule.timeout.attempt_duration_seconds}
            if schedule.timeout
            else None
        ),
        "ShareIdentifier": schedule.share_identifier,
        "SchedulingPriorityOverride": schedule.scheduling_priority,
        "PropagateTags": schedule.propagate_tags,
        "Tags": {**schedule.tags, SCHEDULE_TAG: key, SCHEDULED_TIME_TAG: SCHEDULED_TIME},
    }
    return {name: value for name, value in request.items() if value not in (None, {}, [])}


def input_transformer(trigger: Trigger) -> tuple[dict[str, str], str] | None:
    """Return paths into the event and the template of what SubmitJob gets; None for nothing.

    A value has ``{key}``, ``{bucket}``, … for what is of the event (AWS Batch user guide, "Passing
    event information to an AWS Batch target using the EventBridge input transformer").
    """
    if not trigger.parameters:
        return None
    used = {name for text in trigger.parameters.values() for name in NAMED.findall(text)}
    values = {name: NAMED.sub(r"<\1>", text) for name, text in sorted(trigger.parameters.items())}
    paths = {name: EVENT[name] for name in sorted(used)}
    return paths, json.dumps({"Parameters": values}, ensure_ascii=False)


def long_templates(plan: Plan) -> Iterator[Problem]:
    """Find triggers whose template is longer than EventBridge takes."""
    for key, trigger in plan.settings.triggers.items():
        made = input_transformer(trigger)
        if made is not None and len(made[1]) > LONGEST_TEMPLATE:
            yield Problem(
                ("batch-platform:triggers", key, "parameters"),
                f"they have {len(made[1])} characters together, and EventBridge takes "
                f"{LONGEST_TEMPLATE}",
                "put what is long into the image, or into an object in S3",
            )


def as_input(request: dict[str, Any]) -> str:
    """Return a request as the text of a target, the same for the same request."""
    return json.dumps(request, sort_keys=True, ensure_ascii=False)


def large_requests(plan: Plan) -> Iterator[Problem]:
    """Find schedules whose request SubmitJob would refuse for its size, or for its tags."""
    settings = plan.settings
    for key, schedule in settings.schedules.items():
        at = ("batch-platform:schedules", key)
        size = len(as_input(submit_job(plan, key, "a" * LONGEST_ARN)).encode())
        if size > LARGEST_REQUEST:
            yield Problem(
                at,
                f"its SubmitJob request may have {size} bytes, and AWS Batch takes "
                f"{LARGEST_REQUEST}",
                "pass long values in an object in S3",
            )
        if schedule.workflow and (length := len(as_input(_overrides(plan, key)))) > (
            LARGEST_OVERRIDES
        ):
            yield Problem(
                (*at, "workflow"),
                f"{shown(schedule.workflow)} makes the command and variables of its job {length} "
                f"characters long, compressed, and {LARGEST_OVERRIDES} fit",
                "put what is long into S3 or into an image, or make two workflows of it",
            )
        definition = settings.job_definitions[schedule.job_definition]
        propagates = schedule.propagate_tags
        if propagates is None:
            propagates = definition.propagate_tags
        inherited = {**plan.tags, **definition.tags} if propagates else {}
        own = {**schedule.tags, SCHEDULE_TAG: "", SCHEDULED_TIME_TAG: ""}
        if len(together := {**inherited, **own}) > MOST_TAGS:
            yield Problem(
                (*at, "tags"),
                f"its jobs would have {len(together)} tags with those of their definition, and "
                f"AWS Batch fails a job with more than {MOST_TAGS}",
                f"drop {len(together) - MOST_TAGS} of them, or write `propagateTags: false`",
            )


def _strategy(plan: Plan, schedule: Schedule) -> RetryStrategy | None:
    definition = plan.settings.job_definitions[schedule.job_definition]
    if schedule.workflow and not schedule.strategy and not definition.strategy:
        return RETRY_OF_WORKFLOWS.strategy()
    return schedule.strategy


def _runs_workflow(plan: Plan, key: str) -> tuple[list[str], dict[str, str]]:
    """Return command and variables of the job that runs the workflow of a schedule.

    The run is named after the time that was due, so that a second attempt of the job, or a second
    delivery of EventBridge Scheduler, goes on with the same run.
    """
    schedule, file = plan.settings.schedules[key], plan.settings.workflows[key]
    command = ["batchsdk", "run", f"{PREFIX}{VARIABLE}", "--name", f"{key}-{SCHEDULED_TIME}"]
    command += ["--ledger", "stack", "--on-interrupt", "detach"]
    for name, value in sorted(schedule.parameters.items()):
        command += ["-p", f"{name}={value}"]
    return command, {
        VARIABLE: pack(file.name, file.text),
        SSM_VARIABLE: plan.parameter_name,
        # On EC2 nothing else tells a job its region.
        "AWS_DEFAULT_REGION": plan.settings.region,
    }


def _overrides(plan: Plan, key: str) -> dict[str, Any]:
    schedule = plan.settings.schedules[key]
    command, variables = list(schedule.command or ()), dict(schedule.environment)
    if schedule.workflow:
        command, of_workflow = _runs_workflow(plan, key)
        variables = {**of_workflow, **variables}
    sizes = {kind: getattr(schedule, name) for name, kind in REQUIREMENTS.items()}
    overrides = {
        "Command": command,
        "Environment": [
            {"Name": name, "Value": value} for name, value in sorted(variables.items())
        ],
        "ResourceRequirements": [
            {"Type": kind, "Value": f"{value:g}" if kind == "VCPU" else str(value)}
            for kind, value in sorted(sizes.items())
            if value is not None
        ],
    }
    return {name: value for name, value in overrides.items() if value}


def _retry_strategy(strategy: RetryStrategy | None) -> dict[str, Any] | None:
    if strategy is None:
        return None
    rules = [
        {name[0].upper() + name[1:]: value for name, value in to_api(rule).items() if value}
        for rule in strategy.evaluate_on_exit
    ]
    return {"Attempts": strategy.attempts, **({"EvaluateOnExit": rules} if rules else {})}
