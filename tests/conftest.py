"""Fixtures of all tests: a local AWS that runs for the session, and what a job needs in it."""

from __future__ import annotations

import collections
import functools
import gc
import json
import os
import shutil
import signal
import subprocess
import sysconfig
import tarfile
import time
import uuid
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeVar

import docker
import hypothesis
import pytest

from localaws import LocalAws
from localaws.batch.executors.container import engine_answers
from localaws.batch.operations import OPERATIONS
from tests.answer_model import CheckedAnswers
from tests.aws_clients import client_of
from tests.batchsdk.browser import program as browser_program
from tests.forked_python import forked_python
from tests.models_of_aws import read_once

T = TypeVar("T")

PROJECT = Path(__file__).parent.parent
NO_SKIPS = "BATCH_PLATFORM_NO_SKIPS"
"""Set by CI, where a container engine and the Pulumi engine are present: there nothing skips."""
MANAGED = "arn:aws:iam::aws:policy/service-role/"
"""Where the managed policies of AWS for its services are."""
BUSYBOX = "public.ecr.aws/docker/library/busybox"


MORE_EXAMPLES = "BATCH_PLATFORM_EXAMPLES"
"""How many times the everyday number of generated configs, new ones at each run."""
# How long an example takes says nothing of the code: the machine is shared.
hypothesis.settings.register_profile(
    "everyday", deadline=None, max_examples=25, derandomize=MORE_EXAMPLES not in os.environ
)
hypothesis.settings.register_profile(
    "all", hypothesis.settings.get_profile("everyday"), max_examples=100
)
hypothesis.settings.load_profile("all" if {NO_SKIPS, MORE_EXAMPLES} & {*os.environ} else "everyday")


def refuse(reason: str) -> NoReturn:
    """Skip what this machine cannot run, or fail where nothing may skip."""
    if os.environ.get(NO_SKIPS):
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_configure() -> None:
    """Find the engine that `make pulumi` linked beside Python, and let signals through.

    A test run under `&` or `nohup` ignores some, and so would the programs under test.
    """
    read_once()
    programs = sysconfig.get_path("scripts")
    os.environ["PATH"] = os.pathsep.join((programs, os.environ.get("PATH", os.defpath)))
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


LONG = (
    *("real_provider", "survival", "scanners", "server_life", "moto_suite"),
    *("foreign_clients", "every_key", "airflow", "engine_suite", "deployments", "engine", "e2e"),
)
"""Markers, or folders, of tests that take seconds or minutes each.

First the one that waits the most, in whose waits the others run; then the longest first.
"""


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is left to CI, and put the tests into their order; see the two functions."""
    mark_every_case(items)
    order(items)


def mark_every_case(items: list[pytest.Item]) -> None:
    """Mark all but each Nth of the tests that are `sampled(N)`: of a function, or of a module."""
    seen: collections.Counter[object] = collections.Counter()
    for item in items:
        for node, marker in item.iter_markers_with_node("sampled"):
            owner = getattr(item, "originalname", item) if node is item else node
            if seen[item.path, owner] % marker.args[0]:
                item.add_marker("every_case")
            seen[item.path, owner] += 1
            break


def order(items: list[pytest.Item]) -> None:
    """Skip, in counted groups, what this machine cannot run; put the files of long tests first.

    With the short ones in the end (`--no-loadscope-reorder`), no worker waits long for another.
    """
    rank: dict[Path, int] = {}
    for item in items:
        names = {item.path.parent.name, *(marker.name for marker in item.iter_markers())}
        found = next((number for number, name in enumerate(LONG) if name in names), len(LONG))
        rank[item.path] = min(found, rank.get(item.path, found))
    items.sort(key=lambda item: rank[item.path])
    missing = {}
    if shutil.which("pulumi") is None:
        missing["engine"] = "no Pulumi engine on PATH: `make pulumi` gets one"
    if any(item.get_closest_marker("container") for item in items) and not engine_answers():
        missing["container"] = "no container engine answers: start docker"
    if browser_program() is None:
        missing["browser"] = "no Chromium on PATH: install chromium"
    if missing and os.environ.get(NO_SKIPS):
        pytest.exit(f"{NO_SKIPS} is set, but: {'; '.join(missing.values())}", returncode=1)
    for item in items:
        for marker, reason in missing.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Spare the garbage collector what lives as long as the tests: moto, botocore, pulumi-aws.

    A sixth of the tests' time was its looking at them, as each client of boto3 makes thousands of
    objects; and it finds nothing while they are imported.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def checked_answers() -> Iterator[None]:
    """Hold every answer of the local Batch in this process against botocore's model of it."""
    checked = CheckedAnswers()
    with pytest.MonkeyPatch.context() as patch:
        checked.watch(OPERATIONS, patch)
        yield
    assert checked.found == []


