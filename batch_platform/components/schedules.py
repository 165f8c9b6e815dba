"""Schedules of EventBridge Scheduler, each with a role that may submit its job and no other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.components.roles import inline_policy, made_role
from batch_platform.iam import policies
from batch_platform.iam.workflow_runners import queues_of, workflow_runner
from batch_platform.job_definitions.started_jobs import as_input, submit_job

if TYPE_CHECKING:
    from batch_platform.components.job_definitions import JobDefinitions
    from batch_platform.components.job_events import JobEvents
    from batch_platform.components.queues import JobQueues
    from batch_platform.components.roles import Roles
    from batch_platform.components.started_jobs import DeadLetters
    from batch_platform.plan import Plan
    from batch_platform.settings.schedules import Schedule


@dataclass(frozen=True)
class SchedulesArgs:
    """Input of :class:`Schedules`."""

    plan: Plan
    queues: JobQueues
    definitions: JobDefinitions
    dead_letters: DeadLetters
    roles: Roles
    job_events: JobEvents


class Schedules(pulumi.ComponentResource):
    """The schedules and their group.

    A schedule whose definition waits for its image is left out with it.

    Attributes:
        by_key: the schedules.
    """

    def __init__(
        self, name: str, args: SchedulesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:Schedules", name, None, opts)
        self._args, self._plan = args, args.plan
        self._where = policies.Place(
            args.plan.partition, args.plan.settings.region, args.plan.account_id
        )
        self._group = aws.scheduler.ScheduleGroup(
            args.plan.name("schedules"),
            tags=args.plan.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._runners = {
            key: self._rights(key)
            for key in args.plan.settings.workflow_runners
            if key in args.definitions.by_key
        }
        self.by_key = {
            key: self._schedule(key, schedule)
            for key, schedule in args.plan.settings.schedules.items()
            if schedule.job_definition in args.definitions.by_key
        }
        self.register_outputs({"arns": {key: each.arn for key, each in self.by_key.items()}})

    def _schedule(self, key: str, schedule: Schedule) -> aws.scheduler.Schedule:
        plan, queue = self._plan, self._args.queues.by_key[schedule.job_queue]
        role, policy = self._role(key, schedule)
        window, retries = schedule.flexible_time_window, schedule.retry_policy
        # CKV_AWS_297: a request has no secrets, and AWS encrypts it with a key of its own.
        return aws.scheduler.Schedule(
            plan.name(key),
            group_name=self._group.name,
            description=schedule.description,
            schedule_expression=schedule.expression,
            schedule_expression_timezone=schedule.timezone or "UTC",
            state=schedule.state,
            start_date=schedule.start_date,
            end_date=schedule.end_date,
            flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(
                mode="FLEXIBLE" if window else "OFF",
                maximum_window_in_minutes=window.maximum_window_in_minutes if window else None,
            ),
            target=aws.scheduler.ScheduleTargetArgs(
                arn=f"arn:{plan.partition}:scheduler:::aws-sdk:batch:submitJob",
                role_arn=role.arn,
                input=queue.arn.apply(lambda arn: as_input(submit_job(plan, key, arn))),
                dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(
                    arn=self._args.dead_letters.queue.arn
                ),
                retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_retry_attempts=retries.maximum_retry_attempts,
                    maximum_event_age_in_seconds=retries.maximum_event_age_in_seconds,
                ),
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[
                    policy,
                    self._args.definitions.by_key[schedule.job_definition],
                    *([self._runners[schedule.job_definition]] if schedule.workflow else []),
                ],
            ),
        )

    def _rights(self, key: str) -> pulumi.Resource:
        """Let the jobs of a definition submit the jobs of the workflows that they run."""
        plan, events = self._plan, self._args.job_events.queue
        queues = {each: self._args.queues.by_key[each].arn for each in queues_of(plan, key)}
        known = pulumi.Output.all(arns=queues, events=events.arn if events else None)
        return inline_policy(
            self,
            plan,
            f"workflows-{key}",
            self._args.roles.of_definitions[key],
            known.apply(
                lambda each: _json(workflow_runner(plan, key, each["arns"], each["events"]))
            ),
        )

    def _role(self, key: str, schedule: Schedule) -> tuple[aws.iam.Role, pulumi.Resource]:
        plan, where, what = self._plan, self._where, f"schedule-{key}"
        trust = self._group.arn.apply(lambda arn: _json(policies.scheduler_trust(where, arn)))
        role = made_role(self, plan, what, trust, f"Submits the jobs of the schedule {key}")
        definition = plan.name(schedule.job_definition)
        queue = self._args.queues.by_key[schedule.job_queue]
        document = pulumi.Output.all(queue.arn, self._args.dead_letters.queue.arn).apply(
            lambda arns: _json(
                policies.starts_job(where, arns[0], definition, arns[1], schedule.share_identifier)
            )
        )
        return role, inline_policy(self, plan, what, role, document)


def _json(document: policies.Document) -> str:
    return json.dumps(document, sort_keys=True)
