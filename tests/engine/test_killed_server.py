"""The local AWS killed under ``--persist`` while an engine works, started again, and recovered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from tests.conftest import PROJECT, eventually
from tests.engine.inventory import Inventory
from tests.localaws.real_server import Server

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite, pytest.mark.timeout(600)]

RUN = ("run", "--stack", "local")
RECOVER = ("--first", "python -m infra.recovery --stack local --yes")
UP = ("--", "pulumi", "up", "--yes", "--skip-preview", "--non-interactive")
KEPT = {"JobDefinition": 0, "DefaultSecurityGroup": 0}


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path)
    yield made
    made.run("stop")


@pytest.fixture
def start_update(server):
    """What starts an update, which is no more when the test is over."""
    started = []

    def start():
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "localaws", *RUN, *UP],
                env=server.environ,
                cwd=PROJECT,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    yield start
    for each in started:
        each.terminate()
        each.communicate()


def state_file(server):
    """Return the file with the engine's state; ``None`` before there is any."""
    return next((server.home / "data").glob("pulumi-*/.pulumi/stacks/*/local.json"), None)


def known(server):
    """Count the resources of AWS in the engine's state, by type."""
    latest = json.loads(state_file(server).read_text())["checkpoint"].get("latest") or {}
    types = [each["type"] for each in latest.get("resources") or ()]
    return dict(Counter(each.rpartition(":")[2] for each in types if each.startswith("aws:")))


def wait_for(what, is_so):
    eventually(lambda: is_so() or None, lambda: f"not yet: {what}", seconds=200)


def there(server):
    """Count what AWS has, by type."""
    return {kind: len(names) for kind, names in Inventory(server).of("local").items()}


def test_resources_and_the_engines_state_come_back_as_one(server, start_update):
    data = str(server.home / "data")
    server.start("--persist", data)
    process_id = server.status()["processId"]
    # So slow that there is time to save in the middle of it.
    server.run("faults", "add", "slow", "--service", "ec2", "--operation", "Cr*", "--seconds", "2")
    engine = start_update()
    saved = server.home / "data" / "state"
    wait_for("the engine has made something", lambda: state_file(server) and known(server))
    made_at = time.time_ns()
    wait_for("that was saved", lambda: saved.stat().st_mtime_ns > made_at)
    written = state_file(server).read_text()
    wait_for("the engine has gone on", lambda: state_file(server).read_text() != written)
    os.kill(process_id, signal.SIGKILL)
    output, _ = engine.communicate(timeout=200)
    assert engine.returncode != 0, output

    server.start("--persist", data)
    assert "Vpc" in known(server)
    server.run(*RUN, *RECOVER, "--", "true")
    assert there(server) | KEPT == known(server) | KEPT
    server.run(*RUN, *RECOVER, *UP)
    assert there(server) == known(server)
    same = ("--", "pulumi", "preview", "--expect-no-changes", "--non-interactive")
    server.run(*RUN, *same)
    # Long after the last request the engine still writes: that is saved too.
    wait_for(
        "the engine's last words were saved",
        lambda: saved.stat().st_mtime_ns > state_file(server).stat().st_mtime_ns,
    )
    server.kill()
    server.start("--persist", data)
    server.run(*RUN, *same)
