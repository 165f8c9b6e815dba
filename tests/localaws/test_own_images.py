"""From a Dockerfile to a job that ran: the image is built into the engine that runs the jobs."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import yaml
from click.testing import CliRunner

from batch_platform.__main__ import main as batch_platform
from batch_platform.clients import client
from localaws.cli import main as localaws
from localaws.credentials.connection import Connection
from tests.aws_clients import client_of
from tests.conftest import PROJECT, Cluster, eventually, make_roles
from tests.localaws.real_server import Server
from tests.localaws.test_repeated_deploys import default_network

pytestmark = pytest.mark.container


@pytest.fixture(scope="module")
def machine(busybox: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A local AWS, in a process of its own, whose jobs are containers."""
    server = Server(tmp_path_factory.mktemp("home"))
    server.start("--executor", "container", "--stop-timeout", "1")
    make_roles(server)
    yield server
    server.run("stop")


@pytest.fixture
def project(machine: Any, busybox: str, tmp_path: Path) -> Iterator[Path]:
    """A project with an image of its own; what it builds is removed from the engine."""
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(PROJECT / name, tmp_path)
    stack = f"s{uuid.uuid4().hex[:8]}"
    config = {
        "aws:region": "us-east-1",
        "batch-platform:network": default_network(machine),
        "batch-platform:computeEnvironments": {"default": {"type": "FARGATE"}},
        "batch-platform:jobQueues": {"default": {"computeEnvironments": ["default"]}},
        "batch-platform:images": {"trainer": {"context": "trainer", "buildArgs": {"NAME": stack}}},
        "batch-platform:jobDefinitions": {
            "train": {"image": "trainer", "platform": "FARGATE", "vcpus": 1, "memory": 2048}
        },
    }
    (tmp_path / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": config}))
    (tmp_path / "trainer").mkdir()
    (tmp_path / "trainer" / "Dockerfile").write_text(
        f"FROM {busybox}\nARG NAME\nENV NAME=$NAME\nCMD echo trained $NAME\n"
    )
    yield tmp_path
    engine = docker.from_env()
    try:
        for image in engine.images.list(filters={"reference": f"*{stack}-trainer"}):
            engine.images.remove(image.id, force=True)
    finally:
        engine.close()


def deployed(folder: Path, stack: str) -> dict[str, list[str]]:
    """Deploy, and return the names of the definitions and what was said."""
    client.cache_clear()
    arguments = ["deploy", "--stack", stack, "--project", str(folder)]
    done = CliRunner().invoke(localaws, arguments)
    assert done.exit_code == 0, done.stderr
    return {
        "definitions": list(json.loads(done.stdout)["jobDefinitions"]),
        "said": done.stderr.splitlines(),
    }


def test_a_dockerfile_becomes_a_job_that_ran(
    machine: Any, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in Connection.load(machine.home / "connection.json").environ.items():
        monkeypatch.setenv(name, value)
    (path,) = project.glob("Pulumi.s*.yaml")
    stack = path.name.split(".")[1]
    push = ["images", "push", "--stack", stack, "--directory", str(project)]

    assert deployed(project, stack)["definitions"] == []
    assert batch_platform(push) == 0
    assert deployed(project, stack)["definitions"] == ["train"]

    batch = client_of(machine, "batch")
    queues = batch.describe_job_queues()["jobQueues"]
    (queue,) = [each for each in queues if each["jobQueueName"].startswith(stack)]
    cluster = Cluster(batch, client_of(machine, "logs"), "", queue["jobQueueName"])
    job = cluster.until(cluster.submit(f"{stack}-train"), "SUCCEEDED", "FAILED")
    assert job["status"] == "SUCCEEDED", job
    group = f"/aws/batch/job/{stack}"
    eventually(
        lambda: cluster.messages(job, group) == [f"trained {stack}"],
        lambda: str(cluster.messages(job, group)),
    )

    # A digest that was never pushed here.
    address, _, digest = job["container"]["image"].partition("@")
    other = digest[:-4] + ("0000" if digest[-4:] != "0000" else "1111")
    definition = batch.describe_job_definitions(jobDefinitionName=f"{stack}-train")
    container = definition["jobDefinitions"][0]["containerProperties"]
    for image, reason in {
        f"{address}@{other}": "manifest unknown: Requested image not found",
        f"{address}-two@{digest}": "name unknown: The repository with name",
    }.items():
        batch.register_job_definition(
            jobDefinitionName=f"{stack}-other",
            type="container",
            platformCapabilities=["FARGATE"],
            containerProperties={**container, "image": image},
        )
        failed = cluster.until(cluster.submit(f"{stack}-other"), "SUCCEEDED", "FAILED")
        assert failed["status"] == "FAILED"
        assert failed["container"]["reason"].startswith("CannotPullContainerError: ")
        assert reason in failed["container"]["reason"]
