"""What made a job fail: one taxonomy, read from what AWS writes. Pure.

The texts are matched where AWS puts them: ``statusReason`` of the job or attempt, ``reason`` of the
container. AWS words them a little differently over the years, so only their beginning, or the name
of the error, counts. Sources, by the letters below: [S] user guide "Job states" and "Job retries",
[T] user guide "Troubleshooting", [L] user guide "Job state time limit actions", [E] ECS developer
guide "Stopped tasks error messages", [F] not documented, seen in the answers of AWS.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class FailureKind(enum.StrEnum):
    """Why a job or an attempt failed, in one word."""

    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    """The container went over its memory limit and was killed."""
    SPOT_RECLAIM = "SPOT_RECLAIM"
    """Its instance or Fargate Spot capacity was taken away, or was lost."""
    IMAGE_PULL = "IMAGE_PULL"
    """The image could not be pulled."""
    START = "START"
    """The container could not be started for another reason: log group, secrets, volumes, …"""
    TIMEOUT = "TIMEOUT"
    """The attempt ran longer than the job's timeout."""
    DEPENDENCY = "DEPENDENCY"
    """A job that it waited for failed; it never ran."""
    CHILDREN = "CHILDREN"
    """The parent of an array: at least one of its children failed."""
    CANCELLED = "CANCELLED"
    """It was stopped on request: CancelJob or TerminateJob."""
    PLACEMENT = "PLACEMENT"
    """It was never placed: a time limit of its queue ended the wait, or its queue was deleted."""
    REFUSED = "REFUSED"
    """Batch accepted the job and ECS did not: overrides too long, too many tags, …"""
    APPLICATION = "APPLICATION"
    """Its own command ended with an exit code other than 0."""
    UNKNOWN = "UNKNOWN"
    """AWS gave no reason that is known here."""

    @property
    def words(self) -> str:
        """The kind as words of a sentence, e.g. ``out of memory``."""
        return self.replace("_", " ").lower()


@dataclass(frozen=True)
class _Rule:
    kind: FailureKind
    text: str
    """What the reason begins with."""
    of_container: bool = False
    """Look in the container's ``reason``, else in ``statusReason``."""
    anywhere: bool = False


_K = FailureKind
# The first that holds decides. What AWS says comes before what was asked for: a request to cancel
# that came too late for a running job is recorded on it all the same.
_RULES: Sequence[_Rule] = (
    _Rule(_K.DEPENDENCY, "Dependent Job failed"),  # [F]
    _Rule(_K.CHILDREN, "Array Child Job failed"),  # [F]
    _Rule(_K.PLACEMENT, "Canceled by JobStateTimeLimit action"),  # [L]
    _Rule(_K.PLACEMENT, "JobQueue deleted"),  # [F]
    _Rule(_K.TIMEOUT, "Job attempt duration exceeded timeout"),  # [F], user guide: Job timeouts
    _Rule(_K.SPOT_RECLAIM, "Host EC2"),  # [S] `Host EC2 (instance i-…) terminated.`
    _Rule(_K.SPOT_RECLAIM, "Your Spot Task was interrupted"),  # [E]
    _Rule(_K.OUT_OF_MEMORY, "outofmemory", of_container=True),  # [E] OutOfMemoryError: …
    _Rule(_K.IMAGE_PULL, "cannotpull", of_container=True),  # [E] CannotPull[Container|ECR…]Error
    _Rule(_K.START, "dockertimeouterror", of_container=True),  # [E]
    _Rule(_K.START, "resourceinitializationerror", of_container=True),  # [E]
    _Rule(_K.START, "cannotstartcontainererror", of_container=True),  # [E]
    _Rule(_K.START, "cannotcreatecontainererror", of_container=True),  # [E]
    _Rule(_K.OUT_OF_MEMORY, "outofmemoryerror", anywhere=True),  # [E], of Fargate
    _Rule(_K.IMAGE_PULL, "cannotpullcontainererror", anywhere=True),  # [E], of Fargate
    _Rule(_K.START, "resourceinitializationerror", anywhere=True),  # [E], of Fargate
    _Rule(_K.START, "Task failed to start"),  # [T]
    _Rule(_K.REFUSED, "Container Overrides length must be at most"),  # [F], API: ECS RunTask
)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a job, or one attempt of it, failed."""

    kind: FailureKind
    evidence: str
    """The text of AWS, or the exit code, that shows it."""


@dataclass(frozen=True, kw_only=True)
class FailedChild:
    """A failed child of an array job."""

    job_id: str
    index: int | None
    failure: Failure
    exit_code: int | None

    def to_mapping(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        return {
            "jobId": self.job_id,
            "index": self.index,
            "kind": str(self.failure.kind),
            "evidence": self.failure.evidence,
            "exitCode": self.exit_code,
        }


def shown_children(children: Sequence[FailedChild], count: int) -> str:
    """Return the end of a message that names failed children; empty if there are none.

    Args:
        children: the first ones.
        count: how many there are in all.
    """
    if not count:
        return ""
    listed = ", ".join(f"{each.index} ({each.failure.kind.words})" for each in children)
    more = f" and {count - len(children)} more" if count > len(children) else ""
    return f"; {count} children failed: {listed}{more}" if listed else f"; {count} children failed"


def classify(
    *,
    status_reason: str | None,
    reason: str | None,
    exit_code: int | None,
    stop_requested: bool = False,
) -> Failure:
    """Tell why a job or an attempt failed.

    Args:
        status_reason: ``statusReason`` of the job or the attempt.
        reason: ``reason`` of the container.
        exit_code: of the container; ``None`` if there is none.
        stop_requested: the job ``isCancelled`` or ``isTerminated``.
    """
    for rule in _RULES:
        for text in _where(rule, status_reason, reason):
            found = text.lower()
            wanted = rule.text.lower()
            if found.startswith(wanted) or (rule.anywhere and wanted in found):
                return Failure(kind=rule.kind, evidence=text)
    ran = (status_reason or "").startswith("Essential container")  # [T]
    if stop_requested and not ran:
        # The reason that the caller gave becomes statusReason, whatever it says (API: CancelJob).
        return Failure(kind=_K.CANCELLED, evidence=status_reason or "stopped on request")
    if exit_code:
        return Failure(kind=_K.APPLICATION, evidence=f"exit code {exit_code}")
    evidence = "; ".join(each for each in (status_reason, reason) if each) or "no reason given"
    return Failure(kind=_K.UNKNOWN, evidence=evidence)


def _where(rule: _Rule, status_reason: str | None, reason: str | None) -> list[str]:
    if rule.anywhere:
        return [each for each in (reason, status_reason) if each]
    text = reason if rule.of_container else status_reason
    return [text] if text else []
