"""snakemake's executor plugin for AWS Batch, with S3 as its storage."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.aws_clients import client_of
from tests.conftest import refuse
from tests.foreign_clients.conftest import PROGRAMS, path_with
from tests.tool_environment import tool_environment

REQUIREMENTS = (
    "snakemake==9.27.1",
    "snakemake-executor-plugin-aws-batch==0.2.1",
    "snakemake-storage-plugin-s3==0.3.6",
)
STORAGE = REQUIREMENTS[-1]

pytestmark = pytest.mark.foreign_clients


@pytest.fixture(scope="module")
def python():
    return tool_environment("", REQUIREMENTS)


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


def test_a_rule_of_snakemake_is_a_job(
    run, python, wheels, local, cluster, bucket, job_role, tmp_path
):
    s3 = client_of(local, "s3")
    s3.put_object(Bucket=bucket, Key="numbers.txt", Body=b"1\n20\n300\n")
    shutil.copy(PROGRAMS / "Snakefile", tmp_path)
    run(
        [
            *(python, "-m", "snakemake", "--executor", "aws-batch", "--jobs", 1),
            *("--aws-batch-region", "us-east-1", "--aws-batch-job-queue", cluster.queue),
            *("--aws-batch-job-role", job_role, "--container-image", "snakemake"),
            *("--default-storage-provider", "s3", "--default-storage-prefix", f"s3://{bucket}"),
        ],
        {
            "PATH": path_with(python),
            "PIP_FIND_LINKS": str(wheels),
            "PIP_NO_DEPS": "1",
            "PIP_NO_INDEX": "1",
        },
    )
    body = s3.get_object(Bucket=bucket, Key="totals.txt")["Body"].read()
    assert body.decode() == f"321 {cluster.queue}\n"
