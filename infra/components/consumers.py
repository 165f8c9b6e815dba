"""IAM managed policies for the users of the stack, to attach to their own roles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from infra.iam.consumers import observer, scope, submitter

if TYPE_CHECKING:
    from infra.components.job_events import JobEvents
    from infra.components.queues import JobQueues
    from infra.iam.policies import Document
    from infra.plan import Plan


@dataclass(frozen=True)
class ConsumersArgs:
    """Input of :class:`Consumers`."""

    plan: Plan
    queues: JobQueues
    job_events: JobEvents


class Consumers(pulumi.ComponentResource):
    """A policy for the submitters of each queue, and one for observers of the stack.

    Attributes:
        submitters: by the queue's key; empty where the config does not want them.
        observers: None where the config does not want it.
    """

    def __init__(
        self, name: str, args: ConsumersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:Consumers", name, None, opts)
        self._args = args
        self.submitters: dict[str, aws.iam.Policy] = {}
        self.observers: aws.iam.Policy | None = None
        if args.plan.settings.consumers.managed_policies:
            self.submitters = {key: self._submitters(key) for key in args.queues.by_key}
            self.observers = self._policy(
                "observers",
                f"Looks at the jobs of {args.plan.environment}",
                _json(observer(scope(args.plan))),
            )
        self.register_outputs({})

    def _submitters(self, key: str) -> aws.iam.Policy:
        where, events = scope(self._args.plan), self._args.job_events.queue
        document = pulumi.Output.all(
            self._args.queues.by_key[key].arn, events.arn if events else None
        ).apply(lambda arns: _json(submitter(where, *arns)))
        about = f"Submits jobs to the queue {key} of {self._args.plan.environment}"
        return self._policy(f"{key}-submitters", about, document)

    def _policy(self, what: str, description: str, document: pulumi.Input[str]) -> aws.iam.Policy:
        return aws.iam.Policy(
            self._args.plan.iam_name(what),
            path=self._args.plan.settings.roles.path,
            description=description,
            policy=document,
            tags=self._args.plan.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _json(document: Document) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