@pytest.fixture(scope="session")
def local() -> Iterator[LocalAws]:
    """A local AWS whose jobs are processes of this machine."""
    with LocalAws(executor="process", stop_timeout=2) as running:
        make_roles(running)
        yield running


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PATH whose ``python3`` forks Pulumi programs from a process that has the SDK."""
    with forked_python(tmp_path_factory.mktemp("programs")) as path:
        yield path


@pytest.fixture(scope="session")
def busybox() -> str:
    """An image with busybox, made of this machine's own static binary if there is none."""
    client = docker.from_env()
    try:
        if not client.images.list(name=BUSYBOX):
            binary = shutil.which("busybox")
            if binary is None:
                client.images.pull(BUSYBOX, tag="latest")
            else:
                client.api.import_image_from_data(
                    _root_filesystem(Path(binary)), repository=BUSYBOX, tag="latest"
                )
    finally:
        client.close()
    return BUSYBOX


def _root_filesystem(busybox: Path) -> bytes:
    """Pack a root filesystem of busybox and a link for each of its applets."""
    applets = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True)
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(busybox, "bin/busybox")
        for applet in applets.stdout.split():
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "/bin/busybox"
            if applet != "busybox":
                archive.addfile(link)
        for name in ("tmp", "root"):
            directory = tarfile.TarInfo(name)
            directory.type, directory.mode = tarfile.DIRTYPE, 0o1777
            archive.addfile(directory)
    return packed.getvalue()


class Cluster(NamedTuple):
    """A compute environment with c4.large instances and a queue on it, of one test alone."""

    batch: Any
    logs: Any
    environment: str
    queue: str

    def register(self, command: list[str], **more: Any) -> str:
        """Register a job definition of 1 vCPU and 100 MiB; return its name."""
        name = f"definition-{uuid.uuid4().hex[:8]}"
        container = {"image": BUSYBOX, "command": command, "vcpus": 1, "memory": 100}
        container |= more.pop("containerProperties", {})
        self.batch.register_job_definition(
            jobDefinitionName=name, type="container", containerProperties=container, **more
        )
        return name

    def submit(self, definition: str, **more: Any) -> str:
        """Submit a job to the queue; return its id."""
        request = {"jobName": "job", "jobQueue": self.queue, **more}
        answer = self.batch.submit_job(jobDefinition=definition, **request)
        job_id: str = answer["jobId"]
        return job_id

    def run(self, command: list[str], **more: Any) -> dict[str, Any]:
        """Run a command as a job to its end; return the described job."""
        return self.until(self.submit(self.register(command), **more), "SUCCEEDED", "FAILED")

    def job(self, job_id: str) -> dict[str, Any]:
        """Describe a job."""
        described: dict[str, Any] = self.batch.describe_jobs(jobs=[job_id])["jobs"][0]
        return described

    def until(self, job_id: str, *statuses: str) -> dict[str, Any]:
        """Wait until the job is in one of ``statuses``; fail the test after five minutes."""
        return eventually(
            lambda: found if (found := self.job(job_id))["status"] in statuses else None,
            lambda: f"job is {self.job(job_id)['status']}, not {' or '.join(statuses)}",
        )

    def messages(self, job: dict[str, Any], group: str = "/aws/batch/job") -> list[str]:
        """Return the log lines of a job's newest attempt."""
        events = self.logs.get_log_events(
            logGroupName=group,
            logStreamName=job["container"]["logStreamName"],
            startFromHead=True,
        )["events"]
        return [event["message"] for event in events]


