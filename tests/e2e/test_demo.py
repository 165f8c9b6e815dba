"""`make demo` from outside: what it prints, how it ends, and that it leaves nothing running."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import docker
import pytest

from localaws.batch.executors.container import LABEL
from tests.conftest import eventually
from tools import pictures

PROJECT = Path(__file__).parent.parent.parent
IN_CI = pytest.mark.server_life
REASONS_IN_SUMMARY = [
    ("too much memory", "FAILED", "Due to lack of memory."),
    ("memory overridden", "SUCCEEDED", "Essential container in task exited"),
    ("another parameter", "SUCCEEDED", "Essential container in task exited"),
    ("terminated", "FAILED", "Forced to fail."),
    ("its dependent", "FAILED", "Dependent Job failed"),
    ("short", "SUCCEEDED", "Essential container in task exited"),
    ("its dependent", "SUCCEEDED", "Essential container in task exited"),
]


def start_demo(executor, tmp_path):
    # Jobs run in folders below TMPDIR: that tells their processes from all others.
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "examples.demo", "--executor", executor],
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(tmp_path), "HOME": str(tmp_path), "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def processes_in(folder):
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            working_directory = str((process / "cwd").readlink())
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if working_directory.startswith(str(folder)):
            found.append(command.replace(b"\0", b" ").decode())
    return found


def containers_of(process_id):
    client = docker.from_env()
    try:
        found = client.containers.list(all=True, ignore_removed=True, filters={"label": LABEL})
        return [each for each in found if f":{process_id}:" in each.labels[LABEL]]
    finally:
        client.close()


@pytest.mark.parametrize(
    "executor",
    [
        pytest.param("process", marks=IN_CI),
        pytest.param("container", marks=[pytest.mark.container, IN_CI]),
    ],
)
def test_the_demo_shows_the_whole_scenario_and_leaves_nothing(executor, tmp_path, request):
    if executor == "container":
        request.getfixturevalue("busybox")
    with start_demo(executor, tmp_path) as demo:
        output, _ = demo.communicate(timeout=300)

    assert demo.returncode == 0, output
    text = " ".join(output.split())
    assert "AWS Batchに入門してみた" in text
    assert f"jobs run as: {executor}" in text
    assert re.search(r"│ aws:vpc:SecurityGroupEgressRule +│ local-instances-https +│", output)
    assert max(len(line) for line in output.splitlines() if line.startswith("│")) <= 80
    assert '"schemaVersion": "1.5"' in output
    assert "RUNNABLE: will never fit" in text
    assert "asked 5000 MiB, at most 3808 MiB can be had" in text
    assert "the command that ran: ['echo', 'Hello, Tokyo!']" in text
    assert re.search(r"log: \d{4}/\d\d/\d\d \d\d:\d\d:\d\d  Hello, Tokyo!", output)
    assert "the first is RUNNING, the second PENDING" in output
    summary = [
        tuple(cell.strip() for cell in line.split("│")[1:5])
        for line in output.split("Summary")[1].splitlines()
        if line.startswith("│")
    ]
    assert [(what, status, reason) for what, status, _, reason in summary] == REASONS_IN_SUMMARY

    if executor == "process":
        drawn = pictures.svg_text((pictures.FOLDER / "demo.svg").read_text("utf-8"))
        printed = [" ".join(line.split()) for line in output.splitlines()]
        assert set(pictures.masked(drawn)) - set(pictures.masked(printed)) == set(), "make pictures"

    # README's own commands, which another test runs.
    readme = (PROJECT / "README.md").read_text().replace("python -m localaws", "localaws")
    following = re.findall(r"^  (\w.*)$", output.split("All 6 steps")[1], re.MULTILINE)
    assert len(following) == 3
    for command in " && ".join(following).split(" && "):
        assert re.search(rf"(^|&& ){re.escape(command)}( |$)", readme, re.MULTILINE), command

    assert processes_in(tmp_path) == []
    assert list(tmp_path.glob("localaws-job-*")) == []
    if executor == "container":
        assert containers_of(demo.pid) == []


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param([signal.SIGINT], id="Ctrl-C", marks=IN_CI),
        pytest.param([signal.SIGINT, signal.SIGINT], id="Ctrl-C twice", marks=IN_CI),
        pytest.param([signal.SIGTERM], id="SIGTERM", marks=IN_CI),
        pytest.param([signal.SIGHUP], id="closed terminal", marks=IN_CI),
    ],
)
def test_an_interrupted_demo_leaves_nothing_running(numbers, tmp_path):
    with start_demo("process", tmp_path) as demo:
        # The last step's job: no other is ended by the demo itself.
        any("The same pair with 2 seconds" in line for line in demo.stdout)
        any("is RUNNING" in line for line in demo.stdout)
        # RUNNING is a moment before the process runs its command.
        eventually(
            lambda: any("sleep 2" in command for command in processes_in(tmp_path)) or None,
            lambda: str(processes_in(tmp_path)),
        )
        for number in numbers:
            demo.send_signal(number)
        output, _ = demo.communicate(timeout=300)

    assert demo.returncode == 130, output
    assert "everything that was started is stopped" in output
    assert "Traceback" not in output
    assert processes_in(tmp_path) == []
    assert list(tmp_path.glob("localaws-job-*")) == []
