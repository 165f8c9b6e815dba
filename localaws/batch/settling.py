"""What AWS does asynchronously to compute environments and job queues.

CREATING and UPDATING end in VALID; DELETING ends in nothing, for a queue once its jobs are over.
"""

from __future__ import annotations

from localaws.batch import placement
from localaws.batch.delays import StateDelays
from localaws.batch.ec2_facts import image_fault
from localaws.batch.models import PLACED, ComputeEnvironment, JobQueue, ResourceStatus
from localaws.batch.state import BatchState

Resource = ComputeEnvironment | JobQueue


JOBS_ON_FARGATE = "CLIENT_ERROR - The compute environment has active jobs on Fargate."


def runs_on_fargate(environment: ComputeEnvironment) -> bool:
    """Whether the environment has jobs on Fargate, with which it cannot be deleted.

    AWS Batch turns it INVALID then (API: DeleteComputeEnvironment).
    """
    return placement.is_fargate(environment) and environment.used_vcpus > 0


class Settling:
    """Completes the changes of the resources of one :class:`BatchState` when they are due."""

    def __init__(self, state: BatchState, delays: StateDelays) -> None:
        self._state = state
        self._seconds = {
            ResourceStatus.CREATING: delays.creating,
            ResourceStatus.UPDATING: delays.updating,
            ResourceStatus.DELETING: delays.deleting,
        }
        self._due: dict[Resource, tuple[ResourceStatus, int]] = {}
        """What changes, to which end, and when that is due (epoch milliseconds)."""

    def settle(self, now: int) -> None:
        """Complete what is due."""
        state = self._state
        for queue in list(state.job_queues.values()):
            if self._is_due(queue, now):
                if queue.status is not ResourceStatus.DELETING:
                    self._become_valid(queue)
                elif not state.has_jobs_in(queue, PLACED):
                    del state.job_queues[queue.name], self._due[queue]
        for environment in list(state.compute_environments.values()):
            if self._is_due(environment, now):
                if environment.status is not ResourceStatus.DELETING:
                    self._become_valid(environment)
                    self._invalidate(environment, image_fault(environment))
                elif runs_on_fargate(environment):
                    del self._due[environment]
                    self._invalidate(environment, JOBS_ON_FARGATE)
                else:
                    del state.compute_environments[environment.name], self._due[environment]

    def next_due(self, now: int) -> int | None:
        """When the next change is due; those that wait for jobs to end are not counted."""
        return min((due for _, due in self._due.values() if due > now), default=None)

    def _is_due(self, resource: Resource, now: int) -> bool:
        status = resource.status
        if status not in self._seconds:
            return False
        if resource not in self._due or self._due[resource][0] is not status:
            self._due[resource] = (status, now + int(self._seconds[status] * 1000))
        return self._due[resource][1] <= now

    def _invalidate(self, environment: ComputeEnvironment, fault: str | None) -> None:
        if fault is not None:
            environment.status, environment.status_reason = ResourceStatus.INVALID, fault

    def _become_valid(self, resource: Resource) -> None:
        resource.status = ResourceStatus.VALID
        del self._due[resource]
