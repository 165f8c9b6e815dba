"""The operations of the Batch API: a mapping of request members in, one of answer members out.

Requests have been checked against botocore's model of the service before they come here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from localaws.batch.operations import (
    compute_environments,
    consumable_resources,
    job_definitions,
    job_listing,
    job_queue_snapshot,
    job_queues,
    jobs,
    scheduling_policies,
    tags,
)
from localaws.batch.operations.context import Context

Operation = Callable[[Context, Mapping[str, Any]], dict[str, Any]]

OPERATIONS: Mapping[str, Operation] = {
    "CreateComputeEnvironment": compute_environments.create,
    "DescribeComputeEnvironments": compute_environments.describe,
    "UpdateComputeEnvironment": compute_environments.update,
    "DeleteComputeEnvironment": compute_environments.delete,
    "CreateJobQueue": job_queues.create,
    "DescribeJobQueues": job_queues.describe,
    "UpdateJobQueue": job_queues.update,
    "DeleteJobQueue": job_queues.delete,
    "GetJobQueueSnapshot": job_queue_snapshot.snapshot,
    "RegisterJobDefinition": job_definitions.register,
    "DescribeJobDefinitions": job_definitions.describe,
    "DeregisterJobDefinition": job_definitions.deregister,
    "SubmitJob": jobs.submit,
    "DescribeJobs": jobs.describe,
    "ListJobs": job_listing.list_jobs,
    "CancelJob": jobs.cancel,
    "TerminateJob": jobs.terminate,
    "CancelJobs": jobs.cancel_many,
    "TerminateJobs": jobs.terminate_many,
    "CreateSchedulingPolicy": scheduling_policies.create,
    "UpdateSchedulingPolicy": scheduling_policies.update,
    "DescribeSchedulingPolicies": scheduling_policies.describe,
    "ListSchedulingPolicies": scheduling_policies.list_policies,
    "DeleteSchedulingPolicy": scheduling_policies.delete,
    "CreateConsumableResource": consumable_resources.create,
    "UpdateConsumableResource": consumable_resources.update,
    "DescribeConsumableResource": consumable_resources.describe,
    "ListConsumableResources": consumable_resources.list_resources,
    "ListJobsByConsumableResource": consumable_resources.list_jobs,
    "DeleteConsumableResource": consumable_resources.delete,
    "TagResource": tags.tag,
    "UntagResource": tags.untag,
    "ListTagsForResource": tags.list_tags,
}
