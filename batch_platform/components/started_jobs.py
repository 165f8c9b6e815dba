"""The SQS queue of the jobs that AWS should have submitted by itself, and could not."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.iam import policies

if TYPE_CHECKING:
    from batch_platform.plan import Plan

KEPT_SECONDS = 1_209_600
"""14 days, the most that SQS has."""


@dataclass(frozen=True)
class DeadLettersArgs:
    """Input of :class:`DeadLetters`."""

    plan: Plan


class DeadLetters(pulumi.ComponentResource):
    """The queue, for all schedules and triggers of the stack.

    Attributes:
        queue: the resource.
    """

    def __init__(
        self, name: str, args: DeadLettersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:DeadLetters", name, None, opts)
        self._plan = plan = args.plan
        # CT.SQS.PR.1, AwsSolutions-SQS3: the dead-letter queue has none of its own.
        # I3011 of cfn-lint: it tells of what goes with it.
        self.queue = aws.sqs.Queue(
            plan.name("not-started"),
            message_retention_seconds=KEPT_SECONDS,
            sqs_managed_sse_enabled=True,
            tags=plan.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    def let_send(self, rules: Iterable[aws.cloudwatch.EventRule]) -> None:
        """Let rules send to the queue, and nobody without TLS; called once."""
        arns = [rule.arn for rule in rules]
        aws.sqs.QueuePolicy(
            self._plan.name("not-started"),
            queue_url=self.queue.id,
            policy=pulumi.Output.all(self.queue.arn, *arns).apply(
                lambda known: json.dumps(
                    policies.dead_letter_queue(known[0], known[1:]), sort_keys=True
                )
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
