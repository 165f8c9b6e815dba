"""What AWS does asynchronously to compute environments and job queues.

CREATING and UPDATING end in VALID; DELETING ends in nothing, for a queue once its jobs are over. An
environment whose roles do not let Batch do what is due turns INVALID, and says why.
"""

from __future__ import annotations

from localaws.batch.clusters import delete_cluster
from localaws.batch.delays import StateDelays
from localaws.batch.models import PLACED, ComputeEnvironment, JobQueue, ResourceStatus
from localaws.batch.roles import TO_CREATE, TO_DELETE, TO_SCALE
from localaws.batch.state import BatchState

Resource = ComputeEnvironment | JobQueue
_ACTIONS = {
    ResourceStatus.CREATING: TO_CREATE,
    ResourceStatus.UPDATING: TO_SCALE,
    ResourceStatus.DELETING: TO_DELETE,
}
"""What Batch does as the service role of an environment of that status."""


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
                self._settle_environment(environment)

    def _settle_environment(self, environment: ComputeEnvironment) -> None:
        state, status = self._state, environment.status
        environment.problem = state.role_problem(environment, _ACTIONS[status])
        if environment.problem:
            environment.status = ResourceStatus.INVALID
            del self._due[environment]
        elif status is ResourceStatus.DELETING:
            delete_cluster(state.account_id, state.region, environment.ecs_cluster_arn)
            del state.compute_environments[environment.name], self._due[environment]
        else:
            self._become_valid(environment)

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

    def _become_valid(self, resource: Resource) -> None:
        resource.status = ResourceStatus.VALID
        del self._due[resource]
