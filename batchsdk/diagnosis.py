"""Why a job is not running."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchsdk import failure
from batchsdk.capacity import InstanceType, Misfit, Requirement, misfit, name_patterns
from batchsdk.detail import JobDetail
from batchsdk.errors import ServiceError
from batchsdk.listing import jobs_in_queues
from batchsdk.session import Session
from batchsdk.states import JobStatus


class Verdict(enum.StrEnum):
    """What holds a job, in one word."""

    ENDED = "ENDED"
    RUNNING = "RUNNING"
    STARTING = "STARTING"
    """Placed; its image is being pulled."""
    WAITING_FOR_JOBS = "WAITING_FOR_JOBS"
    """For its dependencies, or, the parent of an array, for its children."""
    WAITING_ITS_TURN = "WAITING_ITS_TURN"
    """Nothing is wrong: it runs when capacity is free or has been launched."""
    NO_CAPACITY = "NO_CAPACITY"
    """AWS has none to give just now."""
    WILL_NEVER_FIT = "WILL_NEVER_FIT"
    """No compute environment of its queue can ever hold it."""
    MISCONFIGURED = "MISCONFIGURED"
    UNDETERMINED = "UNDETERMINED"
    """Batch says that the job is blocked, and not why."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that holds the job, with evidence."""

    evidence: str
    fix: str
    """What to do; empty if there is nothing to do."""


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """Why a job is not running."""

    job_id: str
    status: JobStatus
    verdict: Verdict
    findings: tuple[Finding, ...]

    @property
    def text(self) -> str:
        """The verdict and each finding, a line each."""
        title = f"{self.status}: {self.verdict.replace('_', ' ').lower()}"
        details = [f"{each.evidence}. {each.fix}".rstrip() for each in self.findings]
        return "\n".join([title, *details])


# statusReason of a blocked job starts with these (user guide: jobs stuck in RUNNABLE).
_BLOCKED: Sequence[tuple[str, Verdict, str]] = (
    (
        "CAPACITY:",
        Verdict.NO_CAPACITY,
        "Wait, or give the compute environment more instance types or zones.",
    ),
    (
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
        Verdict.WILL_NEVER_FIT,
        "Ask for less, or give the compute environment larger instance types.",
    ),
    (
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        Verdict.WILL_NEVER_FIT,
        "Ask for less, or raise maxvCpus of the compute environment.",
    ),
    (
        "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS",
        Verdict.MISCONFIGURED,
        "Give the service role of the compute environment the rights that it lacks.",
    ),
    (
        "MISCONFIGURATION:",
        Verdict.MISCONFIGURED,
        "Mend the compute environment as the reason says.",
    ),
    (
        "ACTION_REQUIRED",
        Verdict.MISCONFIGURED,
        "Enable or mend the queue's compute environments.",
    ),
    (
        "UNDETERMINED",
        Verdict.UNDETERMINED,
        "Check that the instances reach ECS (network, instance role) and join the cluster.",
    ),
)


def diagnose(session: Session, detail: JobDetail) -> Diagnosis:
    """Tell why a job is not running, or what became of it.

    Raises:
        ServiceError: AWS refused a call or did not answer.
    """
    verdict, findings = _Examination(session, detail).result()
    return Diagnosis(
        job_id=detail.job_id, status=detail.status, verdict=verdict, findings=tuple(findings)
    )


