"""The SQS queue that EventBridge feeds with the changes of this environment's jobs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.iam import policies
from batch_platform.observability import events

if TYPE_CHECKING:
    from batch_platform.components.queues import JobQueues
    from batch_platform.plan import Plan

KEPT_SECONDS = 3600
"""A message is of use for minutes: `batchsdk` looks by itself before long."""
DEAD_KEPT_SECONDS = 1_209_600
"""14 days, the most that SQS has."""
MOST_RECEIVES = 1000
"""The most that SQS has: readers put back what is for others, which counts as a receive."""


@dataclass(frozen=True)
class JobEventsArgs:
    """Input of :class:`JobEvents`."""

    plan: Plan
    queues: JobQueues


class JobEvents(pulumi.ComponentResource):
    """The queue, its dead-letter queue and its rules; nothing unless the config enables it.

    Attributes:
        queue, dead_letters: the resources; None where it is not enabled.
    """

    def __init__(
        self, name: str, args: JobEventsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:JobEvents", name, None, opts)
        self._args = args
        self.queue: aws.sqs.Queue | None = None
        self.dead_letters: aws.sqs.Queue | None = None
        if args.plan.settings.job_events.enabled:
            self._make()
        self.register_outputs({})

    def _make(self) -> None:
        plan = self._args.plan
        self.dead_letters = self._queue("job-events-dead", DEAD_KEPT_SECONDS)
        redrive = {
            "deadLetterTargetArn": self.dead_letters.arn,
            "maxReceiveCount": MOST_RECEIVES,
        }
        self.queue = self._queue(
            "job-events", KEPT_SECONDS, redrive_policy=pulumi.Output.json_dumps(redrive)
        )
        rules = self._rules()
        arns = [rule.arn for rule in rules]
        self._policy("job-events", self.queue, arns)
        self._policy("job-events-dead", self.dead_letters, arns)
        for name, rule in zip(events.numbered("job-events", len(rules)), rules, strict=True):
            aws.cloudwatch.EventTarget(
                plan.name(name),
                rule=rule.name,
                target_id="job-events",
                arn=self.queue.arn,
                dead_letter_config=aws.cloudwatch.EventTargetDeadLetterConfigArgs(
                    arn=self.dead_letters.arn
                ),
                opts=pulumi.ResourceOptions(parent=self),
            )

    def _queue(
        self, what: str, kept: int, redrive_policy: pulumi.Input[str] | None = None
    ) -> aws.sqs.Queue:
        key = self._args.plan.settings.job_events.kms_key_id
        # CT.SQS.PR.1, AwsSolutions-SQS3: the dead-letter queue has none of its own.
        # I3011 of cfn-lint: events are hints, and worth nothing once their stack is gone.
        return aws.sqs.Queue(
            self._args.plan.name(what),
            message_retention_seconds=kept,
            kms_master_key_id=key,
            sqs_managed_sse_enabled=None if key else True,
            redrive_policy=redrive_policy,
            tags=self._args.plan.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _rules(self) -> list[aws.cloudwatch.EventRule]:
        plan, queues = self._args.plan, self._args.queues.by_key
        groups = events.groups({key: plan.name(key) for key in queues})
        return [
            aws.cloudwatch.EventRule(
                plan.name(name),
                description=f"Changes of jobs of {plan.environment}",
                event_pattern=pulumi.Output.all(*(queues[key].arn for key in group)).apply(
                    lambda arns: json.dumps(events.state_changes(arns), sort_keys=True)
                ),
                tags=plan.tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for name, group in zip(events.numbered("job-events", len(groups)), groups, strict=True)
        ]

    def _policy(self, what: str, queue: aws.sqs.Queue, rule_arns: list[pulumi.Output[str]]) -> None:
        document = pulumi.Output.all(queue.arn, *rule_arns).apply(
            lambda arns: json.dumps(policies.fed_queue(arns[0], arns[1:]), sort_keys=True)
        )
        aws.sqs.QueuePolicy(
            self._args.plan.name(what),
            queue_url=queue.id,
            policy=document,
            opts=pulumi.ResourceOptions(parent=self),
        )
