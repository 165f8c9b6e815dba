"""The Pulumi program on the local AWS without the Pulumi engine.

Pulumi's own mocks evaluate the real ``__main__.py``; each resource that it registers is created
at once by boto3. For a machine that has Python and nothing else: there is no state, no diff and no
replacement, so deploy to an empty local AWS. The real engine does the rest.
"""

from __future__ import annotations

import asyncio
import logging
import runpy
import secrets
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks
from pulumi.runtime.stack import run_pulumi_func

from batch_platform.settings import read_stack_file
from localaws.credentials.connection import Connection
from localaws.provider.values import unwrapped
from localaws.resources.clients import Clients
from localaws.resources.table import FUNCTIONS, RESOURCE_TYPES

logger = logging.getLogger(__name__)

STASH = "pulumi:index:Stash"
"""A resource of the engine itself, which keeps a value in its state; here each run is the first."""


class DeployedResource(NamedTuple):
    """A resource that the program registered and the local AWS now has."""

    type: str
    """Pulumi type token, e.g. ``aws:ec2/vpc:Vpc``."""
    name: str
    """Logical name in the program."""
    id: str
    """Physical id."""


@dataclass(frozen=True)
class Deployment:
    """What came of running the program."""

    resources: tuple[DeployedResource, ...]
    outputs: dict[str, Any]


class DeploymentError(Exception):
    """The local AWS refused a resource, or cannot carry its type."""


def deploy(
    connection: Connection,
    *,
    stack: str,
    project: Path,
    on_resource: Callable[[DeployedResource], None] = lambda _: None,
) -> Deployment:
    """Run the program of ``project`` for ``stack`` and create what it declares.

    Call it once in a process: Pulumi's run time keeps global state.

    Args:
        connection: of a running local AWS.
        stack: name of the stack; its config is ``Pulumi.<stack>.yaml`` in ``project``.
        project: folder of ``Pulumi.yaml`` and ``__main__.py``.
        on_resource: told of each resource as soon as it exists.

    Raises:
        batch_platform.settings.SettingsError: the config is not valid; nothing was created.
        DeploymentError: a resource could not be created.
    """
    config = read_stack_file(project / f"Pulumi.{stack}.yaml").pulumi_config()
    region = config.get("aws:region", connection.region)
    creator = _Creator(Clients(connection, region), on_resource)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)  # Pulumi's tasks must all live on one loop, set beforehand
    # What matters is raised below; the rest is tasks that were cut off by Ctrl-C.
    loop.set_exception_handler(lambda _, context: logger.debug("%s", context))
    sys.path.insert(0, str(project))
    try:
        pulumi.runtime.set_mocks(creator, project="batch-platform", stack=stack, preview=False)
        pulumi.runtime.set_all_config(config)
        loop.run_until_complete(run_pulumi_func(lambda: _run(project / "__main__.py")))
        root = pulumi.runtime.get_root_resource()
        exported = pulumi.Output.from_input(getattr(root, "outputs", {}))
        outputs = loop.run_until_complete(exported.future())
    except Exception as error:
        if creator.failure is not None:
            raise creator.failure from error
        if str(error).startswith("invoke of "):  # Pulumi raises a bare Exception for these
            raise DeploymentError(str(error)) from error
        raise
    finally:
        sys.path.remove(str(project))
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()
    return Deployment(tuple(creator.resources), dict(outputs or {}))


def _run(program: Path) -> None:
    runpy.run_path(str(program), run_name="__main__")


class _Creator(Mocks):
    """Pulumi's mocks, creating for real."""

    def __init__(self, clients: Clients, on_resource: Callable[[DeployedResource], None]) -> None:
        self._clients = clients
        self._on_resource = on_resource
        self._lock = threading.Lock()  # Pulumi registers independent resources from threads
        self.resources: list[DeployedResource] = []
        self.failure: DeploymentError | None = None

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        inputs = unwrapped(args.inputs)
        if not args.custom:
            return None, inputs  # a component: it groups resources and is none itself
        if args.typ == STASH:
            return args.name, {**inputs, "output": inputs["input"]}
        described = f"{args.typ} {args.name!r}"
        resource_type = RESOURCE_TYPES.get(args.typ)
        if resource_type is None:
            raise self._failed(described, "the local AWS does not support this resource type")
        if resource_type.autonamed and "name" not in inputs:
            inputs["name"] = f"{args.name}-{secrets.token_hex(4)[:7]}"
        try:
            identifier, outputs = resource_type.create(self._clients, inputs)
        except Exception as error:
            raise self._failed(described, str(error)) from error
        deployed = DeployedResource(args.typ, args.name, identifier)
        with self._lock:
            self.resources.append(deployed)
            self._on_resource(deployed)
        return identifier, {**inputs, **outputs}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        if args.token not in FUNCTIONS:
            raise self._failed(f"function {args.token}", "the local AWS does not support it")
        try:
            return FUNCTIONS[args.token](self._clients, unwrapped(args.args)), []
        except Exception as error:
            # A failure, not an exception: the program may catch it, as with the real provider.
            return {}, [("", str(error))]

    def _failed(self, what: str, reason: str) -> DeploymentError:
        failure = DeploymentError(f"{what}: {reason}")
        self.failure = self.failure or failure
        return failure
