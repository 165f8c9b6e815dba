"""The engine killed again and again through the life of a stack, each time recovered from."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localaws.credentials import Connection
from localaws.provider import ProviderServer
from tests.engine.inventory import Inventory
from tests.engine.stacks import Run, Stack
from tests.engine.wire import Wire

Operation = tuple[str, str]
"""What the engine was at: the kind of the pending operation, and its URN."""
KEPT = {"JobDefinition": 0, "DefaultSecurityGroup": 0}
"""A revision and the VPC's own group may stay without a state that knows them."""


@dataclass(frozen=True)
class Kill:
    """One kill.

    Attributes:
        command: of Pulumi.
        operations: what the state says is pending.
        after: the API operation that AWS had done, and nobody was told.
        said: by the recovery.
        orphans: what AWS had after it beside what the state knows, by type.
        missing: the other way round.
    """

    command: str
    operations: tuple[Operation, ...]
    after: str
    said: str
    orphans: dict[str, int]
    missing: dict[str, int]

    @property
    def where(self) -> str:
        """The pending operations, short."""
        return ", ".join(
            f"{kind} {urn.split('::')[2].rpartition(':')[2]} {urn.split('::')[3]}"
            for kind, urn in self.operations
        )


class EachOnce:
    """Every request that changes something, each in a run of its own; for ``--parallel 1``."""

    def __init__(self, pending: Callable[[], tuple[Operation, ...]]) -> None:
        self._pending = pending
        self._seen: set[tuple[Any, ...]] = set()
        self.begin()

    def begin(self) -> None:
        """Begin another run, which goes on where the last one was killed."""
        self._at: tuple[Operation, ...] = ()
        self._number = 0

    def __call__(self, operation: str) -> bool:
        """Return whether it is this one's turn: the first that none was killed after."""
        now = self._pending()
        self._number = self._number + 1 if now == self._at else 1
        self._at = now
        point = (now, self._number, operation)
        if point in self._seen:
            return False
        self._seen.add(point)
        return True


class Some:
    """Some requests that change something, others with each seed."""

    def __init__(self, seed: object, *, of: int, kills: int) -> None:
        self._random = random.Random(str(seed))  # noqa: S311 - it is to be the same again
        self._mean = of // (kills + 1)
        self._left = kills
        self.begin()

    def begin(self) -> None:
        """Begin another run; the last is let through."""
        self._after = self._random.randint(1, 2 * self._mean)

    def __call__(self, _: str) -> bool:
        """Return whether so many have been answered, and kills are left."""
        self._after -= 1
        if self._after > 0 or self._left == 0:
            return False
        self._left -= 1
        return True


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

    def run(self, command: str, points: Any) -> Run:
        """Run a command, killed at each of ``points`` and recovered from, to its end."""
        while True:
            points.begin()
            run = self._killed(command, points)
            if run is not None:
                return run

    def once(self, command: str) -> Run:
        """Run a command to its end."""
        with self._provider():
            return self.stack.pulumi(command, "--yes", "--skip-preview")

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
            if each["type"].startswith("aws:")
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

    def _killed(self, command: str, points: Callable[[str], bool]) -> Run | None:
        """Run and recover; return the run if it came to its end."""
        with self._provider():
            process = self.stack.start(command, "--yes", "--skip-preview", *self.options)
            self.wire.cut_at(points, lambda: os.killpg(process.pid, signal.SIGKILL))
            output, _ = process.communicate(timeout=170)
        after = self.wire.mend()
        if after is None:
            assert process.returncode == 0, output
            return Run(process.returncode, output, self.stack.events())
        operations = self.pending()
        said = self.recover()
        self.kills.append(Kill(command, operations, after, said, *self.differences()))
        return None

    def recover(self) -> str:
        """Run the documented recovery and return what it said."""
        with self._provider():
            answer = subprocess.run(
                [sys.executable, "-m", "infra.recovery", "--stack", self.stack.name, "--yes"],
                cwd=self.stack.folder,
                env={**os.environ, **self.environ},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                timeout=120,
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
        found: dict[str, Any] = json.loads(file.read_text())["checkpoint"]["latest"] or {}
        return found


@dataclass(frozen=True)
class _Arguments:
    client_arguments: dict[str, Any]
