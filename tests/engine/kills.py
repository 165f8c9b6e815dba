"""The engine killed again and again through the life of a stack, each time recovered from."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from localaws.credentials.connection import Connection
from localaws.provider import ProviderServer
from tests.engine.inventory import Inventory
from tests.engine.stacks import Run, Stack, engine_environ
from tests.engine.wire import Change, Wire

Operation = tuple[str, str]
"""What the engine was at: the kind of the pending operation, and its URN."""
CONFIG = {
    "aws:region": "us-east-1",
    "batch-platform:network": {
        "mode": "nat",
        "availabilityZones": 1,
        "flowLogs": {"enabled": True},
    },
    "batch-platform:computeEnvironments": {
        "default": {"type": "EC2", "instanceTypes": ["c4.large"]},
        "spot": {"type": "SPOT", "instanceTypes": ["c4.large"]},
    },
    "batch-platform:jobQueues": {
        "default": {"computeEnvironments": ["default", "spot"], "fairsharePolicy": {}}
    },
    "batch-platform:jobEvents": {"enabled": True},
    "batch-platform:consumers": {"managedPolicies": True},
    "batch-platform:monitoring": {
        "enabled": True,
        "email": ["team@example.com"],
        "failedJobs": {},
    },
    "batch-platform:jobDefinitions": {
        "hello": {
            "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/busybox",
            "memory": 100,
        }
    },
}
"""All that a stack can have; of the network modes the one with most resources."""


def replace(stack: Stack) -> None:
    """Edit the config so that much is replaced, and much else changed in place."""
    environment = stack.block("computeEnvironments")["default"]
    environment["allocationStrategy"] = "BEST_FIT"
    environment["instanceTypes"] = ["c5.large"]
    environment["launchTemplate"] = {"rootVolume": {"volumeSize": 50}}
    del stack.block("jobQueues")["default"]["fairsharePolicy"]
    stack.block("monitoring")["email"] = ["others@example.com"]
    stack.block("jobDefinitions")["hello"]["memory"] = 200
    stack.config["batch-platform:roles"] = {"path": "/batch/"}


TIMEOUT_SECONDS = 600
SHARE = 0.2
"""Of the requests, those that :class:`Some` takes."""
KEPT = {"JobDefinition": 0, "DefaultSecurityGroup": 0}
"""A revision and the VPC's own group may stay without a state that knows them."""


@dataclass(frozen=True)
class Kill:
    """One kill.

    Attributes:
        command: of Pulumi.
        operations: what the state says is pending.
        after: what AWS had done, and nobody was told.
        said: by the recovery.
        orphans: what AWS had after it beside what the state knows, by type.
        missing: the other way round.
    """

    command: str
    operations: tuple[Operation, ...]
    after: tuple[Change, ...]
    said: str
    orphans: dict[str, int]
    missing: dict[str, int]


class EachOnce:
    """Every request that changes something, wherever it is met first."""

    def __init__(self) -> None:
        self._seen: set[Change] = set()

    def __call__(self, change: Change) -> bool:
        """Return whether no engine was killed after it yet."""
        is_new = change not in self._seen
        self._seen.add(change)
        return is_new


