"""What a workflow would submit, for ``--dry-run``."""

from __future__ import annotations

from batchsdk.cli.render import Renderer
from batchsdk.cli.run_watch import cached_points_line
from batchsdk.workflow.planning import EdgeKind, Plan


def show_plan(renderer: Renderer, plan: Plan, **of: str) -> None:
    """Write the jobs in the order of their submission, and how each edge is kept.

    Args:
        renderer: the way to write.
        plan: of a workflow, or of what is left of a run.
        of: what JSON says it is the plan of.
    """
    if renderer.as_json:
        renderer.json({**of, "plan": plan})
        return
    after: dict[str, list[str]] = {}
    for edge in plan.edges:
        if edge.kind is EdgeKind.SEQUENTIAL:
            after.setdefault(edge.after, []).append("one child after the other")
        else:
            why = f": {edge.why}" if edge.why else ""
            after.setdefault(edge.after, []).append(f"{edge.before} ({edge.kind}{why})")
    rows: list[tuple[object, ...]] = []
    for job in plan.jobs:
        if job.step is None:
            before = [f"{len(job.depends_on)} jobs"]
            when = "at the start"
        else:
            before = after.get(job.step, [])
            when = "by the client" if job.step in plan.deferred else "at the start"
        if job.key in plan.going_on:
            when = "goes on"
        lines = (*(f"{each}," for each in before[:-1]), *before[-1:])
        rows.append((len(rows) + 1, job.key, job.size, lines, when))
    renderer.table(
        ("ORDER", "JOB", "CHILDREN", "AFTER", "SUBMITTED"),
        rows,
        folded=("JOB", "AFTER"),
        dropped=("CHILDREN",),
    )
    _tell_of_kept(renderer, plan)
    if not plan.jobs:
        renderer.progress("nothing is left to submit")
    for step, why in plan.deferred.items():
        renderer.progress(f"step {step} needs a client while the workflow runs: it {why}")


def _tell_of_kept(renderer: Renderer, plan: Plan) -> None:
    kept = [
        step for step in plan.done if step not in plan.cached and step not in plan.cached_points
    ]
    if kept:
        renderer.progress(f"not run again, as they SUCCEEDED: {', '.join(kept)}")
    for step, run in plan.cached.items():
        renderer.progress(f"step {step} is cached: it SUCCEEDED in run {run}, and is as it was")
    for step, runs in plan.cached_points.items():
        for run, count in runs.items():
            renderer.progress(cached_points_line(step, run, count))
