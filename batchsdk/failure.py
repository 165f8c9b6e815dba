"""What to do about a job that failed."""

from __future__ import annotations

from batchsdk.detail import JobDetail

_KILLED = 137
"""Exit code of a process that was killed, most often for its memory."""


def next_step(detail: JobDetail, command: str) -> str:
    """Return what to do or type next about a FAILED job.

    Args:
        detail: the job.
        command: the command line that reaches its stack, e.g. ``batchsdk --stack dev``.
    """
    reasons = detail.full_reason
    logs = f"Read its log: {command} logs {detail.job_id}"
    if detail.is_cancelled or detail.is_terminated:
        return f"It was stopped on request. See more: {command} show {detail.job_id}"
    if reasons.startswith("Dependent Job failed"):
        wanted = " ".join(detail.depends_on) or detail.job_id
        return f"A job that it waited for failed. See which: {command} show {wanted}"
    if detail.is_array_parent:
        return f"Children failed. Read their logs: {command} logs {detail.job_id}"
    if "OutOfMemory" in reasons or detail.exit_code == _KILLED:
        more = f"Submit it again with more memory than {detail.memory} MiB (--memory). "
        return more + logs
    if "CannotPull" in reasons:
        cure = "The image could not be pulled: check its name, and the network's way to it."
        return f"{cure} See more: {command} show {detail.job_id}"
    if "exceeded timeout" in reasons:
        return f"Submit it again with a longer --timeout. {logs}"
    if "Host EC2" in reasons or "Spot Task was interrupted" in reasons:
        return f"Its capacity was taken away: submit it with --retry-spot. {logs}"
    if detail.log_streams:
        return logs
    return f"See more: {command} show {detail.job_id}"
