"""Records what the program registers for a config, with neither the engine nor AWS."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pulumi
from google.protobuf import json_format
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.rpc import deserialize_properties
from pulumi.runtime.stack import run_pulumi_func

from batch_platform.changes.registrations import ATTRIBUTES, Registration
from batch_platform.changes.rules import LAUNCH_TEMPLATE, VPC
from batch_platform.components.program import register
from batch_platform.plan import Plan

INVENTED_IPV6 = "2001:db8::/56"
"""Stands for the block that Amazon gives a VPC: one of documentation (RFC 3849)."""
INVENTED_NUMBER = 10**12
"""Stands for a version: no input that the config has is as large."""


def recorded(plan: Plan) -> Mapping[str, Registration]:
    """Return the resources that the program registers for ``plan``, by their URNs."""
    # For each resource Pulumi walks through all calls on the stack, so a thread's short stack is
    # faster. Nor does the caller's event loop change.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_recorded, plan).result()


def _recorded(plan: Plan) -> Mapping[str, Registration]:
    monitor = _Recorder()
    # Pulumi's tasks must all live on one loop, set beforehand. The mocks want one as well on every
    # thread on which they are called, and would leave those that they make open.
    loop, of_calls = asyncio.new_event_loop(), asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    calls = ThreadPoolExecutor(1, initializer=asyncio.set_event_loop, initargs=(of_calls,))
    loop.set_default_executor(calls)

    async def program() -> None:
        register(plan)

    try:
        pulumi.runtime.set_mocks(
            monitor.mocks,
            project="batch-platform",
            stack=plan.environment,
            preview=False,  # of unknown outputs it could compute nothing
            monitor=monitor,
        )
        loop.run_until_complete(run_pulumi_func(program))
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()
        of_calls.close()
    return monitor.registrations


class _Recorder(MockMonitor):
    """Keeps what Pulumi's mocks are not told: dependencies, and the replacement trigger."""

    def __init__(self) -> None:
        super().__init__(_InventedOutputs())
        self.registrations: dict[str, Registration] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # gRPC's name
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK's
        made = self.resources.get(response.urn)
        trigger = json_format.MessageToDict(request.replacement_trigger)
        self.registrations[response.urn] = Registration(
            type=request.type,
            name=request.name,
            inputs=deserialize_properties(request.object),
            outputs={**made.state, "id": made.id} if made else {},
            dependencies={
                key: list(each.urns) for key, each in request.propertyDependencies.items()
            },
            trigger=trigger,
        )
        return response


class _InventedOutputs(Mocks):
    """Invents what AWS would decide."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Return the id and the outputs of a resource."""
        invented: dict[str, Any] = {
            name: f"({name} of {args.typ} {args.name})"
            for name in (*ATTRIBUTES, "ecsClusterArn", "name", "prefixListId")
        }
        if args.typ == LAUNCH_TEMPLATE:
            invented["latestVersion"] = INVENTED_NUMBER
        if args.typ == VPC:
            invented["ipv6CidrBlock"] = INVENTED_IPV6
        return invented["id"], {**invented, "revision": INVENTED_NUMBER, **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], None]:
        """Refuse: the program asks AWS before it registers anything."""
        raise NotImplementedError(args.token)
