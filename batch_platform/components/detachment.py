"""The gate between the update of the queues and the deletion of old compute environments."""

from __future__ import annotations

import asyncio
import contextvars
import functools
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi

from batch_platform.clients import client
from batch_platform.compute_environments.detachment import wait_until_detached

if TYPE_CHECKING:
    from batch_platform.components.compute import ComputeEnvironments
    from batch_platform.components.queues import JobQueues
    from batch_platform.plan import Plan


@dataclass(frozen=True)
class DetachmentArgs:
    """Input of :class:`Detachment`."""

    plan: Plan
    environments: ComputeEnvironments
    queues: JobQueues


class Detachment(pulumi.ComponentResource):
    """Updated whenever a compute environment comes or goes, which it lets happen when it may.

    The engine deletes what was replaced or removed only after everything else has succeeded. So a
    hook before this update, that fails while a queue still names an old environment, keeps all
    deletions back; the next ``up`` goes on from there. No hook is bound to the deletion itself,
    since ``pulumi destroy`` would then want ``--run-program``.
    """

    def __init__(
        self, name: str, args: DetachmentArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        self._plan = args.plan
        # In one order, so that another order in the config is no update.
        environments = [each.arn for _, each in sorted(args.environments.by_key.items())]
        queues = [each.arn for _, each in sorted(args.queues.by_key.items())]
        gate = pulumi.ResourceOptions(
            hooks=pulumi.ResourceHookBinding(
                before_update=[pulumi.ResourceHook(f"{name}-detachment", self._wait)]
            )
        )
        super().__init__(
            "batch-platform:index:Detachment",
            name,
            {"computeEnvironments": environments, "jobQueues": queues},
            pulumi.ResourceOptions.merge(opts, gate),
        )
        self.register_outputs({})

    async def _wait(self, change: pulumi.ResourceHookArgs) -> None:
        """Wait, off the event loop, on which the rest of the program goes on."""
        before, after = change.old_inputs or {}, change.new_inputs or {}
        going = _missing("computeEnvironments", before, after)
        if not going:
            return
        batch = client("batch", self._plan.settings.region, self._plan.account_id)

        def describe_job_queues() -> Iterable[Mapping[str, Any]]:
            for page in batch.get_paginator("describe_job_queues").paginate():
                yield from page["jobQueues"]

        await _in_a_thread_of_its_own(
            functools.partial(
                wait_until_detached,
                going,
                _missing("jobQueues", before, after),
                describe_job_queues,
                timeout=self._plan.settings.replacement.detach_timeout,
                # Not as this resource's: then it would be told when the wait is over.
                report=pulumi.log.info,
            )
        )


async def _in_a_thread_of_its_own(call: Callable[[], None]) -> None:
    """Call off the event loop, in the context of the caller.

    The threads that :func:`asyncio.to_thread` has belong to Pulumi: each registers a resource, and
    with ``--parallel 1`` all of them wait for the engine, which waits for the hook.
    """
    loop, context = asyncio.get_running_loop(), contextvars.copy_context()
    with ThreadPoolExecutor(max_workers=1) as own:
        await loop.run_in_executor(own, context.run, call)


def _missing(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    return set(before.get(key, ())) - set(after.get(key, ()))
