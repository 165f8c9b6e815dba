"""A stack on the local AWS, driven by the real Pulumi engine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socketserver
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localaws.provider import ProviderServer
from tests.aws_clients import client_of

PROJECT = Path(__file__).parent.parent.parent
CONFIG = {
    "aws:region": "us-east-1",
    "batch-platform:network": {"mode": "public", "availabilityZones": 1},
    "batch-platform:computeEnvironments": {
        "default": {"type": "EC2", "instanceTypes": ["c4.large"], "maxVcpus": 8}
    },
    "batch-platform:jobQueues": {"default": {"computeEnvironments": ["default"]}},
    "batch-platform:jobDefinitions": {
        "hello": {
            "image": "public.ecr.aws/docker/library/busybox",
            "command": ["echo", "Ref::Target"],
            "memory": 100,
            "parameters": {"Target": "world"},
        }
    },
}


@dataclass(frozen=True)
class Run:
    """What one command of Pulumi did."""

    code: int
    output: str
    events: list[dict[str, Any]]

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Each step that was carried out: operation and logical name, in order of its end."""
        return [
            (event["resOutputsEvent"]["metadata"]["op"], _name(event["resOutputsEvent"]))
            for event in self.events
            if "resOutputsEvent" in event
        ]

    @property
    def changes(self) -> list[tuple[str, str]]:
        """The steps but for those that left a resource as it is, or only read it."""
        return [step for step in self.steps if step[0] not in {"same", "read", "refresh"}]

    @property
    def planned(self) -> list[tuple[str, str]]:
        """The same of a preview, in which no step ends."""
        found = [
            (event["resourcePreEvent"]["metadata"]["op"], _name(event["resourcePreEvent"]))
            for event in self.events
            if "resourcePreEvent" in event
        ]
        return [step for step in found if step[0] not in {"same", "read", "refresh"}]

    @property
    def diagnostics(self) -> str:
        """The errors and warnings, as text."""
        return "\n".join(
            event["diagnosticEvent"]["message"]
            for event in self.events
            if "diagnosticEvent" in event
            and event["diagnosticEvent"]["severity"] in {"error", "warning"}
        )

    def counts(self) -> Counter[str]:
        """How many steps there were of each operation."""
        return Counter(operation for operation, _ in self.steps)


def _name(event: Mapping[str, Any]) -> str:
    urn = event["metadata"]["urn"]
    return f"{urn.split('::')[2].rpartition('$')[2].rpartition(':')[2]} {urn.split('::')[3]}"


