"""The job queues and their scheduling policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

if TYPE_CHECKING:
    from batch_platform.components.compute import ComputeEnvironments
    from batch_platform.plan import Plan
    from batch_platform.settings.fair_share import FairsharePolicy
    from batch_platform.settings.job_queues import JobQueue


@dataclass(frozen=True)
class JobQueuesArgs:
    """Input of :class:`JobQueues`."""

    plan: Plan
    environments: ComputeEnvironments


class JobQueues(pulumi.ComponentResource):
    """Job queues, by their keys in the config.

    A change between first in, first out and fair share makes another queue: AWS Batch neither
    adds a scheduling policy to a queue nor takes it away (API UpdateJobQueue). So does the first
    time limit of a queue, and the removal of its last: see ``JobQueue.identity``.

    Attributes:
        by_key: the resources.
        policies: scheduling policies of the fair-share queues, by the queue's key.
    """

    def __init__(
        self, name: str, args: JobQueuesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:JobQueues", name, None, opts)
        self._args = args
        queues = args.plan.settings.job_queues
        self.policies = {
            key: self._policy(key, queue.fairshare_policy)
            for key, queue in queues.items()
            if queue.fairshare_policy is not None
        }
        self.by_key = {key: self._queue(key, queue) for key, queue in queues.items()}
        self.register_outputs({"arns": {key: queue.arn for key, queue in self.by_key.items()}})

    def _policy(self, key: str, policy: FairsharePolicy) -> aws.batch.SchedulingPolicy:
        return aws.batch.SchedulingPolicy(
            self._args.plan.name(key),
            fair_share_policy=aws.batch.SchedulingPolicyFairSharePolicyArgs(
                compute_reservation=policy.compute_reservation,
                share_decay_seconds=policy.share_decay_seconds,
                share_distributions=[
                    aws.batch.SchedulingPolicyFairSharePolicyShareDistributionArgs(
                        share_identifier=share.share_identifier, weight_factor=share.weight_factor
                    )
                    for share in policy.share_distribution
                ],
            ),
            tags=self._args.plan.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _queue(self, key: str, queue: JobQueue) -> aws.batch.JobQueue:
        environments = self._args.environments.by_key
        policy = self.policies.get(key)
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
            scheduling_policy_arn=policy.arn if policy else None,
            job_state_time_limit_actions=[
                aws.batch.JobQueueJobStateTimeLimitActionArgs(
                    action=action.action,
                    max_time_seconds=action.max_time_seconds,
                    reason=action.reason,
                    state=action.state,
                )
                for action in queue.job_state_time_limit_actions
            ],
            tags=self._args.plan.tags,
            opts=pulumi.ResourceOptions(parent=self, replacement_trigger=list(queue.identity)),
        )
