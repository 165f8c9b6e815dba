"""The job queues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

if TYPE_CHECKING:
    from infra.components.compute import ComputeEnvironments
    from infra.plan import Plan
    from infra.settings.job_queues import JobQueue


@dataclass(frozen=True)
class JobQueuesArgs:
    """Input of :class:`JobQueues`."""

    plan: Plan
    environments: ComputeEnvironments


class JobQueues(pulumi.ComponentResource):
    """Job queues, by their keys in the config.

    Attributes:
        by_key: the resources.
    """

    def __init__(
        self, name: str, args: JobQueuesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:JobQueues", name, None, opts)
        self._args = args
        queues = args.plan.settings.job_queues
        self.by_key = {key: self._queue(key, queue) for key, queue in queues.items()}
        self.register_outputs({"arns": {key: queue.arn for key, queue in self.by_key.items()}})

    def _queue(self, key: str, queue: JobQueue) -> aws.batch.JobQueue:
        environments = self._args.environments.by_key
        return aws.batch.JobQueue(
            self._args.plan.name(key),
            priority=queue.priority,
            state=queue.state,
            compute_environment_orders=[
                aws.batch.JobQueueComputeEnvironmentOrderArgs(
                    order=order, compute_environment=environments[environment].arn
                )
                for order, environment in enumerate(queue.compute_environments, start=1)
            ],
            tags=self._args.plan.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
