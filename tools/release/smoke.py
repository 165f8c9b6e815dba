"""What has to work where the wheel alone is installed, outside of the checkout.

`python -P smoke.py EXTRAS`, with the extras that are installed there, e.g. `local,pulumi,yaml`.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PROGRAMS = Path(sys.executable).parent


def run(*command: str | Path, code: int = 0) -> str:
    """Run a program of this environment; return what it printed."""
    name, *arguments = command
    environ = os.environ | {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [PROGRAMS / name, *arguments], capture_output=True, text=True, check=False, env=environ
    )
    said = f"{done.stdout}{done.stderr}".strip()
    if done.returncode != code:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}, not {code}\n{said}")
    return said


def expect(text: str, answer: str) -> None:
    """End with an error unless ``text`` is in ``answer``."""
    if text not in answer:
        sys.exit(f"{text!r} is not in:\n{answer}")


def use_base() -> None:
    """Use the client, and commands that name the extra that they need."""
    import batchsdk  # noqa: PLC0415  # of the environment under test

    expect("site-packages", str(batchsdk.__file__))
    for command in ("batchsdk", "localaws"):
        expect(batchsdk.__version__, run(command, "--version"))
    expect("pip install 'batchsdk[local]'", run("localaws", "start", "--detach", code=1))
    expect("pip install 'batchsdk[pulumi]'", run("batch-platform", "schema", code=1))


def use_local() -> None:
    """Run a job on the local AWS."""
    run("localaws", "start", "--detach", "--port=0", "--executor=process", "--no-role-checks")
    try:
        for line in run("localaws", "env").splitlines():
            if line.startswith("export "):
                name, _, value = shlex.split(line)[1].partition("=")
                os.environ[name] = value
        run_job()
    finally:
        expect("stopped", run("localaws", "stop"))


def run_job() -> None:
    """Make a queue by boto3, and run a job on it by batchsdk."""
    import boto3  # noqa: PLC0415  # of the environment under test

    import batchsdk  # noqa: PLC0415

    batch, ec2 = boto3.client("batch"), boto3.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    batch.create_compute_environment(
        computeEnvironmentName="environment",
        type="MANAGED",
        computeResources={
            "type": "EC2",
            "minvCpus": 0,
            "maxvCpus": 16,
            "instanceTypes": ["c5.large"],
            "subnets": [subnet],
            "securityGroupIds": ["sg-12345678"],
            "instanceRole": "arn:aws:iam::123456789012:instance-profile/any",
        },
    )
    wait_valid(
        lambda: batch.describe_compute_environments(computeEnvironments=["environment"])[
            "computeEnvironments"
        ]
    )
    batch.create_job_queue(
        jobQueueName="queue",
        priority=1,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "environment"}],
    )
    wait_valid(lambda: batch.describe_job_queues(jobQueues=["queue"])["jobQueues"])
    batch.register_job_definition(
        jobDefinitionName="hello",
        type="container",
        containerProperties={
            "image": "busybox",
            "command": ["echo", "Hello, wheel"],
            "resourceRequirements": [
                {"type": "VCPU", "value": "1"},
                {"type": "MEMORY", "value": "100"},
            ],
        },
    )
    job = batchsdk.connect(queue="queue").submit("hello")
    job.wait(timeout=60)
    expect("Hello, wheel", job.logs().text)


def wait_valid(describe: Callable[[], Sequence[Any]]) -> None:
    """Wait until what is described is VALID."""
    deadline = time.monotonic() + 60
    while (found := describe()[0])["status"] != "VALID":
        if found["status"] == "INVALID" or time.monotonic() > deadline:
            sys.exit(f"not VALID: {found}")
        time.sleep(0.1)


def use_program() -> None:
    """Make a new project, check it, and run its own test."""
    project = Path("project")
    run("batch-platform", "init", project)
    os.chdir(project)
    run("batch-platform", "check", "--stack", "dev")
    run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")


def main(extras: str) -> None:
    """Use what the extras promise, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LOCALAWS_HOME"] = folder
        os.chdir(folder)
        {"": use_base, "local": use_local}.get(extras, use_program)()


if __name__ == "__main__":
    main(sys.argv[1])
