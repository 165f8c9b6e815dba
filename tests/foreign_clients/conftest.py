"""What every foreign client has: a queue and a bucket, and an environment that names them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from localaws import LocalAws
from tests.aws_clients import client_of
from tests.conftest import Cluster, make_cluster

PROGRAMS = Path(__file__).parent / "programs"
"""What is run with the clients, each as its own documentation has it."""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def cluster(local: LocalAws) -> Cluster:
    """A compute environment and a queue of this client alone."""
    return make_cluster(local)


@pytest.fixture(scope="module")
def bucket(local: LocalAws) -> str:
    """The name of a bucket of this client alone."""
    name = f"client-{uuid.uuid4().hex[:8]}"
    client_of(local, "s3").create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="module")
def job_role(local: LocalAws) -> str:
    """The ARN of a role for jobs that reads and writes what it wants."""
    iam = client_of(local, "iam")
    principal = {"Service": "ecs-tasks.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = iam.create_role(RoleName=f"jobs-{uuid.uuid4().hex[:8]}", AssumeRolePolicyDocument=trust)[
        "Role"
    ]
    iam.attach_role_policy(
        RoleName=role["RoleName"], PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess"
    )
    arn: str = role["Arn"]
    return arn


@pytest.fixture
def run(local: LocalAws, tmp_path: Path) -> Run:
    """Runs a command in an empty folder, with what `python -m localaws env` prints."""

    def run(
        command: list[object], environ: Mapping[str, str] | None = None, *, exit_code: int = 0
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(each) for each in command],
            env={
                "PATH": os.environ["PATH"],
                "LANG": "C.UTF-8",
                "HOME": str(tmp_path),
                **local.environ,
                **(environ or {}),
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
        )
        assert done.returncode == exit_code, (done.stdout + done.stderr)[-6000:]
        return done

    return run


def path_with(python: Path) -> str:
    """Return a PATH that begins with a client's own programs; this project's come next."""
    folders = (python.parent, Path(sys.executable).parent, "/usr/local/bin", "/usr/bin", "/bin")
    return os.pathsep.join(str(each) for each in folders)
