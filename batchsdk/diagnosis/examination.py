"""The order of the checks, and what their findings amount to."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from batchsdk.diagnosis import (
    blocked,
    config_keys,
    consumables,
    container_instances,
    environments,
    fit,
    launches,
    network,
    offerings,
    quotas,
    roles,
    turn,
)
from batchsdk.diagnosis.answers import asking_once
from batchsdk.diagnosis.case import Case, Environment
from batchsdk.diagnosis.findings import Diagnosis, Finding, QueueDiagnosis, Unchecked, Verdict
from batchsdk.errors import RegionError, ServiceError, WrongAccountError
from batchsdk.jobs import failure
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.listing import children_of
from batchsdk.session import Session
from batchsdk.states import JobStatus

_Result = tuple[Verdict, list[Finding]]

_INFRASTRUCTURE = (
    ("whether the zones offer the instance types", offerings.check),
    ("the service role", roles.service_role),
    ("the spot fleet role", roles.spot_fleet_role),
    ("the free addresses of the subnets", launches.addresses),
    ("failed launches of instances", launches.check),
    ("the quota of Fargate", quotas.check),
    ("the instances and their ECS cluster", container_instances.check),
    ("the instance role", roles.instance_role),
    ("the instances' route to ECS", network.check),
)
"""What lies below Batch. Asked only of a job, or queue, that nothing else explains."""

_DECIDING = (
    Verdict.MISCONFIGURED,
    Verdict.WILL_NEVER_FIT,
    Verdict.NO_CAPACITY,
    Verdict.BEHIND_BLOCKED_JOB,
    Verdict.UNDETERMINED,
)
"""Of several findings, the first of these decides."""


def diagnose(session: Session, detail: JobDetail) -> Diagnosis:
    """Tell why a job is not running, or what became of it.

    A check that AWS does not let the caller make is named in ``unchecked``; the others are made.

    Raises:
        WrongAccountError: the credentials are of another account.
        ServiceError: AWS did not answer at all.
    """
    return _diagnosis(_begun(session), detail)


def diagnose_queues(session: Session, queues: Sequence[str]) -> list[QueueDiagnosis]:
    """Tell what is wrong with queues, their compute environments and the jobs at their heads.

    Args:
        session: the way to AWS; what several queues share is asked once.
        queues: names or ARNs.

    Raises:
        WrongAccountError: the credentials are of another account.
        ServiceError: AWS did not answer at all.
    """
    begun = _begun(session)
    return [_queue_diagnosis(begun, each) for each in queues]


def _begun(session: Session) -> Case:
    return Case(asking_once(session), session.clock.now())


def _diagnosis(begun: Case, detail: JobDetail) -> Diagnosis:
    case = dataclasses.replace(begun, job=detail, unchecked=[])
    if detail.status is JobStatus.RUNNABLE:
        case = _opened(begun, detail.queue, detail)
        verdict, findings = _runnable(case)
    else:
        verdict, findings = _other(case, detail)
    return Diagnosis(
        job_id=detail.job_id,
        status=detail.status,
        verdict=verdict,
        findings=tuple(findings),
        unchecked=tuple(case.unchecked),
    )


def _queue_diagnosis(begun: Case, queue: str) -> QueueDiagnosis:
    case = _opened(begun, queue, None)
    findings = case.run("the compute environments", environments.check)
    if case.queue.get("state") == "DISABLED":
        findings.append(
            Finding(
                evidence=f"queue {queue} is DISABLED: it takes no new jobs",
                fix=f"Write ENABLED for {_state_of(case)}.",
            )
        )
    findings += _infrastructure(case)
    head, waiting = None, None
    if case.queue.get("status") == "DELETED":
        return QueueDiagnosis(
            queue=queue.rpartition("/")[2],
            waiting=None,
            findings=tuple(findings),
            unchecked=(),
            head=None,
        )
    try:
        front = turn.front_of_queue(case, case.queue_arn or queue)
        waiting = len(front)
        described = case.session.describe_one(front[0]) if front else None
        head = _diagnosis(case, described) if described else None
    except ServiceError as fault:
        case.unchecked.append(Unchecked.of("the jobs that wait in the queue", fault))
    return QueueDiagnosis(
        queue=queue.rpartition("/")[2],
        waiting=waiting,
        findings=tuple(findings),
        unchecked=tuple(case.unchecked),
        head=head,
    )


def _state_of(case: Case) -> str:
    return config_keys.queue_key(case.session.stack_outputs, case.queue_arn, "state")


def _opened(begun: Case, queue: str, job: JobDetail | None) -> Case:
    """Look at the queue and its environments."""
    if begun.queue.get("jobQueueArn") == queue and begun.environments:
        return dataclasses.replace(begun, job=job, unchecked=[])
    transport = begun.session.transport
    case = Case(begun.session, begun.moment, job=job)
    try:
        found = transport.describe_job_queue(queue)
        if found is None:
            gone = {"jobQueueArn": queue, "status": "DELETED"}
            return dataclasses.replace(case, queue=gone)
        order = [each["computeEnvironment"] for each in found.get("computeEnvironmentOrder", ())]
        case = dataclasses.replace(case, queue={"jobQueueArn": queue, **found})
        known = transport.describe_compute_environments(order) if order else ()
    except (WrongAccountError, RegionError):  # nothing that could be found out would be about it
        raise
    except ServiceError as fault:
        case.unchecked.append(Unchecked.of("the queue and its compute environments", fault))
        return case
    place = {name: number for number, name in enumerate(order)}
    found_environments = sorted(
        map(Environment, known), key=lambda each: place.get(each.arn, place.get(each.name, 0))
    )
    return dataclasses.replace(case, environments=tuple(found_environments))


def _other(case: Case, job: JobDetail) -> _Result:
    if job.status.is_terminal:
        fix = ""
        if job.status is JobStatus.FAILED:
            fix = failure.next_step(job, case.session.command)
        kind = f"{job.failure.kind.words}: " if job.failure else ""
        return Verdict.ENDED, [Finding(evidence=f"{kind}{job.full_reason}", fix=fix)]
    if job.status is JobStatus.RUNNING:
        return Verdict.RUNNING, []
    if job.status is JobStatus.STARTING:
        return Verdict.STARTING, []
    return _waiting_for_jobs(case, job)


def _waiting_for_jobs(case: Case, job: JobDetail) -> _Result:
    session = case.session
    findings: list[Finding] = []
    if job.array is not None and job.is_array_parent:
        summary = job.array.status_summary
        counts = ", ".join(f"{count} {status}" for status, count in summary.items() if count)
        findings.append(
            Finding(
                evidence=f"its {job.array.size} children are {counts or 'not created yet'}",
                fix=f"See one of them: {session.command} show {job.job_id}:0",
            )
        )
        started = summary.get(JobStatus.STARTING, 0) + summary.get(JobStatus.RUNNING, 0)
        if summary.get(JobStatus.RUNNABLE) and not started:
            return _through_a_child(case, job, findings)
    try:
        dependencies = session.describe(job.depends_on)
    except ServiceError as fault:
        case.unchecked.append(Unchecked.of("the jobs that it waits for", fault))
        return Verdict.WAITING_FOR_JOBS, findings
    findings += [
        Finding(
            evidence=f"it waits for job {each.name} ({each.job_id}), which is {each.status}",
            fix="",
        )
        for each in dependencies
        if each.status is not JobStatus.SUCCEEDED
    ]
    if not findings:
        return Verdict.WAITING_ITS_TURN, [
            Finding(evidence="Batch has not looked at it yet", fix="")
        ]
    return Verdict.WAITING_FOR_JOBS, findings


def _through_a_child(case: Case, parent: JobDetail, findings: list[Finding]) -> _Result:
    """Of an array none of whose children runs: what holds its first RUNNABLE child."""
    runnable = children_of(case.session.transport, parent.job_id, {JobStatus.RUNNABLE})
    first = min(runnable, key=lambda each: each.array_index or 0, default=None)
    child = case.session.describe_one(first.job_id) if first else None
    if child is None or child.status is not JobStatus.RUNNABLE:
        return Verdict.WAITING_FOR_JOBS, findings
    opened = _opened(case, child.queue, child)
    verdict, of_child = _runnable(opened)
    case.unchecked.extend(opened.unchecked)
    return verdict, [*findings, *of_child]


def _runnable(case: Case) -> _Result:
    misfits = case.run("whether the job fits", fit.check)
    unusable: list[Finding] = []
    if case.queue:
        unusable = case.run("the compute environments", environments.check)
    names = {each.name for each in case.environments}
    if names and names == {each.environment for each in misfits}:
        return Verdict.WILL_NEVER_FIT, misfits
    if unusable and names == {each.environment for each in [*unusable, *misfits]} - {None}:
        return Verdict.MISCONFIGURED, [*unusable, *misfits]
    verdict, found = _scheduled(case)
    return verdict, [*found, *misfits, *unusable]


def _scheduled(case: Case) -> _Result:
    """Examine a job that could be placed on some environment of its queue."""
    said = case.run("what Batch says about the job", blocked.check)
    if said and said[0].verdict is Verdict.WILL_NEVER_FIT:
        return Verdict.WILL_NEVER_FIT, said
    used_up = case.run("the consumable resources that it needs", consumables.check)
    if used_up:
        return _deciding(used_up, Verdict.WAITING_ITS_TURN), [*used_up, *said]
    if said:
        below = _infrastructure(case)
        # What lies below may say why Batch gets no capacity, or why it does not know.
        deciding = [*said, *(below if _holds_everywhere(case, below) else ())]
        return _deciding(deciding, Verdict.UNDETERMINED), [*said, *below]
    waits = case.run("the place in the queue", turn.check)
    waits += case.run("the capacity in use", turn.capacity)
    if waits:
        return _deciding(waits, Verdict.WAITING_ITS_TURN), waits
    below = _infrastructure(case)
    if _holds_everywhere(case, below):
        return _deciding(below, Verdict.WAITING_ITS_TURN), below
    if not case.environments:
        return Verdict.UNDETERMINED, below
    next_one = "" if case.unchecked else ": it is next in its queue"
    nothing = Finding(
        evidence=f"no problem found{next_one}; new instances take a few minutes to start",
        fix="",
    )
    return Verdict.WAITING_ITS_TURN, [nothing, *below]


def _infrastructure(case: Case) -> list[Finding]:
    usable = tuple(each for each in case.environments if each.is_usable)
    below = dataclasses.replace(case, environments=usable)
    return [found for title, check in _INFRASTRUCTURE for found in below.run(title, check)]


def _holds_everywhere(case: Case, findings: Sequence[Finding]) -> bool:
    """Tell whether something is wrong with each environment: one that works is enough."""
    wrong = {each.environment for each in findings if each.verdict is not None}
    usable = {each.name for each in case.environments if each.is_usable}
    return bool(wrong) and usable <= wrong


def _deciding(findings: Sequence[Finding], otherwise: Verdict) -> Verdict:
    """Return the verdict of several findings of equal standing."""
    verdicts = {each.verdict for each in findings}
    return next((each for each in _DECIDING if each in verdicts), otherwise)
