"""Whether a job waits its turn: what is ahead of it, and what holds the capacity.

The order within a queue is Batch's own; GetJobQueueSnapshot tells of its first 100 jobs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from batchsdk.diagnosis.blocked import is_blocked
from batchsdk.diagnosis.case import Case
from batchsdk.diagnosis.findings import Cause, Finding, Verdict
from batchsdk.jobs.detail import JobDetail, JobSummary
from batchsdk.jobs.listing import jobs_in_queues
from batchsdk.states import JobStatus

_STARTED = frozenset({JobStatus.STARTING, JobStatus.RUNNING})


def check(case: Case) -> Iterator[Finding]:
    """Find what is ahead of the job in its queue."""
    job = case.job
    if job is None:
        return
    front = front_of_queue(case, case.queue_arn)
    position = front.index(job.job_id) + 1 if job.job_id in front else None
    if front and front[0] != job.job_id:
        yield from _blocked_head(case, front[0])
    active = list(
        jobs_in_queues(
            case.session.transport,
            [case.queue_arn],
            statuses=_STARTED if position else {*_STARTED, JobStatus.RUNNABLE},
            name=None,
        )
    )
    running = sum(each.status in _STARTED for each in active)
    ahead = position - 1 if position else sum(_is_older(each, job) for each in active)
    beyond = " at least" if front and position is None else ""
    if beyond:
        ahead = max(ahead, len(front))
    if ahead:
        yield Finding(
            evidence=f"{ahead} job(s){beyond} are ahead of it in the queue and {running} run",
            fix="",
            cause=Cause.BEHIND_OTHERS,
            verdict=Verdict.WAITING_ITS_TURN,
        )
    if case.queue.get("schedulingPolicyArn") and (ahead or running):
        yield _share(case, job)


def capacity(case: Case) -> Iterator[Finding]:
    """Find other jobs that hold what the environments may have."""
    job = case.job
    limits = [each.max_vcpus for each in case.environments if each.is_usable]
    known = [limit for limit in limits if limit is not None]
    if job is None or not known or len(known) < len(limits):
        return
    used = {
        str(each["jobQueueName"]): (_used_vcpus(case, str(each["jobQueueArn"])), each)
        for each in _sharing_queues(case)
    }
    total, limit, wanted = sum(each for each, _ in used.values()), sum(known), job.vcpus or 0
    mine = int(case.queue.get("priority", 0))
    if total and total + wanted > limit:
        holders = ", ".join(f"{name} {vcpus:g}" for name, (vcpus, _) in used.items() if vcpus)
        keys = " or ".join(
            case.environment_key(each, "maxVcpus") for each in case.environments if each.is_usable
        )
        yield Finding(
            evidence=f"its compute environments may have {limit} vCPUs, of which jobs hold "
            f"{total:g} (by queue: {holders}); it asks for {wanted:g}",
            fix=f"Wait until some end, or raise maxvCpus ({keys}).",
            cause=Cause.CAPACITY_IN_USE,
            verdict=Verdict.WAITING_ITS_TURN,
        )
    for name, (_, other) in used.items():
        if int(other.get("priority", 0)) <= mine:
            continue
        waiting = len(front_of_queue(case, str(other["jobQueueArn"])))
        if waiting:
            yield Finding(
                evidence=f"queue {name}, which shares its environments, has a higher priority "
                f"({other['priority']} against {mine}) and {waiting} job(s) waiting",
                fix="",
                cause=Cause.CAPACITY_IN_USE,
                verdict=Verdict.WAITING_ITS_TURN,
            )


def front_of_queue(case: Case, queue: str) -> list[str]:
    """Return the ids of the first RUNNABLE jobs of a queue, in the order of their dispatch."""
    front = _snapshot(case, queue).get("frontOfQueue") or {}
    return [each["jobArn"].rpartition("job/")[2] for each in front.get("jobs") or ()]


def _snapshot(case: Case, queue: str) -> Mapping[str, Any]:
    return case.read("batch", "GetJobQueueSnapshot", jobQueue=queue)


def _used_vcpus(case: Case, queue: str) -> float:
    utilization = _snapshot(case, queue).get("queueUtilization") or {}
    return _vcpus(utilization.get("totalCapacityUsage") or ())


def _vcpus(usage: Sequence[Mapping[str, Any]]) -> float:
    return sum(float(each["quantity"]) for each in usage if each.get("capacityUnit") == "VCPU")


def _sharing_queues(case: Case) -> list[Mapping[str, Any]]:
    """Return the queues that use an environment of this one, itself among them."""
    mine = {each.arn for each in case.environments}
    answer = case.read("batch", "DescribeJobQueues")
    return [
        each
        for each in answer.get("jobQueues") or ()
        if mine & {order["computeEnvironment"] for order in each["computeEnvironmentOrder"]}
    ]


def _blocked_head(case: Case, head_id: str) -> Iterator[Finding]:
    head = case.session.describe_one(head_id)
    if head is not None and is_blocked(head.status_reason):
        yield Finding(
            evidence=f"job {head.name} ({head_id}) at the head of its queue is blocked: "
            f"{head.status_reason}",
            fix=f"See what to fix: {case.session.command} doctor {head_id}; or cancel it: "
            f"{case.session.command} cancel {head_id}",
            cause=Cause.BEHIND_OTHERS,
            verdict=Verdict.BEHIND_BLOCKED_JOB,
        )


def _share(case: Case, job: JobDetail) -> Finding:
    share = job.raw.get("shareIdentifier")
    utilization = _snapshot(case, case.queue_arn).get("queueUtilization") or {}
    fair = utilization.get("fairshareUtilization") or {}
    used = {
        each["shareIdentifier"]: _vcpus(each.get("capacityUsage") or ())
        for each in fair.get("topCapacityUtilization") or ()
    }
    others = ", ".join(f"{name} {vcpus:g}" for name, vcpus in used.items() if name != share)
    return Finding(
        evidence=f"its queue has a fair-share policy: share {share} holds {used.get(share, 0):g} "
        f"vCPUs, others {others or 'none'} (of {fair.get('activeShareCount', 0)} active share(s))",
        fix="A share with a lower weight factor gets more (scheduling policy "
        f"{case.queue['schedulingPolicyArn'].rpartition('/')[2]}).",
        cause=Cause.BEHIND_OTHERS,
        verdict=Verdict.WAITING_ITS_TURN,
    )


def _is_older(each: JobSummary, job: JobDetail) -> bool:
    return (
        each.status is JobStatus.RUNNABLE
        and each.job_id != job.job_id
        and each.created_at is not None
        and job.created_at is not None
        and each.created_at < job.created_at
    )
