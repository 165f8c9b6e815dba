"""What the role of a job may do that runs scheduled workflows: what their submitter does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from batch_platform.iam.consumers import scope, submitter
from batch_platform.settings.scheduled_workflows import default_queue, definition_key

if TYPE_CHECKING:
    from batch_platform.iam.policies import Document
    from batch_platform.plan import Plan


def queues_of(plan: Plan, runner: str) -> list[str]:
    """Return the keys of the queues that the workflows of a definition use.

    Args:
        plan: of the stack.
        runner: key of the definition whose jobs run them.
    """
    settings = plan.settings
    named = {
        default_queue(settings.job_queues) if queue is None else queue
        for key in settings.workflow_runners[runner]
        for queue in settings.workflows[key].queues
    }
    return sorted(key for key in settings.job_queues if key in named)


def workflow_runner(
    plan: Plan, runner: str, queue_arns: Mapping[str, str], events_arn: str | None = None
) -> Document:
    """Return what the jobs of a definition may do that run workflows.

    That is to submit the definitions of these workflows to their queues, and to follow the jobs.

    Args:
        plan: of the stack.
        runner: key of the definition.
        queue_arns: of the queues of :func:`queues_of`, by their keys.
        events_arn: the SQS queue of job events, if there is one.
    """
    settings = plan.settings
    found = {
        definition_key(named, plan.environment, settings.job_definitions)
        for key in settings.workflow_runners[runner]
        for named in settings.workflows[key].definitions
    }
    names = [plan.name(key) for key in sorted(filter(None, found))]
    arns = [queue_arns[key] for key in queues_of(plan, runner)]
    return submitter(scope(plan), arns, names, events_arn=events_arn)