class Some:
    """Some requests that change something, others with each seed."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def __call__(self, _: Change) -> bool:
        """Return whether it is one of them."""
        return self._random.random() < SHARE


def kill_session(leader: int) -> None:
    """Kill the engine and all that it started: its plugins have process groups of their own."""
    for each in (int(found.name) for found in Path("/proc").glob("[0-9]*")):
        with suppress(ProcessLookupError):
            if os.getsid(each) == leader:
                os.kill(each, signal.SIGKILL)


@dataclass
class Life:
    """A stack whose programs reach AWS by a wire that can be cut.

    Attributes:
        stack: made with ``environ``.
        environ: of its engine; each run has a provider of its own.
        wire: between both and the local AWS.
        connection: through the wire.
        options: more of each command.
    """

    stack: Stack
    environ: dict[str, str]
    wire: Wire
    connection: Connection
    options: tuple[str, ...] = ()
    kills: list[Kill] = field(default_factory=list)
    on_kill: Callable[[Kill], object] = bool

    def run(self, command: str, is_point: Callable[[Change], bool], most: int = 1000) -> Run:
        """Run a command, killed at each point and recovered from, to its end.

        Args:
            command: of Pulumi.
            is_point: returns whether to kill after this request.
            most: how many kills there are; the run after them is left alone.
        """
        for _ in range(most):
            run = self._killed(command, is_point)
            if run is not None:
                return run
        return self.once(command)

    def once(self, command: str) -> Run:
        """Run a command to its end."""
        with self._provider():
            return self.stack.pulumi(command, "--yes", "--skip-preview", *self.options)

    def pending(self) -> tuple[Operation, ...]:
        """Return the pending operations that the state file has."""
        found = self._deployment().get("pending_operations") or ()
        return tuple((each["type"], each["resource"]["urn"]) for each in found)

    def differences(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return what AWS has and the state knows not, and the other way round, by type."""
        told = {kind: len(names) for kind, names in self.inventory().items()}
        known = Counter(
            each["type"].rpartition(":")[2]
            for each in self._deployment().get("resources") or ()
            # Deleted before its replacement is made: the state keeps it, so marked, till then.
            if each["type"].startswith("aws:") and not each.get("pendingReplacement")
        )
        there, state = Counter(told | KEPT), Counter(dict(known) | KEPT)
        return dict(there - state), dict(state - there)

    def inventory(self) -> dict[str, list[str]]:
        """Return what AWS has."""
        return Inventory(self.connection_arguments).of(self.stack.name)

    @property
    def connection_arguments(self) -> Any:
        """What :class:`Inventory` asks for its clients."""
        return _Arguments(
            {
                "endpoint_url": self.connection.endpoint_url,
                "region_name": self.connection.region,
                "aws_access_key_id": self.connection.access_key_id,
                "aws_secret_access_key": self.connection.secret_access_key,
            }
        )

    def _killed(self, command: str, points: Callable[[Change], bool]) -> Run | None:
        """Run and recover; return the run if it came to its end."""
        with self._provider():
            process = self.stack.start(command, "--yes", "--skip-preview", *self.options)
            self.wire.cut_at(points, lambda: kill_session(process.pid))
            output, _ = process.communicate(timeout=TIMEOUT_SECONDS)
        after = self.wire.mend()
        if not after:
            assert process.returncode == 0, output
            return Run(process.returncode, output, self.stack.events())
        operations = self.pending()
        said = self.recover()
        kill = Kill(command, operations, after, said, *self.differences())
        self.kills.append(kill)
        self.on_kill(kill)
        return None

    def recover(self) -> str:
        """Run the documented recovery and return what it said."""
        with self._provider():
            answer = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "batch_platform.recovery",
                    "--stack",
                    self.stack.name,
                    "--yes",
                ],
                cwd=self.stack.folder,
                env={**os.environ, **self.environ},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                timeout=TIMEOUT_SECONDS,
            )
        assert answer.returncode == 0, answer.stdout
        return answer.stdout

    def _provider(self) -> ProviderServer:
        provider = ProviderServer(self.connection)
        self.environ.update(provider.environ)
        return provider

    def _deployment(self) -> dict[str, Any]:
        path = Path(self.environ["PULUMI_BACKEND_URL"].removeprefix("file://").partition("?")[0])
        file = path / ".pulumi/stacks/batch-platform" / f"{self.stack.name}.json"
        found: dict[str, Any] = json.loads(file.read_text())["checkpoint"].get("latest") or {}
        return found


@dataclass(frozen=True)
class _Arguments:
    client_arguments: dict[str, Any]


@contextmanager
def life(local: Any, folder: Path, *options: str) -> Iterator[Life]:
    """Yield the life of a stack that has all features, which is not made yet."""
    (folder / "state").mkdir()
    with Wire(local.endpoint_url) as wire, pytest.MonkeyPatch.context() as patch:
        # A provider gives up at once where the wire is cut: its engine is no more.
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        connection = dataclasses.replace(local.connection, endpoint_url=wire.url)
        environ = {
            **connection.environ,
            **engine_environ(folder),
            "AWS_MAX_ATTEMPTS": "1",
        }
        name = f"t{uuid.uuid4().hex[:6]}"
        stack = Stack(folder / name, name, environ, json.loads(json.dumps(CONFIG)))
        yield Life(stack, environ, wire, connection, options)
