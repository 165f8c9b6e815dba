"""snakemake's executor plugin for AWS Batch, with S3 as its storage."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.aws_clients import client_of
from tests.conftest import refuse
from tests.foreign_clients.conftest import path_with
from tests.foreign_clients.versions import PROGRAMS, SNAKEMAKE
from tests.tool_environment import tool_environment

STORAGE = SNAKEMAKE[-1]

# The first time, the client is installed.
pytestmark = [pytest.mark.foreign_clients, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def python():
    return tool_environment("", SNAKEMAKE)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """A folder with the storage plugin, which each job installs with `pip`."""
    folder = tmp_path_factory.mktemp("wheels")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "download", "--quiet", "--no-deps", "--dest", folder, STORAGE],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        refuse(f"{STORAGE} cannot be had: {done.stderr[-500:]}")
    return folder


@pytest.fixture
def snakemake(run, python, wheels, place, tmp_path):
    """Runs the workflow; its rules are jobs."""
    shutil.copy(PROGRAMS / "Snakefile", tmp_path)
    options = {
        "--executor": "aws-batch",
        "--jobs": 1,
        "--aws-batch-region": "us-east-1",
        "--aws-batch-job-queue": place.queue,
        "--aws-batch-job-role": place.role,
        "--container-image": "snakemake",
        "--default-storage-provider": "s3",
        "--default-storage-prefix": f"s3://{place.bucket}",
    }
    environ = {
        "PATH": path_with(python),
        "PIP_FIND_LINKS": str(wheels),
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
    }

    def call():
        given = [part for option in options.items() for part in option]
        return run([python, "-m", "snakemake", *given], environ)

    return call


def test_a_rule_of_snakemake_is_a_job(snakemake, local, place):
    s3 = client_of(local, "s3")
    s3.put_object(Bucket=place.bucket, Key="numbers.txt", Body=b"1\n20\n300\n")
    snakemake()
    body = s3.get_object(Bucket=place.bucket, Key="totals.txt")["Body"].read()
    assert body.decode() == f"321 {place.queue}\n"
