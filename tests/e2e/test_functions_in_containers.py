"""Functions as jobs in containers: what an image needs, and a call that runs out of memory."""

from __future__ import annotations

import io
import shutil
import sys
import tarfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import docker
import pytest

import batchsdk
from batchsdk import Escalate
from localaws.credentials.connection import Connection
from tests.conftest import PROJECT
from tests.e2e.test_distributed_training import machine as machine  # noqa: PLC0414  # a fixture
from tests.e2e.test_distributed_training import root_of_this_python
from tests.localaws.test_own_images import deployed

pytestmark = [pytest.mark.container, pytest.mark.deployments]

IMAGE, STACK, REGION = "functions-of-this-python", "functions", "us-east-1"
STACK_FILE = f"""\
config:
  aws:region: {REGION}
  batch-platform:network: {{mode: public}}
  batch-platform:computeEnvironments: {{default: {{type: EC2, instanceTypes: [c4.large]}}}}
  batch-platform:jobQueues: {{default: {{computeEnvironments: [default]}}}}
  batch-platform:storage: {{enabled: true}}
  batch-platform:jobDefinitions:
    python: {{image: {IMAGE}, command: ["true"], memory: 64}}
"""


@pytest.fixture(scope="module")
def image() -> Iterator[None]:
    """An image of this machine's Python with what the guide says that functions need."""
    engine = docker.from_env()
    packed = io.BytesIO(root_of_this_python())
    # Where each Python looks: Debian's has no site-packages.
    packages = f"{sys.base_prefix}/lib/python3.{sys.version_info.minor}"
    with tarfile.open(fileobj=packed, mode="a") as archive:
        archive.add(PROJECT / "batchsdk", f"{packages}/batchsdk")
        for each in metadata.files("cloudpickle") or ():
            archive.add(each.locate(), f"{packages}/{each}")
    engine.api.import_image_from_data(packed.getvalue(), repository=IMAGE, tag="latest")
    yield
    engine.images.remove(IMAGE, force=True)
    engine.close()


def test_a_call_that_runs_out_of_memory_is_submitted_again_with_more(
    machine: Any, image: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in Connection.load(machine.home / "connection.json").environ.items():
        monkeypatch.setenv(name, value)
    for each in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(PROJECT / each, tmp_path)
    (tmp_path / f"Pulumi.{STACK}.yaml").write_text(STACK_FILE)
    deployed(tmp_path, STACK)
    batch = batchsdk.connect(ssm=f"/batch/{STACK}", region=REGION)

    @batch.function("python", python="python3")
    def factorial(number: int) -> int:
        return number * factorial(number - 1) if number else 1

    more = {"OUT_OF_MEMORY": Escalate(memory_factor=4, memory_cap="512MiB")}
    with batch.executor("python", python="python3", on_failure=more) as pool:
        assert pool.submit(factorial, 5).result(60) == 120
        sizes = list(pool.map(lambda mebibytes: len(bytearray(mebibytes * 2**20)), [1, 150]))
    assert sizes == [2**20, 150 * 2**20]
    memory = sorted(batch.job(each.job_id).describe().memory or 0 for each in batch.list_jobs())
    assert memory == [64, 64, 256]
