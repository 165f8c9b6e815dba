"""What a definition of the config may write in a real container, and what not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
import yaml

import batchsdk
from batchsdk import JobFailedError
from localaws.credentials.connection import Connection
from tests.conftest import BUSYBOX, PROJECT

pytestmark = [pytest.mark.container, pytest.mark.deployments]

STACK = "containers"
SCRIPT = """
    id -u
    grep ' / ' /proc/mounts | cut -d ' ' -f 4 | cut -c 1-2
    echo a program > /tmp/new && cat /tmp/new
"""
SMALL = {"image": BUSYBOX, "memory": 64, "command": ["sh", "-c", SCRIPT]}
FARGATE = {"platform": "FARGATE", "vcpus": 0.25, "memory": 512}
CONFIG = {
    "aws:region": "us-east-1",
    "batch-platform:network": {"mode": "public"},
    "batch-platform:computeEnvironments": {
        "default": {"type": "EC2"},
        "fargate": {"type": "FARGATE"},
    },
    "batch-platform:jobQueues": {
        "default": {"computeEnvironments": ["default"]},
        "fargate": {"computeEnvironments": ["fargate"]},
    },
    "batch-platform:jobDefinitions": {
        "on-ec2": {**SMALL, "user": "1000:1000"},
        "on-volume": {**SMALL, "user": "1000", "volumes": {"tmp": {"containerPath": "/tmp"}}},
        "on-fargate": {**SMALL, **FARGATE},
        "not-as-root": {**SMALL, **FARGATE, "user": "1000"},
        "writable": {**SMALL, "readonlyRootFilesystem": False},
        "stubborn": {**SMALL, "command": ["sh", "-c", "echo x > /out.csv"]},
    },
}


@pytest.fixture(scope="module")
def batch(busybox, tmp_path_factory):
    """Connect to a stack whose jobs are containers, in a local AWS of its own process."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(PROJECT / name, folder)
    (folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": CONFIG}))

    def localaws(*arguments, **environ):
        command = [sys.executable, "-m", "localaws", *arguments]
        environ = {**os.environ, "LOCALAWS_HOME": str(folder), **environ}
        return subprocess.run(
            command, cwd=PROJECT, env=environ, stdout=subprocess.PIPE, check=True, timeout=120
        ).stdout

    localaws("start", "--detach", "--port", "0", "--executor", "container")
    try:
        environ = Connection.load(folder / "connection.json").environ
        outputs = folder / "outputs.json"
        outputs.write_bytes(localaws("deploy", "--stack", STACK, "--project", folder, **environ))
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environ.items():
                patch.setenv(name, value)
            yield batchsdk.connect(outputs=outputs)
    finally:
        localaws("stop")


@pytest.mark.parametrize(
    ("definition", "queue", "expected"),
    [
        ("on-ec2", "default", ["1000", "ro", "a program"]),
        ("on-volume", "default", ["1000", "ro", "a program"]),
        ("on-fargate", "fargate", ["0", "ro", "a program"]),
        # Fargate's volumes are root's: this user writes to the image's own /tmp.
        ("not-as-root", "fargate", ["1000", "rw", "a program"]),
        ("writable", "default", ["0", "rw", "a program"]),
    ],
)
def test_a_job_can_write_to_tmp(batch, definition, queue, expected):
    job = batch.submit(definition, queue=queue)
    job.wait(300)
    assert job.logs().text.splitlines() == expected


def test_a_job_that_writes_to_its_root_is_told_which_key_to_change(batch):
    with pytest.raises(JobFailedError) as caught:
        batch.submit("stubborn").wait(300)
    assert any("Read-only file system" in line for line in caught.value.log_tail)
    assert "jobDefinitions.stubborn.volumes" in caught.value.hint