def eventually(
    probe: Callable[[], T | None], complaint: Callable[[], str], seconds: float = 300
) -> T:
    """Return the probe's first result that is not ``None``; a busy machine may take its time."""
    deadline, pause = time.monotonic() + seconds, 0.02
    while (found := probe()) is None:
        assert time.monotonic() < deadline, complaint()
        time.sleep(pause)
        pause = min(1.2 * pause, 0.1)  # what takes long is asked seldom: most probes cost requests
    return found


SERVICE_ROLES = ("batch", "service")
"""Roles that Batch may use, which :func:`make_roles` makes."""
INSTANCE_PROFILES = ("any", "other")


def make_roles(local: Any) -> None:
    """Make the roles and instance profiles that tests name, unless they are there."""
    iam = client_of(local, "iam")

    def role(name: str, service: str, policy: str) -> None:
        principal = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}}
        trust = {"Version": "2012-10-17", "Statement": [{**principal, "Action": "sts:AssumeRole"}]}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        iam.attach_role_policy(RoleName=name, PolicyArn=f"{MANAGED}{policy}")

    if any(each["RoleName"] == "instances" for each in iam.list_roles()["Roles"]):
        return
    for name in SERVICE_ROLES:
        role(name, "batch", "AWSBatchServiceRole")
    role("instances", "ec2", "AmazonEC2ContainerServiceforEC2Role")
    for name in INSTANCE_PROFILES:
        iam.create_instance_profile(InstanceProfileName=name)
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName="instances")


def make_cluster(
    local: LocalAws,
    *,
    priority: int = 1,
    max_vcpus: int = 256,
    instance_type: str = "c4.large",
) -> Cluster:
    """Make a compute environment and a queue of their own in ``local``."""
    unique = uuid.uuid4().hex[:8]
    batch = client_of(local, "batch")
    ec2 = client_of(local, "ec2")
    make_roles(local)
    environment = f"environment-{unique}"
    default = [{"Name": "default-for-az", "Values": ["true"]}]
    batch.create_compute_environment(
        computeEnvironmentName=environment,
        type="MANAGED",
        computeResources={
            "type": "EC2",
            "allocationStrategy": "BEST_FIT",
            "minvCpus": 0,
            "maxvCpus": max_vcpus,
            "instanceTypes": [instance_type],
            "subnets": [ec2.describe_subnets(Filters=default)["Subnets"][0]["SubnetId"]],
            "securityGroupIds": ["sg-12345678"],
            "instanceRole": "arn:aws:iam::123456789012:instance-profile/any",
        },
    )
    wait_valid(
        lambda: batch.describe_compute_environments(computeEnvironments=[environment])[
            "computeEnvironments"
        ]
    )
    queue = f"queue-{unique}"
    batch.create_job_queue(
        jobQueueName=queue,
        priority=priority,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": environment}],
    )
    wait_valid(lambda: batch.describe_job_queues(jobQueues=[queue])["jobQueues"])
    return Cluster(batch, client_of(local, "logs"), environment, queue)


def wait_valid(describe: Callable[[], list[dict[str, Any]]]) -> None:
    """Wait until a compute environment or queue is VALID."""
    eventually(lambda: describe()[0]["status"] == "VALID" or None, lambda: str(describe()))


@pytest.fixture
def new_cluster(local: LocalAws) -> Callable[..., Cluster]:
    """Makes clusters: see :func:`make_cluster`."""
    return functools.partial(make_cluster, local)


@pytest.fixture
def cluster(new_cluster: Callable[..., Cluster]) -> Cluster:
    """A compute environment of c4.large instances and a queue on it."""
    return new_cluster()
