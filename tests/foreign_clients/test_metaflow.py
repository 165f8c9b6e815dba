"""metaflow's `@batch`: a step runs as a job, with its code, data and logs in S3."""

from __future__ import annotations

import pytest

from benchmarks.clients.environments import METAFLOW
from tests.foreign_clients.conftest import path_with
from tests.foreign_clients.versions import PROGRAMS
from tests.tool_environment import tool_environment

# The first time, the client is installed.
pytestmark = [pytest.mark.foreign_clients, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def python():
    return tool_environment("", METAFLOW.requirements)


@pytest.fixture
def metaflow(run, python, place):
    """Runs the flow with a command of metaflow's."""
    environ = {
        "PATH": path_with(python),
        "METAFLOW_USER": "tester",
        "METAFLOW_DEFAULT_DATASTORE": "s3",
        "METAFLOW_DATASTORE_SYSROOT_S3": f"s3://{place.bucket}/metaflow",
        "METAFLOW_DATATOOLS_S3ROOT": f"s3://{place.bucket}/data",
        "METAFLOW_S3_ENDPOINT_URL": place.endpoint_url,
        "METAFLOW_BATCH_JOB_QUEUE": place.queue,
        "METAFLOW_ECS_S3_ACCESS_IAM_ROLE": place.role,
        "METAFLOW_SKIP_INSTALL_DEPENDENCIES": "1",
        # Steps ask 169.254.169.254 where they are, and wait a second for nobody.
        "HTTP_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
    }

    def call(*arguments, **more):
        return run([python, PROGRAMS / "metaflow_flow.py", *arguments], environ, **more)

    return call


def test_a_step_of_metaflow_is_a_job(metaflow, place):
    done = metaflow("--no-pylint", "run", "--number", "12")
    assert "the number is 12" in done.stdout
    assert f"squared: 144 {place.queue}" in done.stdout
