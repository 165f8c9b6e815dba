"""A clock that does not wait, and a transport that answers from memory."""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import batchsdk
from batchsdk import contract
from batchsdk.contract import StackOutputs

START = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


class FakeClock:
    """Sleeping only moves its hands."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.seconds += seconds

    def wait(self, event: threading.Event, seconds: float) -> None:
        if not event.is_set():
            self.sleep(seconds)


class FakeTransport:
    """Answers from what a test puts into its attributes, and writes down every call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.submit_answers: deque[Mapping[str, Any] | Exception] = deque()
        self.jobs: dict[str, deque[Mapping[str, Any] | Exception | None]] = {}
        """Answers for each id, in order; the last one stays. ``None``: not known."""
        self.pages: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda _: {
            "jobSummaryList": []
        }
        self.definitions: list[Mapping[str, Any]] = []
        self.queue: Mapping[str, Any] | Exception | None = None
        self.environments: list[Mapping[str, Any]] = []
        self.instance_types: list[Mapping[str, Any]] | Exception = []
        self.log_pages: dict[str, deque[Mapping[str, Any] | Exception | None]] = {}
        """Answers for each log stream, in order; the last one stays. ``None``: no such stream."""
        self.log_regions: list[str | None] = []
        """Where each page of a log was asked for."""
        self.read_regions: list[tuple[str, str | None]] = []
        """Where each operation that changes nothing was asked for."""
        self.reads: dict[
            str,
            Mapping[str, Any]
            | Exception
            | Callable[[Mapping[str, Any]], Mapping[str, Any] | Exception],
        ] = {}
        """Answers of operations that change nothing, by their names; empty if not here."""
        self.parameters: dict[str, str] = {}
        self.account: str | Exception = "123456789012"
        """Of the credentials."""

    def script(self, job_id: str, *answers: Mapping[str, Any] | Exception | None) -> None:
        self.jobs[job_id] = deque(answers)

    def script_log(self, stream: str, *pages: Mapping[str, Any] | Exception | None) -> None:
        self.log_pages[stream] = deque(pages)

    def count(self, operation: str) -> int:
        return sum(name == operation for name, _ in self.calls)

    def submit_job(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        self.calls.append(("SubmitJob", request))
        answer = self.submit_answers.popleft() if self.submit_answers else {"jobId": "job-1"}
        if isinstance(answer, Exception):
            raise answer
        return answer

    def describe_jobs(self, job_ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        self.calls.append(("DescribeJobs", list(job_ids)))
        answers = [_next(self.jobs[job_id]) for job_id in job_ids if job_id in self.jobs]
        return [answer for answer in answers if answer is not None]

    def list_jobs(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        self.calls.append(("ListJobs", request))
        return self.pages(request)

    def cancel_job(self, job_id: str, reason: str) -> None:
        self.calls.append(("CancelJob", (job_id, reason)))

    def terminate_job(self, job_id: str, reason: str) -> None:
        self.calls.append(("TerminateJob", (job_id, reason)))

    def describe_job_definitions(self, request: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        self.calls.append(("DescribeJobDefinitions", request))
        return self.definitions

    def describe_job_queue(self, queue: str) -> Mapping[str, Any] | None:
        self.calls.append(("DescribeJobQueues", queue))
        if isinstance(self.queue, Exception):
            raise self.queue
        return self.queue

    def describe_compute_environments(self, names: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        self.calls.append(("DescribeComputeEnvironments", list(names)))
        return self.environments

    def describe_instance_types(self, patterns: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        self.calls.append(("DescribeInstanceTypes", list(patterns)))
        if isinstance(self.instance_types, Exception):
            raise self.instance_types
        return self.instance_types

    def get_log_events(
        self, request: Mapping[str, Any], region: str | None = None
    ) -> Mapping[str, Any] | None:
        self.log_regions.append(region)
        self.calls.append(("GetLogEvents", request))
        pages = self.log_pages.get(request["logStreamName"])
        return _next(pages) if pages else None

    def read(
        self,
        service: str,
        operation: str,
        request: Mapping[str, Any],
        region: str | None = None,
    ) -> Mapping[str, Any]:
        self.calls.append((operation, {"service": service, **request}))
        self.read_regions.append((operation, region))
        answer = self.reads.get(operation, {})
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    def execute_command(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        self.calls.append(("ExecuteCommand", request))
        answer = self.reads["ExecuteCommand"]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    def caller_account(self) -> str:
        self.calls.append(("GetCallerIdentity", {}))
        if isinstance(self.account, Exception):
            raise self.account
        return self.account

    def get_parameter(self, name: str) -> str:
        self.calls.append(("GetParameter", name))
        return self.parameters[name]

    def publish(self, topic_arn: str, message: Mapping[str, Any]) -> None:
        self.calls.append(("Publish", (topic_arn, message)))

    def put_object(self, bucket: str, key: str, body: bytes) -> None:
        self.calls.append(("PutObject", (bucket, key, body)))


def _next(
    answers: deque[Mapping[str, Any] | Exception | None],
) -> Mapping[str, Any] | None:
    answer = answers.popleft() if len(answers) > 1 else answers[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def job(status: str, job_id: str = "job-1", **more: Any) -> dict[str, Any]:
    """Return one entry of DescribeJobs."""
    return {
        "jobId": job_id,
        "jobName": "hello-1",
        "jobQueue": QUEUE_ARN,
        "status": status,
        "createdAt": 1_769_860_800_000,
        "container": {"command": ["echo", "hi"]},
    } | more


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:batch:us-east-1:123456789012:{kind}/{name}"


QUEUE_ARN = _arn("job-queue", "default-1a2b")


def stack_outputs(**changes: Any) -> StackOutputs:
    """Return the outputs of a small stack: one EC2 queue, definitions hello and sleep."""
    role = contract.Role(name="role", arn="arn:aws:iam::123456789012:role/role")
    fields: dict[str, Any] = {
        "environment": "dev",
        "region": "us-east-1",
        "account_id": "123456789012",
        "network": contract.Network(
            mode="endpoints", vpc_id="vpc-1", subnet_ids=("subnet-1",), security_group_ids=("sg-1",)
        ),
        "roles": contract.Roles(execution=role, job=role),
        "compute_environments": {
            "default": compute_environment("EC2", "default-1a2b"),
        },
        "job_queues": {"default": queue("default-1a2b", "default")},
        "job_definitions": {
            "hello": contract.JobDefinition(
                name="dev-hello",
                arn=_arn("job-definition", "dev-hello:3"),
                revision=3,
                command=("echo", "Ref::Target"),
                parameters={"Target": "Hello"},
                vcpus=1,
                memory=100,
            ),
            "sleep": contract.JobDefinition(
                name="dev-sleep",
                arn=_arn("job-definition", "dev-sleep:1"),
                revision=1,
                command=("sleep", "Ref::WaitTime"),
            ),
        },
        "log_group": contract.LogGroup(name="/aws/batch/job", arn="arn:aws:logs:::"),
    }
    return StackOutputs(**(fields | changes))


def compute_environment(kind: str, name: str) -> contract.ComputeEnvironment:
    return contract.ComputeEnvironment(
        name=name, arn=_arn("compute-environment", name), type=kind, max_vcpus=256
    )


def queue(name: str, *environments: str) -> contract.JobQueue:
    return contract.JobQueue(
        name=name, arn=_arn("job-queue", name), priority=1, compute_environments=environments
    )


def connect(
    transport: FakeTransport,
    clock: FakeClock | None = None,
    outputs: StackOutputs | None = None,
    randomness: random.Random | None = None,
) -> batchsdk.Batch:
    """Connect to the small stack through ``transport``."""
    return batchsdk.connect(
        outputs=(outputs or stack_outputs()).to_mapping(),
        transport=lambda _region: transport,
        clock=clock or FakeClock(),
        randomness=randomness or random.Random(1),
    )
