"""What all clients run against: a local AWS whose jobs cost nothing, behind the counting proxy."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3

from batchsdk import contract
from benchmarks.clients.environments import Client
from benchmarks.clients.measuring import MARK, Result
from benchmarks.clients.proxy import CountingProxy
from benchmarks.local_batch import http_queue
from localaws import LocalAws
from localaws.batch.delays import NO_DELAYS, StateDelays

ROOT = Path(__file__).parents[2]
DEFINITION = "transform"
SECONDS = 900
KEPT = ("PATH", "HOME", "LANG", "XDG_CACHE_HOME")


@dataclass(frozen=True)
class Run:
    """One run of one client."""

    client: Client
    count: int
    result: Result
    calls: Counter[tuple[str, str]]

    @property
    def total_calls(self) -> int:
        """Calls of every service, throttled ones too."""
        return sum(self.calls.values())

    @property
    def cpu(self) -> float:
        """Seconds of CPU of the client."""
        return self.result.cpu

    @property
    def rate(self) -> float:
        """Jobs a second, until every result is known."""
        return self.count / self.result.seconds


@dataclass(frozen=True)
class Stack:
    """A queue and a definition, and the proxy in front of them."""

    proxy: CountingProxy
    queue: str
    environ: dict[str, str]
    folder: Path

    def run(self, client: Client, count: int, *, throttles: bool = False) -> Run:
        """Run a client as a process of its own.

        Raises:
            UnavailableError: the client cannot be installed.
            RuntimeError: it has failed, or not every job has succeeded.
        """
        program = client.python()
        driver = f"benchmarks.clients.drivers.{client.driver}"
        order = [str(count), self.queue, DEFINITION, *client.options]
        with tempfile.TemporaryDirectory(dir=self.folder) as home:
            self.proxy.begin(throttles=throttles)
            done = subprocess.run(
                [program, "-m", driver, *order],
                env=self.environ | {"AIRFLOW_HOME": home, "METAFLOW_HOME": home},
                cwd=home,
                capture_output=True,
                text=True,
                check=False,
                timeout=SECONDS,
            )
            calls = self.proxy.counts()
        found = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
        if done.returncode != 0 or not found:
            raise RuntimeError(f"{client.name} failed: {(done.stdout + done.stderr)[-3000:]}")
        result = Result(**json.loads(found[-1].removeprefix(MARK)))
        if result.succeeded != count:
            raise RuntimeError(f"{client.name}: {result.succeeded} of {count} jobs have succeeded")
        return Run(client, count, result, +calls)


@contextmanager
def running_stack(delays: StateDelays = NO_DELAYS) -> Iterator[Stack]:
    """Give a stack of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalAws(executor="noop", delays=delays, role_checks=False) as local,
        CountingProxy(local.endpoint_url) as proxy,
    ):
        client = boto3.client("batch", **local.client_arguments)
        queue, _ = http_queue(client, local)
        outputs = Path(folder) / "outputs.json"
        outputs.write_text(json.dumps(_outputs(client, queue, local.connection.region)))
        environ = {name: os.environ[name] for name in KEPT if name in os.environ}
        environ |= local.environ | {
            "AWS_ENDPOINT_URL": proxy.endpoint_url,
            "BENCHMARK_DIRECT_ENDPOINT": local.endpoint_url,
            "BATCHSDK_OUTPUTS": str(outputs),
            "PYTHONPATH": str(ROOT),
        }
        yield Stack(proxy, queue, environ, Path(folder))


def _outputs(client: object, queue: str, region: str) -> dict[str, object]:
    """Register the definition, and return the outputs as a stack of this project has them."""
    command = ("echo", "Ref::day", "Ref::model")
    answer = client.register_job_definition(  # type: ignore[attr-defined]
        jobDefinitionName=DEFINITION,
        type="container",
        containerProperties={
            "image": "busybox",
            "command": list(command),
            "resourceRequirements": [
                {"type": "VCPU", "value": "1"},
                {"type": "MEMORY", "value": "100"},
            ],
        },
    )
    role = contract.Role(name="role", arn="arn:aws:iam::123456789012:role/role")
    arn = f"arn:aws:batch:{region}:123456789012"
    found = contract.StackOutputs(
        environment="benchmark",
        region=region,
        account_id="123456789012",
        network=contract.Network(
            mode="public", vpc_id="vpc-1", subnet_ids=("subnet-1",), security_group_ids=("sg-1",)
        ),
        roles=contract.Roles(execution=role, job=role),
        compute_environments={
            "default": contract.ComputeEnvironment(
                name=queue, arn=f"{arn}:compute-environment/{queue}", type="EC2", max_vcpus=256
            )
        },
        job_queues={
            "default": contract.JobQueue(
                name=queue,
                arn=f"{arn}:job-queue/{queue}",
                priority=1,
                compute_environments=("default",),
            )
        },
        job_definitions={
            DEFINITION: contract.JobDefinition(
                name=DEFINITION,
                arn=answer["jobDefinitionArn"],
                revision=answer["revision"],
                command=command,
                vcpus=1,
                memory=100,
            )
        },
        log_group=contract.LogGroup(name="/aws/batch/job", arn="arn:aws:logs:::"),
    )
    return found.to_mapping()
