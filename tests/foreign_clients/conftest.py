"""What every foreign client has: a queue and a bucket, and an environment that names them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from localaws import LocalAws
from tests.aws_clients import client_of
from tests.conftest import Cluster, make_cluster

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


class Place(NamedTuple):
    """Where a client runs jobs that use S3.

    Attributes:
        queue: its name.
        bucket: its name.
        role: ARN of a role for the jobs, which reads and writes S3.
        endpoint_url: of the local AWS.
    """

    queue: str
    bucket: str
    role: str
    endpoint_url: str


@pytest.fixture(scope="module")
def place(local: LocalAws, cluster: Cluster, bucket: str) -> Place:
    """The queue and the bucket, and a role for jobs."""
    iam = client_of(local, "iam")
    principal = {"Service": "ecs-tasks.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    name = f"jobs-{uuid.uuid4().hex[:8]}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
    iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    return Place(cluster.queue, bucket, role["Arn"], local.endpoint_url)


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
            timeout=300,
        )
        assert done.returncode == exit_code, (done.stdout + done.stderr)[-6000:]
        return done

    return run


def path_with(python: Path) -> str:
    """Return a PATH that begins with a client's own programs; this project's come next."""
    folders = (python.parent, Path(sys.executable).parent, "/usr/local/bin", "/usr/bin", "/bin")
    return os.pathsep.join(str(each) for each in folders)
