"""IAM managed policies for the users of the stack, to attach to their own roles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from infra.iam.consumers import LONGEST_POLICY, observer, runnable, scope, submitter
from infra.settings import Problem

if TYPE_CHECKING:
    from infra.components.job_events import JobEvents
    from infra.components.queues import JobQueues
    from infra.iam.policies import Document
    from infra.plan import Plan
    from infra.settings.consumers import Submitters

LONGEST_ARN = 200
"""Characters of a job queue's or SQS queue's ARN, at most."""

_BLOCK = "batch-platform:consumers"


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
    """

    def __init__(
        self, name: str, args: ConsumersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:Consumers", name, None, opts)
        self._args = args
        self.submitters: dict[str, aws.iam.Policy] = {}
        self.observers: aws.iam.Policy | None = None
        settings, environment = args.plan.settings.consumers, args.plan.environment
        if settings.managed_policies:
            self.submitters = {key: self._of_queue(key) for key in args.queues.by_key}
            self.observers = self._policy(
                "observers",
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
        return aws.iam.Policy(
            self._args.plan.iam_name(what),
            path=self._args.plan.settings.roles.path,
            description=description,
            policy=document,
            tags=self._args.plan.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )


def queue_policy(key: str) -> str:
    """Return the last part of the name of a queue's policy."""
    return f"{key}-submitters"


def named_policy(key: str) -> str:
    """Return the same for a policy that the config names; no queue's policy ends alike."""
    return f"{key}-may-submit"


def definitions_of(plan: Plan, submitters: Submitters) -> list[str]:
    """Return the names of the definitions that a named policy lets its holder submit."""
    if submitters.job_definitions is None:
        return runnable(plan, submitters.job_queues)
    return [plan.name(key) for key in submitters.job_definitions]


def refuse_long_policies(plan: Plan) -> None:
    """Refuse a config whose submitters' policies may be too long, before anything is made.

    Raises:
        SettingsError: a policy with the longest ARNs is above 6,144 characters.
    """
    if problems := list(_too_long(plan)):
        raise plan.settings.refused(problems)


def _too_long(plan: Plan) -> Iterator[Problem]:
    consumers = plan.settings.consumers
    if consumers.managed_policies:
        every = [runnable(plan, [key]) for key in plan.settings.job_queues]
        most = max(every, key=len)
        if fault := _excess(plan, 1, most):
            fix = (
                "give `submitters` the definitions that are theirs, and write `managedPolicies: "
                "false`; or split the stack"
            )
            yield Problem((_BLOCK, "managedPolicies"), fault, fix)
    for key, entry in consumers.submitters.items():
        names, shares = definitions_of(plan, entry), entry.share_identifiers or ()
        if fault := _excess(plan, len(entry.job_queues), names, shares):
            fix = "name fewer jobDefinitions, or make two of it"
            yield Problem((_BLOCK, "submitters", key), fault, fix)


def _excess(plan: Plan, queues: int, definitions: Sequence[str], shares: Sequence[str] = ()) -> str:
    """Return by how much a policy with the longest ARNs is too long; nothing where it fits."""
    longest = "a" * LONGEST_ARN
    events = longest if plan.settings.job_events.enabled else None
    document = submitter(
        scope(plan), [longest] * queues, definitions, shares=shares, events_arn=events
    )
    length = len(_json(document))
    if length <= LONGEST_POLICY:
        return ""
    return (
        f"a policy that names {len(definitions)} job definitions may have {length} "
        f"characters, and an IAM managed policy holds {LONGEST_POLICY}"
    )


def _json(document: Document) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