@dataclass(frozen=True)
class _Examination:
    session: Session
    job: JobDetail

    def result(self) -> tuple[Verdict, list[Finding]]:
        job = self.job
        if job.status.is_terminal:
            fix = ""
            if job.status is JobStatus.FAILED:
                fix = failure.next_step(job, self.session.command)
            return Verdict.ENDED, [Finding(evidence=job.full_reason, fix=fix)]
        if job.status is JobStatus.RUNNING:
            return Verdict.RUNNING, []
        if job.status is JobStatus.STARTING:
            return Verdict.STARTING, []
        if job.status in (JobStatus.SUBMITTED, JobStatus.PENDING):
            return self._waiting_for_jobs()
        return self._runnable()

    def _waiting_for_jobs(self) -> tuple[Verdict, list[Finding]]:
        findings: list[Finding] = []
        if self.job.array is not None and self.job.is_array_parent:
            counts = ", ".join(
                f"{count} {status}"
                for status, count in self.job.array.status_summary.items()
                if count
            )
            findings.append(
                Finding(
                    evidence=f"its {self.job.array.size} children are {counts or 'not made yet'}",
                    fix=f"See one of them: {self.session.command} show {self.job.job_id}:0",
                )
            )
        dependencies = self.session.describe(self.job.depends_on)
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

    def _runnable(self) -> tuple[Verdict, list[Finding]]:
        queue = self.session.transport.describe_job_queue(self.job.queue)
        if queue is None:
            return Verdict.MISCONFIGURED, [
                Finding(
                    evidence=f"its queue {self.job.queue} does not exist any more",
                    fix="Submit it again to another queue.",
                )
            ]
        order = [each["computeEnvironment"] for each in queue.get("computeEnvironmentOrder", ())]
        environments = self.session.transport.describe_compute_environments(order)
        unusable = [
            finding for each in environments if (finding := self._unusable(each)) is not None
        ]
        misfits = [finding for each in environments if (finding := self._misfit(each)) is not None]
        if environments and len(misfits) == len(environments):
            return Verdict.WILL_NEVER_FIT, misfits
        if len(unusable) == len(environments):
            nothing = Finding(evidence="its queue has no compute environment", fix="Add one.")
            return Verdict.MISCONFIGURED, unusable or [nothing]
        blocked = self._blocked()
        if blocked is not None:
            verdict, finding = blocked
            return verdict, [finding, *misfits, *unusable]
        return Verdict.WAITING_ITS_TURN, [self._turn(), *misfits, *unusable]

    def _blocked(self) -> tuple[Verdict, Finding] | None:
        reason = self.job.status_reason or ""
        for prefix, verdict, fix in _BLOCKED:
            if reason.startswith(prefix):
                return verdict, Finding(evidence=f"Batch says: {reason}", fix=fix)
        return None

    def _unusable(self, environment: Mapping[str, Any]) -> Finding | None:
        name, state = environment["computeEnvironmentName"], environment.get("state")
        if state == "DISABLED":
            return Finding(
                evidence=f"compute environment {name} is DISABLED",
                fix=f"Enable it ({self._setting(environment, 'state')}).",
            )
        if environment.get("status") == "INVALID":
            return Finding(
                evidence=f"compute environment {name} is INVALID: "
                f"{environment.get('statusReason', 'no reason given')}",
                fix="Mend what the reason names, then deploy again.",
            )
        return None

    def _misfit(self, environment: Mapping[str, Any]) -> Finding | None:
        found = self._measure(environment.get("computeResources") or {})
        if found is None:
            return None
        return Finding(
            evidence=f"in compute environment {environment['computeEnvironmentName']}: "
            f"{found.evidence}",
            fix=f"Submit it again asking for less, or change {found.setting} "
            f"({self._setting(environment, found.setting)}).",
        )

    def _measure(self, resources: Mapping[str, Any]) -> Misfit | None:
        instances: list[InstanceType] = []
        if resources.get("instanceTypes"):
            patterns = name_patterns(resources["instanceTypes"])
            try:
                answers = self.session.transport.describe_instance_types(patterns)
            except ServiceError:
                answers = ()  # EC2 may be closed to the caller: the other causes still count
            instances = [InstanceType.from_response(each) for each in answers]
        return misfit(
            Requirement.of(self.job), max_vcpus=resources.get("maxvCpus"), instances=instances
        )

    def _setting(self, environment: Mapping[str, Any], setting: str) -> str:
        for key, known in self.session.outputs.compute_environments.items():
            if environment.get("computeEnvironmentArn") == known.arn:
                return f"batch-platform:computeEnvironments.{key}.{setting} in the stack's config"
        return f"{setting} of {environment['computeEnvironmentName']}"

    def _turn(self) -> Finding:
        """Say what is ahead. Counts only: the order within a queue is Batch's own."""
        queue = [self.job.queue]
        started = {JobStatus.STARTING, JobStatus.RUNNING}
        active = list(
            jobs_in_queues(
                self.session.transport, queue, statuses={*started, JobStatus.RUNNABLE}, name=None
            )
        )
        running = sum(each.status in started for each in active)
        ahead = sum(
            each.status is JobStatus.RUNNABLE
            and each.job_id != self.job.job_id
            and each.created_at is not None
            and self.job.created_at is not None
            and each.created_at < self.job.created_at
            for each in active
        )
        return Finding(
            evidence=f"nothing is wrong that can be seen: {ahead} job(s) are ahead of it in the "
            f"queue and {running} run; new instances take a few minutes to come up",
            fix="",
        )
