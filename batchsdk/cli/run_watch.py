"""Waiting for a run of a workflow on the command line: progress, result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchsdk.cli.render import Renderer
from batchsdk.cli.stuck import StuckJobs

if TYPE_CHECKING:
    import batchsdk
    from batchsdk.runs.interrupts import OnInterrupt


@dataclass(frozen=True, kw_only=True)
class Following:
    """How a run is waited for."""

    wait: bool
    timeout: float | None
    """Seconds."""
    runnable_timeout: float | None
    """Seconds."""
    on_interrupt: OnInterrupt


def follow(renderer: Renderer, run: batchsdk.WorkflowRun, following: Following) -> None:
    """Wait for a run unless told not to; show what became of each step.

    Raises:
        WorkflowFailedError: a step failed; the steps have been shown.
        WaitTimeoutError: it has not ended in time.
    """
    from batchsdk.workflow.run import Lines  # noqa: PLC0415  # not for --help

    renderer.progress(f"run {run.name}")
    if not following.wait:
        show_steps(renderer, run, run.steps)
        renderer.progress(f"to follow the run and let it go on: {run.attach_command}")
        for step, why in run.plan.deferred.items():
            renderer.progress(f"step {step} needs a client that follows the run: it {why}")
        return
    stuck = StuckJobs(renderer)
    try:
        steps = run.wait(
            following.timeout,
            check=False,
            progress=Lines(renderer.progress),
            on_stuck=stuck,
            runnable_timeout=following.runnable_timeout,
        )
    except KeyboardInterrupt:
        stuck.stop("no longer waiting")
        raise
    show_steps(renderer, run, steps)
    if any(status.is_failure for status in steps.values()):
        raise run.failure(steps)


def show_steps(
    renderer: Renderer,
    run: batchsdk.WorkflowRun,
    steps: Mapping[str, batchsdk.StepStatus],
) -> None:
    """Write what became of each step, and its jobs."""
    jobs = {step: [job.id for job in many] for step, many in run.jobs.items()}
    if renderer.as_json:
        renderer.json(
            {
                "run": run.name,
                "workflow": run.definition.name,
                "steps": [
                    {"step": step, "status": status, "jobIds": jobs[step]} | _origin(run, step)
                    for step, status in steps.items()
                ],
            }
        )
        return
    rows = [(step, status, tuple(jobs[step])) for step, status in steps.items()]
    renderer.table(("STEP", "STATUS", "JOB IDS"), rows, folded=("STEP",))
    for step, origin in run.cached.items():
        ids = ", ".join(origin.job_ids)
        renderer.progress(f"step {step} is cached: it SUCCEEDED in run {origin.run}, job {ids}")
    for step, many in run.cached_points.items():
        for each in many:
            line = cached_points_line(step, each.run, len(each.indices))
            renderer.progress(f"{line}, job {', '.join(each.job_ids)}")


def _origin(run: batchsdk.WorkflowRun, step: str) -> dict[str, object]:
    """Return where the results of a cached step or points are from; nothing of another."""
    if step in run.cached_points:
        return {
            "cachedPoints": [
                {"run": each.run, "jobIds": list(each.job_ids), "indices": list(each.indices)}
                for each in run.cached_points[step]
            ]
        }
    if step not in run.cached:
        return {}
    origin = run.cached[step]
    return {"cached": {"run": origin.run, "jobIds": list(origin.job_ids)}}


def cached_points_line(step: str, run: str, count: int) -> str:
    """Return the line that tells how many points of a sweep are taken from an earlier run."""
    points = "1 point is cached: it" if count == 1 else f"{count:,} points are cached: they"
    return f"step {step}: {points} SUCCEEDED in run {run}"