@dataclass
class Stack:
    """A project in a folder of its own, whose program is this repository's."""

    folder: Path
    name: str
    environ: Mapping[str, str]
    config: dict[str, Any] = field(default_factory=lambda: json.loads(json.dumps(CONFIG)))
    text: str = ""
    """The stack file as somebody wrote it, in place of ``config``."""

    def __post_init__(self) -> None:
        """Copy the program; its ``batch_platform`` is imported from this repository."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(PROJECT / name, self.folder)
        self._write()
        self.pulumi("stack", "init", self.name)

    def block(self, name: str) -> Any:
        """Return a block of the config, to be changed in place."""
        return self.config[f"batch-platform:{name}"]

    def pulumi(self, *arguments: str, check: bool = True, given: str = "") -> Run:
        """Run a command of Pulumi to its end."""
        return self.finish(self.start(*arguments), check=check, given=given)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command of Pulumi in a process group of its own."""
        self._write()
        more: tuple[str, ...] = ()
        if arguments[0] in LOG_EVENTS:
            more = ("--event-log", str(self._events))
        self._events.unlink(missing_ok=True)
        return subprocess.Popen(
            ["pulumi", *arguments, *more, "--non-interactive", "--color=never"],
            cwd=self.folder,
            env={**os.environ, **self.environ, "PULUMI_STACK": self.name},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def finish(self, process: subprocess.Popen[str], *, check: bool = True, given: str = "") -> Run:
        """Wait for a command that was started."""
        output, _ = process.communicate(given, timeout=300)
        run = Run(process.returncode, output, self.events())
        assert not check or run.code == 0, output
        return run

    def kill(self, process: subprocess.Popen[str]) -> None:
        """Kill the engine and all that it started, as a machine that loses power."""
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        # The lock of the file backend is the dead process's.
        self.pulumi("cancel", "--yes", self.name, check=False)

    def up(self, *arguments: str, check: bool = True) -> Run:
        """Update."""
        return self.pulumi("up", "--yes", "--skip-preview", *arguments, check=check)

    def preview(self, *arguments: str) -> Run:
        """Preview an update."""
        return self.pulumi("preview", *arguments)

    def destroy(self, *arguments: str, check: bool = True) -> Run:
        """Destroy."""
        return self.pulumi("destroy", "--yes", "--skip-preview", *arguments, check=check)

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs."""
        text = self.pulumi("stack", "output", "--json", "--show-secrets").output
        outputs: dict[str, Any] = json.loads(text)
        return outputs

    def resources(self) -> list[dict[str, Any]]:
        """Return the resources in the state."""
        exported = json.loads(self.pulumi("stack", "export").output)
        resources: list[dict[str, Any]] = exported["deployment"].get("resources", [])
        return resources

    def events(self) -> list[dict[str, Any]]:
        """Return what the engine has logged so far, a line that it still writes left out."""
        if not self._events.exists():
            return []
        lines = self._events.read_text().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    @property
    def _events(self) -> Path:
        return self.folder.parent / f"{self.name}.events"

    def _write(self) -> None:
        # JSON is YAML.
        text = self.text or json.dumps({"config": self.config}, indent=1)
        (self.folder / f"Pulumi.{self.name}.yaml").write_text(text)


LOG_EVENTS = {"up", "preview", "destroy", "refresh", "import"}


def engine_environ(folder: Path) -> dict[str, str]:
    """Return the variables of an engine that keeps all that it writes in a folder."""
    return {
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DEBUG_COMMANDS": "true",  # what has --event-log
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        "PYTHONPATH": str(PROJECT),
    }


@contextmanager
def stacks(local: Any, folder: Path, path: str) -> Iterator[Callable[[str], Stack]]:
    """Yield what makes stacks of one backend: a folder and a provider of their own.

    ``path`` is where their engine finds its programs.
    """
    (folder / "state").mkdir()
    with ProviderServer(local.connection) as provider, no_internet() as proxy:
        environ = {**local.environ, **provider.environ, **engine_environ(folder), **proxy}
        environ["PATH"] = path
        yield lambda name: Stack(folder / name, name, environ)


@contextmanager
def no_internet() -> Iterator[dict[str, str]]:
    """Yield the variables of a proxy that refuses all; fail if an engine has asked for anything."""
    asked: list[bytes] = []

    class Refusal(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusal) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.05,)).start()
        try:
            yield {"HTTPS_PROXY": "http://{}:{}".format(*proxy.server_address)}
        finally:
            proxy.shutdown()
    assert asked == []


class Watch:
    """Looks, over and over, at what a queue's jobs could run on."""

    def __init__(self, local: Any, queue: str) -> None:
        self._batch = client_of(local, "batch")
        self._queue = queue
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.sights: list[tuple[str, ...]] = []
        """For each look, the VALID and ENABLED compute environments that the queue names."""

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            queue = self._batch.describe_job_queues(jobQueues=[self._queue])["jobQueues"][0]
            named = [each["computeEnvironment"] for each in queue["computeEnvironmentOrder"]]
            found = self._batch.describe_compute_environments(computeEnvironments=named)
            self.sights.append(
                tuple(
                    each["computeEnvironmentName"]
                    for each in found["computeEnvironments"]
                    if each["status"] == "VALID" and each["state"] == "ENABLED"
                )
            )
