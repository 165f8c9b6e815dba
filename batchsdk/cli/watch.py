"""Waiting for a job on the command line: progress, log, result."""

from __future__ import annotations

import batchsdk
from batchsdk.cli.progress import progress_bar, wait_showing_children
from batchsdk.cli.render import Renderer
from batchsdk.cli.stuck import StuckJobs


def watch(
    batch: batchsdk.Batch,
    job: batchsdk.Job,
    renderer: Renderer,
    *,
    follow: bool,
    timeout: float | None = None,
    runnable_timeout: float | None = None,
    size: int | None = None,
) -> None:
    """Wait for ``job``, show its status changes and, with ``follow``, its log; show the result.

    Of an array of ``size`` children a terminal shows how many have ended instead.

    Raises:
        JobFailedError: it failed.
        WaitTimeoutError: it did not end within ``timeout`` seconds.
        RunnableTimeoutError: it did not start within ``runnable_timeout`` seconds.
        KeyboardInterrupt: the user stopped waiting; the job goes on, and the user was told so.
    """
    stuck = StuckJobs(renderer)

    def wait(*, shows: bool = True) -> batchsdk.JobDetail:
        return job.wait(
            timeout,
            on_change=show_change if shows else None,
            on_stuck=stuck,
            runnable_timeout=runnable_timeout,
        )

    seen: list[batchsdk.JobStatus] = []

    def show_change(detail: batchsdk.JobDetail) -> None:
        if detail.status not in seen[-1:]:
            seen.append(detail.status)
            renderer.progress(f"{detail.name}: {detail.status}")

    try:
        if follow:
            for event in job.logs(
                follow=True,
                on_change=show_change,
                on_error=lambda fault: renderer.progress(f"log: {fault.message}"),
                on_stuck=stuck,
                runnable_timeout=runnable_timeout,
            ):
                show_event(renderer, event)
            detail = wait()
        elif size is not None:
            with progress_bar(size, renderer) as bar:
                detail = wait_showing_children(lambda: wait(shows=not bar.is_shown), [job], bar)
        else:
            detail = wait()
    except KeyboardInterrupt:
        stuck.stop(
            f"no longer waiting; job {job.id} goes on. "
            f"To wait again: {batch.command} wait {job.id}. "
            f"To stop it: {batch.command} terminate {job.id}"
        )
        raise
    if not renderer.as_json:
        return
    if follow:
        renderer.json_line(detail)
    else:
        renderer.json(detail)


def show_event(
    renderer: Renderer, event: batchsdk.LogEvent, *, prefix: str = "", raw: bool = False
) -> None:
    """Write one log event, with the child, node or attempt that wrote it, if it is not the first.

    Args:
        renderer: the way to write.
        event: what to write.
        prefix: what to begin the line with.
        raw: write the message as it is; else what could act on a terminal is escaped.
    """
    if renderer.as_json:
        renderer.json_line(event)
        return
    label = f"[{event.label}] " if event.label else ""
    (renderer.raw_line if raw else renderer.line)(f"{prefix}{label}{event.message}")
