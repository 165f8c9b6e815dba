"""IAM managed policies for the users of the stack, to attach to their own roles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.iam.consumers import (
    OBSERVERS,
    definitions_of,
    named_policy,
    observer,
    policy_arn,
    queue_policy,
    runnable,
    scope,
    submitter,
)

if TYPE_CHECKING:
    from batch_platform.components.job_events import JobEvents
    from batch_platform.components.queues import JobQueues
    from batch_platform.iam.policies import Document
    from batch_platform.plan import Plan


@dataclass(frozen=True)
class ConsumersArgs:
    """Input of :class:`Consumers`."""

    plan: Plan
    queues: JobQueues
    job_events: JobEvents


class Consumers(pulumi.ComponentResource):
    """A policy for the submitters of each queue, one for observers, and those that are named.

    Attributes:
        submitters: by the queue's key; empty where the config does not want them.
        observers: None where the config does not want it.
        named: further policies of submitters, by their names in the config.
        by_arn: all of them, by the ARN that the config knows.
    """

    def __init__(
        self, name: str, args: ConsumersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:Consumers", name, None, opts)
        self._args = args
        self.by_arn: dict[str, aws.iam.Policy] = {}
        self.submitters: dict[str, aws.iam.Policy] = {}
        self.observers: aws.iam.Policy | None = None
        settings, environment = args.plan.settings.consumers, args.plan.environment
        if settings.managed_policies:
            self.submitters = {key: self._of_queue(key) for key in args.queues.by_key}
            self.observers = self._policy(
                OBSERVERS,
                f"Looks at the jobs of {environment}",
                _json(observer(scope(args.plan))),
            )
        self.named = {
            key: self._policy(
                named_policy(key),
                f"Submits jobs of {environment} as {key}",
                self._document(
                    submitters.job_queues,
                    definitions_of(args.plan, submitters),
                    submitters.share_identifiers or (),
                ),
            )
            for key, submitters in settings.submitters.items()
        }
        self.register_outputs({})

    def _of_queue(self, key: str) -> aws.iam.Policy:
        plan = self._args.plan
        about = f"Submits jobs to the queue {key} of {plan.environment}"
        return self._policy(queue_policy(key), about, self._document([key], runnable(plan, [key])))

    def _document(
        self, queues: Sequence[str], definitions: Sequence[str], shares: Sequence[str] = ()
    ) -> pulumi.Output[str]:
        where, events = scope(self._args.plan), self._args.job_events.queue
        arns = [self._args.queues.by_key[key].arn for key in queues]
        return pulumi.Output.all(events.arn if events else None, *arns).apply(
            lambda known: _json(
                submitter(where, known[1:], definitions, shares=shares, events_arn=known[0])
            )
        )

    def _policy(self, what: str, description: str, document: pulumi.Input[str]) -> aws.iam.Policy:
        policy = aws.iam.Policy(
            self._args.plan.iam_name(what),
            path=self._args.plan.settings.roles.path,
            description=description,
            policy=document,
            tags=self._args.plan.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.by_arn[policy_arn(self._args.plan, what)] = policy
        return policy


def _json(document: Document) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
