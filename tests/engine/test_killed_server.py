"""The local AWS killed under ``--persist`` while an engine works, started again, and recovered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest

from localaws.control.client import call
from localaws.credentials.connection import Connection
from localaws.persistence.pulumi_state import PulumiState
from localaws.provider import ProviderServer
from tests.conftest import eventually
from tests.engine.inventory import Inventory
from tests.engine.stacks import Stack, engine_environ
from tests.localaws.real_server import Server

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite, pytest.mark.timeout(600)]

KEPT = {"JobDefinition": 0, "DefaultSecurityGroup": 0}
NAME = "killed"


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path)
    yield made
    made.run("stop")


@contextmanager
def serving(server, environ):
    """Start the server; yield what it is, with ``environ`` pointing an engine at it."""
    server.start("--persist", str(server.home / "data"))
    connection = Connection.load(server.home / "connection.json")
    status = call(connection, "GET", "status")
    state = PulumiState(Path(status["pulumiState"]))
    with ProviderServer(connection) as provider:
        environ |= {
            **engine_environ(server.home),
            **connection.environ,
            **state.environ,
            **provider.environ,
        }
        environ.pop("PULUMI_CONFIG_PASSPHRASE")
        yield connection, status["processId"]


def state_file(environ):
    folder = Path(environ["PULUMI_BACKEND_URL"].removeprefix("file://").partition("?")[0])
    return folder / ".pulumi/stacks/batch-platform" / f"{NAME}.json"


def known(environ):
    """Count the resources of AWS in the engine's state, by type."""
    latest = json.loads(state_file(environ).read_text())["checkpoint"].get("latest") or {}
    types = [each["type"] for each in latest.get("resources") or ()]
    return dict(Counter(each.rpartition(":")[2] for each in types if each.startswith("aws:")))


def there(server):
    """Count what AWS has, by type."""
    return {kind: len(names) for kind, names in Inventory(server).of(NAME).items()}


def wait_for(what, is_so):
    eventually(lambda: is_so() or None, lambda: f"not yet: {what}", seconds=240)


def test_resources_and_the_engines_state_come_back_as_one(server, tmp_path):
    environ = {}
    saved = server.home / "data" / "state"
    with serving(server, environ) as (connection, process_id):
        stack = Stack(tmp_path / NAME, NAME, environ)
        # So slow that there is time to save in the middle of it.
        fault = {"kind": "slow", "service": "ec2", "operation": "Cr*", "seconds": 2}
        call(connection, "POST", "faults", fault)
        engine = stack.start("up", "--yes", "--skip-preview")
        # What is saved after this may have been read shortly before: the first of them are in it.
        wait_for("the engine has made something", lambda: sum(known(environ).values()) > 4)
        made_at = time.time_ns()
        wait_for("that was saved", lambda: saved.stat().st_mtime_ns > made_at)
        then = known(environ)
        wait_for("the engine has made more", lambda: known(environ) != then)
        os.kill(process_id, signal.SIGKILL)
        run = stack.finish(engine, check=False)
        assert run.code != 0, run.output

    with serving(server, environ):
        assert known(environ)
        recovered = subprocess.run(
            [sys.executable, "-m", "batch_platform.recovery", "--stack", NAME, "--yes"],
            cwd=stack.folder,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
        )
        assert recovered.returncode == 0, recovered.stderr
        assert there(server) | KEPT == known(environ) | KEPT
        stack.up()
        # A revision that was registered unheard stays, as an earlier one does.
        assert there(server) | KEPT == known(environ) | KEPT
        assert stack.preview().planned == []
        # The engine still writes after its last request.
        wait_for(
            "its last words were saved",
            lambda: saved.stat().st_mtime_ns > state_file(environ).stat().st_mtime_ns,
        )
