"""Compute environments, job queues and job definitions whose creation was cut off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from batch_platform.recovery.orphan_type import Aws, Found, OrphanType, Properties, not_ours

CHANGING = frozenset({"CREATING", "UPDATING", "DELETING"})
"""CEStatus and JQStatus in which AWS Batch refuses another change."""


@dataclass(frozen=True)
class _Kind:
    """The calls of one of the two kinds that are disabled before they are deleted."""

    describe: str
    update: str
    delete: str
    list_key: str
    argument: str

    def find(self, aws: Aws, inputs: Properties) -> Iterator[Found]:
        name = inputs["name"]
        if found := self._described(aws, name):
            yield Found(name) if aws.owns(found.get("tags", {})) else not_ours(aws, name)

    def is_changing(self, aws: Aws, inputs: Properties) -> bool:
        found = self._described(aws, inputs["name"])
        return found is not None and found["status"] in CHANGING

    def remove(self, aws: Aws, name: str, inputs: Properties) -> None:
        batch = aws.client("batch")

        def is_at_rest() -> bool:
            return not self.is_changing(aws, inputs)

        aws.wait(f"{name} at rest", is_at_rest)
        if self._described(aws, name) is None:
            return
        getattr(batch, self.update)(**{self.argument: name}, state="DISABLED")
        aws.wait(f"{name} disabled", is_at_rest)
        getattr(batch, self.delete)(**{self.argument: name})
        aws.wait(f"{name} deleted", lambda: self._described(aws, name) is None)

    def _described(self, aws: Aws, name: str) -> Mapping[str, Any] | None:
        answer = getattr(aws.client("batch"), self.describe)(**{self.list_key: [name]})
        found: list[dict[str, Any]] = answer[self.list_key]
        # A deleted one is still shown for a while.
        return next((each for each in found if each["status"] != "DELETED"), None)


_ENVIRONMENTS = _Kind(
    "describe_compute_environments",
    "update_compute_environment",
    "delete_compute_environment",
    "computeEnvironments",
    "computeEnvironment",
)
_QUEUES = _Kind(
    "describe_job_queues",
    "update_job_queue",
    "delete_job_queue",
    "jobQueues",
    "jobQueue",
)


def _revisions(aws: Aws, inputs: Properties) -> Iterator[Found]:
    """Find the newest ACTIVE revision; nothing tells whether the cut-off update registered it."""
    pages = aws.client("batch").get_paginator("describe_job_definitions")
    found = [
        each
        for page in pages.paginate(jobDefinitionName=inputs["name"], status="ACTIVE")
        for each in page["jobDefinitions"]
    ]
    if found:
        newest = max(found, key=lambda each: int(each["revision"]))
        yield Found(
            newest["jobDefinitionArn"],
            "the update registers the next revision, and keepRevisions prunes this one",
        )


COMPUTE_ENVIRONMENT = OrphanType(
    find=_ENVIRONMENTS.find,
    delete=_ENVIRONMENTS.remove,
    key=("name",),
    is_changing=_ENVIRONMENTS.is_changing,
)
JOB_QUEUE = OrphanType(
    find=_QUEUES.find, delete=_QUEUES.remove, key=("name",), is_changing=_QUEUES.is_changing
)
JOB_DEFINITION = OrphanType(find=_revisions)


def _scheduling_policy(aws: Aws, inputs: Properties) -> Iterator[Found]:
    batch = aws.client("batch")
    pages = batch.get_paginator("list_scheduling_policies").paginate()
    for arn in (each["arn"] for page in pages for each in page["schedulingPolicies"]):
        if arn.rpartition("/")[2] == inputs["name"]:
            (policy,) = batch.describe_scheduling_policies(arns=[arn])["schedulingPolicies"]
            yield Found(arn) if aws.owns(policy.get("tags", {})) else not_ours(aws, arn)


def _delete_scheduling_policy(aws: Aws, arn: str, _: Properties) -> None:
    aws.client("batch").delete_scheduling_policy(arn=arn)


SCHEDULING_POLICY = OrphanType(
    find=_scheduling_policy, delete=_delete_scheduling_policy, key=("name",)
)
