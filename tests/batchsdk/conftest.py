"""A stack of its own on the local AWS, deployed by boto3, and the outputs that describe it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import batchsdk
from batchsdk import contract
from localaws import LocalAws
from tests.aws_clients import client_of
from tests.batchsdk import forked_command_line
from tests.batchsdk.fakes import stack_outputs
from tests.batchsdk.wire import Server

ROOT = Path(__file__).parents[2]


class Stack(NamedTuple):
    """What the tests deployed, seen through the SDK."""

    batch: batchsdk.Batch
    outputs: contract.StackOutputs
    outputs_file: Path
    environ: Mapping[str, str]

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run the command line as a process of its own, against this stack."""
        return forked_command_line.run(
            arguments, self.variables | environ, self.outputs_file.parent
        )

    def run_python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Do as :meth:`run` does, by ``python -m batchsdk``: slower, and as a user types it."""
        return self._run_python("-m", "batchsdk", *arguments)

    def run_program(self, program: str) -> subprocess.CompletedProcess[str]:
        """Run a program in Python that connects to this stack."""
        return self._run_python("-c", program)

    def _run_python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.outputs_file.parent,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a command that is about this stack."""
        return {
            **os.environ,
            **self.environ,
            "PYTHONPATH": str(ROOT),
            "BATCHSDK_OUTPUTS": str(self.outputs_file),
        }


@pytest.fixture(scope="session", autouse=True)
def _no_files_of_the_users_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the ledger and the prices of whoever runs the tests out of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that answers as a test says, in the place of AWS."""
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    yield server
    server.http.shutdown()
    thread.join()
    server.http.server_close()


@pytest.fixture
def stack(
    local: LocalAws,
    new_cluster: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Stack:
    """The articles' stack: a queue of c4.large instances; echo a parameter, sleep for one."""
    cluster = new_cluster()
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))  # not the user's own ledger
    logs = client_of(local, "logs")
    group = f"/batch/{cluster.queue}"
    logs.create_log_group(logGroupName=group)
    definitions = {
        key: _register(cluster, key, command, group, **parameters)
        for key, (command, parameters) in {
            "hello": (["echo", "Ref::Target"], {"Target": "Hello, AWS Batch :)"}),
            "sleep": (["sleep", "Ref::WaitTime"], {}),
            "fail": (["sh", "-c", "echo no space left; exit 3"], {}),
        }.items()
    }
    environment, queue = _described(cluster)
    outputs = stack_outputs(
        region=local.environ["AWS_REGION"]
        if "AWS_REGION" in local.environ
        else local.environ["AWS_DEFAULT_REGION"],
        compute_environments={"default": environment},
        job_queues={"default": queue},
        job_definitions=definitions,
        log_group=contract.LogGroup(name=group, arn="arn:aws:logs:::"),
    )
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps(outputs.to_mapping()))
    return Stack(batchsdk.connect(outputs=path), outputs, path, local.environ)


def _register(
    cluster: Any, key: str, command: list[str], group: str, **parameters: str
) -> contract.JobDefinition:
    answer = cluster.batch.register_job_definition(
        jobDefinitionName=f"{key}-{cluster.queue}",
        type="container",
        parameters=parameters,
        containerProperties={
            "image": "busybox",
            "command": command,
            "readonlyRootFilesystem": key == "hello",
            "resourceRequirements": [
                {"type": "VCPU", "value": "1"},
                {"type": "MEMORY", "value": "100"},
            ],
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": group}},
        },
    )
    return contract.JobDefinition(
        name=answer["jobDefinitionName"],
        arn=answer["jobDefinitionArn"],
        revision=answer["revision"],
        command=tuple(command),
        parameters=parameters,
        vcpus=1,
        memory=100,
    )


def _described(cluster: Any) -> tuple[contract.ComputeEnvironment, contract.JobQueue]:
    found = cluster.batch.describe_compute_environments(computeEnvironments=[cluster.environment])
    environment = found["computeEnvironments"][0]
    queue = cluster.batch.describe_job_queues(jobQueues=[cluster.queue])["jobQueues"][0]
    return (
        contract.ComputeEnvironment(
            name=cluster.environment,
            arn=environment["computeEnvironmentArn"],
            type="EC2",
            max_vcpus=256,
            instance_types=("c4.large",),
        ),
        contract.JobQueue(
            name=cluster.queue,
            arn=queue["jobQueueArn"],
            priority=1,
            compute_environments=("default",),
        ),
    )
